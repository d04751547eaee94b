"""Pages of the list of reports and of one report's table: opening a period, typing, pasting, saving, assigning."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.server.accounts.enums import Role
from saima.server.accounts.models import Person
from saima.server.accounts.queries import people_with
from saima.server.accounts.rules import held_by, may, require
from saima.server.kit import clock
from saima.server.race.actions.reports import (
    Conflict,
    Entry,
    Saved,
    cell_answer,
    cells_paste,
    cells_save,
    locked,
    report_assign,
    report_open_period,
)
from saima.server.race.guest import Guest
from saima.server.race.models import Report, ReportCell
from saima.server.race.queries.asked import Reporter
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.drafts import touched_by
from saima.server.race.queries.opening import preview_of
from saima.server.race.queries.reports import Page, grid_of, next_period, page_of, reports_listed
from saima.server.race.queries.verdicts import verdicts_of
from saima.server.race.queries.visible import reports_visible_to, seasons_visible_to
from saima.server.race.rules import RULES
from saima.server.race.views.report_rows import rows_as_text

LATELY: Final = timedelta(minutes=15)  # what others saved in this time is shown beside an answer


def person(request: HttpRequest) -> Any:
    """Who is signed in, for actions; None for a guest."""
    return None if isinstance(request.user, Guest) else request.user


def by_name(request: HttpRequest) -> str:
    """For whom a guest's link was made; empty for people with an account."""
    return request.user.name if isinstance(request.user, Guest) else ""


def visible_report(request: HttpRequest, pk: int) -> Report:
    found: Report = get_object_or_404(
        reports_visible_to(request.user).select_related("season", "place", "assignee"), pk=pk
    )
    return found


def way_in(request: HttpRequest, report: Report) -> str:
    """How the person may change the report: "own", "behalf" (the bureau for a place), or "" not at all."""
    held = held_by(request.user, season=report.season.key)
    for way, action in (("own", "report.edit"), ("behalf", "report.edit_behalf")):
        if way == "own" and locked(report):
            continue
        if may(RULES[action], held, place=report.place_id, state=report.state):
            return way
    return ""


def require_way_in(request: HttpRequest, report: Report) -> bool:
    """Raise unless the person may change the report; whether they do so on the place's behalf."""
    way = way_in(request, report)
    if not way:
        held = held_by(request.user, season=report.season.key)
        action = "report.edit_behalf" if may(RULES["report.edit_behalf"], held) else "report.edit"
        require(RULES, action, request.user, place=report.place_id, state=report.state, season=report.season.key)
    return way == "behalf"


@require_GET
def report_list(request: HttpRequest, key: str) -> HttpResponse:
    season = get_object_or_404(seasons_visible_to(request.user), key=key)
    rows = reports_listed(request.user, season)
    held = held_by(request.user, season=season.key)
    opens = may(RULES["report.open"], held)
    following = next_period(season, season_of(newest(season))) if opens and not season.closed else None
    periods: dict[str, list[Any]] = {}
    for row in rows:
        periods.setdefault(row.report.period, []).append(row)
    return render(
        request,
        "race/reports/list.html",
        {
            "season": season,
            "spec": season_of(newest(season)),
            "periods": periods,
            "next": following,
            "opens": opens,
            "people": _assignable() if opens else (),
        },
    )


@require_http_methods(["GET", "POST"])
def open_period(request: HttpRequest, key: str) -> HttpResponse:
    season = get_object_or_404(seasons_visible_to(request.user), key=key)
    require(RULES, "report.open", request.user, season=season.key)
    spec = season_of(newest(season))
    given = request.POST.get("period") or request.GET.get("period") or ""
    period = Period.parse(given) if given else next_period(season, spec)
    if period is None:
        raise QuestionRefused(Problem("report.no_next_period", {"last": str(spec.window.last)}))
    said = _reporters(request, spec)
    if request.method == "POST" and "look" not in request.POST:
        report_open_period(season=season, period=period, by=person(request), reporters=said)
        return redirect("reports", key=season.key)
    preview = preview_of(season, spec, period, said)
    return render(request, "race/reports/open.html", {"season": season, "spec": spec, "preview": preview})


def _reporters(request: HttpRequest, spec: EngineSeason) -> dict[str, Reporter]:
    """Who the form says reports each indicator."""
    found: dict[str, Reporter] = {}
    for code in spec.indicator:
        match request.POST.get(f"by-{code}"):
            case "zone":
                found[code] = "zone"
            case "office":
                found[code] = "office"
            case _:
                pass
    return found


def _assignable() -> list[Person]:
    found = {p.pk: p for role in (Role.REPORTER, Role.DATA_OWNER, Role.STEWARD) for p in people_with(role)}
    return sorted(found.values(), key=lambda p: p.name)


