"""Reads what departments owe in plans of contestants: tasks that are theirs, and help they offered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from saima.engine.model.season import Season as EngineSeason
from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by
from saima.server.places.queries import keys_of
from saima.server.race.models import Season
from saima.server.response.models import Plan
from saima.server.response.queries.plans import Content, PlanState, listed, names_office, open_plans
from saima.words import Text


@dataclass(frozen=True, slots=True)
class OwedTask:
    """A task of a plan that is a department's. ``left`` are the working days it may still wait; None: done."""

    plan: Plan
    contestant: Text
    title: Text
    start: date
    finish: date
    left: int | None
    share: int  # percent done
    critical: bool
    overdue: bool

    @property
    def short(self) -> int:
        """Working days too few."""
        return max(0, -(self.left or 0))


@dataclass(frozen=True, slots=True)
class Helped:
    """A plan a department offered help for, or has tasks in."""

    state: PlanState
    contestant: Text
    offers: bool
    tasks: Sequence[OwedTask]


def tasks_owned(person: Any, season: Season, content: Content) -> set[str]:
    """Tasks of a plan that are given to offices somebody gives figures for: what they may say is done."""
    offices = keys_of(held_by(person, season=season.key).roles.get(Role.DATA_OWNER, ()))
    return set(_codes(content, offices))


def helped_by(season: Season, spec: EngineSeason, offices: Collection[str]) -> list[Helped]:
    """Plans under way that ask something of these offices (keys), with their tasks, soonest first; three queries."""
    found = []
    for state in listed(open_plans(season), spec):
        if any(names_office(state.content, office) for office in offices):
            known = spec.contestant.get(state.plan.contestant)
            contestant = known.title if known else Text(state.plan.contestant, state.plan.contestant)
            tasks = [_task(state, code, contestant) for code in _codes(state.content, offices)]
            ordered = sorted(tasks, key=lambda t: (t.left is None, t.finish))
            found.append(Helped(state, contestant, state.content.help_by[:80] in offices, ordered))
    return found


def _codes(content: Content, offices: Collection[str]) -> list[str]:
    return [t.code for t in content.tasks if t.owner[:80] in offices]


def _task(state: PlanState, code: str, contestant: Text) -> OwedTask:
    planned = state.planned.of(code)
    now = next((n for n in state.now.tasks if n.task.code == code), None) if state.now else None
    share = state.done.get(code, 0.0)
    return OwedTask(
        plan=state.plan,
        contestant=contestant,
        title=planned.task.title,
        start=planned.late_start,
        finish=planned.late_finish,
        left=now.total_float if now else None,
        share=round(share * 100),
        critical=bool(now and now.critical),
        overdue=share < 1 and planned.late_finish < state.today,
    )
