"""An evaluation as bytes and back, whole: what a server keeps of a cut and shows for years, whatever engine runs then.

Unlike ``evaluation_json``, which is for others to read, this gives back the same value, types and all.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from saima.engine.model import evaluation, history, inputs, periods, season
from saima.engine.model.evaluation import Evaluation
from saima.words import Text

FORMAT: Final = "saima.evaluated/1"


@cache
def _kinds() -> Mapping[str, type]:
    modules = (evaluation, history, inputs, periods, season)
    return {
        name: kind
        for module in modules
        for name, kind in vars(module).items()
        if isinstance(kind, type) and is_dataclass(kind)
    } | {"Text": Text}


def evaluation_bytes(value: Evaluation) -> bytes:
    """The evaluation as UTF-8 JSON in which every value says what it is. Same evaluation, same bytes."""
    body = {"format": FORMAT, "evaluation": _plain(value)}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def read_evaluation(content: bytes) -> Evaluation:
    """What ``evaluation_bytes`` wrote. A field that an older release did not know takes its default.

    Raises
    ------
    ValueError
        These bytes are something else.
    """
    body = json.loads(content)
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise ValueError(f"not a {FORMAT}")
    found = _value(body["evaluation"])
    if not isinstance(found, Evaluation):
        raise TypeError("no evaluation inside")
    return found


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | str() | int() | float():
            return value
        case datetime():
            return {"_": "datetime", "v": value.isoformat()}
        case date():
            return {"_": "date", "v": value.isoformat()}
        case Mapping():
            return {"_": "map", "v": [[_plain(k), _plain(v)] for k, v in value.items()]}
        case tuple() | list():
            return _row(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {"_": type(value).__name__, "v": [[f.name, _plain(getattr(value, f.name))] for f in fields(value)]}
    raise TypeError(f"{type(value).__name__} is no part of an evaluation")


def _row(values: tuple[Any, ...] | list[Any]) -> Any:
    """A tuple; of things all alike as a table, which is a third of the size."""
    kinds = {type(v) for v in values}
    if len(values) > 1 and len(kinds) == 1 and is_dataclass(kind := kinds.pop()):
        names = [f.name for f in fields(kind)]
        return {
            "_": "table",
            "of": kind.__name__,
            "names": names,
            "v": [[_plain(getattr(v, n)) for n in names] for v in values],
        }
    return [_plain(v) for v in values]


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_value(v) for v in plain)
    if not isinstance(plain, dict):
        return plain
    what = plain["_"]
    match what:
        case "datetime":
            return datetime.fromisoformat(plain["v"])
        case "date":
            return date.fromisoformat(plain["v"])
        case "map":
            return MappingProxyType({_value(k): _value(v) for k, v in plain["v"]})
        case "table":
            kind = _kinds()[plain["of"]]
            names = plain["names"]
            return tuple(kind(**dict(zip(names, map(_value, row), strict=True))) for row in plain["v"])
    known = {f.name for f in fields(_kinds()[what])}
    return _kinds()[what](**{name: _value(v) for name, v in plain["v"] if name in known})
