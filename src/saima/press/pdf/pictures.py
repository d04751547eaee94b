"""The charts a print carries, as SVG in the static font, with the sentence that says what each shows."""

from dataclasses import dataclass
from typing import Final

from saima.engine.model.evaluation import Evaluation
from saima.press.charts import light_map, race_track, rank_bump, rank_intervals, svg
from saima.words import Lang

MOST_SIDE_BY_SIDE: Final = 12


@dataclass(frozen=True, slots=True)
class Picture:
    svg: str
    alt: str
    wide: bool  # over the whole width of the text


def pictures(evaluation: Evaluation, lang: Lang) -> tuple[Picture, ...]:
    """Race track, rank intervals, ranks over time and the map of lights, where there is something to show."""
    many = len(evaluation.season.contestants) > MOST_SIDE_BY_SIDE
    wanted = (
        (race_track.spec(evaluation, lang), True),
        (rank_intervals.spec(evaluation, lang), many),
        (rank_bump.spec(evaluation, lang), many),
        (light_map.spec(evaluation, lang), True),
    )
    return tuple(Picture(svg(spec), str(spec["description"]), wide) for spec, wide in wanted if spec is not None)
