"""What our local models do on this computer's graphics card: memory against what the catalog says, speed, and troubles.

`python -m bench.gpu [--models gemma-3-4b molmo2-4b] [--gguf FILE] [--folder FOLDER] [--small]` makes models of the real
architectures and sizes with random weights (`bench.gpu_models`), so that nothing is fetched, and asks them through
`llm.transformers_chat`: answers to short and long questions, pictures, JSON held to a schema, an answer that is
stopped, a card that is full, a model that must leave it. A line for each; the last says which checks failed.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

import settings as configuration
from bench import gpu_models
from bench.gpu_card import Report, forget_peak, only_free, peak, used
from llm import memory, resident, transformers_model
from llm.errors import NotEnoughMemory, OutOfMemory
from llm.local_chat import LocalChat
from llm.memory import GB, NO_ROOM
from llm.spec import ModelSpec
from llm.transformers_chat import open_chat

SCHEMA = {
    "type": "object",
    "properties": {"names": {"type": "array", "items": {"type": "string", "maxLength": 12}, "maxItems": 400}},
    "required": ["names"],
    "additionalProperties": False,
}
SENTENCE = "Ole Worm founded a museum in Copenhagen. "
FORM = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}}


def question(chat: LocalChat, tokens: int) -> str:
    """Words that are about so many tokens for this model."""
    loaded: Any
    with resident.hold(chat._plan) as loaded:  # type: ignore[attr-defined]
        each = len(loaded.tokenizer(SENTENCE * 10)["input_ids"]) / 10
    return SENTENCE * max(1, int(tokens / each))


def asked(report: Report, chat: LocalChat, what: str, content: Any, limit: int, **options: Any) -> None:
    """One answer, streamed: seconds to the first word, tokens per second after it, the most memory meanwhile."""
    from langchain_core.messages import HumanMessage

    forget_peak()
    began = time.perf_counter()
    first, pieces, usage = 0.0, 0, None
    limit = max(8, int(limit * report.share))
    for chunk in chat.stream([HumanMessage(content)], max_tokens=limit, **options):
        pieces += bool(chunk.content)
        if chunk.content and not first:
            first = time.perf_counter() - began
        usage = chunk.usage_metadata or usage
    rest = time.perf_counter() - began - first
    assert usage is not None, "no usage was told"
    made = usage["output_tokens"]
    rate = (made - 1) / rest if rest > 0 else 0.0
    said = {"tokens_in": usage["input_tokens"], "tokens_out": made, "pieces": pieces}
    report.say(f"  {what}", **said, first_s=first, tokens_per_s=rate, peak_gb=peak(), used_gb=used())
    # What a schema leaves no choice about comes in one piece.
    report.check(f"{what} streamed", pieces > (2 if options else made // 3))


def picture(width: int, height: int) -> dict[str, Any]:
    from PIL import Image

    made = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(made, "JPEG")
    return {"type": "image", "base64": base64.b64encode(made.getvalue()).decode(), "mime_type": "image/jpeg"}


def measure(report: Report, spec: ModelSpec, settings: configuration.Settings, longest: int) -> None:
    """One model by itself on the whole card: loading, answers, stopping, unloading."""
    chat = open_chat(spec, settings)
    assert spec.weights is not None
    forget_peak()
    before, host, began = used(), psutil.Process().memory_info().rss, time.perf_counter()
    with resident.hold(chat._plan) as loaded:
        where = str(loaded.model.device) if loaded.model is not None else "?"
    (lies,) = [each for each in resident.residents() if each.key == spec.id]
    grown = (psutil.Process().memory_info().rss - host) / GB
    report.say(
        f"{spec.title} ({spec.weights.gpu / GB} GB in the catalog)", where=where, load_s=time.perf_counter() - began,
        peak_gb=peak(), used_before_gb=before, used_gb=used(), counted_gb=lies.taken.gpu / GB, main_memory_gb=grown,
    )  # fmt: skip
    report.check("it lies on the card", where == "cuda:0" and lies.taken.gpu > 0 and lies.taken.ram == 0, where)
    for tokens in (int(report.share * each) for each in (2_000, 8_000, longest)):
        with report.part(f"a question of {tokens} tokens"):
            asked(report, chat, f"{tokens} tokens", question(chat, tokens), 128)
    if spec.vision:
        with report.part("pictures"):
            words = {"type": "text", "text": "What is this?"}
            asked(report, chat, "a picture of 2 megapixels", [picture(1600, 1200), words], 64)
            asked(report, chat, "three pictures", [*(picture(1600, 1200) for _ in range(3)), words], 64)
    with report.part("JSON"):
        asked(report, chat, "JSON", SENTENCE * 40, 192, response_format=FORM)
        asked(report, chat, "the same without a form", SENTENCE * 40, 192)
    with report.part("stopping"):
        stop(report, chat)
    with report.part("a full card"):
        full(report, chat)
    with report.part("unloading"):
        lying = used()
        report.check("it can be unloaded", resident.unload(spec.id))
        report.check("unloading frees the card", lying - used() > 0.9 * lies.taken.gpu / GB, f"{lying} -> {used()}")


def stop(report: Report, chat: LocalChat) -> None:
    stream = chat.stream(SENTENCE * 100, max_tokens=2000)
    for _ in range(8):
        next(stream)
    began = time.perf_counter()
    stream.close()  # type: ignore[attr-defined]
    while any(each.busy for each in resident.residents()):
        time.sleep(0.002)
    report.check("an answer that is stopped ends at once", (took := time.perf_counter() - began) < 1.0, f"{took:.3f} s")


def full(report: Report, chat: LocalChat) -> None:
    long = question(chat, int(12_000 * report.share))
    with only_free(0.1):
        try:
            chat.invoke(long, max_tokens=16)
            report.check("a card that is full is told", False)
        except OutOfMemory as problem:
            report.check("a card that is full is told", True, problem)
    report.check("and works again when it is not", bool(chat.invoke(long, max_tokens=16).usage_metadata))


def room(report: Report, one: ModelSpec, other: ModelSpec, settings: configuration.Settings) -> None:
    """Cards that are too small: four bits, main memory, a model that leaves, one that fails while it is loaded."""
    import torch

    assert one.weights is not None and other.weights is not None
    plan, second = transformers_model.plan(one, settings), transformers_model.plan(other, settings)
    with only_free(3.0):
        taken = plan.find(NO_ROOM).taken
        report.check("what fits on no card goes to main memory", taken.ram > 0 and taken.gpu == 0, taken)
    with report.part("no memory while it is loaded"):
        torch.cuda.set_per_process_memory_fraction(0.04)
        try:
            with resident.hold(plan):
                report.check("a load that fails is told", False)
        except NotEnoughMemory as problem:
            report.check("a load that fails is told", True, problem)
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)
        report.check("and leaves nothing on the card", torch.cuda.memory_reserved() < GB // 10, used())
    with report.part("leaving the card"), only_free(max(one.weights.gpu, other.weights.gpu) / GB + 1.5):
        for each, key in ((plan, other.id), (second, one.id), (plan, other.id)):
            with resident.hold(each):
                lying = {one.key: one.taken for one in resident.residents()}
            fine = key not in lying and lying[each.key].gpu > 0
            report.check(f"{each.title} lies on the card alone", fine, f"{lying} used {used():.2f}")
        resident.unload(one.id)
    if memory.four_bit() and one.weights.gpu_4bit:
        with report.part("four bits"), only_free(one.weights.gpu_4bit / GB + 1.0):
            four(report, one, settings)


def four(report: Report, spec: ModelSpec, settings: configuration.Settings) -> None:
    assert spec.weights is not None
    before = used()
    chat = open_chat(spec, settings)
    forget_peak()
    began = time.perf_counter()
    with resident.hold(chat._plan) as loaded:
        bits = getattr(loaded.model, "is_loaded_in_4bit", False)
    took = time.perf_counter() - began
    report.check("it lies there with four bits", bool(bits))
    said = {"catalog_gb": spec.weights.gpu_4bit / GB, "before_gb": before, "used_gb": used(), "peak_gb": peak()}
    report.say("  four bits", load_s=took, **said)
    asked(report, chat, "four bits, 2000 tokens", question(chat, int(2_000 * report.share)), 128)
    if spec.vision:
        asked(report, chat, "four bits, a picture", [picture(1600, 1200), {"type": "text", "text": "What?"}], 32)
    resident.unload(spec.id)


def embedding(report: Report, folder: Path, settings: configuration.Settings) -> None:
    """An embedding model on the card and in main memory: the same vectors, how fast."""
    import numpy as np

    from llm.embed_transformers import open_embedder

    spec = gpu_models.embedding_of("multilingual-e5-base", folder)
    assert spec.weights is not None
    texts = [SENTENCE * 12 + str(number) for number in range(256)]
    before = used()
    on_card = open_embedder(spec, settings)
    on_card.passages(texts[:16])
    forget_peak()
    began = time.perf_counter()
    vectors = on_card.passages(texts)
    rate = len(texts) / (time.perf_counter() - began)
    (lies,) = resident.residents()
    said = {"passages_per_s": rate, "peak_gb": peak(), "before_gb": before, "used_gb": used()}
    report.say("embedding on the card", catalog_gb=spec.weights.gpu / GB, **said)
    report.check("the embedding model lies on the card", lies.taken.gpu > 0, lies.taken)
    resident.unload(spec.id)
    bare = open_embedder(replace(spec, id="on the processor", weights=replace(spec.weights, gpu=0)), settings)
    began = time.perf_counter()
    plain = bare.passages(texts[:32])
    report.say("embedding in main memory", passages_per_s=32 / (time.perf_counter() - began))
    apart = float(np.abs(plain - vectors[:32]).max())
    report.check("vectors are the same on both", apart < 1e-3, apart)
    resident.unload("on the processor")


def gguf(report: Report, file: Path, settings: configuration.Settings) -> None:
    """A GGUF file through llama.cpp, on the card where it was built for one."""
    from llm import llama_chat, llama_model
    from llm.gguf import spec_of_file

    spec = spec_of_file(f"llama:{file}", str(file))
    chat = llama_chat.open_chat(spec, settings)
    before, began = used(), time.perf_counter()
    with resident.hold(chat._plan) as loaded:
        words = "Ole Worm founded a museum in Copenhagen. " * 100
        tokens = len(loaded.tokenized(words))
    (lies,) = [each for each in resident.residents() if each.key == spec.id]
    needed = {"counted_gb": lies.taken.gpu / GB, "window": loaded.window, "planned_gb": chat._plan.size / GB}
    report.say(f"GGUF {file.name}", load_s=time.perf_counter() - began, before_gb=before, used_gb=used(), **needed)
    report.check("llama.cpp uses the card", bool(llama_model._library().llama_supports_gpu_offload()))
    report.check("the GGUF lies on the card", lies.taken.gpu > 0 and lies.taken.ram == 0, lies.taken)
    asked(report, chat, f"GGUF, {tokens} tokens", words, 128)
    asked(report, chat, "GGUF, JSON", words, 128, response_format=FORM)
    asked(report, chat, "GGUF, a long question", words * max(1, min(6, loaded.window // tokens - 1)), 64)
    stop(report, chat)
    lying = used()
    resident.unload(spec.id)
    report.check("unloading a GGUF frees the card", lying - used() > 0.9 * lies.taken.gpu / GB, f"{lying} -> {used()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; needs what `make test` installs, and a card for numbers that mean anything."""
    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description=__doc__)
    parser.add_argument("--models", nargs="*", default=["gemma-3-4b", "molmo2-4b"])
    parser.add_argument("--gguf", type=Path)
    parser.add_argument("--folder", type=Path, help="where the models are made, or are already")
    parser.add_argument("--longest", type=int, default=28_000)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args(arguments)
    os.environ.setdefault("WUNDERKAMMER_HOME", "/nonexistent")
    report, settings = Report(share=0.02 if given.small else 1.0), configuration.read()
    with tempfile.TemporaryDirectory() as own:
        folder: Path = given.folder or Path(own)
        names = [*given.models, *(["multilingual-e5-base"] if given.models else [])]
        made(folder, names, given.small)
        everything(report, folder, given, settings)
    print(f"{len(report.failed)} failed: {report.failed}")
    return 1 if report.failed else 0


