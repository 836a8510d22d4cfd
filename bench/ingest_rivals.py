"""The other programs of `bench.ingest`, as their documentation shows them, on the same server."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.fake_openai import Asked, Reply, Words

Row = dict[str, Any]


def answer(asked: Asked, number: str) -> Reply:
    """What LangChain's prompt or neo4j-graphrag's asks for."""
    if "start_node_id" in asked.prompt:
        nodes = [
            {"id": "0", "label": "Person", "properties": {"name": "Ole Worm"}},
            {"id": "1", "label": "Object", "properties": {"name": f"tusk {number}"}},
        ]
        relation = {"type": "SHOWED", "start_node_id": "0", "end_node_id": "1", "properties": {}}
        return Words(json.dumps({"nodes": nodes, "relationships": [relation]}))
    relation = {"head": "Ole Worm", "head_type": "Person", "relation": "SHOWED"}
    return Words(json.dumps([relation | {"tail": f"tusk {number}", "tail_type": "Object"}]))


def run(url: str, passages: Sequence[str], at_once: int, latency: float) -> list[Row]:
    """Measure each; one that raises has lost everything."""
    ideal = math.ceil(len(passages) / at_once) * latency
    rows = [
        _row("LLMGraphTransformer, await", passages, ideal, lambda: _langchain(url, passages, True)),
        _row("LLMGraphTransformer", passages, ideal, lambda: _langchain(url, passages, False)),
    ]
    if importlib.util.find_spec("neo4j_graphrag") is None:
        print("neo4j-graphrag is not installed: left out", file=sys.stderr)
        return rows
    return [*rows, _row("SimpleKGPipeline", passages, ideal, lambda: _graphrag(url, passages))]


def _row(name: str, passages: Sequence[str], ideal: float, work: Callable[[], int]) -> Row:
    began = time.perf_counter()
    try:
        done = work()
    except Exception as problem:  # noqa: BLE001 - whatever it is, that is its result
        print(f"{name}: {type(problem).__name__}: {str(problem)[:200]}", file=sys.stderr)
        done = 0
    seconds = time.perf_counter() - began
    return {
        "name": name,
        "passages": len(passages),
        "seconds": round(seconds, 2),
        "ideal": ideal,
        "share": round(seconds / ideal, 3),
        "over_least": round(seconds / ideal, 3),
        "done": done,
        "failed": 0,
        "lost": len(passages) - done,
        "calls": 0,
    }


def _langchain(url: str, passages: Sequence[str], awaited: bool) -> int:
    """How many passages gave a graph."""
    from langchain_core.documents import Document
    from langchain_experimental.graph_transformers import LLMGraphTransformer
    from langchain_openai import ChatOpenAI

    chat: Any = ChatOpenAI(model="gpt-4o-mini", base_url=url, api_key="sk-bench", temperature=0)  # type: ignore[arg-type]
    transformer = LLMGraphTransformer(llm=chat, ignore_tool_usage=True)
    documents = [Document(page_content=text) for text in passages]
    made = (
        asyncio.run(transformer.aconvert_to_graph_documents(documents))
        if awaited
        else transformer.convert_to_graph_documents(documents)
    )
    return sum(bool(each.relationships) for each in made)


def _graphrag(url: str, passages: Sequence[str]) -> int:
    from tests.servers import start_neo4j

    def part(module: str, name: str) -> Any:
        return getattr(importlib.import_module(f"neo4j_graphrag.{module}"), name)

    import neo4j

    with tempfile.TemporaryDirectory() as folder:
        server = start_neo4j(Path(folder) / "server")
        try:
            with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
                pipeline = part("experimental.pipeline.kg_builder", "SimpleKGPipeline")(
                    llm=part("llm", "OpenAILLM")(
                        model_name="gpt-4o-mini", model_params={"temperature": 0}, base_url=url, api_key="sk-bench"
                    ),
                    driver=driver,
                    embedder=part("embeddings", "OpenAIEmbeddings")(base_url=url, api_key="sk-bench"),
                    text_splitter=part(
                        "experimental.components.text_splitters.fixed_size_splitter", "FixedSizeSplitter"
                    )(chunk_size=max(map(len, passages)), chunk_overlap=0, approximate=False),
                    schema="FREE",
                    from_pdf=False,
                    perform_entity_resolution=False,
                )
                longest = max(map(len, passages))
                asyncio.run(pipeline.run_async(text="".join(text.ljust(longest) for text in passages)))
                query = "MATCH (o:Object) RETURN count(DISTINCT o.name) AS n"
                return int(driver.execute_query(query).records[0]["n"])
        finally:
            server.stop()


__all__ = ["answer", "run"]
