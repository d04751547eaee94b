"""Pages of meets: the list, setting one up, the meeting as its chair sees it, the judge's phone, the result sheet."""

from typing import Any, Final

import segno
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.engine.errors import Problem
from saima.engine.model.periods import Period
from saima.server.accounts.queries import people_open
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import clock
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.cuts import frozen_periods
from saima.server.race.queries.projects import projects_of
from saima.server.response.actions.meets import (
    LEAST_JUDGES,
    MOST_CRITERIA,
    MadeJudge,
    Planned,
    marks_save,
    meet_change,
    meet_close,
    meet_feed,
    meet_item_add,
    meet_item_remove,
    meet_judge_add,
    meet_judge_withdraw,
    meet_minutes,
    meet_plan,
    meet_start,
)
from saima.server.response.models import Meet, MeetItem, MeetJudge
from saima.server.response.queries.circle import circle_of
from saima.server.response.queries.meets import (
    LENT,
    judge_by_key,
    judge_of,
    may_chair,
    meets_of,
    own_marks,
    parts_of,
    progress_of,
    sheet_of,
)
from saima.server.response.views.within import (
    allowed,
    day_needed,
    near,
    person,
    place_needed,
    place_typed,
    season_for,
    typed,
)
from saima.words import say

TONES: Final = {"planned": "grey", "live": "blue", "closed": "green"}
MOST_WRONG: Final = 20  # keys that open nothing, from one address within the time below
WITHIN: Final = 10 * 60  # seconds
NO_CRITERIA: Final = (("", 0),) * 4


def qr(text: str) -> SafeString:
    """A QR code as plain SVG, without style or script."""
    drawn = segno.make(text, error="m").svg_inline(scale=4, border=2, omitsize=True, svgclass="qr-code", lineclass=None)
    return mark_safe(drawn)  # noqa: S308 - drawn by segno: numbers and colours, none of the text


@require_safe
def meets(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "meets.see")
    context = {
        "season": season,
        "rows": [(m, TONES[m.state]) for m in meets_of(season)],
        "may_make": allowed(request, season, "meet.make"),
        "tabs": near(request, season, "deeds", "meets"),
    }
    return render(request, "response/meets/list.html", context)


def _planned(request: HttpRequest) -> Planned:
    criteria = [
        (title, whole(request.POST.get(f"weight-{n}")))
        for n in range(MOST_CRITERIA)
        if (title := typed(request, f"criterion-{n}"))
    ]
    chair = people_open().filter(pk=whole(typed(request, "chair"))).first()
    return Planned(
        title=typed(request, "title"),
        held_on=day_needed(request, "held_on"),
        period=typed(request, "period"),
        criteria=criteria,
        rule=typed(request, "rule"),
        trim=whole(typed(request, "trim"), 1),
        where=typed(request, "where"),
        chair=chair,
    )


def _form(request: HttpRequest, season: Season, meet: Meet | None) -> HttpResponse:
    given = [(c.title, c.weight) for c in meet.criteria.order_by("number")] if meet else []
    latest = frozen_periods(season)
    context = {
        "season": season,
        "one": meet,
        "period": meet.period if meet else str(latest[-1].next()) if latest else _this_period(season),
        "criteria": list(enumerate([*given, *NO_CRITERIA][: max(4, min(len(given) + 1, MOST_CRITERIA))])),
        "people": people_open(),
        "rules": Meet.Rule.values,
        "trims": (1, 2, 3),
    }
    return render(request, "response/meets/form.html", context)


def _this_period(season: Season) -> str:
    today = clock.today(season.time_zone)
    return str(Period.of("month", today.year, today.month)) if season.frequency == "month" else str(today.year)


@require_http_methods(["GET", "POST"])
def planning(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "meet.make")
    if request.method == "POST":
        made = meet_plan(season=season, planned=_planned(request), by=person(request))
        return redirect("meet", key=key, number=made.number)
    return _form(request, season, None)


