"""What a back end must offer so that a rule can be run over a whole register, and the one that only measures widths."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from saima.engine.rules.rule import Input
from saima.engine.rules.tree import Comparison

Column = Any  # whatever a back end builds expressions from
Cases = Sequence[tuple[Column, Column]]


class Target(Protocol):
    """Whole numbers of 64 or 128 bits (``wide``), truths and codes, each with an unknown that is a null.

    A null goes through arithmetic and comparison; ``both`` and ``either`` are Kleene's. What is asked is known to fit:
    the walk over the tree has measured it.
    """

    def figure(self, wanted: Input) -> Column:
        """An input taken in: a number as whole 10**-decimals, a day as the ordinal of the calendar."""

    def judged(self, key: str, name: str, least: Column, most: Column) -> Column:
        """A judge's whole number under ``key``, kept as ``name``; null where it lies outside its band."""

    def held(self, status: str) -> Column:
        """A truth, never null."""

    def whole(self, value: int, *, wide: bool) -> Column: ...

    def truth(self, *, value: bool) -> Column: ...

    def unknown(self) -> Column:
        """A whole number nobody knows, narrow."""

    def widen(self, of: Column) -> Column: ...

    def narrow(self, of: Column) -> Column:
        """A wide number whose value fits 64 bits, as a narrow one."""

    def add(self, one: Column, other: Column) -> Column: ...

    def multiply(self, one: Column, other: Column) -> Column: ...

    def absolute(self, of: Column) -> Column: ...

    def floor_divide(self, one: Column, other: Column) -> Column:
        """Rounded down; ``other`` is greater than 0 or null."""

    def compare(self, comparison: Comparison, one: Column, other: Column) -> Column: ...

    def member(self, of: Column, codes: Sequence[str]) -> Column: ...

    def both(self, parts: Sequence[Column]) -> Column: ...

    def either(self, parts: Sequence[Column]) -> Column: ...

    def negate(self, of: Column) -> Column: ...

    def known(self, of: Column) -> Column: ...

    def choose(self, cases: Cases, last: Column | None = None) -> Column:
        """The value of the first case that is true, else ``last``, else null. A case that is null is not true."""

    def count(self, parts: Sequence[Column]) -> Column:
        """How many truths are false; a null is not."""

    def display(self, of: Column, factor: float, below: Column | None) -> Column:
        """``of`` times factor, through ``below``, as a float to look at."""

    def keep(self, name: str, of: Column) -> Column:
        """Compute once and refer to it from then on."""

    def run(self, frame: Any, answers: Mapping[str, Column], keep: Sequence[str]) -> Any:
        """The answers for every row of a frame of this back end, after the columns to ``keep`` and before ``refused``:
        whether some figure of the row could not be taken in, and so counts as missing."""


class Widths:
    """A back end that computes nothing: a rule is walked with it to see whether its numbers fit."""

    def __getattr__(self, name: str) -> Any:
        del name
        return lambda *_, **__: None
