"""What the page of projections says of its interval: 80 % where its assumptions hold, and when not to trust it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "projection.py"


@pytest.fixture(scope="module")
def made():
    spec = importlib.util.spec_from_file_location("projection_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def asked(made, shape, curve=None):
    rng = np.random.Generator(np.random.PCG64(7))
    return {m: (cover, error, rate) for m, cover, error, rate in made.asked(shape(rng, 600), curve)}


def test_the_interval_covers_four_in_five_where_months_are_alike(made):
    got = asked(made, made.steady)

    assert all(0.74 <= cover <= 0.86 for cover, _, _ in got.values()), got
    assert all(error == pytest.approx(rate) for _, error, rate in got.values())


def test_an_even_curve_for_work_done_late_covers_nothing_and_a_curve_from_the_past_cuts_the_error(made):
    past = made.late(np.random.Generator(np.random.PCG64(8)), 50)
    curve = (past / past[:, -1:]).mean(0)
    curve[-1] = 1.0

    even, drawn = asked(made, made.late), asked(made, made.late, curve)

    assert all(cover < 0.05 for cover, _, _ in even.values())
    assert all(drawn[m][1] < 0.5 * drawn[m][2] for m in drawn)
    assert all(0.3 < cover < 0.85 for cover, _, _ in drawn.values())
