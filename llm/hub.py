"""The Hugging Face hub: what files a model has there, and their bytes from any position on; its errors become ours.

Plain HTTP, which goes on where it broke off and works with every server that speaks the hub's protocol
(`HF_ENDPOINT`). The token is that of the settings, goes to the hub alone and to no other place that it points to.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from graph.errors import WunderkammerError
from llm.errors import (
    BadKey,
    Forbidden,
    HubOffline,
    Interrupted,
    LicenceNotAccepted,
    NoSuchModel,
    NotInstalled,
    ProviderFailed,
    RateLimited,
    TimedOut,
    Unreachable,
)
from llm.spec import Local, Weights
from llm.weights import download_command
from settings import Settings

SERVER: Final = "Hugging Face"
_PACKAGE: Final = "huggingface_hub"
_OFFLINE: Final = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_PICKLES: Final = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npz"})
"""Files that run code when they are opened."""
_CHECKSUM: Final = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_TOKEN: Final = re.compile(r"[!-~]+")
_SECONDS: Final = 20.0
"""How long the hub may be silent."""


class HubUnreachable(Unreachable):
    en = (
        "{server} cannot be reached, so {model} cannot be downloaded now. Check the network, a proxy (HTTPS_PROXY) and "
        "HF_ENDPOINT, then run: {command}. Models that are here already work."
    )
    de = (
        "{server} ist nicht erreichbar; {model} lässt sich jetzt nicht herunterladen. Prüfen Sie Netz, Proxy "
        "(HTTPS_PROXY) und HF_ENDPOINT, dann: {command}. Modelle, die schon hier sind, funktionieren."
    )


class DownloadBroke(Interrupted):
    en = (
        "The connection to {server} broke in the middle of {file} of {model}. What has come stays; to go on, run: "
        "{command}"
    )
    de = (
        "Die Verbindung zu {server} ist mitten in {file} von {model} abgerissen. Was da ist, bleibt; weiter geht es "
        "mit: {command}"
    )


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a model on the hub; `checksum` is its SHA-256, or Git's SHA-1 of a small one."""

    path: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The files that a model needs, small ones first, in the version that is current on the hub."""

    commit: str
    files: tuple[HubFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


class Hub:
    """The hub, asked for the files of one model. Raises NotInstalled, HubOffline or BadKey where it cannot be asked."""

    def __init__(self, spec: Local, weights: Weights, settings: Settings) -> None:
        if importlib.util.find_spec(_PACKAGE) is None:
            raise NotInstalled(model=spec.title, package=_PACKAGE, command="make local-models")
        for variable in _OFFLINE:
            if os.environ.get(variable, "").upper() in {"1", "ON", "YES", "TRUE"}:
                raise HubOffline(variable=variable)
        if settings.hf_token and not _TOKEN.fullmatch(settings.hf_token):
            raise BadKey(server=SERVER, variable="HF_TOKEN")
        from huggingface_hub import constants

        self._spec = spec
        self._weights = weights
        # Without a token of ours none must be sent: the library would look for one that another program has left.
        self._token: str | bool = settings.hf_token or False
        self._endpoint = (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")

    def listing(self) -> Listing:
        """The files that the model's patterns name; files that run code only where one is named in full.

        Raises NoSuchModel where the repository is not there, or one of the files where each is named in full.
        """
        from huggingface_hub import HfApi

        with self._ours():
            api = HfApi(endpoint=self._endpoint, token=self._token)
            told = api.model_info(self._weights.repo, files_metadata=True, timeout=_SECONDS)
        if not told.sha or not _COMMIT.fullmatch(told.sha):
            raise self._unreachable()
        files = [_file(each) for each in told.siblings or () if is_wanted(each.rfilename, self._weights.files)]
        missing = sorted(set(self._weights.files) - {each.path for each in files})
        if not files or (not any(set("*?[") & set(pattern) for pattern in self._weights.files) and missing):
            raise NoSuchModel(server=SERVER, model=f"{self._weights.repo}/{missing[0]}")
        return Listing(told.sha, tuple(sorted(files, key=lambda each: (each.size, each.path))))

    def read(self, file: HubFile, commit: str, start: int) -> Generator[bytes, None, None]:
        """The bytes of a file from `start` on; an empty piece now and then while nothing new comes."""
        from huggingface_hub import get_session, hf_hub_url
        from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]

        url = hf_hub_url(self._weights.repo, file.path, revision=commit, endpoint=self._endpoint)
        # Compressed bytes have other positions.
        headers = build_hf_headers(token=self._token) | {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        with self._ours(), get_session().stream("GET", url, headers=headers, timeout=_SECONDS) as response:
            hf_raise_for_status(response)
            # A server that knows no ranges sends all of it once more.
            known = start if response.status_code == 200 else 0
            with self._ours(file):
                # In pieces as they come: larger ones would be gathered, and be lost when the connection breaks.
                for piece in response.iter_bytes():
                    yield piece[known:]
                    known = max(0, known - len(piece))

    @contextmanager
    def _ours(self, file: HubFile | None = None) -> Iterator[None]:
        """What the library raises, as our errors; `file` is the one in the middle of which it happens."""
        import httpx2
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

        ours: WunderkammerError
        try:
            yield
            return
        except HfHubHTTPError as problem:
            ours = self._refused(problem.response)
        except OfflineModeIsEnabled:
            ours = HubOffline(variable=_OFFLINE[0])
        except HFValidationError:
            ours = NoSuchModel(server=SERVER, model=self._weights.repo)
        except httpx2.TimeoutException:
            ours = TimedOut(server=SERVER)
        except httpx2.HTTPError:
            ours = self.broke(file) if file else self._unreachable()
        except (httpx2.InvalidURL, ValueError, LookupError, TypeError, AttributeError):
            # An answer that is not the hub's: a page to sign in to the network, a mirror that is none.
            ours = self._unreachable()
        raise ours from None

    def broke(self, file: HubFile) -> DownloadBroke:
        """The error for a connection that ended in the middle of a file."""
        return DownloadBroke(
            server=SERVER, model=self._spec.title, file=file.path, command=download_command(self._spec)
        )

    def _unreachable(self) -> HubUnreachable:
        try:
            host = urlsplit(self._endpoint).hostname
        except ValueError:
            host = None
        return HubUnreachable(
            server=host or "HF_ENDPOINT", model=self._spec.title, command=download_command(self._spec)
        )

    def _refused(self, answer: Any) -> WunderkammerError:
        """Our error for an answer that says no."""
        import httpx2

        status: int = answer.status_code
        code = answer.headers.get("X-Error-Code")
        if status == 429:
            return RateLimited(server=SERVER, seconds=_asked_wait(answer.headers))
        hub = httpx2.URL(self._endpoint)
        if (answer.url.host, answer.url.port) != (hub.host, hub.port) or status >= 500:
            # Not the hub but the place that it sent us to: what that one says is not about the model.
            return ProviderFailed(server=SERVER, status=status)
        if status == 401 and self._token and code not in {"GatedRepo", "RepoNotFound"}:
            return BadKey(server=SERVER, variable="HF_TOKEN")
        if code == "GatedRepo" or (self._weights.licence_page and status in {401, 403}):
            page = self._weights.licence_page or f"{self._endpoint}/{self._weights.repo}"
            return LicenceNotAccepted(model=self._spec.title, page=page, command=download_command(self._spec))
        if status in {401, 404, 410}:
            # Without a token the hub does not tell what is not there from what is not for everybody.
            return NoSuchModel(server=SERVER, model=self._weights.repo)
        if status == 403:
            return Forbidden(server=SERVER, model=self._weights.repo)
        return ProviderFailed(server=SERVER, status=status)


def is_wanted(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a file of a repository is needed: a `*` stands for no folder, and for no file that runs code."""
    pure = PurePosixPath(path)
    if path in patterns:
        return True
    if pure.suffix.lower() in _PICKLES:
        return False
    return any(
        len(pure.parts) == len(PurePosixPath(pattern).parts) and fnmatchcase(path, pattern) for pattern in patterns
    )


def _file(told: Any) -> HubFile:
    """A file as the hub describes it. What it says becomes a path and a file's name here, so it is looked at."""
    path, size = str(told.rfilename), told.lfs.size if told.lfs else told.size
    checksum = told.lfs.sha256 if told.lfs else told.blob_id
    parts = path.split("/")
    strange = any(part in {"", ".", ".."} or re.search(r"[\\:\0-\x1f]", part) for part in parts)
    if strange or not _CHECKSUM.fullmatch(str(checksum)) or not isinstance(size, int) or size < 0:
        raise NoSuchModel(server=SERVER, model=path)
    return HubFile(path, size, checksum)


def _asked_wait(headers: Any) -> int:
    """Seconds that the hub asks to wait, by either of the headers in which it does; 0 where it does not say."""
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]

    after = str(headers.get("Retry-After", ""))
    if after.isdecimal():
        return int(after)
    told = parse_ratelimit_headers(headers)
    return told.reset_in_seconds if told else 0
