"""The power goes while reports are submitted: what was answered is there, and nothing is half-written."""

import json
import os
import random
import threading
import time

ROUNDS = int(os.environ.get("SAIMA_KILL_ROUNDS", "4"))  # more of them by hand
PREPARE = """
import sys
from saima.server.race.actions.reports import Entry, cells_save
from saima.server.race.models import Report
report = Report.objects.get(place__key="lantern", season__key="demo-city")
"""
FILL = (
    PREPARE
    + """
from saima.server.accounts.models import Person
from saima.server.kit import blobs
from saima.server.race.actions.evidence import evidence_add
from saima.server.race.queries.reports import page_of
by = Person.objects.get(username="lantern")
for row in page_of(report).rows:
    text = row.cell.value or str(row.before)
    cells_save(report=report, entries=[(row.cell, Entry(text, note="seen"), row.cell.row_version)], by=by)
    if row.indicator.evidence != "none":
        blob = blobs.put(b"%PDF-1.4 proof", "application/pdf")
        cell = row.cell
        evidence_add(report=report, contestant=cell.contestant, indicator=cell.indicator, blob=blob, name="p", by=by)
print(report.pk)
"""
)
STATE = (
    PREPARE
    + """
import json
from saima.server.kit.audit import first_broken
from saima.server.kit.models import Audit
from saima.server.race.models import Reading
sent = [
    [s.number, s.receipt, len(json.loads(s.content)), Reading.objects.filter(submission=s).count(),
     Audit.objects.filter(action="report.submitted", detail__contains=s.receipt).count()]
    for s in report.submissions.order_by("number")
]
newest = Reading.objects.filter(season__key="demo-city", contestant="lantern", indicator="smes", period="2026-05")
print(json.dumps({"state": report.state, "sent": sent, "broken": first_broken() is not None,
                  "smes": [r.value for r in newest.order_by("revision")]}))
"""
)
THEN_RETURN = (
    STATE
    + """
from saima.server.accounts.models import Person
if report.state == "submitted":
    Report.objects.filter(pk=report.pk).update(state="returned")
    report.refresh_from_db()
cell = report.cells.get(indicator="smes")
cells_save(report=report, entries=[(cell, Entry(sys.argv[1]), cell.row_version)],
           by=Person.objects.get(username="lantern"))
"""
)


def test_nothing_submitted_is_lost_and_nothing_half_written_by_kill_9(desk):
    chance = random.Random(9)
    pk = int(desk.python(FILL).split()[-1])
    lantern = desk.visitor("lantern")
    answered, before, kept = [], 0, []

    def submit():
        try:
            answer = lantern.post(f"/report/{pk}/submit/", {"signer": "Li"})
        except OSError:
            return  # the server was gone before it answered
        if "/receipt/" in answer.url:
            answered.append(int(answer.url.rstrip("/").rsplit("/", 1)[1]))

    desk.python(THEN_RETURN, 213)
    for n in range(ROUNDS):
        sending = threading.Thread(target=submit)
        started = time.monotonic()
        sending.start()
        if n == 0:  # one that gets through tells how long it takes
            sending.join()
            whole = time.monotonic() - started
        time.sleep(chance.uniform(0.0, whole) if n else 0.0)
        desk.kill9()
        sending.join()
        desk.start()
        said = json.loads(desk.python(THEN_RETURN, 214 + n).splitlines()[-1])

        numbers = [number for number, *_ in said["sent"]]
        if len(numbers) > before:
            kept.append(str(213 + n))
        assert numbers == list(range(1, len(kept) + 1))
        assert set(answered) <= set(numbers)
        assert (said["state"] == "submitted") == (len(numbers) > before)
        assert all(cells == 7 and readings >= 1 and audits == 1 for _, _, cells, readings, audits in said["sent"])
        assert said["smes"] == kept
        assert not said["broken"]
        before = len(numbers)
    assert kept
