"""Commands in a process of their own, as people start them, and servers while they run."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
START = "import sys; from saima.cli import main; sys.exit(main())"


def environment(**more):
    """What somebody's shell has, without the installation of the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SAIMA_", "DATABASE_URL", "DJANGO_"))}
    return kept | {"PYTHONPATH": str(HERE), "PYTHONUNBUFFERED": "1"} | more


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


class Served:
    """A running server: its address, its processes."""

    def __init__(self, *arguments, **more):
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, *map(str, arguments)],
            env=environment(SAIMA_LOG="warning", **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines = []
        self.url = ""
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(r"http://\S+", line):
                self.url = found[0]
                break

    def below(self):
        """Process ids of our children, and of theirs."""
        found, look = [], [self.process.pid]
        while look:
            tasks = Path(f"/proc/{look.pop()}/task")
            for task in tasks.glob("*/children"):
                pids = [int(p) for p in task.read_text().split()]
                found += pids
                look += pids
        return found

    def background(self):
        """The one for tasks."""
        return next((p for p in self.below() if b"commands.background" in Path(f"/proc/{p}/cmdline").read_bytes()), 0)

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=60)
        return Said(self.process.returncode, "".join(self.lines) + out, err)


def until(what, seconds=120):
    """Wait until something is true, and give it back."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("waited too long")
