"""Every command of the command line is run by a test."""

import ast
from pathlib import Path

from saima.cli.grammar import every

TESTS = Path(__file__).resolve().parents[1]
ROOMS = ("cli", "server/commands")


def run_by_tests() -> set[str]:
    """First arguments of ``saima("evaluate", ...)`` and ``main(["evaluate", ...])`` in the tests of the rooms.

    Of ``saima("rules", "check", ...)`` also the first two together.
    """
    found = set()
    for path in (p for room in ROOMS for p in (TESTS / room).glob("test_*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"saima", "main"} and call.args:
                typed = call.args[0].elts if isinstance(call.args[0], ast.List) else call.args
                words = [w.value for w in typed[:2] if isinstance(w, ast.Constant) and isinstance(w.value, str)]
                found.update(" ".join(words[: n + 1]) for n in range(len(words)))
    return found


def test_each_command_is_run_by_a_test() -> None:
    assert {c.name for c in every()} - run_by_tests() == set()
