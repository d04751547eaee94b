"""Rooms of the server keep to themselves: another room's tables are read and written by its queries and actions only.

A room may name another's model where it holds one (a person who acts, the season of a report). It may not ask the
database for it. The doctor looks at every table by design; the demonstration fills an empty house.
"""

import ast
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2] / "src" / "saima" / "server"
ROOMS = ("places", "accounts", "registers", "race", "bulletins", "response")
MAY = ("site/doctor/", "site/demo", "commands/")


def asks(path: Path) -> set[str]:
    """Models of other rooms whose manager the module uses."""
    room = path.relative_to(SERVER).parts[0]
    tree = ast.parse(path.read_text("utf-8"))
    foreign = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if any(r != room and node.module.startswith(f"saima.server.{r}.models") for r in ROOMS)
    }
    return {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager"}
        and isinstance(node.value, ast.Name)
        and node.value.id in foreign
    }


def imported(path: Path) -> set[str]:
    """Every module and name a module imports, dotted."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_models_are_imported_by_name() -> None:
    """So that the test below sees whose they are."""
    whole = {f"saima.server.{room}.models" for room in ROOMS}

    found = {
        p.relative_to(SERVER).as_posix()
        for p in SERVER.rglob("*.py")
        for node in ast.walk(ast.parse(p.read_text("utf-8")))
        if (isinstance(node, ast.ImportFrom) and any(f"{node.module}.{a.name}" in whole for a in node.names))
        or (isinstance(node, ast.Import) and any(a.name in whole for a in node.names))
    }

    assert found == set()


def test_the_race_names_no_register_programme_or_fund() -> None:
    """The race knows feeds; what exists is kept by rooms it never names."""
    closed = ("saima.server.registers", "saima.server.programmes", "saima.server.funds")

    found = {p.name: m for p in (SERVER / "race").rglob("*.py") for m in imported(p) if m.startswith(closed)}

    assert found == {}


def test_nobody_asks_for_another_rooms_rows() -> None:
    modules = [p for p in sorted(SERVER.rglob("*.py")) if "migrations" not in p.parts]
    names = {p: p.relative_to(SERVER).as_posix() for p in modules}

    found = {names[p]: sorted(asks(p)) for p in modules if not names[p].startswith(MAY)}

    assert {name: models for name, models in found.items() if models} == {}
