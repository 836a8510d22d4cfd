"""A GGUF model in this process's memory, through llama-cpp-python's binding of llama.cpp's own functions.

Its class `Llama` is not used: while it loads it takes stdout and stderr away from all threads, and shows no progress.
"""

from __future__ import annotations

import ctypes
import logging
import os
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil

from llm import memory
from llm.errors import BadModelFile, NotEnoughMemory, NotInstalled, scrub
from llm.gguf import BATCH, Fit, fit, header
from llm.memory import NO_ROOM, Room
from llm.resident import Plan, Report, Way
from llm.spec import ModelSpec
from llm.weights import locate, missing

if TYPE_CHECKING:
    import llguidance
    import numpy as np

COMMAND: Final = "make local-models"
STEP: Final = 64
"""Tokens of a question that are read at once. What is kept of a question ends where a step does: read in the same steps
each time it gives the same numbers to the last bit, and so the same answer."""
_LONGEST_TOKEN: Final = 1_024
_LEAST_MARK: Final = 3
"""Characters of a control token that is looked for in what people and documents say."""
_ALL_LAYERS: Final = 1_000
_TEMPLATE: Final = b"tokenizer.chat_template"
_QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Loaded:
    """A model in memory. `marks` finds its control tokens where they stand in a text, `evaluated` counts tokens."""

    model: Any
    context: Any
    window: int
    template: Any
    marks: re.Pattern[str] | None
    begin: int
    adds_begin: bool
    ends: frozenset[int]
    vocabulary: int
    kept: list[int] = field(default_factory=list)
    """The tokens of the last question whose keys and values are in the cache, whole steps of them."""
    evaluated: int = 0
    tokens: llguidance.LLTokenizer | None = None
    """The vocabulary for grammars, made when the first schema is asked for."""

    @property
    def words(self) -> Any:
        """llama.cpp's handle of the vocabulary."""
        return _library().llama_model_get_vocab(self.model)

    def tokenized(self, text: str) -> list[int]:
        """The tokens of a text, control tokens in it taken for what they are."""
        data = text.encode("utf-8", "replace")
        found = (ctypes.c_int32 * (len(data) + 8))()
        count = _library().llama_tokenize(self.words, data, len(data), found, len(found), False, True)
        return list(found[:count])

    def piece(self, token: int) -> bytes:
        """The bytes of a token; none for a control token."""
        return _piece(self.words, token, False)

    def keep(self, prompt: Sequence[int]) -> int:
        """Keep what the cache has of the beginning of a question, forget the rest; how many tokens need no reading."""
        same = next((n for n, (a, b) in enumerate(zip(self.kept, prompt, strict=False)) if a != b), None)
        same = min(len(self.kept), len(prompt)) if same is None else same
        # At least one token is read: what comes after it is asked of the model then.
        count = min(same, len(prompt) - 1) // STEP * STEP
        library = _library()
        cache = library.llama_get_memory(self.context)
        if not library.llama_memory_seq_rm(cache, 0, count, -1):
            # Some architectures cannot forget a part.
            library.llama_memory_clear(cache, True)
            count = 0
        self.kept = list(prompt[:count])
        return count

    def forget(self) -> None:
        """Forget all that was read, as after a failure, when nobody knows what is in the cache."""
        self.kept = []
        library = _library()
        library.llama_memory_clear(library.llama_get_memory(self.context), True)

    def evaluate(self, tokens: Sequence[int]) -> None:
        """Read some more tokens, at most BATCH of them; raises RuntimeError where llama.cpp cannot."""
        library = _library()
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        code = library.llama_decode(self.context, library.llama_batch_get_one(array, len(tokens)))
        if code:
            raise RuntimeError(f"llama_decode returned {code}")
        self.evaluated += len(tokens)

    def scores(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """How much the model wants each token of the vocabulary next; valid until more is read."""
        import numpy as np

        return np.ctypeslib.as_array(_library().llama_get_logits_ith(self.context, -1), shape=(self.vocabulary,))

    def close(self) -> None:
        """Give the memory back."""
        library = _library()
        self.tokens = None
        library.llama_free(self.context)
        library.llama_model_free(self.model)


def plan(spec: ModelSpec) -> Plan[Loaded]:
    """How a model is loaded; raises NoWeights or BadModelFile where its file is not here or no use."""
    assert spec.weights is not None, f"{spec.id} names no file"
    path = locate(spec.weights)
    if path is None:
        raise missing(spec)
    about = header(path)
    return Plan(
        key=spec.id,
        title=spec.title,
        size=about.needed(min(about.context, spec.context_tokens), BATCH),
        find=lambda reclaimable: _way(spec, path, reclaimable),
        close=Loaded.close,
    )


def _way(spec: ModelSpec, path: Path, reclaimable: Room) -> Way[Loaded]:
    place = _fit(spec, path, reclaimable)
    return Way(place.taken, place.rank, lambda report: _load(spec, path, place, report))


def threads() -> int:
    """The physical cores that this process may use: more threads than cores wait for each other."""
    logical = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text().split()
        logical = min(logical, round(int(quota) / int(period)))
    except (OSError, ValueError):
        # No container, or one without a limit.
        pass
    return max(1, min(logical, psutil.cpu_count(logical=False) or logical))


def _fit(spec: ModelSpec, path: Path, reclaimable: Room = NO_ROOM) -> Fit:
    gpu = bool(_library(spec).llama_supports_gpu_offload())
    return fit(spec, header(path), memory.here(reclaimable), gpu=gpu)


def _load(spec: ModelSpec, path: Path, place: Fit, report: Report) -> Loaded:
    library = _library(spec)
    library.llama_backend_init()
    _said.clear()
    options = library.llama_model_default_params()
    options.n_gpu_layers = _ALL_LAYERS if place.gpu else 0

    def told(share: float, _: object) -> bool:
        report(share)
        return True

    # Named here, so that it lives as long as the loading.
    options.progress_callback = callback = library.llama_progress_callback(told)
    model = library.llama_model_load_from_file(os.fsencode(path), options)
    del callback
    if not model:
        raise _bad(path, next((line for line in reversed(_said) if "error" in line), "llama.cpp cannot load it"))
    context = library.llama_init_from_model(model, _context_options(library, place))
    if not context:
        library.llama_model_free(model)
        memory.look_again()
        free = memory.here()
        there = (free.gpu_free, free.gpu_total) if place.gpu else (free.ram_free, free.ram_total)
        numbers = [memory.gigabytes(each) for each in (place.needed, *there)]
        raise NotEnoughMemory(model=spec.title, needed=numbers[0], free=numbers[1], total=numbers[2])
    return _ready(library, path, model, context, place.window)


def _context_options(library: Any, place: Fit) -> Any:
    options = library.llama_context_default_params()
    options.n_ctx = place.window
    options.n_batch = options.n_ubatch = BATCH
    options.n_threads = options.n_threads_batch = threads()
    options.flash_attn_type = library.LLAMA_FLASH_ATTN_TYPE_AUTO
    return options


def _ready(library: Any, path: Path, model: Any, context: Any, window: int) -> Loaded:
    import jinja2
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    words = library.llama_model_get_vocab(model)
    begin, end = library.llama_vocab_bos(words), library.llama_vocab_eos(words)
    size = library.llama_vocab_n_tokens(words)
    try:
        template = Jinja2ChatFormatter(
            template=_template(library, model), eos_token=_text(words, end), bos_token=_text(words, begin)
        )
    except jinja2.TemplateError as problem:
        library.llama_free(context)
        library.llama_model_free(model)
        raise _bad(path, f"chat template: {problem}") from None
    return Loaded(
        model,
        context,
        window,
        template,
        marks=_marks(library, words, size),
        begin=begin,
        adds_begin=begin >= 0 and bool(library.llama_vocab_get_add_bos(words)),
        ends=frozenset(token for token in range(size) if library.llama_vocab_is_eog(words, token)),
        vocabulary=size,
    )


def _template(library: Any, model: Any) -> str:
    size = library.llama_model_meta_val_str(model, _TEMPLATE, None, 0)
    buffer = ctypes.create_string_buffer(max(0, size) + 1)
    library.llama_model_meta_val_str(model, _TEMPLATE, buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace")


def _marks(library: Any, words: Any, size: int) -> re.Pattern[str] | None:
    """Finds where a control token begins, also inside another one."""
    control, defined = library.LLAMA_TOKEN_ATTR_CONTROL, library.LLAMA_TOKEN_ATTR_USER_DEFINED
    found = set()
    for token in range(size):
        kind = library.llama_vocab_get_attr(words, token)
        if kind & (control | defined) and len(text := _text(words, token)) >= _LEAST_MARK:
            framed = text[0] in "<[" and text[-1] in ">]"
            if framed or kind & control:
                found.add(text)
    return re.compile(f"(?={'|'.join(map(re.escape, sorted(found)))})") if found else None


def _text(words: Any, token: int) -> str:
    return _piece(words, token, True).decode("utf-8", "replace") if token >= 0 else ""


def _piece(words: Any, token: int, special: bool) -> bytes:
    buffer = ctypes.create_string_buffer(_LONGEST_TOKEN)
    size = _library().llama_token_to_piece(words, token, buffer, _LONGEST_TOKEN, 0, special)
    return buffer.raw[: max(0, size)]


def _bad(path: Path, detail: str) -> BadModelFile:
    detail = scrub(detail.replace(str(path), path.name))
    return BadModelFile(file=path.name, detail=detail, grund=detail)


_said: deque[str] = deque(maxlen=40)
"""The last lines of llama.cpp's log; it says in words only there why it cannot load a file."""
_kept: list[Any] = []


def _library(spec: ModelSpec | None = None) -> Any:
    """llama-cpp-python, its log kept instead of printed. Raises NotInstalled."""
    if "OMP_WAIT_POLICY" not in os.environ:
        # A thread that waits for the others burns the core that they need: beside other work, such as an import, two
        # threads on two cores are then a fifth as fast. One that sleeps at once wakes too late: two thirds as fast
        # where there is no other work. So it waits for as long as a step takes. Read when the library is loaded.
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        import llama_cpp
    except (ImportError, RuntimeError):
        raise NotInstalled(model=spec.title if spec else "llama.cpp", package="llama_cpp", command=COMMAND) from None
    if not _kept:
        # Named for ever: a callback that is collected would be called all the same.
        _kept.append(llama_cpp.llama_log_callback(_keep_line))
        llama_cpp.llama_log_set(_kept[0], ctypes.c_void_p(0))
    return llama_cpp


def _keep_line(level: int, text: bytes, _: object) -> None:
    line = text.decode("utf-8", "replace").strip()
    _said.append(line)
    _log.debug("%s", line)
