"""What every section of the page shares: the evaluation, the language, names, links, lights and small marks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from saima.engine.model.evaluation import Cell, Evaluation, LightMark, NodeScore, Standing
from saima.engine.model.history import Colour
from saima.engine.model.season import Season
from saima.press.charts.palette import LIGHT_MARKS
from saima.press.charts.race_track import Lane, lanes
from saima.press.issue import Issue
from saima.press.page.html import Child, Html, el, markup
from saima.press.sentences import chance_text, pace_text, period_short, score_text
from saima.words import Lang, Text, number, percent, say

MOST_ROWS: Final = 2500  # indicator rows of all "why" tables together; beyond, groups stand for them
IN_FULL: Final = 10  # contestants whose indicators are printed even so


@dataclass(frozen=True)
class View:
    evaluation: Evaluation
    issue: Issue
    lang: Lang
    charts: Mapping[str, str]  # svg by chart key, painted with the page's tokens

    @property
    def season(self) -> Season:
        return self.evaluation.season

    def say(self, code: str, **params: object) -> str:
        return say(code, self.lang, **params)

    def of(self, text: Text) -> str:
        return text.of(self.lang)

    def name(self, contestant: str) -> str:
        known = self.season.contestant.get(contestant)  # a place above may be of somebody outside the season
        return known.title.of(self.lang) if known else contestant

    def number(self, value: float | None, decimals: int | None = None) -> str:
        return "–" if value is None else number(value, self.lang, decimals)

    def percent(self, share: float | None, decimals: int = 1) -> str:
        return "–" if share is None else percent(share, self.lang, decimals)

    def chance(self, probability: float | None) -> str:
        return "–" if probability is None else chance_text(probability, self.lang)

    def score(self, value: float | None) -> str:
        return score_text(value, self.season, self.lang)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Contestants in the order of the page: class, place, then the season's order."""
        rank = {s.contestant: s.rank for s in self.evaluation.standing()}
        apart = self.season.rank_classes == "apart"
        classes = {c.code: (c.order, c.code) for c in self.season.classes} if apart else {}
        ordered = sorted(
            self.season.contestants,
            key=lambda c: (classes.get(c.class_code, (0, "")), rank.get(c.code, 10**6), c.order, c.code),
        )
        racing = {c.contestant for c in self.evaluation.cells} | set(rank)
        return tuple(c.code for c in ordered if c.code in racing)

    @cached_property
    def lanes(self) -> Mapping[str, Lane]:
        return {lane.contestant: lane for lane in lanes(self.evaluation)}

    @cached_property
    def node_scores(self) -> Mapping[tuple[str, str], NodeScore]:
        return {(n.contestant, n.node): n for n in self.evaluation.nodes}

    @cached_property
    def memory(self) -> Mapping[tuple[str, str], tuple[LightMark, ...]]:
        """Lights of the published periods and this one by (contestant, subject), ascending."""
        marks: dict[tuple[str, str], list[LightMark]] = {}
        for mark in sorted(self.evaluation.lights, key=lambda m: m.period):
            marks.setdefault((mark.contestant, mark.subject), []).append(mark)
        return {key: tuple(found) for key, found in marks.items()}

    @cached_property
    def _places(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        contestants = {c.code: n for n, c in enumerate(self.season.contestants)}
        subjects = [*(i.code for i in self.season.indicators), *(f"node:{n.code}" for n in self.season.nodes)]
        return contestants, {code: n for n, code in enumerate(subjects)}

    def why_id(self, contestant: str, subject: str = "") -> str:
        """The anchor of a contestant's table, or of one indicator or node:x in it. Codes never become ids."""
        contestants, subjects = self._places
        at = f"why-{contestants[contestant]}"
        return at if not subject else f"{at}-{subjects[subject]}"

    @cached_property
    def in_full(self) -> frozenset[str]:
        """Contestants whose every indicator is printed; of the others their groups."""
        each = sum(i.role != "denominator" for i in self.season.indicators)
        return frozenset(self.order if len(self.order) * each <= MOST_ROWS else self.order[:IN_FULL])

    def why(self, label: Child, contestant: str, subject: str = "") -> Html:
        """A link to where a number comes from: its row, or the contestant's table where the row is not printed."""
        if not subject.startswith("node:") and contestant not in self.in_full:
            subject = ""
        return el("a", label, href=f"#{self.why_id(contestant, subject)}", class_="why")

    def light(self, colour: Colour, pace: float | None = None, *, bound: bool = False) -> Html:
        """A light in colour, shape and word, its pace, and the threshold it was judged by."""
        threshold = self.number(self.season.light_from, 2)
        sign = {"green": "≥", "yellow": "≥", "red": "<", "none": ""}[colour]
        return markup(
            el(
                "span",
                el("span", LIGHT_MARKS[colour], aria_hidden="true"),
                el("span", self.say(f"press.light.{colour}"), class_="sr"),
                None if pace is None else f" {pace_text(pace, self.season.light_from, self.lang)}",
                class_=f"light {colour}",
            ),
            el("small", f"{sign} {threshold}", class_="bound") if bound and sign and pace is not None else None,
        )

    def strip(self, marks: tuple[LightMark, ...]) -> Html | None:
        """The memory strip: a mark per published period as issued, and what it shows as now where that differs."""
        if not marks:
            return None
        said = [
            self.say("press.lights.mark.changed" if m.issued != m.now else "press.lights.mark",
                     period=period_short(m.period, self.lang), issued=self.say(f"press.light.{m.issued}"),
                     now=self.say(f"press.light.{m.now}"))
            for m in marks
        ]  # fmt: skip
        dots = [
            el(
                "span",
                LIGHT_MARKS[m.issued],
                el("span", f"›{LIGHT_MARKS[m.now]}", class_=f"ink {m.now}") if m.issued != m.now else None,
                class_=f"ink {m.issued}",
            )
            for m in marks
        ]
        return el("span", dots, class_="strip", role="img", aria_label=("；" if self.lang == "zh" else "; ").join(said))

    def change(self, standing: Standing) -> Html:
        """Places won or lost against the last bulletin."""
        if standing.previous is None:
            return el("span", "–", class_="move same", title=self.say("press.move.first"))
        moved = standing.previous - standing.rank
        if moved == 0:
            return el("span", "=", el("span", self.say("press.move.same"), class_="sr"), class_="move same")
        code = "up" if moved > 0 else "down"
        return el(
            "span",
            el("span", "▲" if moved > 0 else "▼", aria_hidden="true"),
            abs(moved),
            el("span", self.say(f"press.move.{code}"), class_="sr"),
            class_=f"move {code}",
        )

    def status(self, cell: Cell) -> str:
        return self.say(f"press.status.{cell.status}")

    def figure(self, key: str, caption: Child) -> Html | None:
        """A chart that scrolls in its own region when the page is narrower than it."""
        if key not in self.charts:
            return None
        drawn = el("div", Html(self.charts[key]), class_="scroll chart", role="region", tabindex="0",
                   aria_label=self.say(f"press.chart.{key.partition('-')[0]}.title"))  # fmt: skip
        return el("figure", drawn, el("figcaption", caption) if caption else None)

    def section(self, key: str, *body: Child, span: str = "full", note: Child = None) -> "Section":
        title = self.say(f"press.section.{key}")
        head = el("h2", title, el("small", note, class_="note") if note else None, id=f"{key}-title")
        return Section(key, title, markup(head, *body), span)


@dataclass(frozen=True, slots=True)
class Section:
    """A card of the page. ``span`` is what it takes of a wide row: full, two-thirds, half, third."""

    key: str
    title: str
    body: Html
    span: str = "full"

    def html(self, span: str) -> Html:
        return el("section", self.body, id=self.key, class_=f"card {span}", aria_labelledby=f"{self.key}-title")
