"""The laws of joining: whatever the order and however often, the same comes out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.merge import Said, join_all, join_entities, join_said
from graph.types import Entity, normalise

ENTITIES = st.builds(
    lambda name, type_, trust, aliases, text: Entity("id", name, "c", type_, trust, tuple(sorted(aliases)), text),
    st.sampled_from(["Ole Worm", "OLE WORM", "ole worm", "Ole  Worm", "Worm"]),
    st.sampled_from(["Thing", "Person", "Place"]),
    st.integers(0, 3),
    st.frozensets(st.sampled_from(["Olaus Wormius", "Worm", "O. Worm"])),
    st.sampled_from(["", "a physician", "an antiquary"]),
).map(lambda entity: join_entities(entity, entity))
SAID = st.builds(
    Said, st.sampled_from(["a", "bb", "ab"]), st.sampled_from([0.1, 0.5, 1.0]), st.sampled_from(["hand", "x"])
)


@given(ENTITIES, ENTITIES, ENTITIES)
def test_entities_join_in_any_order(a: Entity, b: Entity, c: Entity) -> None:
    assert join_entities(a, a) == a
    assert join_entities(a, b) == join_entities(b, a)
    assert join_entities(join_entities(a, b), c) == join_entities(a, join_entities(b, c))


@given(SAID, SAID, SAID)
def test_wordings_join_in_any_order(a: Said, b: Said, c: Said) -> None:
    assert join_said(a, a) == a
    assert join_said(a, b) == join_said(b, a)
    assert join_said(join_said(a, b), c) == join_said(a, join_said(b, c))


def test_the_ordinary_writing_of_a_name_wins_and_no_form_is_lost() -> None:
    forms = [Entity("id", name, "c") for name in ("OLE WORM", "Ole Worm", "ole worm")]
    joined = join_all(forms)["id"]
    assert joined.name == "Ole Worm"
    assert joined.aliases == ("OLE WORM", "ole worm")


@given(st.text())
def test_names_keep_their_letters(name: str) -> None:
    assert normalise(normalise(name)) == normalise(name)


def test_names_are_never_reduced_to_ascii() -> None:
    assert normalise("Müller") != normalise("Möller") and normalise("山田") == "山田"
    assert normalise("  OLE\u00a0Worm ") == "ole worm" == normalise("Ｏle Worm")
