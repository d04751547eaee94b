import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from saima.server.accounts.models import Person
from saima.server.kit.adding import add_rows
from saima.server.kit.models import Installation
from saima.server.race.models import Reading

COLUMNS = (
    *("season_id", "contestant", "indicator", "period", "revision", "value", "state", "origin", "note", "evidence"),
    *("recorded_at", "source", "reason", "by_id"),
)
INSTANT = datetime(2026, 5, 1, 8, 30, 15, 123456, tzinfo=UTC)


def row(season, revision=1, **given):
    values = {
        "season_id": season.pk,
        "contestant": "crane",
        "indicator": "x",
        "period": "2026-12",
        "revision": revision,
        "value": "1.5",
        "state": "reported",
        "origin": "import",
        "note": "",
        "evidence": "",
        "recorded_at": INSTANT,
        "source": "a.csv:2",
        "reason": "",
        "by_id": None,
    }
    return tuple((values | given).values())


def test_rows_are_those_the_models_would_have_written(demo, person):
    note = "tab\t, line\nbreak\r, \\N, %s, 'quote' \"double\", 马"
    steward = person("steward")
    rows = [row(demo), row(demo, 2, note=note, by_id=steward.pk, recorded_at=INSTANT + timedelta(days=1))]
    add_rows(Reading, COLUMNS, iter(rows))
    found = Reading.objects.filter(season=demo, indicator="x").order_by("revision")
    assert list(found.values_list(*COLUMNS)) == rows
    Reading.objects.create(**dict(zip(COLUMNS, row(demo, 3), strict=True)))
    assert found.filter(recorded_at=INSTANT).values_list("revision", flat=True)[1] == 3, "instants compare alike"
    assert found[0].pk < found[1].pk < found[2].pk


def test_what_breaks_a_rule_breaks_it_here_too_and_leaves_nothing(demo):
    with pytest.raises(IntegrityError), transaction.atomic():
        add_rows(Reading, COLUMNS, [row(demo), row(demo)])
    assert not Reading.objects.filter(season=demo, indicator="x").exists()


def test_no_rows_and_other_kinds_of_columns(db):
    add_rows(Person, ("username",), ())
    Installation.objects.all().delete()
    key = uuid.uuid4()
    add_rows(Installation, ("id", "uuid", "demo", "solo", "started_at"), [(1, key, True, False, INSTANT)])
    one = Installation.objects.get()
    assert (one.uuid, one.demo, one.solo, one.started_at) == (key, True, False, INSTANT)
