"""readings.csv as columns: checked in bulk by distinct values, so that a million rows take seconds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic_core import PydanticCustomError

from saima.engine.model.decimals import canonical
from saima.engine.model.inputs import ALWAYS_KNOWN, STATES, Origin, ReadingTable, State
from saima.engine.model.periods import Period
from saima.files.cells import instant_of, instant_text, parse_period, why_no_number, wrong
from saima.files.checking import nearest
from saima.files.problems import LISTED, Collector, shown
from saima.files.rows import READING_COLUMNS
from saima.files.tables import Table

_BATCH: Final = 50_000
_PLAIN: Final = r"^(?:0|-?[1-9][0-9]*|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9])$"  # canonical when at most 15 long
_NOBODY: Final = -1
_ENOUGH: Final = 1_000  # distinct bad texts of a column after which no more are looked at


@dataclass(frozen=True)
class Known:
    """What readings may refer to, and the season's frequency (None when the season does not say)."""

    contestants: tuple[str, ...]
    indicators: tuple[str, ...]
    frequency: str | None


def read_figures(table: Table, known: Known, found: Collector) -> ReadingTable:
    """The readings of a table. Rows with a problem are reported and leave a gap; callers raise what was found."""
    frame = _frame(table)
    file = table.file
    check = _Checker(frame, file, found)
    contestants = check.names("contestant", known.contestants, "files.unknown_contestant")
    indicators = check.names("indicator", known.indicators, "files.unknown_indicator")
    periods, period = check.parsed("period", lambda text: parse_period(text, known.frequency))
    state = check.chosen("state", get_args(State), "verified")
    origin = check.chosen("origin", get_args(Origin), "reported")
    revision = check.mapped("revision", _revision, 1)
    recorded = check.mapped("recorded_at", lambda t: int(instant_of(t).timestamp()), int(ALWAYS_KNOWN.timestamp()))
    texts = check.decimals(state)
    check.once(contestants, indicators, period, revision)
    values = texts.cast(pl.Float64, strict=False).fill_null(np.nan)
    return ReadingTable(
        contestants=known.contestants,
        indicators=known.indicators,
        periods=periods,
        contestant=contestants,
        indicator=indicators,
        period=period,
        value=values.to_numpy(),
        text=tuple(texts.to_list()),
        state=state.astype(np.int8),
        revision=revision.astype(np.int32),
        recorded_at=recorded.astype(np.int64),
        origin=origin.astype(np.int8),
        note=_sparse(frame["note"]),
        evidence=_sparse(frame["evidence"]),
    )


def _frame(table: Table) -> pl.DataFrame:
    """All columns as stripped text, absent ones empty, and ``line``; built in pieces to keep memory low."""
    pieces = [_piece(table.header, batch) for batch in _batches(table.rows)]
    empty = pl.DataFrame(schema=dict.fromkeys(READING_COLUMNS, pl.String) | {"line": pl.Int64})
    return pl.concat([empty, *pieces])


