"""Dates as sources write them: what is read, what is left unread, and that bounds sort as days do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.when import When
from ingest import edtf
from ingest.dates import read_when, to_edtf

READ = (
    ("um 1650", "1650~"),
    ("1596/97", "1596/1597"),
    ("16. Jh.", "15XX"),
    ("vor 1700", "../1700"),
    ("3. Mai 1654", "1654-05-03"),
    ("between 1640 and 1650", "1640/1650"),
    ("circa 1650", "1650~"),
    ("c. 1650", "1650~"),
    ("ca.1650", "1650~"),
    ("spring 1655", "1655-21"),
    ("44 v. Chr.", "-0043"),
    ("44 BC", "-0043"),
    ("Hornung 1512", "1512-02"),
    ("1650-1664", "1650/1664"),
    ("1650–64", "1650/1664"),
    ("1404-1438", "1404/1438"),
    ("31 August 1654", "1654-08-31"),
    ("May 3, 1654", "1654-05-03"),
    ("3rd of May, 1654", "1654-05-03"),
    ("3.5.1654", "1654-05-03"),
    ("3. V. 1654", "1654-05-03"),
    ("03/05/1654", ""),
    ("3./13. Mai 1654", "1654-05-13"),
    ("3.-5. Mai 1654", "1654-05-03/1654-05-05"),
    ("May 3-5, 1654", "1654-05-03/1654-05-05"),
    ("Mai bis Juli 1654", "1654-05/1654-07"),
    ("von 1650 bis 1664", "1650/1664"),
    ("from 1650 to 1664", "1650/1664"),
    ("zwischen 1640 und 1650", "1640/1650"),
    ("16./17. Jahrhundert", "15XX/16XX"),
    ("sixteenth century", "15XX"),
    ("the 16th century", "15XX"),
    ("im 16. Jahrhundert", "15XX"),
    ("erste Hälfte des 16. Jahrhunderts", "1500/1549"),
    ("2. Hälfte 17. Jh.", "1650/1699"),
    ("late 17th century", "1667~/1699~"),
    ("Anfang des 17. Jahrhunderts", "1600~/1633~"),
    ("Mitte des 18. Jh.", "1734~/1766~"),
    ("um die Mitte des 18. Jh.", "1734~/1766~"),
    ("1650er Jahre", "165X"),
    ("1650s", "165X"),
    ("early 1650s", "1650~/1653~"),
    ("nach 1700", "1700/.."),
    ("seit 1582", "1582/.."),
    ("bis 1700", "../1700"),
    ("until 1700", "../1700"),
    ("wohl 1650", "1650?"),
    ("1650?", "1650?"),
    ("wohl um 1650", "1650%"),
    ("1650 (?)", "1650?"),
    ("Frühjahr 1655", "1655-21"),
    ("Winter 1596/97", "1596-24"),
    ("5. Jh. v. Chr.", "-04XX"),
    ("500-450 v. Chr.", "-0499/-0449"),
    ("27 v. Chr. bis 14 n. Chr.", "-0026/0014"),
    ("AD 79", "0079"),
    ("79 n. Chr.", "0079"),
    ("800", "0800"),
    ("anno 1600", "1600"),
    ("im Jahre 1600", "1600"),
    ("im Mai 1654", "1654-05"),
    ("May 1654", "1654-05"),
    ("Anfang 1655", "1655-01~/1655-04~"),
    ("Ende Mai 1654", "1654-05-21~/1654-05-31~"),
    ("1654 Mai 3", "1654-05-03"),
    ("1654-05-03", "1654-05-03"),
    ("2026-05-03 14:22:10", "2026-05-03"),
    ("15XX", "15XX"),
    ("../1700", "../1700"),
    ("31. Februar 1654", ""),
    ("gestern", ""),
    ("3. Mai", ""),
    ("am 3. Mai 1654", "1654-05-03"),
    ("Montag, den 3. Mai 1654", "1654-05-03"),
    ("7bris 1654", "1654-09"),
    ("12. 7bris 1654", "1654-09-12"),
    ("12. Septembris 1654", "1654-09-12"),
    ("um 1650-1660", "1650~/1660~"),
    ("um 1650/60", "1650~/1660~"),
    ("um das 16. Jh.", "1500~/1599~"),
    ("XVI. Jh.", "15XX"),
    ("vor dem 3. Mai 1654", "../1654-05-03"),
    ("nach 44 v. Chr.", "-0043/.."),
    ("vor 44 v. Chr.", "../-0043"),
    ("165?", "165X"),
    ("16--", "16XX"),
    ("1660-1650", ""),
    ("1601 or 1602", "1601/1602"),
    ("[1654]", "1654"),
    ("17th and 18th centuries", ""),
    ("3. Mai bis 4. Juni 1654", "1654-05-03/1654-06-04"),
    ("from 3 May to 4 June 1654", "1654-05-03/1654-06-04"),
    ("about 1650", "1650~"),
    ("Sommer des Jahres 1655", "1655-22"),
    ("the summer of 1655", "1655-22"),
    ("29. Februar 1700", ""),
    ("29. Februar 1696", "1696-02-29"),
    ("1. Jh. n. Chr.", "00XX"),
    ("vor Christus", ""),
    ("1596-97", "1596/1597"),
    ("1596-12", "1596-12"),
    ("letztes Viertel des 16. Jh.", "1575/1599"),
    ("first quarter of the 17th century", "1600/1624"),
    ("1. Drittel des 17. Jh.", "1600/1633"),
    ("um 1600 bis um 1620", "1600~/1620~"),
    ("im Herbst 1648", "1648-23"),
    ("24. Jänner 1595", "1595-01-24"),
    ("not later than 1650", "../1650"),
    ("gegen Ende des 16. Jahrhunderts", "1567~/1599~"),
    ("16. bis 18. Jahrhundert", "15XX/17XX"),
    ("16th to 18th century", "15XX/17XX"),
    ("16th-18th centuries", "15XX/17XX"),
    ("in 1588", "1588"),
    ("1588.", "1588"),
    ("May of 1654", "1654-05"),
    ("14 Iunii 1601", "1601-06-14"),
    ("ab 1650", "1650/.."),
    ("zwischen dem 3. Mai und dem 5. Juni 1654", "1654-05-03/1654-06-05"),
    ("mid-16th century", "1534~/1566~"),
    ("mid-1650", "1650-05~/1650-08~"),
    ("den 3. May 1654", "1654-05-03"),
    ("Weihnachten 1600", ""),
)


@pytest.mark.parametrize(("words", "expected"), READ)
def test_words_become_edtf_and_are_kept(words: str, expected: str) -> None:
    when = read_when(f"  {words} ")
    assert when is not None and (when.words, when.edtf) == (words, expected)
    assert (when.earliest is None and when.latest is None) == (not expected)


@pytest.mark.parametrize(
    ("words", "earliest", "latest"),
    [
        ("um 1650", 16500101, 16501231),
        ("16. Jh.", 15000101, 15991231),
        ("Februar 1696", 16960201, 16960229),
        ("vor 1700", None, 17001231),
        ("nach dem 3. Mai 1654", 16540503, None),
        ("Winter 1655", 16550101, 16560320),
        ("1596/97", 15960101, 15971231),
        ("44 v. Chr.", -429899, -428769),
    ],
)
def test_bounds_are_the_first_and_last_day(words: str, earliest: int | None, latest: int | None) -> None:
    assert read_when(words) == When(words, to_edtf(words) or "", earliest, latest)


def test_bounds_sort_as_time_goes() -> None:
    order = ["500 v. Chr.", "44 BC", "1 v. Chr.", "1 n. Chr.", "79 AD", "800", "1596", "3. Mai 1654", "4. Mai 1654"]
    days = [(when.earliest or 0, when.latest or 0) for each in order if (when := read_when(each))]
    assert len(days) == len(order) and all(a[1] < b[0] for a, b in pairwise(days))


@pytest.mark.parametrize("words", ["", "   ", "–", "x" * 101])
def test_what_cannot_be_a_date_is_none(words: str) -> None:
    assert read_when(words) is None


@pytest.mark.parametrize(
    "written", ["1654-13", "1654-02-30", "1660/1650", "..", "15XX-05", "about", "1654-05-03T10:00"]
)
def test_what_is_not_edtf_has_no_bounds(written: str) -> None:
    assert edtf.bounds(written) is None


_WORDS = st.sampled_from(
    ["um", "vor", "16.", "Jh.", "Mai", "3.", "1654", "bis", "-", "/", "97", "?", "v. Chr.", "zwischen"]
)


@settings(max_examples=40)
@given(st.one_of(st.text(max_size=30), st.lists(_WORDS, max_size=6).map(" ".join)))
def test_nothing_breaks_the_reader_and_what_it_makes_is_edtf(words: str) -> None:
    made = to_edtf(words)
    assert made is None or edtf.bounds(made) is not None
