"""SHA-256 over canonical bytes: what a season, its data and its history are, whatever file, order or machine.

Each digest is that of a small text listing its parts, ``name sha256`` per line; each part is lines of
comma-separated fields, sorted by code point. docs/method/digests.md shows how to recompute one by hand.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import numpy as np

from saima.engine.model.decimals import canonical_float
from saima.engine.model.history import History
from saima.engine.model.inputs import ORIGINS, STATES, AsOf, Projects, Readings, ReadingTable, Received
from saima.engine.model.periods import Period
from saima.engine.model.season import Season


def instant_text(instant: datetime) -> str:
    """ISO 8601 in UTC with a Z, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: Any) -> Any:
    """Values of the engine as JSON types: canonical number texts, period texts, mappings with sorted keys.

    Tuples of things that have a code or key are sorted, so order in a file carries no meaning.
    """
    match value:
        case None | bool() | str():
            return value
        case int():
            return str(value)
        case float():
            return canonical_float(value)
        case Period():
            return str(value)
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case Mapping():
            pairs = [[plain(k), plain(v)] for k, v in value.items()]
            return sorted(pairs, key=_text)
        case tuple() | list():
            return [plain(v) for v in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sorted_lines(values: Iterable[object]) -> list[str]:
    return sorted(_text(plain(v)) for v in values)


def _digest(lines: Iterable[str]) -> str:
    return sha256("\n".join([*lines, ""]).encode()).hexdigest()


def _combined(parts: Mapping[str, str]) -> str:
    return _digest(f"{name} {digest}" for name, digest in sorted(parts.items()))


_SORTED_PARTS = (
    "contestants",
    "indicators",
    "nodes",
    "score_rules",
    "targets",
    "curves",
    "classes",
    "tiers",
    "constraints",
)


def spec_digest(season: Season) -> str:
    """Digest of the whole definition of a season."""
    parts = {name: _digest(_sorted_lines(getattr(season, name))) for name in _SORTED_PARTS}
    rest = {f.name: getattr(season, f.name) for f in fields(season) if f.name not in _SORTED_PARTS}
    parts["season"] = _digest([_text(plain(rest))])
    return _combined(parts)


def received_by(readings: Readings, as_of: AsOf) -> tuple[Received, ...]:
    """What others had published by the day of the cut, in UTC."""
    return tuple(
        r for r in readings.received if as_of.known_at is None or r.published <= as_of.known_at.astimezone(UTC).date()
    )


def data_digest(readings: Readings, projects: Projects, as_of: AsOf) -> str:
    """Digest of everything known as of a cut: nothing recorded later and no later period enters it."""

    def known(rows: Iterable[Any]) -> list[Any]:
        return [
            r
            for r in rows
            if (as_of.known_at is None or r.recorded_at <= as_of.known_at)
            and (not hasattr(r, "period") or r.period <= as_of.period)
        ]

    return _combined(
        {
            "readings": _digest(sorted(_reading_lines(readings.table, as_of))),
            "corrections": _digest(_sorted_lines(known(readings.corrections))),
            "given_scores": _digest(_sorted_lines(known(readings.given_scores))),
            "waivers": _digest(_sorted_lines(known(readings.waivers))),
            "received": _digest(_sorted_lines(received_by(readings, as_of))),
            "projects": _digest(_sorted_lines(projects.projects)),
            "milestones": _digest(_sorted_lines(known(projects.milestones))),
            "project_readings": _digest(_sorted_lines(known(projects.readings))),
            "project_stages": _digest(_text(plain(s)) for s in projects.stages),
        }
    )


def history_digest(history: History) -> str:
    """Digest of published periods; pass the part an evaluation may know, ``history.until(period)``."""
    return _digest(_sorted_lines(history.by_period.values()))


def _reading_lines(table: ReadingTable, as_of: AsOf) -> list[str]:
    """contestant,indicator,period,value,state,revision,recorded_at,origin,note,evidence as in a canonical CSV."""
    in_time = np.array([p <= as_of.period for p in table.periods], bool)
    keep = in_time[table.period] if len(table) else np.zeros(0, bool)
    if as_of.known_at is not None:
        keep &= table.recorded_at <= int(as_of.known_at.timestamp())
    rows = np.flatnonzero(keep)

    def column(names: Iterable[str], index: Any) -> list[str]:
        found: list[str] = np.array(list(names) or [""], object)[index[rows]].tolist()
        return found

    instants, at = np.unique(table.recorded_at, return_inverse=True)
    moments = [instant_text(datetime.fromtimestamp(int(t), UTC)) for t in instants]
    text = np.array(table.text or ("",), object)
    lines = zip(
        column(map(_field, table.contestants), table.contestant),
        column(map(_field, table.indicators), table.indicator),
        column(map(str, table.periods), table.period),
        text[rows].tolist(),
        column(STATES, table.state),
        map(str, table.revision[rows].tolist()),
        column(moments, at),
        column((f"{origin},," for origin in ORIGINS), table.origin),
        strict=True,
    )
    found = list(map(",".join, lines))
    noted = set(table.note) | set(table.evidence)
    if noted:
        for k, row in enumerate(rows.tolist()):
            if row in noted:
                found[k] = found[k].removesuffix(",,") + _tail(table, row)
    return found


def _tail(table: ReadingTable, row: int) -> str:
    return f",{_field(table.note.get(row, ''))},{_field(table.evidence.get(row, ''))}"


def _field(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([text])
    return out.getvalue() if text else ""
