"""Standings on the page: the main table with its bars, places by race, group and indicator, progress, medals."""

from collections.abc import Sequence
from typing import Final

from saima.engine.model.evaluation import Standing
from saima.press.charts.race_track import Lane, furthest_of
from saima.press.page.html import Child, Html, column, el, markup, table
from saima.press.page.view import Section, View
from saima.press.sentences import by_class, period_name, rank_range, scope_title

MOST_PLACES: Final = 1500  # cells of the table of places by indicator; more are in the workbook


def standings(view: View) -> Section | None:
    found = by_class(view.season, view.evaluation.standing())
    if not found:
        return None
    tables = [_table(view, view.of(title), rows) for title, rows in found]
    note = view.say("press.standings.note")
    shared = any(len({r.band for r in rows}) < len(rows) for _, rows in found)
    return view.section(
        "standings", el("div", tables, class_="stack"), el("p", note, class_="hint"),
        el("p", view.say("press.standings.bands"), class_="hint") if shared else None,
    )  # fmt: skip


def _table(view: View, title: str, rows: Sequence[Standing]) -> Html:
    season = view.season
    tiers = {t.code: (t.title, at) for at, t in enumerate(sorted(season.tiers, key=lambda t: -t.at_least))}
    barred = any(r.contestant in view.lanes for r in rows)
    index = {c: n.base_index for (c, node), n in view.node_scores.items() if node == "overall"}
    indexed = any(index.get(r.contestant) is not None for r in rows)
    moved = any(r.previous is not None for r in rows)
    furthest = furthest_of([view.lanes[r.contestant] for r in rows if r.contestant in view.lanes])
    best = rows[0].score if not barred and rows[0].score > 0 and rows[-1].score >= 0 else None
    columns = [
        column(view.say("term.rank"), "c"),
        column(view.say("term.contestant")),
        column(view.say("term.score"), "n"),
        *([column(_bar_head(view), "bar")] if barred else []),
        *([column("", "bar")] if best is not None else []),
        column(view.say("press.standings.interval"), "range"),
        *([column(view.say("press.standings.change"), "c")] if moved else []),
        *([column(view.say("press.standings.index", base=_base(view)), "n wide")] if indexed else []),
        *([column(view.say("press.standings.tier"))] if tiers else []),
    ]
    body: list[Html] = []
    for row in rows:
        tier = tiers.get(row.tier)
        cells: list[Child] = [
            el("td", _medal(row.rank), class_="c"),
            el("th", view.why(view.name(row.contestant), row.contestant), scope="row"),
            el("td", view.why(view.score(row.score), row.contestant), class_="n score"),
        ]
        if barred:
            cells.append(el("td", _bar(view, view.lanes.get(row.contestant), furthest), class_="bar"))
        if best is not None:
            cells.append(el("td", _score_bar(row.score / best), class_="bar"))
        cells.append(el("td", _interval(view, row, len(rows)), class_="range"))
        if moved:
            cells.append(el("td", view.change(row), class_="c"))
        if indexed:
            cells.append(el("td", view.number(index.get(row.contestant), 1), class_="n"))
        if tiers:
            tone = "" if tier is None else _tone(tier[1], len(tiers))
            cells.append(el("td", None if tier is None else el("span", view.of(tier[0]), class_=f"pill {tone}")))
        body.append(el("tr", cells, class_="odd" if row.band % 2 else None))
    caption = view.say("press.standings.caption_class", title=title) if title else view.say("press.standings.caption")
    return table(caption, columns, body, label=caption, titled=not title,
                 kind="places dense" if len(rows) > 30 else "places")  # fmt: skip


def _base(view: View) -> str:
    base = view.season.base_period
    return "" if base is None else period_name(base, view.lang)


def _medal(rank: int) -> Html:
    tone = {1: "gold", 2: "silver", 3: "bronze"}.get(rank, "plain")
    return el("span", rank, class_=f"medal {tone}")


def _tone(at: int, many: int) -> str:
    if at == 0:
        return "green"
    return "red" if at == many - 1 and many > 2 else ("yellow" if at == many - 1 or at >= many / 2 else "blue")


def _bar_head(view: View) -> Html:
    return markup(
        view.say("term.completion"),
        el("span", "┃ ", view.say("term.due"), class_="key"),
        el("span", "▨ ", view.say("press.standings.projected"), class_="key"),
    )


def _bar(view: View, lane: Lane | None, furthest: float) -> Html | None:
    """The pace bar: done, due tick, projection band. Drawn as SVG so that it prints without background graphics."""
    if lane is None:
        return el("span", "–", class_="quiet")

    def at(share: float) -> str:
        return f"{min(max(share, 0.0), furthest) / furthest * 100:.2f}%"

    marks: list[Html] = [el("rect", width="100%", height="10", y="5", rx="5", class_="t")]
    if lane.low is not None and lane.high is not None:
        low, high = max(0.0, min(lane.low, furthest)), max(0.0, min(lane.high, furthest))
        marks.append(
            el("rect", x=at(low), width=f"{(high - low) / furthest * 100:.2f}%", height="10", y="5",
               class_=f"p {lane.colour}")
        )  # fmt: skip
    marks.append(el("rect", width=at(lane.done), height="10", y="5", rx="5", class_=f"d {lane.colour}"))
    if lane.due is not None:
        marks.append(el("rect", x=at(lane.due), width="2.5", height="20", class_="k"))
    if furthest > 1:
        marks.append(el("line", x1=at(1), x2=at(1), y1="2", y2="18", class_="f"))
    params = {"done": view.percent(lane.done), "due": view.percent(lane.due)}
    said = view.say("press.standings.bar" if lane.due is not None else "press.standings.bar_no_due", **params)
    under: list[Child] = [el("b", view.percent(lane.done))]
    if lane.low is not None and lane.high is not None:
        span = view.say("press.standings.range", low=view.percent(lane.low, 0), high=view.percent(lane.high, 0))
        under.append(el("span", span, class_="quiet"))
    return markup(
        el("svg", marks, class_="pace", role="img", aria_label=said, width="100%", height="20"),
        el("div", under, class_="under"),
    )


