"""Quotes are found where they stand, however they were copied, and nowhere else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.quotes import Found, fold, locate_quote, on_word_edges

SOURCE = (
    "Ole Worm (1588–1654) war ein dänischer Arzt. Er sammelte „Merkwürdig-\nkeiten“ aus aller\u00a0Welt,\n"
    "darunter ein Horn, das er 1638 als Zahn des Nar\u00adwals erkannte. The Museum Wormianum was published in 1655; "
    "its ﬁrst plate shows the room. Straße und Größe."
)


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("Merkwürdigkeiten", "Merkwürdig-\nkeiten"),
        ('"Merkwürdigkeiten" aus aller Welt', "„Merkwürdig-\nkeiten“ aus aller\u00a0Welt"),
        (
            "ein Horn, das er 1638 als Zahn des Narwals erkannte",
            "ein Horn, das er 1638 als Zahn des Nar\u00adwals erkannte",
        ),
        ("OLE WORM (1588-1654)", "Ole Worm (1588–1654)"),
        ("its first plate", "its ﬁrst plate"),
        ("Gro\u0308ße", "Größe"),
        ("STRASSE", "Straße"),
        ("«The Museum Wormianum was published in 1655.»", "The Museum Wormianum was published in 1655"),
        (
            "Er sammelte ... ein Horn, das",
            "Er sammelte „Merkwürdig-\nkeiten“ aus aller\u00a0Welt,\ndarunter ein Horn, das",
        ),
        ("dänischer Arzt […] sammelte", "dänischer Arzt. Er sammelte"),
    ],
)
def test_what_copying_changes_is_forgiven(quote: str, words: str) -> None:
    start = SOURCE.index(words)
    assert locate_quote(SOURCE, quote) == Found(start, start + len(words), False)


@pytest.mark.parametrize(
    "quote",
    ["", "  ", "Ole Worm war ein dänischer Arzt", "im Jahre 1639", "Horn das", "art", "158", "sammelt", "...", "„“"],
)
def test_other_words_are_not_a_quote(quote: str) -> None:
    assert locate_quote(SOURCE, quote) is None


def test_digits_with_a_gap_are_another_number() -> None:
    assert locate_quote("see page 1 2 people came", "12 people") is None
    assert locate_quote("in the years 1655-\n1660", "1655–1660") == Found(13, 23, False)


def test_a_whole_word_wins_over_the_same_letters_inside_a_word() -> None:
    text = "Romans built Rom and Roma"
    assert locate_quote(text, "Rom") == Found(13, 16, True)
    assert on_word_edges(text, 13, 16) and not on_word_edges(text, 0, 3)


def test_scripts_without_spaces_have_no_word_edges() -> None:
    assert locate_quote("これは山田太郎の本です", "山田太郎") == Found(3, 7, True)


def test_only_inside_the_given_part() -> None:
    text = "a horn. Another a horn."
    assert locate_quote(text, "a horn", (8, len(text))) == Found(16, 22, True)
    assert locate_quote(text, "Another", (0, 8)) is None
    assert locate_quote(text, "a horn", (-5, 999)) == Found(0, 6, True)


def test_a_left_out_part_may_not_be_long() -> None:
    text = "The first half of it " + "x " * 400 + "the second half of it"
    assert locate_quote(text, "The first half ... the second half") is None
    assert locate_quote(text.replace("x " * 390, ""), "The first half ... the second half") is not None


@given(st.text(max_size=60), st.text(max_size=60), st.text(min_size=1, max_size=40))
def test_a_quote_set_apart_is_always_found(before: str, after: str, quote: str) -> None:
    text = f"{before} {quote} {after}"
    found = locate_quote(text, quote)
    if not quote.strip():
        assert found is None
    else:
        assert found and found.exact and text[found.start : found.end] == quote.strip()


@given(st.text(max_size=80), st.text(max_size=30))
def test_what_is_found_says_the_same(text: str, quote: str) -> None:
    found = locate_quote(text, quote)
    if found and found.exact:
        assert text[found.start : found.end] == quote.strip()
    elif found:
        assert 0 <= found.start < found.end <= len(text)


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8), min_size=1, max_size=12))
def test_broken_lines_and_capitals_are_found(words: list[str]) -> None:
    text = "– " + "\n".join(words) + " –"
    found = locate_quote(text, " ".join(words).swapcase().swapcase())
    assert found is None or fold(text[found.start : found.end]) == fold(" ".join(words))
    assert locate_quote(text, "  ".join(words)) is not None


@pytest.mark.parametrize(
    "line", ["Der Sammler kam 1655 nach Gottorf. ", "Ὁ συλλέκτης ἦλθεν. ", "aaaaaaaaaa", "ﬁﬁﬁ e\u0301 "]
)
def test_a_megabyte_takes_seconds_at_most(line: str) -> None:
    text = line * (1_000_000 // len(line))
    begun = time.perf_counter()
    assert locate_quote(text, "x" + line * 20) is None
    assert locate_quote(text, line * 20 + "never there") is None
    assert time.perf_counter() - begun < 10
