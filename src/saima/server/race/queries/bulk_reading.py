"""Reads figures that come many at once: readings as CSV, and DHIS2's dataValueSets as CSV or JSON. No more than read.

Pages and the API share it, so that a file means the same at every door.
"""

import codecs
import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from saima.engine.errors import Problem, QuestionRefused
from saima.files.rows import READING_COLUMNS
from saima.server.kit.asked import storable
from saima.server.kit.collecting import collector_resting
from saima.server.places.queries import keys_by_uuid
from saima.server.race.queries.bulk import Line

# Names a column or key may have, folded to lower case: current, documented and older ones.
_NAMES: Final[Mapping[str, str]] = {
    "dataelement": "dataElement",
    "period": "period",
    "orgunit": "orgUnit",
    "categoryoptioncombo": "categoryOptionCombo",
    "catoptcombo": "categoryOptionCombo",
    "attributeoptioncombo": "attributeOptionCombo",
    "attroptcombo": "attributeOptionCombo",
    "value": "value",
    "comment": "comment",
    "cmt": "comment",
    "deleted": "deleted",
    "followup": "followUp",
    "flwup": "followUp",
}
TRUE: Final = frozenset({"true", "t", "1", "yes", "y"})
_FALSE: Final = frozenset({"false", "f", "0", "no", "n"})
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # a spreadsheet runs what begins so
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_STATES: Final = frozenset({"", "reported", "verified", "rejected", "withdrawn", "not_applicable"})
MOST_LINES: Final = 1_000_000
MOST_CELL: Final = 131_072


def shielded(text: str) -> str:
    """A text as a cell no spreadsheet runs: led by an apostrophe where it has to be.

    >>> shielded("=1+1"), shielded("-3.5"), shielded("'=x"), shielded("plain")
    ("'=1+1", '-3.5', "''=x", 'plain')
    """
    return f"'{text}" if _runs(text) else text


def unshielded(cell: str) -> str:
    """The text of such a cell: ``unshielded(shielded(text)) == text`` whatever the text.

    >>> [unshielded(shielded(t)) for t in ("=1", "'=1", "''", "'plain", "-2")]
    ['=1', "'=1", "''", "'plain", '-2']
    """
    return cell[1:] if cell.startswith("'") and _runs(cell) else cell


def _runs(text: str) -> bool:
    bare = text.lstrip("'")
    return bare.lstrip(" ").startswith(_RISKY) and not (bare == text and _NUMBER.fullmatch(text))


def lines_of(content: bytes, *, is_json: bool) -> Iterator[Line]:
    """The figures of a file, one by one. A CSV is ours or DHIS2's by its header.

    Raises
    ------
    QuestionRefused
        ``bulk.encoding``, ``.header``, ``.state``, ``.too_many``, ``.broken_csv``; ``dhis2.not_json``,
        ``dhis2.no_values``.
    """
    if is_json:
        group, values = json_values(_text(content).read())
        lines = _as_lines(group, values)
    else:
        text = _text(content)
        first = text.readline()
        text.seek(0)
        names = {c.strip().lower() for c in next(csv.reader([first]), [])}
        if {"contestant", "indicator", "period"} <= names:
            lines = _readings(text)
        elif {"dataelement", "value"} <= names:
            lines = _as_lines({}, csv_values(text))
        else:
            raise QuestionRefused(Problem("bulk.header", {"columns": READING_COLUMNS[:4]}))
    for count, line in enumerate(lines, start=1):
        if count > MOST_LINES:
            raise QuestionRefused(Problem("bulk.too_many", {"most": MOST_LINES}))
        yield line


def lines_read(content: bytes, *, is_json: bool) -> list[Line]:
    """All of them at once. Raises as ``lines_of``."""
    with collector_resting():
        return list(lines_of(content, is_json=is_json))


def _text(content: bytes) -> io.TextIOWrapper:
    """The text as it is read, in the encodings spreadsheets write; nothing is decoded twice or kept whole."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for at in range(0, len(content), 1 << 20):
                decoder.decode(content[at : at + (1 << 20)])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    raise QuestionRefused(Problem("bulk.encoding"))


def _readings(text: Iterable[str]) -> Iterator[Line]:
    """Lines of readings.csv. A revision is what the desk makes of it, so that column and the times are not read."""
    rows = _rows(text)
    head = [c.strip().lower() for c in next(rows)[1]]
    unknown = [c for c in head if c and c not in READING_COLUMNS]
    if unknown or len(set(head)) < len(head):
        raise QuestionRefused(Problem("bulk.columns", {"columns": READING_COLUMNS, "found": unknown or head}))
    width = len(head)
    contestant, indicator, period, value, note, state = (
        head.index(name) if name in head else width
        for name in ("contestant", "indicator", "period", "value", "note", "state")
    )
    texts = _Texts()
    for number, row in rows:
        if not any(row):
            continue
        row.extend([""] * (width + 1 - len(row)))
        said = texts[row[state]] if state < width else ""
        if said not in _STATES:
            raise QuestionRefused(Problem("bulk.state", {"state": said[:40], "line": number}))
        yield Line(
            number,
            texts[row[contestant]],
            texts[row[indicator]],
            texts[row[period]],
            unshielded(row[value]).strip() if value < width else "",
            unshielded(row[note]) if note < width else "",
            said == "withdrawn",
            said,
        )


class _Texts(dict[str, str]):
    """Cells as texts that a million lines share."""

    def __missing__(self, cell: str) -> str:
        self[cell] = text = sys.intern(unshielded(cell).strip())
        return text


def _rows(text: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line they begin in."""
    reader = csv.reader(text)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as fault:
        raise QuestionRefused(Problem("bulk.broken_csv", {"line": line, "most": MOST_CELL})) from fault


