"""HTML: the content with its structure and exact offsets, nothing of the furniture, nothing lost from a plain page."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.sources import read, recognise
from ingest.sources.base import BlockKind, Limits, ReadDocument
from tests.reading import LIMITS

PAGE = """<!doctype html>
<html lang="de-AT"><head><title>Das Horn des Einhorns – Museum Beispiel</title>
<meta name="author" content="Anna Meier"><meta name="DC.creator" content="Bert Huber">
<meta name="dcterms.issued" content="2021-02-03"><meta property="og:site_name" content="Museum Beispiel">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">
<link rel="canonical" href="https://museum.example/horn"><style>p {color: red}</style></head>
<body><header><a href="/">Startseite</a><nav><ul><li>Sammlung</ul></nav></header>
<div id="cookie-banner"><p>Wir verwenden Kekse. <button>Ja</button></div>
<main><h1>Das <em>Horn</em> des Einhorns</h1>
<p>Ole Worm zeigte 1638,
   dass es der Zahn eines <b>Nar</b>wals&nbsp;ist.<br>So steht es im Katalog.</p>
<h2>Stücke</h2><ul><li>Korallen<ul><li>rote</li></ul></li><li><p>Muscheln</p><p>aus Java</p></ul>
<ol start="3"><li>Globus</ol><dl><dt>Naturalia<dd>Dinge der Natur</dl>
<figure><img src="x.jpg" alt="Ein Narwal im Profil"><figcaption>Abb. 1: Narwal</figcaption></figure>
<table><caption>Funde</caption><tr><th>Ort<th>Jahr<tr><td>Ambras<td>1596<tr><td><td></table>
<pre>a
  b</pre><blockquote><p>Ein Zitat.</blockquote>
