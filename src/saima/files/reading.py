"""Reads a season from wherever it is kept into the values of the engine, or says everything that is wrong with it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar, get_args

from saima import examples
from saima.engine.model.history import History
from saima.engine.model.inputs import Projects, Readings, ReadingTable
from saima.engine.model.periods import Frequency
from saima.engine.model.season import Curve, Season
from saima.files.book_reading import BookContent
from saima.files.bundle import Bundle
from saima.files.cells import is_code, tidy
from saima.files.checking import Loc, path_text, validated
from saima.files.content import NEEDED, Content, FileContent, Written
from saima.files.document import Document
from saima.files.figures import Known as KnownToReadings
from saima.files.figures import read_figures
from saima.files.problems import Collector, shown
from saima.files.published import NAME, read_published
from saima.files.references import check_document, check_rows
from saima.files.rows import (
    ROWS,
    ContestantRow,
    CorrectionRow,
    CurveRow,
    GivenScoreRow,
    IndicatorRow,
    MilestoneRow,
    ProjectReadingRow,
    ProjectRow,
    ReceivedRow,
    Row,
    TargetRow,
    WaiverRow,
)
from saima.files.source import BytesSource, FolderSource, refused, unpacked
from saima.words import Text

R = TypeVar("R", bound=Row)


def load_season(source: str | Path) -> Bundle:
    """The season in a folder, a workbook, a package, or of a bundled example.

    Parameters
    ----------
    source : path of a season folder, of an ``.xlsx`` workbook, of a package (a folder with ``season/`` inside, or a
        zip of one), or the name of an example (``saima.examples.names()``). A path that exists wins.

    Raises
    ------
    SeasonRefused, ReadingsRefused, HistoryRefused
        Everything that is wrong, by file, line and column; at most 50 problems are listed.

    Notes
    -----
    docs/season-folder.md. Whether the season holds together (weights that add up, targets apart from baselines) is
    asked of ``saima.engine.race.check``.
    """
    try:
        return read_content(_content(source))
    except OSError as fault:
        file = shown(Path(str(fault.filename)).name) if fault.filename else ""
        raise refused("files.unreadable", file, value=shown(source)) from None


def _content(source: str | Path) -> Content:
    path = Path(source)
    if "\0" in str(source) or not path.exists():
        if str(source) in examples.names():
            path = examples.folder(str(source))
        else:
            raise refused("files.no_such_source", source=shown(source), examples=examples.names())
    if path.is_dir():
        if not (path / "season.toml").is_file() and (path / "season").is_dir():
            return FileContent(FolderSource(path / "season", "season/"))
        return FileContent(FolderSource(path))
    if not path.is_file():
        raise refused("files.no_file", path.name)
    match path.suffix.lower():
        case ".zip":
            files = unpacked(path, what="zip", under="season/")
            if not files:
                raise refused("files.no_season_in_zip", path.name)
            return FileContent(BytesSource(files, "season/"))
        case ".xlsx":
            return BookContent(path)
        case ".xlsm" | ".xlsb" | ".xltm":
            raise refused("files.book_macros", path.name)
        case ".xls":
            raise refused("files.book_old", path.name)
        case _:
            raise refused("files.unknown_kind", path.name)


def read_history(files: Mapping[str, bytes], frequency: Frequency | None = None) -> History:
    """The history in records of bulletins, ``published/2026-04.csv`` -> bytes; other files are left alone.

    Raises
    ------
    HistoryRefused
        A record that cannot be read, by file, line and column.
    """
    found = Collector()
    past = {name: content for name, content in files.items() if NAME.fullmatch(name)}
    tables, names = FileContent(BytesSource(past)).published(found)
    history = read_published(tables, frequency, found, names=names)
    found.raise_if_any()
    return history


def read_content(content: Content) -> Bundle:
    """The same from any kind of content."""
    found = Collector()
    bundle = _Reader(content, found).bundle()
    found.raise_if_any()
    if bundle is None:
        raise RuntimeError("a season that cannot be read must say why")
    return bundle


class _Reader:
    def __init__(self, content: Content, found: Collector) -> None:
        self._content = content
        self._found = found
        self._written: Written | None = content.document(found)
        self._frequency = self._said_frequency()
        self._document = self._read_document()
        self._rows: dict[str, list[tuple[int, Row]]] = {}
        self._files: dict[str, str] = {}
        self._codes: dict[str, set[str]] = {}
        self._holed: set[str] = set()  # tables of which rows got lost, so that what is not there may well be there
        for name in ROWS:
            self._read_table(name)

    def bundle(self) -> Bundle | None:
        found = self._found
        known = self._known()
        for name, rows in self._rows.items():
            check_rows(name, self._files[name], rows, known, found)
        if self._document is not None and self._written is not None:
            check_document(self._document, self._written, known, found)
        figures = self._figures(known)
        tables, names = self._content.published(found)
        history = read_published(tables, self._frequency, found, names=names)
        if self._document is None or any(n not in self._files for n in NEEDED):
            return None
        return self._joined(self._document, figures, history)

    def _said_frequency(self) -> str | None:
        said = None if self._written is None else self._written.data.get("frequency")
        return said if said in get_args(Frequency) else None

    def _read_document(self) -> Document | None:
        written = self._written
        if written is None:
            return None
        return validated(
            Document,
            written.data,
            self._found,
            context={"frequency": self._frequency, "typed": written.typed},
            file=written.file,
            line_of=written.line,
            column_of=path_text,
            cells=False,
        )

    def _read_table(self, name: str) -> None:
        table = self._content.table(name, self._found)
        if table is None:
            return
        self._files[name] = table.file
        rows = self._rows.setdefault(name, [])
        codes = self._codes.setdefault(name, set())
        context = {"frequency": self._frequency}
        told = 0  # problems of rows that are there; the others are of rows that got lost
        before = self._found.within(table.file)
        for line, cells in table.rows:
            so_far = self._found.within(table.file)
            data = {column: text for column, cell in zip(table.header, cells, strict=True) if (text := tidy(cell))}
            if code := data.get("curve" if name == "curves" else "code"):
                codes.add(code)
            row = validated(
                ROWS[name],
                data,
                self._found,
                context=context,
                file=table.file,
                line_of=_same(line),
                column_of=_column,
                cells=True,
            )
            told += self._found.within(table.file) - so_far
            if row is not None:
                rows.append((line, row))
            elif code and not is_code(code):
                self._holed.add(name)  # whatever names this row would be told that it is not there
            if self._found.gave_up(table.file):
                break
        if self._found.gave_up(table.file) or self._found.within(table.file) > before + told:
            self._holed.add(name)

    def _known(self) -> Mapping[str, frozenset[str]]:
        """What may be referred to, of what could be read."""
        known: dict[str, frozenset[str]] = {}
        for kind, name in (("contestant", "contestants"), ("indicator", "indicators")):
            if name in self._files and name not in self._holed:
                known[kind] = frozenset(self._codes[name])
        if "contestants" in self._files and not self._found.within(self._files["contestants"]):
            known["tag"] = frozenset(t for r in self._typed("contestants", ContestantRow) for t in r.tags)
        if "projects" not in self._holed:
            known["project"] = frozenset(self._codes.get("projects", ()))
        if "curves" not in self._holed:
            known["curve"] = frozenset(self._codes.get("curves", ()))
        if self._document is not None:
            document = self._document
            known["node"] = frozenset(n.code for n in document.nodes)
            known["race"] = frozenset(r.code for r in document.races)
            known["group"] = frozenset(g.code for g in document.groups)
            known["rule"] = frozenset(s.code for s in document.scores)
            known["class"] = frozenset(c.code for c in document.classes)
            known["stage"] = frozenset(s.code for s in document.project_stages)
        return known

    def _figures(self, known: Mapping[str, frozenset[str]]) -> ReadingTable:
        if "contestant" in known and "indicator" in known:
            table = self._content.table("readings", self._found)
            if table is not None:
                mine = KnownToReadings(
                    tuple(sorted(known["contestant"])), tuple(sorted(known["indicator"])), self._frequency
                )
                return read_figures(table, mine, self._found)
        return ReadingTable.of(())

    def _typed(self, name: str, kind: type[R]) -> list[R]:
        return [row for _, row in self._rows.get(name, []) if isinstance(row, kind)]

    def _joined(self, document: Document, figures: ReadingTable, history: History) -> Bundle:
        contestants = (r.value for r in self._typed("contestants", ContestantRow))
        indicators = (r.value for r in self._typed("indicators", IndicatorRow))
        targets = (r.value for r in self._typed("targets", TargetRow))
        season = Season(
            code=document.code,
            title=document.title.text,
            frequency=document.frequency,
            window=document.window,
            targets_cover=document.targets_cover or document.window,
            missing=document.missing,
            contestants=tuple(sorted(contestants, key=lambda c: (c.order, c.code))),
            indicators=tuple(sorted(indicators, key=lambda i: (i.order, i.code))),
            nodes=document.nodes,
            score_rules=tuple(sorted((s.value for s in document.scores), key=lambda s: s.code)),
            targets=tuple(sorted(targets, key=lambda t: (t.contestant, t.indicator))),
            curves=_curves(self._typed("curves", CurveRow)),
            classes=tuple(sorted((c.value for c in document.classes), key=lambda c: (c.order, c.code))),
            rank_classes=document.rank_classes,
            overall=document.overall,
            weights=document.weights,
            minimum_share=document.minimum_share,
            counts=document.counts,
            decimals=document.decimals,
            floor_score=document.floor_score,
            tie_breakers=document.tie_breakers,
            light_from=document.light_from,
            progress=document.progress.value,
            base_period=document.base_period,
            tiers=tuple(sorted((t.value for t in document.tiers), key=lambda t: (-t.at_least, t.code))),
            constraints=tuple(sorted((c.value for c in document.constraints), key=lambda c: c.code)),
            uncertainty=document.uncertainty.value,
            integrity=document.integrity.value,
            masthead=document.masthead.value,
            publishers=document.publishers,
            solo=document.solo,
            time_zone=document.time_zone,
            notice=document.notice.text,
            source=document.source.text,
            illustrative=document.illustrative,
        )
        corrections = (r.record for r in self._typed("corrections", CorrectionRow))
        given = (r.value for r in self._typed("given_scores", GivenScoreRow))
        waivers = (r.value for r in self._typed("waivers", WaiverRow))
        received = (r.record for r in self._typed("received", ReceivedRow))
        readings = Readings(
            table=figures,
            corrections=tuple(sorted(corrections, key=lambda c: (c.contestant, c.indicator, c.period, c.recorded_at))),
            given_scores=tuple(sorted(given, key=lambda g: (g.contestant, g.node, g.period, g.recorded_at))),
            waivers=tuple(sorted(waivers, key=lambda w: (w.finding, w.recorded_at))),
            received=tuple(sorted(received, key=lambda r: (r.contestant, r.published, repr(r)))),
        )
        projects = (r.value for r in self._typed("projects", ProjectRow))
        milestones = (r.value for r in self._typed("milestones", MilestoneRow))
        states = (r.value for r in self._typed("project_readings", ProjectReadingRow))
        work = Projects(
            projects=tuple(sorted(projects, key=lambda p: (p.order, p.code))),
            milestones=tuple(sorted(milestones, key=lambda m: (m.project, m.due, m.code))),
            readings=tuple(sorted(states, key=lambda s: (s.project, s.period, s.revision))),
            stages=document.stages,
        )
        return Bundle(season, readings, work, history)


def _same(line: int) -> Callable[[Loc], int]:
    return lambda _: line


def _column(loc: Loc) -> str:
    return str(loc[0]) if loc else ""


def _curves(rows: list[CurveRow]) -> tuple[Curve, ...]:
    """Rows of one curve joined; its title stands on any of them."""
    curves: dict[str, list[CurveRow]] = {}
    for row in sorted(rows, key=lambda r: (r.curve, r.period)):
        curves.setdefault(row.curve, []).append(row)
    return tuple(
        Curve(
            code=code,
            title=Text(
                next((r.title_en for r in points if r.title_en), ""),
                next((r.title_zh for r in points if r.title_zh), ""),
            ),
            shares=tuple((r.period, r.share) for r in points),
        )
        for code, points in curves.items()
    )
