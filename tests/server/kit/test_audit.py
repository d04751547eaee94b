"""The audit trail cannot be skipped, cut or bent without being found out."""

import json

import pytest
from django.db import IntegrityError, connection, transaction

from saima.server.kit import audit
from saima.server.kit.models import Audit, AuditHead

WRITER = """
import sys
from django.db import transaction
from saima.server.kit import audit
for n in range(int(sys.argv[2])):
    with transaction.atomic():
        audit.record(by=None, action="tested", object_type="writer", object_key=sys.argv[1], n=n)
"""


def entries(count):
    return [audit.record(by=None, action="tested", object_type="thing", object_key=str(n), n=n) for n in range(count)]


def rewrite(row, **fields):
    """What somebody with the database in their hands could do: the triggers away, a row changed."""
    table = Audit._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute(f"DROP TRIGGER {table}_no_update")
            cursor.execute(f"DROP TRIGGER {table}_no_delete")
        if fields:
            Audit.objects.filter(pk=row.pk).update(**fields)
        else:
            Audit.objects.filter(pk=row.pk).delete()


def test_each_row_carries_the_hash_of_the_one_before(demo):
    first, second, third = entries(3)

    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert audit.first_broken() is None
    assert audit.end_is_there()


def test_a_row_says_what_it_was_told(person):
    steward = person("steward")

    row = audit.record(by=steward, action="tested", object_type="report", object_key="7", was="1", now="二")

    kept = Audit.objects.get(pk=row.pk)
    assert (kept.actor, kept.actor_name, json.loads(kept.detail)) == (
        steward,
        "专班甲 Steward One",
        {"was": "1", "now": "二"},
    )


@pytest.mark.parametrize(
    "change",
    [
        {"detail": '{"n": 9}'},
        {"actor_name": "somebody else"},
        {"object_key": "other"},
        {"previous": "0" * 64},
        {"digest": "0" * 64},
    ],
)
def test_a_changed_row_is_found(demo, change):
    _first, second, _third = entries(3)

    rewrite(second, **change)

    broken = audit.first_broken()
    assert broken is not None
    assert broken.pk == second.pk


def test_a_row_taken_out_is_found_at_the_next(demo):
    _first, second, third = entries(3)

    rewrite(second)

    assert audit.first_broken() == third


def test_rows_cut_off_the_end_are_missed(demo):
    *_, last = entries(3)

    rewrite(last)

    assert audit.first_broken() is None
    assert not audit.end_is_there()


def test_a_record_outside_a_transaction_is_refused(desk):
    code = "from saima.server.kit import audit; audit.record(by=None, action='a', object_type='b', object_key='c')"

    process = desk.popen(code)
    _out, err = process.communicate(timeout=180)

    assert process.returncode == 1
    assert "RuntimeError: audit of a outside its transaction" in err


def test_a_transaction_that_fails_leaves_no_record(demo):
    count, head = Audit.objects.count(), AuditHead.objects.get(id=1).digest

    with pytest.raises(IntegrityError), transaction.atomic():
        Audit.objects.create(object_key=entries(2)[0].object_key, digest=Audit.objects.latest("id").digest)

    assert (Audit.objects.count(), AuditHead.objects.get(id=1).digest) == (count, head)


def test_many_writers_at_once_make_one_chain(desk):
    writers = [desk.popen(WRITER, f"w{n}", 25) for n in range(4)]
    for writer in writers:
        _out, err = writer.communicate(timeout=180)
        assert writer.returncode == 0, err

    found = desk.python(
        "from saima.server.kit import audit\nfrom saima.server.kit.models import Audit\n"
        "print(Audit.objects.filter(action='tested').count(), audit.first_broken(), audit.end_is_there())"
    )

    assert found.split() == ["100", "None", "True"]
