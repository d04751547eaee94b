"""A power cut during imports and uploads: a season, a file of figures, a piece of evidence is whole or not there."""

import json
import random
import time

ROUNDS = 5

# Checks what the last power cut left, says it, and goes on bringing things in until the next.
ROUND = """
import json
from dataclasses import replace
from saima.files import load_season
from saima.server.accounts.models import Person
from saima.server.kit import blobs
from saima.server.kit.audit import first_broken
from saima.server.kit.models import Audit, Blob
from saima.server.kit.uploads import checked
from saima.server.race.actions.bulk import figures_bring
from saima.server.race.actions.evidence import evidence_add
from saima.server.race.actions.seasons import season_import
from saima.server.race.models import Evidence, Reading, Report, Season, SeasonVersion
from saima.server.race.queries.asked import applies
from saima.server.race.queries.bulk import Line

bundle = load_season("demo-city")
asked_for = sum(applies(i, c) for i in bundle.season.indicators for c in bundle.season.contestants)
whole, steward = len(bundle.readings.table), Person.objects.get(username="steward")
demo = Season.objects.get(key="demo-city")
wrong = []
seasons = sorted(Season.objects.filter(key__startswith="again-").values_list("key", flat=True))
for key in seasons:
    found = Reading.objects.filter(season__key=key).count(), SeasonVersion.objects.filter(season__key=key).count()
    if found != (whole, 1):
        wrong.append(f"{key} has {found}")
told = set(Audit.objects.filter(action="season.imported").values_list("object_key", flat=True))
if not set(seasons) <= told:
    wrong.append(f"the trail does not know {set(seasons) - told}")
files = sorted(set(Reading.objects.filter(season=demo, source__startswith="file-").values_list("source", flat=True)))
by_file = {}
for source in files:
    by_file.setdefault(source.split(":")[0], []).append(source)
wrong += [f"{name} has {len(lines)} lines" for name, lines in by_file.items() if len(lines) != asked_for]
for proof in Evidence.objects.filter(name__startswith="proof-"):
    if not blobs.get(proof.blob_id).endswith(proof.name.encode()):
        wrong.append(f"{proof.name} is not what was sent")
for blob in Blob.objects.all():
    blobs.get(blob.sha256)
if first_broken() is not None:
    wrong.append("the audit trail is broken")
there = [*seasons, *sorted(by_file), *Evidence.objects.filter(name__startswith="proof-").values_list("name", flat=True)]
print(json.dumps([wrong, there]), flush=True)
report = Report.objects.filter(season=demo, state="open").first()
cell = report.cells.first()
start = len(there) * 7
print("go", flush=True)
for n in range(start, start + 200):
    season_import(bundle=replace(bundle, season=replace(bundle.season, code=f"again-{n}")), by=steward)
    print(f"again-{n}", flush=True)
    lines = [Line(k, c.code, i.code, "2026-08", str(n + k)) for k, (c, i) in enumerate(
        ((c, i) for c in bundle.season.contestants for i in bundle.season.indicators), start=1)]
    figures_bring(season=demo, lines=lines, by=steward, source=f"file-{n}", partial=True)
    print(f"file-{n}", flush=True)
    name = f"proof-{n}.pdf"
    sent = checked(name, b"%PDF-1.4 " + bytes(200_000) + name.encode())
    evidence_add(report=report, contestant=cell.contestant, indicator=cell.indicator, blob=sent.keep(), name=name,
                 by=steward, on_behalf=True)
    print(name, flush=True)
"""


def test_kill_9_during_imports_and_uploads_leaves_everything_whole_or_not_there(desk):
    draw, said, there = random.Random(7), set(), []
    for n in range(ROUNDS + 1):
        process = desk.popen(ROUND)
        line, go = process.stdout.readline(), process.stdout.readline()
        first = process.stdout.readline() if n % 2 == 0 else ""
        time.sleep(draw.uniform(0.0, 1.2))
        process.kill()
        out, err = process.communicate()

        assert (go, err) == ("go\n", "")
        wrong, there = json.loads(line)
        assert wrong == []
        assert said <= set(there)  # what was said to be there is there
        said |= set((first + out).split())
    assert {name.split("-")[0] for name in said} >= {"again", "file"}