def _as_lines(group: Mapping[str, Any], values: Iterable[dict[str, Any]]) -> Iterator[Line]:
    uuids = keys_by_uuid()
    return (line_of(n, v, uuids) for n, v in enumerate(with_group(group, values), start=1))


def json_values(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a dataValueSet says of all its values, and the values.

    Raises
    ------
    QuestionRefused
        ``dhis2.not_json``, ``dhis2.not_text``, ``dhis2.no_values``.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # ValueError: a number of thousands of digits, too
        raise QuestionRefused(Problem("dhis2.not_json")) from None
    if "\\u" in text and not storable(found):  # only an escape brings in what no text holds
        raise QuestionRefused(Problem("dhis2.not_text"))
    if not isinstance(found, dict) or not isinstance(found.get("dataValues"), list):
        raise QuestionRefused(Problem("dhis2.no_values"))
    values = [_named(v) for v in found["dataValues"] if isinstance(v, dict)]
    if len(values) < len(found["dataValues"]):
        raise QuestionRefused(Problem("dhis2.no_values"))
    return {k: v for k, v in found.items() if k != "dataValues"}, values


def csv_values(text: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Values of a dataValueSet as CSV.

    Raises
    ------
    QuestionRefused
        ``dhis2.no_header``, ``bulk.broken_csv``.
    """
    rows = _rows(text)
    head = [_NAMES.get(c.strip().lower(), "") for c in next(rows, (1, []))[1]]
    if "dataElement" not in head or "value" not in head:
        raise QuestionRefused(Problem("dhis2.no_header"))
    for _, row in rows:
        if row:
            yield {n: ("" if c == "null" else unshielded(c)) for n, c in zip(head, row, strict=False) if n}


def _named(value: Mapping[str, Any]) -> dict[str, Any]:
    return {_NAMES[k.lower()]: v for k, v in value.items() if k.lower() in _NAMES}


def with_group(group: Mapping[str, Any], values: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Values with the period and unit that were said once for all of them."""
    shared = {k: group[k] for k in ("period", "orgUnit") if group.get(k)}
    return ({**shared, **v} for v in values)


def line_of(index: int, value: Mapping[str, Any], uuids: Mapping[str, str], *, delete: bool = False) -> Line:
    """A value as a line; ``uuids`` are other names of contestants."""
    unit = str(value.get("orgUnit", ""))
    said = value.get("value", "")
    text = ("1" if said else "0") if isinstance(said, bool) else str(said if said is not None else "").strip()
    text = "1" if text.lower() in TRUE - {"1"} else "0" if text.lower() in _FALSE - {"0"} else text
    return Line(
        number=index,
        contestant=sys.intern(uuids.get(unit, unit)),
        indicator=sys.intern(str(value.get("dataElement", ""))),
        period=sys.intern(own_period(str(value.get("period", "")))),
        value=text,
        note=str(value.get("comment") or ""),
        deleted=delete or str(value.get("deleted", "")).lower() in TRUE,
    )


def own_period(text: str) -> str:
    """DHIS2's and ADX's periods in Saima's form; anything else as it is, to be refused by name.

    Examples
    --------
    >>> own_period("202604"), own_period("2026Q1"), own_period("2026S2"), own_period("2026-04-01/P1M")
    ('2026-04', '2026Q1', '2026H2', '2026-04')
    """
    if found := re.fullmatch(r"(\d{4})(\d{2})", text):
        return f"{found[1]}-{found[2]}"
    if found := re.fullmatch(r"(\d{4})S([12])", text):
        return f"{found[1]}H{found[2]}"
    if found := re.fullmatch(r"(\d{4})-(\d{2})-01/P(1M|3M|6M|1Y)", text):
        month = int(found[2])
        match found[3]:
            case "1M":
                return f"{found[1]}-{found[2]}"
            case "3M" if month % 3 == 1:
                return f"{found[1]}Q{month // 3 + 1}"
            case "6M" if month in (1, 7):
                return f"{found[1]}H{month // 6 + 1}"
            case "1Y" if month == 1:
                return found[1]
    return text


def dhis2_period(text: str) -> str:
    """Saima's period in DHIS2's form.

    Examples
    --------
    >>> dhis2_period("2026-04"), dhis2_period("2026Q1"), dhis2_period("2026H2"), dhis2_period("2026")
    ('202604', '2026Q1', '2026S2', '2026')
    """
    return text.replace("-", "").replace("H", "S")
