"""Reading text, Markdown and pictures: the words, their structure, what the files say about themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from graph.types import Document, Region, State
from ingest.chunk import chunk
from ingest.language import guess_language
from ingest.sources import SOURCES, identify, read
from tests import make_files
from tests.reading import LIMITS, check, kinds

GERMAN = "Fürst Ferdinand ließ Höhlen-Bären, Größen & Maße «prüfen».\r\n\r\nZweiter Absatz – mit € und „Zeichen“."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_text_in_many_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(GERMAN.encode(encoding))
    content = read(path, "text.txt", LIMITS)
    assert content.text == GERMAN.replace("\r\n", "\n")
    assert kinds(content) == [
        ("paragraph", "Fürst Ferdinand ließ Höhlen-Bären, Größen & Maße «prüfen»."),
        ("paragraph", "Zweiter Absatz – mit € und „Zeichen“."),
    ]
    assert (content.media_type, content.language) == ("text/plain", None)
    check(content)


def test_latin_1_and_other_alphabets(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Größe und Maß\x85 ä".encode("latin-1"))
    assert read(path, "a.txt", LIMITS).text == "Größe und Maß… ä"
    russian = "Пётр Великий основал Кунсткамеру в Петербурге. Собрание было открыто для всех. " * 5
    path.write_bytes(russian.encode("cp1251"))
    assert read(path, "a.txt", LIMITS).text == russian
    path.write_bytes("Ἀθανάσιος 山田太郎 المتحف".encode())
    assert read(path, "a.txt", LIMITS).text == "Ἀθανάσιος 山田太郎 المتحف"


def test_structure_of_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "halle.txt"
    path.write_text(
        "Die Kammer in Halle\n\nDie Sammlung ist alt und sie ist auch groß.\nSie steht in der Stadt.\n\nDAS HAUS\n\n"
        "- Muscheln\n- Hörner\n\nKapitel 2\n---------\nDer Rest."
    )
    content = read(path, "halle.txt", LIMITS)
    assert content.title == "Die Kammer in Halle" and content.language == "de"
    assert kinds(content) == [
        ("heading", "Die Kammer in Halle"),
        ("paragraph", "Die Sammlung ist alt und sie ist auch groß.\nSie steht in der Stadt."),
        ("heading", "DAS HAUS"),
        ("list", "- Muscheln\n- Hörner"),
        ("paragraph", "Kapitel 2\n---------\nDer Rest."),
    ]
    assert [block.heading for block in content.blocks] == [
        (), ("Die Kammer in Halle",), (), ("DAS HAUS",), ("DAS HAUS",),
    ]  # fmt: skip
    check(content)


MARKDOWN = """---
title: Ole Worm und sein Museum
lang: de
license: CC BY 4.0
author: [A. Muster, B. Beispiel]
---

# Ole Worm

