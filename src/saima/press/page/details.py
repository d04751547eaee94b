"""Everything behind the standings: proposals, findings, adjustments, projects, received places, and each "why"."""

from typing import Final

from saima.engine.model.evaluation import Cell
from saima.engine.model.season import Indicator
from saima.press.changes import change_rows
from saima.press.page.html import Child, Html, column, el, table
from saima.press.page.view import IN_FULL, Section, View
from saima.press.sentences import date_text, figure_text, period_name, proposal_sentence, subject_title
from saima.words import Text, measured, signed

MOST_LISTED: Final = 60
OPEN_AT_MOST: Final = 12  # adjustments; a longer ledger is folded


def proposals(view: View) -> Section | None:
    found = view.evaluation.proposals
    if not found:
        return None
    items = [
        el(
            "li",
            el("span", view.say(f"press.action.{p.action}"), class_="pill red"),
            el(
                "div",
                el("p", proposal_sentence(p, view.season, view.lang)),
                el("p", _said(view, p.code, p.params), class_="quiet"),
            ),
        )
        for p in found[:MOST_LISTED]
    ]
    return view.section(
        "proposals", el("p", view.say("press.proposals.lead"), class_="hint"), el("ul", items, class_="notices"),
        _cut(view, len(found)), span="third",
    )  # fmt: skip


def _said(view: View, code: str, params: object) -> str:
    assert hasattr(params, "items")
    return view.say(code, **dict(params.items()))


def _cut(view: View, many: int) -> Html | None:
    if many <= MOST_LISTED:
        return None
    return el("p", view.say("press.cut.rows", shown=MOST_LISTED, all=many), class_="hint")


def changes(view: View) -> Section | None:
    """Of an erratum, every place and figure that differs from the version before."""
    rows = change_rows(view.evaluation, view.issue, view.lang)
    if not rows:
        return None
    columns = [
        column(view.say("term.contestant")), column(view.say("press.changes.what"), "t"),
        column(view.say("press.changes.before"), "t"), column(view.say("press.changes.after"), "t"),
    ]  # fmt: skip
    title = view.say("press.section.changes")
    body = [(c.who, c.what, c.before, c.after) for c in rows[:MOST_LISTED]]
    return view.section("changes", table(title, columns, body, label=title, titled=True), _cut(view, len(rows)))


def findings(view: View) -> Section | None:
    found = view.evaluation.findings
    if not found:
        return None
    order = {"error": 0, "warning": 1, "notice": 2}
    ordered = sorted(found, key=lambda f: (bool(f.waived), order[f.severity], f.key))
    tone = {"error": "red", "warning": "yellow", "notice": "blue"}
    items = [
        el(
            "li",
            el("span", view.say("press.finding.waived" if f.waived else f"press.finding.{f.severity}"),
               class_=f"pill {'plain' if f.waived else tone[f.severity]}"),
            el("div", el("p", _said(view, f.code, f.params)), _waiver(view, f.waived)),
        )
        for f in ordered[:MOST_LISTED]
    ]  # fmt: skip
    return view.section(
        "findings", el("p", view.say("press.findings.lead"), class_="hint"), el("ul", items, class_="notices"),
        _cut(view, len(found)), span="half" if len(found) <= 8 else "full",
    )  # fmt: skip


def _waiver(view: View, reason: str) -> Html | None:
    return el("p", view.say("press.finding.waiver", reason=reason), class_="quiet") if reason else None


