"""The page of a month's close: which steps are done, which one is now, and the one thing to do next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from saima.engine.errors import Refused
from saima.engine.model.periods import Period
from saima.press.sentences import period_name
from saima.server.accounts.rules import held_by, may, person_of
from saima.server.bulletins.models import Draft
from saima.server.bulletins.queries import somebody_works
from saima.server.bulletins.queries.releases import stale
from saima.server.kit import clock
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.cuts import newer_cut
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.feeds_shown import feeds_shown
from saima.server.race.rules import RULES as RACE
from saima.server.response.actions.close import FOLLOWING, close_anew, close_month
from saima.server.response.queries.close import SHOWN, Closing, closing_of, latest_period
from saima.server.response.rules import RULES
from saima.server.response.tasks import close_go_on
from saima.server.response.views.within import season_for
from saima.words import say


@dataclass(frozen=True, slots=True)
class StepShown:
    name: str
    title: str
    note: str
    state: str  # done, now, later
    at: datetime | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do next: a place to go, or something to press (``post``)."""

    words: str
    help: str
    href: str = ""
    post: bool = False


def _period(season: Season, text: str) -> str:
    """A period of the season's window."""
    try:
        period = Period.parse(text)
    except (Refused, ValueError):
        raise Http404 from None
    if period not in season_of(newest(season)).window:
        raise Http404
    return str(period)


@require_safe
def latest(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "close.see")
    period = latest_period(season)
    if not period:
        return render(request, "response/close_empty.html", {"season": season})
    return redirect("close", key=key, period=period)


@require_safe
def month(request: HttpRequest, key: str, period: str) -> HttpResponse:
    season = season_for(request, key, "close.see")
    return render(request, "response/close.html", _context(request, season, _period(season, period)))


@require_safe
def steps(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """The watched part: replaced by itself while something is being done."""
    season = season_for(request, key, "close.see")
    return render(request, "response/close_steps.html", _context(request, season, _period(season, period)))


@require_POST
def go(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """Go on now: by the worker, or in this request where nobody works."""
    season = season_for(request, key, "close.run")
    at = _period(season, period)
    if request.POST.get("here"):
        close_month(season=season, period=at, by=person_of(request))
    else:
        close_go_on.enqueue(season.pk, at)
    return redirect(f"{reverse('close', kwargs={'key': key, 'period': at})}?asked=1")


@require_POST
def anew(request: HttpRequest, key: str, period: str) -> HttpResponse:
    season = season_for(request, key, "close.run")
    at = _period(season, period)
    close_anew(season=season, period=at, by=person_of(request))
    close_go_on.enqueue(season.pk, at)
    return redirect(f"{reverse('close', kwargs={'key': key, 'period': at})}?asked=1")


def _context(request: HttpRequest, season: Season, period: str) -> dict[str, Any]:
    closing = closing_of(season, period)
    draft, version = closing.draft, closing.version
    still = whole(request.GET.get("still"))
    waiting = bool(request.GET.get("asked")) and still < 60 and not closing.faults
    asked = waiting and not (version or (draft and draft.state in (Draft.State.READY, Draft.State.FAILED)))
    asked = asked or (waiting and version is not None and any(name not in closing.done for name, _do in FOLLOWING))
    moving = closing.busy or asked or (
        version is None and draft is not None and draft.state in (Draft.State.MAKING, Draft.State.RELEASING)
    )  # fmt: skip
    run = may(RULES["close.run"], held_by(request.user, season=season.key))
    cut = draft.evaluated.cut if draft is not None and version is None else None
    return {
        **feeds_shown(season, Period.parse(period), lang()),
        "may_read": may(RACE["feed.read"], held_by(request.user, season=season.key)),
        "season": season,
        "period": period,
        "period_title": period_name(Period.parse(period), lang()),
        "closing": closing,
        "steps": _steps(closing),
        "next": _next(closing),
        "moving": moving,
        "still": still + 1,
        "asked": waiting,
        "worker": somebody_works(),
        "may_run": run,
        "may_anew": run and version is None and "freeze" in closing.done and not moving,
        "stale": cut is not None and stale(cut),
        "newer": newer_cut(cut) if cut is not None else None,
    }


def _steps(closing: Closing) -> list[StepShown]:
    done, faults = closing.done, closing.faults
    names = [*SHOWN, *(name for name, _do in FOLLOWING)]
    at = next((name for name in names if name not in done), "")
    shown = []
    for name in names:
        fault = faults.get(name) or (faults.get("draft") if name == "render" else None)
        state = "done" if name in done else "now" if name == at else "later"
        shown.append(
            StepShown(
                name=name,
                title=say(f"close.step.{name}", lang()),
                note=say(f"close.step.{name}_note", lang()),
                state=state,
                at=done.get(name),
                faults=tuple(fault.of(lang())) if fault else (),
            )
        )
    return shown


def _next(closing: Closing) -> Next:
    key, draft = closing.season.key, closing.draft
    counts = {"verified": closing.verified, "whole": closing.whole}
    if closing.version is not None:
        there = reverse("bulletin", kwargs={"key": key, "period": closing.period})
        if all(name in closing.done for name, _do in FOLLOWING):
            return Next(say("close.next_done", lang()), say("close.next_done_help", lang()), there)
        return Next(say("close.next_follow", lang()), say("close.next_follow_help", lang()), post=True)
    if closing.faults:
        return Next(say("close.next_retry", lang()), say("close.next_retry_help", lang()), post=True)
    if draft is not None and "render" in closing.done:
        if draft.last_hand_id is None:
            there = reverse("draft", kwargs={"key": key, "pk": draft.pk})
            return Next(say("close.next_check", lang()), say("close.next_check_help", lang()), there)
        there = reverse("draft-release", kwargs={"key": key, "pk": draft.pk})
        return Next(say("close.next_release", lang()), say("close.next_release_help", lang()), there)
    early = clock.now() <= closing.late_until
    if early and closing.verified < closing.whole and "freeze" not in closing.done:
        there = reverse("completeness", kwargs={"key": key})
        return Next(say("close.next_collect", lang()), say("close.next_collect_help", lang(), **counts), there)
    return Next(say("close.next_prepare", lang()), say("close.next_prepare_help", lang(), **counts), post=True)
