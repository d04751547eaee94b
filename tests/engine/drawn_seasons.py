"""Random small seasons of every shape, each from one number, so that a failing one can be made again."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from saima.engine.model.inputs import Correction, GivenScore, Reading
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import (
    Contestant,
    ContestantClass,
    Curve,
    Indicator,
    Node,
    ScoreRule,
    Season,
    Target,
    Uncertainty,
)
from saima.words import Text

FIRST = Period.parse("2026-01")
YEAR = Span(FIRST, FIRST.next(11))
AGGREGATES = (
    ("arithmetic", 1.0),
    ("geometric", 1.0),
    ("power", 0.5),
    ("power", -1.0),
    ("power", 0.0),
    ("power", 2.0),
    ("minimum", 1.0),
)
FIXED = (
    "completion",
    "pace",
    "goalposts",
    "efficacy",
    "points_per_unit",
    "table",
    "bands",
    "growth",
    "milestone",
    "pro_rata",
    "deduction",
    "given",
)
RELATIVE = ("min_max", "z_score", "percentile", "borda", "distance_to_leader")
RULES = FIXED + RELATIVE
READS_TARGET = ("completion", "pace", "milestone", "pro_rata", "deduction")


def season_from(
    seed, *, rules=RULES, aggregates=AGGREGATES, missing=None, most_contestants=6, most_indicators=8, **changes
):
    """A season of 1 to 6 contestants, 1 to 8 indicators and a tree of one to three levels."""
    r = Random(seed)
    apart = r.random() < 0.5
    contestants = tuple(
        Contestant(
            f"c{n}",
            Text(f"C{n}"),
            class_code=r.choice(["x", "y"]) if apart else r.choice(["", "x", "y"]),
            tags=r.choice([(), ("coast",), ("hill",)]) if n else ("coast",),
            ranked=r.random() < 0.9,
            since=FIRST.next(r.randrange(6)) if r.random() < 0.1 else None,
            order=n,
        )
        for n in range(r.randint(1, most_contestants))
    )
    nodes, leaves = _nodes(r, aggregates, missing)
    indicators, score_rules, targets = [], [], []
    wanted = max(len(leaves), r.randint(1, most_indicators))
    for n in range(wanted):
        i, rule, found = _indicator(r, n, leaves[n % len(leaves)], rules, contestants)
        indicators.append(i)
        score_rules.append(rule)
        targets += found
    if r.random() < 0.4:
        indicators.append(Indicator("people", Text("People"), "higher", "level", role="denominator", order=90))
        chosen = r.randrange(wanted)
        indicators[chosen] = replace(indicators[chosen], denominator="people", per=10.0)
    if r.random() < 0.3:
        indicators.append(
            Indicator("shown", Text("Shown"), "higher", "cumulative", role="shown", due_months=(3, 4, 6), order=91)
        )
    policies = ["exclude", "floor", "carry_forward", "class_mean"] if missing is None else [missing]
    composed = {
        "code": f"season-{seed}",
        "title": Text(f"Season {seed}"),
        "frequency": "month",
        "window": Span(FIRST, FIRST.next(7)),
        "targets_cover": YEAR,
        "missing": r.choice(policies),
        "weights": "relative",
        "contestants": contestants,
        "indicators": tuple(indicators),
        "nodes": nodes,
        "score_rules": tuple(score_rules),
        "targets": tuple(targets),
        "curves": (
            Curve("late", Text("Late"), tuple((FIRST.next(k), [0, 0, 0.1, 0.2, 0.4, 1.0][k]) for k in range(6))),
        ),
        "classes": (ContestantClass("x", Text("X"), 1), ContestantClass("y", Text("Y"), 2)),
        "rank_classes": "apart" if apart else "together",
        "minimum_share": r.choice([0.0, 0.0, 0.5, 0.65]),
        "counts": r.choice(["verified", "reported"]),
        "decimals": r.choice([0, 1, 2, 6]),
        "floor_score": r.choice([0.0, 1.0, 5.0]),
        "tie_breakers": r.choice([(), (f"indicator:{indicators[0].code}",), ("race:r0",)]),
        "light_from": r.choice([1.0, 0.9]),
        "uncertainty": Uncertainty(draws=8),
    }
    return Season(**{**composed, **changes})


def _nodes(r, aggregates, missing):
    """Nodes, and the codes of those that hold indicators."""

    def node(code, kind, parent, order):
        aggregate, power = r.choice(aggregates) if r.random() < 0.5 else aggregates[0]
        own = r.choice([None, None, "exclude", "floor", "carry_forward", "class_mean"]) if missing is None else None
        return Node(
            code,
            Text(code.title()),
            kind,
            parent,
            weight=float(r.randint(1, 5)),
            aggregate=aggregate,
            power=power,
            missing=own,
            minimum_share=r.choice([None, None, 0.4]) if missing is None else None,
            order=order,
        )

    nodes, leaves = [node("overall", "overall", "", 0)], []
    for k in range(r.randint(1, 2)):
        race = node(f"r{k}", "race", "overall", 10 + k)
        nodes.append(race)
        groups = [node(f"g{k}{m}", "group", race.code, 20 + m) for m in range(r.choice([0, 0, 1, 2]))]
        nodes += groups
        if groups and r.random() < 0.3:
            nodes.append(node(f"h{k}", "group", groups[0].code, 30))
            leaves.append(f"h{k}")
        leaves += [g.code for g in groups] or [race.code]
        if groups and r.random() < 0.3:
            leaves.append(race.code)
    return tuple(nodes), leaves


def _indicator(r, n, node, rules, contestants):
    rule = r.choice(rules)
    better = "higher" if rule in ("given", "points_per_unit") else r.choice(["higher", "lower"])
    measures = ["cumulative", "level", "growth", "share", "count", "yes-no"] + (
        ["completion"] if better == "higher" else []
    )
    measure = r.choice(
        [m for m in measures if rule not in ("growth", "deduction") or m not in ("yes-no", "completion")]
    )
    on = r.choice(["value", "completion", "pace"]) if rule in ("table", "bands") else "value"
    reads = rule in READS_TARGET or on != "value"
    code = f"i{n}"
    up = better == "higher"
    params, steps = {}, ()
    match rule:
        case "completion" | "pace":
            params = r.choice([{}, {"cap": 1.2, "over_slope": 0.5}, {"full": 90.0, "floor": 0.1}])
        case "goalposts":
            params = r.choice([{}, {"out_low": 1.0}])
        case "efficacy":
            params = r.choice([{}, {"floor": 40.0}])
        case "points_per_unit":
            params = {"points": 2.0, "cap": 90.0}
        case "table" | "bands":
            params = {"below": 1.0} if rule == "bands" else {}
            steps = ((0.2, 2.0), (0.5, 40.0), (1.0, 100.0))
            if on == "value":
                steps = ((10.0, 5.0), (30.0, 40.0), (80.0, 100.0)) if up else ((10.0, 100.0), (30.0, 40.0), (80.0, 5.0))
                params = {"below": 1.0 if up else 120.0} if rule == "bands" else {}
        case "growth":
            low, high = (-20.0, 60.0) if up else (60.0, -20.0)
            params = {"low": low, "high": high, "small_base": r.choice([0.0, 5.0])}
        case "milestone":
            params = r.choice([{}, {"late": 0.7}])
        case "pro_rata":
            params = {"full": 10.0, "bonus_cap": 4.0}
        case "deduction":
            params = {"full": 20.0, "per_unit": 0.25}
    found = Indicator(
        code,
        Text(code.title()),
        better,
        measure,
        node=node,
        weight=float(r.randint(1, 4)),
        score=f"s{n}",
        low=(5.0 if up else 90.0) if rule in ("goalposts", "efficacy") else None,
        high=(90.0 if up else 5.0) if rule in ("goalposts", "efficacy") else None,
        due_months=r.choice([(), (), (), (3, 6), (2, 4)]),
        when_not_due=r.choice(["leave_out", "hold"]),
        curve=r.choice(["", "", "late"]),
        transform=r.choice(["none", "log", "sqrt"]) if rule in RELATIVE and r.random() < 0.3 else "none",
        applies_to=r.choice([(), (), (), ("coast",)]),
        order=n,
    )
    targets = []
    if (reads or rule == "growth" or r.random() < 0.5) and measure not in ("completion", "yes-no"):
        for who in ["*", *(c.code for c in contestants if r.random() < 0.3)]:
            ceiling = measure in ("cumulative", "count")
            based = rule == "growth" or r.random() < 0.4 or (not up and not ceiling)
            base = float(r.randint(10, 30)) if based else None
            target = float(r.randint(40, 120))
            if not up and not ceiling:
                base, target = target, base
            targets.append(Target(who, code, target, base))
    return found, ScoreRule(f"s{n}", rule, params, steps, on), targets


def rows_from(seed, season, *, until=8, gaps=0.2, odd=0.25):
    """Readings of January to ``until``, with gaps, revisions and every state."""
    r = Random(-seed - 1)
    rows = []
    for c in season.contestants:
        for i in season.indicators:
            x = r.randint(1, 40)
            for k in range(until):
                period = FIRST.next(k)
                if r.random() < gaps:
                    continue
                x = r.randint(0, 1) if i.measure == "yes-no" else (x + r.randint(-2, 15) if r.random() < 0.9 else x)
                value = str(
                    max(x, 1 if i.role == "denominator" else 0) / r.choice([1, 1, 4]) if i.measure != "yes-no" else x
                )
                state = (
                    r.choice(["reported", "rejected", "not_applicable", "withdrawn"])
                    if r.random() < odd
                    else "verified"
                )
                if i.role == "denominator":
                    state, value = "verified", str(x + 1)
                if i.denominator:
                    rows.append(
                        Reading(
                            c.code,
                            i.denominator,
                            period,
                            str(30 + r.randint(0, 3) if r.random() < 0.98 else 0),
                            revision=50 + r.randint(0, 999) + 1000 * len(rows),
                        )
                    )
                rows.append(Reading(c.code, i.code, period, value, state, 1, instant(2 + k)))
                if r.random() < 0.15:
                    rows.append(
                        Reading(
                            c.code,
                            i.code,
                            period,
                            str(x + 3 if i.measure != "yes-no" else 1),
                            "verified",
                            2,
                            instant(4 + k),
                        )
                    )
    return rows


def more_from(seed, season, rows):
    """A few corrections and given scores that fit."""
    r = Random(seed + 7)
    corrections, given = [], []
    if rows and r.random() < 0.4:
        row = r.choice(rows)
        corrections.append(
            Correction(
                row.contestant,
                row.indicator,
                row.period,
                "set",
                "counted again",
                "17",
                recorded_at=instant(r.randint(3, 9)),
            )
        )
    if r.random() < 0.3:
        given.append(
            GivenScore(
                r.choice(season.contestants).code,
                r.choice(season.nodes).code,
                FIRST.next(3),
                55.5,
                "bulletin",
                instant(5),
            )
        )
        given.append(replace(given[0], score=66.5, recorded_at=instant(9)))
    return corrections, given


def instant(number):
    return datetime(2026, 1 + number, 3, tzinfo=UTC) if number < 12 else datetime(2027, number - 11, 3, tzinfo=UTC)
