"""The processes of a running server: web workers, and one beside them for tasks and the scheduler.

The process that was started keeps the others: it starts them, starts them again when they die, and ends them.
"""

import contextlib
import http.client
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from saima.engine.errors import Problem, QuestionRefused

THREADS: Final = 8  # of each web worker: requests at once; the database, not the threads, is what they wait for
_BACKGROUND: Final = (sys.executable, "-m", "saima.server.commands.background")
# Standard output is ours: what we say there is meant to be read, by a person or a script.
_ON_STANDARD_ERROR: Final = {"class": "logging.StreamHandler", "formatter": "generic", "stream": "ext://sys.stderr"}
_GRACE_SECONDS: Final = 20  # for a task or request at hand; what is killed afterwards runs again at the next start
_LONGEST_PAUSE: Final = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be served where."""

    host: str
    port: int
    workers: int
    background: bool

    @property
    def address(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"


def free_port(host: str, wanted: int | None, usual: int) -> int:
    """The port asked for (0: any free one); without one the usual, or any free one when that is taken.

    Raises
    ------
    QuestionRefused
        ``serve.port_taken``: the port that was asked for cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in (usual, 0) if wanted is None else (wanted,):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if sys.platform != "win32":
                # As the server itself will: connections of one that just ended do not keep the port.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return int(probe.getsockname()[1])
            except OSError as fault:
                if wanted is not None:
                    reason = fault.strerror or str(fault)
                    raise QuestionRefused(
                        Problem("serve.port_taken", {"port": str(port), "host": host, "reason": reason})
                    ) from None
    raise QuestionRefused(Problem("serve.port_taken", {"port": str(usual), "host": host, "reason": ""}))


class Background:
    """The process for tasks and the scheduler. It ends when its standard input does: also when we are killed."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _keep(self) -> None:
        pause = 1.0
        while not self._ending.is_set():
            started = time.monotonic()
            # A session of its own: Ctrl-C is ours to pass on, so that a task at hand may end well.
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                _BACKGROUND, stdin=subprocess.PIPE, start_new_session=sys.platform != "win32"
            )
            self._process.wait()
            pause = 1.0 if time.monotonic() - started > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
            self._ending.wait(pause)

    def end(self) -> None:
        """Let it finish what it is at, but not for long."""
        self._ending.set()
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve(plan: Plan, *, ready: Callable[[], None]) -> int:
    """Run until told to stop (Ctrl-C, SIGTERM); ``ready`` is called once the first page is answered."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    # A fork of this process would take its database connections and threads along.
    multiprocessing.set_start_method("spawn", force=True)
    background = Background()
    if plan.background:
        background.start()
    watching = threading.Thread(target=_when_answered, args=(plan, ready), daemon=True)
    watching.start()
    server = Server(
        "saima.server.commands.web:application",
        address=plan.host,
        port=plan.port,
        interface=Interfaces.WSGI,
        workers=plan.workers,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig={"handlers": {"console": _ON_STANDARD_ERROR, "access": _ON_STANDARD_ERROR}},
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE_SECONDS,
    )
    try:
        server.serve()
    except SystemExit as ended:
        return int(ended.code or 0) if not isinstance(ended.code, str) else 1
    finally:
        background.end()
    return 0


def _when_answered(plan: Plan, ready: Callable[[], None]) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(plan.host, plan.host)  # noqa: S104 - asked, not bound
    until = time.monotonic() + 120
    while time.monotonic() < until:
        asked = http.client.HTTPConnection(host, plan.port, timeout=60)
        try:
            asked.request("GET", "/accounts/login/")
            asked.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            ready()
            return
        finally:
            asked.close()


def watch_parent() -> None:
    """End this process when the one that keeps it was killed: a port must not stay with nobody to serve it."""
    if sys.platform == "win32":
        return
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()
