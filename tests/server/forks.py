"""Processes of an installation, forked from one that has read every module: a start costs milliseconds, not seconds.

Each is a process of its own with its own settings, database and clock, to be waited for or killed like any other. What
a start itself does is tested by the commands' own tests, which start Python anew.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from multiprocessing import forkserver
from multiprocessing.reduction import DupFd
from pathlib import Path

import forked

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["forked"])


@cache
def _begin():
    """Start the process they are forked from; it looks for modules where PYTHONPATH says, not where we do."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


class _Handed:
    """An open file that goes with what is sent to the new process."""

    def __init__(self, fd):
        self.fd = fd

    def __reduce__(self):
        return _received, (DupFd(self.fd),)


def _received(copy):
    return copy.detach()


class Forked:
    """As subprocess.Popen, as far as the tests ask; ``log`` takes both streams instead of pipes."""

    def __init__(self, kind, given, arguments, env, log=None):
        _begin()
        self.stdout = self.stderr = None
        if log:
            ours, theirs = [], [log.fileno(), log.fileno()]
        else:
            pipes = [os.pipe(), os.pipe()]
            ours, theirs = [r for r, _ in pipes], [w for _, w in pipes]
        self.process = _CONTEXT.Process(
            target=forked.run,
            args=(kind, given, [str(a) for a in arguments], env, str(Path.cwd()), *map(_Handed, theirs)),
        )
        self.process.start()
        if not log:
            for fd in theirs:
                os.close(fd)
            self.stdout, self.stderr = (os.fdopen(fd, encoding="utf-8", errors="replace") for fd in ours)
        self.pid = self.process.pid

    @property
    def returncode(self):
        return self.process.exitcode

    def poll(self):
        return self.process.exitcode

    def wait(self, timeout=None):
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired("forked", timeout)
        return self.process.exitcode

    def kill(self):
        self._send(signal.SIGKILL)

    def terminate(self):
        self._send(signal.SIGTERM)

    def _send(self, how):
        with suppress(ProcessLookupError):  # it has ended by itself
            os.kill(self.pid, how)

    def __del__(self):
        for stream in (self.stdout, self.stderr):
            if stream:
                stream.close()

    def communicate(self, timeout=None):
        """What it printed and what it complained of, once it has ended."""
        said = {}
        readers = [
            threading.Thread(target=lambda s=stream, n=name: said.__setitem__(n, s.read()), daemon=True)
            for name, stream in (("out", self.stdout), ("err", self.stderr))
        ]
        for reader in readers:
            reader.start()
        try:
            self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        for reader in readers:
            reader.join(10)
        self.stdout.close()
        self.stderr.close()
        return said.get("out", ""), said.get("err", "")


def python(code, arguments, env):
    return Forked("code", code, arguments, env)


def module(name, arguments, env, log):
    return Forked("module", name, arguments, env, log)
