"""What a wall shows of a season: scenes of the newest published bulletin, what followed, what is due. No figure else.

A scene is a finished piece of page. The page itself carries the first one; all of them travel in one JSON.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.template.loader import render_to_string

from saima.engine.model.evaluation import Evaluation
from saima.press import wall as press
from saima.press.briefing import Alert, alerts, bullets, mixed
from saima.press.sentences import span_name
from saima.server.bulletins.models import BulletinVersion
from saima.server.bulletins.queries import versions_of
from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.kit.written import day, moment
from saima.server.kit.written import period as period_words
from saima.server.race.models import Season
from saima.server.race.queries.cuts import bundle_of_cut, evaluation_of
from saima.server.race.queries.looked_up import reports_in
from saima.server.site.shell import title_of
from saima.server.site.wall_deeds import deeds_of
from saima.words import Text, say

RELOADED: Final = time(4, 0)  # in the season's zone, when nobody looks
AHEAD: Final = timedelta(days=7)
BULLETS: Final = 5
BESIDE: Final = 4  # alerts beside the race
LISTED: Final = 7
DUE_BESIDE: Final = 3
DUE_LISTED: Final = 7
PAST: Final = 12  # earlier bulletins whose certainty the bump chart shows


@dataclass(frozen=True, slots=True)
class Due:
    """What falls due on a day of this week."""

    on: date
    day: str
    left: str  # today, tomorrow, in 3 days
    what: str
    who: str


@dataclass(frozen=True)
class Head:
    season: Text
    covers: str = ""
    as_of: str = ""
    number: int = 0
    version: int = 0
    dated: str = ""
    notices: Sequence[str] = ()


@dataclass(frozen=True)
class Scene:
    """``span`` 6: the middle, with both sides beside it; 12: the whole width."""

    key: str
    title: str
    span: int
    html: str


@dataclass(frozen=True)
class Shown:
    """Everything a wall shows at a moment, in the page's language."""

    head: Head
    scenes: Sequence[Scene]
    left: str = ""
    right: str = ""
    fixed: str = ""  # the whole race, always in sight where the screen is wide enough
    zone: str = field(default="Asia/Shanghai")

    def as_json(self) -> bytes:
        found = {
            "head": render_to_string("site/wall/head.html", {"head": self.head}),
            "left": self.left,
            "right": self.right,
            "fixed": self.fixed,
            "scenes": [{"key": s.key, "title": s.title, "span": s.span, "html": s.html} for s in self.scenes],
        }
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def tag_of(content: bytes) -> str:
    return f'"{sha256(content).hexdigest()[:32]}"'


