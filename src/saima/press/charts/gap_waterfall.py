"""The gap waterfall: how the points between two contestants come together, exactly."""

from collections.abc import Sequence
from typing import Final

from saima.engine.model.evaluation import Evaluation
from saima.press.charts.draw import Spec, frame, rows, words
from saima.press.charts.palette import ink
from saima.words import Lang, Text, say, signed

MOST_STEPS: Final = 12
_NOTHING: Final = 1e-12


def contributions(evaluation: Evaluation, ahead: str, behind: str) -> tuple[tuple[Text, float], ...]:
    """(title, points) of every part of the gap between two neighbours, largest first; they add up to the gap.

    Empty when the evaluation has no such gap.
    """
    season = evaluation.season
    found = next((g for g in evaluation.gaps if (g.ahead, g.behind) == (ahead, behind)), None)
    parts: dict[Text, float] = {}
    for part in () if found is None else found.parts:
        title = season.indicator[part.code].title if part.scope == "indicator" else season.node[part.code].title
        parts[title] = parts.get(title, 0.0) + part.points
    ordered = sorted(parts.items(), key=lambda p: (-abs(p[1]), p[0]))
    return tuple(p for p in ordered if abs(p[1]) > _NOTHING)


def spec(
    evaluation: Evaluation,
    lang: Lang,
    steps: Sequence[tuple[Text, float]],
    *,
    ahead: str,
    behind: str,
    width: int = 420,
) -> Spec | None:
    """The specification for (title, points) that add up to the gap; None where there is no step.

    Beyond ``MOST_STEPS`` the smallest are drawn as one bar that says how many they are.
    """
    if not steps:
        return None
    season = evaluation.season
    every = sorted(steps, key=lambda s: (-abs(s[1]), s[0]))
    shown = [(title.of(lang), points) for title, points in every]
    if len(every) > MOST_STEPS:
        rest = shown[MOST_STEPS - 1 :]
        others = say("press.chart.gap.others", lang, count=len(rest))
        shown = [*shown[: MOST_STEPS - 1], (others, sum(points for _, points in rest))]
    data: list[dict[str, object]] = []
    at = 0.0
    for order, (title, points) in enumerate(shown):
        data.append(_row(str(order), title, at, at + points, points, "green" if points >= 0 else "red", lang))
        at += points
    data.append(_row(str(len(shown)), say("press.chart.gap.total", lang), 0.0, at, at, "brand", lang))
    ends = [0.0, *(float(str(r[k])) for r in data for k in ("from", "to"))]
    room = (max(ends) - min(ends)) * 0.16 or 1.0
    titles = words({str(r["step"]): str(r["title"]) for r in data}, 34)
    y = {"field": "step", "type": "ordinal", "sort": [r["step"] for r in data], "title": None,
         "axis": {"labelExpr": titles, "labelFontSize": 13}}  # fmt: skip
    scale = {"domain": [min(ends) - (room if min(ends) < 0 else 0), max(ends) + room], "nice": False}
    x = {"type": "quantitative", "scale": scale, "title": say("press.chart.gap.axis", lang),
         "axis": {"grid": True, "labelColor": ink("muted"), "tickCount": 5}}  # fmt: skip
    quiet = {"type": "quantitative", "scale": scale}
    layer: list[Spec] = [
        {"mark": {"type": "bar", "height": 18, "cornerRadius": 3},
         "encoding": {"y": y, "x": {"field": "from", **x}, "x2": {"field": "to"},
                      "color": {"field": "colour", "scale": None}}},
        {"mark": {"type": "rule", "color": ink("line-strong")}, "encoding": {"x": {"datum": 0, **quiet}}},
        {"mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12, "fontWeight": "bold"},
         "encoding": {"y": y, "x": {"field": "right", **quiet}, "text": {"field": "said"}}},
    ]  # fmt: skip
    sentence = say(
        "press.chart.gap.says", lang, ahead=season.contestant[ahead].title, behind=season.contestant[behind].title,
        gap=signed(at, lang, max(2, season.decimals)), part=shown[0][0], points=signed(shown[0][1], lang, 2),
    )  # fmt: skip
    return frame("gap", sentence, width=width, height={"step": 30}, layer=layer, data=rows(data))


def _row(step: str, title: str, start: float, end: float, points: float, colour: str, lang: Lang) -> dict[str, object]:
    return {
        "step": step,
        "title": title,
        "from": min(start, end),
        "to": max(start, end),
        "right": max(start, end),
        "said": signed(points, lang, 2),
        "colour": ink(colour),
    }
