"""The result of a meet: judges' marks by criteria become one mark and a place for each presentation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final, Literal

from saima.engine.errors import Problem, QuestionRefused

Rule = Literal["mean", "trimmed"]
LEAST: Final = 3  # judges whose marks of a presentation count, or it has no result
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class JudgeMark:
    """What one judge gave a presentation over all criteria, exactly. ``counted`` False: the trimmed mean left it out.

    ``total`` is None while a criterion is not marked: half a sheet is no mark.
    """

    judge: str
    total: Fraction | None
    counted: bool


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One presentation. ``mark`` is 0 to 100 with two decimals; None with fewer than three judges.

    ``rule``: what was really done; a trimmed mean of too few marks is a plain one. ``rank``: equal marks share a place.
    """

    item: str
    mark: Decimal | None
    rank: int | None
    rule: Rule
    judges: tuple[JudgeMark, ...]
    missing: tuple[str, ...]  # judges who might have marked it and did not


def meet_results(
    items: Sequence[str],
    judges: Sequence[str],
    weights: Mapping[str, int],
    marks: Mapping[tuple[str, str, str], Decimal],
    *,
    barred: frozenset[tuple[str, str]] = frozenset(),
    rule: Rule = "mean",
    trim: int = 1,
) -> tuple[ItemResult, ...]:
    """Results in the order of ``items``.

    Parameters
    ----------
    weights : by criterion, whole percent, adding up to 100.
    marks : by (judge, item, criterion), 0 to 100.
    barred : (judge, item) who may not mark it: no marks of theirs count, and none are missing.
    trim : how many of the highest and as many of the lowest marks a trimmed mean leaves out. It is used where at
        least 2 x trim + 3 judges marked a presentation in full, so that three remain; else the plain mean.

    Raises
    ------
    QuestionRefused
        ``meets.weights``: they do not add up to 100; ``meets.range``: a mark outside 0 to 100.

    Notes
    -----
    docs/method/meets.md. Sums are exact; only the published mark is rounded, half up, and places are of that mark.

    Examples
    --------
    >>> given = {(j, "a", "idea"): Decimal(m) for j, m in (("x", 80), ("y", 90), ("z", 85))}
    >>> meet_results(["a"], ["x", "y", "z"], {"idea": 100}, given)[0].mark
    Decimal('85.00')
    """
    if sum(weights.values()) != 100 or any(w <= 0 for w in weights.values()):
        raise QuestionRefused(Problem("meets.weights", {"total": sum(weights.values())}))
    for value in marks.values():
        if not 0 <= value <= 100:
            raise QuestionRefused(Problem("meets.range", {"mark": float(value)}))
    found = [_item(item, judges, weights, marks, barred, rule, trim) for item in items]
    return tuple(_placed(one, found) for one in found)


def _item(
    item: str,
    judges: Sequence[str],
    weights: Mapping[str, int],
    marks: Mapping[tuple[str, str, str], Decimal],
    barred: frozenset[tuple[str, str]],
    rule: Rule,
    trim: int,
) -> ItemResult:
    allowed = [j for j in judges if (j, item) not in barred]
    totals = {j: _total(j, item, weights, marks) for j in allowed}
    full = sorted(((t, j) for j, t in totals.items() if t is not None), key=lambda pair: pair[0])
    used: Rule = "trimmed" if rule == "trimmed" and trim > 0 and len(full) >= 2 * trim + 3 else "mean"
    kept = full[trim:-trim] if used == "trimmed" else full
    counted = {j for _, j in kept}
    mark = None
    if len(full) >= LEAST:
        mean = sum((t for t, _ in kept), Fraction(0)) / len(kept)
        mark = (Decimal(mean.numerator) / Decimal(mean.denominator)).quantize(_CENT, ROUND_HALF_UP)
    return ItemResult(
        item=item,
        mark=mark,
        rank=None,
        rule=used,
        judges=tuple(JudgeMark(j, totals[j], j in counted) for j in allowed),
        missing=tuple(j for j in allowed if totals[j] is None),
    )


def _total(
    judge: str, item: str, weights: Mapping[str, int], marks: Mapping[tuple[str, str, str], Decimal]
) -> Fraction | None:
    given = {c: marks.get((judge, item, c)) for c in weights}
    if any(v is None for v in given.values()):
        return None
    return sum((Fraction(v) * weights[c] for c, v in given.items() if v is not None), Fraction(0)) / 100


def _placed(one: ItemResult, every: Sequence[ItemResult]) -> ItemResult:
    mark = one.mark
    if mark is None:
        return one
    better = sum(o.mark is not None and o.mark > mark for o in every)
    return ItemResult(one.item, mark, better + 1, one.rule, one.judges, one.missing)
