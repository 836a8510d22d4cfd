"""Tokenizers and chat templates of the tiny models: small, and built as those of Gemma and Molmo are."""

from __future__ import annotations

import json
from typing import Any

_WORDS = """
Ole Worm founded a museum in Copenhagen. Die Kunstkammer in Dresden zeigt Werke aus Elfenbein, Äpfel und Öl. Who made?
{"statements": [{"subject": "Ole Worm", "subject_type": "Person", "predicate": "founded", "object": "Museum Wormianum",
"object_type": "Collection", "quote": "a museum"}, {"subject": "Dresden", "object": "Sammlung", "quote": "die Werke"}]}
"""
GEMMA_3 = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set rules = messages[0]['content'] %}"
    "{% set turns = messages[1:] %}{% else %}{% set rules = '' %}{% set turns = messages %}{% endif %}"
    "{% for turn in turns %}{% if (turn['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}"
    "<start_of_turn>{{ 'model' if turn['role'] == 'assistant' else turn['role'] }}\n"
    "{% if loop.first and rules %}{{ rules }}\n\n{% endif %}"
    "{% if turn['content'] is string %}{{ turn['content'] | trim }}{% else %}{% for part in turn['content'] %}"
    "{% if part['type'] == 'image' %}<start_of_image>{% else %}{{ part['text'] | trim }}{% endif %}{% endfor %}"
    "{% endif %}<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
GEMMA_4 = (
    "{{ bos_token }}{% for turn in messages %}"
    "<|turn>{{ 'model' if turn['role'] == 'assistant' else turn['role'] }}\n"
    "{% if turn['content'] is string %}{{ turn['content'] | trim }}{% else %}{% for part in turn['content'] %}"
    "{% if part['type'] == 'image' %}<|image|>{% else %}{{ part['text'] | trim }}{% endif %}{% endfor %}"
    "{% endif %}<turn|>\n{% endfor %}{% if add_generation_prompt %}<|turn>model\n{% endif %}"
)
MOLMO = (
    "{% for turn in messages %}{% if (turn['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate user/assistant') }}{% endif %}"
    "<|im_start|>{{ turn['role'] }}\n"
    "{% if turn['content'] is string %}{{ turn['content'] }}{% else %}{% for part in turn['content'] %}"
    "{% if part['type'] == 'image' %}<|image|>{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
    "{% endif %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def gemma_tokens(template: str, special: list[str], **named: str) -> Any:
    """A tokenizer as Gemma's: spaces are ▁, what it does not know is spelled in bytes."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    first = ["<pad>", "<eos>", "<bos>", "<unk>"]
    tokens = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
    tokens.normalizer = normalizers.Replace(" ", "▁")
    tokens.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_previous")
    tokens.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    in_bytes = [f"<0x{value:02X}>" for value in range(256)]
    trainer: Any = trainers.BpeTrainer(
        vocab_size=520, special_tokens=[*first, *special, *in_bytes], show_progress=False
    )
    tokens.train_from_iterator([_WORDS], trainer)
    # The bytes are not special: they are how a rare letter is written.
    data = json.loads(tokens.to_str())
    data["added_tokens"] = [each for each in data["added_tokens"] if each["content"] not in in_bytes]
    kind: Any = PreTrainedTokenizerFast
    return kind(
        tokenizer_object=Tokenizer.from_str(json.dumps(data)),
        pad_token="<pad>",
        eos_token="<eos>",
        bos_token="<bos>",
        unk_token="<unk>",
        chat_template=template,
        extra_special_tokens=named,
    )


def molmo_tokens() -> Any:
    """A tokenizer as Qwen's: on bytes, no begin-of-text token of its own."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    special = """<|endoftext|> <|im_start|> <|im_end|> <im_patch> <im_col> <im_start> <low_res_im_start> <frame_start>
    <im_end> <frame_end> <im_low> <|image|> <|video|>""".split()
    tokens = Tokenizer(models.BPE())
    tokens.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer: Any = trainers.BpeTrainer(
        vocab_size=450, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokens.train_from_iterator([_WORDS], trainer)
    kind: Any = PreTrainedTokenizerFast
    return kind(
        tokenizer_object=tokens,
        pad_token="<|endoftext|>",
        eos_token="<|im_end|>",
        additional_special_tokens=special[3:],
        chat_template=MOLMO,
    )
