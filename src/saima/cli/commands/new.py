"""``saima new FOLDER``: a commented start of a season."""

from pathlib import Path

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.files import new_season


def run(given: Given, out: Output) -> int:
    folder = Path(given.text("folder"))
    new_season(folder, out.lang)
    out.say("cli.new.done", folder=folder)
    return 0
