"""The bump chart: places of the published periods and the present one, a line for each contestant."""

from typing import Final

from saima.engine.model.evaluation import Evaluation, Kind
from saima.press.charts.draw import Spec, frame, rows
from saima.press.charts.palette import ink, lane_ink
from saima.press.sentences import period_short, scope_title
from saima.words import Lang, say

MOST_LINES: Final = 16


def spec(
    evaluation: Evaluation, lang: Lang, scope: str = "overall", kind: Kind = "level", *, width: int = 420
) -> Spec | None:
    """The specification; None while there are fewer than two periods with a place."""
    season = evaluation.season
    points = [p for p in evaluation.ranks if p.scope == scope and p.kind == kind]
    periods = sorted({p.period for p in points})
    classes = {season.contestant[p.contestant].class_code for p in points}
    if len(periods) < 2 or (season.rank_classes == "apart" and len(classes) > 1):
        return None  # places of several classes do not share one ladder
    last = {p.contestant: p.rank for p in points if p.period == periods[-1]}
    every = sorted({p.contestant for p in points}, key=lambda c: (last.get(c, 10**6), season.contestant[c].order, c))
    shown = every[:MOST_LINES]
    several_years = len({p.year for p in periods}) > 1
    label = {p: str(p) if several_years else period_short(p, lang) for p in periods}
    data = [
        {
            "period": label[p.period],
            "order": periods.index(p.period),
            "rank": p.rank,
            "name": season.contestant[p.contestant].title.of(lang),
            "code": p.contestant,
            "colour": lane_ink(shown.index(p.contestant)),
            "last": p.period == periods[-1],
        }
        for p in sorted(points, key=lambda p: (p.contestant, p.period))
        if p.contestant in shown
    ]
    lowest = max(p.rank for p in points if p.contestant in shown)
    x = {"field": "period", "type": "ordinal", "sort": [label[p] for p in periods], "title": None,
         "axis": {"labelAngle": 0, "labelFontSize": 13, "labelColor": ink("muted"), "grid": True, "gridOpacity": 0.7},
         "scale": {"padding": 0.35}}  # fmt: skip
    y = {"field": "rank", "type": "quantitative", "title": say("term.rank", lang),
         "scale": {"domain": [lowest + 0.5, 0.5], "nice": False, "zero": False},
         "axis": {"values": list(range(1, lowest + 1)), "format": "d", "labelColor": ink("muted")}}  # fmt: skip
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    layer: list[Spec] = [
        {"mark": {"type": "line", "interpolate": "monotone", "strokeWidth": 3.5, "strokeCap": "round"},
         "encoding": {"x": x, "y": y, "color": colour, "detail": {"field": "code"}, "order": {"field": "order"}}},
        {"mark": {"type": "circle", "size": 430, "opacity": 1, "stroke": ink("card"), "strokeWidth": 2},
         "encoding": {"x": x, "y": y, "color": colour}},
        {"mark": {"type": "text", "fontSize": 12, "fontWeight": "bold", "color": ink("card"), "dy": 0.5},
         "encoding": {"x": x, "y": y, "text": {"field": "rank"}}},
        {"transform": [{"filter": "datum.last"}],
         "mark": {"type": "text", "align": "left", "dx": 18, "fontSize": 13, "fontWeight": "bold"},
         "encoding": {"x": x, "y": y, "text": {"field": "name"}, "color": colour}},
    ]  # fmt: skip
    sentence = say(
        "press.chart.bump.says" if len(shown) == len(every) else "press.chart.bump.says_cut",
        lang,
        what=scope_title(scope, season),
        first=label[periods[0]],
        last=label[periods[-1]],
        shown=len(shown),
        all=len(every),
    )
    height = max(180, min(46 * lowest, 460))
    return frame("bump", sentence, width=width, height=height, layer=layer, data=rows(data))
