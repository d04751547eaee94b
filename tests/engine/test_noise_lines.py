"""Rules that are straight lines within reach of their noise are scored as such, and every draw scores the same."""

import numpy as np
import pytest

from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Readings, ReadingTable
from saima.engine.model.season import Noise, ScoreRule
from saima.engine.race.board import board_of
from saima.engine.race.draws import stream
from saima.engine.race.lines import line_of
from saima.engine.race.noise import NoisyColumn, widening
from seasons import indicator, month, readings, season


@pytest.mark.parametrize(
    ("rule", "measure", "better", "straight"),
    [
        (ScoreRule("capped", "completion", {"cap": 1.2}), "cumulative", "higher", True),
        (ScoreRule("capped", "completion", {"cap": 1.2, "over_slope": 0.5}), "cumulative", "higher", True),
        (ScoreRule("capped", "pace", {"cap": 1.5}), "level", "higher", True),
        (ScoreRule("capped", "pro_rata", {"full": 10, "bonus_cap": 4}), "cumulative", "lower", True),
        (ScoreRule("capped", "completion"), "level", "lower", False),
        (ScoreRule("capped", "bands", {}, ((0, 10), (60, 90))), "level", "higher", False),
    ],
)
def test_a_rule_taken_for_a_line_scores_every_draw_as_the_rule_does(rule, measure, better, straight):
    noisy = indicator("jobs", measure=measure, better=better, noise=Noise("relative", 0.2))
    rows = readings({"ash": {"jobs": 95}, "birch": {"jobs": 40}}, month(12))
    built = season(noisy, score_rules=(rule,))
    board = board_of(built, Readings(ReadingTable.of(rows)), Projects(), History(), AsOf(month(12)))
    wider = widening(board)

    line = line_of(board, 0, wider)

    assert (line is not None) == straight
    columns = (NoisyColumn(board, 0, wider, kind) for kind in (line, None))
    found, expected = (column.scores(stream(1, 2), np.empty((500, 3))) for column in columns)
    assert np.allclose(found, expected, rtol=0, atol=1e-7, equal_nan=True)
