"""The ladder of a large register: the last counts are shown, and the worker counts anew once for each change."""

from datetime import date

import pytest
from django_tasks_db.models import DBTaskResult
from firms_workbook import code_of

from saima.server.kit import clock
from saima.server.registers.actions.recording import Name, Said, Status, record_all
from saima.server.registers.queries import ladder
from saima.server.registers.queries.ladder_kept import board_seen, keep
from saima.server.registers.tasks import ladder_count

pytestmark = pytest.mark.django_db
PAGE = "/registers/ladder/"


@pytest.fixture(autouse=True)
def large(settings, tmp_path):
    settings.LADDER_AT_ONCE, settings.COUNTS = 0, tmp_path / "counts"
    ladder.boards.clear()
    yield
    ladder.boards.clear()


def records(number):
    code = code_of(number)
    record_all(Said([Name(code, f"虚构梯队{number}号")], (), (), [Status(code, "tech-sme", date(2026, 1, 5))]))


def asked():
    return DBTaskResult.objects.filter(task_path=ladder_count.module_path).count()


def test_what_was_kept_is_the_board_that_was_counted(demo):
    counted = keep(clock.today())
    ladder.boards.clear()

    seen = board_seen(clock.today())

    assert seen.counted_at is None
    assert seen.board == counted
    assert len(counted.people) > 10


def test_the_last_counts_are_shown_until_the_worker_has_counted_anew(demo, signed_in):
    client = signed_in("steward")
    before = client.get(PAGE)
    records(90_001)

    shown, again = client.get(PAGE), client.get(PAGE)
    assert "it is being counted anew" in shown.content.decode()
    assert "it is being counted anew" not in before.content.decode()
    assert shown.context["board"].flow(1) == before.context["board"].flow(1) == again.context["board"].flow(1)
    assert asked() == 1

    ladder_count.func(clock.today().isoformat())
    after = client.get(PAGE)

    assert "it is being counted anew" not in after.content.decode()
    assert after.context["board"].flow(1).now == before.context["board"].flow(1).now + 1
    records(90_002)
    client.get(PAGE)
    assert asked() == 2


def test_a_small_register_is_counted_while_somebody_waits(demo, signed_in, settings):
    settings.LADDER_AT_ONCE = 20_000
    client = signed_in("steward")
    before = client.get(PAGE).context["board"].flow(1).now
    records(90_001)

    after = client.get(PAGE)

    assert after.context["board"].flow(1).now == before + 1
    assert "it is being counted anew" not in after.content.decode()
    assert asked() == 0


def test_counts_that_cannot_be_read_are_counted_anew(demo, settings):
    counted = keep(clock.today())
    ladder.boards.clear()
    for path in settings.COUNTS.glob("*.npz"):
        path.write_bytes(path.read_bytes()[:100])

    assert board_seen(clock.today()).board == counted
