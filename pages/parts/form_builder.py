"""What to write down about a picture: a ready form, changed as one likes, one of one's own, or what the model likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.language import current, say
from pages.parts.plain import escaped

if TYPE_CHECKING:
    from llm.forms import Field, Schema

OWN, FREE = "own", "free"


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked for: a schema, None for what the model likes; or `problem`, why the form cannot be used yet."""

    schema: Schema | None = None
    problem: str | None = None


def build() -> Form:
    """Draw the choice and the rows of the form."""
    from llm.presets import PRESETS

    titles = {each.id: each.title.say(current()) for each in PRESETS}
    titles |= {OWN: say("describe.form.own"), FREE: say("describe.form.free")}
    chosen = st.selectbox(say("describe.form"), list(titles), format_func=titles.__getitem__, key="describe.form")
    if chosen == FREE:
        st.html(f'<p class="wk-soft">{escaped(say("describe.form.free.about"))}</p>')
        return Form()
    return _made(_rows(chosen))


def _rows(chosen: str) -> Sequence[Mapping[str, Any]]:
    from llm.forms import Field, FieldKind
    from llm.presets import preset

    fields = [Field("", FieldKind.TEXT)] if chosen == OWN else preset(chosen).fields(current())
    kinds = {kind.value: say(f"field.{kind.value}") for kind in FieldKind}
    column = st.column_config
    with st.container(key="describe-form"):
        edited = st.data_editor(
            [_row(field, kinds) for field in fields],
            num_rows="dynamic",
            hide_index=True,
            height="content",
            key=f"describe.rows.{chosen}.{current()}",
            column_config={
                "name": column.TextColumn(say("field.name"), max_chars=64, required=True, width=118),
                "kind": column.SelectboxColumn(
                    say("field.kind"),
                    options=list(kinds.values()),
                    required=True,
                    default=kinds[FieldKind.TEXT.value],
                    width=106,
                ),
                "description": column.TextColumn(say("field.description"), max_chars=300, width=170),
                "required": column.CheckboxColumn(say("field.required"), default=False, width=60),
                "choices": column.TextColumn(say("field.choices"), max_chars=500, width=140),
            },
            alt=say("describe.form"),
        )
    st.html(f'<p class="wk-soft">{escaped(say("describe.form.hint"))}</p>')
    return list(edited)


def _row(field: Field, kinds: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": field.name,
        "kind": kinds[field.kind.value],
        "description": field.description,
        "required": field.required,
        "choices": ", ".join(field.choices),
    }


def _made(rows: Sequence[Mapping[str, Any]]) -> Form:
    """The schema of the rows; rows without a name are left out."""
    from llm.forms import Field, FieldKind, FormUnusable, form_schema

    kinds = {say(f"field.{kind.value}"): kind for kind in FieldKind}
    fields = [
        Field(
            name=_text(row, "name"),
            kind=kinds.get(_text(row, "kind"), FieldKind.TEXT),
            description=_text(row, "description"),
            required=bool(row.get("required")),
            choices=tuple(each.strip() for each in _text(row, "choices").split(",") if each.strip()),
        )
        for row in rows
        if _text(row, "name")
    ]
    try:
        return Form(form_schema(fields))
    except FormUnusable as error:
        return Form(problem=error.text(current()))


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""
