"""GGUF files that people name: what their header tells, and what is said of those that cannot be used."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from llm.catalog import find_model, open_chat
from llm.errors import BadModelFile, NoWeights, UnknownModel
from llm.gguf import BATCH, gap, spec_of_file
from llm.gguf_header import header, part_names
from llm.memory import GB, Memory
from llm.ready import readiness
from llm.resident import residents
from settings import Settings
from tests.tiny_gguf import FILE, tiny_gguf

TEMPLATE = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
CHAT: Mapping[str, str | int] = {
    "general.architecture": "llama",
    "general.name": "Made",
    "general.license": "mit",
    "llama.context_length": 4_096,
    "llama.embedding_length": 64,
    "llama.block_count": 2,
    "llama.feed_forward_length": 128,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "llama.vocab_size": 100,
    "tokenizer.chat_template": TEMPLATE,
}
ROOMY = Memory(20 * GB, 24 * GB)


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def made(path: Path, values: Mapping[str, str | int] = CHAT, version: bytes = b"\x03\0\0\0", weights: int = 0) -> Path:
    """A GGUF file with these values and, with weights, one tensor of so many bytes."""
    said = b"".join(
        _text(key) + (struct.pack("<I", 8) + _text(value) if isinstance(value, str) else struct.pack("<II", 4, value))
        for key, value in values.items()
    )
    tensor = _text("output.weight") + struct.pack("<IQIQ", 1, weights, 24, 0) if weights else b""
    head = b"GGUF" + version + struct.pack("<QQ", bool(weights), len(values)) + said + tensor
    path.write_bytes(head + bytes(-len(head) % 32) + bytes(weights))
    return path


def said_of(path: Path) -> str:
    with pytest.raises(BadModelFile) as told:
        spec_of_file(f"llama:{path}", str(path))
    assert path.name in told.value.text("de") and str(path.parent) not in told.value.text("en")
    return told.value.text("en")


def test_a_header_tells_what_a_model_takes(tmp_path: Path) -> None:
    path = made(tmp_path / "made.gguf", weights=96)
    about = header(path)
    assert (about.name, about.licence, about.context, about.vocabulary) == ("Made", "mit", 4_096, 100)
    # Two layers, two heads of 16 numbers, keys and values, two bytes each.
    assert about.cache == 2 * 2 * 2 * 16 * 2
    assert about.needed(4_096, BATCH) - about.needed(2_048, BATCH) == 2_048 * (about.cache + 4 * BATCH * 4)
    spec = find_model(f"llama:{path}")
    assert (spec.family, spec.context_tokens, spec.max_output) == ("llama", 4_096, 2_048)
    assert spec.weights is not None and spec.weights.size == path.stat().st_size < spec.weights.ram


def test_the_header_of_a_real_file() -> None:
    spec = tiny_gguf()
    about = header(FILE)
    assert (about.architecture, about.context, about.heads, about.vocabulary) == ("llama", 8_192, 9, 49_152)
    assert about.size == FILE.stat().st_size
    assert (spec.title, spec.vision, spec.structured) == (FILE.stem, False, True)
    assert gap(spec, ROOMY) is None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda p: p.write_bytes(b""), "no GGUF file"),
        (lambda p: p.write_text("<html>Sign in to download</html>"), "no GGUF file"),
        (lambda p: p.unlink(), "cannot be read"),
        (lambda p: p.write_bytes(p.read_bytes()[:-50]), "ends too early"),
        (lambda p: p.write_bytes(p.read_bytes()[:90]), "ends too early"),
        (lambda p: made(p, version=b"\x01\0\0\0"), r"version 1\) is too old"),
        (lambda p: made(p, version=b"\x09\0\0\0"), r"version 9\) is newer"),
        (lambda p: made(p, version=b"\0\0\0\x03"), "another order of bytes"),
        (lambda p: made(p, {k: v for k, v in CHAT.items() if "template" not in k}), "base model"),
        (lambda p: made(p, {**CHAT, "tokenizer.chat_template": "  "}), "base model"),
        (lambda p: made(p, {"general.name": "Made"}), "makes no sense"),
        (lambda p: p.write_bytes(b"GGUF\x03\0\0\0" + b"\xff" * 64), "makes no sense"),
    ],
)
def test_a_file_that_is_no_use_is_told(tmp_path: Path, spoil: Callable[[Path], object], said: str) -> None:
    path = made(tmp_path / "made.gguf", weights=96)
    spoil(path)
    text = said_of(path)
    assert re.search(said, text), text


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    assert "cannot be" in said_of(tmp_path)


def test_no_beginning_of_a_file_is_taken_for_the_whole(tmp_path: Path) -> None:
    whole = made(tmp_path / "whole.gguf", weights=96).read_bytes()
    path = tmp_path / "cut.gguf"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(BadModelFile):
            header(path)


def test_a_model_in_parts_is_all_of_them(tmp_path: Path) -> None:
    names = [f"m-0000{n}-of-00003.gguf" for n in (1, 2, 3)]
    assert part_names(names[0]) == tuple(names) and part_names("m.gguf") == ("m.gguf",)
    for name in names:
        made(tmp_path / name, weights=96)
    first = tmp_path / names[0]
    assert header(first).size == 3 * first.stat().st_size
    (tmp_path / names[2]).unlink()
    assert "cannot be read" in said_of(first)


def test_a_file_on_the_hub_waits_for_its_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    spec = find_model("llama:somebody/Some-GGUF/some-Q4_K_M.gguf")
    assert spec.weights is not None
    assert (spec.weights.repo, spec.weights.files) == ("somebody/Some-GGUF", ("some-Q4_K_M.gguf",))
    with pytest.raises(NoWeights, match=r"download llama:somebody/Some-GGUF/some-Q4_K_M\.gguf"):
        open_chat(spec, Settings(tmp_path))
    folder = tmp_path / "models--somebody--Some-GGUF" / "snapshots" / "1"
    folder.mkdir(parents=True)
    made(folder / "some-Q4_K_M.gguf", weights=96)
    there = find_model(spec.id)
    assert there.context_tokens == 4_096 and there.weights is not None and there.weights.licence == "mit"


def test_a_name_that_is_neither_is_explained() -> None:
    with pytest.raises(UnknownModel, match=r"comes the path of a \.gguf file"):
        find_model("llama:mistral")


def test_what_llama_cpp_cannot_load_is_told_with_its_words(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tiny_gguf()
    values = {key.replace("llama.", "unheard."): value for key, value in CHAT.items()}
    path = made(tmp_path / "new.gguf", {**values, "general.architecture": "unheard"}, weights=96)
    chat = open_chat(find_model(f"llama:{path}"), Settings(tmp_path))
    with pytest.raises(BadModelFile, match="unknown model architecture: 'unheard'") as told:
        chat.invoke("Hello")
    assert str(tmp_path) not in told.value.text("en")
    assert [each.key for each in residents() if str(path) in each.key] == []
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_spoiled_later_is_noticed(tmp_path: Path) -> None:
    path = made(tmp_path / "made.gguf", weights=96)
    spec, settings = spec_of_file(f"llama:{path}", str(path)), Settings(tmp_path)
    assert readiness(spec, settings).ready
    path.write_bytes(path.read_bytes()[:-40])
    told = readiness(spec, settings)
    assert (told.ready, told.missing) == (False, "file") and "ends too early" in told.todo.en
    assert not readiness(spec, replace(settings, llama_gguf=str(path))).ready
