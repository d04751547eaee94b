"""Every check of the doctor: it finds what it is there for. One breakage each, in a transaction that is undone."""

import json
import os
import time
import uuid
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from inspect import signature

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult
from frozen import frozen

from saima.server.accounts.actions import person_add, role_give
from saima.server.accounts.enums import Role
from saima.server.accounts.models import Assignment, Person, Token
from saima.server.bulletins.models import Artefact, Bulletin, BulletinVersion, Draft
from saima.server.bulletins.queries.releases import link_of
from saima.server.kit import audit, blobs, clock
from saima.server.kit.models import AuditHead, Installation, JobRun, Lease, Outbox
from saima.server.kit.tasks import ALIVE
from saima.server.kit.tick import HEARTBEAT
from saima.server.places.models import Place
from saima.server.race.models import (
    Cut,
    EntryLink,
    Evaluated,
    Evidence,
    Reading,
    Report,
    ReportCell,
    Season,
    SeasonVersion,
    Submission,
    Verdict,
)
from saima.server.site.demo import PASSWORD
from saima.server.site.doctor import CHECKS, Kind, Severity, examine
from saima.server.site.doctor.check import Check

pytestmark = pytest.mark.django_db
APRIL = "2026-04"


@contextmanager
def undone():
    """Whatever happens inside never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rewrite(table, sql, *values):
    """Somebody with access to the database lifts the guard, changes a row, and puts the guard back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(sql, values)
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, values)
        for _, again in triggers:
            cursor.execute(again)


def demo():
    return Season.objects.get(key="demo-city")


def somebody(username="nobody", **fields):
    return person_add(username=username, name=username, password=None, by=None, **fields)


def reading(**fields):
    given = {
        "season": demo(),
        "contestant": "crane",
        "indicator": demo_indicator(),
        "period": "2026-06",
        "revision": 1,
        "value": "1",
        "state": "reported",
        "origin": "reported",
    }
    return Reading.objects.create(**given | fields)


def demo_indicator():
    return Reading.objects.filter(season=demo()).values_list("indicator", flat=True)[0]


def report(state="submitted"):
    return Report.objects.filter(season=demo(), state=state).order_by("id")[0]


def draft(**fields):
    evaluated = Evaluated.objects.filter(cut=frozen(demo())).get()
    return Draft.objects.create(**{"evaluated": evaluated, "number": 99, "dated": date(2026, 5, 8)} | fields)


def release(**fields):
    """A release nobody made: with no files, no signature, and no record."""
    bulletin = Bulletin.objects.create(season=demo(), period=APRIL, number=99, year=2026)
    made = draft(state="ready", made=1, whole=1)
    given = {"manifest_digest": "0" * 64, "chain_digest": link_of("", "0" * 64), "number": 9, "dated": made.dated}
    BulletinVersion.objects.create(**{**given, **fields}, bulletin=bulletin, evaluated=made.evaluated, draft=made)


def task(status, **fields):
    now = clock.real()
    made = DBTaskResult.objects.create(
        status=status,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="saima.server.kit.tasks.sign_of_life",
        backend_name="default",
        run_after=now,
        exception_class_path="",
        traceback="",
    )
    DBTaskResult.objects.filter(pk=made.pk).update(**fields)


def token(person=None, *, age=0, life=30):
    made = clock.now() - timedelta(days=age)
    Token.objects.create(
        person=person or Person.objects.get(username="admin"),
        title="x",
        hint="abc",
        sha256="0" * 64,
        scopes="read",
        created_at=made,
        expires_at=made + timedelta(days=age + life),
    )


def blob_missing():
    blobs.path_of(blobs.put(uuid.uuid4().bytes, "text/plain").pk).unlink()


def blob_changed():
    blobs.path_of(blobs.put(uuid.uuid4().bytes, "text/plain").pk).write_bytes(b"another")


def blob_stray():
    path = blobs.path_of("ee" + "0" * 62)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left behind")
    os.utime(path, (time.time() - 9_999,) * 2)


def audit_chain():
    with transaction.atomic():
        row = audit.record(by=None, action="x", object_type="x", object_key="x")
    rewrite("kit_audit", "UPDATE kit_audit SET action = 'y' WHERE id = %s", row.pk)


def trigger_missing():
    name = "kit_audit_no_change ON kit_audit" if connection.vendor == "postgresql" else "kit_audit_no_update"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}")


def database_damaged():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL lets no row point at nothing")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_token (person_id, title, hint, sha256, scopes, created_at, expires_at) "
            "VALUES (999999, 'x', 'x', 'x', 'read', '2026-01-01', '2026-01-01')"
        )


def migration_missing():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'bulletins'")


