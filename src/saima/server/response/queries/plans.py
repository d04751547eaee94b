"""Reads plans: what they say, how far they are, which of them somebody may see; and the gap a plan is made from."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.history import Colour
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.engine.schedule import (
    Mark,
    Schedule,
    Shortfall,
    Task,
    Week,
    amount_marks,
    by_week,
    done_share,
    due_share,
    first_day,
    marks,
    plan_light,
    remaining,
    schedule,
    shortfalls,
)
from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by
from saima.server.kit import clock
from saima.server.kit.locks import locked
from saima.server.kit.workdays import working_days
from saima.server.places.queries import keys_of
from saima.server.race.models import Cut, Season
from saima.server.race.queries.answers import would_take
from saima.server.race.queries.cuts import bundle_of_cut
from saima.server.race.queries.standing import shown
from saima.server.response.models import Plan, PlanCard, PlanProgress, PlanVersion
from saima.words import LANGS, Text, say

TO_TARGETS: Final = "targets"


@dataclass(frozen=True)
class TaskLine:
    """One task as it is written down. A proposed one is named by ``says`` and the indicator ``about``, until edited."""

    code: str
    days: int
    title: str = ""
    says: str = ""
    about: str = ""
    after: tuple[str, ...] = ()
    owner: str = ""
    not_before: str = ""
    due: str = ""
    note: str = ""


@dataclass(frozen=True)
class QuantityLine:
    """One indicator's amount over the periods of the plan, all numbers as canonical text."""

    indicator: str
    figure: str
    needed: str
    amount: str
    best: str
    periods: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Content:
    """What a version of a plan says."""

    start: str
    deadline: str
    aim: str = TO_TARGETS
    help: str = ""
    help_by: str = ""
    tasks: tuple[TaskLine, ...] = ()
    quantities: tuple[QuantityLine, ...] = ()

    def task(self, code: str) -> TaskLine | None:
        return next((t for t in self.tasks if t.code == code), None)

    def quantity(self, indicator: str) -> QuantityLine | None:
        return next((q for q in self.quantities if q.indicator == indicator), None)


