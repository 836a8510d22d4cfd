"""Which settings a worker was started with, as marks: they tell whether it works as somebody wants, and not how."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import settings as configuration
from settings import VARIABLES, Settings

_ALWAYS: Final = (
    ("neo4j_uri", "neo4j_username", "neo4j_password", "neo4j_database"),
    ("allow_private",),
    ("files_address",),
)
"""What every program has a will about, also one that says nothing: where graph and files are, what may be fetched."""
_WHERE_NAMED: Final = (
    ("openai_api_key", "openai_base_url"),
    ("mistral_api_key", "mistral_base_url"),
    ("model_server_url", "model_server_key"),
    ("hf_token",),
    ("llama_gguf",),
    ("max_file_mb",),
    ("max_megapixels",),
    ("calls_at_once",),
    ("ray_address",),
)
"""What a program has a will about where it names any of them: one without keys leaves a worker that has some alone. A
key and its address belong together: a worker with another address would show the key to somebody else."""


def variables(settings: Settings) -> dict[str, str]:
    """The environment that makes a worker read these settings, with what was typed into this program."""
    return configuration.as_variables(settings) | configuration.typed


def marks(settings: Settings) -> dict[str, Any]:
    """What to note of a worker that is started with these settings."""
    salt, said = secrets.token_hex(16), variables(settings)
    return {"salt": salt, "marks": {_name(group): _mark(salt, group, said) for group in (*_ALWAYS, *_WHERE_NAMED)}}


def serves(noted: Mapping[str, Any], settings: Settings) -> bool:
    """Whether a worker of which this was noted works as these settings say; raises KeyError and TypeError."""
    said = variables(settings)
    named = [group for group in _WHERE_NAMED if any(_says(name, said) for name in group)]
    salt, known = str(noted["salt"]), noted["marks"]
    return all(known[_name(group)] == _mark(salt, group, said) for group in (*_ALWAYS, *named))


def _says(name: str, said: Mapping[str, str]) -> bool:
    """Whether a setting is other than what it is where nobody says anything."""
    return said.get(VARIABLES[name], "") not in ("", _DEFAULTS[name])


_DEFAULTS: Final = {each.name: str(each.default) for each in fields(Settings)}


def _name(group: tuple[str, ...]) -> str:
    return VARIABLES[group[0]]


def _mark(salt: str, group: tuple[str, ...], said: Mapping[str, str]) -> str:
    values = json.dumps([said.get(VARIABLES[name], "") for name in group])
    return hashlib.blake2b(values.encode(), key=salt.encode()).hexdigest()