def adjustments(view: View) -> Section | None:
    found = view.evaluation.adjustments
    if not found:
        return None
    columns = [
        column(view.say("term.contestant")), column(view.say("press.adjustment.subject"), "t"),
        column(view.say("press.adjustment.kind"), "t"), column(view.say("press.adjustment.before"), "n"),
        column(view.say("press.adjustment.after"), "n"), column(view.say("press.adjustment.effect"), "n"),
        column(view.say("press.adjustment.why"), "t"),
    ]  # fmt: skip
    body: list[list[Child]] = [
        [
            view.name(a.contestant),
            view.of(subject_title(a.subject, view.season)),
            view.say(f"press.adjustment.{a.kind}"),
            view.number(_short(a.before)),
            view.number(_short(a.after)),
            "–" if a.effect is None else signed(a.effect, view.lang, 2),
            _said(view, a.code, a.params),
        ]
        for a in found[:MOST_LISTED]
    ]  # fmt: skip
    caption = view.say("press.adjustment.caption")
    listed = el("div", table(caption, columns, body, label=caption), _cut(view, len(found)))
    if len(found) > OPEN_AT_MOST:
        listed = el("details", el("summary", view.say("press.adjustment.count", count=len(found))), listed)
    return view.section("adjustments", listed)


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def projects(view: View) -> Section | None:
    found = view.evaluation.projects
    if not found:
        return None
    scored = any(p.score is not None for p in found)
    columns = [
        column(view.say("press.project"), "t"), column(view.say("term.contestant")),
        column(view.say("term.light"), "c"), column(view.say("press.project.milestones"), "n"),
        column(view.say("press.project.invested"), "n"), column(view.say("press.project.plan"), "n"),
        column(view.say("press.project.share"), "n"), column(view.say("press.project.mark"), "n"),
        *([column(view.say("term.score"), "n")] if scored else []),
    ]  # fmt: skip
    body: list[list[Child]] = []
    for p in found[:MOST_LISTED]:
        late = p.milestones_late
        steps = view.say("press.project.steps", done=p.milestones_on_time, due=p.milestones_due)
        body.append(
            [
                [view.of(p.project.title), el("small", p.project.level, class_="bound") if p.project.level else None],
                view.name(p.project.contestant),
                [
                    view.light(p.light),
                    view.strip(view.memory.get((p.project.contestant, f"project:{p.project.code}"), ())),
                ],
                [
                    steps,
                    el("small", view.say("press.project.late", late=late), class_="bound red-ink") if late else None,
                ],
                _money(view, p.invested, p.project.unit),
                _money(view, p.planned, p.project.unit),
                view.percent(p.investment_share, 0),
                view.number(p.mark),
                *([view.score(p.score)] if scored else []),
            ]
        )
    caption = view.say("press.project.caption")
    return view.section("projects", table(caption, columns, body, label=caption, titled=True), _cut(view, len(found)))


def _money(view: View, amount: float | None, unit: Text) -> str:
    shown = view.number(amount)
    return shown if amount is None else measured(shown, unit, view.lang)


def weak_spots(view: View) -> Section | None:
    found = view.evaluation.weak_spots
    if not found:
        return None
    first = all(w.first for w in found)
    ordered = sorted(found, key=lambda w: (-w.score, view.season.contestant[w.contestant].order, w.contestant))
    columns = [
        column(view.say("term.contestant")),
        column(view.say("press.weak.now"), "n"),
        column(view.say("press.weak.mean"), "n"),
        column(view.say("press.weak.repaired"), "n"), column(view.say("term.score"), "n"),
    ]  # fmt: skip
    body: list[list[Child]] = [
        [
            view.name(w.contestant), view.percent(w.shortfall), view.percent(w.mean_shortfall),
            view.say("press.weak.nothing") if w.repaired_share is None else view.percent(w.repaired_share, 0),
            view.score(w.score),
        ]
        for w in ordered[:MOST_LISTED]
    ]  # fmt: skip
    note = el("p", view.say("press.weak.first" if first else "press.weak.note"), class_="hint")
    caption = view.say("press.weak.caption")
    return view.section("weak-spots", table(caption, columns, body, label=caption), note, span="half")


