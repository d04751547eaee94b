"""One contestant and indicator as a row of a page: figure, target, lane, lights, score, each with its words."""

from collections.abc import Sequence
from dataclasses import dataclass

from saima.engine.model.evaluation import Cell, LightMark
from saima.press.sentences import chance_text, figure_text, pace_text, period_short, value_text
from saima.server.kit.context import lang
from saima.server.race.queries.standing import Index
from saima.server.race.views.standing.common import Links
from saima.server.race.views.standing.drawing import LaneShown, lane_shown
from saima.words import number, percent, say


@dataclass(frozen=True, slots=True)
class Mark:
    """A light of one period, as issued and as it shows now."""

    colour: str
    said: str


@dataclass(frozen=True, slots=True)
class CellRow:
    contestant: str
    indicator: str
    contestant_title: str
    indicator_title: str
    why: str
    contestant_url: str
    indicator_url: str
    value: str
    status: str  # empty when there is nothing to say beside the figure
    target: str
    lane: LaneShown | None
    light: str
    pace: str
    marks: Sequence[Mark]
    rank: int | None
    score: str
    weight: str
    contribution: str
    required: str
    chance: str
    note: str


def cell_row(index: Index, cell: Cell, links: Links, furthest: float) -> CellRow:
    season = index.season
    indicator = season.indicator[cell.indicator]
    lane = index.lanes(f"indicator:{cell.indicator}").get(cell.contestant)
    place = index.place(cell.contestant, f"indicator:{cell.indicator}")
    rate = cell.required_rate
    return CellRow(
        contestant=cell.contestant,
        indicator=cell.indicator,
        contestant_title=season.contestant[cell.contestant].title.of(lang()),
        indicator_title=indicator.title.of(lang()),
        why=links.to("why", cell.contestant, cell.indicator),
        contestant_url=links.to("contestant", cell.contestant),
        indicator_url=links.to("indicator", cell.indicator),
        value=status_text(cell) if cell.value is None else value_text(cell.value, indicator, lang()),
        status=beside(cell),
        target="" if cell.target is None else value_text(cell.target, indicator, lang()),
        lane=lane_shown(lane, furthest),
        light=cell.light,
        pace="" if cell.pace is None else pace_text(cell.pace, season.light_from, lang()),
        marks=marks_of(index.lights.get((cell.contestant, cell.indicator), ())),
        rank=None if place is None else place.rank,
        score="" if cell.score is None else number(cell.score, lang(), season.decimals),
        weight=percent(cell.weight, lang(), 2) if cell.weight else "",
        contribution=number(cell.contribution, lang(), season.decimals) if cell.score is not None else "",
        required="" if rate is None else figure_text(round(rate, max(1, indicator.decimals)), indicator, lang()),
        chance="" if cell.p_target is None else chance_text(cell.p_target, lang()),
        note=cell.note,
    )


def status_text(cell: Cell) -> str:
    return say(f"press.status.{cell.status}", lang())


def beside(cell: Cell) -> str:
    """What must be said beside a figure: it is not verified, it came from elsewhere, it does not count."""
    said = []
    if cell.value is not None and cell.status != "present":
        said.append(status_text(cell))
    if cell.state is not None and cell.state != "verified" and cell.value is not None:
        said.append(say(f"press.state.{cell.state}", lang()))
    if cell.origin in {"correction", "owner", "feed"}:
        said.append(say(f"press.origin.{cell.origin}", lang()))
    return " · ".join(dict.fromkeys(said))


def marks_of(marks: Sequence[LightMark]) -> list[Mark]:
    return [
        Mark(
            m.issued,
            say(
                "press.lights.mark.changed" if m.issued != m.now else "press.lights.mark",
                lang(),
                period=period_short(m.period, lang()),
                issued=say(f"press.light.{m.issued}", lang()),
                now=say(f"press.light.{m.now}", lang()),
            ),
        )
        for m in marks
    ]
