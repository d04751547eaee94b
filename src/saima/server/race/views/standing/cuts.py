"""The cuts of a season: what was frozen, what is missing before a period is frozen, and freezing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.engine.model.periods import Period
from saima.press.sentences import period_name
from saima.server.accounts.rules import person_of
from saima.server.kit.context import lang
from saima.server.places.queries import titles_of
from saima.server.race.actions.cuts import cut_freeze, cuts_of_published
from saima.server.race.actions.feeds import feeds_read
from saima.server.race.enums import ReportState
from saima.server.race.models import Cut, History, Report, Season
from saima.server.race.queries.cuts import cuts_of
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.feeds_shown import feeds_shown
from saima.server.race.queries.standing import SILENT, Shown, latest_asked, shown_now
from saima.server.race.views.standing.common import allowed, season_for
from saima.words import say


@dataclass(frozen=True, slots=True)
class PeriodRow:
    period: str
    title: str
    cuts: Sequence[Cut]
    reports: int
    verified: int
    submitted: int
    published: bool


@require_safe
def cuts(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key)
    rows = _rows(season)
    latest = latest_asked(season)
    context = {
        "season": season,
        "rows": rows,
        "may_freeze": allowed(request, season, "cut.freeze"),
        "next": None if latest is None else (str(latest), period_name(latest, lang())),
        "unfrozen": [r.title for r in rows if r.published and not r.cuts],
    }
    return render(request, "race/standing/cuts.html", context)


def _rows(season: Season) -> list[PeriodRow]:
    """Every period anything happened in, newest first; four queries however many there are."""
    by_period: dict[str, list[Cut]] = {}
    for cut in cuts_of(season):
        by_period.setdefault(cut.period, []).append(cut)
    states: dict[str, list[str]] = {}
    for period, state in Report.objects.filter(season=season).values_list("period", "state"):
        states.setdefault(period, []).append(state)
    published = set(History.objects.filter(season=season).values_list("period", flat=True))
    latest = latest_asked(season)
    named = {*by_period, *states, *published, *([str(latest)] if latest else [])}
    return [
        PeriodRow(
            str(p),
            period_name(p, lang()),
            by_period.get(str(p), []),
            len(states.get(str(p), [])),
            states.get(str(p), []).count(ReportState.VERIFIED),
            states.get(str(p), []).count(ReportState.SUBMITTED),
            str(p) in published,
        )
        for p in sorted((Period.parse(n) for n in named), reverse=True)
    ]


@require_safe
def preview(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """What would be frozen now: counts by state, who is missing, open findings; or why it cannot be."""
    season = season_for(request, key, "cut.freeze")
    asked = _period(season, period)
    context: dict[str, object] = {
        "season": season,
        "period": str(asked),
        "period_title": period_name(asked, lang()),
        "problems": (),
        "unfinished": _unfinished(season, asked),
        **feeds_shown(season, asked, lang()),
        "may_read": allowed(request, season, "feed.read"),
    }
    try:
        context |= _preview(shown_now(season, asked))
    except Refused as refused:
        context["problems"] = refused.sentences(lang())
    return render(request, "race/standing/cut_preview.html", context)


def _preview(found: Shown) -> dict[str, object]:
    index = found.index
    counts: dict[str, int] = {}
    missing: dict[str, list[str]] = {}
    for cell in index.evaluation.cells:
        name = cell.status if cell.status != "present" else f"present_{cell.state}"
        counts[name] = counts.get(name, 0) + 1
        if cell.status not in SILENT and cell.status != "present":
            missing.setdefault(cell.contestant, []).append(index.season.indicator[cell.indicator].title.of(lang()))
    order = ("present_verified", "present_reported", "unverified", "late", "rejected", "not_due", "not_applicable")
    return {
        "counts": [(say(f"standing.cell.{name}", lang()), counts[name], name) for name in order if counts.get(name)],
        "missing": [(index.season.contestant[c].title.of(lang()), titles) for c, titles in missing.items()],
        "findings": [(f.severity, say(f.code, lang(), **f.params)) for f in index.evaluation.findings if not f.waived],
        "data": index.data,
    }


def _unfinished(season: Season, period: Period) -> list[tuple[str, Report]]:
    found = Report.objects.filter(season=season, period=str(period)).exclude(state=ReportState.VERIFIED)
    reports = list(found.select_related("place").order_by("place__display_order", "place__key"))
    titles = titles_of([r.place for r in reports])
    return [(titles[r.place_id].of(lang()), r) for r in reports]


def _period(season: Season, text: str) -> Period:
    """The period of an address.

    Raises
    ------
    QuestionRefused
        ``period.unknown``; ``standing.cut.outside``: it is not one of the season's.
    """
    period = Period.parse(text)
    window = season_of(newest(season)).window
    if period.frequency != window.first.frequency or period not in window:
        params = {"period": text, "first": str(window.first), "last": str(window.last)}
        raise QuestionRefused(Problem("standing.cut.outside", params))
    return period


@require_POST
def freeze(request: HttpRequest, key: str, period: str) -> HttpResponse:
    season = season_for(request, key, "cut.freeze")
    asked = _period(season, period)
    before = set(Cut.objects.filter(season=season).values_list("pk", flat=True))
    cut = cut_freeze(season=season, period=asked, by=request.user)  # type: ignore[arg-type]
    code = "standing.cut.same" if cut.pk in before else "standing.cut.done"
    messages.success(request, say(code, lang(), period=period_name(asked, lang()), number=cut.number))
    return redirect("cuts", key=key)


@require_POST
def read_feeds(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """Ask the registers now, and say what came of it; back to the page the button stood on."""
    season = season_for(request, key, "feed.read")
    asked = _period(season, period)
    made = feeds_read(season=season, period=asked, by=person_of(request))
    changed, silent = sum(a.changed for a in made), sum(bool(a.problem) for a in made)
    code = "feeds.read_some_silent" if silent else "feeds.read_done" if changed else "feeds.read_same"
    messages.success(request, say(code, lang(), indicators=len(made), changed=changed, silent=silent))
    return redirect(f"{reverse('cut-preview', args=[key, str(asked)])}#registers")


@require_POST
def freeze_published(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "cut.freeze")
    made = cuts_of_published(season=season, by=request.user)  # type: ignore[arg-type]
    messages.success(request, say("standing.cut.published_done", lang(), count=len(made)))
    return redirect("cuts", key=key)
