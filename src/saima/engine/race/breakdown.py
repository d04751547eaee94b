"""Who carries which part of a target: places below places, what their parts add up to, what is left uncovered."""

from dataclasses import dataclass

from saima.engine.model.season import Contestant, Indicator, ScoreRule, Season
from saima.engine.race.projection import ADDS_UP
from saima.engine.race.scores import ON_COMPLETION, ON_TARGET
from saima.words import Text


@dataclass(frozen=True, slots=True)
class Part:
    """A contestant's target of one indicator. ``gap`` = target less what its parts carry; negative: carried twice.

    ``shared``: the target for everybody stands in. ``missing``: the score asks for a target and there is none.
    ``share`` is the part of the whole it belongs to, of figures that add up.
    """

    contestant: str
    title: Text
    depth: int
    target: float | None
    baseline: float | None
    owner: str
    shared: bool
    missing: bool
    parts: float | None
    gap: float | None
    without: tuple[Text, ...]  # parts that have no target
    share: float | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One indicator: its parts, places above before those below; ``total`` is what the topmost places carry."""

    indicator: Indicator
    adds_up: bool
    parts: tuple[Part, ...]
    total: float | None

    @property
    def uncovered(self) -> tuple[Part, ...]:
        return tuple(p for p in self.parts if p.gap is not None and p.gap != 0)

    @property
    def missing(self) -> tuple[Part, ...]:
        return tuple(p for p in self.parts if p.missing)

    @property
    def without_owner(self) -> tuple[Part, ...]:
        return tuple(p for p in self.parts if p.target is not None and not p.owner)


def breakdown(season: Season) -> tuple[Breakdown, ...]:
    """The targets of every scored indicator, in the season's order.

    Notes
    -----
    docs/method/targets.md, "Breakdown". Only figures that add up are added: parts of a rate say nothing of a whole.
    """
    rules = {r.code: r for r in season.score_rules}
    return tuple(_of(season, i, rules.get(i.score)) for i in season.indicators if i.role == "scored")


def _of(season: Season, indicator: Indicator, rule: ScoreRule | None) -> Breakdown:
    adds_up = indicator.measure in ADDS_UP and indicator.measure != "completion"
    fixed = indicator.measure in ("completion", "yes-no")
    asks = rule is not None and not fixed and _reads_target(rule)
    children: dict[str, list[Contestant]] = {}
    known = {c.code for c in season.contestants}
    written = {(t.contestant, t.indicator) for t in season.targets}
    for c in season.contestants:
        children.setdefault(c.parent if c.parent in known else "", []).append(c)
    found: list[Part] = []

    def value(c: Contestant) -> tuple[float | None, float | None, str, bool]:
        own = season.target.get((c.code, indicator.code))
        if own is None:
            return None, None, "", False
        return own.target, own.baseline, own.owner, (c.code, indicator.code) not in written

    def walk(c: Contestant, depth: int, whole: float | None) -> None:
        if indicator.applies_to and not set(indicator.applies_to) & set(c.tags):
            return
        target, baseline, owner, shared = value(c)
        below = children.get(c.code, [])
        carried = [value(b)[0] for b in below]
        given = [t for t in carried if t is not None]
        parts = round(sum(given), 9) if adds_up and given else None
        gap = None if parts is None or target is None or shared else round(target - parts, 9)
        without = tuple(b.title for b, t in zip(below, carried, strict=True) if t is None) if adds_up and given else ()
        found.append(
            Part(
                c.code,
                c.title,
                depth,
                target,
                baseline,
                owner,
                shared,
                asks and target is None and c.ranked,
                parts,
                gap,
                without,
                target / whole if adds_up and target is not None and whole else None,
            )
        )
        for b in below:
            walk(b, depth + 1, target)

    top = children.get("", [])
    carried = [t for c in top if (t := value(c)[0]) is not None]
    total = round(sum(carried), 9) if adds_up and carried else None
    for c in top:
        walk(c, 0, total)
    return Breakdown(indicator, adds_up, tuple(found), total)


def _reads_target(rule: ScoreRule) -> bool:
    return rule.rule in ON_COMPLETION | ON_TARGET or (rule.rule in ("table", "bands") and rule.on != "value")
