"""season.toml as plain values: what both the canonical file and the sheet of a workbook are written from."""

from typing import Any

from saima.engine.model.inputs import Projects
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import Node, Season
from saima.files.cells import number_text, pairs_text, tidy
from saima.files.document import FORMAT
from saima.words import Text, template

Plain = dict[str, Any]


def document(season: Season, projects: Projects) -> Plain:
    """season.toml as plain values, every choice spelt out; what is empty is left out."""
    whole: Plain = {
        "saima": FORMAT,
        "code": season.code,
        "title": _titles(season.title),
        "frequency": season.frequency,
        "window": _span(season.window),
        "targets_cover": _span(season.targets_cover),
        "time_zone": season.time_zone,
        "missing": season.missing,
        "minimum_share": _number(season.minimum_share),
        "weights": season.weights,
        "overall": season.overall,
        "counts": season.counts,
        "rank_classes": season.rank_classes,
        "decimals": season.decimals,
        "floor_score": _number(season.floor_score),
        "tie_breakers": list(season.tie_breakers),
        "light_from": _number(season.light_from),
        "base_period": _period(season.base_period),
        "illustrative": season.illustrative,
        "notice": _titles(season.notice),
        "source": _titles(season.source),
        "publishers": list(season.publishers),
        "solo": season.solo,
        "masthead": {
            "organisation": _titles(season.masthead.organisation),
            "bulletin_title": _titles(season.masthead.bulletin_title),
            "document_number": season.masthead.document_number,
            "addressees": _titles(season.masthead.addressees),
            "copies": _titles(season.masthead.copies),
            "signatory": _titles(season.masthead.signatory),
            "contact": _titles(season.masthead.contact),
        },
        "classes": [{"code": c.code, "title": _titles(c.title), "order": c.order} for c in season.classes],
        "node": next((_overall(n) for n in season.nodes if n.kind == "overall"), {}),
        "races": [_race(n) for n in season.nodes if n.kind == "race"],
        "groups": [_group(n) for n in season.nodes if n.kind == "group"],
        "scores": [
            {
                "code": s.code,
                "rule": s.rule,
                "params": {k: _number(v) for k, v in sorted(s.params.items())},
                "steps": [[_number(a), _number(b)] for a, b in s.steps],
                "on": s.on,
            }
            for s in season.score_rules
        ],
        "tiers": [{"code": t.code, "title": _titles(t.title), "at_least": _number(t.at_least)} for t in season.tiers],
        "constraints": [
            {
                "code": c.code,
                "title": _titles(c.title),
                "action": c.action,
                "when": c.when,
                "indicators": list(c.indicators),
                "threshold": _number(c.threshold),
                "consecutive": c.consecutive,
            }
            for c in season.constraints
        ],
        "progress": {"against": season.progress.against, "base_period": _period(season.progress.base_period)},
        "uncertainty": _uncertainty(season),
        "integrity": _integrity(season),
        "project_stages": [
            {"code": code, "title": _titles(title), "points": _number(points)}
            for code, title, points in projects.stages
        ],
    }
    return {key: value for key, value in _without_nothing(whole).items() if value not in ({}, [])}


def flat(plain: Plain) -> dict[str, str | float | bool]:
    """Dotted path -> value, in the order of the document: ``races[0].title.en``."""
    leaves: dict[str, str | float | bool] = {}

    def walk(at: str, value: Any) -> None:
        match value:
            case dict():
                for key, inner in value.items():
                    walk(f"{at}.{key}" if at else key, inner)
            case list():
                for n, inner in enumerate(value):
                    walk(f"{at}[{n}]", inner)
            case _:
                leaves[at] = value

    walk("", plain)
    return leaves


def _overall(n: Node) -> Plain:
    title = {} if n.title == template("files.overall") else {"title": _titles(n.title)}
    return {**title, **_aggregation(n)}


def _race(n: Node) -> Plain:
    return {
        "code": n.code,
        "title": _titles(n.title),
        "race": n.race,
        "weight": _number(n.weight),
        **_aggregation(n),
        "params": {k: _number(v) for k, v in sorted(n.params.items())},
        "order": n.order,
        "feed": n.feed,
        "feed_parameters": pairs_text(n.feed_parameters),
    }


def _group(n: Node) -> Plain:
    return {
        "code": n.code,
        "parent": n.parent,
        "title": _titles(n.title),
        "weight": _number(n.weight),
        **_aggregation(n),
        "order": n.order,
    }


def _aggregation(n: Node) -> Plain:
    return {
        "aggregate": n.aggregate,
        "power": _number(n.power),
        "missing": n.missing,
        "minimum_share": None if n.minimum_share is None else _number(n.minimum_share),
    }


def _uncertainty(season: Season) -> Plain:
    u = season.uncertainty
    return {
        "draws": u.draws,
        "weight_spread": _number(u.weight_spread),
        "unverified_factor": _number(u.unverified_factor),
        "resolved_at": _number(u.resolved_at),
        "alternatives": [
            {
                "choice": a.choice,
                "code": a.code,
                "title": _titles(a.title),
                "node": a.node,
                "aggregate": a.aggregate,
                "power": _number(a.power),
                "missing": a.missing,
            }
            for a in u.alternatives
        ],
    }


def _integrity(season: Season) -> Plain:
    i = season.integrity
    return {
        "outlier_score": _number(i.outlier_score),
        "jump_share": _number(i.jump_share),
        "bunching_share": _number(i.bunching_share),
        "relations": [
            {
                "code": r.code,
                "kind": r.kind,
                "whole": r.whole,
                "parts": list(r.parts),
                "tolerance": _number(r.tolerance),
            }
            for r in i.relations
        ],
    }


def _without_nothing(value: Any) -> Any:
    """Leaves out None, empty texts, lists and tables, at every depth."""
    match value:
        case dict():
            kept = {k: _without_nothing(v) for k, v in value.items()}
            return {k: v for k, v in kept.items() if v is not None and v not in ("", [], {})}
        case list():
            return [_without_nothing(v) for v in value]
        case str():
            return tidy(value)
        case _:
            return value


def _titles(text: Text) -> Plain:
    return {"en": text.en, "zh": text.zh}


def _number(value: float) -> float | int:
    """A number as season.toml has it: whole ones without a point, others at 15 digits."""
    exact = float(number_text(value))
    return int(exact) if exact.is_integer() else exact


def _period(period: Period | None) -> str:
    return "" if period is None else str(period)


def _span(span: Span) -> list[str]:
    return [str(span.first), str(span.last)]
