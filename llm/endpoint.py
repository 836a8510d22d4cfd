"""Where a family of models that answers over the network is asked: addresses, key, and what people call the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from llm.spec import ModelSpec, Where
from settings import LOOPBACK, VARIABLES, Settings, addresses

_LOOPBACK = frozenset({*LOOPBACK, "host.docker.internal"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Addresses of servers that offer the same, with their key. `name` is the provider's, or hosts and ports.

    There are no `urls` where nobody has set one; `variable` is the setting that holds the key, `address` that of the
    addresses.
    """

    urls: tuple[str, ...] = field(repr=False)
    key: str | None = field(repr=False)
    variable: str
    address: str
    name: str
    place: Where

    @property
    def url(self) -> str | None:
        """The first address, None where there is none."""
        return self.urls[0] if self.urls else None


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
    urls = tuple(url.rstrip("/") for url in addresses(given or provider.url or ""))
    found = [_server(url, provider) for url in urls] or [(VARIABLES[provider.address], _SERVER)]
    places = {place for _, place in found}
    key: str | None = getattr(settings, provider.key)
    return Endpoint(
        urls,
        key,
        VARIABLES[provider.key],
        VARIABLES[provider.address],
        ", ".join(dict.fromkeys(name for name, _ in found)),
        places.pop() if len(places) == 1 else _SERVER,
    )


def narrowed(family: str, settings: Settings) -> Settings:
    """Settings with nothing but what asking a family takes: what goes to other computers names no other key."""
    provider = _PROVIDERS[family]
    given = {name: getattr(settings, name) for name in (provider.key, provider.address)}
    return Settings(home=settings.home, allow_private=settings.allow_private, **given)


def each_of(at: Endpoint, family: str) -> tuple[Endpoint, ...]:
    """The servers of an endpoint, each by itself."""
    found = ((url, *_server(url, _PROVIDERS[family])) for url in at.urls)
    return tuple(Endpoint((url,), at.key, at.variable, at.address, name, place) for url, name, place in found)


def _server(url: str, provider: _Provider) -> tuple[str, Where]:
    """What people call a server, never with a password, and where it is."""
    host, port = _host(url, VARIABLES[provider.address])
    if provider.domain and (host == provider.domain or host.endswith(f".{provider.domain}")):
        return provider.title, _PROVIDER
    return (f"{host}:{port}" if port else host), (_HERE if host in _LOOPBACK else _SERVER)


_PROVIDER: Where = "provider"
_SERVER: Where = "server"
_HERE: Where = "here"


def where(spec: ModelSpec, settings: Settings) -> Where:
    """Where the words go when this model is asked with these settings."""
    return _HERE if spec.family not in _PROVIDERS else endpoint(spec.family, settings).place


def _host(url: str, variable: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or parts.path or variable).lower(), parts.port
    except ValueError:
        return variable, None
