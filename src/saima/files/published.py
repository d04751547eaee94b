"""published/PERIOD.csv: what a bulletin fixed, as one long table, written and read back without loss."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, get_args

from pydantic_core import PydanticCustomError

from saima.engine.model.decimals import canonical
from saima.engine.model.history import CellThen, Colour, History, Published, RankThen
from saima.engine.model.periods import Period
from saima.files.cells import day_of, decimal_of, instant_of, instant_text, number_text, parse_period, wrong
from saima.files.csvtext import csv_bytes
from saima.files.problems import Collector, shown
from saima.files.rows import PUBLISHED_COLUMNS
from saima.files.tables import Table

NAME: Final = re.compile(r"published/([0-9]{4}(?:-[0-9]{2}|Q[1-4]|H[12])?)(?:\.v([1-9][0-9]{0,4}))?\.csv", re.ASCII)
_BULLETIN: Final = ("number", "dated", "known_at", "spec_digest", "data_digest")
_CELL: Final = ("light", "value", "completion", "due", "weight", "missing")
_RANK: Final = ("rank", "score")
_PARTS: Final = {"bulletin": _BULLETIN, "cell": _CELL, "rank": _RANK}
_NEEDED: Final = {"bulletin": ("number", "dated", "known_at"), "cell": ("light", "weight", "missing"), "rank": _RANK}
Key = tuple[str, str, str]  # scope, kind, contestant


def published_name(published: Published) -> str:
    """Where in a season folder a bulletin's record belongs.

    The first version is ``published/2026-04.csv``, an erratum ``published/2026-04.v2.csv``.
    """
    version = "" if published.version == 1 else f".v{published.version}"
    return f"published/{published.period}{version}.csv"


def published_csv(published: Published) -> bytes:
    """The record of one bulletin as canonical CSV."""
    return csv_bytes(PUBLISHED_COLUMNS, published_rows(published))


def published_rows(published: Published) -> list[tuple[str, ...]]:
    """The rows of one bulletin's record, sorted by code point."""
    head = (str(published.period), str(published.version))
    known = instant_text(published.known_at) or "1970-01-01T00:00:00Z"
    bulletin = {
        "number": str(published.number),
        "dated": published.dated.isoformat(),
        "known_at": known,
        "spec_digest": published.spec_digest,
        "data_digest": published.data_digest,
    }
    rows = [(*head, "bulletin", "", "", "", name, value) for name, value in bulletin.items() if value]
    for (contestant, subject), cell in published.cells.items():
        fields = {
            "light": cell.light,
            "value": cell.value,
            "completion": number_text(cell.completion),
            "due": number_text(cell.due),
            "weight": number_text(cell.weight),
            "missing": number_text(cell.missing),
        }
        rows += [(*head, "cell", subject, "", contestant, name, value) for name, value in fields.items() if value]
    for (scope, kind, contestant), rank in published.ranks.items():
        rows.append((*head, "rank", scope, kind, contestant, "rank", str(rank.rank)))
        rows.append((*head, "rank", scope, kind, contestant, "score", number_text(rank.score)))
    return sorted(rows)


@dataclass
class _Draft:
    """One bulletin while its rows are being gathered."""

    line: int
    parts: dict[str, dict[Key, dict[str, Any]]] = field(default_factory=lambda: {p: {} for p in _PARTS})
    lines: dict[tuple[str, Key], int] = field(default_factory=dict)


def read_published(
    tables: Iterable[Table], frequency: str | None, found: Collector, *, names: Mapping[str, str] | None = None
) -> History:
    """The history in a set of tables; ``names`` gives the file name a table's period and version must agree with."""
    published: dict[tuple[Period, int], Published] = {}
    for table in tables:
        drafts = _gathered(table, frequency, found, (names or {}).get(table.file))
        for (period, version), draft in drafts.items():
            if (period, version) in published:
                found.add(
                    "files.bulletin_twice",
                    file=table.file,
                    line=draft.line,
                    period=str(period),
                    version=version,
                )
                continue
            before = found.within(table.file)
            made = _made(period, version, draft, table.file, found)
            if made is not None and found.within(table.file) == before:
                published[period, version] = made
    return History(tuple(published[key] for key in sorted(published)))


