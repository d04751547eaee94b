"""The race track: one lane per contestant with what is done, what is due by now, where it may end, and the finish."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from saima.engine.model.evaluation import Cell, Evaluation
from saima.engine.model.season import Better, Season
from saima.press.charts.draw import Spec, frame, rows, words
from saima.press.charts.palette import ink
from saima.press.sentences import scope_title
from saima.words import Lang, percent, say

MOST_LANES: Final = 30
_FURTHEST: Final = 1.5  # bars end here; the label beside them keeps the true figure


@dataclass(frozen=True, slots=True)
class Lane:
    """Shares of the whole task, 1 = the finish. ``due`` is None where nothing falls due; an unknown lane is empty."""

    contestant: str
    rank: int | None
    done: float
    due: float | None
    low: float | None
    high: float | None
    known: bool = True

    @property
    def colour(self) -> str:
        if self.due is None:
            return "brand"
        return "green" if self.done >= self.due else "red"


def lanes(evaluation: Evaluation, scope: str = "overall") -> tuple[Lane, ...]:
    """Lanes of a scope: overall, race:x, group:y, indicator:z; best place first, unranked ones last.

    Over several indicators ``done`` and ``due`` are means over the scored indicators that are due and have a
    target, weighted as in the overall score. The band does the same with the low and the high ends of the 80 %
    projections; an indicator without a projection stays where it is, so the band is no narrower than the truth.
    The track of one indicator has an empty lane for everybody whose figure is not known.
    """
    season = evaluation.season
    wanted = _indicators(evaluation, scope)
    cells: dict[str, list[Cell]] = {}
    for cell in evaluation.cells:
        if cell.indicator in wanted and cell.completion is not None:
            cells.setdefault(cell.contestant, []).append(cell)
    ranks = {s.contestant: s.rank for s in evaluation.standing(scope)}
    found = [_lane(season, code, ranks.get(code), own) for code, own in cells.items()]
    if scope.startswith("indicator:") and found:
        unknown = (c for c in evaluation.cells if c.indicator in wanted and c.completion is None)
        empty = (c for c in unknown if c.status not in {"not_applicable", "not_due"})
        found += [Lane(c.contestant, ranks.get(c.contestant), 0.0, None, None, None, known=False) for c in empty]
    order = {c.code: (c.order, c.code) for c in season.contestants}
    classes = {c.code: (c.order, c.code) for c in season.classes} if season.rank_classes == "apart" else {}
    place = {c.code: classes.get(c.class_code, (0, "")) for c in season.contestants}
    return tuple(
        sorted(found, key=lambda n: (place[n.contestant], n.rank or 10**6, not n.known, -n.done, order[n.contestant]))
    )


def _indicators(evaluation: Evaluation, scope: str) -> frozenset[str]:
    season = evaluation.season
    kind, _, code = scope.partition(":")
    if kind == "indicator":
        return frozenset({code})
    scored = season.scored
    if kind == "overall":
        return frozenset(i.code for i in scored)
    return frozenset(i.code for i in scored if code in _above(evaluation, i.node))


def _above(evaluation: Evaluation, code: str) -> Iterable[str]:
    while code in evaluation.season.node:
        yield code
        code = evaluation.season.node[code].parent


def _lane(season: Season, contestant: str, rank: int | None, cells: list[Cell]) -> Lane:
    weights = [c.weight for c in cells] if any(c.weight for c in cells) else [1.0] * len(cells)
    total = sum(weights)

    def mean(values: Iterable[float]) -> float:
        return sum(w * v for w, v in zip(weights, values, strict=True)) / total

    done = mean(c.completion or 0.0 for c in cells)
    due = mean(c.due or 0.0 for c in cells) if all(c.due is not None for c in cells) else None
    projected = any(c.projected_low is not None and c.projected_high is not None for c in cells)
    if not projected:
        return Lane(contestant, rank, done, due, None, None)
    better = [season.indicator[c.indicator].better for c in cells]
    ends = [
        [_share(c, value, better=b) for c, value, b in zip(cells, values, better, strict=True)]
        for values in ([c.projected_low for c in cells], [c.projected_high for c in cells])
    ]
    low = mean(min(pair) for pair in zip(*ends, strict=True))
    high = mean(max(pair) for pair in zip(*ends, strict=True))
    return Lane(contestant, rank, done, due, low, high)


def _share(cell: Cell, value: float | None, *, better: Better) -> float:
    """Completion at the end of the span at a projected value, as docs/method/pace.md has it for cumulative tasks."""
    start = cell.baseline or 0.0
    if value is None or cell.target is None or cell.target == start:
        return cell.completion or 0.0
    part = (value - start) / (cell.target - start)
    return part if better == "higher" else 2.0 - part


def spec(
    evaluation: Evaluation, lang: Lang, scope: str = "overall", *, key: str = "track", width: int = 560
) -> Spec | None:
    """The specification; None where no completion is known. ``key`` keeps two tracks on one page apart."""
    season = evaluation.season
    every = lanes(evaluation, scope)
    shown = every[:MOST_LANES]
    if not shown:
        return None
    names = {n.contestant: _label(n, season.contestant[n.contestant].title.of(lang)) for n in shown}
    furthest = furthest_of(shown) + 0.03
    data = [
        {
            "row": n.contestant,
            "start": 0,
            "finish": 1,
            "done": min(max(n.done, 0.0), furthest) if n.known else None,
            "due": n.due,
            "low": None if n.low is None else min(max(n.low, 0.0), furthest),
            "high": None if n.high is None else min(max(n.high, 0.0), furthest),
            "end": furthest,
            "said": percent(n.done, lang) if n.known else say("press.status.late", lang),
            "colour": ink(n.colour),
        }
        for n in shown
    ]
    step = 42 if len(shown) <= 12 else 26
    thick = 20 if len(shown) <= 12 else 12
    lane = {"field": "row", "type": "nominal", "sort": [n.contestant for n in shown], "title": None,
            "axis": {"labelExpr": words(names, 31), "labelFontSize": 14,
                     "labelFontWeight": "bold", "labelPadding": 12}}  # fmt: skip
    scale = {"domain": [0, furthest], "nice": False}
    ticks = [0, 0.25, 0.5, 0.75, 1]
    share = {
        "type": "quantitative", "scale": scale, "title": say("press.chart.track.axis", lang),
        "axis": {"values": ticks, "labelExpr": "format(datum.value * 100, '.0f') + '%'", "grid": False,
                 "labelColor": ink("muted"), "labelFontSize": 12, "orient": "bottom"},
    }  # fmt: skip
    quiet = {"type": "quantitative", "scale": scale}
    bar = {"type": "bar", "height": thick, "clip": True}
    layer: list[Spec] = [
        {"mark": {**bar, "cornerRadius": thick / 2, "color": ink("track")},
         "encoding": {"y": lane, "x": {"field": "start", **share}, "x2": {"field": "end"}}},
        {"transform": [{"filter": "isValid(datum.low)"}],
         "mark": {**bar, "height": thick - 6, "cornerRadius": 3, "fillOpacity": 0.28, "strokeWidth": 1.2,
                  "strokeDash": [3, 2]},
         "encoding": {"y": lane, "x": {"field": "low", **quiet}, "x2": {"field": "high"},
                      "fill": {"field": "colour", "scale": None}, "stroke": {"field": "colour", "scale": None}}},
        {"transform": [{"filter": "isValid(datum.done)"}],
         "mark": {**bar, "cornerRadius": thick / 2},
         "encoding": {"y": lane, "x": {"field": "start", **quiet}, "x2": {"field": "done"},
                      "color": {"field": "colour", "scale": None}}},
        {"transform": [{"filter": "isValid(datum.due)"}],
         "mark": {"type": "tick", "thickness": 3, "size": thick + 12, "color": ink("ink")},
         "encoding": {"y": lane, "x": {"field": "due", **quiet}}},
        *_finish(quiet),
        {"mark": {"type": "text", "align": "left", "dx": 10, "fontSize": 15, "fontWeight": "bold"},
         "encoding": {"y": lane, "x": {"field": "end", **quiet}, "text": {"field": "said"}}},
    ]  # fmt: skip
    leader = max(shown, key=lambda n: n.done)
    sentence = say(
        "press.chart.track.says" if len(every) == len(shown) else "press.chart.track.says_cut",
        lang,
        what=scope_title(scope, season),
        shown=len(shown),
        all=len(every),
        leader=season.contestant[leader.contestant].title,
        done=percent(leader.done, lang),
    )
    return frame(key, sentence, width=width, height={"step": step}, layer=layer, data=rows(data))


def furthest_of(shown: Sequence[Lane]) -> float:
    """Where the track ends: at the finish, or beyond it where somebody is or may come, up to one and a half."""
    return min(_FURTHEST, max((max(n.done, n.high or 0.0, 1.0) for n in shown), default=1.0))


def _label(lane: Lane, title: str) -> str:
    return title if lane.rank is None else f"{lane.rank}  {title}"


def _finish(quiet: Spec) -> list[Spec]:
    """The finish line, chequered by two dashed rules set off against each other."""
    return [
        {
            "data": rows([{"finish": 1}]),
            "mark": {
                "type": "rule",
                "strokeWidth": 5,
                "strokeDash": [5, 5],
                "strokeDashOffset": off,
                "xOffset": side,
                "color": ink("ink"),
            },
            "encoding": {"x": {"field": "finish", **quiet}},
        }
        for off, side in ((0, -2.5), (5, 2.5))
    ]
