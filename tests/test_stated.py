"""What is stated where no model writes: claims about the question with their own words marked, else a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from graph.finding import Citation, Stating
from graph.types import Chunk, Evidence, Mode, Retrieved, Source
from ingest.sentences import of_passage
from llm.answer import Answer, Status
from llm.found import surely_about
from llm.saving import with_answer
from llm.stated import as_data, stated
from llm.told import told
from pages.parts.claims import quote_name, quotes
from pages.parts.evidence import excerpt
from pages.parts.narrowing import Narrowed
from pages.parts.passages import card_spans, excerpts
from pages.parts.plain import quoted
from tests.make_findings import finding

AT = 100
OWNER = "Der erste sichere Besitzer war Georg Baresch, ein Alchemist in Prag."
UNKNOWN = "Niemand weiß, wo das Voynich-Manuskript geschrieben wurde."
GIVEN = "Kraus schenkte es 1969 der Universität Yale."
TEXT = f"## Das Buch\n\n{UNKNOWN} {'Von den Pflanzen darin ist keine bekannt. ' * 30}{OWNER} {GIVEN}"
QUESTION = "Wem gehörte das Voynich-Manuskript?"


def chunk(text: str = TEXT, id_: str = "c") -> Chunk:
    return Chunk(id_, "d", 0, text, AT, AT + len(text))


def span(words: str, text: str = TEXT) -> tuple[int, int]:
    return AT + text.index(words), AT + text.index(words) + len(words)


@dataclass(frozen=True)
class Made:
    chunk: str
    statement: str
    text: str
    source: Source


def made(statement: str, text: str, quote: str) -> Made:
    start, end = span(quote)
    return Made("c", statement, text, Source("c", quote, start, end, supported=True, place="Prag"))


CLAIMS = [
    made("given", "Kraus schenkte das Voynich-Manuskript Yale.", GIVEN),
    made("owned", "Das Voynich-Manuskript gehörte Georg Baresch.", OWNER),
    made("other", "Kircher wurde in Geisa geboren.", UNKNOWN),
]


def found(question: str = QUESTION, *nearest: str, texts: tuple[str, ...] = (TEXT,)) -> Retrieved:
    chunks = [chunk(text, "c" if n == 1 else f"c{n}") for n, text in enumerate(texts, start=1)]
    evidence = tuple(Evidence(n, each, "Das Buch", "text/plain", 1.0) for n, each in enumerate(chunks, start=1))
    return Retrieved(question, Mode.GRAPH, evidence, nearest=nearest)


def test_claims_about_the_question_are_stated_each_with_its_own_words() -> None:
    said = stated(found(QUESTION, "owned", "given"), CLAIMS, of_passage)
    assert [each.statement for each in said] == ["owned", "given"]
    assert said[0].places == (Citation(1, OWNER, True, *span(OWNER)),)
    assert said[0].held == ("Prag",) and as_data(said[0])["places"][0]["n"] == 1
    marked = card_spans(chunk(), QUESTION, quotes(said)[1])
    assert {span(OWNER), span(GIVEN)} <= set(marked)
    html = excerpt(chunk(), marked, {each: quote_name(1, *each) for each in quotes(said)[1]})
    for words in (OWNER, GIVEN):
        assert f'<mark id="{quote_name(1, *span(words))}">{words}</mark>' in html
    assert len(html) < 900, "what stands between is left out"


def test_without_a_claim_about_it_the_sentence_that_answers_is_stated() -> None:
    own = "Ole Worm schenkte 1640 dem König Christian IV. einen Lemming. Der Lemming kam später nach Gottorf."
    retrieved = found("Wer schenkte dem König einen Lemming?", texts=(own, TEXT))
    (sentence,) = stated(retrieved, CLAIMS, of_passage)
    assert (sentence.text, sentence.statement) == (own[: own.index(" Der Lemming")], None)
    assert own[sentence.places[0].start - AT : sentence.places[0].end - AT] == sentence.text  # type: ignore[operator]
    assert stated(found("Wer war der erste Mensch auf dem Mond?"), CLAIMS, of_passage) == ()


@pytest.mark.parametrize(
    ("share", "cosine", "sure"),
    [
        (0.29, 0.822, False),  # Wer war der erste Mensch auf dem Mond? - Der Gottorfer Globus gilt als …
        (0.44, 0.857, False),  # Which telephone did Athanasius Kircher own? - Athanasius Kircher died …
        (0.13, 0.863, True),  # Who owned the Voynich manuscript …? - Das Voynich-Manuskript gehörte …
        (0.6, 0.84, True),
        (1.0, 0.8, True),
        (0.5, None, True),
        (0.4, None, False),
    ],
)
def test_what_is_surely_about_a_question(share: float, cosine: float | None, sure: bool) -> None:
    assert surely_about(share, cosine, 0.82) is sure


def test_an_excerpt_holds_all_that_is_marked() -> None:
    spans = [(20, 60), (1100, 1140), (1180, 1200)]
    text = "word " * 400
    parts = excerpts(text, spans)
    assert all(any(a <= start and end <= b for a, b in parts) for start, end in spans)
    assert len(parts) == 2 and sum(b - a for a, b in parts) < 900


def test_marks_that_links_lead_to_may_lie_in_each_other_and_cross() -> None:
    assert quoted("abcdefgh", [(0, 4)], {(1, 3): "x"}) == '<mark>a<mark id="x">bc</mark>d</mark>efgh'
    crossing = quoted("abcdefgh", [], {(0, 4): "x", (2, 6): "y"})
    assert crossing == '<mark id="x">ab<mark id="y">cd</mark></mark><mark>ef</mark>gh'
    assert quoted("a<b", [], {(1, 2): 'x"'}) == 'a<mark id="x&quot;">&lt;</mark>b'


def test_a_terminal_is_told_the_same_and_no_headings() -> None:
    retrieved = found(QUESTION, "owned")
    answer = Answer(QUESTION, Status.EVIDENCE_ONLY, Mode.GRAPH)
    said = stated(retrieved, CLAIMS, of_passage)
    text = told(retrieved, answer, (), "", said, of_passage)
    assert "- Das Voynich-Manuskript gehörte Georg Baresch. (Prag) [1]" in text and "##" not in text
    assert f"[1] Das Buch: {UNKNOWN}" in text
    assert "Nichts hier sagt es ausdrücklich" in told(retrieved, answer, (), "", (), of_passage)


def test_a_finding_keeps_what_was_shown_where_no_model_wrote() -> None:
    said = (Stating("Das Voynich-Manuskript gehörte Georg Baresch.", statement="owned"),)
    nobody = Answer("", Status.EVIDENCE_ONLY, Mode.AUTO)
    assert with_answer(finding(), nobody, 0.0, said).stated == with_answer(finding(), None, 0.0, said).stated == said
    assert with_answer(finding(), Answer("", Status.ANSWERED, Mode.AUTO, "Text"), 0.0, said).stated == ()


def test_a_time_that_begins_after_it_ends_is_seen() -> None:
    assert Narrowed(begin="1660", end="1600").backwards()
    assert not Narrowed(begin="1600", end="1660").backwards() and not Narrowed(begin="x", end="1600").backwards()
