"""Pages of plans: the list of a season and opening one; who may see which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.engine.model.season import Indicator
from saima.engine.model.season import Season as EngineSeason
from saima.press.sentences import figure_text, value_text
from saima.server.accounts.rules import held_by, may, person_of, require
from saima.server.kit import written
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.places.queries import places_by_key
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.standing import shown
from saima.server.race.queries.visible import seasons_visible_to
from saima.server.response.actions.plans import Cards, plan_open
from saima.server.response.models import Plan
from saima.server.response.queries.plans import (
    TO_TARGETS,
    PlanState,
    gap_for,
    listed,
    newest_version,
    open_plan,
    plans_visible_to,
    version_of,
)
from saima.server.response.rules import RULES
from saima.server.response.views.within import day_typed, season_for
from saima.words import Text, number, percent, say

MOST_CARDS: Final = 30


def plan_seen(request: HttpRequest, key: str, pk: int, action: str = "plan.see") -> Plan:
    """The plan, for somebody who may see it and may do this with it; anybody else's is absent."""
    require(RULES, "plan.list", request.user, season=key)
    season = get_object_or_404(seasons_visible_to(request.user), key=key)
    plan: Plan = get_object_or_404(plans_visible_to(request.user, season), pk=pk)
    require(RULES, action, request.user, place=plan.place_id, state=plan.state, season=key)
    return plan


def allowed(request: HttpRequest, plan: Plan, action: str) -> bool:
    held = held_by(request.user, season=plan.season.key)
    return may(RULES[action], held, place=plan.place_id, state=plan.state)


@dataclass(frozen=True, slots=True)
class ListRow:
    state: PlanState
    title: str
    due: str
    done: str
    finish: str
    late: int  # working days the end is past the deadline, as things stand
    deadline: date


@require_safe
def plans(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "plan.list")
    spec = season_of(newest(season))
    rows = [_listed(s, spec) for s in listed(plans_visible_to(request.user, season), spec)]
    running = [r for r in rows if r.state.plan.state == Plan.State.OPEN]
    context = {
        "season": season,
        "running": running,
        "past": [r for r in rows if r.state.plan.state != Plan.State.OPEN],
        "counts": [(c, sum(r.state.light == c for r in running)) for c in ("red", "yellow", "green")],
        "may_open": may(RULES["plan.begin"], held_by(request.user, season=key)),
    }
    return render(request, "response/plans.html", context)


def _listed(state: PlanState, spec: EngineSeason) -> ListRow:
    return ListRow(
        state,
        contestant_title(spec, state.plan.contestant).of(lang()),
        percent(state.due_0_1, lang(), 0),
        percent(state.done_0_1, lang(), 0),
        written.day(state.now.finish, lang()) if state.now else "",
        state.now.short_by if state.now else 0,
        state.planned.deadline,
    )


def contestant_title(spec: EngineSeason, code: str) -> Text:
    found = spec.contestant.get(code)
    return found.title if found else Text(code, code)


@dataclass(frozen=True, slots=True)
class LackRow:
    title: str
    now: str
    needed: str
    amount: str
    best: str
    effort: str
    behind: bool


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Opens a plan: for whom, to which aim, with which cards and what help. It shows what is lacking first."""
    season = season_for(request, key, "plan.begin")
    spec = season_of(newest(season))
    choices = _contestants(request, season, spec)
    asked = request.POST if request.method == "POST" else request.GET
    contestant = asked.get("contestant", "") or (choices[0][0] if choices else "")
    if contestant not in dict(choices):
        # A zone asks for its own; whoever else's is no matter of this page.
        require(RULES, "plan.open", request.user, place=None, season=key)
        raise QuestionRefused(Problem("standing.no_contestant", {"code_typed": contestant[:40] or "-"}))
    aim = asked.get("aim", TO_TARGETS)
    cards = _cards(asked.getlist("card"), asked.getlist("reason"))
    if request.method == "POST":
        plan = plan_open(
            season=season,
            contestant=contestant,
            aim=aim,
            cards=cards,
            help_offered=asked.get("help", ""),
            help_by=asked.get("help_by", ""),
            deadline=day_typed(request, "deadline"),
            by=person_of(request),
        )
        return redirect("plan", key=key, pk=plan.pk)
    there = open_plan(season, contestant)
    refused: Sequence[str] = ()
    lacking: list[LackRow] = []
    try:
        gap = gap_for(season, contestant, aim)
        lacking = [_lack(s, gap.spec) for s in gap.lacking]
    except Refused as said:
        refused = said.sentences(lang())
    found = shown(season)
    places = found.index.place(contestant, found.index.scopes[0]) if found and found.index.scopes else None
    context = {
        "season": season,
        "choices": choices,
        "contestant": contestant,
        "title": dict(choices)[contestant],
        "aim": aim,
        "aims": [
            (TO_TARGETS, say("plan.aim.targets", lang())),
            *(
                (f"place:{n}", say("plan.aim.place", lang(), place=n))
                for n in range((places.rank if places else 1) - 1, 0, -1)
            ),
        ],
        "cards": cards,
        "there": there,
        "refused": refused,
        "lacking": lacking,
        "deadline": spec.targets_cover.last.last_day,
        "helpers": sorted({i.owner for i in spec.indicators if i.owner}),
        "cut": found.cut if found else None,
    }
    return render(request, "response/plan_open.html", context, status=422 if refused else 200)


def _contestants(request: HttpRequest, season: Season, spec: EngineSeason) -> list[tuple[str, str]]:
    """Those whose plan this person may open, in the season's order."""
    held = held_by(request.user, season=season.key)
    places = places_by_key(c.code for c in spec.contestants)
    return [
        (c.code, c.title.of(lang()))
        for c in spec.contestants
        if c.code in places and may(RULES["plan.open"], held, place=places[c.code].pk)
    ]


def _cards(keys: Sequence[str], reasons: Sequence[str]) -> Cards:
    given = [*reasons, *[""] * len(keys)]
    return [(k.strip()[:300], r.strip()[:1000]) for k, r in zip(keys, given, strict=False) if k.strip()][:MOST_CARDS]


def _lack(s: Any, spec: EngineSeason) -> LackRow:
    what = spec.indicator[s.indicator]
    return LackRow(
        s.title.of(lang()),
        figure_text(s.figure, what, lang()) or say("plan.figure_missing", lang()),
        value_text(s.needed, what, lang()),
        figure_text(s.amount, what, lang()) if s.amount else "",
        best_said(s.best, what) if s.best > 0 else "",
        number(s.effort, lang(), 1) if s.effort else "",
        s.behind,
    )


def best_said(best: float, what: Indicator) -> str:
    """At the indicator's decimals, with one more where the best step is a share of a longer gap."""
    more = 0 if abs(best - round(best, what.decimals)) < 1e-9 else 1
    return number(best, lang(), what.decimals + more)


def version_seen(plan: Plan, text: str) -> int:
    """The version a form was made from; the newest where it says nothing sensible."""
    number = whole(text)
    return number if version_of(plan, number) else newest_version(plan).number
