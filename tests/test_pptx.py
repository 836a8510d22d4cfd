"""PowerPoint: a slide is a page; titles, lists, tables, notes, groups, the places of shapes; damaged slides."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pptx
import pytest
from pptx.util import Emu, Inches

from graph.types import Document, Region, State
from ingest import errors
from ingest.chunk import chunk
from ingest.sources import read
from ingest.sources.base import Limits
from tests import make_files
from tests.make_office import packed
from tests.reading import LIMITS, check, kinds


def made() -> Any:
    """Three slides: a title; a list with notes; a hidden one with a table and a group."""
    show = pptx.Presentation()
    show.core_properties.title, show.core_properties.author = "Das Horn des Einhorns", "Erna Muster"
    first = show.slides.add_slide(show.slide_layouts[0])
    first.shapes.title.text = "Das Horn\vdes Einhorns"
    first.placeholders[1].text = "Ein Vortrag"
    second = show.slides.add_slide(show.slide_layouts[1])
    second.shapes.title.text = "Ole Worm"
    body = second.placeholders[1].text_frame
    body.text = "Arzt in Kopenhagen"
    more = body.add_paragraph()
    more.text, more.level = "seit 1613", 1
    second.notes_slide.notes_text_frame.text = "Hier langsam.\nDas Bild zeigen."
    third = show.slides.add_slide(show.slide_layouts[6])
    third._element.set("show", "0")
    table = third.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(2)).table
    for row, texts in enumerate((("Buch", "Jahr"), ("Museum Wormianum", "1655"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    group = third.shapes.add_group_shape()
    box = group.shapes.add_textbox(Inches(6), Inches(1), Inches(2), Inches(1))
    box.text_frame.text = "In der Gruppe."
    turned = third.shapes.add_textbox(Inches(1), Inches(5), Inches(2), Inches(1))
    turned.text_frame.text, turned.rotation = "Gedreht.", 30
    return show


def test_a_presentation_of_python_pptx(tmp_path: Path) -> None:
    made().save(str(tmp_path / "a.pptx"))
    content = read(tmp_path / "a.pptx", "vortrag.txt", LIMITS)
    assert [(b.page, b.kind.value, content.text[b.start : b.end]) for b in content.blocks] == [
        (1, "metadata", content.text[: content.blocks[0].end]),
        (1, "heading", "Das Horn des Einhorns"),
        (1, "paragraph", "Ein Vortrag"),
        (2, "heading", "Ole Worm"),
        (2, "list", "- Arzt in Kopenhagen\n  - seit 1613"),
        (2, "paragraph", "[Notes] Hier langsam.\nDas Bild zeigen."),
        (3, "table", "Buch | Jahr\nMuseum Wormianum | 1655"),
        (3, "paragraph", "In der Gruppe."),
        (3, "paragraph", "Gedreht."),
        (3, "paragraph", "[hidden]"),
    ]
    assert content.text.startswith("title: Das Horn des Einhorns\nauthor: Erna Muster")
    assert [(page.width, page.height) for page in content.pages] == [(960, 720)] * 3
    regions = [block.region for block in content.blocks]
    # Placeholders say nothing of their place: it is the layout's.
    assert regions[1] == Region(72, 224, 816, 154)
    assert regions[4] == Region(48, 168, 864, 475)
    assert regions[6:] == [Region(96, 96, 384, 192), Region(576, 96, 192, 96), None, None]
    assert content.blocks[5].heading == ("Ole Worm",) and content.blocks[6].heading == ()
    assert (content.title, content.attribution) == ("Das Horn des Einhorns", "Erna Muster")
    check(content)


def test_a_group_that_is_scaled_and_a_shape_beyond_the_edge(tmp_path: Path) -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(2), Inches(2), Inches(2), Inches(2)).text_frame.text = "Klein."
    group.left, group.top, group.width, group.height = Inches(4), Inches(1), Inches(1), Inches(1)
    slide.shapes.add_textbox(Inches(9), Inches(-1), Inches(5), Inches(2)).text_frame.text = "Halb draußen."
    slide.shapes.add_textbox(Inches(20), Inches(1), Inches(1), Inches(1)).text_frame.text = "Ganz draußen."
    show.save(str(tmp_path / "a.pptx"))
    content = read(tmp_path / "a.pptx", "a.pptx", LIMITS)
    assert [block.region for block in content.blocks[-3:]] == [
        Region(384, 96, 96, 96),
        Region(864, 0, 96, 96),
        None,
    ]


def test_a_hidden_title_and_slides_without_words(tmp_path: Path) -> None:
    show = pptx.Presentation()
    hidden = show.slides.add_slide(show.slide_layouts[5])
    hidden.shapes.title.text = "Verborgen"
    hidden._element.set("show", "0")
    shown = show.slides.add_slide(show.slide_layouts[6])
    (tmp_path / "p.png").write_bytes(make_files.encoded(make_files.picture(), "PNG"))
    shown.shapes.add_picture(str(tmp_path / "p.png"), Emu(0), Emu(0))
    show.slides.add_slide(show.slide_layouts[6])
    show.save(str(tmp_path / "a.pptx"))
    content = read(tmp_path / "a.pptx", "a.pptx", LIMITS)
    assert kinds(content)[-1] == ("heading", "Verborgen [hidden]")
    assert [page.state for page in content.pages] == [State.DONE, State.FAILED, State.EMPTY]
    failure = content.pages[1].failure
    assert failure is not None and failure.code == "SlideWithoutText" and "Folie 2" in failure.say("de")
    chunks = chunk(content, Document("d", "t", "u", content.media_type))
    assert [(c.page, c.state) for c in chunks][-1] == (2, State.FAILED)


def test_a_damaged_slide_fails_alone(tmp_path: Path) -> None:
    made().save(str(tmp_path / "a.pptx"))
    with ZipFile(tmp_path / "a.pptx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["ppt/slides/slide2.xml"] = parts["ppt/slides/slide2.xml"][:300]
    del parts["ppt/slides/slide3.xml"]
    content = read(packed(tmp_path / "b.pptx", parts), "b.pptx", LIMITS)
    assert [page.state for page in content.pages] == [State.DONE, State.FAILED, State.FAILED]
    assert {page.failure.code for page in content.pages if page.failure} == {"SlideDamaged"}
    with pytest.raises(errors.TooManyPages):
        read(tmp_path / "a.pptx", "a.pptx", Limits(max_pages=2))
