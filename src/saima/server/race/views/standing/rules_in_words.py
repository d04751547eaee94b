"""What a season says of an indicator, in words, and each formula with the figures of one contestant filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

from saima.engine.model.evaluation import Cell, Evaluation
from saima.engine.model.season import RELATIVE_RULES, Indicator, ScoreRule, Season
from saima.engine.race.scores import PARAMETERS
from saima.press.sentences import figure_text, period_name, value_text
from saima.server.kit.context import lang
from saima.words import number, percent, say


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a figure to its points: what is done, the formula with figures, what comes out."""

    title: str
    said: str
    formula: str
    result: str


def definition_rows(season: Season, what: Indicator) -> list[tuple[str, str]]:
    """What the season says, label by label; what it leaves open is left out."""
    spoken = lang()
    rows = [
        ("standing.def.definition", what.definition.of(spoken)),
        ("standing.def.unit", what.unit.of(spoken)),
        ("standing.def.measure", say(f"standing.measure.{what.measure}", spoken)),
        ("standing.def.better", say(f"standing.better.{what.better}", spoken)),
        ("standing.def.owner", what.owner),
        ("standing.def.source", what.source.of(spoken)),
        ("standing.def.evidence", say(f"standing.evidence.{what.evidence}", spoken)),
        ("standing.def.due", _due_months(what)),
        ("standing.def.curve", season.curve[what.curve].title.of(spoken) if what.curve in season.curve else ""),
        ("standing.def.belongs", season.node[what.node].title.of(spoken) if what.node in season.node else ""),
        (
            "standing.def.weight",
            number(what.weight, spoken) if what.role == "scored" else say("standing.shown_only", spoken),
        ),
        ("standing.def.denominator", _denominator(season, what)),
        ("standing.def.rule", rule_said(season, what)),
        ("standing.def.light", say("standing.light_rule", spoken, threshold=number(season.light_from, spoken, 2))),
    ]
    return [(say(code, spoken), said) for code, said in rows if said]


def _due_months(what: Indicator) -> str:
    if not what.due_months:
        return say("standing.due_every", lang())
    return say("standing.due_months", lang(), months=tuple(str(m) for m in what.due_months))


def _weight(what: Indicator) -> str:
    return number(what.weight, lang()) if what.role == "scored" else say("standing.shown_only", lang())


def _denominator(season: Season, what: Indicator) -> str:
    if not what.denominator:
        return ""
    return say("standing.per", lang(), denominator=season.indicator[what.denominator].title, per=float(what.per))


def rule_said(season: Season, what: Indicator) -> str:
    """How a figure becomes points, with the numbers of the season."""
    rule = season.score_rule.get(what.score)
    if rule is None:
        return ""
    params = {name: float(value) for name, value in _params(rule, what).items()}
    steps = [f"{number(at, lang())} → {number(points, lang())}" for at, points in rule.steps]
    if rule.rule in ("table", "bands"):
        read = say(f"standing.on.{rule.on}", lang())
        return say(f"standing.rule.{rule.rule}", lang(), steps=tuple(steps), read=read, **params)
    return say(f"standing.rule.{rule.rule}", lang(), **params)


def _params(rule: ScoreRule, what: Indicator) -> Mapping[str, float]:
    found = {**PARAMETERS[rule.rule], **rule.params}
    if rule.rule in ("goalposts", "efficacy"):
        found.setdefault("low", what.low if what.low is not None else 0.0)
        found.setdefault("high", what.high if what.high is not None else 0.0)
    return found


def steps_of(evaluation: Evaluation, cell: Cell) -> list[Step]:
    """The way of one figure to its points, as far as it goes; nothing is computed here."""
    season, what = evaluation.season, evaluation.season.indicator[cell.indicator]
    found = []
    if cell.completion is not None:
        found.append(
            Step(
                say("term.completion", lang()),
                _completion_said(what, cell),
                _completion_formula(what, cell),
                percent(cell.completion, lang()),
            )
        )
    if cell.due is not None:
        found.append(Step(say("term.due", lang()), _due_said(evaluation, what), "", percent(cell.due, lang())))
    if cell.pace is not None:
        formula = f"{percent(cell.completion or 0.0, lang())} ÷ {percent(cell.due or 0.0, lang())}"
        said = say(f"standing.why.light_{cell.light}", lang(), threshold=number(season.light_from, lang(), 2))
        found.append(Step(say("term.pace", lang()), said, formula, number(cell.pace, lang(), 3)))
    if cell.score is not None:
        formula = _score_formula(season, what, cell)
        shown = number(cell.score, lang(), season.decimals)
        found.append(Step(say("term.score", lang()), rule_said(season, what), formula, shown))
    if cell.weight:
        weight = percent(cell.weight, lang(), 2)
        said = say("standing.why.weight", lang(), weight=weight)
        points = number(cell.contribution, lang(), season.decimals)
        found.append(Step(say("press.why.contribution", lang()), said, "", points))
    return found


