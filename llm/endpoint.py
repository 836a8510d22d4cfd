"""Where a family of models that answers over the network is asked: address, key, and how people call that server."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from llm.spec import ModelSpec, Where
from settings import LOOPBACK, VARIABLES, Settings

_LOOPBACK = frozenset({*LOOPBACK, "host.docker.internal"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address with its key. `name` is the provider's, or host and port, never with a password.

    `url` is None where nobody has set one; `variable` is the setting that holds the key, `address` that of the address.
    """

    url: str | None = field(repr=False)
    key: str | None = field(repr=False)
    variable: str
    address: str
    name: str
    place: Where


@dataclass(frozen=True, slots=True)
class _Provider:
    """`field` is the beginning of the settings that name its key and address; `domain` is its own."""

    title: str
    key: str
    address: str
    url: str | None = None
    domain: str | None = None


_PROVIDERS: dict[str, _Provider] = {
    "openai": _Provider(
        "OpenAI", "openai_api_key", "openai_base_url", "https://api.openai.com/v1", domain="openai.com"
    ),
    "mistral": _Provider(
        "Mistral", "mistral_api_key", "mistral_base_url", "https://api.mistral.ai", domain="mistral.ai"
    ),
    "server": _Provider("", "model_server_key", "model_server_url"),
}


def endpoint(family: str, settings: Settings) -> Endpoint:
    """The endpoint of a family of the catalog; raises KeyError for one that runs here.

    An address that is none is shown as its variable, and fails when it is used.
    """
    provider = _PROVIDERS[family]
    given: str | None = getattr(settings, provider.address)
    url = (given or provider.url or "").rstrip("/") or None
    host, port = _host(url, VARIABLES[provider.address])
    if provider.domain and (host == provider.domain or host.endswith(f".{provider.domain}")):
        name, place = provider.title, _PROVIDER
    else:
        name, place = (f"{host}:{port}" if port else host), (_HERE if host in _LOOPBACK else _SERVER)
    key: str | None = getattr(settings, provider.key)
    return Endpoint(url, key, VARIABLES[provider.key], VARIABLES[provider.address], name, place)


_PROVIDER: Where = "provider"
_SERVER: Where = "server"
_HERE: Where = "here"


def where(spec: ModelSpec, settings: Settings) -> Where:
    """Where the words go when this model is asked with these settings."""
    return _HERE if spec.family not in _PROVIDERS else endpoint(spec.family, settings).place


def _host(url: str | None, variable: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(url or "")
        return (parts.hostname or parts.path or variable).lower() if url else variable, parts.port
    except ValueError:
        return variable, None
