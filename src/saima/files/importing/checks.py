"""Contradictions inside one table: duplicates, totals and months that do not add up, rates that do not follow."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from saima.engine.errors import Problem
from saima.engine.model.periods import Period
from saima.engine.model.season import Season
from saima.files.importing.placing import Placed, Slot

_RATE_TOLERANCE: Final = Decimal("0.006")  # a rate rounded to whole percents is up to half a point off
_ADDING_UP: Final = frozenset({"cumulative", "count"})
_ADDITIVE: Final = frozenset({"cumulative", "count", "level"})


def once_each(placed: Sequence[Placed]) -> tuple[dict[Slot, Placed], list[Problem], list[Problem]]:
    """One figure per slot. The same figure twice is skipped; two different ones are both refused."""
    groups: dict[Slot, list[Placed]] = defaultdict(list)
    for p in placed:
        groups[p.slot].append(p)
    kept: dict[Slot, Placed] = {}
    skipped: list[Problem] = []
    refused: list[Problem] = []
    for slot, group in groups.items():
        if len({(p.value, p.state) for p in group}) == 1:
            kept[slot] = group[0]
            skipped.extend(
                p.spot.problem("import.same_again", seen=p.value, first=group[0].spot.name) for p in group[1:]
            )
            continue
        for p in group:
            other = next(o for o in group if (o.value, o.state) != (p.value, p.state))
            refused.append(
                p.spot.problem(
                    "import.twice",
                    seen=p.value or p.note,
                    other=other.value or other.note,
                    cell=other.spot.name,
                    contestant=slot[0],
                    indicator=slot[1],
                )
            )
    return kept, skipped, refused


def check_totals(placed: Sequence[Placed], totals: Sequence[Placed], season: Season) -> list[Problem]:
    """Totals rows and columns against the sum of the contestants of the same sheet.

    A subtotal sums the rows since the one before it, a total all of them. Shares, growth and levels in percent
    are not additive and are left alone. The tolerance is half a unit of the last written digit per part.
    """
    found: list[Problem] = []
    for t in totals:
        indicator = season.indicator[t.indicator]
        if indicator.measure not in _ADDITIVE or indicator.unit.zh == "%" or indicator.unit.en == "%" or not t.value:
            continue
        same = [
            p
            for p in placed
            if p.spot.sheet == t.spot.sheet
            and p.indicator == t.indicator
            and p.period == t.period
            and p.role == t.role
            and p.value
        ]
        column_total = any(p.spot.row == t.spot.row for p in same)
        if column_total:
            same = [p for p in same if p.spot.row == t.spot.row]
        else:
            same = [p for p in same if p.spot.column == t.spot.column]
            if t.aside == "subtotal":
                above = [
                    o.spot.row
                    for o in totals
                    if o.aside == "subtotal" and o.spot.row < t.spot.row and o.spot.sheet == t.spot.sheet
                ]
                same = [p for p in same if max(above, default=-1) < p.spot.row < t.spot.row]
        if len(same) < 2:
            continue
        parts = sum((Decimal(p.value) for p in same), Decimal(0))
        whole = Decimal(t.value)
        place = max(_last_digit(p.value) for p in (*same, t))
        if abs(whole - parts) > place * len(same) / 2:
            found.append(
                t.spot.problem(
                    "import.total_differs",
                    total=float(whole),
                    parts=float(parts),
                    count=len(same),
                    difference=float(whole - parts),
                    indicator=indicator.title,
                )
            )
    return found


def _last_digit(value: str) -> Decimal:
    exponent = Decimal(value).as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def check_rates(kept: Mapping[Slot, Placed], season: Season) -> list[Problem]:
    """Value, target and completion rate of one row against each other."""
    found: list[Problem] = []
    for (contestant, indicator, _, role), rate in kept.items():
        if role != "completion":
            continue
        values = [p for s, p in kept.items() if s[0] == contestant and s[1] == indicator and s[3] == "value"]
        beside = [p for p in values if p.period == rate.period and p.value]
        target = kept.get((contestant, indicator, None, "target"))
        goal = Decimal(target.value) if target and target.value else None
        if goal is None:
            known = season.target.get((contestant, indicator))
            goal = Decimal(repr(known.target)) if known and known.target else None
        baseline = (contestant, indicator, None, "baseline") in kept
        if not beside or not goal or baseline or season.indicator[indicator].measure not in _ADDITIVE:
            continue
        share = Decimal(beside[0].value) / goal
        if all(abs(share - s) > _RATE_TOLERANCE for s in rate.shares):
            nearest = min(rate.shares, key=lambda s: abs(share - s))
            found.append(
                rate.spot.problem(
                    "import.rate_differs",
                    value=float(Decimal(beside[0].value)),
                    target=float(goal),
                    rate=float(round(nearest * 100, 2)),
                    computed=float(round(share * 100, 2)),
                    cell=beside[0].spot.name,
                )
            )
    return found


def months_as_values(kept: Mapping[Slot, Placed], season: Season) -> dict[Slot, Placed]:
    """The month's own figure is the value of an indicator that does not add up over months, unless one is given."""
    out: dict[Slot, Placed] = {}
    for slot, figure in kept.items():
        contestant, indicator, period, role = slot
        if role != "month_value" or season.indicator[indicator].measure in _ADDING_UP:
            out[slot] = figure
        elif (contestant, indicator, period, "value") not in kept:
            out[contestant, indicator, period, "value"] = replace(figure, role="value")
    return out


