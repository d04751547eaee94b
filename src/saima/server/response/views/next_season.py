"""The next season: targets proposed with reasons and numbers, accepted or changed, then begun as a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from saima.engine.model.decimals import canonical_float
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator
from saima.engine.race.targets import Proposal
from saima.press.sentences import figure_text, period_name
from saima.server.accounts.rules import person_of
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.queries.cuts import frozen_periods
from saima.server.response.actions.next_season import season_next
from saima.server.response.queries.next_season import targets_proposed
from saima.server.response.views.within import season_for
from saima.words import Text, number, percent, say

MOST_TYPED: Final = 700  # more entries than this are taken as proposed and changed in the draft


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    contestant: str
    old: str
    years: Sequence[tuple[int, str, bool]]
    trend: str
    bounds: str
    proposed: str
    shown: str
    move: str
    why: str
    held: bool


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    unit: str
    lower: bool
    rows: Sequence[Row]


@require_http_methods(["GET", "POST"])
def next_season(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "next.propose")
    if request.method == "POST":
        typed = {
            (parts[1], parts[2]): str(value)
            for name, value in request.POST.items()
            if len(parts := name.split("|")) == 3 and parts[0] == "n"
        }
        title = Text(request.POST.get("title_en", "").strip(), request.POST.get("title_zh", "").strip())
        begun = season_next(
            season=season,
            code=request.POST.get("code", "").strip(),
            title=title,
            years=whole(request.POST.get("years")),
            typed=typed,
            by=person_of(request),
        )
        messages.success(request, say("next.begun", lang(), season=title))
        return redirect("season-section", key=begun.key, name="targets")
    if not frozen_periods(season):
        return render(request, "race/standing/nothing.html", {"season": season, "may_freeze": True})
    cut, spec, found = targets_proposed(season)
    groups = [
        Group(i.title.of(lang()), i.unit.of(lang()), i.better == "lower", rows)
        for i in spec.indicators
        if (
            rows := [_row(p, i, spec.contestant[p.contestant].title.of(lang())) for p in found if p.indicator == i.code]
        )
    ]
    last = spec.targets_cover.last.year
    context = {
        "season": season,
        "spec": spec,
        "cut": cut,
        "period": period_name(Period.parse(cut.period), lang()),
        "groups": groups,
        "count": len(found),
        "held": sum(r.held for g in groups for r in g.rows),
        "typed": len(found) <= MOST_TYPED,
        "code": _next_code(season.key, last),
        "title_en": spec.title.en.replace(str(last), str(last + 1)),
        "title_zh": spec.title.zh.replace(str(last), str(last + 1)),
        "running": Period.parse(cut.period) < spec.targets_cover.last,
    }
    return render(request, "response/plan_next_season.html", context)


def _next_code(key: str, year: int) -> str:
    return key.replace(str(year), str(year + 1)) if str(year) in key else f"{key}-{year + 1}"


def _row(p: Proposal, what: Indicator, contestant: str) -> Row:
    move = "" if not p.old or p.proposed is None else percent((p.proposed - p.old) / abs(p.old), lang())
    return Row(
        f"n|{p.contestant}|{p.indicator}",
        contestant,
        "" if p.old is None else figure_text(p.old, what, lang()),
        [(y.year, figure_text(y.value, what, lang()), y.expected) for y in p.years],
        "" if p.trend is None else figure_text(p.trend, what, lang()),
        ""
        if p.low is None
        else say(
            "next.between",
            lang(),
            low=number(p.low, lang(), what.decimals + 1),
            high=number(p.high or 0.0, lang(), what.decimals + 1),
        ),
        "" if p.proposed is None else canonical_float(p.proposed),
        "" if p.proposed is None else figure_text(p.proposed, what, lang()),
        move,
        say(p.code, lang()),
        p.code in ("targets.why.capped", "targets.why.one_year"),
    )
