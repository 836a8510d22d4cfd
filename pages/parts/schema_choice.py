"""What a model is to look for: freely, by a ready list of kinds and relations, or by one's own; these first or only."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.language import current, kind, relation, say
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label

if TYPE_CHECKING:
    from ingest.claim_schema import ExtractionSchema

OWN = "own"
_BETWEEN = re.compile(r"[,;\n]")


def choose(cabinet: Cabinet) -> ExtractionSchema:
    """Draw the choice, first what was chosen last time. The page ends here while a list of one's own is unusable."""
    from ingest.claim_schema import FREE
    from ingest.extractors import default_schema
    from ingest.schemas import PRESETS, preset

    last = default_schema(cabinet.store, cabinet.collection)
    names = (FREE, *PRESETS, OWN)
    titles = {FREE: say("schema.free"), OWN: say("schema.own")}
    titles |= {name: title(name) for name in PRESETS}
    chosen = st.selectbox(
        say("schema.choose"),
        names,
        index=names.index(last.name if last.name in titles else OWN),
        format_func=titles.__getitem__,
        key="add.schema",
        width=320,
    )
    if chosen == FREE:
        st.html(f'<p class="wk-soft">{escaped(say("schema.free.about"))}</p>')
        from ingest.claim_schema import ExtractionSchema

        return ExtractionSchema()
    strict = not last.free and last.name != FREE
    if chosen == OWN:
        return _own(last if last.name not in titles else None, strict)
    st.html(f'<p class="wk-soft">{escaped(preset(chosen).about[current()])}</p>')
    only = _only(strict)
    _shown(preset(chosen).schema)
    return replace(preset(chosen).schema, free=not only)


def title(name: str) -> str:
    """What a list is called: a ready one in the language of the page, another by its own name."""
    from ingest.schemas import PRESETS, preset

    return preset(name).title[current()] if name in PRESETS else name


def _only(strict: bool) -> bool:
    """Whether nothing else is to be taken."""
    ways = {False: say("schema.first"), True: say("schema.only")}
    chosen = st.radio(
        say("schema.how"), list(ways), index=int(strict), format_func=ways.__getitem__, key="add.schema.only",
        horizontal=True, label_visibility="collapsed",
    )  # fmt: skip
    return bool(chosen)


def _shown(schema: ExtractionSchema) -> None:
    """What a ready list has in it, in the words of this page."""
    with st.expander(say("schema.see")):
        kinds = ", ".join(kind(each) for each in schema.types)
        relations = ", ".join(relation(each) for each in schema.predicates)
        st.html(
            f"<p><b>{escaped(say('schema.types'))}</b><br>{escaped(kinds)}</p>"
            f"<p><b>{escaped(say('schema.relations'))}</b><br>{escaped(relations)}</p>"
        )


def _own(last: ExtractionSchema | None, strict: bool) -> ExtractionSchema:
    """A list of one's own, begun with the one that was used last."""
    from ingest.claim_schema import SchemaUnusable, own_schema

    with st.container(border=True, key="own-schema"):
        name = st.text_input(
            say("schema.name"), value=last.name if last else say("schema.name.own"), key="add.schema.name", max_chars=60
        )
        left, right = st.columns(2)
        kinds = left.text_area(
            say("schema.types"), value=", ".join(last.types) if last else "", key="add.schema.types", height=96,
            placeholder=say("schema.types.example"),
        )  # fmt: skip
        relations = right.text_area(
            say("schema.relations"), value=", ".join(last.predicates) if last else "", key="add.schema.relations",
            height=96, placeholder=say("schema.relations.example"),
        )  # fmt: skip
        only = _only(strict)
    if not kinds.strip():
        st.html(f'<p class="wk-soft">{escaped(say("schema.own.about"))}</p>')
        st.stop()
    try:
        return own_schema(_words(kinds), _words(relations), not only, name)
    except SchemaUnusable as problem:
        st.warning(label(problem.text(current()), 400), icon=":material/warning:")
        st.stop()


def _words(typed: str) -> list[str]:
    return [word for each in _BETWEEN.split(typed) if (word := each.strip())]
