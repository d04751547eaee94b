"""An evaluation as JSON, ``saima.evaluation/1``. Changes only add; ``evaluation.schema.json`` ships beside it."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from saima.engine.model.digest import instant_text
from saima.engine.model.evaluation import SCHEMA, Evaluation
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import Indicator, Season
from saima.words import LANGS, Text, say


def schema() -> dict[str, Any]:
    """The JSON Schema of what ``to_json`` gives."""
    found: dict[str, Any] = json.loads(
        files("saima.engine.model").joinpath("evaluation.schema.json").read_text("utf-8")
    )
    return found


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Everything an evaluation says, as JSON types. Numbers are unrounded; what does not exist is null."""
    season = evaluation.season
    return {
        "schema": SCHEMA,
        "season": season.code,
        "title": _value(season.title),
        "notice": _value(season.notice),
        "illustrative": season.illustrative,
        "period": str(evaluation.period),
        "known_at": _value(evaluation.known_at),
        "spec_digest": evaluation.spec_digest,
        "data_digest": evaluation.data_digest,
        "history_digest": evaluation.history_digest,
        "engine_version": evaluation.engine_version,
        "seed": evaluation.seed,
        "reverses_ranks": evaluation.reverses_ranks,
        "window": [str(season.window.first), str(season.window.last)],
        "contestants": [_contestant(season, c.code) for c in season.contestants],
        "tree": [_value(n) for n in season.nodes],
        "indicator_list": [_indicator(i) for i in season.indicators],
        "standings": [_renamed(s) for s in evaluation.standings],
        "not_ranked": [_said(n) for n in evaluation.not_ranked],
        "indicators": [_value(c) for c in evaluation.cells],
        "nodes": [_value(n) for n in evaluation.nodes],
        "lights": [_value(m) for m in evaluation.lights],
        "adjustments": [_said(a) for a in evaluation.adjustments],
        "findings": [_said(f) for f in evaluation.findings],
        "medals": [_renamed(m) for m in evaluation.medals],
        "proposals": [_said(p) for p in evaluation.proposals],
        "projects": [_value(p) for p in evaluation.projects],
        "weak_spots": [_value(w) for w in evaluation.weak_spots],
        "intervals": [_value(i) for i in evaluation.intervals],
        "uncertainty": [_value(u) for u in evaluation.uncertainty],
        "importance": [_value(i) for i in evaluation.importance],
        "gaps": [_value(g) for g in evaluation.gaps],
        "ranks": [_value(r) for r in evaluation.ranks],
        "periods": [str(p) for p in evaluation.periods],
        "series": [_value(s) for s in evaluation.series],
        "received": [_value(r) for r in evaluation.received],
    }


def dumps(evaluation: Evaluation) -> str:
    """Canonical text of it: sorted keys, one line per entry of each list, UTF-8, a final newline."""
    found = to_json(evaluation)
    parts = []
    for key in sorted(found):
        value = found[key]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n".join(f"  {_compact(v)}" for v in value)
            parts.append(f"{_compact(key)}: [\n{rows}\n]")
        else:
            parts.append(f"{_compact(key)}: {_compact(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _value(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Text():
            return {"en": value.en, "zh": value.zh}
        case Period():
            return str(value)
        case Span():
            return [str(value.first), str(value.last)]
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(k): _value(v) for k, v in value.items()}
        case tuple() | list():
            return [_value(v) for v in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _value(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _renamed(entry: Any) -> dict[str, Any]:
    found: dict[str, Any] = _value(entry)
    found["class"] = found.pop("class_code") or None
    return found


def _said(entry: Any) -> dict[str, Any]:
    """The entry with its sentence in both languages beside the code."""
    found: dict[str, Any] = _value(entry)
    found["text"] = {lang: say(entry.code, lang, **entry.params) for lang in LANGS}
    return found


def _contestant(season: Season, code: str) -> dict[str, Any]:
    found: dict[str, Any] = _value(season.contestant[code])
    found["class"] = found.pop("class_code") or None
    return found


def _indicator(indicator: Indicator) -> dict[str, Any]:
    found: dict[str, Any] = _value(indicator)
    return found


def answer_json(answer: object) -> str:
    """Canonical text of what explain or whatif says: a dataclass of JSON types, texts, periods and such values."""
    return json.dumps(_value(answer), ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