def wall_of(season: Season, *, first_only: bool = False) -> Shown:
    """The newest published bulletin as scenes; one empty scene while nothing is published.

    ``first_only``: what a page needs to be drawn at once.
    """
    versions = versions_of(season)
    newest = versions.first()
    notices = _notices(season)
    if newest is None:
        head = Head(title_of(season), notices=notices)
        html = render_to_string("site/wall/empty.html", {"season": title_of(season)})
        return Shown(head, [Scene("empty", say("wall.scene_empty", lang()), 12, html)], zone=season.time_zone)
    evaluation = evaluation_of(newest.evaluated)
    listed, due = alerts(evaluation, lang()), due_of(season, newest)
    told = _Told(evaluation, listed, due, press.light_counts(evaluation))
    found = [(bullet, press.bullet_bar(bullet.done, bullet.due)) for bullet in bullets(evaluation, lang(), BULLETS)]
    scenes = list(islice(_scenes(told, newest, versions), 1 if first_only else None))
    head = Head(
        season=title_of(season),
        covers=span_name(evaluation.season, evaluation.period, lang()),
        as_of=moment(newest.evaluated.cut.known_at, lang(), season.time_zone),
        number=newest.bulletin.number,
        version=newest.number,
        dated=day(newest.dated, lang()),
        notices=notices,
    )
    return Shown(
        head=head,
        scenes=scenes,
        left=render_to_string("site/wall/left.html", {"bullets": found}),
        right=render_to_string("site/wall/right.html", told.beside()),
        fixed=scenes[0].html if scenes[0].key.startswith("overall") else "",
        zone=season.time_zone,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What several scenes of one bulletin tell."""

    evaluation: Evaluation
    listed: Sequence[Alert]
    due: Sequence[Due]
    counts: Sequence[tuple[str, int]]

    def beside(self) -> dict[str, Any]:
        return self._of(BESIDE, DUE_BESIDE)

    def _of(self, most: int, most_due: int) -> dict[str, Any]:
        return {
            "alerts": mixed(self.listed, most),
            "more": max(0, len(self.listed) - most),
            "due": self.due[:most_due],
            "counts": self.counts,
        }

    def whole(self) -> dict[str, Any]:
        each = press.lights_of_each(self.evaluation, lang())
        return self._of(LISTED, DUE_BESIDE if each else DUE_LISTED) | {"each": each}


def _scenes(told: _Told, newest: BulletinVersion, versions: Any) -> Iterator[Scene]:
    """The whole race, each race and group, then up to four over the whole width."""
    evaluation = told.evaluation
    ranked = False
    for scope in press.scopes(evaluation):
        for race in press.race(evaluation, scope, lang()):
            html = render_to_string("site/wall/race.html", {"race": race, "of": len(race.runners)})
            yield Scene(f"{race.scope} {race.page}".strip(), race.title, 6, html)
            ranked = True
    lights = press.light_map(evaluation, lang())
    if lights is not None:
        html = render_to_string("site/wall/lights.html", {"map": lights})
        yield Scene("lights", say("wall.scene_lights", lang()), 12, html)
    if told.listed or told.due or (not ranked and lights is None):
        html = render_to_string("site/wall/alerts.html", told.whole())
        yield Scene("alerts", say("wall.scene_alerts", lang()), 12, html)
    if deeds := deeds_of(newest.bulletin.season, evaluation.season):
        html = render_to_string("site/wall/deeds.html", {"deeds": deeds})
        yield Scene("deeds", say("wall.scene_deeds", lang()), 12, html)
    past = [evaluation_of(v.evaluated) for v in _of_earlier_periods(newest, versions)]
    if (bump := press.bump(evaluation, past, lang())) is not None:
        html = render_to_string("site/wall/movement.html", {"bump": bump})
        yield Scene("movement", say("wall.scene_movement", lang()), 12, html)


def _of_earlier_periods(newest: BulletinVersion, versions: Any) -> list[BulletinVersion]:
    """The newest version of each period before, the latest ones."""
    found: dict[str, BulletinVersion] = {}
    for version in versions:
        if version.bulletin.period < newest.bulletin.period:
            found.setdefault(version.bulletin.period, version)
    return list(found.values())[:PAST]


def _notices(season: Season) -> list[str]:
    found = []
    if season.illustrative:
        found.append(say("site.fictional", lang(), season=title_of(season)))
    if clock.stands_still():
        found.append(say("site.clock_stands", lang(), day=day(clock.now(), lang(), season.time_zone)))
    return found


def due_of(season: Season, newest: BulletinVersion) -> list[Due]:
    """What falls due within a week, soonest first: reports, and milestones of projects as they were published."""
    zone = ZoneInfo(season.time_zone)
    now = clock.now()
    today = now.astimezone(zone).date()
    asked = reports_in(season).filter(due_at__gte=now, due_at__lt=now + AHEAD)
    found = []
    for row in asked.values("due_at", "period").annotate(places=Count("id")).order_by("due_at", "period"):
        at: datetime = row["due_at"].astimezone(zone)
        what = say("wall.due_report", lang(), period=period_words(row["period"], lang()), time=f"{at:%H:%M}")
        found.append(_due(at.date(), today, what, say("wall.due_places", lang(), count=row["places"])))
    projects = bundle_of_cut(newest.evaluated.cut).projects
    by_code = {p.code: p for p in projects.projects}
    spec = evaluation_of(newest.evaluated).season
    for step in projects.milestones:
        if step.done is None and today <= step.due <= today + AHEAD and step.project in by_code:
            project = by_code[step.project]
            what = say("wall.due_step", lang(), project=project.title, step=step.title)
            found.append(_due(step.due, today, what, spec.contestant[project.contestant].title.of(lang())))
    return sorted(found, key=lambda d: (d.on, d.what))


def _due(on: date, today: date, what: str, who: str) -> Due:
    days = (on - today).days
    left = say(
        "wall.due_today" if days == 0 else "wall.due_tomorrow" if days == 1 else "wall.due_days", lang(), days=days
    )
    month = say(f"press.month.short.{on.month}", lang())
    return Due(on, say("wall.short_day", lang(), day=on.day, month=month), left, what, who)


def seconds_to_reload(zone: str) -> int:
    """Until the next 04:00 of the season's zone."""
    there = clock.now().astimezone(ZoneInfo(zone))
    at = datetime.combine(there.date(), RELOADED, there.tzinfo)
    if at <= there:
        at += timedelta(days=1)
    return int((at - there).total_seconds())
