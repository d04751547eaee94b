"""Two contestants beside each other: the gap in parts that add up, and who is ahead on what."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.evaluation import Standing
from saima.engine.model.season import Season
from saima.engine.race.explain import Comparison, GapRow
from saima.press.sentences import figure_text, score_text
from saima.server.kit.context import lang
from saima.server.race.queries.answers import compared
from saima.server.race.queries.standing import Index, Shown
from saima.server.race.views.standing.cells import CellRow, cell_row
from saima.server.race.views.standing.common import contestant_of, cut_for, links_of, page, period_choices, season_for
from saima.server.race.views.standing.contestant import altered_row
from saima.server.race.views.standing.drawing import end_of
from saima.words import number, say, signed

MOST_STEPS = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """A step of the waterfall; lengths are percentages of its width."""

    title: str
    points: str
    kind: str  # won, lost, total
    x: str
    width: str
    mine: str
    other: str
    note: str


@dataclass(frozen=True, slots=True)
class Pair:
    title: str
    url: str
    mine: CellRow
    other: CellRow
    ahead: str  # mine, other, level, or empty where nobody can tell


@require_safe
def compare(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key)
    found = cut_for(request, season)
    index, spec = found.index, found.index.season
    placed = [(s.contestant, spec.contestant[s.contestant].title.of(lang())) for s in _table(index)]
    if len(placed) < 2 or found.cut is None:
        raise QuestionRefused(Problem("standing.nobody_to_compare", {}))
    a = request.GET.get("a") or placed[0][0]
    b = request.GET.get("b") or next(c for c, _ in placed if c != a)
    mine, other = contestant_of(found, a), contestant_of(found, b)
    explained = compared(found.cut, a, b)
    comparison = next(c for c in explained.comparisons if c.against == b)
    params = {k: _points(k, v, spec) for k, v in comparison.params.items()}
    pairs = _pairs(found, a, b)
    bars, zero = _bars(comparison, spec)
    context = {
        "a": a,
        "b": b,
        "mine_title": mine.title.of(lang()),
        "other_title": other.title.of(lang()),
        "placed": placed,
        "said": say(comparison.code, lang(), **params),
        "comparison": comparison,
        "score": score_text(comparison.score, spec, lang()),
        "score_against": score_text(comparison.score_against, spec, lang()),
        "bars": bars,
        "zero": zero,
        "pairs": pairs,
        "won": sum(p.ahead == "mine" for p in pairs),
        "lost": sum(p.ahead == "other" for p in pairs),
        "altered": [altered_row(x, index) for x in explained.adjustments if x.contestant in (a, b)],
        "periods": period_choices(found, "compare", a=a, b=b),
    }
    return page(request, "compare", found, **context)


def _table(index: Index) -> Sequence[Standing]:
    return index.standings(index.scopes[0]) if index.scopes else ()


def _points(name: str, value: object, spec: Season) -> object:
    shown = name in {"gap", "points", "back_points"} and isinstance(value, float)
    return number(value, lang(), spec.decimals) if shown and isinstance(value, float) else value


def _bars(comparison: Comparison, spec: Season) -> tuple[list[Bar], str]:
    """Steps from nothing to the whole gap, the largest first; beyond a dozen the smallest are one step."""
    rows = [r for r in comparison.rows if abs(r.points) > 1e-9]
    shown, rest = rows[:MOST_STEPS], rows[MOST_STEPS:]
    steps: list[tuple[str, float, str, str, str]] = [
        (_title(r), r.points, *_sides(r, spec), say(r.note, lang(), node=r.title, missing=r.missing) if r.note else "")
        for r in shown
    ]
    if rest:
        others = say("press.chart.gap.others", lang(), count=len(rest))
        steps.append((others, sum(r.points for r in rest), "", "", ""))
    ends, at = [0.0], 0.0
    for _, points, *_ in steps:
        at += points
        ends.append(at)
    low, high = min(0.0, *ends), max(0.0, *ends)
    span = (high - low) or 1.0

    def pc(value: float) -> str:
        return f"{(value - low) / span * 100:.2f}%"

    bars = []
    for n, (title, points, mine, other, note) in enumerate(steps):
        start, end = sorted((ends[n], ends[n + 1]))
        bars.append(
            Bar(title, signed(points, lang(), spec.decimals), "won" if points > 0 else "lost", pc(start),
                f"{max((end - start) / span * 100, 0.4):.2f}%", mine, other, note)
        )  # fmt: skip
    start, end = sorted((0.0, at))
    total = say("press.chart.gap.total", lang())
    said = signed(comparison.gap, lang(), spec.decimals)
    width = f"{max((end - start) / span * 100, 0.4):.2f}%"
    bars.append(
        Bar(total, said, "total", pc(start), width, score_text(comparison.score, spec, lang()),
            score_text(comparison.score_against, spec, lang()), "")
    )  # fmt: skip
    return bars, pc(0.0)


def _title(row: GapRow) -> str:
    if row.scope == "weights":
        return say("standing.compare.weights", lang(), node=row.title)
    return row.title.of(lang())


def _sides(row: GapRow, spec: Season) -> tuple[str, str]:
    if row.scope == "indicator":
        what = spec.indicator[row.code]
        return figure_text(row.value, what, lang()), figure_text(row.value_against, what, lang())
    return score_text(row.score, spec, lang()), score_text(row.score_against, spec, lang())


def _pairs(found: Shown, a: str, b: str) -> Sequence[Pair]:
    index, links = found.index, links_of(found)
    pairs = []
    for what in index.season.indicators:
        mine, other = index.evaluation.by_cell.get((a, what.code)), index.evaluation.by_cell.get((b, what.code))
        if mine is None or other is None or (mine.value is None and other.value is None):
            continue
        furthest = end_of(index.lanes(f"indicator:{what.code}").values())
        pairs.append(
            Pair(
                what.title.of(lang()),
                links.to("indicator", what.code),
                cell_row(index, mine, links, furthest),
                cell_row(index, other, links, furthest),
                _ahead(mine.score, other.score, index.season.decimals),
            )
        )
    return pairs


def _ahead(mine: float | None, other: float | None, decimals: int) -> str:
    if mine is None or other is None:
        return ""
    if round(mine, decimals) == round(other, decimals):
        return "level"
    return "mine" if mine > other else "other"
