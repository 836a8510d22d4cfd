"""What can be configured, read once from the environment and `.env`; the table in the README names the same."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
from dotenv import dotenv_values


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
    hf_token: str | None = field(default=None, repr=False)
    llama_gguf: str | None = None
    teams_webhook_url: str | None = field(default=None, repr=False)
    allow_private: bool = False
    max_file_mb: int = 150
    max_megapixels: int = 80
    heap: str | None = None
    server_idle: int = 120
    """Seconds after which the embedded server stops when nobody uses it."""

    @property
    def database(self) -> Path:
        """Folder of the embedded database."""
        return self.home / "db"

    @property
    def files(self) -> Path:
        """Folder of the imported files, by the hash of their content."""
        return self.home / "files"

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
    "hf_token": "HF_TOKEN",
    "llama_gguf": "LLAMA_GGUF",
    "teams_webhook_url": "TEAMS_WEBHOOK_URL",
    "allow_private": "WUNDERKAMMER_ALLOW_PRIVATE",
    "max_file_mb": "WUNDERKAMMER_MAX_FILE_MB",
    "max_megapixels": "WUNDERKAMMER_MAX_MEGAPIXELS",
    "heap": "WUNDERKAMMER_HEAP",
    "server_idle": "WUNDERKAMMER_SERVER_IDLE",
}
"""Field of `Settings` to environment variable; the environment wins over `.env`, an empty variable hides its line."""


def read(environ: dict[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Read settings from the environment, then `.env`, then defaults; raises ValueError for a number that is none."""
    file_values = dotenv_values(env_file or Path(".env"))
    merged = {k: v for k, v in file_values.items() if v}
    merged.update(os.environ if environ is None else environ)
    given = {name: merged[variable] for name, variable in VARIABLES.items() if merged.get(variable)}
    home = Path(given.pop("home", platformdirs.user_data_dir("wunderkammer", appauthor=False))).expanduser().absolute()
    typed: dict[str, object] = dict(given)
    typed["allow_private"] = given.get("allow_private", "").lower() in {"1", "true", "yes", "on"}
    for name in ("max_file_mb", "max_megapixels", "server_idle"):
        if name in given:
            try:
                typed[name] = int(given[name])
            except ValueError:
                raise ValueError(f"{VARIABLES[name]} must be a whole number, not {given[name]!r}") from None
    return Settings(home=home, **typed)  # type: ignore[arg-type]