def _batches(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _piece(header: tuple[str, ...], batch: list[tuple[int, list[str]]]) -> pl.DataFrame:
    columns = dict(zip(header, zip(*(row for _, row in batch), strict=True), strict=True))
    lines = pl.Series("line", [line for line, _ in batch], pl.Int64)
    series = [pl.Series(c, columns[c], pl.String) for c in READING_COLUMNS if c in columns]
    frame = pl.DataFrame([*series, lines]).with_columns(pl.col(pl.String).str.strip_chars())
    absent = [pl.lit("").alias(c) for c in READING_COLUMNS if c not in columns]
    breaks = [
        pl.col(c).str.replace_all("\r\n", "\n", literal=True).str.replace_all("\r", "\n", literal=True)
        for c in ("note", "evidence")
    ]
    return frame.with_columns(absent).with_columns(breaks).select(*READING_COLUMNS, "line")


def instant_texts(seconds: NDArray[np.int64]) -> list[str]:
    """Canonical texts of instants given in seconds since 1970; few of them are distinct."""
    texts = {at: instant_text(datetime.fromtimestamp(at, UTC)) for at in np.unique(seconds).tolist()}
    return [texts[at] for at in seconds.tolist()]


def _sparse(texts: pl.Series) -> Mapping[int, str]:
    rows = (texts != "").arg_true().to_list()
    return dict(zip(rows, texts.gather(rows).to_list(), strict=True))


def _revision(text: str) -> int:
    number = canonical(text)
    if number is None or not number.isdigit() or not 1 <= int(number) <= 1_000_000_000:
        raise wrong("files.bad_count", text)
    return int(number)


class _Checker:
    """Checks a column by its distinct values and reports the lines on which a bad one stands."""

    def __init__(self, frame: pl.DataFrame, file: str, found: Collector) -> None:
        self._frame = frame
        self._file = file
        self._found = found

    def names(self, column: str, known: tuple[str, ...], code: str) -> NDArray[np.int32]:
        at = {name: n for n, name in enumerate(known)}
        unknown: list[str] = []

        def place(text: str) -> int:
            if text in at:
                return at[text]
            unknown.append(text)
            near = nearest(text, known) if len(unknown) <= LISTED else None  # comparing with all names takes long
            if near is None:
                raise wrong(code, text)
            raise wrong(f"{code}_near", text, near=near)

        return self.mapped(column, place, None).astype(np.int32)

    def parsed(self, column: str, parse: Callable[[str], Period]) -> tuple[tuple[Period, ...], NDArray[np.int32]]:
        periods: dict[str, Period] = {}

        def ordinal(text: str) -> int:
            periods[text] = parse(text)
            return periods[text].ordinal

        ordinals = self.mapped(column, ordinal, None)
        distinct = tuple(sorted(set(periods.values())))
        places = np.array([p.ordinal for p in distinct], np.int64)
        index = np.where(ordinals == _NOBODY, _NOBODY, np.searchsorted(places, ordinals))
        return distinct, index.astype(np.int32)

    def chosen(self, column: str, allowed: tuple[str, ...], default: str) -> NDArray[np.int64]:
        def place(text: str) -> int:
            if text not in allowed:
                raise wrong("files.not_one_of", text, allowed=allowed)
            return allowed.index(text)

        return self.mapped(column, place, allowed.index(default))

    def mapped(self, column: str, parse: Callable[[str], int], when_empty: int | None) -> NDArray[np.int64]:
        """The column with each distinct text parsed once; ``when_empty`` None: an empty cell is refused."""
        series = self._frame[column]
        texts = series.unique(maintain_order=True).to_list()
        numbers: list[int] = []
        bad: dict[str, tuple[str, dict[str, object]]] = {}
        for text in texts:
            if not text and when_empty is not None:
                numbers.append(when_empty)
                continue
            if len(bad) == _ENOUGH:
                numbers.append(_NOBODY)
                continue
            try:
                if not text:
                    raise wrong("files.cell_empty", name=column)
                numbers.append(parse(text))
            except PydanticCustomError as error:
                numbers.append(_NOBODY)
                bad[text] = (error.type, dict(error.context or {}))
        self._report(column, series, bad)
        if not texts:
            return np.empty(0, np.int64)
        return series.replace_strict(texts, numbers, return_dtype=pl.Int64).to_numpy()

    def decimals(self, state: NDArray[np.int64]) -> pl.Series:
        """Canonical texts of the values; empty ones where the state says that there is no figure."""
        series = self._frame["value"]
        plain = series.str.contains(_PLAIN) & (series.str.len_bytes() <= 15)
        odd = series.filter(~plain).unique(maintain_order=True).to_list()
        canon = {text: canonical(text) for text in odd if text}
        bad: dict[str, tuple[str, dict[str, object]]] = {
            text: (why_no_number(text), {"value": shown(text)})
            for text in islice((t for t, c in canon.items() if c is None), _ENOUGH)
        }
        self._report("value", series, bad)
        needs_value = pl.Series(np.isin(state, [STATES.index("verified"), STATES.index("reported")]))
        for line in self._frame["line"].filter((series == "") & needs_value).head(_ENOUGH):
            self._found.add("files.value_empty", file=self._file, line=line, column="value")
        good = {t: c for t, c in canon.items() if c is not None and t != c}
        return series.replace(list(good), list(good.values())) if good else series

    def once(self, *keys: NDArray[np.integer]) -> None:
        """One line per contestant, indicator, period and revision."""
        names = ("contestant", "indicator", "period", "revision")
        frame = pl.DataFrame(dict(zip(names, keys, strict=True)))
        twice = frame.is_duplicated()
        if not twice.any():
            return
        first: dict[tuple[str, ...], int] = {}
        rows = self._frame.filter(twice).select(*names, "line").iter_rows()
        marked = frame.filter(twice).iter_rows()
        for (contestant, indicator, period, _, line), key in zip(rows, marked, strict=True):
            if _NOBODY in key:
                continue  # already reported
            if key not in first:
                first[key] = line
                continue
            self._found.add(
                "files.reading_twice",
                file=self._file,
                line=line,
                contestant=contestant,
                indicator=indicator,
                period=period,
                revision=key[3],
                first=first[key],
            )
            if self._found.gave_up(self._file):
                return

    def _report(self, column: str, series: pl.Series, bad: Mapping[str, tuple[str, dict[str, object]]]) -> None:
        if not bad:
            return
        where = self._frame.select(column, "line").filter(series.is_in(list(bad))).head(_ENOUGH + 1)
        for text, line in where.iter_rows():
            code, params = bad[text]
            self._found.add(code, file=self._file, line=line, column=column, **params)
