"""`python -m llm ask | models | describe | download`: questions, models and pictures without a browser."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cli
import settings as configuration
from graph.commands_here import add_collection, opened
from graph.errors import Missing, SourceError, StoreError
from graph.store import Store
from graph.types import Evidence, Mode, Retrieved, Source, Subgraph
from ingest.crops import Crops
from ingest.files import FileStore
from ingest.images import has_images, page_image
from ingest.sentences import of_passage
from llm.answer import Answer, Status, Words, stream_answer
from llm.catalog import DEFAULT_MODEL, FAMILIES, ModelSpec, find_model, models, open_chat, where
from llm.checked import Checker
from llm.commands_continue import add_continue, history, understand
from llm.commands_continue import data as turns_so_far
from llm.commands_describe import add_describe
from llm.commands_download import add_download
from llm.commands_save import add_save, save
from llm.commands_ways import add_filters, filters_of, query_by, why
from llm.commands_ways import data as way_data
from llm.commands_ways import lines as ways
from llm.competing import with_competing
from llm.embed import DEFAULT_EMBEDDING, Embedder, embeddings, open_embedder
from llm.modes import OFFERED, find
from llm.queries import rows
from llm.ready import readiness
from llm.retrieve import EmptyQuestion
from llm.stated import as_data, stated
from llm.summaries import summarised
from llm.told import not_found, told
from settings import Settings

ABOUT = (
    "Questions to the cabinet, descriptions of pictures, and the models for both, as the pages Ask, Describe and "
    "Models do it. COMMAND --help explains each."
)
NO_MODEL = "none"


def ask_command(given: argparse.Namespace) -> int:
    """Answer a question from the documents, each sentence with its source; without a model, the evidence alone."""
    settings = configuration.read()
    if not given.question.strip():
        raise EmptyQuestion()
    began = time.perf_counter()
    spec = _chosen(given.model, settings)
    chat = open_chat(spec, settings) if spec else None
    understood = understand(given, chat, spec)
    given.question = understood.question
    with opened(given, settings) as store:
        embedder = _embedder(store, settings)
        here = store.here
        filters = filters_of(given, store, here)
        if Mode(given.mode) is Mode.CYPHER:
            # The rows are the answer: nothing is asked of the model but the query.
            query, chat = given.query or query_by(chat, store, given.question, here, filters), None
            retrieved = rows(store, given.question, query, given.limit, here, filters)
        else:
            checker = Checker(chat, spec) if chat else None
            retrieved = find(store, embedder, given.question, Mode(given.mode), given.limit, here, filters, checker)
        retrieved = with_competing(store, retrieved)
        retrieved, spent = summarised(chat, retrieved, spec, None, settings.home / "themes")
        answer = spent.beside(_answer(given, chat, retrieved, spec, Crops(store, settings)), spec)
        images = _images(store, settings, retrieved.evidence)
        sources = store.search.sources([e.statement for e in retrieved.subgraph.edges if e.statement])
        made = store.explore.claims_of_chunks([piece.chunk.id for piece in retrieved.evidence])
        said = stated(retrieved, made, of_passage) if answer.status is Status.EVIDENCE_ONLY else ()
        finding = save(given, store, settings, retrieved, answer, filters, said)
    data = _data(retrieved, answer, images, time.perf_counter() - began)
    data["subgraph"] = _subgraph(retrieved.subgraph, sources)
    data |= turns_so_far(given, understood) | {"finding": finding, "stated": [as_data(each) for each in said]}
    cli.show(given, data, told(retrieved, answer, ways(retrieved), why(retrieved.way), said, of_passage))
    return cli.IN_PART if answer.failure else cli.DONE


def _chosen(name: str | None, settings: Settings) -> ModelSpec | None:
    """The model that was asked for; without a wish the default where it is ready, otherwise none."""
    if name == NO_MODEL:
        return None
    if name:
        return find_model(name, settings)
    spec = find_model(DEFAULT_MODEL, settings)
    if readiness(spec, settings).ready:
        return spec
    cli.say(f"evidence only: {spec.id} is not ready; `python -m llm models` says what is missing")
    return None


def _embedder(store: Store, settings: Settings) -> Embedder | None:
    """The model of the stored vectors; None where it cannot run here, and then words alone are searched."""
    name = store.embeddings.meta().embedding_model
    if name is None:
        return None
    try:
        return open_embedder(name, settings)
    except Missing as error:
        cli.say(f"searching by words alone: {error}")
        return None


def _answer(given: argparse.Namespace, chat: Any, retrieved: Retrieved, spec: ModelSpec | None, crops: Crops) -> Answer:
    """The whole answer; at a terminal its words are shown as they come, on stderr."""
    for event in stream_answer(chat, retrieved, spec=spec, history=history(given), cropper=crops):
        if isinstance(event, Words):
            if sys.stderr.isatty() and given.json:
                print(event.text, end="", file=sys.stderr, flush=True)
        else:
            return event
    raise AssertionError("unreachable: an answer always ends with an Answer")


def _images(store: Store, settings: Settings, evidence: tuple[Evidence, ...]) -> dict[int, Path]:
    """The page image of each piece of evidence that has one, drawn now where it was not yet."""
    files = FileStore.of(settings)
    documents = store.documents.by_ids(sorted({e.chunk.document for e in evidence}))
    images: dict[int, Path] = {}
    for piece in evidence:
        document = documents.get(piece.chunk.document)
        if document and document.sha256 and piece.chunk.page and has_images(document.media_type):
            try:
                images[piece.n] = page_image(files, document.sha256, document.media_type, piece.chunk.page)
            except (SourceError, StoreError) as error:
                cli.say(f"no image of page {piece.chunk.page} of {document.title}: {error}")
    return images


def _data(retrieved: Retrieved, answer: Answer, images: dict[int, Path], seconds: float) -> dict[str, Any]:
    searched = retrieved.searched
    return {
        "question": retrieved.question,
        "answer": answer.text,
        "status": answer.status.value,
        "not_found": not_found(retrieved, answer),
        "model": answer.model,
        "mode": retrieved.mode.value,
        "way": way_data(retrieved.way),
        "citations": [
            {"n": c.n, "quote": c.quote, "supported": c.supported, "start": c.start, "end": c.end}
            for c in answer.citations
        ],
        "sentences": [
            {"text": s.text, "supported": s.supported, "citations": [c.n for c in s.citations]}
            for s in answer.sentences
        ],
        "competing": [
            {
                "subject": each.subject,
                "predicate": each.predicate,
                "claims": [
                    {"statement": s.statement, "value": s.value, "text": s.text, "evidence": list(s.evidence)}
                    for s in each.sides
                ],
            }
            for each in retrieved.competing
        ],
        "evidence": [_evidence(piece, images.get(piece.n)) for piece in retrieved.evidence],
        "searched": {
            "chunks": searched.chunks,
            "documents": searched.documents,
            "failed": searched.failed,
            "pages": searched.pages,
            "pages_total": searched.pages_total,
            "waiting": searched.waiting,
            "unembedded": searched.unembedded,
        },
        "finding": None,
        "prompt": answer.prompt,
        "pictures": answer.pictures,
        "stopped": answer.stopped,
        "error": answer.failure.text if answer.failure else None,
        "timings": {name: round(s, 4) for name, s in retrieved.timings.items()}
        | {
            "first_word": answer.timings.first_word,
            "answer": round(answer.timings.total, 4),
            "total": round(seconds, 4),
        },
        "tokens": {
            "in": answer.usage.tokens_in,
            "out": answer.usage.tokens_out,
            "estimated": answer.usage.estimated,
        },
        "cost": answer.usage.cost if answer.model else 0.0,
    }


def _evidence(piece: Evidence, image: Path | None) -> dict[str, Any]:
    chunk = piece.chunk
    return {
        "n": piece.n,
        "chunk": chunk.id,
        "document": chunk.document,
        "title": piece.title,
        "page": chunk.page,
        "region": str(chunk.region) if chunk.region else None,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "score": piece.score,
        "why": list(piece.why),
        "kind": chunk.kind.value,
        "image": str(image) if image else None,
    }


def _subgraph(subgraph: Subgraph, sources: Mapping[str, Sequence[Source]]) -> dict[str, Any]:
    """The graph as data; a claim's edge says when and where it holds, as far as its sources do."""
    return {
        "nodes": [{"id": n.id, "label": n.label, "type": n.type, "score": n.score} for n in subgraph.nodes],
        "edges": [
            {"source": e.source, "target": e.target, "label": e.label, "statement": e.statement, "weight": e.weight}
            | _held(sources.get(e.statement or "", ()))
            for e in subgraph.edges
        ],
    }


