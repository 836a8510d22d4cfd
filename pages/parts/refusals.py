"""What a model answered about a document that was not kept, and why: a button with the number, a list behind it."""

from __future__ import annotations

import re

import streamlit as st

from graph.documents import Refusal
from graph.types import Coverage, Document
from pages.language import TEXTS, count, current, relation, say
from pages.parts.cabinet import Cabinet
from pages.parts.plain import label, shortened

PASSAGES = 200
_OTHER = re.compile(r"[^a-z]+")


def offer(cabinet: Cabinet, coverage: Coverage) -> None:
    """The button, where there is anything to tell."""
    document = coverage.document
    if coverage.refused and st.button(
        count("refused", coverage.refused), key=f"refused-{document.id}", type="tertiary", icon=":material/rule:"
    ):
        _list(cabinet, document)


def _list(cabinet: Cabinet, document: Document) -> None:
    @st.dialog(say("refused.title"), width="large")
    def show() -> None:
        st.markdown(f"**{label(document.title, 200)}**")
        st.caption(say("refused.about"))
        rows = [_row(each) for each in cabinet.store.documents.refused(document.id, PASSAGES)]
        columns = ("page", "subject", "relation", "object", "why")
        names = [say("refused.page"), say("table.subject"), say("table.relation"), say("table.object")]
        names.append(say("refused.reason"))
        content = {name: [row[key] for row in rows] for name, key in zip(names, columns, strict=True)}
        st.dataframe(content, hide_index=True, alt=say("refused.title"))

    show()


def _row(refusal: Refusal) -> dict[str, str]:
    what = [shortened(each, 200) for each in refusal.what]
    subject, predicate, object_, *more = what if len(what) > 2 else [" | ".join(what), "", ""]
    why = reason(refusal.why) + (f": {more[0]}" if more else "")
    return {
        "page": str(refusal.page or ""),
        "subject": subject,
        "relation": relation(predicate) if predicate else "",
        "object": object_,
        "why": why,
    }


def reason(why: str) -> str:
    """Why something was not kept, in the language of the page; a reason that we do not know is shown as it is."""
    slug = _OTHER.sub("_", why.lower()).strip("_")
    return TEXTS[current()].get(f"refused.why.{slug}", why)
