"""Press: an evaluation as page, charts, print, workbook, data, terminal tables and words; nothing is computed anew."""

from saima.press.charts import gap_waterfall, light_map, race_track, rank_bump, rank_intervals, svg, themed
from saima.press.chat import chat_text
from saima.press.issue import Issue, Words
from saima.press.page import draw_charts, render_page
from saima.press.sentences import headline, headline_lead
from saima.press.terminal import print_evaluation

__all__ = [
    "Issue",
    "Words",
    "chat_text",
    "draw_charts",
    "gap_waterfall",
    "headline",
    "headline_lead",
    "light_map",
    "print_evaluation",
    "race_track",
    "rank_bump",
    "rank_intervals",
    "render_page",
    "svg",
    "themed",
]
