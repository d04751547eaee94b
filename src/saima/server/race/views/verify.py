"""The verifier's pages: the queue, the review of one report, and the verdicts given there."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by, may, require
from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.kit.downloads import INLINE
from saima.server.places.queries import title_of
from saima.server.race.actions.reports import cell_answer
from saima.server.race.actions.verify import cell_accept, cell_change, cell_confirm, cell_question, cell_reject
from saima.server.race.actions.verify_findings import finding_waive
from saima.server.race.actions.verify_reports import (
    Part,
    report_accept_all,
    report_certify,
    report_reopen,
    report_return,
    report_take,
)
from saima.server.race.enums import ReportState
from saima.server.race.models import Reading, Report, Season, Verdict
from saima.server.race.queries.deadlines import CLOSES, working_day_from
from saima.server.race.queries.verdicts import touched_by
from saima.server.race.queries.verify import THRESHOLDS, Review, Seen, moves_of, review
from saima.server.race.queries.verify_queue import STATES, Filters, queue
from saima.server.race.queries.visible import reports_visible_to
from saima.server.race.rules import RULES
from saima.words import say

ANSWER_DAYS: Final = 3


def _visible(request: HttpRequest, pk: int) -> Report:
    require(RULES, "verify.see", request.user)
    reports = reports_visible_to(request.user).select_related("season", "place", "verifier")
    found: Report = get_object_or_404(reports, pk=pk)
    return found


def _require(request: HttpRequest, action: str, report: Report) -> Any:
    """Who is signed in, if they may."""
    require(RULES, action, request.user, place=report.place_id, state=report.state, season=report.season.key)
    return request.user


def _may(request: HttpRequest, action: str, report: Report) -> bool:
    held = held_by(request.user, season=report.season.key)
    return may(RULES[action], held, place=report.place_id, state=report.state)


def _whole(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else otherwise


def default_due() -> date:
    """When an answer is due unless somebody says otherwise."""
    return working_day_from(clock.today() + timedelta(days=ANSWER_DAYS))


def _due(text: str, season: Season) -> datetime:
    """The close of a day in the season's zone."""
    try:
        day = date.fromisoformat(text) if text else default_due()
    except ValueError:
        raise QuestionRefused(Problem("verify.no_day", {"text": text})) from None
    return datetime.combine(day, CLOSES, ZoneInfo(season.time_zone))


@require_GET
def queue_page(request: HttpRequest) -> HttpResponse:
    require(RULES, "verify.see", request.user)
    verifier = held_by(request.user).has(Role.VERIFIER)
    chosen = request.GET
    state = chosen.get("state", "submitted")
    filters = Filters(
        season=chosen.get("season", ""),
        period=chosen.get("period", ""),
        state=state if state in STATES else "submitted",
        mine=chosen.get("whose", "mine" if verifier and not chosen else "every") == "mine",
        warned=chosen.get("warned", ""),
    )
    context = {"queue": queue(request.user, filters), "states": STATES, "verifier": verifier, "due": default_due()}
    page = "race/verify/queue_rows.html" if getattr(request, "htmx", False) else "race/verify/queue.html"
    return render(request, page, context)


@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """Accept and certify, or return, several reports: each by itself, and each refusal is said."""
    require(RULES, "verify.see", request.user)
    chosen = [pair.partition(":") for pair in request.POST.getlist("report")]
    if not chosen:
        messages.warning(request, say("verify.none_chosen", lang()))
    for pk, _, seen in chosen:
        report = get_object_or_404(reports_visible_to(request.user).select_related("season", "place"), pk=_whole(pk))
        try:
            _at_once(request, report, _whole(seen))
        except QuestionRefused as refused:
            for sentence in refused.sentences(lang()):
                messages.error(request, say("verify.not_done", lang(), place=title_of(report.place), why=sentence))
    return redirect("verify-queue")


def _at_once(request: HttpRequest, report: Report, seen: int) -> None:
    found = review(report)
    if not found.sheet.at_once:
        raise QuestionRefused(Problem("verify.warned", {"count": found.sheet.warnings}))
    if request.POST.get("do") == "return":
        by = _require(request, "report.return", report)
        report_return(report=report, seen=seen, due=_due(request.POST.get("due", ""), report.season), by=by)
        messages.success(request, say("verify.returned", lang(), place=found.place))
        return
    by = _require(request, "report.verify", report)
    report_accept_all(report=report, seen=seen, by=by)
    report_certify(report=report, seen=seen, by=by)
    messages.success(request, say("verify.certified", lang(), place=found.place))


@require_GET
def review_page(request: HttpRequest, pk: int) -> HttpResponse:
    report = _visible(request, pk)
    above = _whole(request.GET.get("above"), THRESHOLDS[2])
    found = review(report, above=above if above in THRESHOLDS else THRESHOLDS[2])
    chosen = found.sheet.find(_whole(request.GET.get("cell"))) or found.sheet.after(None)
    return _render(request, found, chosen or next(iter(found.sheet.rows), None))


