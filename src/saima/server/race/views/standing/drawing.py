"""Lanes and lines of charts as numbers for the tags and attributes that draw them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from saima.press.charts.race_track import Lane, furthest_of
from saima.server.kit.context import lang
from saima.words import number, percent, say

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 260, 52, 16, 12, 28
_TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class LaneShown:
    """A lane of the race track, cut at the end of the track; the words keep the true figures."""

    done: float | None
    due: float | None
    low: float | None
    high: float | None
    tone: str
    done_text: str
    range_text: str


def lane_shown(lane: Lane | None, furthest: float) -> LaneShown | None:
    """``furthest``: where the track ends, 1 = the finish."""
    if lane is None:
        return None
    if not lane.known:
        return LaneShown(None, None, None, None, "grey", say("press.status.late", lang()), "")
    said = ""
    if lane.low is not None and lane.high is not None:
        ends = {"low": percent(lane.low, lang(), 0), "high": percent(lane.high, lang(), 0)}
        said = say("press.standings.range", lang(), **ends)

    def within(share: float | None) -> float | None:
        return None if share is None else min(max(share, 0.0), furthest)

    return LaneShown(
        within(lane.done),
        within(lane.due),
        within(lane.low),
        within(lane.high),
        tone_of(lane),
        percent(lane.done, lang()),
        said,
    )


def end_of(lanes: Iterable[Lane]) -> float:
    return furthest_of([lane for lane in lanes if lane.known])


def tone_of(lane: Lane) -> str:
    """Green at or ahead of what is due; amber behind, though the finish lies within the projection; red behind it."""
    if not lane.known:
        return "grey"
    if lane.due is None:
        return "blue"
    if lane.done >= lane.due - 1e-9:  # the engine forgives the last bits of a float
        return "green"
    return "amber" if lane.high is not None and lane.high >= 1.0 else "red"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: a class for its colour, its name and its points."""

    tone: str
    name: str
    points: str
    dots: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tick:
    at: str
    said: str


@dataclass(frozen=True, slots=True)
class LineChart:
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT
    tick_x: int = _LEFT - 8
    bottom: int = _HEIGHT - _BOTTOM
    period_y: int = _HEIGHT - 8


Series = tuple[str, str, Sequence[float | None]]  # class, name, one value or None for each period


def line_chart(periods: Sequence[str], series: Sequence[Series], *, shares: bool) -> LineChart | None:
    """Lines over periods on one scale; None where nothing is known. ``shares``: 1 is 100 %, and always on the scale."""
    known = [v for _, _, values in series for v in values if v is not None]
    if not known or not periods:
        return None
    low, high = min(0.0, *known), max(1.0 if shares else 0.0, *known)
    span = (high - low) or 1.0
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(periods) - 1)

    def x(n: int) -> float:
        return _LEFT + n * step

    def y(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (value - low) / span)

    drawn = []
    for tone, name, values in series:
        spots = [(x(n), y(v)) for n, v in enumerate(values) if v is not None]
        if spots:
            drawn.append((tone, name, spots))
    lines = tuple(
        Line(
            tone,
            name,
            " ".join(f"{a:.1f},{b:.1f}" for a, b in spots),
            tuple((f"{a:.1f}", f"{b:.1f}") for a, b in spots),
        )
        for tone, name, spots in drawn
    )
    ticks = [low + span * n / _TICKS for n in range(_TICKS + 1)]
    written = [percent(t, lang(), 0) if shares else number(float(f"{t:.3g}"), lang()) for t in ticks]
    return LineChart(
        lines,
        tuple(Tick(f"{x(n):.1f}", p) for n, p in enumerate(periods)),
        tuple(Tick(f"{y(t):.1f}", said) for t, said in zip(ticks, written, strict=True)),
    )
