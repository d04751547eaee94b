"""Every command of the command line is run by a test."""

import ast
from pathlib import Path

from saima.cli.grammar import COMMANDS

TESTS = Path(__file__).resolve().parents[1] / "cli"


def run_by_tests() -> set[str]:
    """First arguments of ``saima("evaluate", ...)`` and ``main(["evaluate", ...])`` in the tests of the room."""
    found = set()
    for path in TESTS.glob("test_*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"saima", "main"} and call.args:
                first = call.args[0].elts[0] if isinstance(call.args[0], ast.List) else call.args[0]
                if isinstance(first, ast.Constant):
                    found.add(first.value)
    return found


def test_each_command_is_run_by_a_test() -> None:
    assert {c.name for c in COMMANDS} - run_by_tests() == set()
