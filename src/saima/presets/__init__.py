"""The rules that come with Saima, as files beside this module, each with its source and what was not seen of it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from saima.engine.rules import Rule
from saima.words import Text

__all__ = ["Rung", "granted", "ladder", "presets"]


@cache
def presets() -> Mapping[str, Rule]:
    """Every preset by its id, sorted. Read and checked when first asked for."""
    from saima.files.rules import parse_rule  # who only asks for the ladder reads no files

    folder = files(__name__) / "rules"
    entries = sorted((e for e in folder.iterdir() if e.name.endswith(".toml")), key=lambda e: e.name)
    read = {e.name: parse_rule(e.read_text("utf-8"), e.name) for e in entries}
    found: dict[str, Rule] = {}
    for name, rule in read.items():
        if name != f"{rule.id}.toml" or rule.id in found:
            raise RuntimeError(f"{name}: a preset is named after its id, {rule.id!r}")
        found[rule.id] = rule
    return MappingProxyType(dict(sorted(found.items())))


@cache
def granted(entity: str) -> Mapping[str, Text]:
    """Titles of the statuses that others grant to an ``entity``, by key, in the order of the file."""
    read = tomllib.loads((files(__name__) / "granted.toml").read_text("utf-8"))
    return MappingProxyType({key: Text(**one["title"]) for key, one in read.items() if one["entity"] == entity})


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: a status, and the rules that decide it, the first in force on a day."""

    status: str
    rules: tuple[str, ...]


@cache
def ladder() -> tuple[Rung, ...]:
    """The rungs firms climb, from below."""
    read = tomllib.loads((files(__name__) / "ladder.toml").read_text("utf-8"))
    return tuple(Rung(one["status"], tuple(one["rules"])) for one in read["rung"])