def made(folder: Path, names: Sequence[str], small: bool) -> None:
    """Make the models that are not there yet, all at once, each in a process of its own."""
    command = [sys.executable, "-m", "bench.gpu_models"]
    rest = ["--small"] if small else []
    missing = [name for name in names if not (folder / name / "tokenizer.json").exists()]
    running = [subprocess.Popen([*command, name, str(folder / name), *rest]) for name in missing]
    for each in running:
        if each.wait():
            raise SystemExit("a model could not be made")


def everything(report: Report, folder: Path, given: Any, settings: configuration.Settings) -> None:
    print(memory.here(), f"used {used():.2f}", flush=True)
    specs = [gpu_models.spec_of(name, folder / name) for name in given.models]
    parts: list[tuple[str, Callable[[], None]]] = []
    for spec in specs:
        longest = min(given.longest, spec.context_tokens - 512)
        parts.append((spec.id, lambda spec=spec, longest=longest: measure(report, spec, settings, longest)))  # type: ignore[misc]
    if len(specs) > 1:
        parts.append(("room", lambda: room(report, specs[0], specs[1], settings)))
    if specs:
        parts.append(("embedding", lambda: embedding(report, folder / "multilingual-e5-base", settings)))
    if given.gguf:
        parts.append(("gguf", lambda: gguf(report, given.gguf, settings)))
    for name, run in parts:
        with report.part(name):
            run()
    print("threads left", [each.name for each in threading.enumerate()], flush=True)


if __name__ == "__main__":
    sys.exit(main())
