"""Keeps the exact versions: once in pyproject.toml ([tool.uv] constraint-dependencies), and constraints.txt from it.

pip does not read pyproject's list and ``uv pip`` takes either, so one is generated from the other.

    python tools/constraints.py                     write constraints.txt again
    python tools/constraints.py --freeze FREEZE.txt first replace the list by the output of pip freeze
"""

import argparse
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# Generated from [tool.uv] constraint-dependencies in pyproject.toml: make constraints\n"
NOT_OURS = {"saima", "pip", "setuptools", "wheel"}


def pinned(pyproject: str) -> list[str]:
    """The list as it stands in pyproject.toml."""
    found: list[str] = tomllib.loads(pyproject)["tool"]["uv"]["constraint-dependencies"]
    return found


def as_constraints(pins: list[str]) -> str:
    return HEAD + "".join(f"{pin}\n" for pin in pins)


def from_freeze(freeze: str) -> list[str]:
    """``name==version`` lines of a pip freeze, names normalised, sorted; addresses, paths and ourselves left out.

    Examples
    --------
    >>> from_freeze("Jinja2==3.1.6\\n-e /somewhere\\n# comment\\nsaima @ file:///x\\nast_serialize==0.1\\n")
    ['ast-serialize==0.1', 'jinja2==3.1.6']
    """
    pins = []
    for line in freeze.splitlines():
        if found := re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.!]+)(\+\S+)?", line.strip()):
            name = re.sub(r"[-_.]+", "-", found[1]).lower()
            if name not in NOT_OURS:
                pins.append(f"{name}=={found[2]}")
    return sorted(pins)


def with_pins(pyproject: str, pins: list[str]) -> str:
    """pyproject.toml's text with the list replaced."""
    listed = "".join(f'  "{pin}",\n' for pin in pins)
    text, count = re.subn(
        r"^constraint-dependencies = \[.*?\]$",
        f"constraint-dependencies = [\n{listed}]",
        pyproject,
        flags=re.MULTILINE | re.DOTALL,
    )
    if count != 1:
        raise SystemExit("pyproject.toml must hold exactly one constraint-dependencies list")
    return text


def main() -> None:
    arguments = argparse.ArgumentParser(description="Write constraints.txt from pyproject.toml.")
    arguments.add_argument("--freeze", type=Path, help="replace the list by this output of pip freeze first")
    given = arguments.parse_args()
    project = ROOT / "pyproject.toml"
    if given.freeze:
        replaced = with_pins(project.read_text("utf-8"), from_freeze(given.freeze.read_text("utf-8")))
        project.write_text(replaced, "utf-8")
    pins = pinned(project.read_text("utf-8"))
    (ROOT / "constraints.txt").write_text(as_constraints(pins), "utf-8")


if __name__ == "__main__":
    main()
