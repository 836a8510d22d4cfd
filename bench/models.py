"""What our chat models cost over the bare libraries, on the same models in the same run.

`python -m bench.models [--rounds 21] [--tokens 64] [--json]` asks the same questions of a GGUF model (SmolLM2, 135
million weights) through `llm.llama_chat` and through `llama_cpp.Llama`, and of a transformers model (Gemma 3's
architecture, 50 million random weights) through `llm.transformers_chat` and `model.generate`, by turns, and prints the
medians of the time to the first word and of tokens per second (goal: at most 3 % slower). Loading is not counted; the
questions differ from round to round from their first word on, so that no cache helps either side. Each side is a
process of its own, as they would otherwise share the threads that compute.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import settings as configuration
from llm import resident, transformers_model
from llm.catalog import find_model, open_chat
from llm.llama_model import threads
from llm.spec import ModelSpec, Weights
from llm.transformers_model import Loaded

Messages = list[dict[str, str]]
Ask = Callable[[Messages, int], Iterator[int]]
"""Yields how many tokens there are so far, whenever new words arrive."""
LIBRARIES = ("llama.cpp", "transformers")
WINDOW = 8192


@dataclass(frozen=True, slots=True)
class Result:
    """Medians; `first` in seconds, `rate` in tokens per second after the first.

    The shares are medians of what ours takes against the bare library's in the same round: above 1 ours is slower.
    """

    library: str
    rounds: int
    first_ours: float
    first_bare: float
    first_share: float
    rate_ours: float
    rate_bare: float
    rate_share: float


def question(number: int) -> Messages:
    """A question with a passage of about 200 tokens."""
    passage = " ".join(f"Item {number * 31 + i} of the inventory is a horn." for i in range(16))
    return [
        # Some templates put rules of their own at the head of every conversation that has none.
        {"role": "system", "content": f"{number}. You tell stories."},
        {"role": "user", "content": f"{passage} Tell a long story about these things."},
    ]


def timed(ask: Ask, messages: Messages, limit: int) -> tuple[float, float]:
    """Seconds to the first word, and tokens per second from there."""
    began = time.perf_counter()
    first, tokens = 0.0, 0
    for so_far in ask(messages, limit):
        first, tokens = first or time.perf_counter() - began, so_far
    rest = time.perf_counter() - began - first
    return first, (tokens - 1) / rest if rest > 0 and tokens > 1 else 0.0


def compare(library: str, rounds: int, limit: int) -> Result:
    """Ask both by turns, the order changing from round to round; the first round warms both up and is not counted."""
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
    with ExitStack() as stack:
        sides = [(name, stack.enter_context(side(library, name))) for name in found]
        for number in range(rounds + 1):
            for name, ask in sides if number % 2 else reversed(sides):
                found[name].append(ask(number, limit))
    pairs = list(zip(found["ours"], found["bare"], strict=True))[1:]

    def middle(of: Callable[[tuple[float, float], tuple[float, float]], float]) -> float:
        return round(statistics.median(of(ours, bare) for ours, bare in pairs), 4)

    return Result(
        library,
        rounds,
        middle(lambda ours, bare: ours[0]),
        middle(lambda ours, bare: bare[0]),
        middle(lambda ours, bare: ours[0] / bare[0]),
        middle(lambda ours, bare: ours[1]),
        middle(lambda ours, bare: bare[1]),
        middle(lambda ours, bare: bare[1] / ours[1]),
    )


@contextmanager
def side(library: str, name: str) -> Iterator[Callable[[int, int], tuple[float, float]]]:
    """One side as a process that waits for questions; asks it and gives what `timed` measured there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.models", "--side", f"{library}/{name}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    given, told = process.stdin, process.stdout

    def ask(number: int, limit: int) -> tuple[float, float]:
        print(number, limit, file=given, flush=True)
        line = told.readline()
        assert line, f"{library}/{name} ended"
        first, rate = json.loads(line)
        return first, rate

    try:
        yield ask
    finally:
        given.close()
        process.wait(60)


def serve(ask: Ask) -> None:
    """Measure the questions that come in, a line each: its number, and how many tokens of an answer are wanted."""
    for line in sys.stdin:
        number, limit = map(int, line.split())
        print(json.dumps(timed(ask, question(number), limit)), flush=True)


