"""Two people, or one with two clicks, at the very same moment: one effect, the other is told, nothing breaks."""

import json
from concurrent.futures import ThreadPoolExecutor

FIND = """
import json
from saima.server.race.models import Reading, Report
sent = Report.objects.filter(season__key="demo-city", state="submitted", period="2026-05")
r = sent.exclude(place__kind="office").get()
c = r.cells.filter(kind="value")[0]
newest = Reading.objects.filter(season=r.season, contestant=c.contestant, indicator=c.indicator, period=r.period)
print(json.dumps([r.pk, c.pk, newest.order_by("-revision")[0].pk]))
"""
COUNT = """
import json
from saima.server.kit.audit import first_broken
from saima.server.race.models import Cut, Reading, Report
r = Report.objects.get(pk={report})
c = r.cells.get(pk={cell})
rows = Reading.objects.filter(season=r.season, contestant=c.contestant, indicator=c.indicator, period=r.period)
cuts = list(Cut.objects.filter(season=r.season, period="2026-05").values_list("data_digest", flat=True))
print(json.dumps([rows.filter(pk__gt={reading}).count(), len(cuts) - len(set(cuts)), first_broken() is None]))
"""


def test_verdicts_and_cuts_at_one_moment(desk):
    report, cell, reading = json.loads(desk.python(FIND).splitlines()[-1])
    verifiers = [desk.visitor(name) for name in ("verifier", "verifier2")]
    stewards = [desk.visitor(name) for name in ("steward", "steward2")]
    verdict = f"/verify/{report}/cell/{cell}/"
    asks = [
        *((v, verdict, {"do": "accept", "reading": str(reading)}) for v in verifiers * 2),
        *((s, "/s/demo-city/cuts/2026-05/freeze/", {}) for s in stewards),
    ]

    with ThreadPoolExecutor(len(asks)) as pool:
        answers = list(pool.map(lambda ask: ask[0].post(ask[1], ask[2]).status, asks))

    counted = COUNT.format(report=report, cell=cell, reading=reading)
    assert {a for a in answers if a >= 500} == set()
    assert json.loads(desk.python(counted).splitlines()[-1]) == [1, 0, True]  # one verdict, no content frozen twice
