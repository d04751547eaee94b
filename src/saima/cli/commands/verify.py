"""``saima verify PACKAGE``: recompute it here, and say for each thing looked at whether it agrees."""

from pathlib import Path

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.files.packages import verify_package


def run(given: Given, out: Output) -> int:
    found = verify_package(Path(given.text("package")), given.maybe("key"))
    for step in found.steps:
        out.say("cli.verify.agrees" if step.ok else "cli.verify.differs", sentence=step.sentence(out.lang))
    out.say("cli.verify.passed" if found.ok else "cli.verify.failed")
    return 0 if found.ok else 1
