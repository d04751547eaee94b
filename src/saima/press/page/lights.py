"""Lights, charts and uncertainty on the page."""

from typing import Final

from saima.engine.model.evaluation import Evaluation, ScopeUncertainty
from saima.press.charts.gap_waterfall import contributions
from saima.press.charts.light_map import MOST_COLUMNS, MOST_ROWS
from saima.press.charts.race_track import MOST_LANES
from saima.press.page.html import Child, Html, column, el, table
from saima.press.page.view import Section, View
from saima.press.sentences import by_class, rank_range

MOST_TRACKS: Final = 6
MOST_IMPORTANT: Final = 15


def track(view: View) -> Section | None:
    """The race track; one for each indicator where there is no overall place to line the contestants up by."""
    keys = [k for k in view.charts if k == "track" or k.startswith("track-")]
    if not keys:
        return None
    caption: list[Child] = [view.say("press.track.caption")]
    if any(lane.low is not None for lane in view.lanes.values()):
        caption += [el("br"), view.say("press.track.band")]
    if len(view.lanes) > MOST_LANES:
        caption += [el("br"), view.say("press.cut.rows", shown=MOST_LANES, all=len(view.lanes))]
    tracks: list[Child] = []
    for key in keys:
        indicator = view.season.indicator.get(key.removeprefix("track-"))
        title = el("h3", view.of(indicator.title)) if indicator else None
        tracks.append(el("div", title, view.figure(key, None)))
    return view.section("track", el("div", tracks, class_="tracks"), el("p", caption, class_="hint"), span="two-thirds")


def tracked(evaluation: Evaluation) -> tuple[str, ...]:
    """Indicators that get a track of their own: those with a completion, when there is no overall place."""
    if evaluation.standing():
        return ()
    known = {c.indicator for c in evaluation.cells if c.completion is not None}
    return tuple(i.code for i in evaluation.season.indicators if i.code in known)[:MOST_TRACKS]


def bump(view: View) -> Section | None:
    if "bump" not in view.charts:
        return None
    return view.section("bump", view.figure("bump", view.say("press.bump.caption")), span="half")


def gap(view: View) -> Section | None:
    """The leader against the second, in exact contributions."""
    pair = leading_pair(view.evaluation)
    if pair is None or "gap" not in view.charts:
        return None
    ahead, behind = pair
    every = contributions(view.evaluation, ahead, behind)
    total = sum(points for _, points in every)
    scores = {s.contestant: s.score for s in view.evaluation.standing()}
    code = "press.gap.caption" if abs(total - (scores[ahead] - scores[behind])) < 1e-6 else "press.gap.caption_partial"
    said = view.say(
        code, ahead=view.name(ahead), behind=view.name(behind),
        gap=view.number(scores[ahead] - scores[behind], max(2, view.season.decimals)),
    )  # fmt: skip
    return view.section("gap", view.figure("gap", said), span="half")


def leading_pair(evaluation: Evaluation) -> tuple[str, str] | None:
    """The first two of the overall standing, in the first class when classes race apart."""
    tables = by_class(evaluation.season, evaluation.standing())
    if not tables or len(tables[0][1]) < 2:
        return None
    first, second = tables[0][1][:2]
    return first.contestant, second.contestant


def lights(view: View) -> Section | None:
    shown = [c for c in view.evaluation.cells if c.light != "none"]
    if not shown:
        return None
    threshold = view.number(view.season.light_from, 2)
    legend = el(
        "p",
        el("span", view.light("green"), " ", view.say("press.lights.green", threshold=threshold)),
        el("span", view.light("yellow"), " ", view.say("press.lights.yellow")),
        el("span", view.light("red"), " ", view.say("press.lights.red", threshold=threshold)),
        el("span", view.light("none"), " ", view.say("press.lights.none")),
        class_="legend",
    )
    details = el(
        "details",
        el("summary", view.say("press.lights.memory")),
        el("p", view.say("press.lights.memory_note"), class_="hint"),
        _table(view),
    )
    return view.section("lights", legend, view.figure("lights", _cut(view)), details)


def _lit(view: View) -> list[str]:
    lit = {c.indicator for c in view.evaluation.cells if c.light != "none"} | {
        m.subject for m in view.evaluation.lights
    }
    return [i.code for i in view.season.indicators if i.code in lit]


def _cut(view: View) -> str:
    rows, columns = len(view.order), len(_lit(view))
    if rows <= MOST_ROWS and columns <= MOST_COLUMNS:
        return ""
    return view.say(
        "press.cut.both",
        rows=min(rows, MOST_ROWS),
        all_rows=rows,
        columns=min(columns, MOST_COLUMNS),
        all_columns=columns,
    )


