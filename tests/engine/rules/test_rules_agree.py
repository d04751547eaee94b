"""Bulk, scalar and slow evaluator say the same: of firms on the boundaries of every preset, and of random rules.

Compared are eligible, misses, every condition, points and amount. Here, for each preset, bulk and the slow evaluator on
1,500 firms and the scalar one on the first 400 of them, most exactly on a boundary or one unit beside it, some with
missing figures and zeros below the line. All three on 20,000 firms of every preset take minutes:
``python -m benchmarks rules-agree``.
"""

import pytest
from agreement import a_day_of, first_difference, held_by, in_bulk, one_by_one, slowly
from drawn_firms import drawn_firms
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from made_rules import firms_of, rules

from saima.engine.rules import check
from saima.presets import presets

DECIDED = sorted(r.id for r in presets().values() if r.status != "empty")
FIRMS, FIRMS_ONE_BY_ONE = 1_500, 400


@pytest.mark.parametrize("rule_id", DECIDED)
def test_presets_agree_on_firms_at_their_boundaries(rule_id):
    rule = presets()[rule_id]
    on = a_day_of(rule)
    firms, held = drawn_firms(rule, on, FIRMS, seed=5), held_by(rule, FIRMS)
    some, held_by_some = firms[:FIRMS_ONE_BY_ONE], held[:FIRMS_ONE_BY_ONE]

    slow = slowly(rule, firms, held, on)

    assert first_difference(firms, slow, in_bulk(rule, firms, held, on)) == ""
    assert first_difference(some, slow[:FIRMS_ONE_BY_ONE], one_by_one(rule, some, held_by_some, on)) == ""
    assert len({a.eligible for a in slow}) == 3  # some pass, some fail, some cannot be told


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), st.integers(0, 99))
def test_random_rules_agree(rule, seed):
    assume(not check(rule))  # refused are those whose numbers may become too wide
    on = a_day_of(rule)
    firms = firms_of(rule, 40, seed)
    held = held_by(rule, len(firms))

    slow = slowly(rule, firms, held, on)

    assert first_difference(firms, slow, in_bulk(rule, firms, held, on)) == ""
    assert first_difference(firms, slow, one_by_one(rule, firms, held, on)) == ""