def _held(sources: Sequence[Source]) -> dict[str, Any]:
    dates = {s.when.words: {"text": s.when.words, "edtf": s.when.edtf or None} for s in sources if s.when}
    places = dict.fromkeys(s.place for s in sources if s.place)
    return ({"dates": list(dates.values())} if dates else {}) | ({"places": list(places)} if places else {})


def models_command(given: argparse.Namespace) -> int:
    """Which models can answer: ready, or what is missing and what to type."""
    settings = configuration.read()
    rows: list[dict[str, Any]] = []
    for spec in models():
        state = readiness(spec, settings)
        rows.append(
            {
                "id": spec.id,
                "family": spec.family,
                "title": spec.title,
                "ready": state.ready,
                "missing": state.missing,
                "todo": state.todo.say("en") or None,
                "where": where(spec, settings),
                "vision": spec.vision,
                "default": spec.id == DEFAULT_MODEL,
                "ends": spec.ends,
                "successor": spec.successor,
            }
        )
    families = [{"id": f.id, "title": f.title, "here": f.here, "any_prefix": f.any_prefix} for f in FAMILIES]
    vectors = [{"id": e.id, "dimensions": e.dimensions, "default": e.id == DEFAULT_EMBEDDING} for e in embeddings()]
    lines = [f"{'ready' if row['ready'] else 'missing':8} {row['id']:24} {row['todo'] or row['title']}" for row in rows]
    cli.show(given, {"models": rows, "families": families, "embeddings": vectors}, "\n".join(lines))
    return cli.DONE


