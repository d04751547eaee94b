"""The seasons that come with Saima, and where their folders are. What they say is in their own files."""

from importlib.resources import files
from pathlib import Path
from typing import Final

__all__ = ["folder", "names", "tables"]

_HERE: Final = Path(str(files(__name__)))


def names() -> tuple[str, ...]:
    """The bundled seasons, sorted by code point."""
    return tuple(sorted(entry.name for entry in _HERE.iterdir() if (entry / "season.toml").is_file()))


def folder(name: str) -> Path:
    """The season folder of a bundled example.

    Raises
    ------
    KeyError
        There is no such example; ``names()`` says which there are.
    """
    if name not in names():
        raise KeyError(name)
    return _HERE / name


def tables(name: str) -> Path:
    """A folder of plain tables beside the seasons: what a register of an example holds."""
    return _HERE / name
