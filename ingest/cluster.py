"""A Ray cluster, joined for as long as the worker works: desks on its computers that ask servers, tasks that compute.

A desk is one process that asks many questions at once, each in a thread: a process for every question would take the
memory of a hundred programs. Computing is Ray's own tasks, one processor each, which Ray tries again on another
computer where one goes away; what a desk was asked is tried again by the worker, which counts what is paid for.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ingest import cluster_code, on_node
from ingest.cluster_errors import (
    ClusterDiffers,
    ClusterUnreachable,
    NoClusterAddress,
    NodeLost,
    NodesUnfit,
    RayNotInstalled,
)
from ingest.on_node import Outcome
from settings import within

DESK: Final = 64
"""Questions that one desk asks at once at most."""
SHARE: Final = 32
"""Questions for which one desk more is opened: where a computer goes away, the others have room for its share."""
_LOOK: Final = 3.0
"""Seconds between two looks at who belongs to the cluster."""
_CONNECT: Final = 3.0
_OPENS: Final = 90.0
"""Seconds in which the first desk must be open: a computer has to be sent our code, and to load it."""
_LEAVE: Final = 15.0
_VERSIONS: Final = re.compile(r"Ray: (\S+)\s+Python: (\S+)")

log = logging.getLogger("wunderkammer.cluster")


@dataclass(slots=True, eq=False)
class _Desk:
    """A process on a computer of the cluster; `opens` is there as soon as it works."""

    node: str
    actor: Any
    opens: Any
    open: bool = False
    busy: int = 0


class Cluster:
    """Joined when it is first needed; safe to use from several threads. All raise ClusterError, and NodeLost."""

    def __init__(self, address: str, calls: int) -> None:
        """`calls` is how many questions may be on their way to one server at once."""
        self.address, self._calls = address, calls
        self._desks: list[_Desk] = []
        self._unfit: dict[str, str] = {}
        """Computers that cannot do the work, with what they lack."""
        self._processors = 0
        self._joined = False
        self._looked = float("-inf")
        self._lock = threading.RLock()

    def ready(self) -> None:
        """See that it answers and that at least one desk is open; waits for the first."""
        deadline = time.monotonic() + _OPENS
        while not self._look():
            if not self._desks or time.monotonic() > deadline:
                raise NodesUnfit(address=self.address, detail="; ".join(self._unfit.values()) or "?")
            time.sleep(0.05)

    def processors(self) -> int:
        """How many computations run at once on the whole cluster."""
        self.ready()
        return self._processors

    def nodes(self) -> int:
        """On how many computers desks are open."""
        return len({desk.node for desk in self._desks if desk.open})

    def ask(self, method: str, *given: object) -> Any:
        """What a method of `on_node.Desk` answers; raises NodeLost where it may be asked again."""
        from ray.exceptions import RayActorError

        self.ready()
        with self._lock:
            opened = [desk for desk in self._desks if desk.open]
            if not opened:
                raise NodeLost()
            desk = min(opened, key=lambda each: each.busy)
            desk.busy += 1
        try:
            return self._answer(getattr(desk.actor, method).remote(*given))
        except RayActorError:
            self._drop(desk)
            raise NodeLost() from None
        finally:
            with self._lock:
                desk.busy -= 1

    def compute(self, work: Callable[..., object], *given: object) -> Any:
        """What a function of `on_node` answers, on whichever computer has a processor free."""
        self.ready()
        return self._answer(_task(work).remote(*given))

    def leave(self) -> None:
        """Close all desks, and belong to the cluster no more."""
        with self._lock:
            self._desks.clear()
            joined, self._joined, self._looked = self._joined, False, float("-inf")
        if joined:
            import ray

            # Where the cluster is gone, taking leave of it can wait for ever.
            within(_LEAVE, ray.shutdown, None)

    def _answer(self, promised: Any) -> Any:
        """What was promised; the cluster is looked at meanwhile, since Ray itself waits for one that is gone."""
        import ray
        from ray.exceptions import GetTimeoutError, RayActorError, RayError, RayTaskError

        while True:
            try:
                answer = ray.get(promised, timeout=_LOOK)
            except GetTimeoutError:
                self._look()
            except RayTaskError as problem:
                # A bug of ours, on the other computer.
                raise problem.cause or problem from None
            except RayActorError:
                raise
            except RayError as problem:
                log.warning("ray: %s", type(problem).__name__)
                raise NodeLost() from None
            else:
                if isinstance(answer, Outcome):
                    if answer.problem is not None:
                        raise answer.problem
                    return answer.value
                return answer

    def _look(self) -> bool:
        """Whether a desk is open, having opened more where computers have come, and forgotten those that went."""
        with self._lock:
            opened = any(desk.open for desk in self._desks)
            if opened and time.monotonic() - self._looked < _LOOK:
                return True
            if not self._joined:
                self._join()
            elif time.monotonic() - self._looked >= _LOOK:
                self._reach()
            if time.monotonic() - self._looked >= _LOOK:
                self._looked = time.monotonic()
                self._seat()
            for desk in [each for each in self._desks if not each.open]:
                self._see_open(desk)
            return any(desk.open for desk in self._desks)

    def _reach(self) -> None:
        """Knock at the cluster's head; raises ClusterUnreachable."""
        try:
            host, port = _host(self.address)
            socket.create_connection((host, port), _CONNECT).close()
        except OSError:
            self.leave()
            raise ClusterUnreachable(address=self.address) from None

    def _join(self) -> None:
        self._reach()
        # Ray would tell its makers how it is used.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError:
            raise RayNotInstalled() from None
        handler = signal.getsignal(signal.SIGTERM)
        try:
            with tempfile.TemporaryDirectory(prefix="wunderkammer-code-") as folder:
                code = cluster_code.put_into(Path(folder))
                ray.init(
                    self.address,
                    log_to_driver=False,
                    configure_logging=False,
                    logging_level=logging.ERROR,
                    runtime_env={"working_dir": str(code)},
                )
        except RuntimeError as problem:
            raise self._differs(problem) from None
        except (OSError, ValueError, TimeoutError) as problem:
            log.warning("joining %s: %s", self.address, problem)
            raise ClusterUnreachable(address=self.address) from None
        finally:
            if threading.current_thread() is threading.main_thread():
                # Ray puts its own there, which would end the worker without giving back what it is at.
                signal.signal(signal.SIGTERM, handler)
        self._joined = True
        self._unfit.clear()
        log.info("joined %s", self.address)

    def _differs(self, problem: RuntimeError) -> ClusterDiffers | ClusterUnreachable:
        versions = _VERSIONS.findall(str(problem))
        if len(versions) < 2:
            log.warning("joining %s: %s", self.address, problem)
            return ClusterUnreachable(address=self.address)
        there, here = (f"ray {ray}, Python {python}" for ray, python in versions[:2])
        return ClusterDiffers(address=self.address, there=there, here=here)

    def _seat(self) -> None:
        """Open desks on computers that have none, and forget those of computers that are gone."""
        import ray

        alive = {each["NodeID"]: int(each["Resources"].get("CPU", 0)) for each in ray.nodes() if each["Alive"]}
        self._processors = sum(alive.values())
        # Who joins without a processor is only there to hand work in.
        working = [node for node, processors in alive.items() if processors > 0]
        self._desks = [desk for desk in self._desks if desk.node in working]
        if not working:
            raise NodesUnfit(address=self.address, detail="no processors (--num-cpus=0)")
        wanted = max(1, -(-self._calls // (SHARE * len(working))))
        for node in working:
            if node not in self._unfit:
                here = sum(desk.node == node for desk in self._desks)
                self._desks += [_opened(node) for _ in range(wanted - here)]

    def _see_open(self, desk: _Desk) -> None:
        import ray
        from ray.exceptions import RayError, RayTaskError

        try:
            if ray.wait([desk.opens], timeout=0)[0]:
                ray.get(desk.opens)
                desk.open = True
        except RayError as problem:
            self._desks.remove(desk)
            why = problem.cause if isinstance(problem, RayTaskError) else problem
            self._unfit[desk.node] = " ".join(f"{type(why).__name__}: {why}".split())[:200]
            log.warning("a computer of the cluster cannot work: %s", self._unfit[desk.node])

    def _drop(self, desk: _Desk) -> None:
        """Forget a desk that does not answer, and look anew who is there.

        Where only the way there was interrupted it sits there for nobody until the worker ends.
        """
        with self._lock:
            if desk in self._desks:
                log.warning("a computer of the cluster went away")
                self._desks.remove(desk)
                self._looked = float("-inf")


@cache
def _task(work: Callable[..., object]) -> Any:
    """A function as Ray's task; made once, for Ray keeps what is made of each."""
    import ray

    return ray.remote(num_cpus=1, max_retries=3)(work)


def _opened(node: str) -> _Desk:
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    there = NodeAffinitySchedulingStrategy(node, soft=False)
    kind = ray.remote(num_cpus=0, max_concurrency=DESK, max_restarts=0, max_task_retries=0)(on_node.Desk)
    actor = kind.options(scheduling_strategy=there).remote()
    return _Desk(node, actor, actor.here.remote())


def _host(address: str) -> tuple[str, int]:
    host, colon, port = address.rpartition(":")
    if not colon or not host or "/" in host or not port.isdecimal() or int(port) > 65535:
        raise NoClusterAddress(address=address)
    return host.strip("[]"), int(port)
