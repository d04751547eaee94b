"""What other tests take for a frozen month is what freezing leaves."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from frozen import frozen

from saima.engine.model.periods import Period
from saima.server.kit import audit, clock
from saima.server.kit.models import Audit
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import Cut, Evaluated, Reading, Season


def left_by(freeze: Callable[[], Cut]) -> list[dict[str, Any]]:
    """The rows it leaves, but for their numbers and the second they were written in; it is undone."""
    own = {"_state", "id", "at", "cut_id", "digest"}
    with transaction.atomic():
        cut = freeze()
        line = Audit.objects.latest("id")
        assert line.digest == audit.digest_of(line)
        rows = Cut.objects.get(pk=cut.pk), Evaluated.objects.get(cut=cut), line
        said = [{name: value for name, value in vars(row).items() if name not in own} for row in rows]
        transaction.set_rollback(True)
    return said


def test_a_month_that_is_kept_frozen_is_as_the_action_leaves_it(demo: Season) -> None:
    may, minute = Period.parse("2026-05"), clock.now().replace(second=0)

    asked = left_by(lambda: cut_freeze(season=demo, period=may, by=None, known_at=minute))

    assert [left_by(lambda: frozen(demo, "2026-05")) for _ in range(2)] == [asked, asked]


def test_what_came_in_since_is_frozen_by_the_action(demo: Season) -> None:
    kept = frozen(demo)
    cell = {"contestant": "crane", "indicator": "doctors", "period": "2026-04"}
    Reading.objects.create(season=demo, **cell, revision=90, value="84", state="verified", origin="reported")

    assert frozen(demo).data_digest != kept.data_digest
