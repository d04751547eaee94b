"""Plans in working days: what must begin when to keep a deadline, what may wait, how much falls on each month."""

from saima.engine.schedule.calendar import WorkingDays
from saima.engine.schedule.network import Schedule, Scheduled, Task, schedule
from saima.engine.schedule.proposal import (
    ProposedQuantity,
    ProposedTask,
    first_day,
    proposed_quantities,
    proposed_tasks,
)
from saima.engine.schedule.quantities import Spread, Week, by_week, spread
from saima.engine.schedule.shortfall import Shortfall, shortfalls
from saima.engine.schedule.slip import Moved, Slip, slip
from saima.engine.schedule.tracking import Mark, amount_marks, done_share, due_share, marks, plan_light, remaining

__all__ = [
    "Mark",
    "Moved",
    "ProposedQuantity",
    "ProposedTask",
    "Schedule",
    "Scheduled",
    "Shortfall",
    "Slip",
    "Spread",
    "Task",
    "Week",
    "WorkingDays",
    "amount_marks",
    "by_week",
    "done_share",
    "due_share",
    "first_day",
    "marks",
    "plan_light",
    "proposed_quantities",
    "proposed_tasks",
    "remaining",
    "schedule",
    "shortfalls",
    "slip",
    "spread",
]
