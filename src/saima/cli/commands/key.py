"""``saima key FILE``: an Ed25519 key to sign bulletins with, and the public half beside it."""

from pathlib import Path

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.files.packages import make_key


def run(given: Given, out: Output) -> int:
    private = Path(given.text("file"))
    digits = make_key(private)
    out.say("cli.key.done", private=private, public=f"{private}.pub", digits=digits)
    return 0
