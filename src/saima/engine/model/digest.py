"""SHA-256 over canonical bytes: what a season, its data and its history are, whatever file, order or machine.

Each digest is that of a small text listing its parts, ``name sha256`` per line; each part is lines of
comma-separated fields, sorted by code point. docs/method/digests.md shows how to recompute one by hand.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import islice, pairwise, product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from saima.engine.model.decimals import canonical_float
from saima.engine.model.history import History
from saima.engine.model.inputs import ORIGINS, STATES, AsOf, Projects, Readings, ReadingTable, Received
from saima.engine.model.periods import Period
from saima.engine.model.season import Season

_AT_A_TIME: Final = 4096  # lines: so few are joined, encoded and read inside the processor's cache


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
        held = ((f, getattr(value, f.name)) for f in fields(value))
        return {f.name: plain(v) for f, v in held if not (f.metadata.get("later") and v == f.default)}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sorted_lines(values: Iterable[object]) -> list[str]:
    return sorted(_text(plain(v)) for v in values)


def _digest(lines: Iterable[str]) -> str:
    found, rest = sha256(), iter(lines)
    while some := [*islice(rest, _AT_A_TIME)]:
        found.update("\n".join([*some, ""]).encode())
    return found.hexdigest()


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
            "readings": _readings_digest(readings.table, as_of),
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
    """Digest of published periods, every version; pass the part an evaluation may know, ``history.until(period)``."""
    return _digest(_sorted_lines(history.published))


def _readings_digest(table: ReadingTable, as_of: AsOf) -> str:
    in_time = np.array([p <= as_of.period for p in table.periods], bool)
    keep = in_time[table.period] if len(table) else np.zeros(0, bool)
    if as_of.known_at is not None:
        keep &= table.recorded_at <= int(as_of.known_at.timestamp())
    found = sha256()
    for text in _Lines(table).sorted(np.flatnonzero(keep)):
        found.update(text.encode())
    return found.hexdigest()


class _Lines:
    """contestant,indicator,period,value,state,revision,recorded_at,origin,note,evidence as in a canonical CSV."""

    def __init__(self, table: ReadingTable) -> None:
        self.table = table
        self.cells = [f"{c},{i}," for c, i in product(map(_field, table.contestants), map(_field, table.indicators))]
        self.cell = table.contestant.astype(np.int64) * len(table.indicators) + table.indicator
        self.periods = [f"{p}," for p in table.periods]
        self.ends, self.end = _ends(table)
        self.noted = np.array(sorted({*table.note, *table.evidence}), np.int64)

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.object_]:
        """The lines of some rows, (rows, 4): cell, period, value, and the rest with the line's end."""
        table, found = self.table, np.empty((len(rows), 4), object)
        found[:, 0] = np.array(self.cells, object)[self.cell[rows]]
        found[:, 1] = np.array(self.periods, object)[table.period[rows]]
        found[:, 2] = [table.text[row] for row in rows.tolist()]
        found[:, 3] = np.array(self.ends, object)[self.end[rows]]
        for k in np.flatnonzero(np.isin(rows, self.noted)).tolist() if len(self.noted) else ():
            row = int(rows[k])
            note, evidence = _field(table.note.get(row, "")), _field(table.evidence.get(row, ""))
            found[k, 3] = found[k, 3].removesuffix(",,\n") + f",{note},{evidence}\n"
        return found

    def sorted(self, rows: NDArray[np.int64]) -> Iterator[str]:
        """Whole lines by code point, some thousand at a time.

        A line begins with its cell and period. No such beginning begins another, so their order is the lines'; only
        several rows of one cell and period have to be compared to the end.
        """
        begins = _ranks(self.cells)[self.cell[rows]] * len(self.periods) + _ranks(self.periods)[self.table.period[rows]]
        order = np.argsort(begins, kind="stable")
        rows, again = rows[order], np.append(np.diff(begins[order]) == 0, False)
        starts = np.flatnonzero(~again) + 1
        for first, last in pairwise([0, *starts[_AT_A_TIME::_AT_A_TIME].tolist(), len(rows)]):
            lines = self.of(rows[first:last])
            if again[first:last].any():
                yield "".join(sorted(map("".join, lines.tolist()), key=lambda line: line[:-1]))
            else:
                yield "".join(lines.ravel().tolist())


def _ranks(texts: Sequence[str]) -> NDArray[np.int64]:
    place = {text: n for n, text in enumerate(sorted(set(texts)))}
    return np.array([place[text] for text in texts], np.int64)


def _ends(table: ReadingTable) -> tuple[list[str], NDArray[np.int64]]:
    """What can follow a value, without note and evidence, and which of it follows each row's."""
    if not len(table):
        return [], np.zeros(0, np.int64)
    instants, moment = np.unique(table.recorded_at, return_inverse=True)
    columns = table.state, table.revision, moment, table.origin
    shape = [int(c.max()) + 1 for c in columns]
    kinds, kind = np.unique(np.ravel_multi_index(columns, shape), return_inverse=True)
    moments = [instant_text(datetime.fromtimestamp(t, UTC)) for t in instants.tolist()]
    each = zip(*(k.tolist() for k in np.unravel_index(kinds, shape)), strict=True)
    return [f",{STATES[s]},{r},{moments[t]},{ORIGINS[o]},,\n" for s, r, t, o in each], kind


def _field(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([text])
    return out.getvalue() if text else ""
