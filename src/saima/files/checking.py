"""Runs a schema model over one row or document and reports what does not fit, with the place where it stands."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from saima.files.problems import Collector, shown

M = TypeVar("M", bound=BaseModel)
Loc = tuple[int | str, ...]

_OURS: Final = re.compile(r"(files|rules|season)\.")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word a mistyped one was probably meant to be.

    Examples
    --------
    >>> nearest("contestent", ["contestant", "indicator"]), nearest("xyz", ["contestant"])
    ('contestant', None)
    """
    known = sorted(known)
    by_lower = {k.lower(): k for k in reversed(known)}
    found = difflib.get_close_matches(word.lower()[:80], list(by_lower), n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def path_text(loc: Loc) -> str:
    """The dotted path of a place in season.toml.

    Examples
    --------
    >>> path_text(("races", 0, "title", "en"))
    'races[0].title.en'
    """
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def unknown_name(kind: str, name: str, known: Iterable[str]) -> tuple[str, dict[str, Any]]:
    """Code and parameters for a column, key or file nobody knows; ``kind`` is column, key or file."""
    known = sorted(known)
    near = nearest(name, known)
    if near is not None:
        return f"files.unknown_{kind}_near", {"name": shown(name), "near": near}
    return f"files.unknown_{kind}", {"name": shown(name), "known": tuple(known)}


def validated(
    model: type[M],
    data: Mapping[str, object],
    found: Collector,
    *,
    context: Mapping[str, object],
    file: str,
    line_of: Callable[[Loc], int],
    column_of: Callable[[Loc], str],
    cells: bool,
) -> M | None:
    """The model filled from ``data``, or None with every problem added to ``found``."""
    try:
        return model.model_validate(data, context=dict(context))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            loc = tuple(p for p in detail["loc"])
            code, params = _sentence(model, detail, loc, cells=cells)
            found.add(code, file=file, line=line_of(loc), column=column_of(loc), **params)
        return None


def _sentence(model: type[BaseModel], detail: ErrorDetails, loc: Loc, *, cells: bool) -> tuple[str, dict[str, Any]]:
    kind = detail["type"]
    ctx: dict[str, Any] = dict(detail.get("ctx", {}))
    name = str(loc[-1]) if loc else ""
    if _OURS.match(kind):
        return kind, ctx
    if kind == "missing":
        return ("files.cell_empty" if cells else "files.key_missing"), {"name": name}
    if kind == "extra_forbidden":
        return unknown_name("key", name, _known_keys(model, loc[:-1]))
    if kind == "literal_error":
        return "files.not_one_of", {
            "value": shown(detail["input"]),
            "allowed": tuple(re.findall(r"'([^']*)'", ctx["expected"])),
        }
    if kind == "list_type":
        return "files.needs_list", {"value": shown(detail["input"])}
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return "files.needs_table", {"value": shown(detail["input"])}
    raise RuntimeError(f"no sentence for the schema error {kind!r} at {loc!r}")


def _known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys of the table at ``loc`` within a model."""
    current: Any = model
    for part in loc:
        current = _below(current, part)
    return [f.alias or name for name, f in _table(current).model_fields.items()]


def _below(annotation: Any, part: int | str) -> Any:
    """What a schema has behind one key or number of a path."""
    if isinstance(part, int) or get_origin(annotation) is dict:
        return next(a for a in reversed(get_args(annotation)) if _table(a) is not None)
    fields = _table(annotation).model_fields
    return next(f.annotation for name, f in fields.items() if part in {name, f.alias})


def _table(annotation: Any) -> Any:
    """The model inside an annotation, or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((a for a in map(_table, get_args(annotation)) if a is not None), None)
