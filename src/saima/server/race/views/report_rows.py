"""The rows of a report's table as text: a row that says what another said is not rendered again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString, mark_safe

from saima.server.kit.context import lang
from saima.server.kit.rendered import part
from saima.server.race.actions.reports import Entry
from saima.server.race.queries.reports import Page, Row
from saima.server.race.queries.verdicts import CellVerdict
from saima.server.race.templatetags.report_words import saved_by, verdict_of, wrote

Verdicts = Mapping[tuple[str, str], CellVerdict]


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a row says, by value: the templates of a row know nothing else.

    ``typed`` is what this person tried to save into a cell somebody else had changed, ``by`` who had.
    """

    report: str
    state: str
    zone: str
    way: str
    office: bool
    cell: str
    first: bool  # typing begins here
    contestant: str
    indicator: str
    unit: str
    definition: str
    source: str
    evidence: str
    kind: str
    text: str
    value: str
    note: str
    version: str
    at: str
    before: float | None
    change: float | None
    target: float | None
    completion: float | None
    due: float | None
    light: str
    dot: str
    files: int
    questioned: bool
    verdict: tuple[str, str] | None
    problems: tuple[tuple[str, str], ...]  # level, sentence
    messages: tuple[tuple[str, str, str, datetime], ...]  # kind, text, who, when
    typed: Entry | None
    by: str


def rows_as_text(
    page: Page,
    rows: Iterable[Row],
    *,
    way: str,
    mine: Mapping[int, Entry],
    verdicts: Verdicts | None = None,
    first: Row | None = None,
) -> SafeString:
    """Rows of a page one below the other."""
    office, zone = page.office, ZoneInfo(page.report.season.time_zone)
    texts = []
    for row in rows:
        typed = mine.get(row.cell.pk)
        shown = _shown(page, row, way, typed, verdicts, zone, office=office, first=row is first)
        texts.append(part("race/reports/row.html", shown, lambda shown=shown: {"c": shown}))  # type: ignore[misc]
    return mark_safe("".join(texts))  # noqa: S308 - of templates


def _shown(
    page: Page,
    row: Row,
    way: str,
    typed: Entry | None,
    verdicts: Verdicts | None,
    zone: ZoneInfo,
    *,
    office: bool,
    first: bool,
) -> Shown:
    cell, indicator, pace, speaks = row.cell, row.indicator, row.pace, lang()
    return Shown(
        report=str(page.report.pk),
        state=page.report.state,
        zone=zone.key,
        way=way,
        office=office,
        cell=str(cell.pk),
        first=first,
        contestant=row.contestant.title.of(speaks),
        indicator=indicator.title.of(speaks),
        unit=indicator.unit.of(speaks),
        definition=indicator.definition.of(speaks),
        source=indicator.source.of(speaks),
        evidence=indicator.evidence,
        kind=cell.kind,
        text=cell.text,
        value=cell.value,
        note=cell.note,
        version=str(cell.row_version),
        at=cell.saved_at.astimezone(zone).strftime("%H:%M"),
        before=row.before,
        change=row.change,
        target=pace.target,
        completion=pace.completion,
        due=pace.due,
        light=pace.light,
        dot=row.dot,
        files=len(row.files),
        questioned=row.questioned,
        verdict=verdict_of(verdicts, cell),
        problems=tuple((p.level, p.problem.sentence(speaks)) for p in row.problems),
        messages=tuple((m.kind, m.text, wrote(m), m.at) for m in row.messages),
        typed=typed,
        by=saved_by(cell) if typed else "",
    )
