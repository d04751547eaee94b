"""Steps that are equal but for the last bits of a float are no spread to measure others by."""

import numpy as np

from saima.engine.integrity.context import modified_z


def test_steps_equal_but_for_their_last_bits_are_not_a_spread():
    steps = np.diff(np.arange(1, 12) / 12)  # ten times one twelfth, in floats
    sample = np.append(steps, [2 / 12, 2 / 12])

    z, _ = modified_z(np.array([2 / 12]), sample[None, :])

    assert len(set(steps)) > 1
    assert abs(z[0]) < 5
