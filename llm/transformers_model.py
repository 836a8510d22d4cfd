"""Gemma and Molmo in memory: which class, where, with how many bits, and what is wrong when they cannot be loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from llm import weights
from llm.errors import DamagedWeights, NotEnoughMemory, NotInstalled, scrub
from llm.local_run import Stopped
from llm.memory import GB, Placement, Room, four_bit, give_back, here_for_torch, is_out_of_memory, place_for_torch
from llm.resident import Plan, Report, Way
from llm.spec import ModelSpec
from settings import Settings

if TYPE_CHECKING:
    import llguidance
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, ProcessorMixin

COMMAND: Final = "make local-models"
_BAR: Final = "Loading weights"
"""What transformers calls the progress bar of the part of loading that takes long."""
_SMALL: Final = GB // 10
"""Files of less than this keep the number format they were written in: nothing is gained by halving them."""


@dataclass(slots=True)
class Brake:
    """Asked by every layer of a model before it works; setting the event ends the answer there."""

    event: threading.Event = field(default_factory=threading.Event)

    def __call__(self, *_: object) -> None:
        if self.event.is_set():
            raise Stopped


@dataclass(slots=True)
class Loaded:
    """A model that is in memory. `context` is how many tokens question and answer may have together."""

    model: PreTrainedModel | None
    reader: ProcessorMixin | PreTrainedTokenizerBase
    tokenizer: PreTrainedTokenizerBase
    context: int
    ends: tuple[int, ...]
    brake: Brake = field(default_factory=Brake)
    tokens: llguidance.LLTokenizer | None = None
    """The vocabulary for grammars, made when the first schema is asked for."""


def plan(spec: ModelSpec, settings: Settings) -> Plan[Loaded]:
    """How a model of the catalog is loaded, for `llm.resident.hold`."""
    needs = spec.weights
    assert needs is not None, f"{spec.id} does not run here"
    return Plan(
        key=spec.id,
        title=spec.title,
        size=needs.ram,
        find=lambda reclaimable: _way(spec, settings, reclaimable),
        close=_close,
    )


def _way(spec: ModelSpec, settings: Settings, reclaimable: Room) -> Way[Loaded]:
    where = place_for_torch(spec, reclaimable, four_bit())
    return Way(where.taken, where.rank, lambda report: _load(spec, settings, where, report))


def _load(spec: ModelSpec, settings: Settings, where: Placement, report: Report) -> Loaded:
    folder = weights.present(spec, settings)
    if folder is None:
        raise weights.missing(spec)
    with _translated(spec, folder, where):
        return _open(spec, folder, where, report)


def _open(spec: ModelSpec, folder: Path, where: Placement, report: Report) -> Loaded:
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForImageTextToText, AutoProcessor, AutoTokenizer

    kind: Any = AutoModelForImageTextToText if spec.vision else AutoModelForCausalLM
    opener: Any = AutoProcessor if spec.vision else AutoTokenizer
    only_here = {"local_files_only": True, "trust_remote_code": False}
    reader = opener.from_pretrained(folder, **only_here)
    with _progress(report):
        model, told = kind.from_pretrained(
            folder,
            dtype="auto" if _size(folder) < _SMALL else torch.bfloat16,
            device_map={"": "cuda:0" if where.device == "cuda" else "cpu"},
            output_loading_info=True,
            use_safetensors=True,
            **(_in_four_bits() if where.bits == 4 else {}),
            **only_here,
        )
    if told["missing_keys"]:
        # transformers would go on with random numbers in their place.
        raise ValueError(f"{len(told['missing_keys'])} tensors are missing, such as {min(told['missing_keys'])}")
    loaded = _ready(spec, model, reader)
    _listen(model, loaded.brake)
    report(1.0)
    return loaded


def _ready(spec: ModelSpec, model: Any, reader: Any) -> Loaded:
    """The model as we use it: the likeliest token each time, unless a call asks for something else."""
    model.eval()
    rules = model.generation_config
    rules.do_sample, rules.temperature, rules.top_k, rules.top_p = False, None, None, None
    tokenizer = getattr(reader, "tokenizer", reader)
    given = rules.eos_token_id if rules.eos_token_id is not None else tokenizer.eos_token_id
    ends = tuple(given) if isinstance(given, list | tuple) else (given,)
    if rules.pad_token_id is None:
        rules.pad_token_id = ends[0]
    window = int(getattr(model.config.get_text_config(), "max_position_embeddings", spec.context_tokens))
    return Loaded(model, reader, tokenizer, min(spec.context_tokens, window), ends)


def _listen(model: PreTrainedModel, brake: Brake) -> None:
    """Let every layer ask whether to go on: a long question on a slow machine is minutes in one single step."""
    from transformers.modeling_layers import GradientCheckpointingLayer

    for part in model.modules():
        if isinstance(part, GradientCheckpointingLayer):
            part.register_forward_pre_hook(brake)


def _in_four_bits() -> dict[str, Any]:
    import torch
    from transformers import BitsAndBytesConfig

    kind: Any = BitsAndBytesConfig
    form = kind(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
    return {"quantization_config": form}


def _close(loaded: Loaded) -> None:
    loaded.model = None
    loaded.tokens = None
    give_back()


def _size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.glob("*.safetensors"))


@contextmanager
def _translated(spec: ModelSpec, folder: Path, where: Placement) -> Iterator[None]:
    """What transformers and torch raise while a model is loaded leaves as one of our errors."""
    import safetensors

    try:
        yield
    except ImportError as problem:
        raise NotInstalled(model=spec.title, package=_package(problem), command=COMMAND) from None
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RuntimeError, MemoryError) as problem:
        raise _why(spec, folder, where, problem) from None
    except safetensors.SafetensorError as problem:
        raise _damaged(spec, folder, problem) from None


def _why(spec: ModelSpec, folder: Path, where: Placement, problem: Exception) -> Exception:
    if is_out_of_memory(problem):
        return NotEnoughMemory(model=spec.title, **where.numbers(here_for_torch()))
    if "torchvision" in str(problem):
        # A torchvision that was built for another torch is as good as none.
        return NotInstalled(model=spec.title, package="torchvision", command=COMMAND)
    return _damaged(spec, folder, problem)


def _damaged(spec: ModelSpec, folder: Path, problem: Exception) -> DamagedWeights:
    detail = scrub(str(problem).replace(str(folder), "…"))
    return DamagedWeights(model=spec.title, detail=detail, command=weights.download_command(spec))


def _package(problem: ImportError) -> str:
    """The package that is missing; transformers tells it in words, Python by its name."""
    text = str(problem)
    known = ("torchvision", "bitsandbytes", "accelerate", "torch", "transformers")
    return next((name for name in known if name in text.lower()), problem.name or text[:80])


@contextmanager
def _progress(report: Report) -> Iterator[None]:
    """Tell how much of the loading is done, from the progress bar that transformers would draw; nothing is drawn."""
    from transformers.utils import logging

    def hook(factory: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if options.get("desc") != _BAR or not args:
            return factory(*args, **options)
        return _told(args[0], report)

    before = logging.set_tqdm_hook(hook)
    try:
        yield
    finally:
        logging.set_tqdm_hook(before)


def _told(items: Any, report: Report) -> Iterable[Any]:
    total = len(items)
    for done, item in enumerate(items):
        report(done / total)
        yield item
