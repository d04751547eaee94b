"""What a wall screen shows of an evaluation: scenes as finished words and lengths.

Lengths are percentages of the drawing as SVG writes them, so that a page draws them without arithmetic or style.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from saima.engine.model.evaluation import Evaluation, Standing
from saima.engine.model.history import Colour
from saima.engine.model.periods import Period
from saima.press.briefing import gap_text, headline_indicators, light_of
from saima.press.charts.palette import LANES
from saima.press.charts.race_track import Lane, furthest_of, lanes
from saima.press.sentences import by_class, period_short, rank_range, scope_title, score_text
from saima.words import Lang, percent

MOST_LANES: Final = 10  # of one scene: more could not be read from the back of the room
MOST_PAGES: Final = 3
ROOMY: Final = 6  # lanes up to which each has two lines
MOST_COLUMNS: Final = 8  # contestants side by side in the map of lights
MOST_ROWS: Final = 10
MOST_LINES: Final = 12  # of the bump chart
_ROOM: Final = 95.0  # where the furthest point of a track stands: the runner and the flag need room
Shape = Literal["roomy", "tight"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A lane as SVG lengths; empty where there is nothing to draw."""

    done: str
    due: str
    low: str
    width: str  # of the band from ``low``
    finish: str


@dataclass(frozen=True, slots=True)
class Runner:
    """One lane: who, at which place, how far."""

    code: str
    rank: str
    name: str
    between: str  # 2–3, where the place is not certain
    change: int | None
    bar: Bar
    figure: str
    gap: str
    light: Colour
    known: bool


@dataclass(frozen=True, slots=True)
class Race:
    """The lanes of one scope, or of one page of them."""

    scope: str
    title: str
    page: str  # 2/3, where there is more than one
    runners: tuple[Runner, ...]
    shape: Shape
    laned: bool  # bars are shares of a task with a finish; else points of a score
    more: int


@dataclass(frozen=True, slots=True)
class LightRow:
    title: str
    cells: tuple[tuple[Colour, str], ...]  # light and figure, one for each contestant
    counts: tuple[tuple[Colour, int], ...]


@dataclass(frozen=True, slots=True)
class LightMap:
    """Contestants in their order by headline indicators. Many contestants are counted, not drawn."""

    names: tuple[str, ...]
    rows: tuple[LightRow, ...]
    side_by_side: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One contestant's way through the periods, in units of the drawing."""

    code: str
    name: str
    colour: int  # 1 and up
    path: str
    points: tuple[tuple[float, float, int], ...]  # x, y, place
    bands: tuple[tuple[float, float, float], ...]  # x, y and height over the places that are likely
    end: float  # y of the name
    between: str  # 2–3, where the place is not certain


@dataclass(frozen=True, slots=True)
class Bump:
    """Places over the periods; bands where an evaluation of the period says how certain they were."""

    periods: tuple[tuple[float, str], ...]
    places: tuple[tuple[float, int], ...]
    lines: tuple[Line, ...]
    right: float  # x where names begin


def scopes(evaluation: Evaluation) -> tuple[str, ...]:
    """Overall, then each race, then each group somebody has a place in; a single race is the overall one."""
    season = evaluation.season
    there = {s.scope for s in evaluation.standings if s.kind == "level"}
    races = [f"race:{n.code}" for n in season.nodes if n.kind == "race"]
    groups = [f"group:{n.code}" for n in season.nodes if n.kind == "group"]
    ordered = ["overall", *(races if len(races) > 1 else ()), *groups]
    return tuple(s for s in dict.fromkeys(ordered) if s in there)