def main(arguments: list[str] | None = None) -> int:
    """Entry of the command."""
    parser = cli.Parser(prog="python -m llm", description=ABOUT)
    commands = parser.add_subparsers()
    ask = add_collection(
        cli.add_json(commands.add_parser("ask", help=ask_command.__doc__, description=ask_command.__doc__))
    )
    ask.add_argument("question", metavar="QUESTION", help="in quotation marks")
    told = f"who writes the answer: a model's id, or {NO_MODEL} for evidence only ({DEFAULT_MODEL} where it is ready)"
    ask.add_argument("--model", metavar="ID", help=told)
    told = (
        "how it is looked for: hybrid by words and meaning, graph also by what is connected, path from one named thing "
        "to another, global for the whole, cypher by a query that the model writes, checked by what the model thinks "
        "helpful among the passages that are found, auto as it fits"
    )
    ask.add_argument("--mode", choices=[mode.value for mode in OFFERED], default=Mode.AUTO.value, help=told)
    ask.add_argument("--limit", type=cli.whole(1, 100), default=8, metavar="N", help="pieces of evidence, 1 to 100 (8)")
    add_continue(ask)
    add_filters(ask)
    add_save(ask)
    ask.set_defaults(command=ask_command)
    about = models_command.__doc__
    listing = cli.add_json(commands.add_parser("models", help=about, description=about))
    listing.set_defaults(command=models_command)
    add_describe(commands)
    add_download(commands)
    return cli.run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