def version_changed():
    rewrite("race_seasonversion", "UPDATE race_seasonversion SET digest = %s WHERE id = %s", "0" * 64, newest().pk)


def newest():
    return SeasonVersion.objects.filter(season=demo()).latest("number")


def another_version(**fields):
    last = newest()
    given = {"season": last.season, "number": last.number + 1, "files": last.files, "digest": last.digest, "solo": True}
    return SeasonVersion.objects.create(**given | fields)


def version_alone():
    steward = Person.objects.get(username="steward")
    another_version(solo=False, proposed_by=steward, published_by=steward)


def season_unreadable():
    another_version(files=json.dumps({"season.toml": "not a season"}), digest="0" * 64)


def cut_changed():
    rewrite("race_cut", "UPDATE race_cut SET data_digest = %s WHERE id = %s", "0" * 64, frozen(demo()).pk)


def cut_without_evaluation():
    given = {f.attname: getattr(frozen(demo()), f.attname) for f in Cut._meta.concrete_fields if f.attname != "id"}
    Cut.objects.create(**given | {"number": 99})


def evaluation_changed():
    other = blobs.put(b'{"schema": "another"}', "application/json")
    rewrite("race_evaluated", "UPDATE race_evaluated SET result_id = %s WHERE cut_id = %s", other.pk, frozen(demo()).pk)


def reading_ahead():
    reading(recorded_at=clock.now() + timedelta(days=900), contestant="ferry", indicator="from the future")


def submission_changed():
    rewrite("race_submission", "UPDATE race_submission SET content = content || ' ' WHERE report_id = %s", report().pk)


def submission_gap():
    row = Submission.objects.order_by("id")[0]
    Submission.objects.create(
        report=row.report, number=9, receipt="x", signer="x", content=row.content, digest=row.digest
    )


def report_state():
    Report.objects.filter(pk=report("open").pk).update(state="verified")


def report_nobody():
    place = Place.objects.create(key="nowhere")
    Report.objects.create(
        season=demo(), place=place, period="2026-05", due_at=clock.now(), late_until=clock.now(), state="open"
    )


def report_waits():
    Report.objects.filter(pk=Report.objects.order_by("-id")[0].pk).update(
        state="submitted", submitted_at=clock.now() - timedelta(days=99)
    )


def cell_unknown():
    ReportCell.objects.create(report=report("open"), contestant="crane", indicator="unicorns")


def evidence_orphan():
    Evidence.objects.create(
        report=report("open"),
        contestant="crane",
        indicator="unicorns",
        blob=blobs.put(b"x", "text/plain"),
        name="unicorn.txt",
    )


def verdict_own():
    sender = Person.objects.get(username="crane")
    sent = Submission.objects.create(
        report=report(), number=77, receipt="y", signer="x", by=sender, content="x", digest="x"
    )
    Verdict.objects.create(reading=reading(submission=sent), kind="accept", by=sender)


def link_long():
    EntryLink.objects.create(
        report=report("open"), sha256="1" * 64, for_whom="x", expires_at=clock.now() + timedelta(days=99)
    )


def draft_package():
    made = draft(state="ready", made=1, whole=1)
    Artefact.objects.create(draft=made, path="manifest.json", blob=blobs.put(b"{}", "application/json"))


def people_too_powerful():
    for n in range(4):
        somebody(f"powerful{n}", is_staff=True)
        Person.objects.filter(username=f"powerful{n}").update(is_superuser=True)


def superuser():
    Person.objects.filter(pk=somebody().pk).update(is_superuser=True)


def one_factor():
    role_give(person=somebody(), role=Role.VERIFIER, by=None)


def over_powered():
    person = somebody()
    role_give(person=person, role=Role.VERIFIER, by=None)
    role_give(person=person, role=Role.STEWARD, by=None)


def closed_holding():
    Person.objects.filter(username="crane").update(is_active=False)


def role_vacant():
    Assignment.objects.filter(role="verifier").delete()


def demo_password():
    Person.objects.filter(username="crane").update(password=make_password(PASSWORD))
    Installation.objects.update(demo=False)


def password_kept_weakly():
    person = somebody()
    Person.objects.filter(pk=person.pk).update(password=make_password("x", hasher="md5"))


def outbox(**fields):
    Outbox.objects.create(**{"dedupe": "x", "kind": "mail", "to": "x", "payload": "{}"} | fields)


def clock_back():
    with clock.at(clock.now() + timedelta(days=900)), transaction.atomic():
        audit.record(by=None, action="x", object_type="x", object_key="x")


def home_open(monkeypatch, tmp_path):
    (tmp_path / "saima.sqlite3").write_text("x")
    tmp_path.chmod(0o755)
    (tmp_path / "saima.sqlite3").chmod(0o644)
    monkeypatch.setattr(settings, "HOME", tmp_path)