def _completion_said(what: Indicator, cell: Cell) -> str:
    if what.measure in ("completion", "yes-no"):
        code: str = what.measure
    elif what.better == "higher":
        code = "higher_base" if cell.baseline is not None else "higher"
    elif what.measure in ("cumulative", "count"):
        code = "ceiling"
    else:
        code = "lower_base" if cell.baseline is not None else "lower"
    return say(f"standing.completion.{code}", lang())


def _completion_formula(what: Indicator, cell: Cell) -> str:
    x = _x(what, cell)
    if what.measure == "completion":
        return f"{x} ÷ 100"
    if what.measure == "yes-no":
        return x
    target, base = _written(cell.target), _written(cell.baseline)
    above = f"({x} − {base}) ÷ ({target} − {base})" if cell.baseline is not None else f"{x} ÷ {target}"
    if what.better == "higher":
        return above
    if what.measure in ("cumulative", "count"):
        return f"2 × {percent(cell.due or 0.0, lang())} − {above}"
    return f"({base} − {x}) ÷ ({base} − {target})" if cell.baseline is not None else f"{target} ÷ {x}"


def _due_said(evaluation: Evaluation, what: Indicator) -> str:
    period = period_name(evaluation.period, lang())
    if what.curve:
        return say("standing.due.curve", lang(), curve=evaluation.season.curve[what.curve].title, period=period)
    full = what.measure in ("level", "growth", "share")
    return say("standing.due.full" if full else "standing.due.even", lang(), period=period)


def _score_formula(season: Season, what: Indicator, cell: Cell) -> str:
    rule = season.score_rule.get(what.score)
    if rule is None or rule.rule in RELATIVE_RULES:
        return ""
    p = {name: number(value, lang()) for name, value in _params(rule, what).items() if not isnan(value)}
    x = _x(what, cell)
    match rule.rule:
        case "completion" | "pace":
            share = cell.completion if rule.rule == "completion" else cell.pace
            if share is None:
                return ""
            over = share > 1 and p["over_slope"] != "1"
            read = number(share, lang(), 3)
            return f"{p['full']} × (1 + {p['over_slope']} × ({read} − 1))" if over else f"{p['full']} × {read}"
        case "goalposts":
            span = f"({p['out_high']} − {p['out_low']}) × ({x} − {p['low']}) ÷ ({p['high']} − {p['low']})"
            return f"{p['out_low']} + {span}"
        case "efficacy":
            return f"{p['base']} + {p['span']} × ({x} − {p['low']}) ÷ ({p['high']} − {p['low']})"
        case "points_per_unit":
            return f"{p['points']} × {x}"
        case "growth":
            base = _written(cell.baseline)
            return f"100 × ({x} − {base}) ÷ ({base} + {p['small_base']})"
        case "pro_rata":
            return "" if cell.completion is None else f"{p['full']} × {number(cell.completion, lang(), 3)}"
        case "deduction":
            target = _written(cell.target)
            short = f"{target} − {x}" if what.better == "higher" else f"{x} − {target}"
            return f"{p['full']} − {p['per_unit']} × max({short}, 0)"
        case _:
            return {"value": x, "completion": _share(cell.completion), "pace": _share(cell.pace)}[rule.on]


def _x(what: Indicator, cell: Cell) -> str:
    """The figure, or x where a denominator or a transform stands between it and the formula."""
    if cell.value is None or what.denominator or what.transform != "none":
        return "x"
    return figure_text(cell.value, what, lang())


def _written(value: float | None) -> str:
    return "–" if value is None else number(float(f"{value:.9g}"), lang())


def _share(value: float | None) -> str:
    return "–" if value is None else number(value, lang(), 3)


def target_text(what: Indicator, cell: Cell) -> str:
    return "" if cell.target is None else value_text(cell.target, what, lang())
