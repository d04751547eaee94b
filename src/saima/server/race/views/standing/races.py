"""The weak-spot race and the project race of a cut: who is where, and why; nothing is computed here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saima.engine.model.evaluation import ProjectResult, Standing, WeakSpot
from saima.press.sentences import by_class, score_text
from saima.server.kit.context import lang
from saima.server.race.queries.documents import newest, stage_title, stages_of
from saima.server.race.queries.standing import Index
from saima.server.race.views.standing.common import Links, cut_for, links_of, page, period_choices, season_for
from saima.server.race.views.standing.contestant import ProjectRow, project_row
from saima.words import percent, say

MOST_MENDED = 3


def _scope(index: Index, race: str) -> str:
    """The scope in which a race of this kind is ranked; empty in a season without one."""
    return next((f"race:{n.code}" for n in index.season.nodes if n.kind == "race" and n.race == race), "")


def _ranked(index: Index, race: str) -> dict[str, Standing]:
    return {s.contestant: s for s in index.standings(_scope(index, race))}


def _grouped(index: Index, race: str, codes: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Contestants by class, best first, as leaderboards have them; last those without a place."""
    wanted = dict.fromkeys(codes)
    standings = [s for s in index.standings(_scope(index, race)) if s.contestant in wanted]
    found = [(title.of(lang()), [s.contestant for s in rows]) for title, rows in by_class(index.season, standings)]
    placed = {c for _, several in found for c in several}
    rest = sorted((c for c in wanted if c not in placed), key=lambda c: index.season.contestant[c].order)
    return [*found, ("", rest)] if rest else found


@dataclass(frozen=True, slots=True)
class WeakRow:
    spot: WeakSpot
    title: str
    url: str
    standing: Standing | None
    score: str
    said: str
    mend: Sequence[tuple[str, str, str]]  # indicator, missing share of what was due, address of the why


@require_safe
def weak_spots(request: HttpRequest, key: str) -> HttpResponse:
    """Shortfall of each contestant at the cut and over the season, what was repaired, and what to mend first."""
    season = season_for(request, key)
    found = cut_for(request, season)
    index, links = found.index, links_of(found)
    ranked = _ranked(index, "weak_spots")
    spots = {w.contestant: w for w in index.evaluation.weak_spots}
    groups = [
        (title, [_weak(index, spots[c], ranked.get(c), links) for c in codes])
        for title, codes in _grouped(index, "weak_spots", spots)
    ]
    context = {
        "groups": groups,
        "first": any(w.first for w in spots.values()),
        "periods": period_choices(found, "weak-spots"),
        "leaderboard_url": links.to("leaderboard", scope=_scope(index, "weak_spots")) if ranked else "",
    }
    return page(request, "weak_spots", found, **context)


def _weak(index: Index, spot: WeakSpot, standing: Standing | None, links: Links) -> WeakRow:
    code = spot.contestant
    mean = percent(spot.mean_shortfall, lang())
    if spot.first:
        said = say("races.weak_first", lang(), now=percent(spot.shortfall, lang()))
    elif spot.repaired_share is None:
        said = say("races.weak_none_before", lang(), mean=mean)
    else:
        said = say("races.weak_reason", lang(), mean=mean, repaired=percent(spot.repaired_share, lang(), 0))
    short = sorted(
        (c for c in index.of_contestant.get(code, ()) if c.missing * c.due_weight > 0),
        key=lambda c: -c.missing * c.due_weight,
    )
    mend = [
        (
            index.season.indicator[c.indicator].title.of(lang()),
            percent(c.missing, lang(), 0),
            links.to("why", code, c.indicator),
        )
        for c in short[:MOST_MENDED]
    ]
    return WeakRow(
        spot,
        index.season.contestant[code].title.of(lang()),
        links.to("contestant", code),
        standing,
        score_text(spot.score, index.season, lang()),
        said,
        mend,
    )


@dataclass(frozen=True, slots=True)
class RaceRow:
    """A project with its park, its stage in words, and what its score is made of."""

    row: ProjectRow
    result: ProjectResult
    contestant: str
    url: str
    rows_url: str
    stage: str


@dataclass(frozen=True, slots=True)
class ParkRow:
    title: str
    url: str
    standing: Standing | None
    score: str
    projects: int
    on_time: int
    due: int
    red: int


@require_safe
def projects(request: HttpRequest, key: str) -> HttpResponse:
    """Parks by their projects, and every project: milestones on time, investment against plan, stage, mark."""
    season = season_for(request, key)
    found = cut_for(request, season)
    index, links = found.index, links_of(found)
    stages = stages_of(found.cut.version if found.cut is not None else newest(season))
    results = sorted(
        index.evaluation.projects, key=lambda p: (p.score is None, -(p.score or 0.0), p.project.order, p.project.code)
    )
    contestant = index.season.contestant
    ranked = _ranked(index, "projects")
    context = {
        "parks": _parks(index, ranked, links),
        "rows": [
            RaceRow(
                project_row(index, p),
                p,
                contestant[p.project.contestant].title.of(lang()),
                links.to("contestant", p.project.contestant),
                links.to("project-rows", p.project.code),
                stage_title(stages, p.stage).of(lang()),
            )
            for p in results
        ],
        "periods": period_choices(found, "projects"),
        "leaderboard_url": links.to("leaderboard", scope=_scope(index, "projects")) if ranked else "",
    }
    return page(request, "projects", found, **context)


def _parks(index: Index, ranked: dict[str, Standing], links: Links) -> list[tuple[str, list[ParkRow]]]:
    by_park: dict[str, list[ProjectResult]] = {}
    for p in index.evaluation.projects:
        by_park.setdefault(p.project.contestant, []).append(p)
    return [
        (title, [_park(index, c, by_park[c], ranked.get(c), links) for c in codes])
        for title, codes in _grouped(index, "projects", by_park)
    ]


def _park(
    index: Index, code: str, projects: Sequence[ProjectResult], standing: Standing | None, links: Links
) -> ParkRow:
    return ParkRow(
        index.season.contestant[code].title.of(lang()),
        links.to("contestant", code),
        standing,
        "–" if standing is None else score_text(standing.score, index.season, lang()),
        len(projects),
        sum(p.milestones_on_time for p in projects),
        sum(p.milestones_due for p in projects),
        sum(p.light == "red" for p in projects),
    )
