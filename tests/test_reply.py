"""What models write instead of the JSON they were asked for, and the vocabulary they were given."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.vocabulary import PREDICATES, TYPES
from ingest.claim_schema import ExtractionSchema
from ingest.reply import RawClaim, read_reply


@pytest.mark.parametrize(
    ("written", "predicate"),
    [
        ("BORN_IN", "BORN_IN"),
        ("born in", "BORN_IN"),
        ("bornIn", "BORN_IN"),
        ("WAS_EDUCATED_AT", "was educated at"),
        ("schrieb an Kaiser", "schrieb an Kaiser"),
    ],
)
def test_predicates_find_their_place_in_the_vocabulary(written: str, predicate: str) -> None:
    assert ExtractionSchema().predicate_of(written) == predicate


def test_what_the_prompt_asks_for_is_what_is_read() -> None:
    schema = ExtractionSchema()
    rules = schema.instructions()
    assert all(name in rules for name in (*TYPES, *PREDICATES)) and "$" not in rules
    example = rules[rules.index('{"statements"') :].split("\n")[0]
    read = read_reply(example)
    quote = "Anna Weber, who was born in Lindau about 1650"
    weber = RawClaim("Anna Weber", "BORN_IN", "Lindau", "Person", "Place", quote, "about 1650")
    assert read == ([weber], [])
    item = json.loads(example)["statements"][0]
    properties = schema.json_schema()["properties"]
    assert isinstance(properties, dict)
    assert list(properties["statements"]["items"]["properties"]) == list(item)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["subject", "predicate", "object", "relations", "data", "type", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.text(max_size=60), JSON_VALUES, st.text(max_size=20))
def test_no_answer_breaks_the_reader(before: str, value: object, after: str) -> None:
    read = read_reply(before + json.dumps(value) + after)
    if read:
        for found in read[0]:
            assert found.subject.strip() and found.predicate.strip() and found.object.strip()


def test_deeply_nested_nonsense_is_no_answer() -> None:
    assert read_reply("[" * 100_000) is None
