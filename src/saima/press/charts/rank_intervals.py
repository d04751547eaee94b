"""Rank intervals: the place as published, the 90 % interval round it, and the bands that cannot be told apart."""

from typing import Final

from saima.engine.model.evaluation import Evaluation
from saima.press.charts.draw import Spec, frame, rows, words
from saima.press.charts.palette import ink
from saima.press.sentences import by_class, scope_title
from saima.words import Lang, say

MOST_ROWS: Final = 40


def spec(
    evaluation: Evaluation, lang: Lang, scope: str = "overall", class_code: str = "", *, width: int = 420
) -> Spec | None:
    """The specification for one scope and class; None where nobody has a place there."""
    season = evaluation.season
    tables = [t for _, t in by_class(season, evaluation.standing(scope)) if t[0].class_code == class_code]
    if not tables:
        return None
    every = tables[0]
    shown = every[:MOST_ROWS]
    names = {s.contestant: season.contestant[s.contestant].title.of(lang) for s in shown}
    end = max(s.rank_high for s in shown) + 0.5
    data = [
        {
            "row": s.contestant,
            "rank": s.rank,
            "low": s.rank_low,
            "high": s.rank_high,
            "tint": ink("band" if s.band % 2 else "card"),
            "start": 0.5,
            "end": end,
        }
        for s in shown
    ]
    y = {"field": "row", "type": "nominal", "sort": [s.contestant for s in shown], "title": None,
         "scale": {"padding": 0},
         "axis": {"labelExpr": words(names, 30), "labelFontSize": 13 if len(shown) <= 20 else 11}}  # fmt: skip
    scale = {"domain": [0.5, end], "nice": False, "zero": False}
    many = len(every) > 12
    axis = {"grid": not many, "format": "d", "labelColor": ink("muted"), "orient": "top"}
    axis |= {"tickCount": 6} if many else {"values": list(range(1, len(every) + 1))}
    x = {"type": "quantitative", "scale": scale, "title": say("press.chart.intervals.axis", lang), "axis": axis}
    quiet = {"type": "quantitative", "scale": scale}
    layer: list[Spec] = [
        {"mark": {"type": "rect"},
         "encoding": {"y": y, "x": {"field": "start", **x}, "x2": {"field": "end"},
                      "color": {"field": "tint", "scale": None}}},
        {"mark": {"type": "rule", "strokeWidth": 7, "strokeCap": "round", "color": ink("brand"), "opacity": 0.35},
         "encoding": {"y": y, "x": {"field": "low", **quiet}, "x2": {"field": "high"}}},
        {"mark": {"type": "circle", "size": 110 if len(shown) <= 20 else 60, "opacity": 1, "color": ink("brand")},
         "encoding": {"y": y, "x": {"field": "rank", **quiet}}},
    ]  # fmt: skip
    shared = sum(1 for s in every if s.rank_low != s.rank_high)
    sentence = say(
        "press.chart.intervals.says" if len(shown) == len(every) else "press.chart.intervals.says_cut",
        lang, what=scope_title(scope, season), open=shared, all=len(every), shown=len(shown),
        bands=len({s.band for s in every}),
    )  # fmt: skip
    step = 32 if len(shown) <= 20 else 20
    return frame("intervals", sentence, width=width, height={"step": step}, layer=layer, data=rows(data))
