"""Figures of one entity: taken in exactly or refused, rounded, written as text, told apart by a digest."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from saima.engine.errors import Problem, RuleRefused
from saima.engine.rules.rule import Given, Input, Rounding, Rule
from saima.engine.rules.verdict import Value


def taken_in(rule: Rule, given: Given) -> dict[str, Value]:
    """Figures as values of the language, or everything that is wrong with them."""
    judged = {i.judged: i for i in rule.points.items if i.bands} if rule.points else {}
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    for key, figure in given.items():
        found: Value | Problem
        if key in rule.inputs:
            found = _figure(rule.inputs[key], figure)
        elif key in judged:
            whole = isinstance(figure, int) and not isinstance(figure, bool)
            if isinstance(figure, Decimal):
                whole = figure == figure.to_integral_value()
            found = Fraction(figure) if whole else Problem("rules.given_whole", {"given": figure}, column=key)  # type: ignore[arg-type]
        else:
            found = Problem("rules.given_stranger", {"key": key, "known": tuple(rule.inputs)}, column=key)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            values[key] = found
    if problems:
        raise RuleRefused(problems)
    return values


def _figure(wanted: Input, figure: object) -> Value | Problem:
    if isinstance(figure, float):
        raise TypeError(f"{wanted.key}: a float decides nothing; give a Decimal or a whole number")
    named = {"input": wanted.title, "given": figure}
    match wanted.type, figure:
        case "truth", bool():
            return figure
        case "code", str():
            return figure
        case "day", date():
            return Fraction(figure.toordinal())
        case "day", str():
            try:
                return Fraction(date.fromisoformat(figure).toordinal())
            except ValueError:
                pass
        case "number", (Decimal() | int()) if not isinstance(figure, bool) and Decimal(figure).is_finite():
            return _number(wanted, Fraction(figure), named)
    return Problem(f"rules.given_{wanted.type}", named, column=wanted.key)


def _number(wanted: Input, value: Fraction, named: Mapping[str, object]) -> Value | Problem:
    if (value * 10**wanted.decimals).denominator != 1:
        return Problem("rules.given_decimals", {**named, "decimals": wanted.decimals}, column=wanted.key)
    if not wanted.least <= value <= wanted.most:
        bounds = {"least": plain(wanted.least), "most": plain(wanted.most)}
        return Problem("rules.given_range", {**named, **bounds}, column=wanted.key)
    return value


def rounded(value: Fraction, unit: Fraction, rounding: Rounding) -> Fraction:
    """A multiple of ``unit``. Halves go away from zero, ``down`` towards and ``up`` away from zero.

    Examples
    --------
    >>> [str(rounded(Fraction(5, 2), Fraction(1), how)) for how in ("half_up", "down", "up")]
    ['3', '2', '3']
    >>> str(rounded(Fraction(-5, 2), Fraction(1), "half_up"))
    '-3'
    """
    size = abs(value) / unit
    match rounding:
        case "down":
            whole = size.numerator // size.denominator
        case "up":
            whole = -(-size.numerator // size.denominator)
        case "half_up":
            whole = (2 * size.numerator + size.denominator) // (2 * size.denominator)
    return whole * unit if value >= 0 else -whole * unit


def plain(value: Fraction) -> str:
    """A number as a short decimal text; at most 12 decimals where it does not end.

    Examples
    --------
    >>> plain(Fraction(1, 8)), plain(Fraction(1, 3)), plain(Fraction(10**13))
    ('0.125', '0.333333333333', '10000000000000')
    """
    exact = rounded(value, Fraction(1, 10**12), "half_up")
    text = f"{Decimal(exact.numerator) / Decimal(exact.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def digest_of(given: Given, held: frozenset[str]) -> str:
    lines = [f"{k}={_canonical(v)}" for k, v in sorted(given.items())] + [f"held={s}" for s in sorted(held)]
    return sha256("\n".join(lines).encode()).hexdigest()


def _canonical(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(Fraction(value)) if isinstance(value, (Decimal, int)) else str(value)
