"""The sample cabinet holds together: every quote is where it says, every file exists."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from PIL import Image

SAMPLE = Path(__file__).parent.parent / "sample"
LINES: list[dict[str, Any]] = [
    json.loads(line) for line in (SAMPLE / "statements.jsonl").read_text(encoding="utf-8").splitlines()
]
DOCUMENTS = [line for line in LINES if line["type"] == "document"]
ENTITIES = [line for line in LINES if line["type"] == "entity"]
STATEMENTS = [line for line in LINES if line["type"] == "statement"]
TYPES = {
    "Person", "Place", "Collection", "Object", "Material", "Organisation", "Work", "Event", "Date", "Concept",
}  # fmt: skip


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@cache
def pages(name: str) -> list[str]:
    document = pdfium.PdfDocument(SAMPLE / name)
    texts = [str(page.get_textpage().get_text_range()) for page in document]
    document.close()
    return [plain(re.sub(r"[\u00ad\ufffe-]\r?\n", "", text)) for text in texts]


@cache
def words(name: str) -> str:
    return (SAMPLE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("line", DOCUMENTS, ids=lambda line: line["file"])
def test_document_exists_and_names_its_rights(line: dict[str, Any]) -> None:
    assert (SAMPLE / line["file"]).is_file()
    assert line["rights"].startswith("https://creativecommons.org/")
    assert line["title"] and line["attribution"] and line["language"] in {"de", "en"}


@pytest.mark.parametrize("name", [line["file"] for line in DOCUMENTS])
def test_quotes_stand_in_their_document(name: str) -> None:
    found = [s for s in STATEMENTS if s["document"] == name]
    assert found, "a document without a statement"
    for statement in found:
        quote = statement["quote"]
        if quote is None:
            assert name.startswith("pictures/")
        elif name.endswith(".pdf"):
            assert quote in pages(name)[statement["page"] - 1], statement
        else:
            assert quote in words(name), statement
            assert statement["page"] is None


def test_statements_are_many_complete_and_labelled() -> None:
    assert len(STATEMENTS) >= 280
    for statement in STATEMENTS:
        assert statement["made_by"] == "hand"
        assert statement["text"].strip().endswith((".", "?", "!"))
        assert 0 < statement["confidence"] <= 1
        assert statement["quote"] is None or len(statement["quote"]) >= 15
    keys = [(s["subject"], s["predicate"], s["object"], s["document"]) for s in STATEMENTS]
    assert len(keys) == len(set(keys))


def test_predicates_are_the_list_in_the_readme() -> None:
    listed = set(
        re.findall(r"\b[A-Z]+_?[A-Z]+(?=[,.])", words("README.md").split("Predicates, forty")[1].split("##")[0])
    )
    assert {s["predicate"] for s in STATEMENTS} == listed
    assert len(listed) <= 40


def test_entities_are_known_typed_and_used() -> None:
    types = {entity["name"]: entity["entity_type"] for entity in ENTITIES}
    assert len(types) == len(ENTITIES)
    assert set(types.values()) <= TYPES
    used = {}
    for s in STATEMENTS:
        used[s["subject"]] = s["subject_type"]
        used[s["object"]] = s["object_type"]
    assert used == types
    names: dict[str, str] = {}
    for entity in ENTITIES:
        for name in [entity["name"], *entity["aliases"]]:
            assert names.setdefault(name.casefold(), entity["name"]) == entity["name"], name


def test_documents_are_connected() -> None:
    """From any text every other can be reached over entities they share."""
    where: dict[str, set[str]] = {}
    for s in STATEMENTS:
        where.setdefault(s["document"], set()).update((s["subject"], s["object"]))
    reached, todo = set(), [STATEMENTS[0]["document"]]
    while todo:
        here = todo.pop()
        reached.add(here)
        todo += [d for d in where if d not in reached and where[d] & where[here]]
    assert reached == set(where)


def test_forty_pages_or_more_and_small() -> None:
    texts = sum(len(words(d["file"]).split()) / 350 for d in DOCUMENTS if d["file"].startswith("texts/"))
    books = sum(len(pages(d["file"])) for d in DOCUMENTS if d["file"].endswith(".pdf"))
    pictures = [d["file"] for d in DOCUMENTS if d["file"].startswith("pictures/")]
    assert texts + books + len(pictures) >= 40
    assert all((SAMPLE / name).stat().st_size < 300_000 for name in pictures)
    assert sum(p.stat().st_size for p in SAMPLE.rglob("*") if p.is_file() and p.suffix != ".pyc") < 6_000_000


def test_manifest_is_presentation_3() -> None:
    manifest = json.loads(words("manifest.json"))
    assert manifest["@context"] == "http://iiif.io/api/presentation/3/context.json"
    assert manifest["type"] == "Manifest" and manifest["rights"] and manifest["items"]
    ids = [manifest["id"]]
    for canvas in [*manifest["items"]]:
        page = canvas["items"][0]
        painting = page["items"][0]
        body = painting["body"]
        assert (canvas["type"], page["type"], painting["type"]) == ("Canvas", "AnnotationPage", "Annotation")
        assert painting["motivation"] == "painting" and painting["target"] == canvas["id"]
        assert set(canvas["label"]) == {"de", "en"}
        with Image.open(SAMPLE / "pictures" / body["id"].rsplit("/", 1)[1]) as image:
            assert image.size == (canvas["width"], canvas["height"]) == (body["width"], body["height"])
        ids += [canvas["id"], page["id"], painting["id"], body["id"]]
    assert len(ids) == len(set(ids))
    assert all(name.startswith("https://example.org/wunderkammer/") for name in ids)


def test_questions_name_documents_of_the_sample() -> None:
    questions = json.loads(words("questions.json"))
    known = {d["file"] for d in DOCUMENTS}
    assert [q["language"] for q in questions].count("de") == 3 == [q["language"] for q in questions].count("en")
    assert all(set(q["documents"]) <= known and q["question"] and q["answer"] for q in questions)
    assert sum(len(q["documents"]) >= 2 for q in questions) >= 3