def _table(view: View) -> Html:
    indicators = _lit(view)[:MOST_COLUMNS]
    threshold = view.number(view.season.light_from, 2)
    columns = [column(view.say("term.contestant"))]
    columns += [
        column([view.of(view.season.indicator[i].title), el("small", f"● ≥ {threshold}", class_="bound")], "light-cell")
        for i in indicators
    ]
    body = []
    for contestant in view.order[:MOST_ROWS]:
        row: list[Child] = [view.name(contestant)]
        for indicator in indicators:
            cell = view.evaluation.by_cell.get((contestant, indicator))
            if cell is None:
                row.append("–")
                continue
            light = view.light(cell.light, cell.pace, bound=True)
            row.append(
                [view.why(light, contestant, indicator), view.strip(view.memory.get((contestant, indicator), ()))]
            )
        body.append(row)
    caption = view.say("press.lights.caption", threshold=threshold)
    return table(caption, columns, body, label=caption)


def intervals(view: View) -> Section | None:
    """Rank intervals with P(first), and what a band is in one sentence."""
    if "intervals" not in view.charts:
        return None
    found = next((u for u in view.evaluation.uncertainty if u.scope == "overall"), None)
    bands = el(
        "p",
        view.say("press.intervals.bands", percent=view.percent(view.season.uncertainty.resolved_at, 0)),
        class_="hint",
    )
    figure = view.figure("intervals", view.say("press.intervals.caption"))
    return view.section("intervals", figure, bands, _chances(view, found) if found else None, span="half")


def _chances(view: View, found: ScopeUncertainty) -> Html:
    sources = [view.say(f"press.source.{s}") for s in found.sources]
    said = view.say(
        "press.intervals.draws", draws=view.number(found.draws), error=view.percent(found.error, 2), sources=sources
    )
    if not found.p_rank:  # left out where there are very many contestants
        return el("p", said, class_="hint")
    most = 10
    ranks = {s.contestant: s for s in view.evaluation.standing()}
    body: list[list[Child]] = []
    for at, contestant in enumerate(found.contestants[:most]):
        standing = ranks.get(contestant)
        body.append(
            [
                view.name(contestant),
                "–" if standing is None else rank_range(standing.rank_low, standing.rank_high),
                view.chance(found.p_rank[at][0]),
                "–" if standing is None or standing.rank > len(found.p_rank[at])
                else view.chance(found.p_rank[at][standing.rank - 1]),
                "–" if at + 1 >= len(found.contestants) else view.chance(found.p_ahead[at][at + 1]),
            ]
        )  # fmt: skip
    columns = [
        column(view.say("term.contestant")), column(view.say("press.standings.interval"), "c"),
        column(view.say("press.intervals.first"), "n"), column(view.say("press.intervals.place"), "n"),
        column(view.say("press.intervals.ahead"), "n"),
    ]  # fmt: skip
    return el("div", table(view.say("press.intervals.table"), columns, body, label=view.say("press.intervals.table")),
              el("p", said, class_="hint"))  # fmt: skip


def importance(view: View) -> Section | None:
    """What an indicator weighs on paper, against its part in what makes the scores differ."""
    found = [i for i in view.evaluation.importance if i.variance_share is not None]
    if not found:
        return None
    ordered = sorted(
        found, key=lambda i: (-(i.variance_share or 0.0), view.season.indicator[i.indicator].order, i.indicator)
    )
    columns = [
        column(view.say("term.indicator")), column(view.say("press.importance.weight"), "n"),
        column(view.say("press.importance.share"), "n"), column(view.say("press.importance.spread"), "n"),
    ]  # fmt: skip
    body: list[list[Child]] = [
        [
            view.of(view.season.indicator[i.indicator].title),
            view.percent(i.weight),
            view.percent(i.variance_share),
            "–" if i.low is None or i.high is None else f"{view.percent(i.low, 0)} – {view.percent(i.high, 0)}",
        ]
        for i in ordered[:MOST_IMPORTANT]
    ]
    cut = None
    if len(ordered) > MOST_IMPORTANT:
        cut = el("p", view.say("press.cut.rows", shown=MOST_IMPORTANT, all=len(ordered)), class_="hint")
    caption = view.say("press.importance.caption")
    note = el("p", view.say("press.importance.note"), class_="hint")
    return view.section("importance", table(caption, columns, body, label=caption), note, cut, span="half")
