"""The gap waterfall: how the points between two contestants come together, exactly."""

from collections.abc import Sequence
from typing import Final

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.season import Node
from saima.press.charts.draw import Spec, frame, rows, words
from saima.press.charts.palette import ink
from saima.words import Lang, Text, say, signed

MOST_STEPS: Final = 12
_ADDS_UP: Final = 1e-9
_NOTHING: Final = 1e-12


def contributions(evaluation: Evaluation, ahead: str, behind: str) -> tuple[tuple[Text, float], ...]:
    """(title, points) of every part in which the two differ, largest first; they add up to the gap.

    Indicators speak for themselves. Where those of a group or race do not add up to it for both contestants (a
    score given from outside, a race of projects), the group or race comes as one part.
    """
    found = (node for node in evaluation.season.nodes if node.parent not in evaluation.season.node)
    parts = [part for node in found for part in _parts(evaluation, node, ahead, behind)]
    parts.sort(key=lambda p: (-abs(p[1]), p[0]))
    return tuple(p for p in parts if abs(p[1]) > _NOTHING)


def _parts(evaluation: Evaluation, node: Node, ahead: str, behind: str) -> list[tuple[Text, float]]:
    season, cells = evaluation.season, evaluation.by_cell
    scores = {n.contestant: n.contribution for n in evaluation.nodes if n.node == node.code}
    inner = list(season.children(node.code))
    indicators = [i for i in season.scored if i.node == node.code]
    codes = {c.code for c in inner}
    totals = {}
    for who in (ahead, behind):
        below = sum(n.contribution for n in evaluation.nodes if n.contestant == who and n.node in codes)
        own = (cells[who, i.code].contribution or 0.0 for i in indicators if (who, i.code) in cells)
        totals[who] = below + sum(own)
    if any(abs(totals[who] - scores.get(who, 0.0)) > _ADDS_UP for who in (ahead, behind)):
        return [(node.title, scores.get(ahead, 0.0) - scores.get(behind, 0.0))]
    parts = [part for child in inner for part in _parts(evaluation, child, ahead, behind)]
    for indicator in indicators:
        first, second = (cells.get((who, indicator.code)) for who in (ahead, behind))
        points = (first.contribution or 0.0 if first else 0.0) - (second.contribution or 0.0 if second else 0.0)
        parts.append((indicator.title, points))
    return parts


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
    titles = words({str(r["step"]): str(r["title"]) for r in data})
    y = {"field": "step", "type": "ordinal", "sort": [r["step"] for r in data], "title": None,
         "axis": {"labelExpr": titles, "labelLimit": 230, "labelFontSize": 13}}  # fmt: skip
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
