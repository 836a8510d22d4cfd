"""Reading TEI: the text as it is to be read, its pages and structure, what the header says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from graph.types import State
from ingest.sources import identify, read
from ingest.sources.base import Limits, ReadDocument
from tests.make_xml import HEADER, tei
from tests.reading import LIMITS, check, kinds


def content_of(tmp_path: Path, source: str | bytes, name: str = "edition.xml") -> ReadDocument:
    path = tmp_path / "file"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    assert identify(path, name, LIMITS).kind == "tei"
    content = read(path, name, LIMITS)
    check(content)
    return content


def words(tmp_path: Path, body: str) -> str:
    return content_of(tmp_path, tei(body)).text


def test_header_is_metadata_and_fields(tmp_path: Path) -> None:
    content = content_of(tmp_path, tei("<p>Ein Horn.</p>", HEADER))
    assert (content.title, content.language, content.media_type) == (
        "Die Kammer zu Gottorf. Ein Katalog",
        "de",
        "application/tei+xml",
    )
    assert content.rights == "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)"
    assert content.attribution == "Adam Olearius"
    (kind, told), body = kinds(content)
    assert kind == "metadata" and body == ("paragraph", "Ein Horn.")
    assert told.splitlines() == [
        "Title: Die Kammer zu Gottorf. Ein Katalog",
        "Author: Adam Olearius",
        "Editor: Erna Muster",
        "Responsible: Max Beispiel (Transkription)",
        "Published: Landesbibliothek, Kiel, 2021",
        "Date: 1674",
        "Language: de",
        "Source: Gottorffische Kunst-Kammer, Schleswig 1674",
        "Rights: CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)",
    ]


def test_headings_are_paths_and_structure_is_kept(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        tei(
            """<div xml:id="a"><head>Erster Teil</head><p>Vorrede.</p><div><head>Hörner</head>
            <lg><l>Das Einhorn ist</l><l>ein Wal.</l></lg><lg><l>Zweite Strophe.</l></lg>
            <list><item>Zahn <list><item>klein</item></list></item><item><p>Knochen</p><p>alt</p></item></list>
            <table><head>Bestand</head><row role="label"><cell>Ding</cell><cell>Zahl</cell></row>
            <row><cell/><cell>2
            Stück</cell></row></table></div></div>
            <div><head>Zweiter Teil</head><quote>Ein Zitat.</quote><p>Er sagt <q>nein</q>.</p>
            <figure><graphic url="a.png"/><head>Abb. 1</head><figDesc>Ein Narwal.</figDesc></figure></div>"""
        ),
    )
    assert [(b.kind.value, content.text[b.start : b.end], b.heading) for b in content.blocks] == [
        ("heading", "Erster Teil", ()),
        ("paragraph", "Vorrede.", ("Erster Teil",)),
        ("heading", "Hörner", ("Erster Teil",)),
        ("paragraph", "Das Einhorn ist\nein Wal.", ("Erster Teil", "Hörner")),
        ("paragraph", "Zweite Strophe.", ("Erster Teil", "Hörner")),
        ("list", "Zahn\nklein\nKnochen alt", ("Erster Teil", "Hörner")),
        ("caption", "Bestand", ("Erster Teil", "Hörner")),
        ("table", "Ding | Zahl\n| 2 Stück", ("Erster Teil", "Hörner")),
        ("heading", "Zweiter Teil", ()),
        ("paragraph", "Ein Zitat.", ("Zweiter Teil",)),
        ("paragraph", "Er sagt nein.", ("Zweiter Teil",)),
        ("caption", "Abb. 1\nEin Narwal.", ("Zweiter Teil",)),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Ein <choice><orig>Theyl</orig><reg>Teil</reg></choice>", "Ein Teil"),
        ("<choice><corr>Horn</corr><sic>Hron</sic></choice>", "Horn"),
        ("<choice><abbr>D.</abbr><expan>D<ex>oktor</ex></expan></choice> Worm", "Doktor Worm"),
        ("<choice><orig>a<choice><sic>x</sic><corr>y</corr></choice></orig><reg>b</reg></choice>", "b"),
        ("<choice><unclear>Wal</unclear><unclear>Wahl</unclear></choice>", "Wal"),
        ("<app><rdg>Fisch</rdg><lem>Wal</lem></app>", "Wal"),
        ('<orig reg="Teil">Theyl</orig> <sic corr="Horn">Hron</sic>', "Teil Horn"),
        ("<orig>Theyl</orig> <sic>Hron</sic>", "Theyl Hron"),
        ("ein <del>kleiner</del><add>großer</add> Zahn", "ein großer Zahn"),
        ("ein <restore><del>kleiner</del></restore> Zahn", "ein kleiner Zahn"),
        ("<supplied>sup</supplied><unclear>uncl</unclear> <gap/> <fw>Kopf</fw>Rest", "supuncl […] Rest"),
        ("Wun-<lb/>derkammer und Kunst-<lb/>\n und Naturalien", "Wunderkammer und Kunst- und Naturalien"),
        ('Wun <lb break="no"/>derkammer, Kunst=<lb break="no"/>\nkammer', "Wunderkammer, Kunstkammer"),
        ("Zeile<lb/>Zeile", "Zeile Zeile"),
        ("a &amp; b &#x26; c &auml; &mdash; &unbekannt;", "a & b & c ä — &unbekannt;"),
    ],
)
def test_readings(tmp_path: Path, source: str, expected: str) -> None:
    assert words(tmp_path, f"<p>{source}</p>") == expected


def test_notes_are_marked_and_follow_their_paragraph(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        tei(
            '<p>Der Wal<note n="a" place="foot"><p>Monodon.</p><p>Ein Zahnwal.</p></note> hat<note>Selten.</note> '
            "einen Zahn.</p><p>Weiter.</p><note n='3'><p>Am Ende.</p></note>"
        ),
    )
    assert [text for _, text in kinds(content)] == [
        "Der Wal[a] hat[1] einen Zahn.",
        "[a] Monodon.\nEin Zahnwal.",
        "[1] Selten.",
        "Weiter.",
        "[3] Am Ende.",
    ]


def test_pages_begin_where_the_edition_says(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        tei(
            '<pb n="1" facs="#f1"/><p>Eins<note>Fuß</note> geht <pb n="2"/>weiter.</p><pb n="3"/><pb n="4"/>'
            '<list><item>a</item><pb n="5"/><item>b</item></list><p>Ende.</p><pb n="6" ed="other"/>',
            HEADER,
        ),
    )
    assert [(page.page, page.state) for page in content.pages] == [
        (1, State.DONE), (2, State.DONE), (3, State.EMPTY), (4, State.DONE), (5, State.DONE),
    ]  # fmt: skip
    found = [(block.page, block.kind.value, content.text[block.start : block.end]) for block in content.blocks]
    assert found[1:] == [
        (1, "paragraph", "Eins[1] geht"),
        (1, "paragraph", "[1] Fuß"),
        (2, "paragraph", "weiter."),
        (4, "list", "a"),
        (5, "list", "b"),
        (5, "paragraph", "Ende."),
    ]
    assert found[0][:2] == (1, "metadata")


def test_a_page_that_turns_in_a_note_turns_once(tmp_path: Path) -> None:
    body = '<pb n="1"/><p>Eins<note>Lang <pb n="2"/>länger</note> geht {}weiter.</p><p>Danach.</p>'
    for again in ("", '<pb n="2"/>'):
        content = content_of(tmp_path, tei(body.format(again)))
        assert len(content.pages) == 2
        assert [b.page for b in content.blocks if "Danach" in content.text[b.start : b.end]] == [2]


def test_old_files_without_namespace_and_with_entities(tmp_path: Path) -> None:
    source = """<?xml version="1.0" encoding="iso-8859-1"?>
    <!DOCTYPE TEI.2 SYSTEM "http://127.0.0.1:9/tei2.dtd" [<!ENTITY % TEI.prose "INCLUDE"> <!ENTITY longs "&#383;">
    <!ENTITY bild SYSTEM "bild.jpg" NDATA jpeg>]>
    <TEI.2><teiHeader><fileDesc><titleStmt><title>Alt</title></titleStmt></fileDesc></teiHeader>
    <text lang="de"><body><div1><head>Kapitel</head>
    <p>Gr\xf6\xdfe, &longs;ehr &ouml;de.</p></div1></body></text></TEI.2>"""
    content = content_of(tmp_path, source.encode("latin-1"))
    assert content.title == "Alt"
    assert kinds(content)[1:] == [("heading", "Kapitel"), ("paragraph", "Größe, ſehr öde.")]
    prefixed = '<tei:TEI xmlns:tei="http://www.tei-c.org/ns/1.0"><tei:text><tei:p>Wal</tei:p></tei:text></tei:TEI>'
    assert content_of(tmp_path, prefixed).text == "Wal"
    assert content_of(tmp_path, "<TEI><text><body><p>Wal</p></body></text></TEI>").text == "Wal"
    unbound = "<tei:TEI><tei:text><tei:p xlink:href='#a'>Wal</tei:p></tei:text></tei:TEI>"
    assert content_of(tmp_path, unbound).text == "Wal"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    named = "utf-8" if encoding == "utf-8-sig" else encoding
    source = tei("<p>Größe</p>", before=f'<?xml version="1.0" encoding="{named}"?>')
    assert content_of(tmp_path, source.encode(encoding)).text == "Größe"


def test_a_file_that_was_converted_without_its_first_line(tmp_path: Path) -> None:
    source = tei("<p>Größe</p>", before='<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert content_of(tmp_path, source.encode()).text == "Größe"
    assert content_of(tmp_path, source.encode("latin-1")).text == "Größe"


def test_a_corpus_keeps_each_header(tmp_path: Path) -> None:
    one = f"<TEI>{HEADER}<text><body><p>Eins.</p></body></text></TEI>"
    content = content_of(tmp_path, f'<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">{HEADER}{one}{one}</teiCorpus>')
    assert [kind for kind, _ in kinds(content)] == ["metadata", "metadata", "paragraph", "metadata", "paragraph"]


def test_too_many_pages_and_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(tei("<p>a</p><pb/>" * 4))
    with pytest.raises(SourceError) as caught:
        read(path, "a.xml", Limits(max_pages=3))
    assert caught.value.code == "TooManyPages"
    path.write_text(tei("<p> </p>"))
    with pytest.raises(SourceError) as caught:
        read(path, "a.xml", LIMITS)
    assert caught.value.code == "XmlWithoutText" and "TEI" in caught.value.text("de")


TAGS = (
    "p ab div head lg l list item label table row cell note quote figure figDesc choice orig reg app lem rdg del add "
    "fw restore hi lb pb gap sp speaker bibl listBibl text teiHeader title seg w"
).split()
TREES = st.recursive(
    st.sampled_from(["Wal", " Horn ", "Wun-", "derkammer", "\n ", "ä", "[1]"]),
    lambda inner: st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=4)).map(
        lambda node: f"<{node[0]}>{''.join(node[1])}</{node[0]}>"
    ),
    max_leaves=25,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(body="<note><teiHeader><title>Wal</title></teiHeader>Horn</note>")
@given(body=TREES)
def test_any_tree_is_covered_by_its_blocks(tmp_path: Path, body: str) -> None:
    content = content_of(tmp_path, tei(f"<p>Anfang</p>{body}<p>Schluss</p>"))
    assert content.text.startswith("Anfang") and content.text.endswith("Schluss")
    for page in content.pages:
        assert page.start <= page.end
    for block in content.blocks:
        page = content.pages[block.page - 1]
        assert page.start <= block.start < block.end <= page.end
