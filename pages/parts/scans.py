"""Pictures and pages without text: who looks at them, where they go then, and what there is where nobody can."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from llm.spec import ModelSpec
from pages.language import say
from pages.parts import asking
from pages.parts.cabinet import Cabinet
from pages.parts.links import link
from pages.parts.plain import escaped

NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Eyes:
    """The model that describes pictures, and the service or model that reads pages without text; None: nobody."""

    describes: str | None = None
    reads: str | None = None


def choose(cabinet: Cabinet) -> Eyes:
    """Two choices, both nobody at first: what looks may cost money, and the pages go to whoever looks."""
    from llm.ocr import OCR_SERVICES, gap

    seeing = [spec for spec in asking.ready_specs(cabinet) if spec.vision]
    services = {spec.id: spec.title for spec in OCR_SERVICES if gap(spec, cabinet.settings) is None}
    if not seeing and not services:
        return Eyes()
    models = asking.model_names([spec.id for spec in seeing])
    left, right = st.columns(2, gap="large")
    with left:
        describes = _choice("add.describe", models, say("add.describe.about")) if seeing else None
    with right if seeing else left:
        reads = _choice("add.ocr", services | models, say("add.ocr.about"))
    _where(cabinet, [each for each in (describes, reads) if each], {spec.id: spec for spec in seeing})
    return Eyes(describes, reads)


def _choice(key: str, names: dict[str, str], about: str) -> str | None:
    shown = {NOBODY: say("add.eyes.nobody")} | names
    chosen = st.selectbox(say(key), list(shown), format_func=shown.__getitem__, key=key, help=about)
    return None if chosen == NOBODY else chosen


def _where(cabinet: Cabinet, chosen: list[str], models: dict[str, ModelSpec]) -> None:
    """Where the pictures go to, for each of those who look at them."""
    from llm.endpoint import endpoint
    from llm.ocr import find_ocr

    told: list[str] = []
    for id_ in dict.fromkeys(chosen):
        spec = models.get(id_)
        if spec is not None and spec.weights is not None:
            told.append(say("add.eyes.here"))
            continue
        family = spec.family if spec is not None else find_ocr(id_).family
        told.append(say("add.eyes.server", server=endpoint(family, cabinet.settings).name))
    for words in dict.fromkeys(told):
        st.html(f'<p class="wk-soft">{escaped(words)}</p>')


def offer(cabinet: Cabinet) -> None:
    """Where nobody is ready who could look at what waits: says who could, and where to make them ready."""
    from llm.ocr import OCR_SERVICES, gap

    if any(gap(spec, cabinet.settings) is None for spec in OCR_SERVICES):
        return
    if any(spec.vision for spec in asking.ready_specs(cabinet)):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = say("add.no_ocr", name=OCR_SERVICES[0].title)
        st.html(f'<span class="wk-soft">{escaped(words)}</span>', width="content")
        link("models", say("ask.choose_model"), ":material/memory:")
