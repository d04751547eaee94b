"""The ledger: every alteration of a number on its way to a score is a row, with its effect."""

from collections.abc import Iterator

import numpy as np

from saima.engine.model.evaluation import Adjustment
from saima.engine.model.inputs import AsOf, Readings
from saima.engine.race.board import Board
from saima.engine.race.cells import number
from saima.engine.race.sheet import LATE, REJECTED_STATUS


def ledger(board: Board, readings: Readings, as_of: AsOf) -> tuple[Adjustment, ...]:
    """All alterations of one evaluation, in a stable order."""
    rows = [*_clips(board), *_carried(board), *_stand_ins(board), *_corrections(board), *_given(board, readings, as_of)]
    return tuple(sorted(rows, key=lambda a: (a.kind, a.contestant, a.subject)))


def _clips(board: Board) -> Iterator[Adjustment]:
    season, sheet = board.season, board.sheet
    difference = sheet.score - sheet.unclipped
    with np.errstate(invalid="ignore"):
        moved = np.abs(difference) > 1e-9
    for c, n in np.argwhere(moved):
        contestant, indicator = season.contestants[c], season.indicators[n]
        kind = "cap" if difference[c, n] < 0 else "floor"
        before, after = float(sheet.unclipped[c, n]), float(sheet.score[c, n])
        yield Adjustment(
            "cap" if kind == "cap" else "floor",
            contestant.code,
            indicator.code,
            before,
            after,
            float(difference[c, n] * board.slope[c, n]),
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
    waiting = (sheet.status >= LATE) & (sheet.status <= REJECTED_STATUS) & ~np.isnan(sheet.filled)
    for c, n in np.argwhere(waiting):
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
        multiplier = board.multiplier[branch.node.code]
        for c in np.flatnonzero(board.sheet.racing & ~joined.taken_as_given):
            for k, subject in enumerate(subjects):
                contestant = season.contestants[c]
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
                        float(joined.weights[c, k] * after * multiplier[c]),
                        "adjusted.class_mean" if mean else "adjusted.floored_missing",
                        {**named, "after": round(after, 2)},
                    )
                elif branch.missing == "exclude" and k < len(branch.columns):
                    column = branch.columns[k]
                    if LATE <= board.sheet.status[c, column] <= REJECTED_STATUS:
                        yield Adjustment(
                            "reweighted", contestant.code, subject, None, None, None, "adjusted.reweighted", named
                        )


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
    season = board.season
    for g in readings.given_scores:
        if g.period == as_of.period and (as_of.known_at is None or g.recorded_at <= as_of.known_at):
            yield Adjustment(
                "given",
                g.contestant,
                f"node:{g.node}",
                None,
                g.score,
                None,
                "adjusted.given",
                {
                    "contestant": season.contestant[g.contestant].title,
                    "subject": season.node[g.node].title,
                    "after": round(g.score, 2),
                    "source": g.source,
                },
            )