def _render(request: HttpRequest, found: Review, chosen: Seen | None) -> HttpResponse:
    report = found.sheet.report
    own = request.user.pk in found.entered_by
    sent = _may(request, "report.verify", report)
    proposal = chosen.cell.proposal if chosen else None
    context = {
        "review": found,
        "sheet": found.sheet,
        "report": report,
        "season": report.season,
        "seen": chosen,
        "own": own and sent,
        "may_verify": sent and not own,
        "may_confirm": sent and not own and proposal is not None and proposal.by_id != request.user.pk,
        "may_reopen": _may(request, "report.reopen", report),
        "may_answer": _may(request, "report.answer", report),
        "may_take": _may(request, "verify.take", report),
        "touched": touched_by(report) if report.state == ReportState.VERIFIED else None,
        "moves": moves_of(found.sheet, chosen) if chosen else (),
        "findings": _said(chosen),
        "files": [(e, e.blob.media_type) for e in chosen.cell.evidence] if chosen else [],
        "inline": INLINE,
        "columns": [(f, Problem(f.code, f.params).sentence(lang())) for f in found.sheet.figures.columns],
        "thresholds": THRESHOLDS,
        "due": default_due(),
    }
    page = "race/verify/review_body.html" if getattr(request, "htmx", False) else "race/verify/review.html"
    return render(request, page, context)


def _said(seen: Seen | None) -> list[tuple[Any, str]]:
    """Findings of a cell with their sentences."""
    return [(f, Problem(f.code, f.params).sentence(lang())) for f in seen.findings] if seen else []


@require_POST
def cell_verdict(request: HttpRequest, pk: int, cell: int) -> HttpResponse:
    """One verdict on one figure, then the next figure that waits."""
    report = _visible(request, pk)
    entry = get_object_or_404(report.cells, pk=cell)
    said, do = request.POST, request.POST.get("do", "")
    reading = None
    if said.get("reading"):
        reading = get_object_or_404(
            Reading,
            pk=_whole(said["reading"]),
            season=report.season,
            period=report.period,
            contestant=entry.contestant,
            indicator=entry.indicator,
        )
    moved_on = _verdict(request, report, entry, reading, do)
    above = _whole(said.get("above"), THRESHOLDS[2])
    found = review(report, above=above if above in THRESHOLDS else THRESHOLDS[2])
    following = (found.sheet.after(cell) if moved_on else None) or found.sheet.find(cell)
    if getattr(request, "htmx", False):
        return _render(request, found, following)
    query = urlencode({"cell": following.id if following else cell, "above": found.above})
    return redirect(f"{reverse('verify', args=[pk])}?{query}")


def _verdict(request: HttpRequest, report: Report, entry: Any, reading: Reading | None, do: str) -> bool:
    """Give it; whether the page goes on to the next figure."""
    said, key = request.POST, {"contestant": entry.contestant, "indicator": entry.indicator}
    text = said.get("text", "")
    if do == "answer":
        by = _require(request, "report.answer", report)
        cell_answer(report=report, **key, text=text, by=by)
        return False
    if do == "waive":
        by = _require(request, "finding.waive", report)
        finding_waive(report=report, finding=said.get("finding", ""), reason=text, by=by)
        return False
    by = _require(request, "report.verify", report)
    if do == "question":
        due = _due(said.get("due", ""), report.season)
        cell_question(report=report, **key, reading=reading, text=text, due=due, by=by)
        return True
    if do == "confirm":
        proposal = get_object_or_404(Verdict, pk=_whole(said.get("proposal")), reading=reading)
        cell_confirm(report=report, proposal=proposal, by=by)
        return True
    if reading is None:
        raise QuestionRefused(Problem("verify.nothing_to_accept"))
    if do == "accept":
        cell_accept(report=report, reading=reading, by=by)
        return True
    if do == "reject":
        cell_reject(report=report, reading=reading, reason=text, by=by)
        return True
    if do == "change":
        made = cell_change(report=report, reading=reading, value=said.get("value", ""), reason=text, by=by)
        return isinstance(made, Reading)  # a proposal stays on the page with the ranks it would move
    raise QuestionRefused(Problem("verify.unknown_verdict", {"verdict": do}))


@require_POST
def report_verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """One verdict on the whole report."""
    report = _visible(request, pk)
    said, do, seen = request.POST, request.POST.get("do", ""), _whole(request.POST.get("seen"))
    place = title_of(report.place)
    if do == "accept_all":
        by = _require(request, "report.verify", report)
        named = {_whole(n) for n in said.getlist("named")}
        done = report_accept_all(report=report, seen=seen, by=by, named=named)
        messages.success(request, say("verify.accepted_all", lang(), count=len(done.readings), left=done.left))
    elif do == "return":
        by = _require(request, "report.return", report)
        report_return(report=report, seen=seen, due=_due(said.get("due", ""), report.season), by=by)
        messages.success(request, say("verify.returned", lang(), place=place))
        return redirect("verify-queue")
    elif do == "certify":
        by = _require(request, "report.verify", report)
        report_certify(report=report, seen=seen, by=by)
        messages.success(request, say("verify.certified", lang(), place=place))
        return redirect("verify-queue")
    elif do == "reopen":
        by = _require(request, "report.reopen", report)
        part: Part = "notes" if said.get("part") == "notes" else "numbers"
        due = _due(said.get("due", ""), report.season)
        report_reopen(report=report, seen=seen, part=part, reason=said.get("reason", ""), due=due, by=by)
        messages.success(request, say("verify.reopened", lang(), place=place, part=part))
    elif do in ("take", "leave"):
        by = _require(request, "verify.take", report)
        report_take(report=report, by=by, back=do == "leave")
    else:
        raise QuestionRefused(Problem("verify.unknown_verdict", {"verdict": do}))
    return redirect("verify", pk=pk)
