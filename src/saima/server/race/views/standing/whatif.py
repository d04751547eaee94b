"""What would it take? Asked for a contestant, a place and what rivals do; answered place by place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.season import Season
from saima.engine.race.plan import Plan
from saima.engine.race.whatif import PlaceAhead, WhatIf
from saima.engine.race.world import Rivals
from saima.press.sentences import figure_text, value_text
from saima.server.kit.context import lang
from saima.server.race.queries.answers import would_take
from saima.server.race.views.standing.common import Links, cut_for, links_of, page, period_choices, season_for
from saima.words import number, say

RIVALS: Final[tuple[Rivals, ...]] = get_args(Rivals)
_POINTS: Final = frozenset({"gap", "points", "back_points", "score", "most"})
MOST_SLACK: Final = 8


@dataclass(frozen=True, slots=True)
class MoveRow:
    title: str
    url: str
    now: str
    needed: str
    rate: str
    best: str
    effort: str
    meter: float  # of four best periods, for the picture
    kind: str
    paper: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    place: int
    said: str
    plan: str
    reached: bool
    moves: Sequence[MoveRow]
    singles: Sequence[str]


@require_safe
def what_if(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key)
    found = cut_for(request, season)
    index, spec = found.index, found.index.season
    placed = index.standings(index.scopes[0]) if index.scopes else ()
    if not placed or found.cut is None:
        raise QuestionRefused(Problem("standing.nobody_to_compare", {}))
    asked = request.GET.get("contestant", "")
    place = request.GET.get("place", "")
    rivals = next((r for r in RIVALS if r == request.GET.get("rivals", "frozen")), None)
    if rivals is None:
        raise QuestionRefused(Problem("standing.whatif.rivals_unknown", {"text": request.GET["rivals"][:40]}))
    answer = None
    if asked and place:
        if not place.isascii() or not place.isdigit() or len(place) > 6:
            raise QuestionRefused(Problem("standing.whatif.place", {"text": place[:40], "among": len(placed)}))
        answer = would_take(found.cut, asked, int(place), rivals)
    links = links_of(found)
    context = {
        "asked": asked,
        "place": place,
        "rivals": rivals,
        "choices": [(r, say(f"standing.whatif.{r}", lang())) for r in RIVALS],
        "placed": [(s.contestant, s.rank, spec.contestant[s.contestant].title.of(lang())) for s in placed],
        "answer": answer,
        "periods": period_choices(found, "whatif", contestant=asked, place=place, rivals=rivals),
        **({} if answer is None else _said(answer, spec, links)),
    }
    return page(request, "whatif", found, **context)


def _said(answer: WhatIf, spec: Season, links: Links) -> dict[str, object]:
    return {
        "who_title": answer.title.of(lang()),
        "who_url": links.to("contestant", answer.contestant),
        "standing_said": say(
            "cli.explain.place",
            lang(),
            contestant=answer.title,
            period=str(answer.period),
            rank=str(answer.rank),
            among=str(answer.among),
            score=number(answer.score, lang(), spec.decimals),
        ),
        "rivals_said": say(answer.code, lang(), **answer.params),
        "rows": [_place(p, spec, links) for p in answer.places],
        "slack": [say(s.code, lang(), **_points(s.params, spec)) for s in answer.slack[:MOST_SLACK]],
    }


def _place(ahead: PlaceAhead, spec: Season, links: Links) -> PlaceRow:
    return PlaceRow(
        ahead.place,
        say(ahead.code, lang(), **_points(ahead.params, spec)),
        say(ahead.plan.code, lang(), **_points(ahead.plan.params, spec)),
        ahead.plan.reached,
        _moves(ahead.plan, spec, links),
        _singles(ahead, spec),
    )


def _moves(plan: Plan, spec: Season, links: Links) -> list[MoveRow]:
    rows = []
    for move in plan.moves:
        what = spec.indicator[move.indicator]
        rows.append(
            MoveRow(
                move.title.of(lang()),
                links.to("indicator", move.indicator),
                figure_text(move.figure, what, lang()),
                value_text(round(move.needed, 9), what, lang()),
                number(move.rate, lang(), what.decimals + 1),
                number(move.best, lang(), what.decimals),
                number(move.effort, lang(), 2),
                min(4.0, move.effort),
                say(f"cli.whatif.kind_{move.kind}", lang()),
                move.kind == "paper",
            )
        )
    return rows


def _singles(ahead: PlaceAhead, spec: Season) -> list[str]:
    """A sentence for each indicator that could do it alone; of those that never could, the closest."""
    said = []
    never = [s for s in ahead.singles if s.needed is None]
    for single in ahead.singles:
        if single.needed is not None:
            params = _points(single.params, spec)
            params["figure"] = value_text(single.needed, spec.indicator[single.indicator], lang())
            said.append(say(single.code, lang(), **params))
    if never:
        best = max(never, key=lambda s: s.most)
        most = number(best.most, lang(), spec.decimals)
        params = {"place": ahead.place, "count": str(len(never)), "indicator": best.title, "most": most}
        said.append(say("cli.whatif.never_alone", lang(), **params))
    return said


def _points(params: Mapping[str, object], spec: Season) -> dict[str, object]:
    """Parameters of a sentence with every score at the season's decimals."""
    return {
        name: number(value, lang(), spec.decimals) if name in _POINTS and isinstance(value, float) else value
        for name, value in params.items()
    }