def received(view: View) -> Section | None:
    found = view.evaluation.received
    if not found:
        return None
    columns = [
        column(view.say("term.contestant")), column(view.say("press.received.what"), "t long"),
        column(view.say("term.rank"), "n"), column(view.say("term.value"), "n"),
        column(view.say("press.received.period"), "t"), column(view.say("press.received.source"), "t long"),
    ]  # fmt: skip
    body: list[list[Child]] = []
    for r in found[:MOST_LISTED]:
        among = el("small", view.say("press.received.among", among=r.among), class_="bound") if r.among else None
        safe = r.url.startswith(("https://", "http://"))
        source: Child = el("a", r.source, href=r.url, rel="noreferrer") if safe else r.source
        body.append(
            [
                view.name(r.contestant),
                [view.of(r.title), el("small", view.of(r.note), class_="bound") if r.note else None],
                ["–" if r.rank is None else el("b", r.rank), among],
                measured(r.value, r.unit, view.lang) if r.value else "–",
                r.period_text,
                [source, el("small", date_text(r.published, view.lang), class_="bound")],
            ]
        )
    caption = view.say("press.received.caption")
    return view.section(
        "received",
        el("p", view.say("press.received.lead"), class_="hint"),
        table(caption, columns, body, label=caption, titled=True),
        _cut(view, len(found)),
    )  # fmt: skip


def not_ranked(view: View) -> Section | None:
    found = view.evaluation.not_ranked
    if not found:
        return None
    overall = [n for n in found if n.scope == "overall"] or list(found)
    items = [el("li", _said(view, n.code, n.params)) for n in overall[:MOST_LISTED]]
    return view.section("not-ranked", el("ul", items, class_="plain-list"), _cut(view, len(overall)), span="half")


def why(view: View) -> Section:
    """Of every contestant each indicator: value, target, completion, due, pace, score, weight, contribution."""
    shown = [i for i in view.season.indicators if i.role != "denominator" and _used(view, i.code)]
    few = len(view.order) <= 12
    lead = view.say("press.why.lead" if view.evaluation.standings else "press.why.lead_unranked")
    cut = None
    if len(view.in_full) < len(view.order):
        cut = el(
            "p",
            view.say("press.why.cut", full=IN_FULL, contestants=len(view.order), indicators=len(shown)),
            class_="hint",
        )
    cells = [
        el(
            "details",
            el("summary", view.name(c), _summary(view, c)),
            _why_table(view, c, [i.code for i in shown] if c in view.in_full else []),
            open=few,
            class_="why-of",
        )
        for c in view.order
    ]
    return view.section("why", el("p", lead, class_="hint"), cut, cells)


def _used(view: View, indicator: str) -> bool:
    return any(c.indicator == indicator for c in view.evaluation.cells)


def _summary(view: View, contestant: str) -> Html | None:
    standing = next((s for s in view.evaluation.standing() if s.contestant == contestant), None)
    if standing is None:
        return None
    said = view.say("press.why.summary", rank=standing.rank, score=view.score(standing.score))
    return el("span", said, class_="quiet")


def _why_table(view: View, contestant: str, indicators: list[str]) -> Html:
    own = [c for i in indicators if (c := view.evaluation.by_cell.get((contestant, i))) is not None]
    targeted = any(c.target is not None or c.completion is not None for c in own)
    scored = any(c.score is not None or c.weight for c in own) or not indicators
    ahead = any(c.required_rate is not None or c.projected is not None for c in own)
    heads = [column(view.say("term.indicator")), column(view.say("term.value"), "n")]
    if targeted:
        heads += [column(view.say(f"term.{k}"), "n") for k in ("target", "completion", "due")]
        heads.append(column([view.say("term.light"), " · ", view.say("term.pace")], "light-cell"))
    if scored:
        heads += [column(view.say("term.score"), "n"), column(view.say("press.why.weight"), "n")]
        heads.append(column(view.say("press.why.contribution"), "n"))
    if ahead:
        heads += [column(view.say("press.why.required"), "n"), column(view.say("press.why.projected"), "n")]
        heads.append(column(view.say("press.why.p_target"), "n"))
    rows = [_why_row(view, c, targeted=targeted, scored=scored, ahead=ahead) for c in own]
    width = len(heads)
    if scored:
        rows += _node_rows(view, contestant, width - (3 if ahead else 0), tail=3 if ahead else 0)
    name = view.name(contestant)
    caption = view.say("press.why.caption", contestant=name, period=period_name(view.evaluation.period, view.lang))
    return el("div", table(caption, heads, rows, label=caption), id=view.why_id(contestant))


