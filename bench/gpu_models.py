"""Models of the real architectures and sizes with random weights, as the hub would give them out: nothing is fetched.

`python -m bench.gpu_models NAME FOLDER [--small]` writes one into a folder; `--small` takes a few layers, for a
rehearsal. They answer nonsense with the speed and the memory of the real ones.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from llm.catalog import find_model
from llm.embed import EmbeddingSpec, find_embedding
from llm.spec import ModelSpec, Weights
from tests.tiny_tokens import GEMMA_3, MOLMO, gemma_tokens, molmo_tokens

FILES = ("*.safetensors", "*.json")
_GEMMA_SIGNS = ["<start_of_turn>", "<end_of_turn>"]
_SMALL = {"num_hidden_layers": 2}
Shape = dict[str, Any]


def spec_of(name: str, folder: Path) -> ModelSpec:
    """The row of the catalog with its own numbers of memory, its files in this folder."""
    spec = find_model(name)
    assert spec.weights is not None
    return replace(spec, weights=replace(spec.weights, repo=str(folder), files=FILES))


def embedding_of(name: str, folder: Path) -> EmbeddingSpec:
    """The same for an embedding model."""
    spec = find_embedding(name)
    assert spec.weights is not None
    weights: Weights = replace(spec.weights, repo=str(folder), files=FILES)
    return replace(spec, weights=weights)


def _gemma_3_text(kind: Any, tokens: Any, small: bool, **shape: Any) -> Any:
    numbers = {"bos_token_id": tokens.bos_token_id, "eos_token_id": tokens.eos_token_id}
    return kind(**(shape | (_SMALL if small else {})), **numbers, pad_token_id=tokens.pad_token_id)


def _gemma_3_1b(small: bool) -> tuple[Any, Any, str]:
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    tokens = _filled(gemma_tokens(GEMMA_3, _GEMMA_SIGNS), 262_144)
    shape = {"hidden_size": 1152, "intermediate_size": 6912, "num_hidden_layers": 26, "num_attention_heads": 4}
    shape |= {"num_key_value_heads": 1, "head_dim": 256, "sliding_window": 512, "vocab_size": 262_144}
    return Gemma3ForCausalLM(_gemma_3_text(Gemma3TextConfig, tokens, small, **shape)), tokens, "bfloat16"


def _gemma_3_4b(small: bool) -> tuple[Any, Any, str]:
    from transformers import (
        Gemma3Config,
        Gemma3ForConditionalGeneration,
        Gemma3ImageProcessor,
        Gemma3Processor,
        Gemma3TextConfig,
    )

    named = {"boi_token": "<start_of_image>", "eoi_token": "<end_of_image>", "image_token": "<image_soft_token>"}
    tokens = _filled(gemma_tokens(GEMMA_3, [*_GEMMA_SIGNS, *named.values()], **named), 262_208)
    text = {"hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34, "num_attention_heads": 8}
    text |= {"num_key_value_heads": 4, "head_dim": 256, "sliding_window": 1024, "vocab_size": 262_208}
    eyes = {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "num_attention_heads": 16}
    config = Gemma3Config(
        text_config=_gemma_3_text(Gemma3TextConfig, tokens, small, **text),
        vision_config={**eyes, **(_SMALL if small else {}), "image_size": 896, "patch_size": 14},
        mm_tokens_per_image=256,
        boi_token_index=tokens.boi_token_id,
        eoi_token_index=tokens.eoi_token_id,
        image_token_index=tokens.image_token_id,
    )
    images = Gemma3ImageProcessor(size={"height": 896, "width": 896})
    reader = Gemma3Processor(images, tokens, chat_template=GEMMA_3, image_seq_length=256)
    return Gemma3ForConditionalGeneration(config), reader, "bfloat16"


def _molmo_2(hidden: int, between: int, heads: int, small: bool) -> tuple[Any, Any, str]:
    from transformers import (
        Molmo2Config,
        Molmo2ForConditionalGeneration,
        Molmo2ImageProcessor,
        Molmo2Processor,
        Molmo2VideoProcessor,
    )
    from transformers.models.molmo2.configuration_molmo2 import Molmo2AdapterConfig, Molmo2TextConfig

    tokens = _filled(molmo_tokens(), 151_936)
    number = tokens.convert_tokens_to_ids
    kind: Any = Molmo2TextConfig
    shape = {"hidden_size": hidden, "intermediate_size": between, "num_attention_heads": heads}
    config = Molmo2Config(
        text_config=kind(**shape, **(_SMALL | {"rope_scaling_layers": [0, 1]} if small else {})),
        adapter_config=Molmo2AdapterConfig(text_hidden_size=hidden, intermediate_size=between),
        image_start_token_id=number("<im_start>"),
        low_res_image_start_token_id=number("<low_res_im_start>"),
        image_end_token_id=number("<im_end>"),
        image_patch_id=number("<im_patch>"),
        frame_start_token_id=number("<frame_start>"),
        frame_end_token_id=number("<frame_end>"),
    )
    reader = Molmo2Processor(
        image_processor=Molmo2ImageProcessor(),
        video_processor=Molmo2VideoProcessor(),
        tokenizer=tokens,
        chat_template=MOLMO,
    )
    # The published files have 32 bits a weight.
    return Molmo2ForConditionalGeneration(config), reader, "float32"


def _e5_base(small: bool) -> tuple[Any, Any, str]:
    from transformers import XLMRobertaConfig, XLMRobertaModel

    tokens = _filled(gemma_tokens("", []), 250_002)
    shape: Shape = {"hidden_size": 768, "num_hidden_layers": 2 if small else 12, "num_attention_heads": 12}
    tokens.model_max_length = 512
    numbers = {"pad_token_id": tokens.pad_token_id, "bos_token_id": 2, "eos_token_id": 1}
    config = XLMRobertaConfig(
        **shape, **numbers, intermediate_size=3072, vocab_size=250_002, max_position_embeddings=514
    )
    return XLMRobertaModel(config, add_pooling_layer=False), tokens, "float32"


MADE: dict[str, Callable[[bool], tuple[Any, Any, str]]] = {
    "gemma-3-1b": _gemma_3_1b,
    "gemma-3-4b": _gemma_3_4b,
    "molmo2-4b": lambda small: _molmo_2(2560, 9728, 32, small),
    "molmo2-8b": lambda small: _molmo_2(4096, 12288, 32, small),
    "multilingual-e5-base": _e5_base,
}
"""Name of the catalog -> who makes it: the model, what reads for it, the number format of the published files."""


def _filled(tokens: Any, size: int) -> Any:
    """The same tokenizer with as many words as the real one has, so that each number is one that can be written."""
    from tokenizers import Tokenizer

    data = json.loads(tokens.backend_tokenizer.to_str())
    words = data["model"]["vocab"]
    words.update({f"▁w{number}": number for number in range(len(words), size)})
    tokens._tokenizer = Tokenizer.from_str(json.dumps(data))
    return tokens


def make(name: str, folder: Path, small: bool) -> None:
    """Write a model into a folder, made on the card where there is one."""
    import torch

    torch.manual_seed(7)
    torch.set_default_device("cuda" if torch.cuda.is_available() else "cpu")
    model, reader, form = MADE[name](small)
    model.to(getattr(torch, form))
    tokens = getattr(reader, "tokenizer", reader)
    if hasattr(model, "generation_config"):
        rules = model.generation_config
        end = "<end_of_turn>" if "gemma" in name else "<|im_end|>"
        rules.eos_token_id = [tokens.eos_token_id, tokens.convert_tokens_to_ids(end)]
        rules.pad_token_id = tokens.pad_token_id
    model.save_pretrained(folder)
    reader.save_pretrained(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.gpu_models", description=__doc__)
    parser.add_argument("name", choices=list(MADE))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args(arguments)
    make(given.name, given.folder, given.small)
    return 0


if __name__ == "__main__":
    sys.exit(main())