def seconds_ago(n):
    return clock.real() - timedelta(seconds=n)


def answering(stack, asked, answer):
    """From now on the database answers that to statements which begin so."""

    def wrapper(execute, sql, params, many, context):
        return execute(f"SELECT '{answer}'" if sql.startswith(asked) else sql, params, many, context)

    stack.enter_context(connection.execute_wrapper(wrapper))


def database_unsafe(stack):
    answering(stack, "PRAGMA synchronous" if connection.vendor == "sqlite" else "SELECT 'on'", "off")


def later(monkeypatch, name, days):
    then = getattr(clock, name)() + timedelta(days=days)
    monkeypatch.setattr(clock, name, lambda: then)


BREAK = {
    "blob_missing": blob_missing,
    "blob_changed": blob_changed,
    "blob_stray": blob_stray,
    "audit_chain": audit_chain,
    "audit_head": lambda: AuditHead.objects.update(digest="0" * 64),
    "trigger_missing": trigger_missing,
    "database_damaged": database_damaged,
    "migration_missing": migration_missing,
    "season_empty": lambda: Season.objects.create(key="empty", frequency="month"),
    "season_unreadable": season_unreadable,
    "version_changed": version_changed,
    "version_gap": lambda: another_version(number=9),
    "version_alone": version_alone,
    "release_chain": lambda: release(chain_previous="1" * 64),
    "release_files": release,
    "release_signature": release,
    "release_record": release,
    "cut_changed": cut_changed,
    "cut_without_evaluation": cut_without_evaluation,
    "evaluation_changed": evaluation_changed,
    "reading_unknown": lambda: reading(indicator="unicorns"),
    "reading_gap": lambda: [reading(revision=1), reading(revision=3)],
    "reading_no_number": lambda: reading(value="1e2"),
    "reading_period": lambda: reading(period="2026-Q2"),
    "reading_ahead": reading_ahead,
    "submission_changed": submission_changed,
    "submission_gap": submission_gap,
    "report_state": report_state,
    "report_nobody": report_nobody,
    "report_waits": report_waits,
    "cell_unknown": cell_unknown,
    "evidence_orphan": evidence_orphan,
    "verdict_own": verdict_own,
    "draft_stuck": lambda: draft(state="making", at=clock.now() - timedelta(hours=2)),
    "draft_incomplete": lambda: draft(state="ready", made=1, whole=2),
    "draft_package": draft_package,
    "role_placeless": lambda: Assignment.objects.create(person=somebody(), role="reporter"),
    "role_season_unknown": lambda: Assignment.objects.create(person=somebody(), role="steward", season="none"),
    "place_nameless": lambda: Place.objects.create(key="nameless"),
    "lease_overdue": lambda: Lease.objects.create(name="job:x", holder="x", until=seconds_ago(9_999)),
    "outbox_stuck": lambda: outbox(next_try_at=seconds_ago(9_999)),
    "outbox_failed": lambda: outbox(state="failed"),
    "mail_unnamed": lambda: Person.objects.filter(username="crane").update(email="crane@example.org"),
    "task_waits": lambda: task("READY", enqueued_at=seconds_ago(9_999)),
    "task_stuck": lambda: task("RUNNING", started_at=seconds_ago(9_999)),
    "task_failed": lambda: task("FAILED", finished_at=seconds_ago(60), exception_class_path="builtins.ValueError"),
    "job_failed": lambda: JobRun.objects.create(
        job="x", slot=seconds_ago(60), started_at=seconds_ago(60), outcome="failed"
    ),
    "clock_back": clock_back,
    "link_long": link_long,
    "people_too_powerful": people_too_powerful,
    "superuser": superuser,
    "one_factor": one_factor,
    "dormant": somebody,
    "over_powered": over_powered,
    "closed_holding": closed_holding,
    "role_vacant": role_vacant,
    "demo_password": demo_password,
    "password_kept_weakly": password_kept_weakly,
    "token_sleeps": lambda: token(age=99),
    "token_long": lambda: token(life=999),
    "token_of_closed": lambda: token(closed()),
    "nobody_works": lambda: Lease.objects.filter(name=HEARTBEAT).update(until=seconds_ago(60)),
    "clock_stands": lambda: Installation.objects.update(demo=False),
    "database_unsafe": database_unsafe,
    "disk_full": lambda monkeypatch: monkeypatch.setattr("saima.server.site.doctor.storage.LEAST_FREE", 1 << 62),
    "secret_weak": lambda monkeypatch: monkeypatch.setattr(settings, "SECRET_KEY", "django-insecure-" + "ab" * 30),
    "debug_on": lambda monkeypatch: monkeypatch.setattr(settings, "DEBUG", True),
    "hosts_open": lambda monkeypatch: monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["localhost", "*"]),
    "https_off": lambda monkeypatch: monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["saima.example.org"]),
    "cookies_bare": lambda monkeypatch: monkeypatch.setattr(settings, "SESSION_COOKIE_HTTPONLY", False),
    "second_factor_off": lambda monkeypatch: monkeypatch.setattr(settings, "MFA_SUPPORTED_TYPES", []),
    "home_open": home_open,
    "personal_key": lambda monkeypatch: monkeypatch.setattr(settings, "PERSONAL_KEY", "nowhere.key"),
    "home_foreign": lambda monkeypatch: monkeypatch.setattr("os.geteuid", lambda: 0),
    "versions_old": lambda monkeypatch: later(monkeypatch, "real", 9_999),
    "backup_old": lambda monkeypatch: later(monkeypatch, "now", 2),
    "restore_untested": lambda monkeypatch: later(monkeypatch, "now", 200),
}


