"""Figures that cannot be of their measure: broken counts, half yes-no answers, completion beyond any percentage."""

from collections.abc import Iterator

import numpy as np

from saima.engine.integrity.context import Context
from saima.engine.model.evaluation import Finding
from saima.engine.model.season import Measure

MOST_COMPLETION = 1000.0


def fraction(context: Context) -> Iterator[Finding]:
    """A count that is not whole in base units (a count kept in 10,000 may have four decimals). Error."""
    scale = np.array([i.scale for i in context.season.indicators])
    exact = context.now * scale
    wrong = _measure(context, "count") & (np.abs(exact - np.round(exact)) > 1e-6)
    yield from context.found("fraction", "error", wrong, "fraction", value=context.now)


def negative(context: Context) -> Iterator[Finding]:
    """A count below 0. Error."""
    wrong = _measure(context, "count") & (context.now < 0)
    yield from context.found("negative", "error", wrong, "negative", value=context.now)


def yes_no(context: Context) -> Iterator[Finding]:
    """A yes-no figure other than 0 and 1. Error."""
    there = np.isfinite(context.now)
    wrong = _measure(context, "yes-no") & there & (context.now != 0) & (context.now != 1)
    yield from context.found("yes-no", "error", wrong, "yes_no", value=context.now)


def completion_range(context: Context) -> Iterator[Finding]:
    """A completion percentage below 0 or above 1000. Error: a share typed as a percentage, or the wrong column."""
    wrong = _measure(context, "completion") & ((context.now < 0) | (context.now > MOST_COMPLETION))
    yield from context.found("completion-range", "error", wrong, "completion_range", value=context.now)


def _measure(context: Context, measure: Measure) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.array([i.measure == measure for i in context.season.indicators], bool)