def _score_bar(share: float) -> Html:
    done = el("rect", width=f"{share * 100:.2f}%", height="10", y="5", rx="5", class_="d brand")
    track = el("rect", width="100%", height="10", y="5", rx="5", class_="t")
    return el("svg", track, done, class_="pace", aria_hidden="true", width="100%", height="20")


def _interval(view: View, row: Standing, many: int) -> Html:
    def at(rank: int) -> str:
        return f"{4 + (rank - 1) / max(1, many - 1) * 92:.2f}%"

    drawn = el(
        "svg",
        el("line", x1="0", x2="100%", y1="7", y2="7", class_="base"),
        el("line", x1=at(row.rank_low), x2=at(row.rank_high), y1="7", y2="7", class_="span"),
        el("circle", cx=at(row.rank), cy="7", r="4.5"),
        class_="ranks",
        width="100%",
        height="14",
        aria_hidden="true",
    )
    said = view.say("press.standings.places", range=rank_range(row.rank_low, row.rank_high))
    return markup(drawn, el("span", said, class_="quiet"))


def places(view: View) -> Section | None:
    """Places by race and group: contestants down, scopes across."""
    scopes = [
        s
        for node in view.season.nodes
        if node.kind != "overall" and (s := f"{node.kind}:{node.code}") and view.evaluation.standing(s)
    ]
    if not scopes:
        return None
    body = view.say("press.places.caption")
    return view.section("places", _matrix(view, scopes, body), el("p", view.say("press.places.note"), class_="hint"))


def indicator_places(view: View) -> Section | None:
    """Places by indicator, for as many contestants as the page can bear."""
    scopes = [f"indicator:{i.code}" for i in view.season.indicators if view.evaluation.standing(f"indicator:{i.code}")]
    if not scopes:
        return None
    most = max(1, MOST_PLACES // len(scopes))
    caption = view.say("press.places.indicators")
    cut = None
    if len(view.order) > most:
        cut = el("p", view.say("press.cut.rows", shown=most, all=len(view.order)), class_="hint")
    return view.section("indicator-places", _matrix(view, scopes, caption, most), cut)


def _matrix(view: View, scopes: Sequence[str], caption: str, most: int | None = None) -> Html:
    columns = [column(view.say("term.contestant"))]
    columns += [column(view.of(scope_title(s, view.season)), "c") for s in scopes]
    found = {(s.scope, s.contestant): s for scope in scopes for s in view.evaluation.standing(scope)}
    body = []
    for contestant in view.order[:most]:
        row: list[Child] = [view.why(view.name(contestant), contestant)]
        for scope in scopes:
            standing = found.get((scope, contestant))
            kind, _, code = scope.partition(":")
            subject = code if kind == "indicator" else f"node:{code}"
            if standing is None:
                row.append("–")
                continue
            row.append(
                view.why(
                    [el("b", standing.rank, class_="top" if standing.rank == 1 else None), " ",
                     el("span", view.score(standing.score), class_="quiet")],
                    contestant, subject,
                )
            )  # fmt: skip
        body.append(row)
    return table(caption, columns, body, label=caption, titled=True)


def progress(view: View) -> Section | None:
    found = by_class(view.season, view.evaluation.standing(kind="progress"))
    if not found:
        return None
    tables = []
    for title, rows in found:
        caption = view.say("press.progress.caption")
        if title:
            caption = view.say("press.progress.caption_class", title=title)
        body: list[list[Child]] = [
            [_medal(r.rank), view.name(r.contestant), view.score(r.score), rank_range(r.rank_low, r.rank_high)]
            for r in rows
        ]
        columns = [
            column(view.say("term.rank"), "c"), column(view.say("term.contestant")),
            column(view.say("press.progress.points"), "n"), column(view.say("press.standings.interval"), "c"),
        ]  # fmt: skip
        tables.append(table(caption, columns, body, label=caption, titled=not title))
    return view.section(
        "progress", el("div", tables, class_="stack"), span="half", note=view.say("press.progress.note")
    )


def medals(view: View) -> Section | None:
    found = view.evaluation.medals
    if not found:
        return None
    columns = [
        column(view.say("term.rank"), "c"), column(view.say("term.contestant")),
        *(column(view.say(f"press.medals.{tone}"), "n") for tone in ("gold", "silver", "bronze")),
    ]  # fmt: skip
    ordered = sorted(
        found, key=lambda m: (m.class_code, m.rank, view.season.contestant[m.contestant].order, m.contestant)
    )
    most = 60
    body: list[list[Child]] = [[m.rank, view.name(m.contestant), m.gold, m.silver, m.bronze] for m in ordered[:most]]
    caption = view.say("press.medals.caption")
    cut = (
        el("p", view.say("press.cut.rows", shown=most, all=len(ordered)), class_="hint")
        if len(ordered) > most
        else None
    )
    return view.section("medals", table(caption, columns, body, label=caption), cut, span="half")
