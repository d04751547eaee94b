"""Sets goals of the ladder. A goal is recorded with its day and source, and never as something achieved."""

from decimal import Decimal, InvalidOperation

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.presets import ladder
from saima.server.accounts.models import Person
from saima.server.accounts.rules import require
from saima.server.kit import audit, clock
from saima.server.registers.models import LadderGoal
from saima.server.registers.queries.ladder_goals import goals_of
from saima.server.registers.rules import RULES


@transaction.atomic
def goal_set(
    *, rung: str, base_year: int, base: int, times: str, years: int, source: str, by: Person | None
) -> LadderGoal:
    """How many shall hold a status: so many times the number of a base year, within some years. The same is once.

    Raises
    ------
    NotAllowed
        The person may not.
    QuestionRefused
        ``ladder.no_rung``, ``ladder.goal_numbers``, ``ladder.source_needed``.
    """
    if by is not None:
        require(RULES, "ladder.goal", by)
    if rung not in {r.status for r in ladder()}:
        raise QuestionRefused(Problem("ladder.no_rung", {"key": rung[:60]}))
    factor = _factor(times)
    this_year = clock.today().year
    if not (2000 <= base_year <= this_year and 1 <= base <= 10_000_000 and 1 <= years <= 20):
        raise QuestionRefused(Problem("ladder.goal_numbers", {"year": this_year}))
    said = " ".join(source.split())[:400]
    if not said:
        raise QuestionRefused(Problem("ladder.source_needed"))
    last = goals_of().get(rung)
    same = (base_year, base, factor, years, said)
    if last is not None and (last.base_year, last.base, last.times, last.years, last.source) == same:
        return last
    made = LadderGoal.objects.create(
        rung=rung,
        base_year=base_year,
        base=base,
        times=factor,
        years=years,
        source=said,
        by=by,
        recorded_at=clock.now(),
    )
    audit.record(
        by=by,
        action="ladder.goal_set",
        object_type="ladder",
        object_key=rung,
        base_year=base_year,
        base=base,
        times=str(factor),
        years=years,
        source=said,
    )
    return made


def _factor(text: str) -> Decimal:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal(0)
    if not found.is_finite() or not 1 < found <= 50 or found != found.quantize(Decimal("0.01")):
        raise QuestionRefused(Problem("ladder.times", {"text": text.strip()[:20] or "-"}))
    return found.quantize(Decimal("0.01"))
