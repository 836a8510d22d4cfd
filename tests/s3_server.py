"""A server that speaks the protocol of S3 on a real socket: moto's, which can be switched off, and asks for keys."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from settings import Settings

KEY, SECRET = "key-of-the-tests", "secret-of-the-tests"
BUCKET = "cabinet"
_VARIABLES = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "FSSPEC_S3_ENDPOINT_URL")


class S3Server:
    """The server, with a bucket; `asked` are the requests, as (method, path)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.refusing = 0
        """So many requests are answered with 503 next."""
        self.slow = 0.0
        """Seconds that an upload takes."""
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server: BaseWSGIServer | None = None
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def running(self) -> bool:
        """Whether it answers."""
        return self._server is not None

    def start(self) -> None:
        """Listen, at the same address as before."""
        self._server = make_server("127.0.0.1", self._port, self._answer, threaded=True, request_handler=_Silent)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Be away; what it holds stays."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def client(self) -> Any:
        """Amazon's own client, to look into the bucket beside ours."""
        return boto3.client(
            "s3",
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    def names(self, prefix: str = "") -> list[str]:
        """What the bucket holds."""
        found = self.client().list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [each["Key"] for each in found]

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if self.slow and environ["REQUEST_METHOD"] == "PUT":
            time.sleep(self.slow)
        if self.refusing:
            self.refusing -= 1
            start("503 Slow Down", [("Content-Type", "text/plain")])
            return [b"busy"]
        if "key-of-somebody-else" in environ.get("HTTP_AUTHORIZATION", ""):
            start("403 Forbidden", [("Content-Type", "application/xml")])
            return [b"<Error><Code>InvalidAccessKeyId</Code><Message>unknown</Message></Error>"]
        answer: Iterable[bytes] = self._app(environ, start)
        return answer


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


def names_of(server: S3Server, machine: Settings, sha256: str | None = "") -> list[str]:
    """What the bucket has for a machine, or of one content: the names without what is the same for all."""
    start = (machine.files_address or "").removeprefix(f"s3://{BUCKET}/") + "/"
    if sha256:
        start += f"{sha256[:2]}/{sha256}/"
    return [name.removeprefix(start) for name in server.names(start)]


@contextmanager
def s3_server(patch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A server with the bucket; the environment says how to reach it."""
    for name in _VARIABLES:
        patch.delenv(name, raising=False)
    server = S3Server()
    patch.setenv("AWS_ENDPOINT_URL", server.address)
    patch.setenv("AWS_ACCESS_KEY_ID", KEY)
    patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    server.client().create_bucket(Bucket=BUCKET)
    try:
        yield server
    finally:
        server.stop()
