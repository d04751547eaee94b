"""A power cut while periods are being frozen: each cut is whole with its evaluation and its trail, or not there."""

import json
import random
import time

ROUNDS = 4

# Checks what the last power cut left, says it, and goes on freezing until the next.
ROUND = """
import json
from saima.engine.model.periods import Period
from saima.server.accounts.models import Person
from saima.server.kit.audit import first_broken
from saima.server.kit.models import Audit
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import Cut, Evaluated, Reading, Season
from saima.server.race.queries.cuts import bundle_of_cut, evaluation_of

wrong = []
cuts = {f"{c.season.key} {c.period} {c.number}": c for c in Cut.objects.select_related("season")}
told = set(Audit.objects.filter(action="cut.frozen").values_list("object_key", flat=True))
if told != set(cuts):
    wrong.append(f"told of {sorted(told)} but there are {sorted(cuts)}")
for name, cut in cuts.items():
    found = Evaluated.objects.filter(cut=cut)
    if len(found) != 1 or evaluation_of(found[0]).data_digest != cut.data_digest:
        wrong.append(f"{name} has no evaluation of its own")
    if bundle_of_cut(cut).season.code != cut.season.key:
        wrong.append(f"{name} has lost its files")
if first_broken() is not None:
    wrong.append("the audit trail is broken")
print(json.dumps([wrong, sorted(cuts)]), flush=True)
season, by = Season.objects.get(key="demo-city"), Person.objects.get(username="steward")
cell = {"season": season, "contestant": "crane", "indicator": "doctors", "period": "2026-05", "origin": "reported"}
last = Reading.objects.filter(season=season, contestant="crane", indicator="doctors", period="2026-05").count()
print("go", flush=True)
for n in range(last + 50, last + 90):
    Reading.objects.get_or_create(**cell, revision=n, defaults={"value": str(n), "state": "verified"})
    cut = cut_freeze(season=season, period=Period.parse("2026-05"), by=by)
    print(f"demo-city 2026-05 {cut.number}".replace(" ", "_"), flush=True)
"""


def test_kill_9_while_freezing_leaves_every_cut_whole_or_not_there(desk):
    draw, said, there = random.Random(31), set(), []
    for n in range(ROUNDS):
        first = ""
        process = desk.popen(ROUND)
        line = process.stdout.readline()
        assert line, process.stderr.read()
        wrong, there = json.loads(line)

        assert process.stdout.readline() == "go\n"
        if n % 2 == 0:  # here the machine is fast enough for one cut at least
            first = process.stdout.readline()
        time.sleep(draw.uniform(0.0, 0.8))
        process.kill()

        assert wrong == []
        assert said <= {name.replace(" ", "_") for name in there}  # what was said to be frozen is frozen
        out, err = process.communicate()
        assert err == ""
        said |= set((first + out).split())
    assert there


def test_two_who_freeze_the_same_at_once_get_one_cut(desk):
    code = (
        "from saima.engine.model.periods import Period\n"
        "from saima.server.race.actions.cuts import cut_freeze\n"
        "from saima.server.race.models import Season\n"
        "season = Season.objects.get(key='demo-city')\n"
        "print(cut_freeze(season=season, period=Period.parse('2026-04'), by=None).number)\n"
    )
    both = [desk.popen(code) for _ in range(2)]
    answers = [p.communicate(timeout=120) for p in both]

    assert [err for _, err in answers] == ["", ""]
    assert {out.strip() for out, _ in answers} == {"1"}
    assert desk.python("from saima.server.race.models import Cut\nprint(Cut.objects.count())").strip() == "1"
