"""Tiny random Gemma and Molmo models, written as the hub gives out the big ones, so that the same code opens them.

They answer nonsense, always the same to the same question. `TINY` names them; `tiny` makes one in a second or less.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from llm.catalog import find_model
from llm.spec import ModelSpec, Weights
from tests.tiny_tokens import GEMMA_3, GEMMA_4, MOLMO, gemma_tokens, molmo_tokens

CONTEXT = 2048
PICTURE = 28
"""Pixels of a side as the tiny vision models see a picture."""
_TEXT: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
_EYES: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
_CLOSING = 4.0
_RANDOM = 0.4
"""How far the random weights spread: enough that different questions get different answers."""


@functools.cache
def tiny(name: str) -> ModelSpec:
    """A model of `TINY` as a row of the catalog whose files are in a folder of this run; made once."""
    import torch

    like, make = TINY[name]
    kept = tempfile.TemporaryDirectory(prefix=f"wunderkammer-{name}-")
    _KEPT.append(kept)
    folder = Path(kept.name)
    torch.manual_seed(7)
    make(folder)
    spec = find_model(like)
    size = sum(each.stat().st_size for each in folder.iterdir())
    weights = Weights(str(folder), ("*.safetensors", "*.json"), size=size, ram=size + 20_000_000)
    return replace(spec, id=name, name=name, title=f"Tiny {name}", weights=weights, context_tokens=CONTEXT)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _save(folder: Path, model: Any, reader: Any, tokens: Any, end: str) -> None:
    rules = model.generation_config
    # Nonsense that likes to close what it opened: random words alone go round in circles.
    closing = [number for token, number in tokens.get_vocab().items() if '"' in token or "]" in token]
    rules.sequence_bias = [[[number], _CLOSING] for number in closing]
    rules.eos_token_id = [tokens.eos_token_id, tokens.convert_tokens_to_ids(end)]
    rules.pad_token_id, rules.do_sample, rules.temperature = tokens.pad_token_id, True, 0.9
    model.save_pretrained(folder)
    reader.save_pretrained(folder)


def _gemma_3(folder: Path) -> None:
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    tokens = gemma_tokens(GEMMA_3, ["<start_of_turn>", "<end_of_turn>"])
    model = Gemma3ForCausalLM(_gemma_3_text(Gemma3TextConfig, tokens))
    _save(folder, model, tokens, tokens, "<end_of_turn>")


def _gemma_3_text(kind: Any, tokens: Any) -> Any:
    return kind(
        **_TEXT,
        vocab_size=len(tokens) + 8,
        num_key_value_heads=1,
        head_dim=16,
        sliding_window=64,
        layer_types=["sliding_attention", "full_attention"],
        max_position_embeddings=8192,
        initializer_range=_RANDOM,
        tie_word_embeddings=False,
        bos_token_id=tokens.bos_token_id,
        eos_token_id=tokens.eos_token_id,
        pad_token_id=tokens.pad_token_id,
    )


def _gemma_3_vision(folder: Path) -> None:
    from transformers import (
        Gemma3Config,
        Gemma3ForConditionalGeneration,
        Gemma3ImageProcessor,
        Gemma3Processor,
        Gemma3TextConfig,
        SiglipVisionConfig,
    )

    tokens = gemma_tokens(
        GEMMA_3,
        ["<start_of_turn>", "<end_of_turn>", "<start_of_image>", "<end_of_image>", "<image_soft_token>"],
        boi_token="<start_of_image>",
        eoi_token="<end_of_image>",
        image_token="<image_soft_token>",
    )
    config = Gemma3Config(
        text_config=_gemma_3_text(Gemma3TextConfig, tokens),
        vision_config=SiglipVisionConfig(**_EYES, image_size=PICTURE, patch_size=14),
        mm_tokens_per_image=4,
        boi_token_index=tokens.boi_token_id,
        eoi_token_index=tokens.eoi_token_id,
        image_token_index=tokens.image_token_id,
        initializer_range=_RANDOM,
        tie_word_embeddings=False,
    )
    images = Gemma3ImageProcessor(size={"height": PICTURE, "width": PICTURE})
    reader = Gemma3Processor(images, tokens, chat_template=GEMMA_3, image_seq_length=4)
    model: Any = Gemma3ForConditionalGeneration(config)
    # It begins as zeros, which would let no picture through.
    model.model.multi_modal_projector.mm_input_projection_weight.data.normal_()
    _save(folder, model, reader, tokens, "<end_of_turn>")


def _gemma_4(folder: Path) -> None:
    from transformers import (
        Gemma4AudioFeatureExtractor,
        Gemma4Config,
        Gemma4ForConditionalGeneration,
        Gemma4ImageProcessor,
        Gemma4Processor,
        Gemma4TextConfig,
        Gemma4VideoProcessor,
        Gemma4VisionConfig,
    )

    named = {"image_token": "<|image|>", "boi_token": "<|image>", "eoi_token": "<image|>"}
    named |= {"audio_token": "<|audio|>", "boa_token": "<|audio>", "eoa_token": "<audio|>"}
    tokens = gemma_tokens(GEMMA_4, ["<|turn>", "<turn|>", "<|video|>", *named.values()], **named)
    kind: Any = Gemma4TextConfig
    text = kind(
        **_TEXT,
        vocab_size=len(tokens) + 8,
        vocab_size_per_layer_input=len(tokens) + 8,
        hidden_size_per_layer_input=8,
        num_key_value_heads=1,
        head_dim=16,
        global_head_dim=16,
        sliding_window=64,
        layer_types=["sliding_attention", "full_attention"],
        max_position_embeddings=8192,
        initializer_range=_RANDOM,
        tie_word_embeddings=False,
        bos_token_id=tokens.bos_token_id,
        eos_token_id=tokens.eos_token_id,
        pad_token_id=tokens.pad_token_id,
    )
    eyes = Gemma4VisionConfig(**_EYES, num_key_value_heads=2, head_dim=16, patch_size=4, pooling_kernel_size=2)
    config = Gemma4Config(
        text_config=text,
        vision_config=eyes,
        boi_token_id=tokens.boi_token_id,
        eoi_token_id=tokens.eoi_token_id,
        image_token_id=tokens.image_token_id,
        video_token_id=tokens.convert_tokens_to_ids("<|video|>"),
        audio_token_id=tokens.audio_token_id,
        tie_word_embeddings=False,
    )
    sizes: Any = {"patch_size": 4, "max_soft_tokens": 70, "pooling_kernel_size": 2}
    reader = Gemma4Processor(
        feature_extractor=Gemma4AudioFeatureExtractor(),
        image_processor=Gemma4ImageProcessor(**sizes),
        tokenizer=tokens,
        video_processor=Gemma4VideoProcessor(**sizes),
        chat_template=GEMMA_4,
    )
    _save(folder, Gemma4ForConditionalGeneration(config), reader, tokens, "<turn|>")


def _molmo_2(folder: Path) -> None:
    from transformers import (
        Molmo2Config,
        Molmo2ForConditionalGeneration,
        Molmo2ImageProcessor,
        Molmo2Processor,
        Molmo2VideoProcessor,
    )
    from transformers.models.molmo2.configuration_molmo2 import (
        Molmo2AdapterConfig,
        Molmo2TextConfig,
        Molmo2VisionConfig,
    )

    tokens = molmo_tokens()
    number = tokens.convert_tokens_to_ids
    heads: dict[str, Any] = {"num_key_value_heads": 2, "head_dim": 16}
    config = Molmo2Config(
        text_config=Molmo2TextConfig(
            **_TEXT,
            **heads,
            vocab_size=len(tokens),
            additional_vocab_size=8,
            max_position_embeddings=8192,
            initializer_range=_RANDOM,
        ),
        vision_config=Molmo2VisionConfig(
            **_EYES, **heads, image_size=[56, 56], patch_size=14, initializer_range=_RANDOM
        ),
        adapter_config=Molmo2AdapterConfig(
            **heads,
            initializer_range=_RANDOM,
            vision_feature_layer=[0],
            hidden_size=32,
            num_attention_heads=2,
            intermediate_size=64,
            text_hidden_size=32,
        ),
        image_start_token_id=number("<im_start>"),
        low_res_image_start_token_id=number("<low_res_im_start>"),
        image_end_token_id=number("<im_end>"),
        image_patch_id=number("<im_patch>"),
        frame_start_token_id=number("<frame_start>"),
        frame_end_token_id=number("<frame_end>"),
        initializer_range=_RANDOM,
    )
    size: Any = {"height": 56, "width": 56}
    reader = Molmo2Processor(
        image_processor=Molmo2ImageProcessor(size=size, max_crops=1, overlap_margins=[1, 1]),
        video_processor=Molmo2VideoProcessor(size=size),
        tokenizer=tokens,
        chat_template=MOLMO,
    )
    _save(folder, Molmo2ForConditionalGeneration(config), reader, tokens, "<|im_end|>")


TINY: dict[str, tuple[str, Callable[[Path], None]]] = {
    "tiny-gemma-3": ("gemma-3-1b", _gemma_3),
    "tiny-gemma-3-vision": ("gemma-3-4b", _gemma_3_vision),
    "tiny-gemma-4": ("gemma-4-e2b", _gemma_4),
    "tiny-molmo-2": ("molmo2-4b", _molmo_2),
}
"""Name -> the row of the catalog that it stands for, and who makes it."""
