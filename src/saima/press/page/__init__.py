"""The bulletin as one HTML file that needs nothing else: no script, no request, light, dark and print."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from saima.engine.model.evaluation import Evaluation
from saima.press.changes import erratum_words
from saima.press.charts import gap_waterfall, light_map, race_track, rank_bump, rank_intervals, svg, themed
from saima.press.charts.palette import TOKENS
from saima.press.issue import Issue, paragraphs
from saima.press.page import details, lights, method, standings
from saima.press.page.html import Child, Html, el, markup
from saima.press.page.view import Section, View
from saima.press.sentences import (
    bulletin_title,
    by_class,
    date_text,
    document_number,
    headline_parts,
    score_text,
    span_name,
)
from saima.words import Lang, say

SPOKEN = {"en": "en", "zh": "zh-CN"}


def draw_charts(evaluation: Evaluation, lang: Lang) -> Mapping[str, str]:
    """Every chart there is something to draw for, as plain SVG by key: track, bump, lights, gap, intervals.

    Without an overall standing, ``track-CODE`` for single indicators instead of ``track``.
    """
    pair = lights.leading_pair(evaluation)
    classes = by_class(evaluation.season, evaluation.standing())
    first_class = classes[0][1][0].class_code if classes else ""
    specs = {f"track-{c}": race_track.spec(evaluation, lang, f"indicator:{c}", key=f"track-{n}")
             for n, c in enumerate(lights.tracked(evaluation))}  # fmt: skip
    specs |= {
        "track": race_track.spec(evaluation, lang) if evaluation.standing() else None,
        "bump": rank_bump.spec(evaluation, lang),
        "lights": light_map.spec(evaluation, lang),
        "intervals": rank_intervals.spec(evaluation, lang, class_code=first_class) if evaluation.uncertainty else None,
    }
    if pair is not None:
        steps = gap_waterfall.contributions(evaluation, *pair)
        specs["gap"] = gap_waterfall.spec(evaluation, lang, steps, ahead=pair[0], behind=pair[1])
    return {key: svg(spec) for key, spec in specs.items() if spec is not None}


def render_page(evaluation: Evaluation, issue: Issue, lang: Lang, charts: Mapping[str, str] | None = None) -> str:
    """The complete HTML document.

    ``charts`` are plain SVG by key as ``draw_charts`` makes them; they are drawn here when not given.
    """
    plain = draw_charts(evaluation, lang) if charts is None else charts
    view = View(evaluation, issue, lang, {key: themed(picture) for key, picture in plain.items()})
    found = (
        _key_figures(view),
        details.changes(view),
        standings.standings(view),
        lights.track(view),
        _remarks(view),
        details.proposals(view),
        details.received(view),
        lights.bump(view),
        lights.gap(view),
        lights.lights(view),
        lights.intervals(view),
        standings.medals(view),
        standings.progress(view),
        details.weak_spots(view),
        lights.importance(view),
        standings.places(view),
        standings.indicator_places(view),
        details.projects(view),
        details.findings(view),
        details.not_ranked(view),
        details.adjustments(view),
        details.why(view),
        method.method(view),
        method.reproduce(view),
    )
    sections = [s for s in found if s is not None]
    title = say(
        "press.page.title",
        lang,
        title=bulletin_title(view.season),
        period=span_name(view.season, evaluation.period, lang),
    )
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="generator", content=f"saima {evaluation.engine_version}"),
        el("title", title),
        el("style", Html(_style())),
    )
    body = el(
        "body",
        el("a", say("press.page.skip", lang), href="#main", class_="skip"),
        _ribbon(view),
        _masthead(view),
        _contents(view, sections),
        el("main", _headline(view), el("div", _arranged(sections), class_="grid"), id="main", tabindex="-1"),
        _foot(view),
    )
    return f"<!doctype html>\n{el('html', head, body, lang=SPOKEN[lang])}\n"


_SIXTHS = {"full": 6, "bare": 6, "two-thirds": 4, "half": 3, "third": 2}


def _arranged(sections: Sequence[Section]) -> list[Html]:
    """Cards in rows of six sixths without holes: a card that would leave one takes the whole row.

    The card of rank intervals is high; with two halves or more behind it, it stands beside two of them.
    """
    spans = [s.span for s in sections]
    room, tall = 6, False
    for at, section in enumerate(sections):
        need = _SIXTHS[section.span]
        after = [_SIXTHS[s.span] for s in sections[at + 1 : at + 3]]
        if room == 6 and section.key == "intervals" and after == [3, 3]:
            spans[at], room, tall = "half tall", 3, True
            continue
        if room == 6 and need < 6 and (not after or after[0] > room - need):
            spans[at], need = "full", 6
        room -= need
        if room <= 0:
            room, tall = (3, False) if tall else (6, False)
    return [s.html(span) for s, span in zip(sections, spans, strict=True)]


@cache
def _style() -> str:
    light = "".join(f"--{name}:{token.light};" for name, token in TOKENS.items())
    dark = "".join(f"--{name}:{token.dark};" for name, token in TOKENS.items())
    tokens = f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    return tokens + files(__name__).joinpath("style.css").read_text("utf-8")


def _ribbon(view: View) -> Html | None:
    said = view.of(view.season.notice)
    if not said and view.season.illustrative:
        said = view.say("press.page.illustrative")
    if view.issue.draft:
        said = f"{view.say('doc.draft')} {said}".rstrip()
    return el("p", said, class_="ribbon", role="note") if said else None


def _masthead(view: View) -> Html:
    season, issue, lang = view.season, view.issue, view.lang
    masthead = season.masthead
    line: list[Child] = [
        view.say("press.masthead.number", number=issue.number),
        el("b", span_name(season, view.evaluation.period, lang)),
        date_text(issue.dated, lang),
    ]
    if number := document_number(season, issue):
        line.append(number)
    return el(
        "header",
        el(
            "div",
            el("p", masthead.organisation.of(lang), class_="organisation") if masthead.organisation else None,
            el("h1", bulletin_title(season).of(lang)),
            el("p", season.title.of(lang), class_="season") if masthead.bulletin_title else None,
            el("p", [el("span", part) for part in line], class_="line"),
            el("p", erratum, class_="erratum") if (erratum := erratum_words(view.evaluation, issue, lang)) else None,
            class_="inner",
        ),
        class_="masthead",
    )


def _contents(view: View, sections: list[Section]) -> Html:
    links = [el("li", el("a", s.title, href=f"#{s.key}")) for s in sections if s.key != "figures"]
    return el("nav", el("ul", links), aria_label=view.say("press.page.contents"), class_="contents")


def _headline(view: View) -> Html:
    title = el("h2", view.say("press.section.headline"), class_="sr", id="headline-title")
    opening = [el("p", line, class_="opening") for line in paragraphs(view.of(view.issue.words.opening))]
    lead, *rest = headline_parts(view.evaluation, view.lang)
    joint = "" if view.lang == "zh" else " "
    listed = el("ul", [el("li", sentence) for sentence in _behind_apart(rest, joint)]) if rest else None
    return el("section", title, opening, el("p", joint.join(lead)), listed, class_="headline", id="headline",
              aria_labelledby="headline-title")  # fmt: skip


def _remarks(view: View) -> Section | None:
    lines = paragraphs(view.of(view.issue.words.remarks))
    if not lines:
        return None
    return view.section("remarks", [el("p", line) for line in lines])


def _behind_apart(parts: Sequence[Sequence[str]], joint: str) -> list[str]:
    """One line for what is told together; who is behind gets a line each."""
    return [line for part in parts for line in (part if len(part) > 2 else [joint.join(part)])]


def _key_figures(view: View) -> Section:
    evaluation, season, lang = view.evaluation, view.season, view.lang
    cards: list[Html] = []
    for title, rows in by_class(season, evaluation.standing())[:2]:
        first = [r for r in rows if r.rank == 1]
        label = view.say("press.figures.leader_class", title=title) if title else view.say("press.figures.leader")
        names: list[Child] = [view.why(view.name(r.contestant), r.contestant) for r in first[:2]]
        points = view.say("press.figures.points", score=score_text(first[0].score, season, lang))
        cards.append(_figure(label, markup(*names[:1], [[" · ", n] for n in names[1:]]), points, "brand"))
    if view.lanes and evaluation.standing():
        done = sum(n.done for n in view.lanes.values()) / len(view.lanes)
        dues = [n.due for n in view.lanes.values() if n.due is not None]
        due = sum(dues) / len(dues) if len(dues) == len(view.lanes) else None
        if due is None:
            cards.append(_figure(view.say("press.figures.done"), view.percent(done), ""))
        else:
            points = view.number(abs(round((done - due) * 100, 1)), 1)
            code = "press.figures.ahead" if done >= due else "press.figures.behind"
            said = view.say(code, points=points, due=view.percent(due))
            cards.append(
                _figure(view.say("press.figures.done"), view.percent(done), said, "green" if done >= due else "red")
            )
    counted = {colour: sum(c.light == colour for c in evaluation.cells) for colour in ("green", "yellow", "red")}
    if sum(counted.values()):
        shown = [
            el("span", mark, " ", counted[colour], class_=f"ink {colour}") for colour, mark in _MARKS if counted[colour]
        ]
        cards.append(
            _figure(view.say("press.figures.lights"), markup(shown), view.say("press.figures.lights_of", **counted))
        )
    due_cells = [c for c in evaluation.cells if c.status not in {"not_due", "not_applicable"}]
    known = [c for c in due_cells if c.value is not None]
    verified = sum(c.state == "verified" for c in known)
    if due_cells:
        said = view.say("press.figures.data_of", all=view.number(len(due_cells)), verified=view.number(verified))
        cards.append(_figure(view.say("press.figures.data"), view.number(len(known)), said))
    if evaluation.received and len(cards) < 4:
        said = view.say("press.figures.received_of")
        cards.append(_figure(view.say("press.figures.received"), view.number(len(evaluation.received)), said))
    named = view.say("press.section.figures")
    body = markup(el("h2", named, class_="sr", id="figures-title"), el("ul", cards, class_="figures"))
    return Section("figures", named, body, "bare")


_MARKS = (("green", "●"), ("yellow", "▲"), ("red", "■"))


def _figure(label: str, value: Child, said: str, tone: str = "") -> Html:
    under = el("span", said, class_=f"said {tone}".strip()) if said else None
    return el("li", el("span", label, class_="label"), el("span", value, class_="value"), under)


def _foot(view: View) -> Html:
    masthead, words = view.season.masthead, view.issue.words
    parts: list[Child] = []
    for code, text in (
        ("press.foot.addressees", words.addressees or masthead.addressees),
        ("press.foot.copies", words.copies or masthead.copies),
        ("press.foot.signatory", words.signatory or masthead.signatory),
        ("press.foot.contact", masthead.contact),
    ):
        if text:
            parts.append(el("p", view.say(code, text=text)))
    notice = view.of(view.season.notice)
    return el("footer", parts, el("p", view.say("press.foot.made", version=view.evaluation.engine_version)),
              el("p", notice) if notice else None)  # fmt: skip


__all__ = ["draw_charts", "render_page"]
