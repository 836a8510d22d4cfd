"""Every citation is looked up: found words open their place, what the source does not say is marked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.finding import Citation
from graph.types import Chunk, Evidence
from llm.cite import CheckedSentence, check
from llm.language import guess
from llm.sentences import sentences

WORM = (
    "Ole Worm was a Danish physician who lived from 1588 to 1654. In 1638 he showed that the horn of the unicorn is "
    "the tooth of the narwhal. The Museum Wormianum was published in 1655, after his death. "
    "He did not travel to Prague."
)
GOTTORF = (
    "Herzog Friedrich III. kaufte 1651 die Sammlung des Arztes Bernhard Paludanus aus Enkhuizen. Sie kam in die "
    "Gottorfer Kunst-\nkammer und zählte 1,200 Stücke."
)


def piece(n: int, text: str, start: int = 1000, title: str = "Catalogue", heading: str | None = None) -> Evidence:
    chunk = Chunk(f"c{n}", "d", n, text, start, start + len(text), heading=heading)
    return Evidence(n, chunk, title, "text/plain", 1.0)


EVIDENCE = (piece(1, WORM), piece(2, GOTTORF, start=50))


def one(answer: str, *quotes: tuple[int, str]) -> CheckedSentence:
    checked = check(answer, quotes, EVIDENCE)
    assert len(checked) == 1
    return checked[0]


def test_a_quote_opens_its_place() -> None:
    sentence = one("Worm showed it is a tooth [1].", (1, "the horn of the unicorn is the tooth of the narwhal"))
    (citation,) = sentence.citations
    assert sentence.supported and citation.supported
    assert citation.start is not None and citation.end is not None
    assert WORM[citation.start - 1000 : citation.end - 1000] == citation.quote
    assert citation.quote == "the horn of the unicorn is the tooth of the narwhal"


def test_a_quote_across_a_broken_line_is_given_as_the_source_has_it() -> None:
    sentence = one("Die Sammlung kam in die Gottorfer Kunstkammer [2].", (2, "in die Gottorfer Kunstkammer"))
    assert sentence.citations[0].quote == "in die Gottorfer Kunst-\nkammer"
    assert sentence.supported


@pytest.mark.parametrize(
    ("answer", "quote", "why"),
    [
        ("Worm lived in Rome [1].", (1, "Worm lived in Rome"), "invented quote"),
        ("Worm bought it in Prague [1].", (2, "Herzog Friedrich III. kaufte 1651"), "quote for another source"),
        ("Worm showed this in 1640 [1].", (1, "horn of the unicorn is the tooth of the narwhal"), "wrong year"),
        (
            "The emperor had a garden of tulips [1].",
            (1, "who lived from 1588 to 1654"),
            "true words about something else",
        ),
        ("Worm was a physician [7].", (7, "Worm was a Danish physician"), "no such source"),
        ("Worm was an emperor.", (1, "Ole Worm was a Danish physician"), "no citation, and no source says it"),
        ("Worm owned it [1].", (1, "a"), "a quote too short to say anything"),
        ("He travelled to Prague [1].", (1, ""), "the source denies it"),
        ("Worm met Kircher, a physician [1].", (1, ""), "a name that is not there"),
        ("Wie sammelte Worm Hörner? [1]", (1, ""), "other language and no quote"),
    ],
)
def test_what_the_source_does_not_say_is_marked(answer: str, quote: tuple[int, str], why: str) -> None:
    assert not one(answer, quote).supported, why


def test_what_was_not_found_keeps_the_claimed_words_without_place() -> None:
    sentence = one("Worm lived in Rome [1].", (1, "Worm lived in Rome"))
    assert sentence.citations == (Citation(1, "Worm lived in Rome", False, None, None),)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("Ole Worm was a Danish physician [1].", "Ole Worm was a Danish physician who lived from 1588 to 1654."),
        (
            "The Museum Wormianum was published in 1655 [1].",
            "The Museum Wormianum was published in 1655, after his death.",
        ),
        ("He did not travel to Prague [1].", "He did not travel to Prague."),
        ("Friedrich III. kaufte die Sammlung des Paludanus [2].", None),
    ],
)
def test_without_a_quote_its_own_words_must_stand_there(answer: str, says: str | None) -> None:
    sentence = one(answer)
    assert sentence.supported
    assert says is None or sentence.citations[0].quote == says


def test_numbers_are_the_same_however_they_are_written() -> None:
    quote = (2, "zählte 1,200 Stücke")
    assert one("Die Sammlung zählte 1200 Stücke [2].", quote).supported
    assert one("Die Sammlung zählte 1.200 Stücke [2].", quote).supported
    assert not one("Die Sammlung zählte 12 Stücke [2].", quote).supported


def test_across_languages_the_quote_decides() -> None:
    assert one("Der Herzog kaufte sie im Jahr 1651 [2].", (2, "kaufte 1651 die Sammlung")).supported
    assert one("The duke bought the collection in 1651 [2].", (2, "kaufte 1651 die Sammlung")).supported
    assert not one("The duke bought the collection in 1653 [2].", (2, "kaufte 1651 die Sammlung")).supported


def test_one_true_citation_of_two_is_enough_and_the_other_is_told() -> None:
    sentence = one("Worm was a Danish physician [1][2].", (1, "Ole Worm was a Danish physician"))
    assert sentence.supported
    assert [citation.supported for citation in sentence.citations] == [True, False]


def test_quotes_go_to_the_sentences_they_fit() -> None:
    answer = "The book came out in 1655 [1]. Worm lived until 1654 [1]."
    quotes = [(1, "lived from 1588 to 1654"), (1, "was published in 1655")]
    first, second = check(answer, quotes, EVIDENCE)
    assert (first.citations[0].quote, second.citations[0].quote) == ("was published in 1655", "lived from 1588 to 1654")


def test_a_citation_at_the_end_serves_the_sentences_before_if_their_words_stand_there() -> None:
    answer = "Ole Worm was a Danish physician. He owned a volcano. The Museum Wormianum was published in 1655 [1]."
    checked = check(answer, [(1, "The Museum Wormianum was published in 1655")], EVIDENCE)
    assert [sentence.supported for sentence in checked] == [True, False, True]
    assert [[c.n for c in sentence.citations] for sentence in checked] == [[1], [], [1]]


def test_a_sentence_without_citation_finds_the_source_that_says_it() -> None:
    checked = check("Ole Worm was a Danish physician.\nHe was a Danish emperor.", [], EVIDENCE)
    assert [[(c.n, c.supported) for c in sentence.citations] for sentence in checked] == [[(1, True)], []]


def test_title_and_heading_count_as_the_source() -> None:
    evidence = (piece(1, "He was a physician and collected in Copenhagen.", title="Ole Worm", heading="Life"),)
    (sentence,) = check("Ole Worm was a physician in Copenhagen [1].", [], evidence)
    assert sentence.supported


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One [1]. Two [2].", ["One [1].", "Two [2]."]),
        ("One. [1] Two. [2][3]", ["One. [1]", "Two. [2][3]"]),
        (
            "Dr. Worm met J. Smith, d. h. in Rom. Then he left.",
            ["Dr. Worm met J. Smith, d. h. in Rom.", "Then he left."],
        ),
        ("Am 3. März 1655 kam er. Im 17. Jahrhundert!", ["Am 3. März 1655 kam er.", "Im 17. Jahrhundert!"]),
        ("It was 1655. The book came.", ["It was 1655.", "The book came."]),
        ("He said “yes.” Then “no.”", ["He said “yes.”", "Then “no.”"]),
        ("- one\n- two", ["- one", "- two"]),
        ("  ", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


@given(st.text(st.sampled_from('aB. [1]\n!?3"’'), max_size=80))
def test_sentences_lose_no_words(text: str) -> None:
    spans = list(sentences(text))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@given(st.text(max_size=150), st.lists(st.tuples(st.integers(0, 4), st.text(max_size=30)), max_size=4))
def test_any_answer_can_be_checked(answer: str, quotes: list[tuple[int, str]]) -> None:
    for sentence in check(answer, quotes, EVIDENCE):
        assert answer[sentence.start : sentence.end] == sentence.text
        for citation in sentence.citations:
            assert (citation.start is not None) == citation.supported


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wer sammelte die Hörner?", "de"),
        ("Who collected the horns?", "en"),
        ("Qui a collecté ?", None),
        ("1655", None),
    ],
)
def test_the_language_is_a_hint(text: str, language: str | None) -> None:
    assert guess(text) == language