Er *sammelte* in [Kopenhagen](https://example.org).

## Das Museum

1. Steine
2. Tiere

| Buch | Inhalt |
|------|--------|
| I    | Steine |

```
code ä
```

> Ein Zitat.

Der Katalog
===========

Text. [1]: keine Referenz

[ref]: https://example.org/x
"""


def test_markdown_keeps_its_source_and_finds_its_structure(tmp_path: Path) -> None:
    path = tmp_path / "worm.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    content = read(path, "worm.md", LIMITS)
    assert content.text == MARKDOWN
    assert (content.title, content.language) == ("Ole Worm und sein Museum", "de")
    assert (content.rights, content.attribution) == ("CC BY 4.0", "A. Muster, B. Beispiel")
    assert [(kind, text.splitlines()[0]) for kind, text in kinds(content)] == [
        ("metadata", "---"),
        ("heading", "# Ole Worm"),
        ("paragraph", "Er *sammelte* in [Kopenhagen](https://example.org)."),
        ("heading", "## Das Museum"),
        ("list", "1. Steine"),
        ("table", "| Buch | Inhalt |"),
        ("code", "```"),
        ("paragraph", "> Ein Zitat."),
        ("heading", "Der Katalog"),
        ("paragraph", "Text. [1]: keine Referenz"),
    ]
    assert content.blocks[4].heading == ("Ole Worm", "Das Museum")
    assert content.blocks[9].heading == ("Der Katalog",)
    assert content.text[content.blocks[9].start : content.blocks[9].end].endswith("[ref]: https://example.org/x")
    check(content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text("#-*`>|[]()!\\ \n\tab1.:é~=_<&", max_size=200), name=st.sampled_from(["x.md", "x.txt"]))
def test_any_markdown_is_covered_by_its_blocks(tmp_path: Path, text: str, name: str) -> None:
    path = tmp_path / "any"
    path.write_bytes(("a" + text).encode())
    content = read(path, name, LIMITS)
    assert content.text == ("a" + text).replace("\r", "\n")
    check(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"])
def test_a_picture_waits_for_its_description(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(make_files.encoded(make_files.picture(), kind))
    content = read(path, "Die Halle.dat", LIMITS)
    assert (content.title, content.text, content.media_type) == ("Die Halle", "", f"image/{kind.lower()}")
    (page,) = content.pages
    assert (page.width, page.height, page.state) == (400, 300, State.WAITING)
    (waiting,) = chunk(content, Document("d", "t", "u", content.media_type, sha256="ef" * 32))
    assert (waiting.kind, waiting.text, waiting.region, waiting.state) == (
        "caption",
        "",
        Region(0, 0, 400, 300),
        State.WAITING,
    )
    assert waiting.failure is not None and waiting.failure.code == "PictureWithoutCaption"


def test_a_turned_photograph_and_what_it_says_about_itself(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Ein Narwalzahn im Museum"
    exif[0x013B], exif[0x8298] = "Erna Muster", "© 2020 Erna Muster".encode()
    path = tmp_path / "photo.jpg"
    path.write_bytes(make_files.encoded(make_files.picture(), "JPEG", exif=exif))
    content = read(path, "photo.jpg", LIMITS)
    assert (content.pages[0].width, content.pages[0].height) == (300, 400)
    assert content.text == "Description: Ein Narwalzahn im Museum\nCreator: Erna Muster\nRights: © 2020 Erna Muster"
    assert (content.rights, content.attribution, content.title) == ("© 2020 Erna Muster", "Erna Muster", "photo")
    about, waiting = chunk(content, Document("d", "t", "u", content.media_type, sha256="ef" * 32))
    assert (about.kind, about.region, about.state) == ("metadata", Region(0, 0, 300, 400), State.PENDING)
    assert (waiting.kind, waiting.start, waiting.end) == ("caption", len(content.text), len(content.text))
    check(content)


XMP = """<?xpacket begin='' id='x'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF
xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''
xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Korallenkabinett</rdf:li>
</rdf:Alt></dc:title><dc:rights><rdf:Alt><rdf:li>CC BY</rdf:li></rdf:Alt></dc:rights></rdf:Description></rdf:RDF>
</x:xmpmeta><?xpacket end='w'?>"""


def test_descriptions_in_png_fields_and_xmp(tmp_path: Path) -> None:
    fields = PngImagePlugin.PngInfo()
    fields.add_text("Author", "Maria Sibylla")
    fields.add_itxt("XML:com.adobe.xmp", XMP)
    path = tmp_path / "a.png"
    path.write_bytes(make_files.encoded(make_files.picture(), "PNG", pnginfo=fields))
    content = read(path, "a.png", LIMITS)
    assert (content.title, content.rights, content.attribution) == ("Korallenkabinett", "CC BY", "Maria Sibylla")
    assert content.text == "Title: Korallenkabinett\nCreator: Maria Sibylla\nRights: CC BY"


def test_pages_of_a_tiff(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(
        make_files.encoded(make_files.picture(), "TIFF", save_all=True, append_images=[make_files.picture(100, 80)])
    )
    content = read(path, "a.tif", LIMITS)
    assert [(page.page, page.width, page.height) for page in content.pages] == [(1, 400, 300), (2, 100, 80)]


def test_the_table_recognises_each_of_its_kinds_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("Text")
    for kind in SOURCES:
        for suffix in kind.suffixes:
            of_own = {"html", "mail", "markdown", "statements", "delimited", "iiif"}
            expected = kind.kind if kind.kind in of_own else "text"
            assert identify(path, "name" + suffix.upper(), LIMITS).kind == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Sammlung ist in der Stadt und sie wurde von einem Fürsten angelegt.", "de"),
        ("The collection is in the town and it was made by a prince of the realm.", "en"),
        ("La collection est dans la ville et elle a été faite par un prince.", "fr"),
        ("Muscheln Korallen Hörner", None),
        ("No. | Object | Maker\nNo.: 1 | Object: Globe | Maker: La Hire\nNo.: 2 | Object: Cup | Maker: de Bry", None),
        ("Nr.: 1 | Was: Der Becher ist von Gold und mit einem Deckel | Wo: 7", "de"),
        ("", None),
        ("山田太郎", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert guess_language(text) == language
