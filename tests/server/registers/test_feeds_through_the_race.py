"""From the register to the standing: firms come in, a parameter changes, the next cut moves, no released one does."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from released import released
from small_race import season as small

from saima.engine.model.inputs import Reading as Reported
from saima.engine.model.inputs import Readings, ReadingTable
from saima.engine.model.periods import Period
from saima.feeds import ask, on_offer
from saima.files import Bundle
from saima.files.registers import check_sign
from saima.server.kit import blobs, clock
from saima.server.places.queries import places_by_key
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.actions.seasons import season_import
from saima.server.race.models import CutRows, Season
from saima.server.race.queries.cuts import evaluation_of, newest_evaluated
from saima.server.race.queries.documents import newest, season_of
from saima.server.registers.actions.importing import said_import
from saima.server.registers.actions.recording import Address, Fact, Name, Said
from saima.server.registers.actions.rule_edits import param_set
from saima.server.registers.actions.rulebook import draft_begin, rule_begin_text, rule_publish
from saima.server.registers.models import BookRule
from saima.server.registers.queries.rule_typed import Typed
from saima.server.registers.queries.rulebook import newest_save

pytestmark = pytest.mark.django_db
ZONES = ("ash", "elm", "oak")
FEBRUARY, MARCH = Period.parse("2026-02"), Period.parse("2026-03")
RULE = """
saima = "rule/1"

[rule]
id = "trial-size"
title = { en = "Firms of some size (fictional)", zh = "规模企业（虚构）" }
entity = "enterprise"
kind = "status"
jurisdiction = "trial"
status = "seen"
sources = [{ title = "Made up for a test", covers = "all numbers" }]

[inputs.staff]
title = { en = "Staff", zh = "职工总数" }
unit = "people"
least = 0
most = 10000000

[params.least]
title = { en = "Least staff", zh = "人数下限" }
unit = "people"
versions = [{ from = 2025-01-01, cite = "Paper 1", value = 10 }]

[[condition]]
id = "size"
expr = "staff >= least"
say = { en = "Size", zh = "规模" }

[[case]]
note = "Ten are enough."
on = 2026-02-01
given = { staff = 10 }
expect = { eligible = true }

[[case]]
note = "Nine are not."
on = 2026-02-01
given = { staff = 9 }
expect = { eligible = false }
"""


def on(day):
    return clock.at(datetime.fromisoformat(f"{day}T10:00:00+08:00"))


def fed_season():
    """Firms that meet a rule are counted by the register; growth is reported, and the same everywhere."""
    spec = small()
    fed = replace(
        spec.indicators[0],
        measure="level",
        feed="registers.firms_passing",
        feed_parameters=(("rule", "trial-size"),),
    )
    growth = [
        Reported(who, "growth", Period.of("month", 2026, m), "5", recorded_at=datetime(2026, m + 1, 2, tzinfo=UTC))
        for who in ZONES
        for m in (1, 2, 3)
    ]
    bundle = Bundle(replace(spec, indicators=(fed, spec.indicators[1])), Readings(ReadingTable.of(growth)))
    season_import(bundle=bundle, by=None)
    return Season.objects.get(key="small")


def bring_in(day, **staff):
    """A list of firms of zones by their staff of last year, as it came in on a day."""
    places = places_by_key(ZONES)
    rows = [(zone, int(n)) for zone, numbers in staff.items() for n in numbers.split()]
    with on(day):
        bare = [f"919998{int(day.replace('-', ''))}{n:03d}" for n in range(len(rows))]
        codes = [b + check_sign(b) for b in bare]
        said_import(
            name=f"{day}.csv",
            said=Said(
                [Name(code, f"虚构{code[-4:]}号") for code in codes],
                [Address(code, places[zone].pk) for code, (zone, _n) in zip(codes, rows, strict=True)],
                [Fact(code, "staff", "2025", str(n)) for code, (_zone, n) in zip(codes, rows, strict=True)],
            ),
            by=None,
        )


def standing(season, period):
    """Firms by zone, and the zones in their order."""
    found = evaluation_of(newest_evaluated(season, str(period)))
    firms = {c.contestant: c.value for c in found.cells if c.indicator == "firms"}
    ranks = sorted(
        (s.rank, s.contestant) for s in found.standings if s.kind == "level" and s.scope == "overall"
    )  # fmt: skip
    return firms, [who for _rank, who in ranks]


def asked_of(season, period, *, known_at):
    """What the register says of a period as it was known at an instant."""
    indicator = season_of(newest(season)).indicator["firms"]
    answer = ask(
        on_offer().feed(indicator.feed),
        indicator=indicator,
        contestants=ZONES,
        period=period,
        parameters=dict(indicator.feed_parameters),
        known_at=known_at,
    )
    return {r.contestant: r.value for r in answer.readings}


def test_firms_and_a_parameter_move_the_next_cut_and_no_released_one(demo, person, signed_in):
    steward, second = person("steward"), person("steward2")
    with on("2026-02-20"):
        season = fed_season()
        rule = rule_begin_text(text=RULE, source="Paper 1", by=steward)
        rule_publish(draft=rule, seen=newest_save(rule).digest, since=date(2026, 1, 1), reason="Trial.", by=second)
    bring_in("2026-02-21", ash="30 12", elm="25", oak="8")
    with on("2026-03-06"):
        first = cut_freeze(season=season, period=FEBRUARY, by=steward)
        was = standing(season, FEBRUARY)
        version = released(season, "2026-02")
    files = (first.bundle_id, version.evaluated.result_id, CutRows.objects.get(cut=first).rows_id)
    kept = [blobs.get(b) for b in files]

    bring_in("2026-03-20", oak="50 60 70")
    with on("2026-03-21"):
        draft = draft_begin(rule=BookRule.objects.get(key="trial-size"), by=steward)
        param_set(
            draft=draft,
            param="least",
            start=date(2026, 3, 1),
            typed=Typed([("", "", "28")]),
            source="Paper 2",
            reason="Small ones are counted elsewhere.",
            seen=newest_save(draft).number,
            by=steward,
        )
        rule_publish(draft=draft, seen=newest_save(draft).digest, since=date(2026, 1, 1), reason="Paper 2.", by=second)
    with on("2026-04-06"):
        cut_freeze(season=season, period=MARCH, by=steward)
        steward_page = signed_in("steward")
        steward_page.post("/s/small/cuts/2026-02/feeds/")
        again = cut_freeze(season=season, period=FEBRUARY, by=steward)
        march_then = asked_of(season, MARCH, known_at=datetime(2026, 3, 10, tzinfo=UTC))
        rows = steward_page.get("/s/small/rows/oak/firms/?period=2026-03").content.decode()

    assert was == ({"ash": 2.0, "elm": 1.0, "oak": 0.0}, ["ash", "elm", "oak"])
    assert standing(season, MARCH) == ({"ash": 1.0, "elm": 0.0, "oak": 3.0}, ["oak", "ash", "elm"])
    assert march_then == {"ash": "2", "elm": "1", "oak": "0"}  # by the firms and the rule known on 10 March
    # February as it is known now: the firms that came late, by the parameter that held in February.
    assert again.number == 2
    assert standing(season, FEBRUARY)[0] == {"ash": 2.0, "elm": 1.0, "oak": 3.0}
    version.refresh_from_db()
    assert (version.evaluated.cut_id, version.number) == (first.pk, 1)
    assert CutRows.objects.get(cut=first).rows_id == files[2]
    assert kept == [blobs.get(b) for b in files]
    assert "3 rows, each counts once: 3" in rows
