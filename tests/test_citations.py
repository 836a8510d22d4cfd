"""The check of citations on cases that are marked supported or not: read in old print, parted, exchanged, denied."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import citations
from graph.misread import joined, locate_misread, numbers
from llm.sense import basis, exchanged, says
from tests.test_cite import piece

OLD = "Der Furſt kaufſte im Jahr 16S2 von dem Apotheker Baſilius Beßler zwey groſſe Mufcheln und gab fie nieht weiter."


def test_a_part_of_the_cases_is_judged_better_than_by_looking_for_the_words() -> None:
    part = citations.cases()[::4]
    ours, plain = citations.measure(part, citations.checked), citations.measure(part, citations.substring)
    assert len(part) > 80
    assert ours["precision"] >= 85 and ours["recall"] >= 90, ours
    assert ours["right"] > plain["right"] + 25


def test_the_cases_are_of_both_languages_halves_and_labels() -> None:
    every = citations.cases()
    assert len(every) >= 300
    for half in citations.HALVES:
        of_half = [case for case in every if case.half == half]
        assert {case.language for case in of_half} == {"de", "en"}
        assert 0.3 < sum(case.supported for case in of_half) / len(of_half) < 0.7
    tuned, held = ({case.source.chunk.text for case in every if case.half == half} for half in citations.HALVES)
    made = [case for case in every if not case.source.chunk.id.startswith("h-")]
    assert not tuned & held & {case.source.chunk.text for case in made}


def test_the_command_tells_both_halves(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    few = citations.cases()[::12]
    monkeypatch.setattr(citations, "cases", lambda: few)
    assert citations.main(["--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"tuned", "held"}
    assert {"check", "substring", "kinds"} <= set(told["held"])


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        (
            "kaufte im Jahr 1652 von dem Apotheker Basilius Beßler",
            "kaufſte im Jahr 16S2 von dem Apotheker Baſilius Beßler",
        ),
        ("große Muscheln und gab sie nicht weiter", "groſſe Mufcheln und gab fie nieht weiter"),
        ("kaufte im Jahr 1682 von dem Apotheker Basilius Beßler", None),
        ("große Muscheln und gab sie weiter", None),
        ("verkaufte im Jahr 1652 von dem Apotheker Basilius Beßler", None),
        ("kaufte im Jahr 1652 von dem Kaiser Basilius Beßler", None),
        ("Muscheln", None),
    ],
)
def test_a_misread_quote_is_found_unless_a_word_a_number_or_a_denial_differs(quote: str, there: str | None) -> None:
    found = locate_misread(OLD, quote)
    assert (OLD[found.start : found.end] if found else None) == there


@given(st.text(max_size=120), st.text(max_size=60))
def test_any_text_can_be_looked_through(text: str, quote: str) -> None:
    found = locate_misread(text, quote)
    assert found is None or 0 <= found.start < found.end <= len(text)


def test_parted_words_are_joined_and_misread_numbers_read() -> None:
    assert joined("Samm-\nlung, Ver¬\n steine=\nrungen, 1650-\n1660") == "Sammlung, Versteinerungen, 1650-\n1660"
    assert numbers("16S2, l652, 1.200 Stücke, Hil1erød, um 5") == {"1652", "1200", "5"}


@pytest.mark.parametrize(
    ("sentence", "source", "other_way_round"),
    [
        ("Keller sold the cabinet to Magdalena Roth.", "Magdalena Roth sold the cabinet to Johann Keller.", True),
        ("The cabinet was sold to Keller by Magdalena Roth.", "Magdalena Roth sold the cabinet to Keller.", False),
        ("Johann Keller met Magdalena Roth.", "Magdalena Roth met Johann Keller.", False),
        ("In Ulm Johann Keller sold it.", "Johann Keller sold it in Ulm.", False),
        ("Dem Abt Bonifaz schenkte Graf Ernst eine Uhr.", "Graf Ernst schenkte dem Abt Bonifaz eine Uhr.", False),
        ("Der Abt Bonifaz schenkte Graf Ernst eine Uhr.", "Graf Ernst schenkte dem Abt Bonifaz eine Uhr.", True),
    ],
)
def test_who_does_it_to_whom(sentence: str, source: str, other_way_round: bool) -> None:
    assert exchanged(sentence, source) is other_way_round


@pytest.mark.parametrize(
    ("sentence", "source", "same"),
    [
        ("Keller paid the whole sum.", "Keller never paid the whole sum.", False),
        ("Keller did not pay the whole sum.", "Keller never paid the whole sum.", True),
        (
            "Das Modellkabinett ging verloren.",
            "Es ging nicht die Bibliothek verloren, sondern das Modellkabinett.",
            True,
        ),
        ("Die Bibliothek ging verloren.", "Es ging nicht die Bibliothek verloren, sondern das Modellkabinett.", False),
        ("He collected shells.", "He collected not only shells but also books.", True),
        ("Er kaufte das Horn.", "He did not buy the horn because of its price, and this was the end of it.", False),
        ("It was printed in Leiden.", "It was printed in Leiden.", True),
        ("It was printed in Rome.", "It was printed in Leiden, and he went to Rome.", True),
        ("It was printed in Prague.", "It was printed in Leiden.", False),
    ],
)
def test_denials_and_names(sentence: str, source: str, same: bool) -> None:
    assert says(sentence, basis(piece(1, source), 0, len(source))) is same
