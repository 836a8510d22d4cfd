"""What can be configured, read from the environment, `.env` and, for keys, from where people keep them.

The table in the README names the same. A key that was typed for this session comes first, then the environment, then
`.env`, then the keyring of the operating system; `llm.keys` puts keys there.
"""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import platformdirs
from dotenv import dotenv_values

from settings_keyring import ask_keyring
from settings_keyring import has_keyring as has_keyring
from settings_keyring import within as within

KEPT: Final = ("OPENAI_API_KEY", "MISTRAL_API_KEY", "MODEL_SERVER_URL", "MODEL_SERVER_KEY", "HF_TOKEN")
"""Variables that people may type on the Models page and that a keyring may hold."""
KEYRING_SERVICE: Final = "wunderkammer"
LOG_FORMATS: Final = ("text", "json")
LOGGED_QUESTIONS: Final = ("text", "hash", "none")
_WHOLE: Final = ("files_gb", "max_file_mb", "max_megapixels", "server_idle", "calls_at_once", "daily_calls", "daily_mb")
_NUMBERS: Final[dict[str, type[int] | type[float]]] = dict.fromkeys((*_WHOLE, "questions_a_minute"), int) | {
    "daily_usd": float
}
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
"""Names of this machine that no other machine answers to."""
_KEYRING_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; secrets are left out of `repr`. `read()` builds one from the environment and `.env`."""

    home: Path
    neo4j_uri: str | None = None
    neo4j_username: str = "neo4j"
    neo4j_password: str | None = field(default=None, repr=False)
    neo4j_database: str | None = None
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    mistral_api_key: str | None = field(default=None, repr=False)
    mistral_base_url: str | None = None
    model_server_url: str | None = None
    model_server_key: str | None = field(default=None, repr=False)
    hf_token: str | None = field(default=None, repr=False)
    llama_gguf: str | None = None
    teams_webhook_url: str | None = field(default=None, repr=False)
    address: str | None = None
    """Where people reach the app, such as https://cabinet.example.org: messages lead back there."""
    authority_url: str | None = None
    """A service of one's own that knows an authority file."""
    oidc_url: str | None = None
    """Where a provider says of itself how people sign in there (OpenID Connect); None: nobody has to."""
    oidc_client: str | None = None
    oidc_secret: str | None = field(default=None, repr=False)
    cookie_secret: str | None = field(default=None, repr=False)
    owners: str | None = None
    """E-mail addresses of those who run the installation, with commas between; without it whoever signs in first."""
    daily_usd: float | None = None
    daily_calls: int | None = None
    daily_mb: int | None = None
    """What a person who signed in may use up in a day, where owners of a cabinet say nothing else; None: no limit."""
    questions_a_minute: int = 20
    log_questions: str = "text"
    meter: Any = field(default=None, repr=False, compare=False)
    """Asked before each call of a model and told of it afterwards (`llm.metered.Meter`); set by pages alone."""
    user: str | None = None
    """The name that stands beside what a person corrects."""
    allow_private: bool = False
    files_address: str | None = None
    files_gb: int = 20
    """Where files are kept for several machines, such as s3://bucket/folder; what the copy in `files` may then take."""
    max_file_mb: int = 150
    max_megapixels: int = 80
    heap: str | None = None
    server_idle: int = 120
    """Seconds after which the embedded server stops when nobody uses it."""
    calls_at_once: int = 16
    """Calls of one model on their way at once, at most, while documents are read by it."""
    ray_address: str | None = None
    """The head of a Ray cluster, as HOST:PORT, whose computers do the work on passages; None: this one."""
    metrics: bool = False
    """Whether /metrics tells counts and durations to whoever reaches the app."""
    log_format: str = "text"
    """How log files are written: "text", or "json" for one JSON object a line."""

    @property
    def person(self) -> str:
        """Who corrects: the name that was configured, else that of the login here, "?" where there is neither."""
        if self.user and self.user.strip():
            return self.user.strip()
        try:
            return getpass.getuser()
        except (OSError, KeyError):
            # A container may run as a user that has no name.
            return "?"

    @property
    def database(self) -> Path:
        """Folder of the embedded database."""
        return self.home / "db"

    @property
    def files(self) -> Path:
        """Folder of the imported files, by the hash of their content."""
        return self.home / "files"

    @property
    def looks(self) -> Path:
        """Folder of what models said about pictures, so that none is paid for twice."""
        return self.home / "looks"

    @property
    def cache(self) -> Path:
        """Folder of what can be made anew at any time."""
        return self.home / "cache"

    @property
    def run(self) -> Path:
        """Folder of locks and of the running server's record (0600)."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        """Folder of log files."""
        return self.home / "logs"


VARIABLES: dict[str, str] = {
    "home": "WUNDERKAMMER_HOME",
    "neo4j_uri": "NEO4J_URI",
    "neo4j_username": "NEO4J_USERNAME",
    "neo4j_password": "NEO4J_PASSWORD",
    "neo4j_database": "NEO4J_DATABASE",
    "openai_api_key": "OPENAI_API_KEY",
    "openai_base_url": "OPENAI_BASE_URL",
    "mistral_api_key": "MISTRAL_API_KEY",
    "mistral_base_url": "MISTRAL_BASE_URL",
    "model_server_url": "MODEL_SERVER_URL",
    "model_server_key": "MODEL_SERVER_KEY",
    "hf_token": "HF_TOKEN",
    "llama_gguf": "LLAMA_GGUF",
    "teams_webhook_url": "TEAMS_WEBHOOK_URL",
    "address": "WUNDERKAMMER_ADDRESS",
    "authority_url": "WUNDERKAMMER_AUTHORITY",
    "oidc_url": "WUNDERKAMMER_OIDC_URL",
    "oidc_client": "WUNDERKAMMER_OIDC_CLIENT",
    "oidc_secret": "WUNDERKAMMER_OIDC_SECRET",
    "cookie_secret": "WUNDERKAMMER_COOKIE_SECRET",
    "owners": "WUNDERKAMMER_OWNERS",
    "daily_usd": "WUNDERKAMMER_DAILY_USD",
    "daily_calls": "WUNDERKAMMER_DAILY_CALLS",
    "daily_mb": "WUNDERKAMMER_DAILY_MB",
    "questions_a_minute": "WUNDERKAMMER_QUESTIONS_A_MINUTE",
    "log_questions": "WUNDERKAMMER_LOG_QUESTIONS",
    "user": "WUNDERKAMMER_USER",
    "allow_private": "WUNDERKAMMER_ALLOW_PRIVATE",
    "files_address": "WUNDERKAMMER_FILES",
    "files_gb": "WUNDERKAMMER_FILES_GB",
    "max_file_mb": "WUNDERKAMMER_MAX_FILE_MB",
    "max_megapixels": "WUNDERKAMMER_MAX_MEGAPIXELS",
    "heap": "WUNDERKAMMER_HEAP",
    "server_idle": "WUNDERKAMMER_SERVER_IDLE",
    "calls_at_once": "WUNDERKAMMER_CALLS",
    "ray_address": "RAY_ADDRESS",
    "metrics": "WUNDERKAMMER_METRICS",
    "log_format": "WUNDERKAMMER_LOG",
}
"""Field of `Settings` to environment variable; the environment wins over `.env`, an empty variable hides its line."""
SECRETS: Final = tuple(VARIABLES[each.name] for each in fields(Settings) if each.name in VARIABLES and not each.repr)
"""Variables whose values are shown nowhere; each may be kept in a file of its own, which NAME_FILE names."""


def read(environ: dict[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Read settings from the environment, then `.env`, then defaults; raises ValueError for what is none of a value.

    Only where no other environment is given are keys looked up that were typed or lie in the keyring.
    """
    merged = file_values(env_file)
    merged.update(os.environ if environ is None else environ)
    merged.update(_from_files(merged))
    if environ is None:
        merged.update({name: value for name in KEPT if name not in merged and (value := from_keyring(name))})
        merged.update(typed)
    given = {name: merged[variable] for name, variable in VARIABLES.items() if merged.get(variable)}
    home = Path(given.pop("home", platformdirs.user_data_dir("wunderkammer", appauthor=False))).expanduser().absolute()
    values: dict[str, object] = dict(given)
    for name in ("allow_private", "metrics"):
        values[name] = given.get(name, "").lower() in {"1", "true", "yes", "on"}
    for name, words in (("log_format", LOG_FORMATS), ("log_questions", LOGGED_QUESTIONS)):
        if given.get(name, "text") not in words:
            raise ValueError(f"{VARIABLES[name]} must be {' or '.join(words)}, not {given[name]!r}")
    for name, kind in _NUMBERS.items():
        if name in given:
            try:
                values[name] = kind(given[name])
            except ValueError:
                what = "a whole number" if kind is int else "a number"
                raise ValueError(f"{VARIABLES[name]} must be {what}, not {given[name]!r}") from None
    return Settings(home=home, **values)  # type: ignore[arg-type]


