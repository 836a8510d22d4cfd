"""A real Ray cluster on this machine: a head that computes nothing, and computers that can be killed.

    with RayNodes(2) as nodes:
        ... RAY_ADDRESS=nodes.address ...
        nodes.kill()

Everything Ray writes is under `nodes.folder`, whose path is short, for sockets lie in it.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final, Self

import psutil

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
# One that does not start on a busy machine gives up after 15 seconds, and Ray waits for it all the same.
os.environ.setdefault("RAY_raylet_start_wait_time_s", "30")
# It would have them give way to all others, which on a busy machine is for ever.
os.environ.setdefault("RAY_worker_niceness", "0")

OBJECTS: Final = 80 * 2**20
"""Bytes of memory for what tasks hand each other; the least that Ray takes."""
_STARTS: Final = 5


class RayNodes:
    """The cluster; `address` is what goes into RAY_ADDRESS."""

    def __init__(self, computers: int, processors: int = 1) -> None:
        self._computers, self._processors = computers, processors
        self.folder = Path(tempfile.mkdtemp(prefix="wkr-", dir="/tmp"))
        self.address = ""
        self._nodes: list[Any] = []

    def __enter__(self) -> Self:
        from ray.cluster_utils import Cluster

        with ExitStack() as clean:
            clean.callback(self._clean)
            # Where Ray also notes the address of the latest cluster.
            self._before = os.environ.get("RAY_TMPDIR")
            os.environ["RAY_TMPDIR"] = str(self.folder)
            (self.folder / "ray").mkdir()
            self._cluster = Cluster()
            # It computes nothing: it is where the work comes from.
            self._started(0, include_dashboard=False, no_monitor=True, temp_dir=str(self.folder / "ray"))
            self.address = str(self._cluster.address)
            for _ in range(self._computers):
                self.add()
            clean.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        import ray

        ray.shutdown()
        self._cluster.shutdown()
        self._clean()

    def _clean(self) -> None:
        os.environ.pop("RAY_TMPDIR")
        os.environ |= {"RAY_TMPDIR": self._before} if self._before else {}
        left = [process for process in psutil.process_iter() if str(self.folder) in _command(process)]
        for process in left:
            process.kill()
        psutil.wait_procs(left, 10)
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _options(processors: int) -> dict[str, int]:
        """With ports that are known, for otherwise Ray waits for its programs to say theirs, and gives up."""
        names = ("metrics_agent_port", "metrics_export_port", "dashboard_agent_listen_port", "runtime_env_agent_port")
        ports = dict(zip(names, _free_ports(len(names)), strict=True))
        return {"num_cpus": processors, "object_store_memory": OBJECTS, "include_log_monitor": False} | ports

    def add(self) -> None:
        """One computer more."""
        self._nodes.append(self._started(self._processors))

    def _started(self, processors: int, **options: object) -> Any:
        """A computer; begun anew where it did not start, for Ray gives its programs little time on a busy machine."""
        for _ in range(_STARTS - 1):
            with suppress(Exception):
                return self._cluster.add_node(wait=False, **self._options(processors), **options)
        return self._cluster.add_node(wait=False, **self._options(processors), **options)

    def kill(self) -> int:
        """End a computer as if its plug were pulled, with all that runs on it; how many processes that were."""
        node = self._nodes.pop()
        (raylet,) = node.all_processes["raylet"]
        processes = [*psutil.Process(raylet.process.pid).children(recursive=True), psutil.Process(raylet.process.pid)]
        for process in reversed(processes):
            process.kill()
        return len(processes)

    def kill_head(self) -> None:
        """End the head, and with it the cluster."""
        for kind in ("gcs_server", "raylet"):
            for each in self._cluster.head_node.all_processes[kind]:
                each.process.kill()

    def written(self) -> bytes:
        """All that Ray has written into files."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


def _free_ports(count: int) -> set[int]:
    """Ports that nobody has, of those that the system gives to nobody by itself."""
    found: set[int] = set()
    while len(found) < count:
        with socket.socket() as probe, suppress(OSError):
            port = random.randint(15_000, 30_000)
            probe.bind(("0.0.0.0", port))
            found.add(port)
    return found


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