def text_of(content: Content) -> str:
    """Canonical JSON: what says the same is the same text."""
    return json.dumps(
        {
            **{n: getattr(content, n) for n in ("start", "deadline", "aim", "help", "help_by")},
            "tasks": [{**vars(t), "after": list(t.after)} for t in content.tasks],
            "quantities": [{**vars(q), "periods": [list(p) for p in q.periods]} for q in content.quantities],
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def content_of(text: str) -> Content:
    found = json.loads(text)
    tasks = tuple(TaskLine(**{**t, "after": tuple(t["after"])}) for t in found.pop("tasks"))
    quantities = tuple(
        QuantityLine(**{**q, "periods": tuple((p, a) for p, a in q["periods"])}) for q in found.pop("quantities")
    )
    return Content(**found, tasks=tasks, quantities=quantities)


def plans_visible_to(person: Any, season: Season | None = None) -> QuerySet[Plan]:
    """A zone's own, and an office's those that ask something of it; the bureau, leaders and auditors see all.

    What is not theirs does not exist for them.
    """
    held = held_by(person, season=season.key if season else "")
    rows = Plan.objects.select_related("season", "place", "cut", "opened_by")
    if season is not None:
        rows = rows.filter(season=season)
    if held.has(Role.STEWARD, Role.LEADER, Role.AUDITOR):
        return rows
    offices = keys_of(held.roles.get(Role.DATA_OWNER, ()))
    own = Q(place__in=held.roles.get(Role.REPORTER, frozenset()))
    return rows.filter(own | Q(pk__in=plans_naming(offices, season)) if offices else own)


def names_office(content: Content, office: str) -> bool:
    """Whether a plan asks anything of an office, by the key of its place: a task, or the help it offered."""
    return office in {content.help_by[:80], *(t.owner[:80] for t in content.tasks)}


def plans_naming(offices: Collection[str], season: Season | None = None) -> set[int]:
    """Plans that ask something of one of these offices in their newest version; one query."""
    versions = PlanVersion.objects.order_by("plan_id", "number")
    if season is not None:
        versions = versions.filter(plan__season=season)
    newest = dict(versions.values_list("plan_id", "content"))
    return {pk for pk, text in newest.items() if any(names_office(content_of(text), office) for office in offices)}


def open_plans(season: Season) -> QuerySet[Plan]:
    """Every plan under way, for the scheduler."""
    return Plan.objects.filter(season=season, state=Plan.State.OPEN).select_related("season", "place")


def open_plan(season: Season, contestant: str) -> Plan | None:
    """The one plan of a contestant that is under way."""
    return Plan.objects.filter(season=season, contestant=contestant, state=Plan.State.OPEN).first()


def plan_locked(plan: Plan) -> Plan:
    return locked(Plan.objects.filter(pk=plan.pk)).get()


def newest_version(plan: Plan) -> PlanVersion:
    return plan.versions.order_by("-number").select_related("by")[0]


def version_of(plan: Plan, number: int) -> PlanVersion | None:
    return plan.versions.filter(number=number).select_related("by").first()


def versions_of(plan: Plan) -> Sequence[PlanVersion]:
    return list(plan.versions.order_by("-number").select_related("by"))


def cards_of(plan: Plan) -> Sequence[PlanCard]:
    return list(plan.cards.order_by("id"))


def entries_of(plan: Plan) -> Sequence[PlanProgress]:
    """Everything entered as done, oldest first."""
    return list(plan.progress.order_by("id").select_related("by"))


def title_of_task(line: TaskLine, spec: EngineSeason) -> Text:
    """What a task is called, in both languages."""
    if line.title:
        return Text(line.title, line.title)
    indicator = spec.indicator.get(line.about)
    title = indicator.title if indicator else Text(line.about, line.about)
    return Text(*(say(f"plan.task.{line.says}", lang, indicator=title) for lang in LANGS))


def tasks_of(content: Content, spec: EngineSeason) -> tuple[Task, ...]:
    """The tasks as the engine schedules them."""
    return tuple(
        Task(t.code, title_of_task(t, spec), t.days, t.after, _day(t.not_before), _day(t.due)) for t in content.tasks
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def planned(content: Content, spec: EngineSeason) -> Schedule:
    """The schedule as planned: from its first day to its deadline.

    Raises
    ------
    QuestionRefused
        As ``engine.schedule.schedule``.
    """
    return schedule(
        tasks_of(content, spec),
        working_days(),
        start=date.fromisoformat(content.start),
        deadline=date.fromisoformat(content.deadline),
    )


@dataclass(frozen=True)
class QuantityState:
    """A quantity with its weeks, what is entered as done, and its lights."""

    line: QuantityLine
    weeks: tuple[Week, ...]
    done: float
    marks: tuple[Mark, ...]
    light: Colour
    placed: float  # what the months add up to

    @property
    def amount(self) -> float:
        return float(self.line.amount)


@dataclass(frozen=True)
class PlanState:
    """How far a plan is today. ``now`` is what is left, from today on; None when all tasks are done."""

    plan: Plan
    version: int
    content: Content
    planned: Schedule
    now: Schedule | None
    done: Mapping[str, float]
    today: date
    due_0_1: float
    done_0_1: float
    marks: tuple[Mark, ...]
    light: Colour
    quantities: tuple[QuantityState, ...]
    spec: EngineSeason
    cards: Sequence[PlanCard] = field(default_factory=tuple)


def state_of(plan: Plan, spec: EngineSeason, version: PlanVersion, entries: Iterable[PlanProgress]) -> PlanState:
    """A plan with its schedule, lights and quantities; nothing is asked of the database."""
    return _state(plan, spec, version.number, content_of(version.content), list(entries))


def _state(plan: Plan, spec: EngineSeason, number: int, content: Content, entries: Sequence[PlanProgress]) -> PlanState:
    zone = plan.season.time_zone
    today = clock.today(zone) if plan.closed_at is None else clock.local_day(plan.closed_at, zone)
    found = planned(content, spec)
    of_tasks = [
        (clock.local_day(e.at, zone), e.code, float(e.value) / 100) for e in entries if e.kind == PlanProgress.Kind.TASK
    ]
    done = {code: share for _, code, share in of_tasks}
    left = remaining(tasks_of(content, spec), done)
    now = schedule(left, working_days(), start=max(today, found.start), deadline=found.deadline) if left else None
    seen = marks(found, of_tasks, first=found.start, today=max(today, found.start))
    return PlanState(
        plan=plan,
        version=number,
        content=content,
        planned=found,
        now=now,
        done=done,
        today=today,
        due_0_1=due_share(found, today - timedelta(days=1)),
        done_0_1=done_share(found, done),
        marks=seen,
        light=plan_light(seen),
        quantities=tuple(_quantity(q, entries, content, spec, zone, today) for q in content.quantities),
        spec=spec,
    )


def _quantity(
    line: QuantityLine, entries: Sequence[PlanProgress], content: Content, spec: EngineSeason, zone: str, today: date
) -> QuantityState:
    periods = [(Period.parse(p), float(a)) for p, a in line.periods]
    indicator = spec.indicator.get(line.indicator)
    start, end = date.fromisoformat(content.start), date.fromisoformat(content.deadline)
    # A month begun or broken off carries its amount on the days the plan has of it.
    parts = [(max(first_day(p), start) if p.last_day >= start else first_day(p), p.last_day, a) for p, a in periods]
    parts = [(a, min(b, end) if a <= end else b, amount) for a, b, amount in parts]
    weeks = by_week(parts, working_days(), indicator.decimals if indicator else 0)
    mine = [
        (clock.local_day(e.at, zone), float(e.value))
        for e in entries
        if e.kind == PlanProgress.Kind.QUANTITY and e.code == line.indicator
    ]
    seen = amount_marks(weeks, mine, today=today)
    return QuantityState(line, weeks, mine[-1][1] if mine else 0.0, seen, plan_light(seen), sum(a for _, a in periods))


def listed(plans: QuerySet[Plan], spec: EngineSeason) -> list[PlanState]:
    """Every plan with its state, those under way and behind first; three queries however many."""
    newest = PlanVersion.objects.filter(plan=OuterRef("pk")).order_by("-number")
    rows = list(
        plans.annotate(
            newest_content=Subquery(newest.values("content")[:1]), newest_number=Subquery(newest.values("number")[:1])
        ).order_by("-id")
    )
    entries: dict[int, list[PlanProgress]] = {p.pk: [] for p in rows}
    for entry in PlanProgress.objects.filter(plan__in=entries).order_by("id"):
        entries[entry.plan_id].append(entry)
    cards: dict[int, list[PlanCard]] = {p.pk: [] for p in rows}
    for card in PlanCard.objects.filter(plan__in=cards).order_by("id"):
        cards[card.plan_id].append(card)
    found = []
    for plan in rows:
        state = _state(plan, spec, plan.newest_number, content_of(plan.newest_content), entries[plan.pk])
        found.append(replace(state, cards=cards[plan.pk]))
    rank = {"red": 0, "yellow": 1, "green": 2, "none": 3}
    return sorted(found, key=lambda s: (s.plan.state != Plan.State.OPEN, rank[s.light], s.plan.place.display_order))


@dataclass(frozen=True)
class Gap:
    """What a plan would be made from: the cut it was read in, the periods left, what is lacking."""

    cut: Cut
    spec: EngineSeason
    periods: tuple[Period, ...]
    lacking: tuple[Shortfall, ...]


def gap_for(season: Season, contestant: str, aim: str) -> Gap:
    """What a contestant lacks to its targets, or (``place:2``) by the engine's cheapest plan for a place.

    Raises
    ------
    QuestionRefused
        ``standing.nothing_frozen``; ``plan.aim_unknown``; ``plan.out_of_reach``; as ``engine.race.whatif``.
    """
    found = shown(season)
    if found is None or found.cut is None:
        raise QuestionRefused(Problem("standing.nothing_frozen", {}))
    spec = found.index.season
    plan = None
    if aim != TO_TARGETS:
        kind, _, place = aim.partition(":")
        if kind != "place" or not place.isascii() or not place.isdigit() or len(place) > 6:
            raise QuestionRefused(Problem("plan.aim_unknown", {"text": aim[:40]}))
        ahead = would_take(found.cut, contestant, int(place), "frozen").places[-1]
        if not ahead.plan.reached:
            title = spec.contestant[contestant].title
            raise QuestionRefused(Problem("plan.out_of_reach", {"contestant": title, "place": int(place)}))
        plan = ahead.plan
    b = bundle_of_cut(found.cut)
    as_of = AsOf(Period.parse(found.cut.period), found.cut.known_at)
    periods, lacking = shortfalls(
        b.season, b.readings, b.projects, b.history, as_of, found.evaluation, contestant, plan
    )
    behind = tuple(s for s in lacking if s.behind)
    return Gap(found.cut, spec, periods, behind or lacking)
