"""Several people are invited at once: addresses as they are pasted."""

from __future__ import annotations

import pytest

from graph.members import NoAddressGiven, NoEmailAddress, addresses


@pytest.mark.parametrize(
    "text, found",
    [
        ("Ada@example.org", ("ada@example.org",)),
        (" a@x.org, b@x.org;c@x.org\nd@x.org  a@x.org ", ("a@x.org", "b@x.org", "c@x.org", "d@x.org")),
        ("Ada Lovelace <ada@x.org>, Bob <bob@x.org>;", ("ada@x.org", "bob@x.org")),
        ("<ada@x.org>, bob@x.org", ("ada@x.org", "bob@x.org")),
    ],
)
def test_addresses_as_people_paste_them(text: str, found: tuple[str, ...]) -> None:
    assert addresses(text) == found


@pytest.mark.parametrize(
    "text, said",
    [
        ("ada@x.org, bob", "bob"),
        ("ada@x.org Bob <bob@x.org>", "ada@"),  # rather refused than one of them left out
        ("Ada <>, bob@x.org, Eve", "Eve"),
    ],
)
def test_nobody_is_left_out_without_a_word(text: str, said: str) -> None:
    with pytest.raises(NoEmailAddress, match=f": {said}"):
        addresses(text)


@pytest.mark.parametrize("text", ["", "  ", ",;\n", "Ada <>"])
def test_nothing_typed(text: str) -> None:
    with pytest.raises(NoAddressGiven):
        addresses(text)