def _meet(request: HttpRequest, key: str, number: int) -> Meet:
    season = season_for(request, key, "meets.see")
    found: Meet = get_object_or_404(Meet.objects.select_related("season", "chair"), season=season, number=number)
    return found


def _chaired(request: HttpRequest, key: str, number: int) -> Meet:
    found = _meet(request, key, number)
    if not may_chair(request.user, found):
        raise NotAllowed(Problem("accounts.not_allowed"))
    return found


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: str, number: int) -> HttpResponse:
    found = _chaired(request, key, number)
    if request.method == "POST":
        seen = whole(typed(request, "seen"))
        meet_change(meet=found, planned=_planned(request), seen=seen, by=person(request))
        return redirect("meet", key=key, number=number)
    return _form(request, found.season, found)


@never_cache
@require_safe
def meet(request: HttpRequest, key: str, number: int) -> HttpResponse:
    return _shown(request, _meet(request, key, number), None)


def _shown(request: HttpRequest, found: Meet, made: MadeJudge | None) -> HttpResponse:
    season = found.season
    parts = parts_of(found)
    chairs = may_chair(request.user, found)
    circle = circle_of(season) if chairs else None
    address = request.build_absolute_uri(reverse("judge-link", args=[made.key])) if made and made.key else ""
    projects = projects_of(season) if chairs else []
    context: dict[str, Any] = {
        "season": season,
        "meet": found,
        "parts": parts,
        "items": [(i, parts.titles[i.unit_id]) for i in parts.items],
        "judges": [(j, parts.titles[j.unit_id] if j.unit_id else None) for j in parts.judges],
        "tone": TONES[found.state],
        "chairs": chairs,
        "progress": progress_of(found, parts) if found.state == Meet.State.LIVE else [],
        "sheet": sheet_of(found),
        "judging": judge_of(found, request.user, None) is not None and found.state == Meet.State.LIVE,
        "made": made.judge if made else None,
        "address": address,
        "qr": qr(address) if address else "",
        "least": LEAST_JUDGES,
        "places": circle.choices(first="contestants") if circle else [],
        "projects": [(p.code, p.title, p.contestant) for p in projects],
        "people": people_open() if chairs else [],
        "fed_note": str(found.period) in {str(p) for p in frozen_periods(season)},
        "has_projects": any(i.project for i in parts.items),
    }
    return render(request, "response/meets/meet.html", context)


