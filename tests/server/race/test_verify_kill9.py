"""A power cut while reports are being certified: each is whole or untouched, and the trail has no gap."""

import json
import random
import time
from pathlib import Path

HERE = str(Path(__file__).parent)
PLACES = ("crane", "whale", "lantern", "ferry", "whistle")
PERIODS = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")
ROUNDS = 4

# Looks at what the last power cut left, says it, and goes on certifying until the next.
ROUND = f"""
import json, sys
sys.path.insert(0, {HERE!r})
from verifying import sent
from saima.server.accounts.models import Person
from saima.server.kit.audit import first_broken
from saima.server.kit.models import Audit
from saima.server.race.actions.verify_reports import report_accept_all, report_certify
from saima.server.race.models import Reading, Report, Verdict
from saima.server.race.queries.verify import sheets_of

reports = Report.objects.filter(period__in={PERIODS!r}).select_related("place", "season").order_by("id")
if not reports.exists():
    for period in {PERIODS!r}:
        for place in {PLACES!r}:
            sent(place, {{"smes": "400", "doctors": "300", "gazelles": None}}, period=period)
certified = set(Audit.objects.filter(action="report.certified").values_list("object_key", flat=True))
verified = {{str(r.pk) for r in reports if r.state == "verified"}}
wrong = [] if verified == certified else [f"certified {{certified}} but verified {{verified}}"]
for report in reports:
    cells = Reading.objects.filter(period=report.period, contestant=report.place.key)
    accepted = cells.filter(state="verified").count()
    given = Verdict.objects.filter(reading__in=cells, kind="accept").count()
    if accepted != given or accepted not in (0, 2) or (report.state == "verified" and accepted != 2):
        wrong.append(f"{{report.pk}} {{report.state}}: {{accepted}} verified, {{given}} verdicts")
if first_broken() is not None:
    wrong.append("the audit trail is broken")
print(json.dumps([wrong, sorted(verified)]), flush=True)
by = Person.objects.get(username="verifier")
sheets_of(list(reports))
print("go", flush=True)
for report in reports:
    if report.state == "submitted":
        every = set(report.cells.values_list("pk", flat=True))
        report_accept_all(report=report, seen=report.row_version, by=by, named=every)
        report_certify(report=report, seen=report.row_version, by=by)
        print(report.pk, flush=True)
"""


def test_kill_9_while_certifying_leaves_every_report_whole_or_untouched(desk):
    draw, said, verified = random.Random(9), set(), []
    for _ in range(ROUNDS):
        process = desk.popen(ROUND)
        line = process.stdout.readline()
        assert line, process.stderr.read()
        wrong, verified = json.loads(line)

        assert process.stdout.readline() == "go\n"
        time.sleep(draw.uniform(0.1, 0.6))
        process.kill()

        assert wrong == []
        assert said <= set(verified)  # what was said to be done is done
        out, err = process.communicate()
        assert err == ""
        said |= set(out.split())
    assert verified
