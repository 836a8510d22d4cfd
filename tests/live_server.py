"""A real llama.cpp server with a real small model, speaking OpenAI's protocol on loopback; run as a program of its own.

`python -m tests.live_server MODEL.gguf` prints the server's address once it takes questions, and ends with its input.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WINDOW = 4096


@contextmanager
def live_server(model: Path) -> Iterator[str]:
    """The address of a running server, with `/v1`."""
    command = [sys.executable, "-m", "tests.live_server", str(model)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        address = next((line.strip() for line in process.stdout if line.startswith("http://")), None)
        assert address, "the server ended before it took questions"
        yield f"{address}/v1"
    finally:
        process.stdin.close()
        process.wait(20)


def main(model: str) -> None:
    """Serve until nobody holds our input open any more."""
    xllamacpp = importlib.import_module("xllamacpp")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    parameters.n_ctx, parameters.n_parallel, parameters.port = WINDOW, 2, 0
    parameters.cpuparams.n_threads = 1
    server = xllamacpp.Server(parameters)
    print(f"\n{server.listening_address}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
