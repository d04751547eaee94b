"""Opens a period's reports and keeps what is typed into them. Drafts are never refused; nobody is overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator
from saima.engine.model.season import Season as EngineSeason
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.places.actions import place_ensure
from saima.server.places.models import Place
from saima.server.places.queries import places_by_key
from saima.server.race.enums import EDITABLE, CellKind, MessageKind, ReportState
from saima.server.race.models import CellMessage, Reading, Report, ReportCell, Season
from saima.server.race.queries.asked import Asked, Reporter, asked, office_key, reporters_of
from saima.server.race.queries.deadlines import deadline
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.typed import read_typed, visible
from saima.words import Text

MOST_PASTED: Final = 10_000
MOST_NOTE: Final = 5_000
_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody wants a cell to say; ``note`` None leaves the note as it is."""

    text: str = ""
    kind: str = CellKind.EMPTY
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The cell as it now stands."""

    cell: ReportCell


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else saved the cell meanwhile: it stays theirs, and what was to be saved stands beside it."""

    cell: ReportCell
    mine: Entry


@transaction.atomic
def report_open_period(
    *, season: Season, period: Period, by: Person | None, reporters: Mapping[str, Reporter] | None = None
) -> list[Report]:
    """The reports of every zone and office that has a figure due; those already open stay as they are.

    ``reporters`` says by indicator whether zones or its office report it (asked.reporters_of otherwise). Figures that
    are already known for the period stand in the new cells.

    Raises
    ------
    QuestionRefused
        ``report.outside_window``, ``report.season_closed``.
    """
    if season.closed:
        raise QuestionRefused(Problem("report.season_closed", {"season": Text(season.title_en, season.title_zh)}))
    spec = season_of(newest(season))
    if period not in spec.window:
        raise QuestionRefused(
            Problem(
                "report.outside_window",
                {"period": str(period), "first": str(spec.window.first), "last": str(spec.window.last)},
            )
        )
    said = {**reporters_of(season, spec, period), **(reporters or {})}
    wanted: dict[str, list[Asked]] = {}
    for one in asked(spec, period, said):
        wanted.setdefault(one.place, []).append(one)
    there = set(Report.objects.filter(season=season, period=str(period)).values_list("place__key", flat=True))
    places = _places(season, [k for k in wanted if k not in there], by)
    known = _newest_readings(season, period)
    marks = deadline(season, period)
    made = [
        Report.objects.create(
            season=season, place=places[key], period=str(period), due_at=marks.due_at, late_until=marks.late_until
        )
        for key in wanted
        if key not in there
    ]
    cells = [_first_cell(report, one, known) for report in made for one in wanted[report.place.key]]
    ReportCell.objects.bulk_create(cells, batch_size=_BATCH)
    if made:
        audit.record(
            by=by,
            action="report.period_opened",
            object_type="season",
            object_key=season.key,
            period=str(period),
            places=[r.place.key for r in made],
            cells=len(cells),
        )
    return made


def _places(season: Season, keys: Sequence[str], by: Person | None) -> dict[str, Place]:
    found = places_by_key(keys)
    spec = season_of(newest(season))
    offices = {office_key(i): i.owner for i in spec.indicators if i.owner}
    for key in keys:
        if key not in found and key in offices:
            found[key] = place_ensure(key=key, title=Text(offices[key], offices[key]), kind="office", by=by)
        elif key not in found:
            contestant = spec.contestant[key]
            found[key] = place_ensure(
                key=key, title=contestant.title, kind=contestant.kind, order=contestant.order, by=by
            )
    return found


def _newest_readings(season: Season, period: Period) -> dict[tuple[str, str], Reading]:
    rows = Reading.objects.filter(season=season, period=str(period)).order_by("revision")
    return {(r.contestant, r.indicator): r for r in rows}


def _first_cell(report: Report, one: Asked, known: Mapping[tuple[str, str], Reading]) -> ReportCell:
    cell = ReportCell(report=report, contestant=one.contestant, indicator=one.indicator, saved_at=clock.now())
    reading = known.get((one.contestant, one.indicator))
    if reading is not None and reading.state == "not_applicable":
        cell.kind, cell.note = CellKind.NOT_APPLICABLE, reading.note
    elif reading is not None and reading.value:
        cell.kind, cell.text, cell.value = CellKind.VALUE, reading.value, reading.value
        cell.note = "" if reading.state == "rejected" else reading.note  # a rejection's note is the verifier's
    return cell