def through_us(spec: ModelSpec) -> Ask:
    """Our chat model."""
    chat = open_chat(spec, configuration.read())

    def ask(messages: Messages, limit: int) -> Iterator[int]:
        arrived = 0
        for chunk in chat.stream([(m["role"], m["content"]) for m in messages], max_tokens=limit):
            usage = chunk.usage_metadata
            if chunk.text or usage:
                arrived = usage["output_tokens"] if usage else arrived + 1
                yield arrived

    return ask


def llama_alone(path: Path) -> Ask:
    """llama-cpp-python's own class, set as ours is: the same window, threads and lots of tokens, no randomness."""
    import llama_cpp

    model = llama_cpp.Llama(
        str(path),
        n_ctx=WINDOW,
        n_batch=256,
        n_ubatch=256,
        n_threads=threads(),
        n_threads_batch=threads(),
        verbose=False,
    )

    def ask(messages: Messages, limit: int) -> Iterator[int]:
        arrived = 0
        stream: Any = model.create_chat_completion(messages, stream=True, temperature=0.0, max_tokens=limit)  # type: ignore[arg-type]
        for event in stream:
            if event["choices"][0]["delta"].get("content"):
                arrived += 1
                yield arrived

    return ask


def generate_alone(loaded: Loaded) -> Ask:
    """transformers' own `generate` with its own streamer, in a thread, as its documentation shows it."""
    import torch
    from transformers import TextIteratorStreamer

    model: Any = loaded.model

    def ask(messages: Messages, limit: int) -> Iterator[int]:
        inputs: Any = loaded.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
        )
        streamer = TextIteratorStreamer(loaded.tokenizer, skip_prompt=True, skip_special_tokens=True)
        made: list[int] = []

        def generate() -> None:
            with torch.inference_mode():
                whole = model.generate(**inputs, streamer=streamer, max_new_tokens=limit)
            made.append(int(whole.shape[-1] - inputs["input_ids"].shape[-1]))

        worker = threading.Thread(target=generate)
        worker.start()
        for text in streamer:
            if text:
                yield 1
        worker.join()
        yield made[0]

    return ask


def medium_gemma(folder: Path) -> ModelSpec:
    """A model with random weights that is large enough for its work to count, as a row of the catalog."""
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    from tests.tiny_tokens import GEMMA_3, gemma_tokens

    torch.manual_seed(7)
    tokens = gemma_tokens(GEMMA_3, ["<start_of_turn>", "<end_of_turn>"])
    kind: Any = Gemma3TextConfig
    shape = {"hidden_size": 640, "intermediate_size": 2048, "num_hidden_layers": 10, "num_attention_heads": 4}
    ends = {"bos_token_id": tokens.bos_token_id, "eos_token_id": tokens.eos_token_id}
    model = Gemma3ForCausalLM(
        kind(**shape, **ends, num_key_value_heads=1, head_dim=256, vocab_size=len(tokens), initializer_range=0.2)
    )
    model.save_pretrained(folder)
    tokens.save_pretrained(folder)
    spec = find_model("gemma-3-1b")
    weights = Weights(str(folder), ("*.safetensors", "*.json"), size=1, ram=500_000_000)
    return replace(spec, id="medium-gemma", name="medium-gemma", title="Medium Gemma", weights=weights)


def serve_side(library: str, name: str) -> None:
    """Load one model, ours or bare, and answer."""
    from tests.tiny_gguf import FILE, tiny_gguf

    if library == "llama.cpp":
        serve(through_us(tiny_gguf()) if name == "ours" else llama_alone(FILE))
        return
    with tempfile.TemporaryDirectory() as folder:
        spec = medium_gemma(Path(folder))
        if name == "ours":
            serve(through_us(spec))
            return
        with resident.hold(transformers_model.plan(spec, configuration.read())) as loaded:
            bare = generate_alone(loaded)
        serve(bare)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; needs what `make test` installs."""
    parser = argparse.ArgumentParser(prog="python -m bench.models", description=__doc__)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    os.environ.setdefault("WUNDERKAMMER_HOME", "/nonexistent")
    if given.side:
        serve_side(*given.side.split("/"))
        return 0
    results = [compare(library, given.rounds, given.tokens) for library in LIBRARIES]
    rows = [asdict(result) for result in results]
    print(json.dumps(rows) if given.json else "\n".join(str(row) for row in rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
