"""Streamlit's field to drop files into speaks English only; here its two texts are put in our words."""

from __future__ import annotations

import json

import streamlit as st


def in_our_words(key: str, button: str, hint: str) -> None:
    """Replace the texts of the field inside the container of that key; both come from our own language tables."""
    field = f".st-key-{key} [data-testid=stFileUploaderDropzone]"
    texts = [json.dumps(text, ensure_ascii=False) for text in (button, hint)]
    st.html(
        f"<style>{field} > span button p, {field} [data-testid=stFileUploaderDropzoneInstructions] span"
        f"{{ font-size: 0; }} {field} > span button p::after {{ content: {texts[0]}; font-size: 0.875rem; }}"
        f"{field} [data-testid=stFileUploaderDropzoneInstructions] span::after"
        f"{{ content: {texts[1]}; font-size: 0.875rem; }}</style>"
    )