def addresses(value: str) -> tuple[str, ...]:
    """The addresses in a setting that may name several, with commas or spaces between them; each once, in order."""
    return tuple(dict.fromkeys(value.replace(",", " ").split()))


def read_at_once() -> Settings:
    """The same from the environment and `.env` alone, for who needs no keys: a keyring may take seconds to answer."""
    return read(dict(os.environ))


def as_variables(settings: Settings) -> dict[str, str]:
    """The variables that make a process of ours read these settings; what the keyring holds it asks for itself.

    What is not set is empty there, which hides what a `.env` may say.
    """
    said: dict[str, str] = {}
    for name, variable in VARIABLES.items():
        value = getattr(settings, name)
        if value is None or value != _looked_up.get(variable):
            said[variable] = "" if value is None or value is False else "1" if value is True else str(value)
    return said


def _from_files(merged: dict[str, str]) -> dict[str, str]:
    """Secrets that lie in files of their own, as containers are given them; raises ValueError where one is not there.

    A variable that is set itself wins, as what was said more directly.
    """
    found: dict[str, str] = {}
    for variable in SECRETS:
        path = merged.get(f"{variable}_FILE")
        if path and not merged.get(variable):
            try:
                found[variable] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as problem:
                reason = getattr(problem, "strerror", None) or "not text"
                raise ValueError(f"{variable}_FILE names {path}, which cannot be read: {reason}") from None
    return found