def _why_row(view: View, cell: Cell, *, targeted: bool, scored: bool, ahead: bool) -> Html:
    indicator = view.season.indicator[cell.indicator]
    said: list[Child] = [figure_text(cell.value, indicator, view.lang) if cell.value is not None else view.status(cell)]
    if cell.value is not None and cell.status != "present":
        said.append(el("small", view.status(cell), class_="bound"))
    if cell.state is not None and cell.state != "verified":
        said.append(el("small", view.say(f"press.state.{cell.state}"), class_="bound"))
    if cell.origin in {"correction", "owner", "feed"}:
        said.append(el("small", view.say(f"press.origin.{cell.origin}"), class_="bound"))
    if cell.note:
        said.append(el("small", cell.note, class_="bound"))
    row = [
        el("th", view.of(indicator.title), _under(view, indicator), scope="row"),
        el("td", said, class_="n" if cell.value is not None else "n quiet"),
    ]
    if targeted:
        row += [
            el("td", figure_text(cell.target, indicator, view.lang), class_="n"),
            el("td", view.percent(cell.completion), class_="n"),
            el("td", view.percent(cell.due), class_="n"),
            el("td", view.light(cell.light, cell.pace, bound=True), class_="light-cell"),
        ]
    if scored:
        row += [
            el("td", view.number(cell.score, 2), class_="n"),
            el("td", view.percent(cell.weight, 2), class_="n"),
            el("td", view.number(cell.contribution, 2), class_="n"),
        ]
    if ahead:
        span = "–"
        if cell.projected is not None:
            span = figure_text(cell.projected, indicator, view.lang) if cell.projected_low is None else "–"
            if cell.projected_low is not None and cell.projected_high is not None:
                low, high = (
                    view.number(round(v, indicator.decimals)) for v in (cell.projected_low, cell.projected_high)
                )
                span = f"{low}–{high}"
        rate = None if cell.required_rate is None else round(cell.required_rate, max(1, indicator.decimals))
        row += [
            el("td", view.number(rate), class_="n"),
            el("td", span, class_="n"),
            el("td", view.chance(cell.p_target), class_="n"),
        ]
    return el("tr", row, id=view.why_id(cell.contestant, cell.indicator))


def _under(view: View, indicator: Indicator) -> Html | None:
    said = [view.of(indicator.unit)] if indicator.unit else []
    if indicator.better == "lower":
        said.append(view.say("press.why.lower"))
    return el("small", " · ".join(said), class_="bound") if said else None


def _node_rows(view: View, contestant: str, width: int, tail: int) -> list[Html]:
    rows = []
    for node in sorted(view.season.nodes, key=lambda n: n.kind == "overall"):
        found = view.node_scores.get((contestant, node.code))
        if found is None:
            continue
        said = [view.say(f"press.node.{node.kind}")] if node.kind != "overall" else []
        if node.aggregate != "arithmetic":
            said.append(view.say(f"press.node.{node.aggregate}"))
        under = el("small", " · ".join(said), class_="bound") if said else None
        cells = [
            el("th", view.of(node.title), under, scope="row", colspan=width - 3),
            el("td", view.number(found.score, 2), class_="n"),
            el("td", view.percent(found.weight, 2), class_="n"),
            el("td", view.number(found.contribution, 2), class_="n"),
        ]
        if tail:
            cells.append(el("td", colspan=tail))
        rows.append(el("tr", cells, id=view.why_id(contestant, f"node:{node.code}"), class_=f"node {node.kind}"))
    return rows
