"""Runs the sessions that the READMEs show, and writes what the commands really print below them.

make readme                        write README.md and README.zh.md again
python tools/readme.py --check     say which of them is out of date
"""

import argparse
import contextlib
import io
import os
import re
import shlex
import tempfile
from pathlib import Path

from saima.cli import main as saima

ROOT = Path(__file__).resolve().parent.parent
READMES = {"README.md": "en", "README.zh.md": "zh"}
SESSION = re.compile(r"```console\n(.*?)```", re.DOTALL)


def ran(command: str, lang: str) -> str:
    """What a ``saima`` command prints, run where we stand."""
    words = shlex.split(command)
    if words[0] != "saima":
        raise SystemExit(f"a session may run saima only, not: {command}")
    held = io.StringIO()
    with contextlib.redirect_stdout(held), contextlib.redirect_stderr(held):
        saima(words[1:], {"SAIMA_LANG": lang})
    return held.getvalue()


def with_real_output(text: str, lang: str) -> str:
    """The text with every session's output as it is now; all its sessions run in one new folder, in order."""

    def session(found: re.Match[str]) -> str:
        commands = [line[2:] for line in found[1].splitlines() if line.startswith("$ ")]
        shown = "\n".join(f"$ {command}\n{ran(command, lang)}" for command in commands)
        return f"```console\n{shown}```"

    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            return SESSION.sub(session, text)
        finally:
            os.chdir(here)


def main() -> None:
    arguments = argparse.ArgumentParser(description="Write the READMEs' sessions again.")
    arguments.add_argument("--check", action="store_true", help="only compare")
    given = arguments.parse_args()
    stale = []
    for name, lang in READMES.items():
        path = ROOT / name
        before = path.read_text("utf-8")
        after = with_real_output(before, lang)
        if after != before:
            stale.append(name)
        if not given.check:
            path.write_text(after, "utf-8")
    if given.check and stale:
        raise SystemExit(f"out of date, run make readme: {', '.join(stale)}")


if __name__ == "__main__":
    main()
