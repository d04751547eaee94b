"""Whether a season holds together: weights, goalposts, targets, references, circles. Found at once, each by name."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

import numpy as np

from saima.engine.errors import Problem
from saima.engine.model.season import Alternative, Contestant, Indicator, Node, RuleName, ScoreRule, Season
from saima.engine.race.pace import needs_target
from saima.engine.race.scores import ON_BASELINE, ON_COMPLETION, ON_TARGET, PARAMETERS

MOST_NAMED = 5
_ADDS_UP_TO = {"percent": 100.0, "share": 1.0}
_RISING: Final[Mapping[RuleName, tuple[tuple[str, str], ...]]] = {
    "completion": (("0", "full"), ("floor", "cap"), ("0", "over_slope")),
    "pace": (("0", "full"), ("floor", "cap"), ("0", "over_slope")),
    "goalposts": (("out_low", "out_high"),),
    "efficacy": (("0", "span"), ("floor", "cap")),
    "points_per_unit": (("floor", "cap"),),
    "growth": (("out_low", "out_high"), ("0", "small_base")),
    "milestone": (("0", "full"), ("0", "late"), ("late", "1")),
    "pro_rata": (("0", "full"), ("0", "bonus_cap"), ("floor", "full")),
    "deduction": (("0", "per_unit"), ("floor", "full")),
    "min_max": (("out_low", "out_high"),),
    "percentile": (("0", "out_high"),),
    "distance_to_leader": (("0", "full"),),
}
"""Parameters of which the first must not be above the second: else a better figure could score less."""
_STEPPED: Final = ("table", "bands")
_MOST_POWER: Final = 20.0  # beyond it a mean is its lowest or highest child, and floats run over


def check_season(season: Season) -> tuple[Problem, ...]:
    """Everything that keeps the season from starting, in a stable order; empty when it can."""
    references = [*_twice(season), *_references(season), *_circles(season)]
    if references:
        return tuple(references)
    found = [*_spans(season), *_weights(season), *_curves(season), *_rules(season)]
    found += [*_without_effect(season), *_classes(season)]
    found += [p for i in season.scored for p in _indicator(season, i)]
    found += [p for i in season.indicators for p in _targets(season, i)]
    return tuple(found)


def _twice(season: Season) -> Iterator[Problem]:
    for kind, things in (
        ("contestant", season.contestants),
        ("indicator", season.indicators),
        ("node", season.nodes),
        ("score", season.score_rules),
        ("curve", season.curves),
        ("class", season.classes),
        ("tier", season.tiers),
        ("constraint", season.constraints),
    ):
        for code, times in sorted(Counter(t.code for t in things).items()):
            if times > 1:
                yield Problem("season.code_twice", {"kind": kind, "code": code, "times": times})


def _references(season: Season) -> Iterator[Problem]:
    classes, tags = {c.code for c in season.classes}, {t for c in season.contestants for t in c.tags}
    if not season.contestants:
        yield Problem("season.nobody", {"season": season.title})
    for c in season.contestants:
        if c.class_code and c.class_code not in classes:
            yield _unknown("contestant", c.code, "class", c.class_code)
        if c.parent and c.parent not in season.contestant:
            yield _unknown("contestant", c.code, "parent", c.parent)
    for n in season.nodes:
        if n.parent and n.parent not in season.node:
            yield _unknown("node", n.code, "parent", n.parent)
        elif n.parent and season.node[n.parent].kind == "race" and season.node[n.parent].race != "indicators":
            yield Problem("season.race_without_groups", {"node": n.code, "race": n.parent})
    for i in season.indicators:
        if i.role == "scored":
            yield from _scored(season, i)
        if i.curve and i.curve not in season.curve:
            yield _unknown("indicator", i.code, "curve", i.curve)
        if i.denominator and i.denominator not in season.indicator:
            yield _unknown("indicator", i.code, "denominator", i.denominator)
        for tag in i.applies_to:
            if tag not in tags:
                yield _unknown("indicator", i.code, "tag", tag)
    for t in season.targets:
        if t.contestant != "*" and t.contestant not in season.contestant:
            yield _unknown("target", t.indicator, "contestant", t.contestant)
        if t.indicator not in season.indicator:
            yield _unknown("target", t.contestant, "indicator", t.indicator)
    for k in season.constraints:
        for code in k.indicators:
            if code not in season.indicator:
                yield _unknown("constraint", k.code, "indicator", code)
    for r in season.integrity.relations:
        for code in (r.whole, *r.parts):
            if code not in season.indicator:
                yield _unknown("relation", r.code, "indicator", code)
    for a in season.uncertainty.alternatives:
        if a.node and a.node not in season.node:
            yield _unknown("alternative", a.code, "node", a.node)
    for b in season.tie_breakers:
        kind, _, code = b.partition(":")
        known = {"indicator": season.indicator, "group": season.node, "race": season.node}.get(kind, {b: b})
        if (code or b) not in known or (not code and b not in ("medals", "progress")):
            yield _unknown("tie_breaker", b, kind, code)


def _scored(season: Season, indicator: Indicator) -> Iterator[Problem]:
    if not indicator.node:
        yield Problem("season.no_node", {"indicator": indicator.title})
    elif indicator.node not in season.node:
        yield _unknown("indicator", indicator.code, "node", indicator.node)
    elif season.node[indicator.node].race != "indicators":
        node = season.node[indicator.node].title
        yield Problem("season.node_without_indicators", {"indicator": indicator.title, "node": node})
    if not indicator.score:
        yield Problem("season.no_score", {"indicator": indicator.title})
    elif indicator.score not in season.score_rule:
        yield _unknown("indicator", indicator.code, "score", indicator.score)


def _unknown(kind: str, owner: str, field: str, code: str) -> Problem:
    return Problem("season.unknown_reference", {"kind": kind, "owner": owner, "field": field, "code": code or "-"})


def _circles(season: Season) -> Iterator[Problem]:
    for kind, parents in (
        ("node", {n.code: n.parent for n in season.nodes}),
        ("contestant", {c.code: c.parent for c in season.contestants}),
    ):
        for code in sorted(parents):
            seen, here = {code}, parents[code]
            while here and here in parents and here not in seen:
                seen.add(here)
                here = parents[here]
            if here and here == code:
                yield Problem("season.circle", {"kind": kind, "code": code})


def _spans(season: Season) -> Iterator[Problem]:
    for name, span in (("window", season.window), ("targets_cover", season.targets_cover)):
        if span.first > span.last:
            yield Problem("season.span_reversed", {"name": name, "first": str(span.first), "last": str(span.last)})
    if season.progress.against == "base" and season.progress.base_period is None:
        yield Problem("season.progress_without_base", {"season": season.title})
    if season.overall == "composite" and not any(n.kind == "overall" for n in season.nodes):
        yield Problem("season.no_overall", {"season": season.title})


def _children(season: Season, node: Node) -> list[tuple[str, float]]:
    columns = [(i.code, i.weight) for i in season.scored if i.node == node.code]
    return columns + [(c.code, c.weight) for c in season.children(node.code)]


def _weights(season: Season) -> Iterator[Problem]:
    means: list[Node | Alternative] = [*season.nodes, *season.uncertainty.alternatives]
    for mean in means:
        if mean.aggregate == "power" and not abs(mean.power) <= _MOST_POWER:
            yield Problem("season.power_range", {"node": mean.title, "power": mean.power, "most": _MOST_POWER})
    for node in season.nodes:
        if node.race != "indicators":
            continue
        children = _children(season, node)
        if not children:
            yield Problem("season.empty_node", {"node": node.title})
            continue
        for code, weight in children:
            if not weight > 0:
                yield Problem("season.weight_not_positive", {"code": code, "weight": weight})
        total = sum(w for _, w in children)
        want = _ADDS_UP_TO.get(season.weights)
        if want is not None and round(total - want, 9) != 0:
            code = "season.weights_short" if total < want else "season.weights_over"
            yield Problem(
                code,
                {
                    "season": season.title,
                    "node": node.title,
                    "total": float(total),
                    "want": want,
                    "difference": round(abs(want - total), 9),
                },
            )


def _curves(season: Season) -> Iterator[Problem]:
    for curve in season.curves:
        shares = sorted(curve.shares)
        for (at, share), (later, next_share) in pairwise(shares):
            if next_share < share:
                params = {"curve": curve.code, "first": str(at), "second": str(later)}
                yield Problem("season.curve_falls", {**params, "share": share, "next_share": next_share})
        for at, share in shares:
            if not 0 <= share <= 1:
                yield Problem("season.curve_share", {"curve": curve.code, "period": str(at), "share": share})


def _rules(season: Season) -> Iterator[Problem]:
    for rule in season.score_rules:
        known = PARAMETERS[rule.rule]
        allowed = set(known) | ({"low", "high"} if rule.rule in ("goalposts", "efficacy") else set())
        for name in sorted(set(rule.params) - allowed):
            yield Problem(
                "season.rule_unknown_parameter",
                {"score": rule.code, "rule": rule.rule, "parameter": name, "allowed": tuple(sorted(allowed)) or ("-",)},
            )
        for name, default in sorted(known.items()):
            if np.isnan(default) and name not in rule.params:
                yield Problem("season.rule_needs_parameter", {"score": rule.code, "rule": rule.rule, "parameter": name})
        if rule.rule in _STEPPED:
            yield from _steps(rule)
        elif rule.steps:
            yield Problem("season.steps_without_effect", {"score": rule.code, "rule": rule.rule})
        numbers = {"0": 0.0, "1": 1.0, **known, **rule.params}
        for low, high in _RISING.get(rule.rule, ()):
            if numbers[low] > numbers[high]:
                first, second = f"{low} = {numbers[low]:g}", f"{high} = {numbers[high]:g}"
                named = {"score": rule.code, "rule": rule.rule}
                yield Problem(
                    "season.params_order", {**named, "first": low if low in "01" else first, "second": second}
                )


def _steps(rule: ScoreRule) -> Iterator[Problem]:
    if not rule.steps:
        yield Problem("season.rule_needs_steps", {"score": rule.code, "rule": rule.rule})
    for (a, _), (b, _) in pairwise(rule.steps):
        if b <= a:
            yield Problem("season.steps_order", {"score": rule.code, "first": a, "second": b})


def _without_effect(season: Season) -> Iterator[Problem]:
    """What is set and would never do anything."""
    if not season.scored and any(n.race == "weak_spots" for n in season.nodes):
        yield Problem("season.weak_spots_without_indicators", {"season": season.title})
    for n in season.nodes:
        if n.params and n.race == "indicators":
            yield Problem("season.params_without_effect", {"race": n.title, "parameters": tuple(sorted(n.params))})
    scored = {i.code for i in season.scored}
    for b in season.tie_breakers:
        kind, _, code = b.partition(":")
        if (kind == "indicator" and code not in scored) or (b == "progress" and season.progress.against == "none"):
            yield Problem("season.tie_breaker_without_effect", {"breaker": b})


def _classes(season: Season) -> Iterator[Problem]:
    if season.rank_classes == "apart" and season.classes:
        for c in season.contestants:
            if c.ranked and not c.class_code:
                yield Problem("season.class_missing", {"contestant": c.title})


def _indicator(season: Season, indicator: Indicator) -> Iterator[Problem]:
    rule = season.score_rule[indicator.score]
    named = {"indicator": indicator.title, "score": rule.code, "rule": rule.rule}
    if rule.rule in ("goalposts", "efficacy", "growth"):
        low = rule.params.get("low", indicator.low)
        high = rule.params.get("high", indicator.high)
        if low is None or high is None:
            yield Problem("season.goalposts_missing", named)
        elif low == high:
            yield Problem("season.goalposts_equal", {**named, "value": low})
        elif (low < high) != (indicator.better == "higher"):
            yield Problem("season.goalposts_direction", {**named, "low": low, "high": high, "better": indicator.better})
    if rule.rule in ("given", "points_per_unit"):
        grows = rule.rule == "given" or rule.params.get("points", 0.0) > 0
        if grows != (indicator.better == "higher"):
            yield Problem("season.points_direction", {**named, "better": indicator.better})
    if rule.rule in _STEPPED and rule.steps:
        points = [p for _, p in rule.steps]
        if rule.rule == "bands":
            points.insert(0, rule.params.get("below", PARAMETERS["bands"]["below"]))
        rising = indicator.better == "higher" or rule.on != "value"
        if any((b < a) if rising else (b > a) for a, b in pairwise(points)):
            yield Problem("season.steps_direction", {**named, "better": indicator.better})
    if indicator.measure == "completion" and indicator.better == "lower":
        yield Problem("season.completion_lower", {"indicator": indicator.title})
    reads_target = rule.rule in ON_COMPLETION | ON_TARGET or (rule.rule in _STEPPED and rule.on != "value")
    if indicator.transform != "none" and (reads_target or rule.rule in ON_BASELINE):
        yield Problem("season.transform_with_target", {**named, "transform": indicator.transform})
    without: dict[str, list[Contestant]] = {"season.target_missing": [], "season.baseline_missing": []}
    asked = [c for c in season.contestants if not indicator.applies_to or set(c.tags) & set(indicator.applies_to)]
    for c in asked:
        target = season.target.get((c.code, indicator.code))
        if reads_target and needs_target(indicator) and (target is None or target.target is None):
            without["season.target_missing"].append(c)
        if rule.rule in ON_BASELINE:
            base = None if target is None else target.baseline
            if base is None:
                without["season.baseline_missing"].append(c)
            elif not base + rule.params.get("small_base", 0.0) > 0:
                yield Problem("season.baseline_not_positive", {**named, "contestant": c.title, "baseline": base})
    for code, some in without.items():
        if len(some) > 1:
            names = tuple(c.title for c in some[:MOST_NAMED]) + (("…",) if len(some) > MOST_NAMED else ())
            counted = {**named, "contestants": names, "count": len(some), "among": len(asked)}
            yield Problem("season.targets_missing" if "target" in code else "season.baselines_missing", counted)
        elif some:
            yield Problem(code, {**named, "contestant": some[0].title})


def _targets(season: Season, indicator: Indicator) -> Iterator[Problem]:
    if not needs_target(indicator):
        yield from _fixed_targets(season, indicator)
        return
    for c in season.contestants:
        target = season.target.get((c.code, indicator.code))
        if target is None or target.target is None:
            continue
        named = {"contestant": c.title, "indicator": indicator.title, "target": target.target}
        base = target.baseline
        if base is not None and target.target == base:
            yield Problem("season.target_equals_baseline", named)
        elif base is not None and indicator.measure not in ("cumulative", "count"):
            if (target.target > base) != (indicator.better == "higher"):
                yield Problem("season.target_wrong_way", {**named, "baseline": base, "better": indicator.better})
        elif base is not None and target.target < base:
            yield Problem("season.target_wrong_way", {**named, "baseline": base, "better": indicator.better})
        elif base is None and not target.target > 0:
            yield Problem("season.target_not_positive", named)


def _fixed_targets(season: Season, indicator: Indicator) -> Iterator[Problem]:
    fixed = 100.0 if indicator.measure == "completion" else float(indicator.better == "higher")
    for t in season.targets:
        if t.indicator == indicator.code and t.target is not None and t.target != fixed:
            who = "*" if t.contestant == "*" else season.contestant[t.contestant].title
            named = {"contestant": who, "indicator": indicator.title, "measure": indicator.measure}
            yield Problem("season.target_without_effect", {**named, "target": t.target, "fixed": fixed})
