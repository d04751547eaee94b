"""A power cut while lights and cards are given: all of a version's or none, and one set after it is run again."""

import json
from pathlib import Path

GIVE = """
import json, os, sys
sys.path.insert(0, {here!r})
from django.db import connection
from released import CUT_AT, released
from saima.engine.race.cards import CardRule
from saima.server.bulletins.models import BulletinVersion
from saima.server.race.models import Season
from saima.server.response.actions.cards import cards_issue, response_rules_set
from saima.server.response.actions.lights import lights_issue
from saima.server.response.models import Card, CardEvent, CardsIssued, Light

season = Season.objects.get(key="demo-city")
version = BulletinVersion.objects.filter(bulletin__season=season).first()
if version is None:
    rules = [CardRule("below_share_of_pace", "red", 0.8)]
    response_rules_set(season=season, cards=rules, appeal_days=7, reason="", by=None)
    version = released(season, "2026-04", known_at=CUT_AT["2026-04"])
table, written = sys.argv[1], 0


def cut_the_power(execute, sql, params, many, context):
    global written
    said = execute(sql, params, many, context)
    if table != "-" and sql.startswith(f'INSERT INTO "response_{{table}}"'):
        written += 1
        if written == int(sys.argv[2]):
            os._exit(9)
    return said


with connection.execute_wrapper(cut_the_power):
    given = (lights_issue(version=version), cards_issue(version=version))
counted = [m.objects.count() for m in (Light, Card, CardEvent, CardsIssued)]
print(json.dumps([given, counted]))
"""


def test_killed_between_any_two_rows_and_run_again_there_is_one_set(desk):
    code = GIVE.format(here=str(Path(__file__).resolve().parents[1]))
    for table, row in (("light", "1"), ("card", "2"), ("cardevent", "3"), ("cardsissued", "1")):
        process = desk.popen(code, table, row)
        out, err = process.communicate(timeout=300)
        assert (process.returncode, out) == (9, ""), err

    first = json.loads(desk.python(code, "-", "0"))
    again = json.loads(desk.python(code, "-", "0"))

    (lights, cards), counted = first
    assert counted == [lights, cards, cards, 1]
    assert cards > 2
    assert again == first