def closed():
    person = somebody("closed")
    Person.objects.filter(pk=person.pk).update(is_active=False)
    return person


def mend(code, monkeypatch, tmp_path, stack):
    """Take away what the demonstration's own state, or this machine, already gives the check to find."""
    if code == "nobody_works":
        for name in (ALIVE, HEARTBEAT):
            Lease.objects.update_or_create(
                name=name, defaults={"holder": "x", "until": clock.real() + timedelta(hours=1)}
            )
    if code in {"backup_old", "restore_untested"}:
        action = {"backup_old": "backup.made", "restore_untested": "backup.tested"}[code]
        with transaction.atomic():
            audit.record(by=None, action=action, object_type="backup", object_key="x")
    if code == "database_unsafe":
        answering(stack, "SHOW", "on")  # a PostgreSQL of tests does not wait for the disk
    if code == "home_foreign":
        monkeypatch.setattr("os.geteuid", lambda: 1000)
    if code == "password_kept_weakly":
        Person.objects.update(password=make_password(None))
    if code == "secret_weak":
        monkeypatch.setattr(settings, "SECRET_KEY", "n5Vq-Zr8_tLw2XyB7cJk4HsD9mPf3GaE6uQoT1iR")
    if code in {"hosts_open", "https_off"}:
        monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["localhost"])
    if code == "home_open":
        monkeypatch.setattr(settings, "HOME", tmp_path)


def found(code):
    return next((f.found for f in examine(codes=[code])), ())


def test_every_check_has_a_breakage():
    assert set(BREAK) == set(CHECKS)


@pytest.mark.parametrize("code", sorted(BREAK))
def test_each_check_finds_what_it_is_there_for(code, monkeypatch, tmp_path):
    breakage = BREAK[code]
    stack = ExitStack()
    at_hand = {"monkeypatch": monkeypatch, "tmp_path": tmp_path, "stack": stack}
    taken = {n: at_hand[n] for n in signature(breakage).parameters if n in at_hand}

    with undone(), stack:
        mend(code, monkeypatch, tmp_path, stack)
        before = found(code)
        breakage(**taken)
        after = found(code)
        monkeypatch.undo()

    assert len(after) > len(before)


def test_a_check_that_breaks_is_told_and_stops_no_other(monkeypatch):
    def broken():
        raise LookupError("gone")

    monkeypatch.setitem(CHECKS, "debug_on", Check("debug_on", Kind.CONTROL, Severity.WARNING, broken))
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["*"])

    told = examine(codes=["debug_on", "hosts_open"])

    assert [(f.check.code, f.severity, f.failed) for f in told] == [
        ("debug_on", Severity.ERROR, True),
        ("hosts_open", Severity.ERROR, False),
    ]
    assert told[0].sentence("en") == (
        "Faults show the inside of the program: could not be looked at: LookupError: gone"
    )


def test_findings_say_how_many_name_the_first_and_what_to_do():
    for n in range(7):
        Season.objects.create(key=f"empty{n}", frequency="month")

    told = examine(codes=["season_empty"])[0]

    assert told.sentence("en") == "Seasons without a definition (7): empty0, empty1, empty2, empty3, empty4 and others"
    assert told.sentence("zh") == "没有设置内容的赛季（7）：empty0, empty1, empty2, empty3, empty4 等"
    assert told.remedy("en") == "Open Season and begin it, or leave it: nobody sees it."


def test_the_demonstration_has_no_error_in_its_data():
    assert [f.sentence("en") for f in examine(Kind.DATA) if f.severity is Severity.ERROR] == []
