"""One contestant: where it stands and why, what it is behind on, and what would help most."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saima.engine.model.evaluation import Adjustment, Cell, ProjectResult, Standing
from saima.engine.model.season import Node, Season
from saima.press.sentences import rank_range, scope_title, score_text, subject_title
from saima.server.kit.context import lang
from saima.server.race.queries.standing import Index, Shown
from saima.server.race.views.standing.cards import Card, received_rows
from saima.server.race.views.standing.cells import CellRow, Mark, cell_row, marks_of
from saima.server.race.views.standing.common import (
    Links,
    contestant_of,
    cut_for,
    links_of,
    page_of_cut,
    period_choices,
    season_for,
)
from saima.server.race.views.standing.drawing import end_of
from saima.words import measured, number, percent, say, signed

MOST_HELP = 5


@dataclass(frozen=True, slots=True)
class NodeRow:
    title: str
    depth: int
    rank: int | None
    score: str
    weight: str
    contribution: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    rows: Sequence[CellRow]


@dataclass(frozen=True, slots=True)
class AlteredRow:
    subject: str
    kind: str
    before: str
    after: str
    effect: str
    said: str


@dataclass(frozen=True, slots=True)
class ProjectRow:
    title: str
    level: str
    light: str
    marks: Sequence[Mark]
    steps: str
    late: int
    invested: str
    planned: str
    share: str
    mark: str
    score: str


@require_safe
def contestant(request: HttpRequest, key: str, code: str) -> HttpResponse:
    season = season_for(request, key)
    found = cut_for(request, season)
    title = contestant_of(found, code).title.of(lang())
    return page_of_cut(request, "contestant", found, code, lambda: _said(found, code), who_title=title)


def _said(found: Shown, code: str) -> dict[str, Any]:
    who = contestant_of(found, code)
    index, links = found.index, links_of(found)
    lanes = [lane for i in index.season.indicators if (lane := index.lanes(f"indicator:{i.code}").get(code))]
    furthest = end_of(lanes)
    cells = [c for c in index.of_contestant.get(code, ()) if c.status != "not_applicable"]
    standing = _top(index, code)
    return {
        "who": who,
        "who_title": who.title.of(lang()),
        "headline": _headline(found, code),
        "standing": standing,
        "groups": _groups(index, cells, links, furthest),
        "furthest": furthest,
        "cards": _cards(index, code, cells),
        "nodes": _nodes(index, code, links),
        "altered": [altered_row(a, index) for a in index.evaluation.adjustments if a.contestant == code],
        "help": _help(index, cells, links, furthest),
        "whatif_url": "" if standing is None or standing.rank == 1
        else links.to("whatif", contestant=code, place=str(standing.rank - 1)),
        "projects": [project_row(index, p) for p in index.evaluation.projects if p.project.contestant == code],
        "weak": next((w for w in index.evaluation.weak_spots if w.contestant == code), None),
        "received": [r for r in received_rows(index) if r.contestant == who.title.of(lang())],
        "periods": period_choices(found, "contestant", code),
        "rivals": _rivals(index, code, links),
        "not_ranked": [say(n.code, lang(), **n.params) for n in index.evaluation.not_ranked
                       if n.contestant == code and n.scope in ("overall", index.scopes[0] if index.scopes else "")],
        "findings": [say(f.code, lang(), **f.params) for f in index.evaluation.findings
                     if f.contestant == code and not f.waived],
    }  # fmt: skip


def _top(index: Index, code: str) -> Standing | None:
    return index.place(code, index.scopes[0]) if index.scopes else None


def _headline(found: Shown, code: str) -> list[str]:
    """Where it stands, how firm that is, and what it is behind on: each a whole sentence."""
    index, season = found.index, found.index.season
    said = []
    standing = _top(index, code)
    title = season.contestant[code].title
    if standing is not None:
        among = sum(s.class_code == standing.class_code for s in index.standings(standing.scope))
        params = {
            "contestant": title,
            "rank": standing.rank,
            "among": among,
            "score": score_text(standing.score, season, lang()),
            "range": rank_range(standing.rank_low, standing.rank_high),
        }
        firm = standing.rank_low == standing.rank_high
        said.append(say("standing.contestant.firm" if firm else "standing.contestant.range", lang(), **params))
        group = next((g for g in index.level_groups(standing.scope) if code in g), ())
        others = [season.contestant[c].title for c in group if c != code]
        if others:
            said.append(say("standing.contestant.level", lang(), contestant=title, others=others[:4]))
    red = [c for c in index.of_contestant.get(code, ()) if c.light == "red"]
    red.sort(key=lambda c: (-c.missing * c.due_weight, season.indicator[c.indicator].order))
    if red:
        titles = [season.indicator[c.indicator].title for c in red[:3]]
        more = len(red) - len(titles)
        code_said = "press.headline.behind.more" if more else "press.headline.behind"
        said.append(say(code_said, lang(), contestant=title, indicators=titles, count=len(red), more=more))
    return said


def _groups(index: Index, cells: Sequence[Cell], links: Links, furthest: float) -> list[Group]:
    season = index.season
    groups: dict[str, list[CellRow]] = {}
    for cell in cells:
        groups.setdefault(season.indicator[cell.indicator].node, []).append(cell_row(index, cell, links, furthest))
    ordered = [n.code for n in season.nodes if n.code in groups]
    return [
        Group(season.node[n].title.of(lang()) if n in season.node else say("standing.shown_only", lang()), groups[n])
        for n in [*ordered, *(n for n in groups if n not in ordered)]
    ]


def _cards(index: Index, code: str, cells: Sequence[Cell]) -> list[Card]:
    cards = []
    lane = index.lanes("overall").get(code)
    if lane is not None and lane.due is not None:
        ahead = lane.done >= lane.due
        params = {"points": number(abs(round((lane.done - lane.due) * 100, 1)), lang(), 1)}
        params["due"] = percent(lane.due, lang())
        said = say("press.figures.ahead" if ahead else "press.figures.behind", lang(), **params)
        done = percent(lane.done, lang())
        cards.append(Card(say("press.figures.done", lang()), done, said, "good" if ahead else "bad"))
    counted = {c: sum(cell.light == c for cell in cells) for c in ("green", "yellow", "red")}
    if sum(counted.values()):
        said = say("press.figures.lights_of", lang(), **counted)
        cards.append(Card(say("press.figures.lights", lang()), str(sum(counted.values())), said))
    medals = next((m for m in index.medals if m.contestant == code), None)
    if medals is not None:
        said = say("standing.medals_of", lang(), silver=medals.silver, bronze=medals.bronze)
        cards.append(Card(say("press.medals.gold", lang()), str(medals.gold), said))
    due = [c for c in cells if c.status != "not_due"]
    known = [c for c in due if c.value is not None]
    if due:
        verified = number(sum(c.state == "verified" for c in known), lang())
        said = say("press.figures.data_of", lang(), all=number(len(due), lang()), verified=verified)
        cards.append(Card(say("press.figures.data", lang()), number(len(known), lang()), said))
    return cards


def _nodes(index: Index, code: str, links: Links) -> list[NodeRow]:
    season, rows = index.season, []
    for node, depth in _tree(season):
        found = index.nodes.get((code, node.code))
        if found is None:
            continue
        scope = "overall" if node.kind == "overall" else f"{node.kind}:{node.code}"
        place = index.place(code, scope)
        rows.append(
            NodeRow(
                scope_title(scope, season).of(lang()),
                depth,
                None if place is None else place.rank,
                score_text(found.score, season, lang()),
                percent(found.weight, lang(), 1) if found.weight else "",
                number(found.contribution, lang(), season.decimals) if found.contribution else "",
                links.to("leaderboard", scope=scope) if place is not None else "",
            )
        )
    return rows


def _tree(season: Season, parent: str = "", depth: int = 0) -> Iterator[tuple[Node, int]]:
    """Races and groups below each other, in the season's order."""
    for node in season.nodes:
        if node.parent == parent and node.code != parent:
            yield node, depth
            yield from _tree(season, node.code, depth + 1)


