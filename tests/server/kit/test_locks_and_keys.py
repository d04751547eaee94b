"""Two at once: nobody is overwritten, and what is sent twice is done once."""

import json

import pytest
from django.db import transaction

from saima.engine.errors import QuestionRefused
from saima.server.kit import audit
from saima.server.kit.idempotency import once
from saima.server.kit.locks import Both, Conflict, advance, check, locked
from saima.server.kit.models import Audit, Idempotency
from saima.server.race.models import Report

COUNT_UP = """
import sys
from django.db import transaction
from saima.server.kit.locks import locked
from saima.server.race.models import Season
for _ in range(25):
    with transaction.atomic():
        season = locked(Season.objects.filter(key="demo-city")).get()
        season.due_day += 1
        season.save()
"""
ASK = """
import sys, time
from saima.server.kit import audit
from saima.server.kit.idempotency import once
def do():
    audit.record(by=None, action="asked", object_type="thing", object_key="1")
    time.sleep(0.3)
    return sys.argv[1]
print(once(key="k-1", by=None, action="readings.bring", do=do))
"""


@pytest.fixture
def report(demo):
    return Report.objects.filter(season=demo).first() or Report.objects.create(
        season=demo, place_id=1, period="2026-05", due_at=demo.created_at, late_until=demo.created_at
    )


def both(mine, theirs):
    return Both(what="R&D spend", mine=mine, theirs=theirs, by="Reporter")


def test_who_saves_what_they_saw_is_let_through(report):
    check(report, report.row_version, both("5", "4"))


def test_who_saw_an_older_value_gets_both(report):
    with pytest.raises(Conflict) as refused:
        check(report, report.row_version - 1, both("5", "4"))

    assert refused.value.status == 409
    assert [(c.mine, c.theirs) for c in refused.value.conflicts] == [("5", "4")]
    assert " ".join(refused.value.sentences("en")) == (
        "'R&D spend' was changed meanwhile by Reporter: it now says '4', yours is '5'. "
        "Nothing was overwritten; choose one and save again."
    )


def test_two_who_mean_the_same_are_no_conflict(report):
    check(report, report.row_version - 1, both("5", "5"))


def test_one_statement_writes_only_what_was_seen(report):
    rows, seen = Report.objects.filter(pk=report.pk), report.row_version

    assert advance(rows, seen, period="2031-06")
    assert not advance(rows, seen, period="2031-07")

    report.refresh_from_db()
    assert (report.period, report.row_version) == ("2031-06", seen + 1)


def test_rows_are_locked_with_what_they_may_point_to(report):
    with transaction.atomic():
        assert locked(Report.objects.select_related("assignee").filter(pk=report.pk)).get() == report


def test_locked_rows_are_counted_up_by_many_without_loss(desk):
    count = "from saima.server.race.models import Season; print(Season.objects.get(key='demo-city').due_day)"
    before = int(desk.python(count))
    writers = [desk.popen(COUNT_UP) for _ in range(3)]
    for writer in writers:
        _out, err = writer.communicate(timeout=180)
        assert writer.returncode == 0, err

    assert int(desk.python(count)) == before + 75


def test_locking_outside_a_transaction_is_a_fault(desk):
    code = (
        "from saima.server.kit.locks import locked; from saima.server.race.models import Season\nlocked(Season.objects)"
    )

    _out, err = desk.popen(code).communicate(timeout=180)

    assert "RuntimeError: rows are locked inside a transaction" in err


def test_the_same_key_gives_the_answer_given_before(person):
    steward, crane = person("steward"), person("crane")
    done = []

    def do():
        done.append(1)
        return json.dumps({"n": len(done)})

    first = once(key="k", by=steward, action="a", do=do)

    assert once(key="k", by=steward, action="a", do=do) == first
    assert once(key="k", by=crane, action="a", do=do) != first
    assert once(key="k", by=steward, action="b", do=do) != first
    assert once(key="", by=steward, action="a", do=do) != first
    assert len(done) == 4


def test_a_link_without_an_account_has_keys_too(db):
    assert [once(key="k", by=None, action="a", do=lambda n=n: str(n)) for n in (1, 2)] == ["1", "1"]


def test_what_was_refused_may_be_sent_again_under_its_key(person):
    def refuse():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once(key="k", by=person("crane"), action="a", do=refuse)

    assert once(key="k", by=person("crane"), action="a", do=lambda: "now") == "now"


def test_a_key_that_is_too_long_is_refused(person):
    with pytest.raises(QuestionRefused) as refused:
        once(key="k" * 101, by=person("crane"), action="a", do=lambda: "x")

    assert refused.value.problems[0].code == "desk.key_too_long"


def test_who_was_slower_gets_the_other_answer_and_undoes_its_own(person):
    crane = person("crane")

    def slow():
        audit.record(by=crane, action="tested", object_type="thing", object_key="slow")
        Idempotency.objects.create(key="k", actor=crane, action="a", answer="theirs")
        return "mine"

    with pytest.raises(Exception, match=r"(?i)unique"):
        once(key="k", by=crane, action="a", do=slow)

    assert not Audit.objects.filter(object_key="slow").exists()


def test_sent_twice_at_the_same_moment_it_is_done_once(desk):
    askers = [desk.popen(ASK, name) for name in ("first", "second", "third")]
    answers = set()
    for asker in askers:
        out, err = asker.communicate(timeout=180)
        assert asker.returncode == 0, err
        answers.add(out)

    count = "from saima.server.kit.models import Audit; print(Audit.objects.filter(action='asked').count())"
    assert len(answers) == 1
    assert desk.python(count) == "1\n"