@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    one = visible_report(request, pk)
    page = page_of(one, missing="check" in request.GET)
    return _shown(request, page, checked="check" in request.GET)


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole table as one form: what changed is kept, then checked, submitted, or shown again."""
    one = visible_report(request, pk)
    behalf = require_way_in(request, one)
    cells = {c.pk: c for c in one.cells.all()}
    entries = [
        (cell, _entry(request, cell), _count(request.POST.get(f"v{n}")))
        for n, cell in cells.items()
        if _sent(request, n)
    ]
    answers = cells_save(report=one, entries=entries, by=person(request), by_name=by_name(request), on_behalf=behalf)
    for n, cell in cells.items():
        if text := request.POST.get(f"a{n}", "").strip():
            cell_answer(
                report=one,
                contestant=cell.contestant,
                indicator=cell.indicator,
                text=text,
                by=person(request),
                by_name=by_name(request),
            )
    conflicts = [a for a in answers if isinstance(a, Conflict)]
    if conflicts:
        return _shown(request, page_of(one), conflicts=conflicts, status=409)
    match request.POST.get("then"):
        case "check":
            return redirect(f"{reverse('report', args=[pk])}?check=1#problems")
        case "submit":
            return redirect("report_submit", pk=pk)
        case _:
            return redirect("report", pk=pk)


@require_POST
def cell(request: HttpRequest, pk: int, cell: int) -> HttpResponse:
    """One cell as it is typed; answers with the parts of the page that follow from it."""
    one = visible_report(request, pk)
    behalf = require_way_in(request, one)
    old = get_object_or_404(ReportCell, report=one, pk=cell)
    answers = cells_save(
        report=one,
        entries=[(old, _entry(request, old), _count(request.POST.get(f"v{cell}")))],
        by=person(request),
        by_name=by_name(request),
        on_behalf=behalf,
        way="typed",
    )
    return _parts(request, page_of(one), answers)


@require_POST
def paste(request: HttpRequest, pk: int, cell: int) -> HttpResponse:
    """A column or block copied from a table, from this cell on."""
    one = visible_report(request, pk)
    behalf = require_way_in(request, one)
    start = get_object_or_404(ReportCell, report=one, pk=cell)
    block, seen = _block(request.POST.get("block", "")), _seen(request.POST.get("seen", ""))
    answers = cells_paste(
        report=one,
        grid=grid_of(page_of(one), start),
        block=block,
        start=start,
        seen=seen,
        by=person(request),
        by_name=by_name(request),
        on_behalf=behalf,
    )
    return _parts(request, page_of(one), answers)


@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    one = visible_report(request, pk)
    require(RULES, "report.open", request.user, season=one.season.key)
    chosen = request.POST.get("to", "")
    to = next((p for p in _assignable() if str(p.pk) == chosen), None)
    report_assign(report=one, to=to, by=person(request))
    return redirect("reports", key=one.season.key)


def _shown(
    request: HttpRequest,
    page: Page,
    *,
    checked: bool = False,
    conflicts: list[Conflict] | None = None,
    status: int = 200,
) -> HttpResponse:
    way = way_in(request, page.report)
    mine = {c.cell.pk: c.mine for c in conflicts or ()}
    verdicts = None if page.last is None else verdicts_of(page.report)
    first = None if checked else page.entry_at
    tables = [
        (group, rows_as_text(page, group.rows, way=way, mine=mine, verdicts=verdicts, first=first))
        for group in page.groups
    ]
    context = {"page": page, "report": page.report, "tables": tables, "way": way, "checked": checked}
    context |= {"now": clock.now(), "locked": locked(page.report), "guest": by_name(request)}
    held = held_by(request.user, season=page.report.season.key)
    context["may_link"] = may(RULES["report.link"], held, place=page.report.place_id)
    return render(request, "race/reports/report.html", context, status=status)


def _parts(request: HttpRequest, page: Page, answers: Sequence[Saved | Conflict]) -> HttpResponse:
    """The rows concerned, those others typed lately, and the progress: each part under the id it has on the page."""
    mine = {a.cell.pk: a.mine for a in answers if isinstance(a, Conflict)}
    saved = {a.cell.pk for a in answers}
    contestants = {row.cell.contestant for row in page.rows if row.cell.pk in saved}
    indicators = touched_by(page.spec, {row.cell.indicator for row in page.rows if row.cell.pk in saved})
    ours = {(getattr(person(request), "pk", None), by_name(request)), (None, "")}  # and what nobody typed
    lately = clock.now() - LATELY
    rows = [
        row
        for row in page.rows
        if (row.cell.contestant in contestants and row.cell.indicator in indicators)
        or (row.cell.saved_at > lately and (row.cell.saved_by_id, row.cell.saved_by_name) not in ours)
    ]
    context = {"page": page, "report": page.report, "rows": rows_as_text(page, rows, way="own", mine=mine)}
    return render(request, "race/reports/parts.html", context, status=409 if mine else 200)


def _sent(request: HttpRequest, n: int) -> bool:
    return f"t{n}" in request.POST or f"k{n}" in request.POST


def _entry(request: HttpRequest, cell: ReportCell) -> Entry:
    n = cell.pk
    return Entry(
        text=request.POST.get(f"t{n}", ""),
        kind=request.POST.get(f"k{n}", ""),
        note=request.POST.get(f"n{n}"),
    )


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _block(text: str) -> list[list[str]]:
    """Rows and columns of copied text: tabs between columns; a last line break is none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    return [line.split("\t") for line in lines]


def _seen(text: str) -> dict[int, int]:
    try:
        said = json.loads(text or "{}")
        return {int(n): int(v) for n, v in said.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise QuestionRefused(Problem("report.paste_unreadable")) from error
