"""Opens plans, changes them version by version, records what is done, closes them. One contestant, one open plan."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.db import IntegrityError, transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical, canonical_float
from saima.engine.model.season import Season as EngineSeason
from saima.engine.schedule import proposed_quantities, proposed_tasks
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.kit.locks import Both, Conflict
from saima.server.kit.workdays import working_days
from saima.server.places.queries import place_of
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.models import Plan, PlanCard, PlanProgress, PlanVersion
from saima.server.response.queries.plans import (
    TO_TARGETS,
    Content,
    Gap,
    QuantityLine,
    TaskLine,
    content_of,
    entries_of,
    gap_for,
    newest_version,
    open_plan,
    plan_locked,
    planned,
    text_of,
    title_of_task,
    version_of,
)

MOST_TASKS: Final = 80
LONGEST: Final = 200
LONGEST_NOTE: Final = 1_000
Cards = Sequence[tuple[str, str]]  # key and reason, as they stand on the card


def plan_open(
    *,
    season: Season,
    contestant: str,
    aim: str = TO_TARGETS,
    cards: Cards = (),
    help_offered: str = "",
    help_by: str = "",
    deadline: date | None = None,
    by: Person | None,
) -> Plan:
    """A plan for what the contestant lacks. While one is open, further cards join it and nothing else changes.

    Parameters
    ----------
    aim : ``targets``, or ``place:2``: the engine's cheapest joint plan for that place.
    help_offered, help_by : what a department offers to begin with, and which.
    deadline : the last day of the span the targets cover, unless another is given.

    Raises
    ------
    QuestionRefused
        ``plan.nothing_lacking``, ``plan.deadline_past``; as ``gap_for``.
    """
    if (there := open_plan(season, contestant)) is not None:
        return _merged(there, cards, by)
    gap = gap_for(season, contestant, aim)  # asks the engine; outside the transaction
    content = _proposed(season, contestant, gap, aim, deadline)
    content = replace(content, help=help_offered.strip()[:LONGEST_NOTE], help_by=help_by.strip()[:LONGEST])
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                season=season, place=place_of(contestant), contestant=contestant, cut=gap.cut, opened_by=by
            )
            _version(plan, None, content, by, code="plan.did.open", tasks=len(content.tasks))
            _join(plan, cards, by)
            audit.record(
                by=by,
                action="plan.opened",
                object_type="plan",
                object_key=f"{season.key} {contestant}",
                aim=aim,
                cards=[key for key, _ in cards],
            )
    except IntegrityError:  # somebody opened one in the same moment
        if (there := open_plan(season, contestant)) is None:
            raise
        return _merged(there, cards, by)
    return plan


def _proposed(season: Season, contestant: str, gap: Gap, aim: str, deadline: date | None) -> Content:
    start = clock.today(season.time_zone)
    until = deadline or gap.spec.targets_cover.last.last_day
    title = gap.spec.contestant[contestant].title
    if not gap.lacking:
        raise QuestionRefused(Problem("plan.nothing_lacking", {"contestant": title}))
    if until <= start:
        raise QuestionRefused(
            Problem("plan.deadline_past", {"deadline": until.isoformat(), "today": start.isoformat()})
        )
    periods = tuple(p for p in gap.periods if start <= p.last_day and p.next(-1).last_day < until) or gap.periods[-1:]
    first = gap.periods.index(periods[0])
    lacking = [replace(s, shares=s.shares[first : first + len(periods)]) for s in gap.lacking]
    tasks = proposed_tasks(lacking, working_days(), start=start, deadline=until, periods=len(periods))
    owners = {t.indicator: t.owner for t in gap.spec.targets if t.contestant == contestant and t.owner}
    offices = [owners.get(s.indicator) or gap.spec.indicator[s.indicator].owner for s in lacking]
    agree = next((o for o in offices if o), "")
    return Content(
        start=start.isoformat(),
        deadline=until.isoformat(),
        aim=aim,
        tasks=tuple(
            TaskLine(t.code, t.days, "", t.kind, t.about, t.after, agree if t.kind == "agree" else contestant)
            for t in tasks
        ),
        quantities=tuple(
            QuantityLine(
                q.indicator,
                "" if q.figure is None else canonical_float(q.figure),
                canonical_float(q.needed),
                canonical_float(q.amount),
                canonical_float(q.best),
                tuple((str(p), canonical_float(a)) for p, a in q.parts),
            )
            for q in proposed_quantities(gap.spec, lacking, periods)
        ),
    )


@transaction.atomic
def _merged(plan: Plan, cards: Cards, by: Person | None) -> Plan:
    joined = _join(plan_locked(plan), cards, by)
    if joined:
        audit.record(by=by, action="plan.card_joined", object_type="plan", object_key=_key(plan), cards=joined)
    return plan


def _join(plan: Plan, cards: Cards, by: Person | None) -> list[str]:
    there = set(plan.cards.values_list("key", flat=True))
    new = {key: reason for key, reason in cards if key and key not in there}
    PlanCard.objects.bulk_create(
        PlanCard(plan=plan, key=key[:120], reason=reason[:LONGEST_NOTE], by=by) for key, reason in new.items()
    )
    return list(new)


def _key(plan: Plan) -> str:
    return f"{plan.season.key} {plan.contestant}"


def _version(
    plan: Plan, before: int | None, content: Content, by: Person | None, *, code: str, **said: object
) -> PlanVersion:
    last = plan.versions.order_by("-number").values_list("number", flat=True).first() or 0
    params = {n: v[:60] if isinstance(v, str) else v for n, v in said.items()}
    return PlanVersion.objects.create(
        plan=plan,
        number=last + 1,
        before=before,
        what=json.dumps({"code": code, **params}, ensure_ascii=False)[:300],
        content=text_of(content),
        by=by,
    )


def _spec(plan: Plan) -> EngineSeason:
    return season_of(newest(plan.season))


@transaction.atomic
def _change(
    plan: Plan,
    seen: int,
    by: Person | None,
    change: Callable[[Content], Content],
    same: Callable[[Content], object],
    *,
    code: str,
    **said: object,
) -> PlanVersion:
    """A new version with one thing changed. ``same`` reads that thing: if another changed it since, it is refused."""
    plan = plan_locked(plan)
    _running(plan)
    here = newest_version(plan)
    content = content_of(here.content)
    if seen != here.number:
        known = version_of(plan, seen)
        if known is None or same(content_of(known.content)) != same(content):
            theirs, mine = (str(same(c)) for c in (content, change(content)))
            who = here.by.name if here.by else ""
            raise Conflict(Both(what=str(said.get("task") or code), mine=mine, theirs=theirs, by=who, at=here.at))
    made = change(content)
    if made == content:
        return here
    planned(made, _spec(plan))  # what cannot be scheduled is not kept
    version = _version(plan, here.number, made, by, code=code, **said)
    audit.record(
        by=by,
        action="plan.changed",
        object_type="plan",
        object_key=_key(plan),
        version=version.number,
        what=code,
        **said,
    )
    return version


def _running(plan: Plan) -> None:
    if plan.state != Plan.State.OPEN:
        raise QuestionRefused(Problem("plan.closed"))


def task_save(*, plan: Plan, seen: int, line: TaskLine, by: Person | None) -> PlanVersion:
    """Change a task, or with an empty code add one.

    Raises
    ------
    Conflict
        Somebody else changed the same task since.
    QuestionRefused
        ``plan.closed``, ``plan.task_title``, ``plan.too_many``; as ``engine.schedule.schedule``.
    """
    line = replace(line, title=line.title.strip()[:LONGEST], owner=line.owner.strip()[:LONGEST])
    line = replace(line, note=line.note.strip()[:LONGEST_NOTE])
    if not line.title and not line.says:
        raise QuestionRefused(Problem("plan.task_title"))
    if line.code:
        return _change(
            plan,
            seen,
            by,
            lambda c: _with_task(c, line),
            lambda c: c.task(line.code),
            code="plan.did.task",
            task=title_of_task(line, _spec(plan)).en,
        )

    def added(content: Content) -> Content:
        if len(content.tasks) >= MOST_TASKS:
            raise QuestionRefused(Problem("plan.too_many", {"most": MOST_TASKS}))
        taken = {t.code for t in content.tasks}
        code = next(c for n in range(1, MOST_TASKS * 2) if (c := f"t{n}") not in taken)
        return replace(content, tasks=(*content.tasks, replace(line, code=code)))

    return _change(plan, seen, by, added, lambda _: None, code="plan.did.task_add", task=line.title)


def _with_task(content: Content, line: TaskLine) -> Content:
    if content.task(line.code) is None:
        raise QuestionRefused(Problem("schedule.no_task", {"code_typed": line.code}))
    return replace(content, tasks=tuple(line if t.code == line.code else t for t in content.tasks))


def task_remove(*, plan: Plan, seen: int, code: str, by: Person | None) -> PlanVersion:
    """Take a task out; what waited for it waits for what it waited for.

    Raises
    ------
    Conflict, QuestionRefused
        As ``task_save``; ``schedule.nothing``: it is the last one.
    """

    def without(content: Content) -> Content:
        gone = content.task(code)
        if gone is None:
            raise QuestionRefused(Problem("schedule.no_task", {"code_typed": code[:40]}))
        left = []
        for t in content.tasks:
            if t.code == code:
                continue
            if code in t.after:
                after = [a for a in t.after if a != code]
                left.append(replace(t, after=(*after, *(a for a in gone.after if a not in after))))
            else:
                left.append(t)
        return replace(content, tasks=tuple(left))

    here = content_of(newest_version(plan).content).task(code)
    title = title_of_task(here, _spec(plan)).en if here else code
    return _change(plan, seen, by, without, lambda c: c.task(code), code="plan.did.task_remove", task=title)


def plan_set(
    *, plan: Plan, seen: int, deadline: date, help_offered: str, help_by: str, by: Person | None
) -> PlanVersion:
    """Another deadline, or the help a department offers.

    Raises
    ------
    Conflict, QuestionRefused
        ``plan.deadline_past``: not after the plan's first day; as ``task_save``.
    """

    def changed(content: Content) -> Content:
        if deadline.isoformat() <= content.start:
            raise QuestionRefused(
                Problem("plan.deadline_past", {"deadline": deadline.isoformat(), "today": content.start})
            )
        return replace(
            content,
            deadline=deadline.isoformat(),
            help=help_offered.strip()[:LONGEST_NOTE],
            help_by=help_by.strip()[:LONGEST],
        )

    return _change(plan, seen, by, changed, lambda c: (c.deadline, c.help, c.help_by), code="plan.did.set")


def quantity_set(
    *, plan: Plan, seen: int, indicator: str, periods: Mapping[str, str], by: Person | None
) -> PlanVersion:
    """What each period is to carry of an indicator's amount, as typed.

    Raises
    ------
    Conflict, QuestionRefused
        ``plan.no_quantity``, ``plan.not_a_number``; as ``task_save``.
    """

    def changed(content: Content) -> Content:
        line = content.quantity(indicator)
        if line is None:
            raise QuestionRefused(Problem("plan.no_quantity", {"text": indicator[:40]}))
        parts = tuple((p, _number(periods.get(p, a))) for p, a in line.periods)
        made = replace(line, periods=parts)
        return replace(content, quantities=tuple(made if q is line else q for q in content.quantities))

    spec = _spec(plan)
    title = spec.indicator[indicator].title.en if indicator in spec.indicator else indicator
    return _change(plan, seen, by, changed, lambda c: c.quantity(indicator), code="plan.did.quantity", task=title)


def _number(text: str) -> str:
    found = canonical(text.replace(",", "").replace("，", "") or "0")
    if found is None or found.startswith("-"):
        raise QuestionRefused(Problem("plan.not_a_number", {"text": text[:40] or "-"}))
    return found


@transaction.atomic
def plan_undo(*, plan: Plan, seen: int, by: Person | None) -> PlanVersion:
    """The plan as it was before the last change; the change stays in the list.

    Raises
    ------
    QuestionRefused
        ``plan.nothing_to_undo``, ``plan.moved_on``, ``plan.closed``.
    """
    plan = plan_locked(plan)
    _running(plan)
    here = newest_version(plan)
    if here.number != seen:
        raise QuestionRefused(Problem("plan.moved_on", {"seen": seen, "number": here.number}))
    before = version_of(plan, here.before) if here.before else None
    if before is None:
        raise QuestionRefused(Problem("plan.nothing_to_undo"))
    version = _version(plan, before.before, content_of(before.content), by, code="plan.did.undo", number=here.number)
    audit.record(
        by=by, action="plan.undone", object_type="plan", object_key=_key(plan), version=version.number, to=before.number
    )
    return version


@transaction.atomic
def progress_enter(
    *,
    plan: Plan,
    tasks: Mapping[str, str],
    quantities: Mapping[str, str] | None = None,
    note: str = "",
    by: Person | None,
) -> list[PlanProgress]:
    """What is done by now: of tasks their share in percent, of quantities the whole amount since the plan began.

    What says the same as before is not entered again.

    Raises
    ------
    QuestionRefused
        ``plan.closed``, ``plan.not_a_number``, ``plan.share``, ``schedule.no_task``, ``plan.no_quantity``.
    """
    plan = plan_locked(plan)
    _running(plan)
    content = content_of(newest_version(plan).content)
    known = {(e.kind, e.code): e.value for e in entries_of(plan)}
    wanted = [(PlanProgress.Kind.TASK, code, _number(v)) for code, v in tasks.items()]
    wanted += [(PlanProgress.Kind.QUANTITY, code, _number(v)) for code, v in (quantities or {}).items()]
    problems = []
    for kind, code, value in wanted:
        if kind == PlanProgress.Kind.TASK and content.task(code) is None:
            problems.append(Problem("schedule.no_task", {"code_typed": code[:40] or "-"}))
        elif kind == PlanProgress.Kind.QUANTITY and content.quantity(code) is None:
            problems.append(Problem("plan.no_quantity", {"text": code[:40] or "-"}))
        elif kind == PlanProgress.Kind.TASK and float(value) > 100:
            problems.append(Problem("plan.share", {"share": value}))
    if problems:
        raise QuestionRefused(problems)
    made = [
        PlanProgress.objects.create(
            plan=plan, kind=kind, code=code, value=value, note=note.strip()[:LONGEST_NOTE], by=by
        )
        for kind, code, value in wanted
        if known.get((kind, code), "0") != value
    ]
    if made:
        done = {f"{e.kind}:{e.code}": e.value for e in made}
        audit.record(by=by, action="plan.progress", object_type="plan", object_key=_key(plan), done=done)
    return made


@transaction.atomic
def plan_close(*, plan: Plan, state: str, why: str, by: Person | None) -> Plan:
    """Done, or dropped with a reason. A closed plan stays as it is; a later card opens another.

    Raises
    ------
    QuestionRefused
        ``plan.closed``, ``plan.state_unknown``, ``plan.why_needed``.
    """
    plan = plan_locked(plan)
    _running(plan)
    if state not in (Plan.State.DONE, Plan.State.DROPPED):
        raise QuestionRefused(Problem("plan.state_unknown", {"text": state[:40] or "-"}))
    if state == Plan.State.DROPPED and not why.strip():
        raise QuestionRefused(Problem("plan.why_needed"))
    plan.state, plan.closed_by, plan.closed_at = state, by, clock.now()
    plan.closed_why = why.strip()[:LONGEST_NOTE]
    plan.save(update_fields=["state", "closed_by", "closed_at", "closed_why"])
    audit.record(
        by=by, action="plan.closed", object_type="plan", object_key=_key(plan), state=state, why=plan.closed_why
    )
    return plan