def race(evaluation: Evaluation, scope: str, lang: Lang) -> tuple[Race, ...]:
    """The scene of a scope; the overall one in pages where contestants are many, classes one after another."""
    standings = tuple(s for _, group in by_class(evaluation.season, evaluation.standing(scope)) for s in group)
    tracks = {n.contestant: n for n in lanes(evaluation, scope)}
    most = furthest_of([tracks[s.contestant] for s in standings if s.contestant in tracks])
    top = max([100.0, *(s.score for s in standings)])
    pages = -(-len(standings) // MOST_LANES)
    shown = min(pages, MOST_PAGES if scope == "overall" else 1)
    found = []
    for page in range(shown):
        part = standings[page * MOST_LANES : (page + 1) * MOST_LANES]
        found.append(
            Race(
                scope=scope,
                title=scope_title(scope, evaluation.season).of(lang),
                page=f"{page + 1}/{shown}" if shown > 1 else "",
                runners=tuple(_runner(evaluation, s, tracks.get(s.contestant), most, top, lang) for s in part),
                shape="roomy" if len(part) <= ROOMY and pages == 1 else "tight",
                laned=bool(tracks),
                more=max(0, len(standings) - shown * MOST_LANES) if page == shown - 1 else 0,
            )
        )
    return tuple(found)


def _runner(
    evaluation: Evaluation, standing: Standing, lane: Lane | None, most: float, top: float, lang: Lang
) -> Runner:
    season = evaluation.season
    certain = standing.rank_low == standing.rank_high
    change = None if standing.previous is None else standing.previous - standing.rank
    light: Colour = "none"
    if lane is None:
        bar = Bar(_length(standing.score, top), "", "", "", "")
        figure, gap, known = score_text(standing.score, season, lang), "", True
    else:
        bar = _bar(lane, most)
        figure = percent(lane.done, lang) if lane.known else "–"
        gap = gap_text(lane.done, lane.due, lang)
        light = light_of(lane.done, lane.due, season.light_from)
        known = lane.known
    return Runner(
        code=standing.contestant,
        rank=str(standing.rank),
        name=season.contestant[standing.contestant].title.of(lang),
        between="" if certain else rank_range(standing.rank_low, standing.rank_high),
        change=change,
        bar=bar,
        figure=figure,
        gap=gap,
        light=light,
        known=known,
    )


def _bar(lane: Lane, most: float) -> Bar:
    band = lane.low is not None and lane.high is not None and lane.high > lane.low
    low, high = (lane.low or 0.0, lane.high or 0.0) if band else (0.0, 0.0)
    return Bar(
        done=_length(lane.done, most) if lane.known else "",
        due="" if lane.due is None else _length(lane.due, most),
        low=_length(low, most) if band else "",
        width=_length(min(high, most) - max(0.0, low), most) if band else "",
        finish=_length(1.0, most),
    )


def _length(value: float, most: float) -> str:
    return f"{max(0.0, min(value, most)) / most * _ROOM:.2f}%"


def bullet_bar(done: float, due: float | None) -> Bar:
    """A headline indicator's bar on a scale of its own: to the target, or as far as it came."""
    most = min(1.5, max(1.0, done, due or 0.0))
    return Bar(_length(done, most), "" if due is None else _length(due, most), "", "", _length(1.0, most))


def light_map(evaluation: Evaluation, lang: Lang) -> LightMap | None:
    """The headline indicators by contestant; None where nothing is judged."""
    season = evaluation.season
    order = [s.contestant for _, group in by_class(season, evaluation.standing()) for s in group]
    order += [c.code for c in season.contestants if c.code not in order]
    wholes = headline_indicators(evaluation, MOST_ROWS)
    side_by_side = len(order) <= MOST_COLUMNS
    rows = []
    for whole in sorted(wholes, key=lambda w: season.indicator[w.indicator].order):
        cells = [evaluation.by_cell.get((c, whole.indicator)) for c in order]
        lights: list[Colour] = ["none" if c is None else c.light for c in cells]
        said = ["" if c is None or c.completion is None else percent(c.completion, lang, 0) for c in cells]
        counted: tuple[Colour, ...] = ("green", "yellow", "red", "none")
        counts = tuple((colour, lights.count(colour)) for colour in counted)
        title = season.indicator[whole.indicator].title.of(lang)
        drawn = tuple(zip(lights, said, strict=True)) if side_by_side else ()
        rows.append(LightRow(title, drawn, counts))
    if not rows:
        return None
    names = tuple(season.contestant[c].title.of(lang) for c in order) if side_by_side else ()
    return LightMap(names, tuple(rows), side_by_side)


def light_counts(evaluation: Evaluation) -> tuple[tuple[Colour, int], ...]:
    """How many cells are green, yellow and red; yellow ones of past periods count, as their lights stand now."""
    now_yellow = {(m.contestant, m.subject) for m in evaluation.lights if m.now == "yellow"}
    red = {(c.contestant, c.indicator) for c in evaluation.cells if c.light == "red"}
    green = sum(c.light == "green" for c in evaluation.cells)
    return (("green", green), ("yellow", len(now_yellow - red)), ("red", len(red)))


def lights_of_each(evaluation: Evaluation, lang: Lang) -> tuple[tuple[str, tuple[tuple[Colour, int], ...]], ...]:
    """Each contestant's lights counted, in the order of the standing; nobody where contestants are many."""
    order = [s.contestant for s in evaluation.standing()]
    if len(order) > ROOMY:
        return ()
    season = evaluation.season
    found = []
    for code in order:
        part = replace(
            evaluation,
            cells=tuple(c for c in evaluation.cells if c.contestant == code),
            lights=tuple(m for m in evaluation.lights if m.contestant == code),
        )
        found.append((season.contestant[code].title.of(lang), light_counts(part)))
    return tuple(found)


LEFT, TOP, WIDE, TALL = 60.0, 58.0, 1800.0, 780.0  # of the bump chart's drawing
_NAMES: Final = 650.0
_DOT: Final = 27.0  # half of a place's disc, and of the band around it


def bump(evaluation: Evaluation, past: Sequence[Evaluation], lang: Lang) -> Bump | None:
    """The overall places of the published periods and this one; None before there are two.

    Parameters
    ----------
    past : evaluations of earlier bulletins, for the bands of their periods.
    """
    season = evaluation.season
    points = [p for p in evaluation.ranks if p.scope == "overall" and p.kind == "level"]
    periods = sorted({p.period for p in points})
    apart = season.rank_classes == "apart" and len({season.contestant[p.contestant].class_code for p in points}) > 1
    if len(periods) < 2 or apart:
        return None
    now = {s.contestant: s for s in evaluation.standing()}
    shown = sorted(now, key=lambda c: (now[c].rank, season.contestant[c].order, c))[:MOST_LINES]
    likely = {(e.period, s.contestant): s for e in (*past, evaluation) for s in e.standing()}
    places = {(p.period, p.contestant): p.rank for p in points}
    lowest = max([1, *(rank for (_, c), rank in places.items() if c in shown)])
    right = WIDE - _NAMES

    def x_of(period: Period) -> float:
        return round(LEFT + 60 + (right - LEFT - 150) * periods.index(period) / (len(periods) - 1), 1)

    def y_of(place: float) -> float:
        return round(TOP + 45 + (TALL - TOP - 90) * (min(place, lowest) - 1) / max(1, lowest - 1), 1)

    taken: dict[int, int] = {}  # names of one place stand below each other
    lines = []
    for n, code in enumerate(shown):
        own = [(p, places[p, code]) for p in periods if (p, code) in places]
        dots = tuple((x_of(p), y_of(rank), rank) for p, rank in own)
        bands = tuple(
            (x_of(p) - _DOT - 1, y_of(s.rank_low) - _DOT, y_of(s.rank_high) - y_of(s.rank_low) + 2 * _DOT)
            for p, _ in own
            if (s := likely.get((p, code))) is not None and s.rank_high > s.rank_low
        )
        s = now[code]
        shift = taken.get(s.rank, 0)
        taken[s.rank] = shift + 1
        lines.append(
            Line(
                code=code,
                name=season.contestant[code].title.of(lang),
                colour=n % LANES + 1,
                path=_path([(x, y) for x, y, _ in dots]),
                points=dots,
                bands=bands,
                end=y_of(s.rank) + 40 * shift,
                between="" if s.rank_low == s.rank_high else rank_range(s.rank_low, s.rank_high),
            )
        )
    return Bump(
        periods=tuple((x_of(p), period_short(p, lang)) for p in periods),
        places=tuple((y_of(n), n) for n in range(1, lowest + 1)),
        lines=tuple(lines),
        right=right,
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    """A line that leaves and arrives level, as bump charts are read."""
    if not points:
        return ""
    drawn = f"M{points[0][0]:g} {points[0][1]:g}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = round((x1 + x2) / 2, 1)
        drawn += f"C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
    return drawn
