"""Reads items on a day as they were known at an instant: fields, stage, figures, lists. Feeds ask ``items_at``."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from saima.engine.model.periods import Period
from saima.files.kinds import Counts, Kind, Listing, Side, Stage
from saima.server.kit import clock
from saima.server.places.queries import keys_of
from saima.server.registers.models import Item, ItemFact, ItemFigure, ItemLine, ItemStage
from saima.server.registers.queries.kinds import kind_of
from saima.words import Text

_FIRST: Final = date.min


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage that was reached, when, with what proof; ``row`` is its number in the table."""

    stage: str
    since: date
    proof: Mapping[str, str]
    reason: str
    recorded_at: datetime
    by: str
    row: int
    blob: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list. ``late``: days past its due day; 0 when in time or done."""

    number: int
    values: Mapping[str, str]
    recorded_at: datetime
    late: int = 0
    open: bool = False  # has a due day and is not done

    def of(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True)
class ItemAt:
    """An item on a day as it was known at an instant."""

    id: int
    kind: Kind
    code: str
    values: Mapping[str, str]
    stages: Sequence[Reached]  # the first reached first
    figures: Mapping[tuple[str, Side], Mapping[Period, Decimal]]
    lines: Mapping[str, Sequence[Line]]
    on: date
    row_version: int = 1
    since: Mapping[str, date | None] = dataclass_field(default_factory=dict)  # of the value that counts, by field

    @property
    def name(self) -> str:
        return self.values.get("name", "") or self.code

    @property
    def place(self) -> str:
        """Key of its place; empty where it has none."""
        return self.values.get("place", "")

    @property
    def reached(self) -> Reached | None:
        return self.stages[-1] if self.stages else None

    @property
    def stage(self) -> Stage | None:
        return self.kind.stage(self.stages[-1].stage) if self.stages else None

    @property
    def counts(self) -> Counts:
        """Whether it is a goal, exists, or is gone. What has no stage is a goal: nobody has said it is there."""
        return self.stage.counts if self.stage else "goal"

    def done(self, figure: str) -> Decimal | None:
        """Done up to the day: the sum of a flow, the newest of a level; None where nothing is known."""
        return self._upto(figure, "done", lambda p: _first_day(p) <= self.on)

    def due(self, figure: str) -> Decimal | None:
        """Planned for periods that have ended by the day."""
        return self._upto(figure, "plan", lambda p: p.last_day <= self.on)

    def planned(self, figure: str) -> Decimal | None:
        """The whole plan."""
        return self._upto(figure, "plan", lambda _: True)

    def _upto(self, figure: str, side: Side, within: Any) -> Decimal | None:
        rows = {p: v for p, v in self.figures.get((figure, side), {}).items() if within(p)}
        if not rows:
            return None
        defined = self.kind.figure(figure)
        if defined is not None and defined.measure == "level":
            return rows[max(rows)]
        return sum(rows.values(), Decimal(0))


def _first_day(period: Period) -> date:
    months = 12 // {"month": 12, "quarter": 4, "half": 2, "year": 1}[period.frequency]
    return date(period.year, period.last_month - months + 1, 1)


def items_at(
    kind: str,
    *,
    on: date | None = None,
    known: datetime | None = None,
    place_ids: Iterable[int] | None = None,
    codes: Iterable[str] | None = None,
) -> list[ItemAt]:
    """Every item of a kind on a day (today), as known at an instant (now), by code; five queries, six with places.

    An item nobody had recorded anything of by then is not there. ``place_ids`` narrows to items at these places on that
    day; ``codes`` to these items.
    """
    defined = kind_of(kind)
    if defined is None:
        return []
    day, instant = on or clock.today(), known or clock.now()
    rows = Item.objects.filter(kind=kind)
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    found = {i.pk: i for i in rows}
    facts = {n: f for n, f in _facts(found, day, instant).items() if f}
    if place_ids is not None:
        wanted = keys_of(place_ids)
        facts = {n: f for n, f in facts.items() if f.get("place", ("", None))[0] in wanted}
    kept = [found[n] for n in facts]
    stages, figures, lines = _stages(kept, day, instant), _figures(kept, instant), _lines(kept, defined, day, instant)
    made = [
        ItemAt(
            i.pk,
            defined,
            i.code,
            {f: v for f, (v, _) in facts[i.pk].items()},
            stages.get(i.pk, ()),
            figures.get(i.pk, {}),
            lines.get(i.pk, {}),
            day,
            i.row_version,
            {f: s for f, (_, s) in facts[i.pk].items()},
        )
        for i in kept
    ]
    return sorted(made, key=lambda i: i.code)


def item_at(kind: str, code: str, *, on: date | None = None, known: datetime | None = None) -> ItemAt | None:
    return next(iter(items_at(kind, on=on, known=known, codes=[code])), None)


def _facts(items: Iterable[int], day: date, known: datetime) -> dict[int, dict[str, tuple[str, date | None]]]:
    """Item -> field -> value and since when: the latest day that is not after ``day``, of one day the last known."""
    found: dict[int, dict[str, tuple[str, date | None]]] = {}
    rows = ItemFact.objects.filter(item__in=list(items), recorded_at__lte=known).order_by("recorded_at", "id")
    for item, name, value, since in rows.values_list("item_id", "field", "value", "since"):
        fields = found.setdefault(item, {})
        if since is not None and since > day:
            continue
        before = fields.get(name)
        if before is None or (since or _FIRST) >= (before[1] or _FIRST):
            fields[name] = (value, since)
    return found


def _stages(items: Iterable[Item], day: date, known: datetime) -> dict[int, list[Reached]]:
    rows = list(
        ItemStage.objects.filter(item__in=[i.pk for i in items], recorded_at__lte=known)
        .select_related("by")
        .order_by("since", "recorded_at", "id")
    )
    undone = {r.undoes_id for r in rows if r.undoes_id}
    found: dict[int, list[Reached]] = defaultdict(list)
    for r in rows:
        if r.undoes_id is None and r.pk not in undone and r.since <= day:
            found[r.item_id].append(
                Reached(
                    r.stage,
                    r.since,
                    json.loads(r.proof or "{}"),
                    r.reason,
                    r.recorded_at,
                    r.by.name if r.by else "",
                    r.pk,
                    r.blob_id or "",
                    r.file_name,
                )
            )
    return found


def _figures(items: Iterable[Item], known: datetime) -> dict[int, dict[tuple[str, Side], dict[Period, Decimal]]]:
    rows = ItemFigure.objects.filter(item__in=[i.pk for i in items], recorded_at__lte=known)
    newest: dict[tuple[int, str, str, str], str] = {}
    for item, figure, side, period, value in rows.order_by("recorded_at", "id").values_list(
        "item_id", "figure", "side", "period", "value"
    ):
        newest[item, figure, side, period] = value
    found: dict[int, dict[tuple[str, Side], dict[Period, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for (item, figure, side, period), value in newest.items():
        if value:
            found[item][figure, "plan" if side == "plan" else "done"][Period.parse(period)] = Decimal(value)
    return found


def _lines(items: Iterable[Item], kind: Kind, day: date, known: datetime) -> dict[int, dict[str, list[Line]]]:
    rows = ItemLine.objects.filter(item__in=[i.pk for i in items], recorded_at__lte=known)
    newest: dict[tuple[int, str, int], tuple[str, bool, datetime]] = {}
    for item, listing, number, values, gone, at in rows.order_by("recorded_at", "id").values_list(
        "item_id", "listing", "number", "values", "gone", "recorded_at"
    ):
        newest[item, listing, number] = (values, gone, at)
    found: dict[int, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for (item, listing, number), (values, gone, at) in sorted(newest.items()):
        defined = kind.listing(listing)
        if gone or defined is None:
            continue
        line = _line(defined, number, json.loads(values), at, day)
        if line is not None:
            found[item][listing].append(line)
    return found


def _line(listing: Listing, number: int, values: Mapping[str, str], at: datetime, day: date) -> Line | None:
    """The row on that day; None where it is not true yet or no longer. Future due days are shown."""
    today = day.isoformat()
    if listing.since and values.get(listing.since, "") > today:
        return None
    if listing.until and "" < values.get(listing.until, "") <= today:
        return None
    due = values.get(listing.due, "") if listing.due else ""
    done = values.get(listing.done, "") if listing.done else ""
    open_ = bool(due) and (not done or done > today)
    late = (day - date.fromisoformat(due)).days if open_ and due < today else 0
    return Line(number, values, at, late, open_)


@dataclass(frozen=True, slots=True)
class Counted:
    """A kind by the stages its items are in today."""

    kind: Kind
    total: int
    by_stage: Sequence[tuple[Stage, int]]
    goals: int
    exist: int


def kinds_counted(kinds: Iterable[Kind], *, on: date | None = None) -> list[Counted]:
    """Each kind with how many of its items stand where; two queries for each kind."""
    day, instant = on or clock.today(), clock.now()
    made = []
    for kind in kinds:
        items = list(Item.objects.filter(kind=kind.id))
        stages = _stages(items, day, instant)
        here = [stages[i.pk][-1].stage if stages.get(i.pk) else "" for i in items]
        by_stage = [(s, here.count(s.id)) for s in kind.stages if s.id in here]
        made.append(
            Counted(
                kind,
                len(items),
                by_stage,
                sum(n for s, n in by_stage if s.counts == "goal"),
                sum(n for s, n in by_stage if s.counts == "exists"),
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was recorded of an item."""

    at: datetime
    by: str
    what: Text
    said: str
    since: date | None
    reason: str


def history_of(item: ItemAt, most: int = 60) -> list[Change]:
    """Everything recorded of an item, the newest first; two queries."""
    kind = item.kind
    found: list[Change] = []
    for f in ItemFact.objects.filter(item=item.id).select_related("by").order_by("-id")[:most]:
        field = kind.field(f.field)
        found.append(
            Change(
                f.recorded_at,
                f.by.name if f.by else "",
                field.text if field else Text(f.field),
                f.value,
                f.since,
                f.reason,
            )
        )
    for g in ItemFigure.objects.filter(item=item.id).select_related("by").order_by("-id")[:most]:
        figure = kind.figure(g.figure)
        title = figure.text if figure else Text(g.figure)
        found.append(
            Change(
                g.recorded_at,
                g.by.name if g.by else "",
                Text(
                    f"{title.en} {g.period} {g.side}", f"{title.zh} {g.period} {'计划' if g.side == 'plan' else '完成'}"
                ),
                g.value,
                None,
                g.reason,
            )
        )
    return sorted(found, key=lambda c: c.at, reverse=True)[:most]
