"""Charts of an evaluation: one specification each for page, SVG and PDF; None where there is nothing to draw."""

from saima.press.charts import gap_waterfall, light_map, race_track, rank_bump, rank_intervals
from saima.press.charts.draw import Spec, svg, themed

__all__ = ["Spec", "gap_waterfall", "light_map", "race_track", "rank_bump", "rank_intervals", "svg", "themed"]
