"""Cards: which figures of an evaluation call for a word of warning by a season's rules. docs/method/cards.md.

Cards are of institutions. A light is every figure's; a card is given where a rule says that a light is not enough.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, get_args

from saima.engine.model.evaluation import Cell, Evaluation
from saima.engine.model.history import History
from saima.engine.model.periods import Period
from saima.engine.model.season import Season

When = Literal["periods_behind", "below_share_of_pace", "late_or_missing", "figures_missing", "false_data"]
CardColour = Literal["yellow", "red"]
WHENS: Final[tuple[When, ...]] = get_args(When)
COLOURS: Final[tuple[CardColour, ...]] = ("red", "yellow")  # the stricter first
COUNTED: Final[frozenset[When]] = frozenset({"periods_behind", "late_or_missing", "figures_missing"})
WHOLE: Final = ""  # the indicator of a card about a contestant's figures together
_DECIMALS: Final = 12  # shares are compared at this many decimals, as lights are


@dataclass(frozen=True, slots=True)
class CardRule:
    """When a card of a colour is given.

    ``at``: periods in a row for ``periods_behind`` and ``late_or_missing``, figures of one period for
    ``figures_missing``, a share of what is due for ``below_share_of_pace``, a share of the verified figure for
    ``false_data``.
    """

    when: When
    colour: CardColour
    at: float


@dataclass(frozen=True, slots=True)
class Changed:
    """What a verifier put in place of a figure that was sent. ``self_corrected``: the sender said so first."""

    contestant: str
    indicator: str
    reported: float
    verified: float
    self_corrected: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that applies, with the numbers that say so: catalogue code of the sentence and its parameters."""

    rule: CardRule
    code: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class CardDue:
    """A card that an evaluation gives: one for each contestant and indicator, in the strictest colour."""

    contestant: str
    indicator: str
    colour: CardColour
    reasons: tuple[Reason, ...]


def cards_due(
    evaluation: Evaluation, history: History, rules: Sequence[CardRule], changed: Iterable[Changed] = ()
) -> tuple[CardDue, ...]:
    """The cards of an evaluation's period.

    Parameters
    ----------
    history : published periods; those from the evaluated one on are passed over. Of several versions the newest counts.
    rules : of one ``when`` and colour the gentlest that applies is as good as any: all that apply are reasons.
    changed : figures of the period that a verifier put right.

    Returns
    -------
    In the order of the season's contestants and indicators; a card about a contestant as a whole comes first.
    """
    strict = sorted(rules, key=lambda r: (COLOURS.index(r.colour), WHENS.index(r.when), r.at))
    found: dict[tuple[str, str], list[Reason]] = {}
    put_right = {(c.contestant, c.indicator): c for c in changed}
    for contestant in evaluation.season.contestants:
        if not contestant.races_in(evaluation.period):
            continue
        cells = [c for c in evaluation.cells if c.contestant == contestant.code]
        for rule in strict:
            for indicator, params in _hits(rule, cells, evaluation, history, put_right):
                said = {"contestant": contestant.title, **params}
                found.setdefault((contestant.code, indicator), []).append(
                    Reason(rule, _code(rule, said), MappingProxyType(said))
                )
    order = {WHOLE: -1} | {i.code: n for n, i in enumerate(evaluation.season.indicators)}
    at = {c.code: n for n, c in enumerate(evaluation.season.contestants)}
    return tuple(
        CardDue(who, what, reasons[0].rule.colour, tuple(reasons))
        for (who, what), reasons in sorted(found.items(), key=lambda e: (at[e[0][0]], order[e[0][1]]))
    )


def _hits(
    rule: CardRule,
    cells: Sequence[Cell],
    evaluation: Evaluation,
    history: History,
    put_right: Mapping[tuple[str, str], Changed],
) -> Iterator[tuple[str, dict[str, object]]]:
    """(indicator, parameters) of everything the rule applies to, of one contestant."""
    season = evaluation.season
    if rule.when == "figures_missing":
        late = [c for c in cells if c.status == "late"]
        if len(late) >= rule.at:
            titles = tuple(season.indicator[c.indicator].title for c in late)
            yield WHOLE, {"count": len(late), "least": int(rule.at), "indicators": titles}
        return
    for cell in cells:
        title = season.indicator[cell.indicator].title
        base: dict[str, object] = {"indicator": title}
        match rule.when:
            case "periods_behind":
                behind = cell.light == "red" and cell.status != "unverified"
                times = _in_a_row(cell, behind, history, evaluation.period, red=True)
                if cell.due is not None and times >= rule.at:
                    yield (
                        cell.indicator,
                        base | {"times": times, "least": int(rule.at), "due": _percent(cell.due)} | _done(cell),
                    )
            case "below_share_of_pace":
                if cell.pace is not None and _below(cell.pace, rule.at):
                    shares = {"pace": _percent(cell.pace), "least": _percent(rule.at), "due": _percent(cell.due)}
                    yield cell.indicator, base | shares | _done(cell)
            case "late_or_missing":
                times = _in_a_row(cell, cell.status == "late", history, evaluation.period, red=False)
                if times >= rule.at:
                    yield cell.indicator, base | {"times": times, "least": int(rule.at)}
            case _:
                off, said = _off(put_right.get((cell.contestant, cell.indicator)), season)
                if off is not None and round(off, _DECIMALS) >= round(rule.at, _DECIMALS):
                    yield cell.indicator, base | said | {"off": _percent(off), "least": _percent(rule.at)}


def _off(one: Changed | None, season: Season) -> tuple[float | None, dict[str, object]]:
    if one is None:
        return None, {}
    better = season.indicator[one.indicator].better
    return flattery(one, better=better), {"reported": one.reported, "verified": one.verified}


def flattery(changed: Changed, *, better: str) -> float | None:
    """By what share of the verified figure the sent one looked better; None where it did not, or was taken back.

    A figure sent where there is nothing at all is off by 1 for each time: against zero it is off by all of itself.

    Examples
    --------
    >>> flattery(Changed("a", "jobs", 120.0, 100.0), better="higher")
    0.2
    >>> flattery(Changed("a", "jobs", 80.0, 100.0), better="higher") is None
    True
    """
    gained = changed.reported - changed.verified if better == "higher" else changed.verified - changed.reported
    if changed.self_corrected or gained <= 0:
        return None
    return gained / abs(changed.verified) if changed.verified else 1.0


def _in_a_row(cell: Cell, now: bool, history: History, period: Period, *, red: bool) -> int:
    """Periods up to this one that were missed, one after the other; those in which nothing was due are passed over."""
    if not now:
        return 0
    times = 1
    for published in history.before(period)[::-1]:
        then = published.cells.get((cell.contestant, cell.indicator))
        if then is None or then.due is None:
            continue
        if not (then.light == "red" if red else then.completion is None and then.missing >= 1):
            break
        times += 1
    return times


def _code(rule: CardRule, said: Mapping[str, object]) -> str:
    return f"card.why.{rule.when}" + ("_nothing" if said.get("done", 0.0) is None else "")


def _below(share: float, limit: float) -> bool:
    return round(share, _DECIMALS) < round(limit, _DECIMALS)


def _done(cell: Cell) -> dict[str, object]:
    return {"done": None if cell.completion is None else _percent(cell.completion)}


def _percent(share: float | None) -> float:
    return round(100 * (share or 0.0), 2)
