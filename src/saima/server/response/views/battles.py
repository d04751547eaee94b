"""Pages of actions and battles: the board of a season, one of them with its timetable, drawing one up, its progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.engine.model.periods import Period
from saima.press.sentences import period_short
from saima.server.accounts.rules import require
from saima.server.kit import clock, downloads, drawings, written
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.response.actions.battles import (
    Drawn,
    Told,
    campaign_change,
    campaign_draw_up,
    campaign_end,
    campaign_lights_issue,
    campaign_say,
    campaign_step_add,
    campaign_step_turn,
)
from saima.server.response.models import Campaign, CampaignStep
from saima.server.response.queries.battles import (
    SOON,
    Open,
    StepRow,
    campaigns_of,
    files_of,
    months_to_issue,
    row_of,
    rows_of,
    said_of,
    so_far,
    turns_open,
)
from saima.server.response.queries.circle import Circle, circle_of
from saima.server.response.rules import RULES
from saima.server.response.views.within import (
    allowed,
    day_needed,
    day_typed,
    files_typed,
    held_in,
    near,
    person,
    place_needed,
    place_typed,
    season_for,
    typed,
)
from saima.words import say

COLUMNS: Final[Mapping[str, str]] = {
    "overdue": "red",
    "planned": "grey",
    "moving": "blue",
    "reported": "amber",
    "confirmed": "green",
}


@require_safe
def campaigns(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "campaigns.see")
    rows = rows_of(campaigns_of(season), season)
    running = [r for r in rows if r.campaign.state == Campaign.State.RUNNING]
    overdue = sorted((s for r in running for s in r.overdue), key=lambda s: s.step.due)
    context = {
        "season": season,
        "rows": [(r, so_far(r), f"pill-{'red' if r.campaign.kind == 'battle' else 'blue'}") for r in rows],
        "overdue": overdue,
        "soon": SOON,
        "may_make": allowed(request, season, "campaign.make"),
        "to_issue": months_to_issue(season) if allowed(request, season, "campaign.light") else [],
        "tabs": near(request, season, "deeds", "campaigns"),
    }
    return render(request, "response/campaigns/list.html", context)


@require_http_methods(["GET", "POST"])
def drawing_up(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "campaign.make")
    circle = circle_of(season)
    if request.method == "POST":
        made = campaign_draw_up(season=season, drawn=_drawn(request, circle), by=person(request))
        return redirect("campaign", key=key, pk=made.pk)
    return render(request, "response/campaigns/form.html", {"season": season, **_choices(circle), "one": None})


def _choices(circle: Circle) -> dict[str, object]:
    return {"places": circle.choices(), "kinds": Campaign.Kind.values}


def _drawn(request: HttpRequest, circle: Circle) -> Drawn:
    return Drawn(
        kind=typed(request, "kind"),
        title=typed(request, "title"),
        goal=typed(request, "goal"),
        lead=place_needed(request, "lead", circle),
        responsible=place_needed(request, "responsible", circle),
        supervising=place_typed(request, "supervising", circle),
        starts=day_needed(request, "starts"),
        ends=day_needed(request, "ends"),
    )


def _campaign(request: HttpRequest, key: str, pk: int, action: str = "campaigns.see") -> Campaign:
    season = season_for(request, key, action)
    found: Campaign = get_object_or_404(Campaign.objects.select_related("season"), season=season, pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    found = _campaign(request, key, pk, "campaign.make")
    circle = circle_of(found.season)
    if request.method == "POST":
        seen = whole(typed(request, "seen"))
        campaign_change(campaign=found, drawn=_drawn(request, circle), seen=seen, by=person(request))
        return redirect("campaign", key=key, pk=pk)
    return render(request, "response/campaigns/form.html", {"season": found.season, **_choices(circle), "one": found})


@dataclass(frozen=True, slots=True)
class Line:
    """A step on the page: its place on the timetable and what may be done with it now."""

    row: StepRow
    drawn: SafeString
    turns: Sequence[Open]


@require_safe
def campaign(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    found = _campaign(request, key, pk)
    season = found.season
    row = row_of(found)
    today = clock.today(season.time_zone)
    units = {found.lead_id, found.responsible_id, found.supervising_id or 0} & held_in(request, season).places
    context = {
        "season": season,
        "campaign": found,
        "row": row,
        "so_far": so_far(row),
        "board": [(name, tone, [s for s in row.counted if s.column == name]) for name, tone in COLUMNS.items()],
        "lines": [Line(s, _line(found, s, today), turns_open(request.user, s.step, found)) for s in row.counted],
        "axis": drawings.axis_svg(_months(found)),
        "said": said_of(found),
        "may_make": allowed(request, season, "campaign.make"),
        "may_say": any(allowed(request, season, "campaign.act", p) for p in (*units, 0)),
        "today": today.isoformat(),
        "places": circle_of(season).choices(),
    }
    return render(request, "response/campaigns/campaign.html", context)


def _share(campaign: Campaign, day: date) -> float:
    return (day - campaign.starts).days / max((campaign.ends - campaign.starts).days, 1)


def _line(campaign: Campaign, row: StepRow, today: date) -> SafeString:
    step = row.step
    said = say("campaign.due_said", lang(), day=written.day(step.due, lang()))
    if step.done_on:
        said = f"{said} {say('campaign.done_said', lang(), day=written.day(step.done_on, lang()))}"
    return drawings.days_svg(
        due=_share(campaign, step.due),
        done=_share(campaign, step.done_on) if step.done_on else None,
        now=_share(campaign, today),
        tone=row.tone,
        words=said,
    )


def _months(campaign: Campaign) -> list[tuple[float, str]]:
    """Where each month begins; of a long span only some, so that names do not run together."""
    month = Period.of("month", campaign.starts.year, campaign.starts.month)
    last = Period.of("month", campaign.ends.year, campaign.ends.month)
    every = max(1, (last - month + 1) // 6)
    found = []
    while month <= last:
        first = max(campaign.starts, date(month.year, month.index, 1))
        if (share := _share(campaign, first)) <= 0.95:
            found.append((share, period_short(month, lang())))
        month = month.next(every)
    return found


@require_POST
def step_add(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    found = _campaign(request, key, pk, "campaign.make")
    campaign_step_add(
        campaign=found,
        title=typed(request, "title"),
        due=day_needed(request, "due"),
        unit=place_typed(request, "unit", circle_of(found.season)),
        milestone=typed(request, "kind") != CampaignStep.Kind.TASK,
        by=person(request),
    )
    return redirect("campaign", key=key, pk=pk)


@require_POST
def step_turn(request: HttpRequest, key: str, pk: int, number: int) -> HttpResponse:
    found = _campaign(request, key, pk)
    step = get_object_or_404(CampaignStep, campaign=found, number=number)
    told = Told(typed(request, "words"), files_typed(request), day_typed(request, "done_on"), day_typed(request, "due"))
    done = campaign_step_turn(
        step=step, name=typed(request, "turn"), seen=whole(typed(request, "seen")), by=person(request), told=told
    )
    messages.success(request, say("campaign.turned", lang(), title=done.title, state_said=_state(done)))
    return redirect("campaign", key=key, pk=pk)


def _state(step: CampaignStep) -> str:
    return say("campaign.column", lang(), campaign_column=str(step.state))


@require_POST
def word(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """A note on the whole, or its end."""
    found = _campaign(request, key, pk)
    do = typed(request, "do")
    if do in ("end", "go_on"):
        require(RULES, "campaign.make", request.user, season=key)
        seen = whole(typed(request, "seen"))
        campaign_end(campaign=found, words=typed(request, "words"), seen=seen, by=person(request), again=do == "go_on")
    else:
        campaign_say(campaign=found, words=typed(request, "words"), files=files_typed(request), by=person(request))
    return redirect("campaign", key=key, pk=pk)


@require_safe
def file(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    season = season_for(request, key, "campaigns.see")
    found = get_object_or_404(files_of(season), pk=pk)
    return downloads.serve_blob(found.blob, name=found.name, inline=True)


@require_POST
def lights(request: HttpRequest, key: str) -> HttpResponse:
    season: Season = season_for(request, key, "campaign.light")
    period = Period.parse(typed(request, "period"))
    made = campaign_lights_issue(season=season, period=period, by=person(request))
    said = say("campaign.issued", lang(), period=written.period(str(period), lang()), count=len(made))
    messages.success(request, said)
    return redirect("campaigns", key=key)
