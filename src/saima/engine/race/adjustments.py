"""The ledger: every alteration of a number on its way to a score is a row, with its effect."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from saima.engine.model.evaluation import Adjustment
from saima.engine.model.inputs import AsOf, Readings
from saima.engine.race.board import Board
from saima.engine.race.cells import number
from saima.engine.race.sheet import LATE, REJECTED_STATUS
from saima.engine.race.tree import slopes


def ledger(board: Board, readings: Readings, as_of: AsOf) -> tuple[Adjustment, ...]:
    """All alterations of one evaluation, in a stable order."""
    rows = [*_clips(board), *_carried(board), *_stand_ins(board), *_corrections(board), *_given(board, readings, as_of)]
    return tuple(sorted(rows, key=lambda a: (a.kind, a.contestant, a.subject)))


def _clips(board: Board) -> Iterator[Adjustment]:
    season, sheet = board.season, board.sheet
    difference = sheet.score - sheet.unclipped
    with np.errstate(invalid="ignore"):
        moved = np.abs(difference) > 1e-9
        effect = difference * board.slope
    for c, n in np.argwhere(moved).tolist():
        contestant, indicator = season.contestants[c], season.indicators[n]
        kind: Literal["cap", "floor"] = "cap" if difference[c, n] < 0 else "floor"
        before, after = float(sheet.unclipped[c, n]), float(sheet.score[c, n])
        yield Adjustment(
            kind,
            contestant.code,
            indicator.code,
            before,
            after,
            float(effect[c, n]),
            f"adjusted.{kind}",
            {
                "contestant": contestant.title,
                "indicator": indicator.title,
                "score": indicator.score,
                "before": round(before, 2),
                "after": round(after, 2),
            },
        )


def _carried(board: Board) -> Iterator[Adjustment]:
    season, sheet = board.season, board.sheet
    for c, n in np.argwhere(sheet.carried):
        contestant, indicator = season.contestants[c], season.indicators[n]
        from_period = board.known.periods[int(sheet.slot[c, n])]
        value = float(sheet.filled[c, n])
        yield Adjustment(
            "carried",
            contestant.code,
            indicator.code,
            None,
            value,
            number(board.contribution[c, n]),
            "adjusted.carried",
            {
                "contestant": contestant.title,
                "indicator": indicator.title,
                "after": value,
                "period": str(from_period),
            },
        )


def _stand_ins(board: Board) -> Iterator[Adjustment]:
    """Children of a node that were missing: floored, given the class mean, or left out."""
    season = board.season
    for branch in board.tree.branches:
        joined = board.joined[branch.node.code]
        if branch.node.code in board.leaves:
            continue
        titles = [season.indicators[n].title for n in branch.columns] + [season.node[c].title for c in branch.nodes]
        subjects = [season.indicators[n].code for n in branch.columns] + [f"node:{c}" for c in branch.nodes]
        points = slopes(joined) * np.nan_to_num(joined.scores) * board.multiplier[branch.node.code][:, None]
        left_out = np.zeros(joined.filled.shape, bool)
        if branch.missing == "exclude":
            status = board.sheet.status[:, list(branch.columns)]
            left_out[:, : len(branch.columns)] = (status >= LATE) & (status <= REJECTED_STATUS)
        counted = (board.sheet.racing & ~joined.taken_as_given)[:, None]
        for c, k in np.argwhere(counted & (joined.filled | left_out)):
            contestant, subject = season.contestants[c], subjects[k]
            named = {"contestant": contestant.title, "subject": titles[k]}
            if joined.filled[c, k]:
                after = float(joined.scores[c, k])
                mean = branch.missing == "class_mean"
                yield Adjustment(
                    "class_mean" if mean else "floored_missing",
                    contestant.code,
                    subject,
                    None,
                    after,
                    float(points[c, k]),
                    "adjusted.class_mean" if mean else "adjusted.floored_missing",
                    {**named, "after": round(after, 2)},
                )
            else:
                yield Adjustment("reweighted", contestant.code, subject, None, None, None, "adjusted.reweighted", named)


def _corrections(board: Board) -> Iterator[Adjustment]:
    season = board.season
    for correction, before, after in board.known.corrected:
        if correction.period != board.period:
            continue
        params: dict[str, object] = {
            "contestant": season.contestant[correction.contestant].title,
            "indicator": season.indicator[correction.indicator].title,
            "period": str(correction.period),
            "reason": correction.reason,
        }
        if before is not None:
            params["before"] = before
        if after is not None:
            params["after"] = after
        if correction.action == "move":
            params["to_indicator"] = season.indicator[correction.to_indicator].title
        yield Adjustment(
            "correction",
            correction.contestant,
            correction.indicator,
            before,
            after,
            None,
            f"adjusted.correction_{correction.action}",
            params,
        )


def _given(board: Board, readings: Readings, as_of: AsOf) -> Iterator[Adjustment]:
    """Scores taken as published, of several for one cell the one that counts: the last recorded."""
    season = board.season
    source = {
        (g.contestant, g.node): g.source
        for g in sorted(readings.given_scores, key=lambda g: (g.recorded_at, g.node, g.contestant))
        if g.period == as_of.period and (as_of.known_at is None or g.recorded_at <= as_of.known_at)
    }
    places = {c.code: n for n, c in enumerate(season.contestants)}
    for (contestant, node), where in source.items():
        after = float(board.given[node][places[contestant]])
        yield Adjustment(
            "given",
            contestant,
            f"node:{node}",
            None,
            after,
            None,
            "adjusted.given",
            {
                "contestant": season.contestant[contestant].title,
                "subject": season.node[node].title,
                "after": round(after, 2),
                "source": where,
            },
        )