def file_values(env_file: Path | None = None) -> dict[str, str]:
    """What `.env` in the working folder says."""
    return {name: value for name, value in dotenv_values(env_file or Path(".env")).items() if value}


typed: dict[str, str] = {}
"""Variables that were typed and could not be kept elsewhere: in memory only, gone when the program ends."""
_looked_up: dict[str, str | None] = {}


def from_keyring(variable: str) -> str | None:
    """What the keyring holds for a variable; looked up once. None where there is no keyring or it does not answer."""
    if variable not in _looked_up:
        _looked_up[variable] = within(
            _KEYRING_SECONDS, lambda: ask_keyring("get_password", KEYRING_SERVICE, variable), None
        )
    return _looked_up[variable]


def to_keyring(variable: str, value: str | None) -> bool:
    """Put a value into the keyring, or take it out; False where there is none or it does not take it."""

    def put() -> bool:
        if value is None:
            ask_keyring("delete_password", KEYRING_SERVICE, variable)
        else:
            ask_keyring("set_password", KEYRING_SERVICE, variable, value)
        # Some keyrings accept what they then do not hold.
        return has_keyring() and ask_keyring("get_password", KEYRING_SERVICE, variable) == value

    done = within(_KEYRING_SECONDS * 5, put, False)
    if done:
        _looked_up[variable] = value
    return done
