"""Exact arithmetic on columns of whole numbers, with their bounds: a number is a constant times one over another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from typing import Any, Final

from saima.engine.rules.rule import Rounding
from saima.engine.rules.target import Column, Target
from saima.engine.rules.tree import HOLDS, MIRRORED, Comparison

MOST_BITS: Final = 126
NARROW_BITS: Final = 62  # one bit is the sign's, and one is left free


@dataclass(frozen=True, slots=True)
class Whole:
    """A column of whole numbers that lie between ``low`` and ``high``."""

    column: Column
    low: int
    high: int
    wide: bool


@dataclass(frozen=True, slots=True)
class Quantity:
    """``factor`` times ``over`` through ``below``; without ``over`` a constant. ``below`` is greater than 0, and
    ``over`` is null wherever the quantity is unknown."""

    factor: Fraction
    over: Whole | None = None
    below: Whole | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    column: Column


class TooWideError(Exception):
    def __init__(self, bits: int) -> None:
        super().__init__(bits)
        self.bits = bits


class Arithmetician:
    """Exact arithmetic on columns, with their bounds."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.bits = 0

    # Whole numbers

    def _fitting(self, low: int, high: int) -> bool:
        """Whether a number needs 128 bits."""
        bits = max(low.bit_length(), high.bit_length())
        self.bits = max(self.bits, bits)
        if bits > MOST_BITS:
            raise TooWideError(bits)
        return needs_wide(low, high)

    def _as(self, of: Whole, *, wide: bool) -> Column:
        return self.target.widen(of.column) if wide and not of.wide else of.column

    def constant(self, value: int) -> Whole:
        wide = self._fitting(value, value)
        return Whole(self.target.whole(value, wide=wide), value, value, wide)

    def times(self, one: Whole | None, other: Whole | None) -> Whole | None:
        """A product; None stands for 1."""
        if one is None or other is None:
            return one or other
        ends = [a * b for a in (one.low, one.high) for b in (other.low, other.high)]
        low, high = min(ends), max(ends)
        wide = self._fitting(low, high) or one.wide or other.wide
        return Whole(self.target.multiply(self._as(one, wide=wide), self._as(other, wide=wide)), low, high, wide)

    def scaled(self, of: Whole | None, by: int) -> Whole:
        if of is None:
            return self.constant(by)
        if by == 1:
            return of
        return self.times(of, self.constant(by)) or of

    def plus(self, one: Whole, other: Whole) -> Whole:
        low, high = one.low + other.low, one.high + other.high
        wide = self._fitting(low, high) or one.wide or other.wide
        return Whole(self.target.add(self._as(one, wide=wide), self._as(other, wide=wide)), low, high, wide)

    def compared(self, comparison: Comparison, one: Whole, other: Whole) -> Column:
        wide = one.wide or other.wide
        return self.target.compare(comparison, self._as(one, wide=wide), self._as(other, wide=wide))

    def absolute(self, of: Whole) -> Whole:
        if of.low >= 0:
            return of
        high = max(-of.low, of.high)
        return Whole(self.target.absolute(of.column), 0 if of.high >= 0 else -of.high, high, of.wide)

    def chosen(self, cases: Sequence[tuple[Column, Whole]], last: Whole | None = None) -> Whole:
        every = [w for _, w in cases] + ([last] if last is not None else [])
        wide = any(w.wide for w in every)
        column = self.target.choose(
            [(when, self._as(w, wide=wide)) for when, w in cases],
            None if last is None else self._as(last, wide=wide),
        )
        return Whole(column, min(w.low for w in every), max(w.high for w in every), wide)

    # Quantities

    def add(self, one: Quantity, other: Quantity) -> Quantity:
        if one.over is None and other.over is None:
            return Quantity(one.factor + other.factor)
        factor, (a, b) = _common(one.factor, other.factor)
        if one.below is other.below:
            over = self.plus(self.scaled(one.over, a), self.scaled(other.over, b))
            return Quantity(factor, over, one.below)
        left = self.scaled(self.times(one.over, other.below), a)
        right = self.scaled(self.times(other.over, one.below), b)
        return Quantity(factor, self.plus(left, right), self.times(one.below, other.below))

    def negative(self, of: Quantity) -> Quantity:
        return Quantity(-of.factor, of.over, of.below)

    def multiply(self, one: Quantity, other: Quantity) -> Quantity:
        return Quantity(one.factor * other.factor, self.times(one.over, other.over), self.times(one.below, other.below))

    def divide(self, one: Quantity, other: Quantity) -> Quantity:
        if other.factor == 0:
            return self.nothing()
        factor = one.factor / other.factor
        by = other.over
        if by is None:
            return Quantity(factor, one.over, one.below)
        over = self.times(one.over, other.below) or self.constant(1)
        zero = self.constant(0)
        minus = self.scaled(over, -1)
        cases: list[tuple[Column, Whole]] = []
        if by.high > 0:
            cases.append((self.compared(">", by, zero), over))
        if by.low < 0:
            cases.append((self.compared("<", by, zero), minus))
        if not cases:
            return self.nothing()
        size = self.absolute(by)
        return Quantity(factor, self.chosen(cases), self.times(one.below, size))

    def power(self, of: Quantity, exponent: int) -> Quantity:
        found = of
        for _ in range(exponent - 1):
            found = self.multiply(found, of)
        return found

    def nothing(self) -> Quantity:
        return Quantity(Fraction(1), Whole(self.target.unknown(), 0, 0, wide=False))

    def compare(self, comparison: Comparison, one: Quantity, other: Quantity) -> Truth:
        if one.over is None and other.over is None:
            return Truth(self.target.truth(value=HOLDS[comparison](one.factor, other.factor)))
        if other.over is None and one.below is None and one.over is not None and one.factor != 0:
            nearest = self._against(comparison, one.over, other.factor / one.factor, flipped=one.factor < 0)
            if nearest is not None:
                return nearest
        _, (a, b) = _common(one.factor, other.factor)
        left, right = one.over, other.over
        if one.below is not other.below:
            left, right = self.times(left, other.below), self.times(right, one.below)
        return Truth(self.compared(comparison, self.scaled(left, a), self.scaled(right, b)))

    def over_one(self, of: Quantity, bounds: Sequence[Fraction]) -> Quantity:
        """The same with its ``over`` multiplied once, so that all bounds are whole beside it; as it is if too wide."""
        if of.over is None or of.below is None or of.factor == 0:
            return of
        times = lcm(*((b / of.factor).denominator for b in bounds))
        if needs_wide(of.over.low * times, of.over.high * times):
            return of
        return Quantity(of.factor / times, self.scaled(of.over, times), of.below)

    def _against(self, comparison: Comparison, whole: Whole, bound: Fraction, *, flipped: bool) -> Truth | None:
        """A whole number against a fraction is one against the whole number next to it: x >= 7/2 is x >= 4."""
        if flipped:
            comparison = MIRRORED[comparison]
        if comparison in {"=", "!="} and bound.denominator != 1:
            return None
        up = -(-bound.numerator // bound.denominator)
        down = bound.numerator // bound.denominator
        limit = self.constant(up if comparison in {">=", "<"} else down)
        return Truth(self.compared(comparison, whole, limit))

    def choose(self, cases: Sequence[tuple[Column, Quantity]]) -> Quantity:
        """The first case that is true, else unknown, brought to one scale."""
        factor, times = _common(*(q.factor for _, q in cases))
        over = self.chosen([(when, self.scaled(q.over, k)) for (when, q), k in zip(cases, times, strict=True)])
        first = cases[0][1].below
        if all(q.below is first for _, q in cases):
            return Quantity(factor, over, first)
        return Quantity(factor, over, self.chosen([(when, q.below or self.constant(1)) for when, q in cases]))

    def either(self, when: Truth, one: Quantity, other: Quantity) -> Quantity:
        """``one`` where ``when`` is true, ``other`` where it is false, unknown where it is unknown."""
        return self.choose([(when.column, one), (self.target.negate(when.column), other)])

    def lesser(self, one: Quantity, other: Quantity) -> Quantity:
        return self._extreme("<=", min, one, other)

    def greater(self, one: Quantity, other: Quantity) -> Quantity:
        return self._extreme(">=", max, one, other)

    def _extreme(
        self, comparison: Comparison, pick: Callable[[Any, Any], Any], one: Quantity, other: Quantity
    ) -> Quantity:
        if one.over is None and other.over is None:
            return Quantity(pick(one.factor, other.factor))
        if other.over is None:
            one, other = other, one
        when = self.compare(comparison, one, other)
        if one.over is None and other.below is None and other.over is not None:
            # A constant beside a column: where it is not chosen, the column stands, with its nulls.
            factor, (a, b) = _common(one.factor, other.factor)
            column = self.scaled(other.over, b)
            found = self.chosen([(when.column, self.constant(a))], column)
            return Quantity(factor, replace(found, low=pick(a, column.low), high=pick(a, column.high)))
        return self.either(when, one, other)

    def size(self, of: Quantity) -> Quantity:
        over = None if of.over is None else self.absolute(of.over)
        return Quantity(abs(of.factor), over, of.below)

    def known(self, of: Quantity) -> Column:
        return self.target.truth(value=True) if of.over is None else self.target.known(of.over.column)

    def never_below(self, of: Quantity, least: int) -> bool:
        """Whether the bounds prove that a quantity is at least a whole number."""
        found = self.add(of, Quantity(Fraction(-least)))
        if found.over is None:
            return found.factor >= 0
        return min(found.factor * found.over.low, found.factor * found.over.high) >= 0

    def rounded(self, of: Quantity, unit: Fraction, rounding: Rounding) -> Quantity:
        """A multiple of ``unit``, rounded as ``exact.rounded`` does."""
        factor = of.factor / unit
        if of.over is None:
            raise TypeError("constants are rounded as fractions")
        if of.below is None and factor.denominator == 1:
            return Quantity(unit, self.scaled(of.over, factor.numerator))
        sign = 1 if factor >= 0 else -1
        over = self.scaled(of.over, sign * factor.numerator)
        below = self.scaled(of.below, factor.denominator)
        size = self.absolute(over)
        match rounding:
            case "half_up":
                top = self.plus(self.scaled(size, 2), below)
                bottom = self.scaled(below, 2)
            case "up":
                top, bottom = self.plus(size, self.plus(below, self.constant(-1))), below
            case "down":
                top, bottom = size, below
        wide = top.wide or bottom.wide
        column = self.target.floor_divide(self._as(top, wide=wide), self._as(bottom, wide=wide))
        whole = Whole(column, 0, top.high // max(1, bottom.low), wide)
        if over.low < 0:
            minus = self.scaled(whole, -1)
            below_zero = self.compared("<", over, self.constant(0))
            whole = self.chosen([(below_zero, minus), (self.target.negate(below_zero), whole)])
        return Quantity(unit * sign, whole)


def needs_wide(low: int, high: int) -> bool:
    """Whether 64 bits are too few."""
    return max(low.bit_length(), high.bit_length()) > NARROW_BITS


def _common(*factors: Fraction) -> tuple[Fraction, list[int]]:
    """The largest rational of which all are whole multiples, and the multiples.

    Examples
    --------
    >>> _common(Fraction(1, 100), Fraction(1, 20))
    (Fraction(1, 100), [1, 5])
    """
    below = lcm(*(f.denominator for f in factors))
    over = gcd(*(f.numerator * (below // f.denominator) for f in factors))
    if over == 0:
        return Fraction(1), [0 for _ in factors]
    found = Fraction(over, below)
    return found, [int(f / found) for f in factors]
