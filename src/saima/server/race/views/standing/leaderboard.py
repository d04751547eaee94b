"""The leaderboard: who stands where, how firm that is, and what today's figures would say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.evaluation import Kind, Standing
from saima.engine.model.periods import Period
from saima.press.sentences import (
    by_class,
    headline_lead,
    rank_range,
    scope_title,
    score_text,
)
from saima.server.accounts.rules import require
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.standing import Index, Shown, latest_asked, shown, shown_now
from saima.server.race.rules import RULES
from saima.server.race.views.standing.cards import cards_of, proposal_rows, received_rows, unranked_rows
from saima.server.race.views.standing.common import (
    Choice,
    Links,
    Move,
    allowed,
    links_of,
    move_of,
    page_of_cut,
    period_choices,
    season_for,
)
from saima.server.race.views.standing.drawing import LaneShown, end_of, lane_shown, tone_of
from saima.words import Lang, say, signed

STATUS = {"green": "ahead", "amber": "at_risk", "red": "behind"}
PILLS = {"green": "green", "amber": "amber", "red": "red"}


@dataclass(frozen=True, slots=True)
class Row:
    standing: Standing
    title: str
    other_title: str
    score: str
    lane: LaneShown | None
    move: Move
    pill: str
    status: str
    tier: str
    url: str
    compare_url: str


@dataclass(frozen=True, slots=True)
class Band:
    """Neighbours that cannot be told apart; a band of one is somebody whose place is clear."""

    rows: Sequence[Row]
    said: str


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    bands: Sequence[Band]
    among: int
    furthest: float


@require_safe
def leaderboard(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key)
    if request.GET.get("now"):
        require(RULES, "standing.preview", request.user, season=key)
        found: Shown | None = shown_now(season, _period_now(request, season))
    else:
        found = shown(season, request.GET.get("period", ""))
    if found is None:
        may_freeze = allowed(request, season, "cut.freeze")
        return render(request, "race/standing/nothing.html", {"season": season, "may_freeze": may_freeze})
    index = found.index
    kind = asked_kind(request, index)
    scope = asked_scope(request, index)
    may_see = [allowed(request, season, action) for action in ("standing.preview", "cut.freeze", "draft.make")]
    asked = request.GET.get("scope", "")

    def context() -> dict[str, Any]:
        shown_to = dict(zip(("may_preview", "may_freeze", "may_draft"), may_see, strict=True))
        return _said(found, kind, scope, asked) | shown_to

    return page_of_cut(request, "leaderboard", found, (kind, scope, asked, *may_see), context)


def _said(found: Shown, kind: Any, scope: str, asked: str) -> dict[str, Any]:
    index, links = found.index, links_of(found)
    tables = [] if kind == "medals" else _tables(found, scope, kind, links)
    return {
        "kind": kind,
        "scope": scope,
        "scope_name": scope_title(scope, index.season).of(lang()) if scope else "",
        "scopes": _scopes(index, scope),
        "kinds": _kinds(index, scope, kind, links),
        "periods": period_choices(found, "leaderboard", scope=asked, kind=kind),
        "headline": headline_lead(found.evaluation, lang()) if found.cut is not None else "",
        "cards": cards_of(index),
        "tables": tables,
        "laned": any(r.lane for t in tables for b in t.bands for r in b.rows),
        "moved": any(r.standing.previous is not None for t in tables for b in t.bands for r in b.rows),
        "shared": any(b.said for t in tables for b in t.bands),
        "not_ranked": [say(n.code, lang(), **n.params) for n in index.evaluation.not_ranked if n.scope == scope][:60],
        "medals": _medals(index, links) if kind == "medals" else [],
        "proposals": proposal_rows(index),
        "unranked": [] if index.scopes else unranked_rows(index, links),
        "received": received_rows(index),
        "reverses": index.evaluation.reverses_ranks,
        "downloads": [
            (form, links.to("standing_file", form, scope=scope, kind="" if kind == "level" else kind))
            for form in ("csv", "xlsx")
        ],
        "data": index.data,
        "races": [
            (say(f"races.{name}", lang()), links.to(name))
            for name, there in (("projects", index.evaluation.projects), ("weak-spots", index.evaluation.weak_spots))
            if there and found.cut is not None
        ],
    }


def _period_now(request: HttpRequest, season: Season) -> Period:
    typed = request.GET.get("period", "")
    if typed:
        return Period.parse(typed)
    latest = latest_asked(season)
    if latest is None:
        raise QuestionRefused(Problem("standing.nothing_reported", {}))
    return latest


def asked_scope(request: HttpRequest, index: Index) -> str:
    asked = request.GET.get("scope", "")
    if asked and asked not in index.scopes:
        raise QuestionRefused(Problem("standing.no_scope", {"scope_typed": asked}))
    return asked or (index.scopes[0] if index.scopes else "")


def asked_kind(request: HttpRequest, index: Index) -> Any:
    asked = request.GET.get("kind", "")
    if asked in ("level", "progress", "medals"):
        return asked
    return "medals" if index.season.overall == "medals" and index.medals and not request.GET.get("scope") else "level"


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    title: str
    choices: Sequence[tuple[str, str, bool]]


def _scopes(index: Index, scope: str) -> Sequence[ScopeGroup]:
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    for s in index.scopes:
        kind_of = s.partition(":")[0]
        groups.setdefault(kind_of, []).append((s, scope_title(s, index.season).of(lang()), s == scope))
    return [ScopeGroup(say(f"standing.scope.{name}", lang()), choices) for name, choices in groups.items()]


def _kinds(index: Index, scope: str, kind: str, links: Links) -> list[Choice]:
    there = ["level"]
    if scope and index.standings(scope, "progress"):
        there.append("progress")
    if index.medals:
        there.append("medals")
    asked = scope if scope != "overall" else ""
    return [
        Choice(say(f"standing.kind.{k}", lang()), links.to("leaderboard", scope=asked, kind=k), k == kind)
        for k in there
    ]


def _tables(found: Shown, scope: str, kind: Kind, links: Links) -> list[Table]:
    index, season = found.index, found.index.season
    standings = index.standings(scope, kind)
    lanes = index.lanes(scope) if kind == "level" else {}
    furthest = end_of(lanes.values())
    tiers = {t.code: t.title.of(lang()) for t in season.tiers}
    other: Lang = "zh" if lang() == "en" else "en"
    tables = []
    for title, rows in by_class(season, standings):
        bands: list[list[Row]] = []
        above: Standing | None = None
        for s in rows:
            names = season.contestant[s.contestant].title
            lane = lanes.get(s.contestant)
            tone = tone_of(lane) if lane is not None and lane.known else ""
            row = Row(
                standing=s,
                title=names.of(lang()),
                other_title=names.of(other) if names.en and names.zh else "",
                score=signed(s.score, lang(), season.decimals) if kind == "progress"
                else score_text(s.score, season, lang()),
                lane=lane_shown(lane, furthest),
                move=move_of(s),
                pill=PILLS.get(tone, ""),
                status=say(f"standing.status.{STATUS[tone]}", lang()) if tone in STATUS else "",
                tier=tiers.get(s.tier, ""),
                url=_row_url(found, scope, s.contestant, links),
                compare_url="" if above is None or found.cut is None or scope != index.scopes[0]
                else links.to("compare", a=s.contestant, b=above.contestant),
            )  # fmt: skip
            if bands and bands[-1][0].standing.band == s.band:
                bands[-1].append(row)
            else:
                bands.append([row])
            above = s
        tables.append(Table(title.of(lang()), [Band(b, _band_said(b)) for b in bands], len(rows), furthest))
    return tables


def _row_url(found: Shown, scope: str, contestant: str, links: Links) -> str:
    if found.cut is None:
        return ""
    kind, _, code = scope.partition(":")
    if kind == "indicator":
        return links.to("why", contestant, code)
    return links.to("contestant", contestant)


def _band_said(rows: Sequence[Row]) -> str:
    if len(rows) < 2:
        return ""
    places = rank_range(rows[0].standing.rank, rows[-1].standing.rank)
    return say("standing.band", lang(), places=places, count=len(rows))


@dataclass(frozen=True, slots=True)
class MedalRow:
    rank: int
    title: str
    url: str
    gold: int
    silver: int
    bronze: int


def _medals(index: Index, links: Links) -> list[MedalRow]:
    return [
        MedalRow(
            m.rank, index.season.contestant[m.contestant].title.of(lang()), links.to("contestant", m.contestant),
            m.gold, m.silver, m.bronze,
        )
        for m in index.medals
    ]  # fmt: skip
