"""How an item is shown: its values in words, its figures beside their plan, its lists with their days, its stages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from saima.files.kinds import Field, Figure, Kind, Listing, Stage
from saima.server.kit import drawings, written
from saima.server.kit.context import lang
from saima.server.registers.queries.items import ItemAt, Line
from saima.words import Text, measured, number, say

Firms = Mapping[str, tuple[str, str]]  # what was written -> code and name of the firm


def said(field: Field, value: str, places: Mapping[str, Text]) -> str:
    """A value as people read it."""
    if not value:
        return ""
    if field.type == "choice":
        found = field.choice(value)
        return found.text.of(lang()) if found else value
    if field.type == "number":
        if field.id == "year":
            return value
        figure = number(float(value), lang())
        return measured(figure, field.unit.text, lang()) if field.unit else figure
    if field.type == "day":
        return written.day(date.fromisoformat(value), lang())
    if field.type == "place":
        return places[value].of(lang()) if value in places else value
    return value


def shares(item: ItemAt, figure: Figure) -> tuple[float | None, float | None, float | None]:
    """What is done, and done and due as shares of the whole plan."""
    done, plan, due = item.done(figure.id), item.planned(figure.id), item.due(figure.id)
    if not plan:
        return (None if done is None else float(done)), None, None
    return (
        None if done is None else float(done),
        None if done is None else float(done / plan),
        float((due or 0) / plan),
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure of an item: shares of its plan, and its periods."""

    figure: Figure
    done: float | None
    plan: float | None
    share: float | None
    due: float | None
    tone: str
    rows: Sequence[tuple[str, float | None, float | None]]


def drawn(item: ItemAt, figure: Figure) -> Drawn:
    done, share, due = shares(item, figure)
    plans, dones = item.figures.get((figure.id, "plan"), {}), item.figures.get((figure.id, "done"), {})
    periods = sorted({*plans, *dones})
    rows = [(str(p), plain(plans.get(p)), plain(dones.get(p))) for p in periods]
    behind = share is not None and due is not None and share < due
    plan = item.planned(figure.id)
    return Drawn(figure, done, plain(plan), share, due, "amber" if behind else "green", rows)


def plain(value: Any) -> float | None:
    return None if value is None else float(value)


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of a list as people read it: field, value, code of a firm of the register; its days as a picture."""

    line: Line
    cells: Sequence[tuple[Field, str, str]]
    days: SafeString | str


@dataclass(frozen=True, slots=True)
class Shown:
    """A list of an item with its rows; those with days are drawn on one span."""

    listing: Listing
    rows: Sequence[Cells]


def shown(item: ItemAt, listing: Listing, places: Mapping[str, Text], firms: Firms) -> Shown:
    rows = item.lines.get(listing.id, ())
    if listing.due:
        rows = sorted(rows, key=lambda r: (r.of(listing.due), r.number))
    span = _span(item.on, listing, rows)
    return Shown(
        listing,
        [
            Cells(r, [cell(c, r.of(c.id), places, firms) for c in listing.columns], _days(listing, r, span))
            for r in rows
        ],
    )


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when the days of a list are drawn, and the day that is looked from."""

    first: date
    last: date
    on: date

    def share(self, day: date) -> float:
        return (day - self.first).days / max((self.last - self.first).days, 1)


def _span(on: date, listing: Listing, rows: Sequence[Line]) -> Span | None:
    days = [date.fromisoformat(d) for r in rows for d in (r.of(listing.due), r.of(listing.done)) if listing.due and d]
    return Span(min(*days, on), max(*days, on), on) if days else None


def _days(listing: Listing, line: Line, span: Span | None) -> SafeString | str:
    due, done = line.of(listing.due), line.of(listing.done)
    if span is None or not due:
        return ""
    words = say("items.days_due", lang(), day=written.day(date.fromisoformat(due), lang()))
    if done:
        words = f"{words} {say('items.days_done', lang(), day=written.day(date.fromisoformat(done), lang()))}"
    tone = "red" if line.late else "green" if done and not line.open else "grey"
    return drawings.days_svg(
        due=span.share(date.fromisoformat(due)),
        done=span.share(date.fromisoformat(done)) if done and not line.open else None,
        now=span.share(span.on),
        tone=tone,
        words=words,
    )


def cell(field: Field, value: str, places: Mapping[str, Text], firms: Firms) -> tuple[Field, str, str]:
    """A value as people read it, and the code of the firm it names, if the register has it and they may see it."""
    if field.type == "enterprise" and value in firms:
        code, name = firms[value]
        return field, name, code
    return field, said(field, value, places), ""


def way(item: ItemAt) -> list[tuple[Stage, str, Any]]:
    """The stages as a line: those reached, the one it is in, and those that would follow without a detour."""
    kind, reached = item.kind, item.stages
    found: list[tuple[Stage, str, Any]] = []
    for n, r in enumerate(reached):
        stage = kind.stage(r.stage)
        if stage is not None:
            found.append((stage, "here" if n == len(reached) - 1 else "done", r))
    seen = {s.id for s, _, _ in found}
    here = found[-1][0] if found else None
    while here is not None:
        nxt = next((s for s in kind.stages if s.id in here.next and s.counts != "gone" and s.id not in seen), None)
        if nxt is not None:
            found.append((nxt, "ahead", None))
            seen.add(nxt.id)
        here = nxt
    return found


def proofs(item: ItemAt) -> list[tuple[Stage, Any, list[tuple[Text, str]]]]:
    """Stages with what proved them, the newest first."""
    found = []
    for r in reversed(item.stages):
        stage = item.kind.stage(r.stage)
        if stage is not None:
            asked_for = {a.id: a.text for a in stage.asks}
            found.append((stage, r, [(asked_for.get(a, Text(a)), words) for a, words in r.proof.items()]))
    return found


def funnel(kind: Kind, items: Sequence[ItemAt]) -> list[tuple[Stage, int, int]]:
    """Of each stage that is not an end: how many are in it, and how many have come at least so far.

    An item that began in a later stage came through the earlier ones, whether or not anybody recorded them.
    """
    order = [s for s in kind.stages if s.counts != "gone"]
    at = {s.id: n for n, s in enumerate(order)}
    furthest = [max((at[r.stage] for r in i.stages if r.stage in at), default=-1) for i in items]
    here = [i.stage.id if i.stage else "" for i in items]
    return [(s, here.count(s.id), sum(f >= n for f in furthest)) for n, s in enumerate(order)]