def check_months(kept: Mapping[Slot, Placed], season: Season) -> tuple[list[Problem], list[Problem]]:
    """Month values beside cumulative ones: warnings where they disagree, refusals where there is nothing beside."""
    warnings: list[Problem] = []
    refused: list[Problem] = []
    for (contestant, indicator, period, role), month in kept.items():
        if role != "month_value" or period is None or not month.value:
            continue
        now = kept.get((contestant, indicator, period, "value"))
        if now is None or not now.value:
            refused.append(
                month.spot.problem("import.month_alone", seen=month.value, indicator=season.indicator[indicator].title)
            )
            continue
        before = _before(kept, contestant, indicator, period)
        if before is not None and Decimal(now.value) - before != Decimal(month.value):
            warnings.append(
                month.spot.problem(
                    "import.month_differs",
                    month=float(Decimal(month.value)),
                    now=float(Decimal(now.value)),
                    before=float(before),
                    difference=float(Decimal(now.value) - before),
                )
            )
    return warnings, refused


def _before(kept: Mapping[Slot, Placed], contestant: str, indicator: str, period: Period) -> Decimal | None:
    if period.index == 1:
        return Decimal(0)
    found = kept.get((contestant, indicator, period.next(-1), "value"))
    return Decimal(found.value) if found and found.value else None


def check_shares(kept: Mapping[Slot, Placed], season: Season) -> list[Problem]:
    """Percent indicators whose bare figures all lie between -1 and 1: perhaps 0.649 was meant as 64.9 %."""
    found: list[Problem] = []
    groups: dict[tuple[str, str, int], list[Placed]] = defaultdict(list)
    for p in kept.values():
        unit = season.indicator[p.indicator].unit
        if p.role == "value" and p.value and p.bare and "%" in (unit.zh, unit.en):
            groups[p.indicator, p.spot.sheet, p.spot.column].append(p)
    for (indicator, _, _), group in sorted(groups.items()):
        values = [Decimal(p.value) for p in group]
        if len(values) >= 3 and all(-1 <= v <= 1 for v in values) and any(v != v.to_integral_value() for v in values):
            found.append(
                group[0].spot.problem(
                    "import.share_suspect",
                    seen=group[0].value,
                    count=len(group),
                    indicator=season.indicator[indicator].title,
                )
            )
    return found
