"""What a draft would change over the register: who gains, loses, stays open, and the money, as three values."""

import csv
import io
from datetime import date

import pytest

from saima.engine.rules import evaluate_one
from saima.server.registers.models import Enterprise
from saima.server.registers.queries.columns import register_at
from saima.server.registers.queries.rule_whatif import whatif
from saima.server.registers.queries.rulebook import draft_of, drafted, newest_save, rule_at, rule_row

pytestmark = pytest.mark.django_db
AWARD, JULY = "demo-rd-award", date(2026, 7, 1)


def both():
    return rule_at(AWARD, JULY), drafted(newest_save(draft_of(rule_row(AWARD))).text).rule


def test_the_register_at_once_says_what_each_firm_alone_is_told(demo):
    old, new = both()

    found = whatif(old, new, JULY)

    register = register_at(JULY, keys=new.inputs)
    verdicts = [
        [evaluate_one(r, register.given(n), on=JULY, held=register.held_by(n)) for r in (old, new)]
        for n in range(len(register))
    ]
    assert [(f.before, f.after) for f in found.firms] == [(a.eligible, b.eligible) for a, b in verdicts]
    fen = [None if b.amount is None else int(b.amount * 100) for _, b in verdicts]
    assert [f.money_after for f in found.firms] == fen
    assert {"gains", "money", "open", "same"} <= found.counts.keys()
    for firm, (_, verdict) in zip(found.firms, verdicts, strict=True):
        assert set(firm.lacks) == set(verdict.missing) or verdict.eligible is not None


def test_places_add_up_and_missing_figures_are_open_not_lost(demo):
    found = whatif(*both(), JULY)

    whole = found.whole
    for name in ("firms", "before", "after", "gains", "loses", "open", "money_before", "money_after"):
        assert sum(getattr(p, name) for p in found.places) == getattr(whole, name)
    assert whole.difference > 0
    assert whole.open == sum(f.after is None for f in found.firms)
    assert all(f.lacks for f in found.those("open"))


def test_without_a_version_before_everybody_who_meets_it_is_new(demo):
    _, new = both()

    found = whatif(None, new, JULY)

    assert found.whole.before == 0
    assert found.whole.gains == found.whole.after > 0


def test_the_page_begins_on_the_day_of_the_change_and_its_file_has_every_firm(demo, signed_in):
    leader = signed_in("leader")

    page = leader.get(f"/registers/rules/{AWARD}/draft/whatif/").content.decode()
    text = leader.get(f"/registers/rules/{AWARD}/draft/whatif/file/?on=2026-07-01&change=gains").content.decode()

    found = whatif(*both(), JULY)
    assert 'value="2026-07-01"' in page
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    assert [r[0] for r in rows] == [f.uscc for f in found.those("gains")]
    assert signed_in("crane").get(f"/registers/rules/{AWARD}/draft/whatif/").status_code == 403


def test_it_asks_as_much_of_many_firms_as_of_few(demo, django_assert_max_num_queries):
    old, new = both()
    assert Enterprise.objects.count() >= 300

    with django_assert_max_num_queries(7):
        whatif(old, new, JULY)
