"""What a terminal says: in the language of the question, what was not found and what was searched, what is doubtful."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.types import Claimed, Competing, Mode, Retrieved, Searched
from llm.answer import Answer, Status
from llm.ask import ask
from llm.cite import check
from llm.told import not_found, told
from tests.test_answer import BOOK, HORN, piece

SEARCHED = Searched(documents=3, pages=5, pages_total=6, pages_failed=1)
ENGLISH, GERMAN = "What did Worm show about the horn?", "Was zeigte Worm über das Horn?"


def found(question: str, *texts: str) -> Retrieved:
    pieces = tuple(piece(n, text) for n, text in enumerate(texts, 1))
    return Retrieved(question, Mode.GRAPH, pieces, searched=SEARCHED)


def answered(retrieved: Retrieved, text: str, *quotes: tuple[int, str]) -> Answer:
    sentences = check(text, quotes, retrieved.evidence)
    return Answer(retrieved.question, Status.ANSWERED, Mode.GRAPH, text, sentences, "gpt-4o-mini", shown=2)


@pytest.mark.parametrize(
    ("question", "said", "searched"),
    [
        (ENGLISH, "Not found: nothing in the cabinet answers this.", "searched 5 of 6 pages in 3 documents; 1 page"),
        (GERMAN, "Nicht gefunden: Nichts in der", "durchsucht: 5 von 6 Seiten in 3 Dokumenten; 1 Seite war nicht"),
    ],
)
def test_nothing_found_is_said_with_what_was_searched(question: str, said: str, searched: str) -> None:
    text = told(found(question), Answer(question, Status.NOT_FOUND, Mode.GRAPH))
    assert text.startswith(said) and searched in text


@pytest.mark.parametrize(("question", "said"), [(ENGLISH, "Not found: the model"), (GERMAN, "Nicht gefunden: Das")])
def test_a_model_that_found_nothing_is_not_silence(question: str, said: str) -> None:
    retrieved = found(question, HORN)
    text = told(retrieved, Answer(question, Status.NOT_FOUND, Mode.GRAPH, model="gpt-4o-mini"))
    assert text.startswith(said) and "[1] Catalogue: In 1638" in text


@pytest.mark.parametrize(("question", "said"), [(ENGLISH, "Not found in the"), (GERMAN, "In den Belegen")])
def test_an_answer_that_nothing_supports_is_called_not_found(question: str, said: str) -> None:
    retrieved = found(question, HORN)
    answer = answered(retrieved, "He sailed to China in 1701 [1].", (1, "sailed to China"))
    assert answer.unfounded
    assert (not_found(retrieved, answer) or "").startswith(said)
    assert said in told(retrieved, answer)


def test_a_supported_answer_says_what_is_doubtful_in_it() -> None:
    retrieved = found(GERMAN, HORN, BOOK)
    text = "In 1638 Ole Worm showed that the horn of the unicorn is the tooth of the narwhal [1][2]."
    answer = answered(retrieved, text, (2, "words of nobody"))
    assert not_found(retrieved, answer) is None
    lines = told(retrieved, answer).splitlines()
    assert lines[0] == text
    assert "steht nicht in der Quelle: [2] words of nobody" in lines


@pytest.mark.parametrize(
    ("question", "evidence", "disagree"),
    [(ENGLISH, "Evidence only;", "the sources disagree:"), (GERMAN, "Nur Belege;", "die Quellen widersprechen sich:")],
)
def test_without_a_model_the_words_follow_the_question(question: str, evidence: str, disagree: str) -> None:
    sides = (Claimed("s", "1588", "Worm was born in 1588.", (1,)), Claimed("t", "1590", "So was he in 1590.", (1,)))
    retrieved = replace(found(question, HORN), competing=(Competing("Worm\x1b[2J", "BORN_ON", sides),))
    text = told(retrieved, Answer(question, Status.EVIDENCE_ONLY, Mode.GRAPH))
    assert text.startswith(evidence)
    assert f"{disagree} Worm[2J, born on: 1588 [1]; 1590 [1]" in text


GERMAN_SOURCE = "Im Jahr 1638 zeigte Worm, dass das Horn des Einhorns der Zahn des Narwals ist."


@pytest.mark.parametrize(
    ("question", "source", "language"),
    [(ENGLISH, GERMAN_SOURCE, "English"), (GERMAN, HORN, "German"), (GERMAN, GERMAN_SOURCE, "German")],
)
def test_the_model_is_told_the_language_of_the_question_whatever_the_sources_speak(
    question: str, source: str, language: str
) -> None:
    rules = ask(found(question, source), None, None, ()).messages[0].text
    assert f"Write in {language}, the language of the question." in rules
    assert "Copy these words exactly from source n, in its language" in rules
