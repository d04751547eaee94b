"""Figures rounded all at once are rounded as each alone, at every half and every size."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.model.decimals import all_rounded, rounded

NEAR_HALVES = st.builds(
    lambda whole, decimals, nudge: float(np.nextafter((whole + 0.5) / 10**decimals, nudge)),
    st.integers(-(10**9), 10**9),
    st.integers(0, 8),
    st.sampled_from([-np.inf, 0.0, np.inf]),
)


@settings(max_examples=200)
@given(st.lists(NEAR_HALVES | st.floats(-1e18, 1e18), min_size=1, max_size=20), st.integers(0, 8))
def test_rounding_together_equals_rounding_alone(values, decimals):
    assert all_rounded(np.array(values), decimals).tolist() == [rounded(v, decimals) for v in values]


def test_a_half_goes_away_from_zero_whatever_its_last_bits():
    assert all_rounded(np.array([2.675, -2.675, 0.1 + 0.2 + 0.005]), 2).tolist() == [2.68, -2.68, 0.31]
