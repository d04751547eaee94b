"""Writes the JSON Schema of an evaluation from its types: ``python tests/contracts/evaluation_schema.py``."""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from importlib.resources import files

from saima.engine.model import evaluation as ev
from saima.engine.model.inputs import Project, Received
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import Contestant, Indicator, Node
from saima.words import Text

TEXT = {"type": "object", "properties": {"en": {"type": "string"}, "zh": {"type": "string"}}, "required": ["en", "zh"]}
PERIOD = {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}|Q[1-4]|H[12])?$"}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def of(hint):
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    simple = {
        str: {"type": "string"},
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": "number"},
        Text: TEXT,
        Period: PERIOD,
        Span: {"type": "array", "items": PERIOD},
        datetime: {"type": "string", "format": "date-time"},
        date: {"type": "string", "format": "date"},
        type(None): {"type": "null"},
    }
    if hint in simple:
        return simple[hint]
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [of(a) for a in arguments]}
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return {"type": "array", "items": of(arguments[0])}
        return {"type": "array", "prefixItems": [of(a) for a in arguments], "minItems": len(arguments)}
    if origin is Mapping:
        return {"type": "object"}
    if is_dataclass(hint):
        return entry(hint)
    raise TypeError(hint)


def entry(cls, *, class_renamed=False, said=False):
    """One object: every field is there in this version; more may come."""
    hints = typing.get_type_hints(cls)
    properties = {f.name: of(hints[f.name]) for f in fields(cls)}
    if class_renamed:
        del properties["class_code"]
        properties["class"] = {"type": ["string", "null"]}
    if said:
        properties["text"] = TEXT
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def schema():
    lists = {
        "contestants": entry(Contestant, class_renamed=True),
        "tree": entry(Node),
        "indicator_list": entry(Indicator),
        "standings": entry(ev.Standing, class_renamed=True),
        "not_ranked": entry(ev.NotRanked, said=True),
        "indicators": entry(ev.Cell),
        "nodes": entry(ev.NodeScore),
        "lights": entry(ev.LightMark),
        "adjustments": entry(ev.Adjustment, said=True),
        "findings": entry(ev.Finding, said=True),
        "medals": entry(ev.Medals, class_renamed=True),
        "proposals": entry(ev.Proposal, said=True),
        "projects": entry(ev.ProjectResult) | {"description": f"project: {Project.__name__}"},
        "weak_spots": entry(ev.WeakSpot),
        "intervals": entry(ev.Interval),
        "uncertainty": entry(ev.ScopeUncertainty),
        "importance": entry(ev.Importance),
        "gaps": entry(ev.Gap),
        "ranks": entry(ev.RankPoint),
        "series": entry(ev.Series),
        "received": entry(Received),
    }
    properties = {
        "schema": {"const": ev.SCHEMA},
        "season": {"type": "string"},
        "title": TEXT,
        "notice": TEXT,
        "illustrative": {"type": "boolean"},
        "period": PERIOD,
        "known_at": {"type": ["string", "null"], "format": "date-time"},
        "spec_digest": DIGEST,
        "data_digest": DIGEST,
        "history_digest": DIGEST,
        "engine_version": {"type": "string"},
        "seed": {"type": "integer"},
        "reverses_ranks": {"type": "boolean"},
        "window": {"type": "array", "items": PERIOD, "minItems": 2, "maxItems": 2},
        "periods": {"type": "array", "items": PERIOD},
    } | {name: {"type": "array", "items": item} for name, item in lists.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Saima evaluation, version 1. Later releases only add.",
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
    }


def text():
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    files("saima.engine.model").joinpath("evaluation.schema.json").write_text(text(), "utf-8")