<p style="display: none">versteckt</p><p hidden>auch</p><p aria-hidden="true">ebenso</p><script>böse()</script>
<aside>Anmerkung im Text</aside></main>
<footer>Impressum</footer></body></html>
"""


def page(tmp_path: Path, content: str | bytes, name: str = "page.html", limits: Limits = LIMITS) -> ReadDocument:
    path = tmp_path / "page"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    document = read(path, name, limits)
    check(document)
    return document


def check(document: ReadDocument) -> None:
    """Blocks are in order, apart, and hold every character that is not white space."""
    position = 0
    for block in document.blocks:
        assert position <= block.start < block.end
        assert not document.text[position : block.start].strip()
        assert document.text[block.start : block.end].strip()
        position = block.end
    assert not document.text[position:].strip()
    assert (document.pages[0].start, document.pages[-1].end) == (0, len(document.text))


def blocks(document: ReadDocument) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(b.kind.value, document.text[b.start : b.end], b.heading) for b in document.blocks]


def body(document: ReadDocument) -> str:
    """The text without what the page says about itself."""
    return "\n".join(text for kind, text, _ in blocks(document) if kind != "metadata")


def test_a_page_with_everything(tmp_path: Path) -> None:
    document = page(tmp_path, PAGE)
    top, inner = ("Das Horn des Einhorns",), ("Das Horn des Einhorns", "Stücke")
    assert blocks(document)[1:] == [
        ("heading", "Das Horn des Einhorns", ()),
        ("paragraph", "Ole Worm zeigte 1638, dass es der Zahn eines Narwals ist.\nSo steht es im Katalog.", top),
        ("heading", "Stücke", top),
        ("list", "• Korallen\n  • rote\n• Muscheln\n  aus Java", inner),
        ("list", "3. Globus", inner),
        ("list", "Naturalia\n  Dinge der Natur", inner),
        ("caption", "Ein Narwal im Profil", inner),
        ("caption", "Abb. 1: Narwal", inner),
        ("caption", "Funde", inner),
        ("table", "Ort | Jahr\nAmbras | 1596", inner),
        ("code", "a\n  b", inner),
        ("paragraph", "Ein Zitat.", inner),
        ("paragraph", "Anmerkung im Text", inner),
    ]
    assert blocks(document)[0][1].split("\n") == [
        "Title: Das Horn des Einhorns – Museum Beispiel",
        "Author: Anna Meier; Bert Huber",
        "Date: 2021-02-03",
        "Language: de-AT",
        "Publisher: Museum Beispiel",
        "Rights: https://creativecommons.org/licenses/by/4.0/",
        "Address: https://museum.example/horn",
    ]
    assert (document.title, document.language) == ("Das Horn des Einhorns", "de")
    assert document.attribution == "Anna Meier; Bert Huber"
    assert document.rights == "https://creativecommons.org/licenses/by/4.0/"
    assert document == page(tmp_path, PAGE)


def test_schema_org_says_what_meta_does_not(tmp_path: Path) -> None:
    script = (
        '<script type="application/ld+json">{"@graph": [{"@type": "Organization", "name": "Haus"}, {"@type": '
        '["ScholarlyArticle"], "headline": "Über Korallen", "author": [{"name": "A. Meier"}, {"name": "B. Huber"}], '
        '"datePublished": "2020-01-02", "license": {"@id": "https://example.org/frei"}}]}</script>'
    )
    document = page(tmp_path, f"<title>x</title>{script}<p>Text")
    assert (document.title, document.attribution) == ("Über Korallen", "A. Meier; B. Huber")
    assert document.rights == "https://example.org/frei" and "Date: 2020-01-02" in document.text
    for broken in ("{", "[" * 100_000, "null", '{"@type": "Article", "author": 7, "headline": ["a", {"x": 1}]}'):
        assert body(page(tmp_path, f'<script type="application/ld+json">{broken}</script><p>Text')) == "Text"


@pytest.mark.parametrize(
    "html",
    [
        "Nur Text.<p>Zweiter <b>Absatz</b><footer>Fußnote des Autors</footer>",
        "<header><p>Nur Text.</header><div class='menu'><p>Zweiter <b>Absatz</b></div><p>Fußnote des Autors",
        "<div id=cookie-geschichte>Nur Text.</div><table><tr><td>Zweiter <b>Absatz</b></table>Fußnote des Autors",
        "<form><div><span>Nur Text.</span></div>Zweiter <b>Absatz</b><br><br>Fußnote des Autors</form>",
        "<center><font>Nur Text.<p>Zweiter <b>Absatz</font></b><dir><li>Fußnote des Autors",
        "<nav><p>Nur Text.</p><p>Zweiter Absatz</p><p>Fußnote des Autors</nav>",
    ],
)
def test_nothing_is_lost_from_a_plain_page(tmp_path: Path, html: str) -> None:
    assert body(page(tmp_path, html)).replace("• ", "").split("\n") == [
        "Nur Text.", "Zweiter Absatz", "Fußnote des Autors",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav>Möbel</nav>", "<footer>Möbel</footer>", "<header>Möbel</header>", "<aside>Möbel</aside>",
        "<div role=navigation>Möbel</div>", "<div role=search>Möbel</div>", "<div id=onetrust-consent-sdk>Möbel</div>",
        "<div class='cookie-notice x'>Möbel</div>", "<ul class=breadcrumb><li><a href=/>Möbel</a></ul>",
        "<div class=sr-only>Möbel</div>", "<template><p>Möbel</template>", "<noscript>Möbel</noscript>",
        "<iframe>Möbel</iframe>", "<button>Möbel</button>", "<select><option>Möbel</select>",
        "<textarea>Möbel</textarea>", "<svg><text>Möbel</text></svg>", "<p style='visibility:hidden'>Möbel</p>",
    ],
)  # fmt: skip
def test_furniture_is_left_out(tmp_path: Path, furniture: str) -> None:
    document = page(tmp_path, f"{furniture}<article><p>Erster Absatz</article><article>Zweiter</article>{furniture}")
    assert body(document) == "Erster Absatz\nZweiter"


def test_the_heading_in_the_header_of_a_site_is_kept(tmp_path: Path) -> None:
    html = "<header><nav>Möbel</nav><h1>Titel</h1></header><article>Eins</article><article>Zwei</article>"
    assert body(page(tmp_path, html)) == "Titel\nEins\nZwei"


def test_words_of_a_picture_and_its_caption_are_not_said_twice(tmp_path: Path) -> None:
    same = "<img src=x alt='Ein Narwal'>", "<figcaption>Ein Narwal</figcaption>"
    for figure in (same, same[::-1]):
        assert body(page(tmp_path, f"<p>Text<figure>{''.join(figure)}</figure>")) == "Text\nEin Narwal"
    assert body(page(tmp_path, f"<figure>{same[1] * 2}</figure>")) == "Ein Narwal\nEin Narwal"


def test_tables_of_layout_are_walked_through(tmp_path: Path) -> None:
    html = "<table><tr><td><h2>Links</h2><p>Text<td><table><tr><td>a<td>b</table></table><table><tr><td>allein</table>"
    assert [(kind, text) for kind, text, _ in blocks(page(tmp_path, html))] == [
        ("heading", "Links"), ("paragraph", "Text"), ("table", "a | b"), ("paragraph", "allein"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("<meta charset=iso-8859-1>", "cp1252"),
        ("<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>", "cp1251"),
        ("<meta charset='utf-8'>", "utf-8"),
        ("<meta charset=iso-8859-1>", "utf-8"),
        ("<meta charset='utf-8'>", "cp1252"),
        ("<meta charset=unicode_escape>", "utf-8"),
        ("<meta charset=nonsense>", "utf-8"),
        ("", "utf-8-sig"),
        ("<meta charset=iso-8859-1>", "utf-16"),
        ("<meta charset=shift_jis>", "shift_jis"),
        ("<meta charset=iso-2022-jp>", "iso-2022-jp"),
        ("<?xml version='1.0' encoding='iso-8859-2'?>", "iso-8859-2"),
    ],
)
def test_encodings(tmp_path: Path, declared: str, encoding: str) -> None:
    words = {
        "cp1251": "Кунсткамера Петра Великого в Санкт-Петербурге", "shift_jis": "驚異の部屋と博物館の歴史",
        "iso-2022-jp": "驚異の部屋と博物館の歴史", "iso-8859-2": "Zámek Český Krumlov, Třeboň, Łódź",
    }.get(encoding, "Größe „Müller“ – für Übung")  # fmt: skip
    start = "" if declared.startswith("<?xml") else "<!doctype html>"
    assert body(page(tmp_path, f"{start}{declared}<html><p>{words}</html>".encode(encoding))) == words


def test_html_is_known_by_its_content_and_else_by_its_name() -> None:
    for head in ("<!DOCTYPE html>", "\ufeff <html lang=de>", "<?xml version='1.0'?>\n<html>", "<!-- a - b -->\n<HTML>"):
        assert recognise(head.encode(), "x.txt").kind == "html"
    assert recognise("<html>".encode("utf-16"), "x").kind == "html"
    assert recognise(b"<p>Fragment", "x.HTM").kind == "html"
    assert recognise(b"<p>Fragment", "x.txt").kind == "text"
    assert recognise(b"<!--" + b"-" * 8000, "x.txt").kind == "text"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!doctype html><div id=root></div><noscript>Bitte JavaScript</noscript>", "HtmlWithoutText"),
        (b"<html></html>", "HtmlWithoutText"),
        (b"  \n", "EmptyFile"),
        (b"<html>" + b"x" * 31_000_000, "HtmlTooLarge"),
    ],
)
def test_pages_without_a_text(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        page(tmp_path, content)
    assert caught.value.code == code


def test_a_page_nested_thousands_deep_says_that_it_is_cut(tmp_path: Path) -> None:
    document = page(tmp_path, "<p>Anfang" + "<div>" * 5000 + "tief")
    assert body(document).startswith("Anfang")
    assert document.failure is not None and document.failure.code == "HtmlCutOff"
    assert body(page(tmp_path, "<div>" * 1000 + "tief")) == "tief"


def test_entities_and_files_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("geheim")
    html = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret"><!ENTITY y "lol">]><html><p>&x;&y; &amp; Text'
        f'<iframe src="file://{tmp_path}/secret"></iframe><p>&lt;script&gt;'
    )
    document = page(tmp_path, html)
    assert "geheim" not in document.text and "lol" not in document.text
    assert "& Text" in document.text and "<script>" in document.text


TAGS = ["p", "div", "h1", "h3", "ul", "li", "ol", "table", "tr", "td", "pre", "b", "br", "figure", "figcaption", "dl",
        "dt", "dd", "blockquote", "section", "a", "caption", "th", "span"]  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(TAGS).map(lambda tag: f"<{tag}>"),
    st.sampled_from(TAGS).map(lambda tag: f"</{tag}>"),
    st.integers(0, 999).map(lambda number: f" wort{number} "),
    st.sampled_from(["\n", "&nbsp;", "&#0;", "&#xD800;", "<!-- x -->", "\x0b", "\u00ad", "<", "&"]),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, min_size=1, max_size=60))
def test_every_word_of_any_tags_is_kept_once(tmp_path: Path, pieces: list[str]) -> None:
    """Without furniture nothing is lost, whatever the tags; a document of words alone would fail in both."""
    wanted = sorted(word.strip() for piece in pieces for word in [piece] if word.startswith(" wort"))
    path = tmp_path / "any.html"
    path.write_text("<!doctype html><p>erstes</p>" + "".join(pieces), encoding="utf-8", errors="replace")
    document = read(path, "any.html", LIMITS)
    check(document)
    found = [b for b in document.blocks if b.kind is not BlockKind.METADATA]
    words = " ".join(document.text[b.start : b.end] for b in found).replace("|", " ").split()
    assert sorted(word for word in words if word.startswith("wort")) == wanted
