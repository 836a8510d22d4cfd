"""Everything that the pages say exists in English and German, with the same values to fill in, and is really used."""

from __future__ import annotations

import pickle
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graph.errors import WunderkammerError
from graph.vocabulary import PREDICATES, TYPES
from pages.language import TEXTS
from pages.language.relations import RELATIONS

EN, DE = TEXTS["en"], TEXTS["de"]

PAGES = Path(__file__).resolve().parents[1] / "pages"
SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in PAGES.rglob("*.py") if path.parent.name != "language"
) + (PAGES / "language" / "__init__.py").read_text(encoding="utf-8")
NAMED = re.compile(r"""["']([a-z_]+(?:\.[a-zA-Z_]+)*)["']""")
BUILT = re.compile(r"""f["']([a-z_.]+\.)\{[^}]+\}((?:\.[a-z_]+)*)["']""")
JARGON = re.compile(r"\b(chunks?|nodes?|embeddings?|top-k|vectors?|Knoten|Vektor(?:en)?)\b", re.IGNORECASE)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def used() -> Iterator[str]:
    """The keys that the pages can ask for: written out, or the middle filled in."""
    plain = set(NAMED.findall(SOURCES))
    built = [re.compile(re.escape(a) + r"[a-zA-Z_]+" + re.escape(b)) for a, b in BUILT.findall(SOURCES)]
    for key in EN:
        stem = re.sub(r"\.(one|many)$", "", key)
        if {key, stem} & plain or any(pattern.fullmatch(k) for pattern in built for k in (key, stem)):
            yield key


def test_both_languages_have_the_same_texts() -> None:
    assert sorted(EN) == sorted(DE)
    assert len(EN) > 200


@pytest.mark.parametrize("key", sorted(EN))
def test_both_fill_in_the_same(key: str) -> None:
    one, many = key.endswith(".one"), key.endswith(".many")
    assert EN[key].strip() and DE[key].strip()
    if not one and not many:
        assert fields(EN[key]) == fields(DE[key])
    assert fields(EN[key]) | fields(DE[key]) <= {
        "kept", "absorbed", "a", "b",
        "n", "name", "names", "date", "log", "passages", "documents", "done", "total", "read", "written", "server",
        "free", "needed", "why", "host", "size", "what", "time", "all", "usd", "most", "used", "chosen",
        "calls", "mb", "by", "email", "note", "shown", "last", "kind_a", "kind_b",
    }  # fmt: skip


def test_every_singular_has_its_plural() -> None:
    stems = {suffix: {k[: -len(suffix)] for k in EN if k.endswith(suffix)} for suffix in (".one", ".many")}
    assert stems[".one"] == stems[".many"]


def test_every_text_is_used() -> None:
    assert sorted(set(EN) - set(used())) == []


def test_every_text_that_is_asked_for_exists() -> None:
    asked = re.findall(r"""\b(say|count)\(\s*["']([a-z_.]+)["']""", SOURCES)
    wanted = {key if how == "say" else f"{key}.one" for how, key in asked}
    assert len(wanted) > 120
    assert sorted(wanted - set(EN)) == []


def test_types_and_predicates_of_the_graph_have_words() -> None:
    assert {f"type.{type_}" for type_ in TYPES} <= set(EN)
    for language in ("en", "de"):
        assert set(PREDICATES) <= set(RELATIONS[language])


@pytest.mark.parametrize("texts", [EN, DE], ids=["en", "de"])
def test_no_words_of_the_engine_room(texts: dict[str, str]) -> None:
    assert {key: text for key, text in texts.items() if JARGON.search(text)} == {}


def test_german_is_polite_and_uses_its_own_quotation_marks() -> None:
    assert {k: t for k, t in DE.items() if re.search(r"\b(du|dein\w*|dich|dir)\b|“[^„]*”", t)} == {}


def test_stored_failures_can_be_said_by_a_page_that_is_opened_first() -> None:
    code = "import pages; from graph.errors import WunderkammerError as e; print(*e.known)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PAGES.parent, capture_output=True, text=True, check=True)
    assert {"EmptyFile", "PdfDamaged", "Unexpected", "RateLimited"} <= set(done.stdout.split())


def test_an_error_crosses_from_one_process_to_another_with_its_values() -> None:
    for kind in WunderkammerError.known.values():
        problem = kind(detail="half of it", count=3)
        again = pickle.loads(pickle.dumps(problem))
        assert type(again) is kind and again.params == problem.params
        assert (str(again), again.text("de")) == (str(problem), problem.text("de"))


def shown() -> None:
    import streamlit as st

    from pages import language

    forms = [
        language.number(1234567),
        language.decimal(3.14159, 2),
        language.size(84_600),
        language.size(2_170_422),
        language.date("2026-11-24T09:05:00+00:00"),
        language.date("not a moment"),
        language.money(0.0004),
        language.money(12.5),
        language.duration(0.2),
        language.duration(200),
        language.count("pages", 1),
        language.count("pages", 2000),
        language.relation("BORN_IN"),
        language.relation("PUT_ASIDE"),
    ]
    st.text("|".join(forms))


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en-GB",
            "1,234,567|3.14|85 kB|2.2 MB|24 November 2026||$0.0004|$12.50|a moment|about 3 min|1 page|2,000 pages|"
            "born in|put aside",
        ),
        (
            "de-AT",
            "1.234.567|3,14|85 kB|2,2 MB|24. November 2026||0,0004 $|12,50 $|einen Augenblick|etwa 3 min|1 Seite|"
            "2.000 Seiten|geboren in|put aside",
        ),
        ("fr-FR", "1,234,567|3.14|85 kB|2.2 MB|24 November 2026||$0.0004|$12.50|a moment|about 3 min|1 page|"
         "2,000 pages|born in|put aside"),
    ],
)  # fmt: skip
def test_numbers_and_dates_have_the_form_of_the_language(locale: str, expected: str) -> None:
    app = AppTest.from_function(shown)
    app.context = {"locale": locale}
    assert app.run().text[0].value == expected
