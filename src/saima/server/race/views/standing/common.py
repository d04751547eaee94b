"""What pages of standings share: the season somebody may see, the cut asked for, and small pieces of words."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.evaluation import Standing
from saima.press.sentences import period_name
from saima.server.accounts.rules import held_by, may, require
from saima.server.kit.context import lang
from saima.server.kit.rendered import part
from saima.server.race.models import Season
from saima.server.race.queries.standing import Shown, shown
from saima.server.race.queries.visible import seasons_visible_to
from saima.server.race.rules import RULES
from saima.words import percent, say


def season_for(request: HttpRequest, key: str, action: str = "standing.see") -> Season:
    """The season, for somebody who may do this with it.

    Raises
    ------
    NotAllowed
        Asked first: whoever may not learns nothing of which seasons there are.
    Http404
    """
    require(RULES, action, request.user, season=key)
    return get_object_or_404(seasons_visible_to(request.user), key=key)


def allowed(request: HttpRequest, season: Season, action: str) -> bool:
    return may(RULES[action], held_by(request.user, season=season.key))


def cut_for(request: HttpRequest, season: Season) -> Shown:
    """The cut a page is asked about.

    Raises
    ------
    QuestionRefused
        ``standing.nothing_frozen``; as ``shown``.
    """
    found = shown(season, request.GET.get("period", ""))
    if found is None:
        raise QuestionRefused(Problem("standing.nothing_frozen", {}))
    return found


def contestant_of(found: Shown, code: str) -> Any:
    return _named(found.index.season.contestant, code, "standing.no_contestant")


def indicator_of(found: Shown, code: str) -> Any:
    return _named(found.index.season.indicator, code, "standing.no_indicator")


def _named(known: Any, code: str, refusal: str) -> Any:
    if code not in known:
        raise QuestionRefused(Problem(refusal, {"code_typed": code}))
    return known[code]


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of one season that keep the period a page was asked for."""

    season: str
    period: str  # empty: the newest

    def to(self, name: str, *args: str, **query: str) -> str:
        asked = ({"period": self.period} if self.period else {}) | {k: v for k, v in query.items() if v}
        return reverse(name, args=[self.season, *args]) + (f"?{urlencode(asked)}" if asked else "")


def links_of(found: Shown) -> Links:
    return Links(found.season.key, "" if found.newest or found.cut is None else str(found.period))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several views of the same thing."""

    title: str
    url: str
    current: bool


def period_choices(found: Shown, name: str, *args: str, **query: str) -> list[Choice]:
    """The frozen periods as links, newest first."""
    return [
        Choice(
            period_name(p, lang()),
            Links(found.season.key, str(p)).to(name, *args, **query),
            found.cut is not None and p == found.period,
        )
        for p in reversed(found.frozen)
    ]


def page(request: HttpRequest, template: str, found: Shown, **context: Any) -> HttpResponse:
    """A page about a cut, with what its head says of the cut."""
    return render(request, f"race/standing/{template}.html", {**_head(found), **context})


def page_of_cut(
    request: HttpRequest,
    template: str,
    found: Shown,
    key: Hashable,
    context: Callable[[], Mapping[str, Any]],
    **beside: str,
) -> HttpResponse:
    """The same where all but the frame follows from a frozen cut and ``key``: rendered once, read by everybody.

    ``beside`` is for the frame.
    """

    def whole() -> Mapping[str, Any]:
        return {**_head(found), **context()}

    if found.cut is None:  # today's figures, which are others tomorrow
        body: str = render_to_string(f"race/standing/{template}_body.html", {**whole(), "lang": lang()})
    else:
        body = part(f"race/standing/{template}_body.html", (*found.said_by, key), whole)
    return page(request, template, found, body=body, **beside)


def _head(found: Shown) -> dict[str, Any]:
    verified = found.index.data.share
    return {
        "season": found.season,
        "spec": found.index.season,
        "found": found,
        "cut": found.cut,
        "links": links_of(found),
        "period_title": period_name(found.period, lang()),
        "verified": "" if verified is None else percent(verified, lang(), 0),
        "periods": [],
    }


@dataclass(frozen=True, slots=True)
class Move:
    """Places won or lost against the last bulletin."""

    kind: str  # up, down, same, first
    places: int
    said: str


def move_of(standing: Standing) -> Move:
    if standing.previous is None:
        return Move("first", 0, say("press.move.first", lang()))
    moved = standing.previous - standing.rank
    if moved == 0:
        return Move("same", 0, say("press.move.same", lang()))
    kind = "up" if moved > 0 else "down"
    return Move(kind, abs(moved), say(f"press.move.{kind}", lang()))