def editable(report: Report, *, on_behalf: bool = False) -> None:
    """Raise unless figures or notes of the report may change now.

    Raises
    ------
    QuestionRefused
        ``accounts.not_in_state``; ``report.locked`` after the last day, for a first submission that is not the
        bureau's.
    """
    if ReportState(report.state) not in EDITABLE:
        raise QuestionRefused(Problem("accounts.not_in_state", {"state": report.state}))
    if locked(report) and not on_behalf:
        raise QuestionRefused(Problem("report.locked", {"period": report.period}))


def locked(report: Report) -> bool:
    """A report never submitted whose last day has passed; what was returned or reopened has its own time."""
    return report.state == ReportState.OPEN and clock.now() > report.late_until


def cell_save(
    *,
    report: Report,
    contestant: str,
    indicator: str,
    entry: Entry,
    seen: int,
    by: Person | None,
    by_name: str = "",
    on_behalf: bool = False,
) -> Saved | Conflict:
    """Keep what was typed, whatever it is. ``seen`` is the row version the person had before them.

    Raises
    ------
    QuestionRefused
        ``report.not_asked``: the report has no such cell; ``report.notes_only``; and as ``editable``.
    """
    cell = ReportCell.objects.filter(report=report, contestant=contestant, indicator=indicator).first()
    if cell is None:
        raise QuestionRefused(Problem("report.not_asked", {"contestant": contestant, "indicator": indicator}))
    return cells_save(
        report=report, entries=[(cell, entry, seen)], by=by, by_name=by_name, on_behalf=on_behalf, way="typed"
    )[0]


def cells_save(
    *,
    report: Report,
    entries: Sequence[tuple[ReportCell, Entry, int]],
    by: Person | None,
    by_name: str = "",
    on_behalf: bool = False,
    way: str = "page",
) -> list[Saved | Conflict]:
    """Keep several cells at once, each with the row version that was seen; the others are kept when one conflicts.

    Raises
    ------
    QuestionRefused
        As ``cell_save``; then none is kept.
    """
    spec = season_of(newest(report.season))  # read before anybody has to wait for us
    with transaction.atomic():
        return _cells_save(report, spec, entries, by, by_name, on_behalf=on_behalf, way=way)


def _cells_save(
    report: Report,
    spec: EngineSeason,
    entries: Sequence[tuple[ReportCell, Entry, int]],
    by: Person | None,
    by_name: str,
    *,
    on_behalf: bool,
    way: str,
) -> list[Saved | Conflict]:
    # The report is locked first, then its cells, or two people typing at once wait for each other.
    current = Report.objects.select_for_update().get(pk=report.pk)
    editable(current, on_behalf=on_behalf)
    wanted_cells = ReportCell.objects.select_for_update().filter(report=current, pk__in=[c.pk for c, _, _ in entries])
    fresh = {c.pk: c for c in wanted_cells}
    answers: list[Saved | Conflict] = []
    changed: list[ReportCell] = []
    for old, entry, seen in entries:
        cell = fresh[old.pk]
        wanted = _said(entry, cell, spec.indicator[cell.indicator])
        if (wanted.kind, wanted.text, wanted.note) == (cell.kind, cell.text, cell.note):
            answers.append(Saved(cell))
            continue
        if seen != cell.row_version:
            answers.append(Conflict(cell, entry))
            continue
        if current.state == ReportState.REOPENED_NOTES and (wanted.kind, wanted.value) != (cell.kind, cell.value):
            raise QuestionRefused(Problem("report.notes_only", {"indicator": spec.indicator[cell.indicator].title}))
        for name in ("kind", "text", "value", "note"):
            setattr(cell, name, getattr(wanted, name))
        cell.row_version += 1
        cell.saved_by, cell.saved_by_name, cell.saved_at = by, by_name, clock.now()
        changed.append(cell)
        answers.append(Saved(cell))
    if changed:
        names = ["kind", "text", "value", "note", "row_version", "saved_by", "saved_by_name", "saved_at"]
        if len(changed) == 1:  # somebody types: half the work of a statement for many
            changed[0].save(update_fields=names)
        else:
            ReportCell.objects.bulk_update(changed, names, batch_size=100)
        audit.record(
            by=by,
            action="report.cells_saved",
            object_type="report",
            object_key=str(report.pk),
            way=way,
            by_name=by_name,
            on_behalf=on_behalf,
            cells=[[c.contestant, c.indicator, c.kind, c.text, c.note] for c in changed],
        )
    return answers


