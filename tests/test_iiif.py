"""Reading IIIF manifests of both versions: pages, headings, words with their places, what they say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.types import Document, Region, State
from ingest.chunk import chunk
from ingest.sources import read
from tests.make_iiif import Made, canvas2, canvas3, codes, content_of, image3, manifest2, manifest3, notes3, said
from tests.reading import LIMITS, check, kinds


def test_a_manifest_of_version_3(tmp_path: Path) -> None:
    made = manifest3(
        canvas3(1, summary={"en": ["Title page."]}),
        canvas3(2, annotations=notes3(2, said("Im Anfang", "10,20,300,40", 2))),
        summary={"de": ["Eine Handschrift."], "en": ["A manuscript."]},
        metadata=[
            {"label": {"de": ["Ort"], "en": ["Place"]}, "value": {"none": ["Prag"]}},
            {"label": {"de": ["Titel"], "en": ["Title"]}, "value": {"de": ["Kammer"], "en": ["Chamber"]}},
        ],
        requiredStatement={"label": {"en": ["Held by"]}, "value": {"en": ["The <b>Library</b> &amp; Archive"]}},
        rights="http://creativecommons.org/licenses/by/4.0/",
        provider=[{"type": "Agent", "label": {"en": ["A Library"]}}],
        viewingDirection="right-to-left",
        navDate="1460-01-01T00:00:00Z",
    )
    content = content_of(tmp_path, made)
    assert (content.title, content.media_type) == ("Bilder aus der Kammer", "application/ld+json")
    assert content.rights == "http://creativecommons.org/licenses/by/4.0/"
    assert content.attribution == "The Library & Archive"
    about = "\n".join(
        [
            "de: Bilder aus der Kammer / en: Pictures from the cabinet",
            "de: Eine Handschrift. / en: A manuscript.",
            "Ort / Place: Prag",
            "de: Titel: Kammer / en: Title: Chamber",
            "Held by: The Library & Archive",
            "rights: http://creativecommons.org/licenses/by/4.0/",
            "provider: A Library",
            "navDate: 1460-01-01T00:00:00Z",
            "viewingDirection: right-to-left",
        ]
    )
    assert kinds(content) == [
        ("metadata", about),
        ("metadata", "f. 1r"),
        ("metadata", "Title page."),
        ("heading", "f. 2r"),
        ("paragraph", "Im Anfang"),
    ]
    assert [(page.page, page.width, page.height) for page in content.pages] == [(1, 1000, 2000), (2, 1000, 2000)]
    assert codes(content) == [("waiting", "CanvasWithoutText"), ("done", None)]
    words = content.blocks[-1]
    assert (words.region, words.heading, words.ocr) == (Region(10, 20, 300, 40), ("f. 2r",), True)
    assert content.lines[0].region == Region(10, 20, 300, 40)


def test_a_manifest_of_version_2(tmp_path: Path) -> None:
    notes = [
        {
            "@type": "oa:Annotation",
            "motivation": "oa:commenting",
            "resource": {"@type": "cnt:ContentAsText", "chars": "<p>Ein <i>Narwal</i></p>", "format": "text/html"},
            "on": {
                "@type": "oa:SpecificResource",
                "full": "https://example.org/canvas/1",
                "selector": {
                    "@type": "oa:Choice",
                    "default": {"@type": "oa:FragmentSelector", "value": "xywh=5,6,70,80"},
                    "item": {"@type": "oa:SvgSelector", "value": "<svg/>"},
                },
            },
        }
    ]
    made = manifest2(
        canvas2(1, [{"@value": "Blatt 1", "@language": "de"}], otherContent=[{"resources": notes}]),
        canvas2(2, otherContent=[{"@id": "https://example.org/list/2", "@type": "sc:AnnotationList"}]),
        license="https://example.org/licence",
        attribution=[{"@value": "Bibliothek", "@language": "de"}, {"@value": "Library", "@language": "en"}],
        description="Beschreibung",
        metadata=[{"label": "Ort", "value": ["Halle", "Prag"]}],
    )
    content = content_of(tmp_path, made)
    assert (content.rights, content.attribution) == ("https://example.org/licence", "Bibliothek")
    assert content.text.split("\n")[:5] == [
        "Ein Kodex",
        "Beschreibung",
        "Ort: Halle; Prag",
        "attribution: de: Bibliothek / en: Library",
        "rights: https://example.org/licence",
    ]
    assert kinds(content)[1:] == [("heading", "Blatt 1"), ("paragraph", "Ein Narwal"), ("metadata", "S. 2")]
    assert content.blocks[2].region == Region(5, 6, 70, 80)
    assert not content.blocks[2].ocr
    assert codes(content) == [("done", None), ("waiting", "CanvasTextElsewhere")]
    assert content.pages[1].failure is not None
    assert "https://example.org/list/2" in content.pages[1].failure.say("de")


def test_a_page_that_waits_has_the_whole_canvas_as_its_region(tmp_path: Path) -> None:
    content = content_of(tmp_path, manifest3(canvas3(1)))
    waiting = chunk(content, Document("d", "t", "u", content.media_type, sha256="ab" * 32))[-1]
    assert (waiting.kind, waiting.state, waiting.text) == ("ocr", State.WAITING, "")
    assert waiting.region == Region(0, 0, 1000, 2000)
    assert waiting.image_uri == f"ab/{'ab' * 32}/pages/0001.jpg"


RANGES: list[tuple[str, Made]] = [
    (
        "version 3, nested",
        {
            "structures": [
                {
                    "id": "r1",
                    "type": "Range",
                    "label": {"de": ["Buch I"]},
                    "items": [
                        {"id": "https://example.org/canvas/1", "type": "Canvas"},
                        {
                            "id": "r2",
                            "type": "Range",
                            "label": {"de": ["Kapitel"]},
                            "items": [
                                {"type": "SpecificResource", "source": "https://example.org/canvas/2#xywh=0,0,9,9"}
                            ],
                        },
                    ],
                }
            ]
        },
    ),
    (
        "version 2, by address",
        {
            "structures": [
                {"@id": "top", "@type": "sc:Range", "label": "Inhalt", "viewingHint": "top", "ranges": ["r1"]},
                {
                    "@id": "r1",
                    "@type": "sc:Range",
                    "label": "Buch I",
                    "ranges": ["r2"],
                    "canvases": ["https://example.org/canvas/1", "https://example.org/canvas/2"],
                },
                {"@id": "r2", "@type": "sc:Range", "label": "Kapitel", "canvases": ["https://example.org/canvas/2"]},
            ]
        },
    ),
    (
        "in a circle",
        {
            "structures": [
                {
                    "@id": "r1",
                    "@type": "sc:Range",
                    "label": "Buch I",
                    "ranges": ["r2"],
                    "canvases": ["https://example.org/canvas/1"],
                },
                {
                    "@id": "r2",
                    "@type": "sc:Range",
                    "label": "Kapitel",
                    "ranges": ["r1"],
                    "members": [{"@id": "https://example.org/canvas/2", "@type": "sc:Canvas", "label": "S. 2"}],
                },
            ]
        },
    ),
]


@pytest.mark.parametrize("structures", [made for _, made in RANGES], ids=[name for name, _ in RANGES])
def test_ranges_are_the_headings_above_their_canvases(tmp_path: Path, structures: Made) -> None:
    made = manifest3(canvas3(1), canvas3(2), canvas3(3), **structures)
    content = content_of(tmp_path, made)
    assert [(text, block.heading) for block, (_, text) in zip(content.blocks[1:], kinds(content)[1:], strict=True)] == [
        ("Buch I", ()),
        ("f. 1r", ("Buch I",)),
        ("Kapitel", ("Buch I",)),
        ("f. 2r", ("Buch I", "Kapitel")),
        ("f. 3r", ()),
    ]


def test_lines_of_a_transcription_make_paragraphs_and_keep_their_places(tmp_path: Path) -> None:
    made = canvas3(
        1,
        annotations=notes3(
            1,
            said("Erste Zeile", "10,100,500,30"),
            said("zweite Zeile", "10,135,500,30"),
            said("Nach einer Lücke", "10,900,500,30"),
            said("Ein Kommentar", "0,0,50,50", motivation="commenting"),
        ),
    )
    content = content_of(tmp_path, manifest3(made))
    assert kinds(content)[2:] == [
        ("paragraph", "Erste Zeile\nzweite Zeile"),
        ("paragraph", "Nach einer Lücke"),
        ("paragraph", "Ein Kommentar"),
    ]
    assert content.blocks[2].region == Region(10, 100, 500, 65)
    assert [content.text[line.start : line.end] for line in content.lines] == [
        "Erste Zeile",
        "zweite Zeile",
        "Nach einer Lücke",
    ]


def test_a_text_given_in_lines_and_in_words_is_taken_once(tmp_path: Path) -> None:
    notes = notes3(
        1,
        said("Im Anfang war", "0,0,300,30", textGranularity="line"),
        *(said(word, "0,0,90,30", textGranularity="word") for word in "Im Anfang war".split()),
    )
    content = content_of(tmp_path, manifest3(canvas3(1, annotations=notes)))
    assert kinds(content)[-1] == ("paragraph", "Im Anfang war")
    assert content.text.count("Anfang") == 1


def test_annotations_of_the_manifest_and_painted_text_belong_to_their_canvas(tmp_path: Path) -> None:
    painted = {"type": "Annotation", "motivation": "painting", "body": {"type": "TextualBody", "value": "Gemalt"}}
    first = canvas3(1)
    first["items"][0]["items"].append(painted)
    made = manifest3(first, canvas3(2), annotations=notes3(2, said("Zur zweiten", "1,2,3,4", 2)))
    content = content_of(tmp_path, made)
    assert [(block.page, text) for block, (kind, text) in zip(content.blocks, kinds(content), strict=True)
            if kind == "paragraph"] == [(1, "Gemalt"), (2, "Zur zweiten")]  # fmt: skip


def test_what_breaks_the_specification_is_read_all_the_same(tmp_path: Path) -> None:
    odd = {
        "@id": "https://example.org/canvas/9",
        "type": "Canvas",
        "label": "Als Text",
        "width": "1000",
        "height": 2000.4,
        "items": {"type": "AnnotationPage", "items": [None, {"body": image3(), "motivation": ["painting"]}]},
        "annotations": {"items": [None, 7, {"body": "Bloßer Text", "target": None}]},
    }
    content = content_of(
        tmp_path,
        manifest3(None, [], odd, 5, {"type": "Canvas", "label": 3}, odd, label="Bloß", metadata=[None, {"label": 1}]),
    )
    assert content.title == "Bloß"
    assert [(page.width, page.height) for page in content.pages] == [(1000, 2000), (0, 0), (1000, 2000)]
    assert kinds(content)[1:4] == [("heading", "Als Text"), ("paragraph", "Bloßer Text"), ("metadata", "3")]


def test_the_sample_manifest() -> None:
    path = Path(__file__).parents[1] / "sample" / "manifest.json"
    content = read(path, path.name, LIMITS)
    check(content)
    assert content.title == "Bilder aus der Wunderkammer" and len(content.pages) == 8
    assert content.rights == "https://creativecommons.org/publicdomain/zero/1.0/"
