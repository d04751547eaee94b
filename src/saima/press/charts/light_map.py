"""The light map: contestants by indicators, a light in colour, shape and number."""

from typing import Final

from saima.engine.model.evaluation import Cell, Evaluation
from saima.press.charts.draw import Spec, frame, rows, words
from saima.press.charts.palette import LIGHT_MARKS, ink
from saima.press.sentences import pace_text
from saima.words import Lang, say

MOST_ROWS: Final = 40
MOST_COLUMNS: Final = 40
_WITH_NUMBERS: Final = 18  # columns up to which a cell is wide enough for its number


def spec(evaluation: Evaluation, lang: Lang, *, width: int = 900) -> Spec | None:
    """The specification; None where no light is on. Over ``MOST_ROWS`` or ``MOST_COLUMNS`` the first ones, said so."""
    season = evaluation.season
    lit = [c for c in evaluation.cells if c.light != "none"]
    if not lit:
        return None
    rank = {s.contestant: s.rank for s in evaluation.standing()}
    every = sorted(
        {c.contestant for c in evaluation.cells}, key=lambda c: (rank.get(c, 10**6), season.contestant[c].order, c)
    )
    indicators = [i for i in season.indicators if any(c.indicator == i.code for c in lit)]
    down, across = every[:MOST_ROWS], indicators[:MOST_COLUMNS]
    narrow = len(across) > _WITH_NUMBERS
    name = {c: season.contestant[c].title.of(lang) for c in down}
    title = {i.code: i.title.of(lang) for i in across}
    data = []
    for contestant in down:
        for indicator in across:
            cell = evaluation.by_cell.get((contestant, indicator.code))
            colour = "none" if cell is None else cell.light
            data.append(
                {
                    "row": contestant,
                    "column": indicator.code,
                    "said": LIGHT_MARKS[colour] if narrow or cell is None else cell_text(cell, season.light_from, lang),
                    "fill": ink("track" if colour == "none" else f"{colour}-soft"),
                    "ink": ink("muted" if colour == "none" else f"{colour}-ink"),
                }
            )
    columns = {"field": "column", "type": "nominal", "sort": [i.code for i in across], "title": None,
               "axis": {"orient": "top", "labelExpr": words(title, 38), "labelAngle": -35 if len(across) > 5 else 0,
                        "labelAlign": "left" if len(across) > 5 else "center", "labelFontSize": 12,
                        "labelOverlap": False},
               "scale": {"paddingInner": 0.06}}  # fmt: skip
    down_axis = {"field": "row", "type": "nominal", "sort": down, "title": None,
                 "axis": {"labelExpr": words(name, 30), "labelFontSize": 13, "labelFontWeight": "bold"},
                 "scale": {"paddingInner": 0.1}}  # fmt: skip
    layer: list[Spec] = [
        {"mark": {"type": "rect", "cornerRadius": 4},
         "encoding": {"x": columns, "y": down_axis, "fill": {"field": "fill", "scale": None}}},
        {"mark": {"type": "text", "fontSize": 13 if len(across) <= 12 else 12, "fontWeight": "bold"},
         "encoding": {"x": columns, "y": down_axis, "text": {"field": "said"},
                      "color": {"field": "ink", "scale": None}}},
    ]  # fmt: skip
    counts = {colour: sum(c.light == colour for c in evaluation.cells) for colour in ("green", "yellow", "red")}
    cut = len(down) < len(every) or len(across) < len(indicators)
    sentence = say(
        "press.chart.lights.says_cut" if cut else "press.chart.lights.says", lang, **counts,
        rows=len(down), all_rows=len(every), columns=len(across), all_columns=len(indicators),
    )  # fmt: skip
    step = 34 if len(down) <= 20 else 22
    above = 14 if len(across) > 5 else 4  # where slanted words end
    return frame("lights", sentence, width=width, height={"step": step}, layer=layer, above=above, data=rows(data))


def cell_text(cell: Cell, threshold: float, lang: Lang) -> str:
    """The mark of the light and the pace, or the mark alone."""
    mark = LIGHT_MARKS[cell.light]
    return mark if cell.pace is None else f"{mark} {pace_text(cell.pace, threshold, lang)}"