@require_safe
def progress(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """How far the judges are, for a page that stays open on the table."""
    found = _chaired(request, key, number)
    parts = parts_of(found)
    context = {"season": found.season, "meet": found, "parts": parts, "progress": progress_of(found, parts)}
    return render(request, "response/meets/progress.html", context)


@require_POST
def act(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Everything a chair does beside adding a judge: the agenda, start, close, minutes, feeding the project race."""
    found = _chaired(request, key, number)
    by, do = person(request), typed(request, "do")
    if do == "item":
        circle = circle_of(found.season)
        project = typed(request, "project")
        named = {p.code: p for p in projects_of(found.season)}.get(project)
        unit = circle.by_key.get(named.contestant) if named else None
        meet_item_add(
            meet=found,
            title=typed(request, "title") or (named.title.of(lang()) if named else ""),
            unit=unit or place_needed(request, "unit", circle),
            project=project,
            by=by,
        )
    elif do == "remove":
        meet_item_remove(item=get_object_or_404(MeetItem, meet=found, pk=whole(typed(request, "item"))), by=by)
    elif do == "withdraw":
        meet_judge_withdraw(judge=get_object_or_404(MeetJudge, meet=found, pk=whole(typed(request, "judge"))), by=by)
    elif do == "start":
        meet_start(meet=found, by=by)
    elif do == "close":
        meet_close(meet=found, by=by)
        messages.success(request, say("meets.closed_now", lang()))
    elif do == "minutes":
        meet_minutes(meet=found, text=typed(request, "minutes"), seen=whole(typed(request, "seen")), by=by)
        messages.success(request, say("meets.minutes_saved", lang()))
    elif do == "feed":
        count = meet_feed(meet=found, by=by)
        messages.success(request, say("meets.fed", lang(), count=count))
    else:
        raise Http404
    return redirect("meet", key=key, number=number)


@never_cache
@require_POST
def judge_add(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Another judge; the address of a link is on this answer and never again."""
    found = _chaired(request, key, number)
    someone = people_open().filter(pk=whole(typed(request, "person"))).first()
    made = meet_judge_add(
        meet=found,
        name=typed(request, "name"),
        unit=place_typed(request, "unit", circle_of(found.season)),
        person=someone,
        by=person(request),
    )
    return _shown(request, found, made) if made.key else redirect("meet", key=key, number=number)


@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, key: str) -> HttpResponse:
    """Whose link it is; opening it (POST) begins a session that can do nothing but mark in that meet."""
    counted = f"judge-link-wrong:{request.META.get('REMOTE_ADDR', '')}"
    if cache.get(counted, 0) >= MOST_WRONG:
        return render(request, "response/meets/link_dead.html", {"often": True}, status=429)
    judge = judge_by_key(key)
    if judge is None:
        cache.add(counted, 0, WITHIN)
        cache.incr(counted)
        return render(request, "response/meets/link_dead.html", {"often": False}, status=404)
    if request.method == "POST" and not request.user.is_authenticated:
        request.session.flush()  # nothing of who sat here before
        request.session[LENT] = judge.pk
        return redirect("meet-judge", key=judge.meet.season.key, number=judge.meet.number)
    context = {"judge": judge, "meet": judge.meet, "season": judge.meet.season}
    return render(request, "response/meets/link.html", context)


def _judge(request: HttpRequest, key: str, number: int) -> MeetJudge:
    """The judge who asks; a meet that is not theirs looks like one that is not there."""
    found = Meet.objects.select_related("season").filter(season__key=key, number=number).first()
    judge = judge_of(found, request.user, request.session.get(LENT)) if found is not None else None
    if judge is None or found is None:
        if not request.user.is_authenticated and LENT not in request.session:
            raise NotAllowed(Problem("accounts.not_allowed"))
        raise Http404
    judge.meet = found
    return judge


@never_cache
@require_http_methods(["GET", "POST"])
def judging(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The judge's own sheet, for a phone: saved as it is filled in. POST: all of it, or what changed."""
    judge = _judge(request, key, number)
    if request.method == "POST":
        marks_save(judge=judge, marks=_marks(request))
        if getattr(request, "htmx", False):
            return render(request, "response/meets/saved.html", _judging(judge))
        return redirect("meet-judge", key=key, number=number)
    return render(request, "response/meets/judge.html", _judging(judge))


def _judging(judge: MeetJudge) -> dict[str, Any]:
    parts = parts_of(judge.meet)
    own = own_marks(judge)
    items = [
        (i, parts.titles[i.unit_id], [(c, own.get((i.pk, c.pk), "")) for c in parts.criteria]) for i in parts.items
    ]
    given = sum((i.pk, c.pk) in own for i in parts.items for c in parts.criteria)
    return {
        "season": judge.meet.season,
        "meet": judge.meet,
        "judge": judge,
        "items": items,
        "given": given,
        "whole": len(parts.items) * len(parts.criteria),
        "live": judge.meet.state == Meet.State.LIVE,
        "now": clock.now(),
    }


def _marks(request: HttpRequest) -> dict[tuple[int, int], str]:
    """Fields ``m-ITEM-CRITERION`` of the form."""
    found = {}
    for name, text in request.POST.items():
        head, _, rest = name.partition("-")
        item, _, criterion = rest.partition("-")
        if head == "m" and whole(item) and whole(criterion):
            found[whole(item), whole(criterion)] = str(text)[:20]
    return found
