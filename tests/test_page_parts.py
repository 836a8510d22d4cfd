"""What the pages compute: which words to mark, what is escaped, where names stand, which colours can be read."""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.jobs import Job
from graph.types import Chunk, Coverage, Document, Edge, Node, Source, State, Subgraph
from graph.vocabulary import TYPES
from graph.work import Progress, Work
from pages.parts import layout, passages, plain
from pages.parts.apart import told_apart
from pages.parts.glyphs import GLYPHS
from pages.parts.graph_view import limited
from pages.parts.shelf import in_words
from pages.parts.tray import how_far

TEXT = (
    "# Gottorf\n\n## Die Kunstkammer\n\n1651 reiste Olearius nach Enkhuizen. Dort kaufte er die Sammlung des Arztes "
    "Bernardus Paludanus.\n\nSie wurde der Kern der Kammer Friedrichs III. von Gottorf."
)
CONFIG = tomllib.loads((Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml").read_text("utf-8"))


def marked_words(text: str, question: str) -> str:
    found = passages.best_sentence(text, question)
    return text[found[0] : found[1]] if found else ""


def test_the_sentence_nearest_to_the_question_is_marked() -> None:
    found = marked_words(TEXT, "Wer kaufte die Sammlungen des Paludanus?")
    assert found == "Dort kaufte er die Sammlung des Arztes Bernardus Paludanus."
    assert marked_words(TEXT, "Was war der Kern der Kammer?").endswith("Friedrichs III. von Gottorf.")


def test_headings_are_never_marked_and_nothing_is_marked_without_a_shared_word() -> None:
    assert not marked_words(TEXT, "Die Kunstkammer?").startswith("#")
    assert marked_words(TEXT, "Which telescope?") == ""


def test_without_a_shared_word_the_words_of_a_claim_are_marked() -> None:
    chunk = Chunk("c", "d", 0, TEXT, 100, 100 + len(TEXT))
    claims = [Source("c", supported=False, start=1, end=2), Source("c", "q", 120, 140, supported=True)]
    assert passages.answering_span(chunk, "Which telescope?", claims) == (120, 140)
    assert passages.answering_span(chunk, "Which telescope?") is None
    start, end = passages.answering_span(chunk, "Paludanus") or (0, 0)
    assert TEXT[start - 100 : end - 100].startswith("Dort kaufte")


def test_a_card_shows_the_marked_sentence_without_the_headings_before_it() -> None:
    long = TEXT + " Noch ein Satz ohne Belang." * 40
    span = passages.best_sentence(long, "Paludanus")
    left, right = passages.around(long, span, 200)
    assert span is not None and left <= span[0] and span[1] <= right
    assert long[left:right].startswith("1651") and 150 < right - left <= 260
    assert passages.around(TEXT, None)[0] == TEXT.index("1651")
    assert passages.around("# Only a heading", None) == (0, 16)


@given(st.text(alphabet="ab .\n#", max_size=400), st.integers(8, 60))
def test_windows_lose_nothing(text: str, size: int) -> None:
    parts = passages.windows(text, size)
    assert "".join(text[a:b] for a, b in parts) == text
    assert all(b - a <= size for a, b in parts)
    assert all(parts[passages.window_of(parts, n)][0] <= n for n in range(len(text)))


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=6))
def test_marking_adds_marks_and_nothing_else(text: str, spans: list[tuple[int, int]]) -> None:
    html = plain.marked(text, spans)
    assert html.replace("<mark>", "").replace("</mark>", "") == "".join(
        plain.escaped(text[a:b]) for a, b in itertools.pairwise([*_edges(text, spans), len(text)])
    )
    assert html.count("<mark>") == html.count("</mark>") == len(plain.merged(spans, len(text)))


def _edges(text: str, spans: list[tuple[int, int]]) -> list[int]:
    return sorted({0, *(edge for span in plain.merged(spans, len(text)) for edge in span)})


def test_rows_and_points_stand_on_lines_of_their_own_and_prose_flows() -> None:
    shown = plain.in_lines(
        plain.marked("Inventory\nHorn | 1607\nGlobe | 1651\nA thing\nlike this.\n- one\n\n- two", [(10, 20)])
    )
    assert shown == "Inventory<br><mark>Horn | 160</mark>7<br>Globe | 1651<br>A thing like this.<br>- one<br>- two"
    assert plain.in_lines("") == "" and plain.in_lines("one\n\ntwo") == "one two"


def test_labels_are_letters_only() -> None:
    label = plain.label("![x](https://e.example/x.png) :material/home: $x$ www.e.example a@e.example <b>")
    assert "https://" not in label.replace("\\", "") and "www." not in label.replace("\\", "")
    assert all(label[n - 1] == "\\" for n, letter in enumerate(label) if letter in "![]():$<>`*_")
    assert plain.label("a\u202eb\n c") == "ab c"
    assert len(plain.shortened("word " * 60, 50)) <= 50


