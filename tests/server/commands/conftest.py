"""The command line in a process of its own; and servers that are ended with their test."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from shells import START, Said, Served, environment


@pytest.fixture
def saima():
    """saima("doctor", "--home", home, SAIMA_DEBUG="1"): run a command to its end."""

    def run(*arguments, **more):
        done = subprocess.run(
            [sys.executable, "-c", START, *map(str, arguments)],
            env=environment(**more),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A home after its first start, to be copied."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    code = (
        "from saima.server.commands import database, home, serve; from saima.cli.output import Output;"
        f"h = home.made(home.Path({str(home)!r})); home.open_home(h); database.bring_up(h, Output('en')); serve.begin()"
    )
    subprocess.run([sys.executable, "-c", code], env=environment(), check=True, timeout=120, capture_output=True)
    return home


@pytest.fixture
def fresh_home(prepared, tmp_path):
    """An installation of its own without seasons."""
    return Path(shutil.copytree(prepared, tmp_path / "home"))


@pytest.fixture
def served():
    """served("serve", "--home", home): a server that answers; killed with all below it when the test ends."""
    made = []

    def start(*arguments, **more):
        made.append(Served(*arguments, **more))
        return made[-1]

    yield start
    for one in made:
        for pid in [*one.below(), one.process.pid]:
            if one.process.poll() is None or pid != one.process.pid:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        one.process.communicate()