def _said(entry: Entry, cell: ReportCell, indicator: Indicator) -> ReportCell:
    """The cell an entry asks for. Words for nothing in the text choose the kind; a chosen kind without text stays."""
    typed = read_typed(entry.text, indicator)
    note = cell.note if entry.note is None else visible(entry.note)[:MOST_NOTE]
    kind, text, value = typed.kind, typed.text, typed.value
    if entry.kind in (CellKind.NOT_YET, CellKind.NOT_APPLICABLE):
        kind, text, value = CellKind(entry.kind), "", ""
    if len(visible(entry.text)) > len(text) and text and visible(entry.text) not in note:
        note = f"{note}\n{visible(entry.text)}".strip()[:MOST_NOTE]  # longer than a figure can be: nothing is lost
    return ReportCell(kind=kind, text=text, value=value, note=note)


def cells_paste(
    *,
    report: Report,
    grid: Sequence[Sequence[ReportCell]],
    block: Sequence[Sequence[str]],
    start: ReportCell,
    seen: Mapping[int, int],
    by: Person | None,
    by_name: str = "",
    on_behalf: bool = False,
) -> list[Saved | Conflict]:
    """A column or block copied from a table, laid over the page's cells from ``start`` on. All of it or nothing.

    Parameters
    ----------
    grid : the page's cells as rows and columns (queries.reports.grid_of).
    seen : row version by cell id; a cell it does not name is taken as never seen.

    Raises
    ------
    QuestionRefused
        ``report.paste_too_large`` above 10,000 cells; ``report.paste_outside``: it reaches beyond the table.
    """
    count = sum(len(row) for row in block)
    if count > MOST_PASTED:
        raise QuestionRefused(Problem("report.paste_too_large", {"count": count, "most": MOST_PASTED}))
    top, left = next((r, c) for r, row in enumerate(grid) for c, cell in enumerate(row) if cell.pk == start.pk)
    height, width = len(grid) - top, max(len(row) for row in grid) - left
    if len(block) > height or any(len(row) > width for row in block):
        rows, columns = len(block), max(len(row) for row in block)
        raise QuestionRefused(
            Problem("report.paste_outside", {"rows": rows, "columns": columns, "height": height, "width": width})
        )
    entries = [
        (grid[top + r][left + c], Entry(text), seen.get(grid[top + r][left + c].pk, 0))
        for r, row in enumerate(block)
        for c, text in enumerate(row)
    ]
    return cells_save(report=report, entries=entries, by=by, by_name=by_name, on_behalf=on_behalf, way="pasted")


@transaction.atomic
def report_assign(*, report: Report, to: Person | None, by: Person) -> None:
    """Who looks after the report; nobody in particular with None. Twice is once."""
    current = Report.objects.select_for_update().get(pk=report.pk)
    if current.assignee_id == (to.pk if to else None):
        return
    Report.objects.filter(pk=report.pk).update(assignee=to)
    audit.record(
        by=by,
        action="report.assigned",
        object_type="report",
        object_key=str(report.pk),
        to=to.username if to else "",
    )


@transaction.atomic
def cell_answer(
    *, report: Report, contestant: str, indicator: str, text: str, by: Person | None, by_name: str = ""
) -> CellMessage:
    """An answer to the verifier's question beside a cell; the same words again, with nothing said between, are one.

    Raises
    ------
    QuestionRefused
        ``report.answer_empty``; ``report.not_asked``.
    """
    text = visible(text)[:MOST_NOTE]
    if not text:
        raise QuestionRefused(Problem("report.answer_empty"))
    if not ReportCell.objects.filter(report=report, contestant=contestant, indicator=indicator).exists():
        raise QuestionRefused(Problem("report.not_asked", {"contestant": contestant, "indicator": indicator}))
    Report.objects.select_for_update().get(pk=report.pk)
    beside = CellMessage.objects.filter(report=report, contestant=contestant, indicator=indicator)
    last = beside.order_by("-id").first()
    if last is not None and (last.kind, last.text, last.by_id) == (MessageKind.ANSWER, text, by.pk if by else None):
        return last
    message = CellMessage.objects.create(
        report=report,
        contestant=contestant,
        indicator=indicator,
        kind=MessageKind.ANSWER,
        text=text,
        by=by,
        by_name=by_name,
    )
    audit.record(
        by=by,
        action="report.answered",
        object_type="report",
        object_key=str(report.pk),
        contestant=contestant,
        indicator=indicator,
        text=text,
        by_name=by_name,
    )
    return message
