"""The season and its data as the engine's values: from published versions, drafts, revisions and side tables."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import numpy as np

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.inputs import ORIGINS, STATES, AsOf, Readings, ReadingTable
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.files import Bundle, folder_files
from saima.files.content import FileContent
from saima.files.csvtext import csv_bytes
from saima.files.plain_tables import tables
from saima.files.reading import read_content
from saima.files.rows import columns_of
from saima.files.source import BytesSource
from saima.server.race.models import History, Reading, Season, SeasonVersion, SideRow
from saima.words import Text

DEFINITION = frozenset({"season.toml", "contestants.csv", "indicators.csv", "targets.csv", "curves.csv"})
SIDE_TABLES = (
    "corrections",
    "given_scores",
    "waivers",
    "received",
    "projects",
    "milestones",
    "project_readings",
)
ReadingRow = tuple[str, str, str, str, str, int, datetime, str, str, str]
_KEYS: Mapping[str, tuple[str, ...]] = {
    "projects": ("code",),
    "milestones": ("project", "code", "recorded_at"),
    "project_readings": ("project", "period", "revision"),
    "waivers": ("finding", "recorded_at"),
}


def side_key(table: str, cells: Mapping[str, str]) -> str:
    """What tells rows of a side table apart: its own key, or all it says."""
    names = _KEYS.get(table) or columns_of(table)
    return "|".join(cells.get(n, "") for n in names)[:300]


def definition_of(bundle: Bundle) -> dict[str, str]:
    """The canonical files that define a season, by name."""
    files = folder_files(
        Bundle(bundle.season, projects=replace(bundle.projects, projects=(), milestones=(), readings=()))
    )
    return {name: content.decode() for name, content in files.items() if name in DEFINITION}


def read_definition(files: Mapping[str, str]) -> Bundle:
    """The season these files define, with project stages and nothing else.

    Raises
    ------
    SeasonRefused
        Everything that is wrong, by file, line and column.
    """
    return read_content(FileContent(BytesSource({n: t.encode() for n, t in files.items()})))


@lru_cache(maxsize=64)
def _read(files: str) -> Bundle:
    return read_definition(json.loads(files))


def season_of(version: SeasonVersion) -> EngineSeason:
    """The season as published; read once per version and process."""
    return _read(version.files).season


def stages_of(version: SeasonVersion) -> dict[str, Text]:
    """Stages of projects as published, by code, in their order."""
    return {code: title for code, title, _ in _read(version.files).projects.stages}


def stage_title(stages: Mapping[str, Text], code: str) -> Text:
    """A stage by its code, as ``stages_of`` names it; the code itself where it is in no list."""
    return stages.get(code) or Text(code, code)


def newest(season: Season) -> SeasonVersion:
    """The newest published version.

    Raises
    ------
    QuestionRefused
        ``setup.nothing_published``: the season is a draft so far.
    """
    found = season.versions.order_by("-number").first()
    if found is None:
        title = Text(season.title_en, season.title_zh) or Text(season.key, season.key)
        raise QuestionRefused(Problem("setup.nothing_published", {"season": title}))
    return found


def side_rows_of(bundle: Bundle) -> dict[str, list[dict[str, str]]]:
    """The rows of the side tables of a bundle, as canonical cells."""
    written = tables(bundle)
    return {
        name: [dict(zip(written[name][0], row, strict=True)) for row in written[name][1]]
        for name in SIDE_TABLES
        if name in written
    }


def table_of(season: Season, *, until: Period | None = None, known_at: datetime | None = None) -> ReadingTable:
    """All revisions of a season's figures as columns, in no particular order."""
    rows = Reading.objects.filter(season=season)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    found = list(
        rows.values_list(
            "contestant",
            "indicator",
            "period",
            "value",
            "state",
            "revision",
            "recorded_at",
            "origin",
            "note",
            "evidence",
        )
    )
    if until is not None:
        there = {text for text in {row[2] for row in found} if Period.parse(text) <= until}
        found = [row for row in found if row[2] in there]
    return as_table(found)


def as_table(rows: Sequence[ReadingRow]) -> ReadingTable:
    """Figures as they stand in the database, in the order of the fields of the engine's ``Reading``, as columns."""
    if not rows:
        return ReadingTable.of(())
    contestants, indicators, periods, values, states, revisions, instants, origins, notes, evidence = zip(
        *rows, strict=True
    )
    parsed = {text: Period.parse(text) for text in set(periods)}
    names_c, names_i = tuple(sorted(set(contestants))), tuple(sorted(set(indicators)))
    names_p = tuple(sorted(parsed.values()))
    at_c, at_i = {c: n for n, c in enumerate(names_c)}, {c: n for n, c in enumerate(names_i)}
    place_of = {p: n for n, p in enumerate(names_p)}
    at_p = {text: place_of[p] for text, p in parsed.items()}
    at_s, at_o = {s: n for n, s in enumerate(STATES)}, {o: n for n, o in enumerate(ORIGINS)}
    return ReadingTable(
        contestants=names_c,
        indicators=names_i,
        periods=names_p,
        contestant=np.array([at_c[c] for c in contestants], np.int32),
        indicator=np.array([at_i[c] for c in indicators], np.int32),
        period=np.array([at_p[p] for p in periods], np.int32),
        value=np.array([float(v) if v else np.nan for v in values], np.float64),
        text=tuple(values),
        state=np.array([at_s[s] for s in states], np.int8),
        revision=np.array(revisions, np.int32),
        recorded_at=np.array([int(t.timestamp()) for t in instants], np.int64),
        origin=np.array([at_o[o] for o in origins], np.int8),
        note={n: t for n, t in enumerate(notes) if t},
        evidence={n: t for n, t in enumerate(evidence) if t},
    )


def bundle_of(season: Season, version: SeasonVersion | None = None, *, as_of: AsOf | None = None) -> Bundle:
    """Everything ``evaluate`` asks for: the definition, all revisions, side tables and what was published.

    ``as_of`` leaves out later periods and records while reading, which changes no evaluation of it.
    """
    defined = json.loads((version or newest(season)).files)
    files = {name: text.encode() for name, text in defined.items()}
    latest: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in SideRow.objects.filter(season=season).order_by("id"):
        latest[row.table][row.key] = json.loads(row.cells)
    for name, rows in latest.items():
        columns = tuple(c for c in columns_of(name) if any(c in r for r in rows.values()))
        files[f"{name}.csv"] = csv_bytes(columns, [tuple(r.get(c, "") for c in columns) for r in rows.values()])
    for past in History.objects.filter(season=season):
        files[past.name] = past.content.encode()
    bundle = read_content(FileContent(BytesSource(files)))
    until = None if as_of is None else as_of.period
    known_at = None if as_of is None else as_of.known_at
    readings = Readings(
        table=table_of(season, until=until, known_at=known_at),
        corrections=bundle.readings.corrections,
        given_scores=bundle.readings.given_scores,
        waivers=bundle.readings.waivers,
        received=bundle.readings.received,
    )
    return replace(bundle, readings=readings)