def star(count: int) -> Subgraph:
    nodes = tuple(Node(str(n), f"n{n}", "Person") for n in range(count))
    return Subgraph(nodes, tuple(Edge("0", str(n), "MET") for n in range(1, count)))


@pytest.mark.parametrize("graph", [star(1), star(2), star(30), star(80), Subgraph(star(40).nodes, star(20).edges)])
def test_no_name_stands_on_another(graph: Subgraph) -> None:
    places = layout.positions(graph)
    assert places == layout.positions(graph)
    assert len(places) == len(graph.nodes)
    for a, b in itertools.combinations(places.values(), 2):
        assert abs(a[0] - b[0]) > 0.9 * layout.WIDE or abs(a[1] - b[1]) > 0.7 * layout.HIGH


def test_at_most_eighty_are_drawn_and_those_in_focus_stay() -> None:
    nodes = tuple(Node(str(n), f"n{n}", "Person") for n in range(200))
    edges = (*(Edge(str(n), str(n + 1), "MET") for n in range(100)), Edge("3", "3", "MET"))
    drawn = limited(Subgraph(nodes, edges), focus=["199"])
    kept = {node.id for node in drawn.nodes}
    assert len(kept) == 80 and "199" in kept and "150" not in kept
    assert drawn.edges and all({e.source, e.target} <= kept and e.source != e.target for e in drawn.edges)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_links_can_be_read(theme: str) -> None:
    colours = CONFIG["theme"][theme]
    grounds = [colours["backgroundColor"], colours["secondaryBackgroundColor"], colours["sidebar"]["backgroundColor"]]
    for ground in grounds:
        assert contrast(colours["textColor"], ground) >= 7
        assert contrast(colours["linkColor"], ground) >= 4.5
        assert contrast(colours["primaryColor"], ground) >= 4.5
        assert contrast("#655e51" if theme == "light" else "#b3aa9a", ground) >= 4.5


def test_types_differ_by_shape_and_by_colour_on_both_grounds() -> None:
    assert set(GLYPHS) == set(TYPES)
    assert len({look.path for look in GLYPHS.values()}) == len(TYPES)
    for theme in ("light", "dark"):
        ground = CONFIG["theme"][theme]["backgroundColor"]
        assert len({look.colour(theme) for look in GLYPHS.values()}) == len(TYPES)
        assert min(contrast(look.colour(theme), ground) for look in GLYPHS.values()) >= 3


@pytest.mark.parametrize(
    ("uris", "expected"),
    [
        (("/a/notes.txt", "/a/letters.txt"), ["notes.txt", "letters.txt"]),
        (("/1650/notes.txt", "/1651/notes.txt"), ["1650/notes.txt", "1651/notes.txt"]),
        (
            ("https://x.org/m/1/manifest.json", "https://x.org/m/2/manifest.json"),
            ["1/manifest.json", "2/manifest.json"],
        ),
        (("C:\\b\\notes.txt", "notes.txt"), ["b/notes.txt", "notes.txt"]),
        (("notes.txt", "notes.txt"), ["notes.txt (1 of 2)", "notes.txt (2 of 2)"]),
    ],
)
def test_documents_of_one_title_are_told_apart(uris: tuple[str, str], expected: list[str]) -> None:
    alike = [
        Document(str(n), "Notes " * n, uri, "text/plain", added_at=f"2026-05-02T1{n}:00:00")
        for n, uri in enumerate(uris, 1)
    ]
    assert told_apart(alike) == {}, "titles that differ tell enough"
    assert [*told_apart([replace(each, title="Notes") for each in alike]).values()] == expected


def test_the_bar_of_an_import_and_its_list_count_the_same_passages() -> None:
    chunks = {State.DONE: 3, State.EMPTY: 1, State.FAILED: 2, State.PENDING: 3, State.RUNNING: 1, State.WAITING: 5}
    chunks |= {State.SKIPPED: 2}
    document = Document("d", "Notes", "notes.txt", "text/plain", state=State.RUNNING)
    progress = Progress(Job("j", "default", "statements", "2026"), {State.RUNNING: 1}, {Work.EXTRACT: 1}, chunks)
    assert how_far(progress) == (0.6, "Reading: 4 of 10 passages")
    told = in_words(Coverage(document, chunks)).split(" · ")
    assert told == [
        "4 of 10 passages are read",
        "2 passages could not be read",
        "5 pages or pictures wait for a vision model",
        "2 pages are sound or film and are not read",
    ]
