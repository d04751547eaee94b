"""What a leader reads on one page: a sentence, places, headline indicators as bullets, and what is red.

Published figures come first. What is not published yet is a preview, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from saima.engine.model.evaluation import Standing
from saima.press.briefing import Alert, Bullet, alerts, bullets, doubt, leader_sentence, thresholds
from saima.press.charts.race_track import Lane, furthest_of
from saima.press.sentences import headline_lead, period_name, rank_range, score_text
from saima.server.bulletins.models import BulletinVersion
from saima.server.bulletins.queries import published_of
from saima.server.kit.context import lang
from saima.server.kit.written import day, moment
from saima.server.race.models import Season
from saima.server.race.queries.standing import Shown, shown_of
from saima.server.site.shell import address
from saima.words import LANGS, Text, say

PREVIEW: Final = "preview"  # what the address says to see figures that are not published
MOST_PLACES: Final = 8
MOST_RED: Final = 6
MOST_LIGHTS: Final = 8  # contestants whose lights stand side by side; beyond that they are counted
COLOURS: Final = ("green", "yellow", "red", "none")


@dataclass(frozen=True)
class Place:
    """One contestant in the ranking, as a row."""

    rank: int
    title: Text
    href: str
    score: str
    between: str  # 2-3, where the rank is not certain
    low: int
    high: int
    of: int
    change: int | None
    lane: Lane | None

    @property
    def certain(self) -> bool:
        return self.low == self.high

    @property
    def done(self) -> float | None:
        return self.lane.done if self.lane is not None and self.lane.known else None

    @property
    def colour(self) -> str:
        if self.lane is None or self.lane.due is None:
            return "blue"
        return self.lane.colour


@dataclass(frozen=True)
class Headline:
    """A headline indicator: over everybody, and one light per contestant in the order of the ranking."""

    bullet: Bullet
    href: str
    lights: Sequence[tuple[Text, str]]
    counts: Sequence[tuple[str, int]]

    @property
    def side_by_side(self) -> bool:
        return len(self.lights) <= MOST_LIGHTS


@dataclass(frozen=True, slots=True)
class Red:
    alert: Alert
    why: str


@dataclass(frozen=True, slots=True)
class Status:
    """Whether these figures are published, in words, and where the others are."""

    published: bool
    words: str
    as_of: str
    other: str  # address of what is not shown: the preview, or what is published
    other_words: str


@dataclass(frozen=True)
class Leading:
    shown: Shown
    status: Status
    sentence: str
    lead: str
    places: Sequence[Place]
    more_places: int
    most: float
    indicators: Sequence[Headline]
    red: Sequence[Red]
    more_red: int
    thresholds: str
    doubt: str
    prints: Sequence[tuple[str, str]]  # language and address of the one page


def place_of(shown: Shown, standing: Standing | None) -> Place | None:
    if standing is None:
        return None
    season = shown.index.season
    of = sum(1 for s in shown.index.standings(standing.scope) if s.class_code == standing.class_code)
    return Place(
        rank=standing.rank,
        title=season.contestant[standing.contestant].title,
        href=address("contestant", key=shown.season.key, code=standing.contestant),
        score=score_text(standing.score, season, lang()),
        between=rank_range(standing.rank_low, standing.rank_high),
        low=standing.rank_low,
        high=standing.rank_high,
        of=of,
        change=None if standing.previous is None else standing.previous - standing.rank,
        lane=shown.index.lanes(standing.scope).get(standing.contestant),
    )


def leading_of(
    season: Season, newest: Shown | None, released: BulletinVersion | None, *, preview: bool
) -> Leading | None:
    """The newest released bulletin, or (``preview``, or before the first) the newest cut; None before any.

    Nothing is computed here, only chosen and counted.
    """
    official = shown_of(released.evaluated) if released is not None else None
    shown = newest if preview or official is None else official
    if shown is None:
        return None
    status = _status(season, shown, newest, released)
    evaluation = shown.evaluation
    standings = shown.index.standings("overall")
    first = [place_of(shown, s) for s in standings[:MOST_PLACES]]
    places = [p for p in first if p is not None]
    red = [a for a in alerts(evaluation, lang()) if a.light == "red"]
    print_at = address("leader-pdf", key=season.key, period=str(shown.period))
    mark = "" if status.published else f"&{PREVIEW}=1"
    return Leading(
        shown=shown,
        status=status,
        sentence=leader_sentence(evaluation, lang()),
        lead=headline_lead(evaluation, lang()),
        places=places,
        more_places=len(standings) - len(places),
        most=furthest_of([p.lane for p in places if p.lane is not None]) if places else 1.0,
        indicators=_indicators(shown, [s.contestant for s in standings]),
        red=[Red(a, address("why", key=season.key, contestant=a.contestant, indicator=a.indicator)) for a in red][
            :MOST_RED
        ],
        more_red=max(0, len(red) - MOST_RED),
        thresholds=thresholds(evaluation, lang()),
        doubt=doubt(evaluation, lang()),
        prints=[(code, f"{print_at}?lang={code}{mark}") for code in sorted(LANGS, key=lambda c: c != lang())],
    )


def _status(season: Season, shown: Shown, newest: Shown | None, released: BulletinVersion | None) -> Status:
    cut = shown.cut
    as_of = say("leader.as_of", lang(), moment=moment(cut.known_at, lang(), season.time_zone)) if cut else ""
    home = address("home")
    if released is not None and cut == released.evaluated.cut:
        words = say(
            "leader.published" if released.number == 1 else "leader.published_version",
            lang(),
            number=released.bulletin.number,
            version=released.number,
            dated=day(released.dated, lang()),
        )
        ahead = newest is not None and newest.cut != cut
        there = say("leader.see_preview", lang(), period=period_name(newest.period, lang())) if ahead and newest else ""
        return Status(True, words, as_of, f"{home}?figures={PREVIEW}" if ahead else "", there)
    if cut is not None and released is None:
        was = published_of(season, shown.period)  # in an installation before this one
        if was is not None and was.data_digest.removeprefix("sha256:") == cut.data_digest.removeprefix("sha256:"):
            words = say("leader.published", lang(), number=was.number, dated=day(was.dated, lang()))
            return Status(True, words, as_of, "", "")
    words = say("leader.preview", lang(), number=cut.number if cut else 0, period=period_name(shown.period, lang()))
    back = say("leader.see_published", lang()) if released is not None else ""
    return Status(False, words, as_of, home if back else "", back)


def _indicators(shown: Shown, order: Sequence[str]) -> list[Headline]:
    """The indicators that weigh most in the overall score at this cut."""
    index, season = shown.index, shown.index.season
    found = []
    for bullet in bullets(shown.evaluation, lang()):
        by = {c.contestant: c.light for c in index.of_indicator[bullet.indicator]}
        lights = [(season.contestant[c].title, str(by[c])) for c in order if c in by]
        counts = [(colour, sum(light == colour for _, light in lights)) for colour in COLOURS]
        href = address("indicator", key=shown.season.key, code=bullet.indicator)
        found.append(Headline(bullet, href, lights, [(c, n) for c, n in counts if n]))
    return found