def altered_row(a: Adjustment, index: Index) -> AlteredRow:
    def short(value: float | None) -> str:
        return "–" if value is None else number(float(f"{value:.6g}"), lang())

    return AlteredRow(
        subject_title(a.subject, index.season).of(lang()),
        say(f"press.adjustment.{a.kind}", lang()),
        short(a.before),
        short(a.after),
        "–" if a.effect is None else signed(a.effect, lang(), 2),
        say(a.code, lang(), **a.params),
    )


def _help(index: Index, cells: Sequence[Cell], links: Links, furthest: float) -> list[CellRow]:
    """Where most of what was due is missing, by its weight: what would help most, before anybody asks for a plan."""
    short = sorted((c for c in cells if c.missing * c.due_weight > 0), key=lambda c: -c.missing * c.due_weight)
    return [cell_row(index, c, links, furthest) for c in short[:MOST_HELP]]


def project_row(index: Index, p: ProjectResult) -> ProjectRow:
    def money(amount: float | None) -> str:
        return "–" if amount is None else measured(number(amount, lang()), p.project.unit, lang())

    return ProjectRow(
        p.project.title.of(lang()),
        p.project.level,
        p.light,
        marks_of(index.lights.get((p.project.contestant, f"project:{p.project.code}"), ())),
        say("press.project.steps", lang(), done=p.milestones_on_time, due=p.milestones_due),
        p.milestones_late,
        money(p.invested),
        money(p.planned),
        "–" if p.investment_share is None else percent(p.investment_share, lang(), 0),
        "–" if p.mark is None else number(p.mark, lang()),
        "–" if p.score is None else score_text(p.score, index.season, lang()),
    )


def _rivals(index: Index, code: str, links: Links) -> list[tuple[str, str]]:
    """The neighbours above and below, to be compared with."""
    standing = _top(index, code)
    if standing is None:
        return []
    table = [s for s in index.standings(standing.scope) if s.class_code == standing.class_code]
    at = next(n for n, s in enumerate(table) if s.contestant == code)
    near = [s for n, s in enumerate(table) if abs(n - at) == 1 or (n == 0 and at > 1)]
    return [
        (index.season.contestant[s.contestant].title.of(lang()), links.to("compare", a=code, b=s.contestant))
        for s in near
    ]
