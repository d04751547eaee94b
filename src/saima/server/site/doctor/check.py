"""A check, the list of all of them, and what one found."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import DatabaseError, transaction

from saima.words import Lang, say

SHOWN: Final = 5  # of what was found, named in a sentence
FIRST: Final = "migration_missing"  # where it finds something, no other check knows the tables it reads
Find = Callable[[], Iterable[str]]


class Kind(StrEnum):
    DATA = "data"  # what is kept holds together
    CONTROL = "control"  # how the installation is run


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Check:
    """``find`` names each thing that is wrong. Sentences: doctor.CODE says what, doctor.CODE.remedy what to do."""

    code: str
    kind: Kind
    severity: Severity
    find: Find


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that found something; ``failed`` when it could not even look."""

    check: Check
    found: tuple[str, ...]
    failed: bool = False

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.failed else self.check.severity

    def sentence(self, lang: Lang) -> str:
        """What is wrong, how often, and the first of them by name."""
        what = say(f"doctor.{self.check.code}", lang)
        named = ", ".join(self.found[:SHOWN])
        code = "doctor.could_not_look" if self.failed else "doctor.found"
        if not self.failed and len(self.found) > SHOWN:
            code = "doctor.found_many"
        return say(code, lang, what=what, count=len(self.found), named=named)

    def remedy(self, lang: Lang) -> str:
        return say(f"doctor.{self.check.code}.remedy", lang)


CHECKS: Final[dict[str, Check]] = {}


def check(code: str, kind: Kind, severity: Severity) -> Callable[[Find], Find]:
    """Put a function on the list."""

    def register(find: Find) -> Find:
        if code in CHECKS:
            raise RuntimeError(f"two checks are called {code}")
        CHECKS[code] = Check(code, kind, severity, find)
        return find

    return register


def examine(kind: Kind | None = None, codes: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Run every check, or those of a kind or code; errors first. One that breaks is reported and stops no other."""
    asked = [c for c in CHECKS.values() if kind in (None, c.kind) and (not codes or c.code in codes)]
    behind = _looked(CHECKS[FIRST])
    if behind is not None:
        return (behind,)
    found = [f for c in asked if (f := _looked(c)) is not None]
    return tuple(sorted(found, key=lambda f: f.severity != Severity.ERROR))


def _looked(one: Check) -> Finding | None:
    try:
        named = tuple(one.find())
    except Exception as fault:
        if isinstance(fault, DatabaseError) and transaction.get_connection().in_atomic_block:
            raise  # PostgreSQL answers nothing more in this transaction
        return Finding(one, (f"{type(fault).__name__}: {fault}"[:200],), failed=True)
    return Finding(one, named) if named else None
