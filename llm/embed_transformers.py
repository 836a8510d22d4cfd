"""Sentence embedding models from the Hugging Face hub, through transformers: mean of the last layer, length one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from llm import weights
from llm.embed import EmbeddingSpec, clean
from llm.errors import DamagedWeights, NotEnoughMemory, OutOfMemory, scrub
from llm.memory import Placement, Room, give_back, here_for_torch, is_out_of_memory, place_for_torch
from llm.resident import Plan, Report, Way, hold
from settings import Settings

if TYPE_CHECKING:
    import torch

SLICE: Final = 8
"""Texts computed in one go: a question waits no longer than for these."""
_LONGEST: Final = 512
"""Tokens of a text that are looked at, unless the model takes fewer."""


@dataclass(slots=True)
class _Loaded:
    model: Any
    tokenizer: Any
    longest: int
    device: str


def open_embedder(spec: EmbeddingSpec, settings: Settings) -> TransformersEmbedder:
    """An embedder whose files are here; they are loaded when the first words come."""
    return TransformersEmbedder(spec, settings)


class TransformersEmbedder:
    """One instance in memory for all embedders of this process, shared with the chat models that run here."""

    def __init__(self, spec: EmbeddingSpec, settings: Settings) -> None:
        self._settings = settings
        self._plan = _plan(spec, settings)
        self.spec = spec
        with hold(self._plan) as loaded:
            self.spec = replace(spec, dimensions=int(loaded.model.config.hidden_size))

    def query(self, text: str) -> np.ndarray:
        vector: np.ndarray = self.queries([text])[0]
        return vector

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        return self._embed([self.spec.prefixes[0] + text for text in texts])

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        return self._embed([self.spec.prefixes[1] + text for text in texts])

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        found = np.empty((len(texts), self.spec.dimensions), dtype=np.float32)
        for start in range(0, len(texts), SLICE):
            part = [clean(text) for text in texts[start : start + SLICE]]
            # Given back between two slices, so that a question comes in between while a library is embedded.
            with hold(self._plan) as loaded:
                found[start : start + len(part)] = _computed(loaded, part, self.spec)
        return found


def _plan(spec: EmbeddingSpec, settings: Settings) -> Plan[_Loaded]:
    assert spec.weights is not None, f"{spec.id} names no files"
    return Plan(
        key=spec.id,
        title=spec.title,
        size=spec.weights.ram,
        find=lambda reclaimable: _way(spec, settings, reclaimable),
        close=_close,
    )


def _way(spec: EmbeddingSpec, settings: Settings, reclaimable: Room) -> Way[_Loaded]:
    # It puts no chat model off the card: it is small enough to be quick without, and the two take turns all the time.
    where = place_for_torch(spec, Room(ram=reclaimable.ram))
    return Way(where.taken, where.rank, lambda report: _load(spec, settings, where, report))


def _load(spec: EmbeddingSpec, settings: Settings, where: Placement, report: Report) -> _Loaded:
    folder = weights.present(spec, settings)
    if folder is None:
        raise weights.missing(spec)
    from safetensors import SafetensorError

    try:
        loaded = _open(folder, "cuda:0" if where.device == "cuda" else "cpu")
    except (SafetensorError, OSError, ValueError, RuntimeError, KeyError, TypeError, MemoryError) as problem:
        raise _why(spec, where, problem) from None
    report(1.0)
    return loaded


def _why(spec: EmbeddingSpec, where: Placement, problem: Exception) -> Exception:
    if is_out_of_memory(problem):
        return NotEnoughMemory(model=spec.title, **where.numbers(here_for_torch()))
    return DamagedWeights(model=spec.title, detail=scrub(str(problem)), command=weights.download_command(spec))


def _close(loaded: _Loaded) -> None:
    loaded.model = None
    give_back()


def _open(folder: Path, device: str) -> _Loaded:
    from transformers import AutoModel, AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    model, told = AutoModel.from_pretrained(
        folder,
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        output_loading_info=True,
        # Its last layer alone is used; some files lack the pooler that comes after it.
        add_pooling_layer=False,
    )
    if told["missing_keys"]:
        # transformers would go on with random numbers in their place.
        raise ValueError(f"{len(told['missing_keys'])} tensors are missing, such as {min(told['missing_keys'])}")
    model.to(device).eval()
    room = int(model.config.max_position_embeddings)
    # RoBERTa's positions begin after the number of its padding token.
    room -= int(model.config.pad_token_id or 0) + 1 if "roberta" in model.config.model_type else 0
    return _Loaded(model, tokenizer, min(_LONGEST, room, int(tokenizer.model_max_length)), device)


def _computed(loaded: _Loaded, texts: list[str], spec: EmbeddingSpec) -> np.ndarray:
    try:
        return _vectors(loaded, texts)
    except (RuntimeError, MemoryError) as problem:
        if not is_out_of_memory(problem):
            raise
    # Raised out here, where it does not keep the frames of the failure, and with them their tensors, in memory.
    give_back()
    raise OutOfMemory(model=spec.title)


def _vectors(loaded: _Loaded, texts: list[str]) -> np.ndarray:
    import torch

    given = loaded.tokenizer(texts, padding=True, truncation=True, max_length=loaded.longest, return_tensors="pt")
    given = given.to(loaded.device)
    with torch.inference_mode():
        states: torch.Tensor = loaded.model(**given).last_hidden_state
        mask = given["attention_mask"].unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        vectors: np.ndarray = torch.nn.functional.normalize(mean, dim=1).float().cpu().numpy()
    return vectors