def _gathered(
    table: Table, frequency: str | None, found: Collector, name: str | None
) -> dict[tuple[Period, int], _Draft]:
    drafts: dict[tuple[Period, int], _Draft] = {}
    heads: dict[tuple[str, str], tuple[Period, int]] = {}  # thousands of rows of a file say the same of themselves
    for line, cells in table.rows:
        if found.gave_up(table.file):
            break
        row = dict(zip(table.header, map(str.strip, cells), strict=True))
        column = "period"
        try:
            said = row["period"], row["version"]
            if said not in heads:
                period = parse_period(row["period"], frequency)
                column = "version"
                version = _count(row["version"])
                if name is not None and published_path(period, version) != name:
                    column = "period"
                    raise wrong("files.published_elsewhere", row["period"], name=published_path(period, version))
                heads[said] = period, version
            period, version = heads[said]
            column = "part"
            if row["part"] not in _PARTS:
                raise wrong("files.not_one_of", row["part"], allowed=tuple(_PARTS))
            column = "field"
            allowed = _PARTS[row["part"]]
            if row["field"] not in allowed:
                raise wrong("files.not_one_of", row["field"], allowed=allowed)
            column = "value"
            value = _READ[row["field"]](row["value"])
        except PydanticCustomError as error:
            found.add(error.type, file=table.file, line=line, column=column, **(error.context or {}))
            continue
        draft = drafts.setdefault((period, version), _Draft(line))
        key = (row["scope"], row["kind"], row["contestant"])
        fields = draft.parts[row["part"]].setdefault(key, {})
        draft.lines.setdefault((row["part"], key), line)
        if row["field"] in fields:
            found.add("files.field_twice", file=table.file, line=line, column="field", name=row["field"])
        fields[row["field"]] = value
    return drafts


def published_path(period: Period, version: int) -> str:
    return f"published/{period}{'' if version == 1 else f'.v{version}'}.csv"


def _made(period: Period, version: int, draft: _Draft, file: str, found: Collector) -> Published | None:
    for part, entries in draft.parts.items():
        for key, fields in entries.items():
            for name in _NEEDED[part]:
                if name not in fields:
                    line = draft.lines[part, key]
                    found.add("files.field_missing", file=file, line=line, name=name, part=part, of=shown(key))
    heads = draft.parts["bulletin"]
    if list(heads) != [("", "", "")]:
        found.add("files.no_bulletin_rows", file=file, line=draft.line, period=str(period), version=version)
        return None
    head = heads["", "", ""]
    if any(n not in f for p, e in draft.parts.items() for f in e.values() for n in _NEEDED[p]):
        return None
    return Published(
        period=period,
        known_at=head["known_at"],
        dated=head["dated"],
        number=head["number"],
        version=version,
        spec_digest=head.get("spec_digest", ""),
        data_digest=head.get("data_digest", ""),
        cells={
            (contestant, subject): CellThen(
                light=f["light"],
                value=f.get("value", ""),
                completion=f.get("completion"),
                due=f.get("due"),
                weight=f["weight"],
                missing=f["missing"],
            )
            for (subject, _, contestant), f in sorted(draft.parts["cell"].items())
        },
        ranks={key: RankThen(f["rank"], f["score"]) for key, f in sorted(draft.parts["rank"].items())},
    )


def _number(text: str) -> float:
    return float(decimal_of(text))


def _count(text: str) -> int:
    number = canonical(text)
    if number is None or not number.isdigit() or not 1 <= int(number) <= 1_000_000_000:
        raise wrong("files.bad_count", text)
    return int(number)


def _number_of_bulletin(text: str) -> int:
    return 0 if text == "0" else _count(text)


def _colour(text: str) -> str:
    if text not in get_args(Colour):
        raise wrong("files.not_one_of", text, allowed=get_args(Colour))
    return text


def _day(text: str) -> date:
    return day_of(text)


def _instant(text: str) -> datetime:
    return instant_of(text)


_READ: Final[dict[str, Callable[[str], Any]]] = {
    "number": _number_of_bulletin,
    "dated": _day,
    "known_at": _instant,
    "spec_digest": str,
    "data_digest": str,
    "light": _colour,
    "value": decimal_of,
    "completion": _number,
    "due": _number,
    "weight": _number,
    "missing": _number,
    "rank": _count,
    "score": _number,
}
