"""How much an indicator really decides: its nominal weight against its share of the variance of the score."""

import numpy as np

from saima.engine.model.evaluation import Importance
from saima.engine.model.known import FloatArray
from saima.engine.race.board import Board
from saima.engine.race.cells import number
from saima.engine.race.tree import nominal_weights

FEWEST: int = 4
_NINETY = 1.6448536269514722


def importance(board: Board) -> tuple[Importance, ...]:
    """Every scored indicator in the season's order; empty when nothing can be said about any.

    Notes
    -----
    docs/method/importance.md. The share is cov(c_j, S) / var(S), where c_j is what the indicator contributes to the
    score S: w_j y_j under arithmetic means, as in Paruolo, Saisana and Saltelli (2013). Contributions add up to the
    score, so shares add up to 1 where every score is made of indicators. ``low`` and ``high`` are the share -+ 1.645
    jackknife standard errors. None with fewer than 4 ranked contestants, or when all have the same score.
    """
    season, weights = board.season, nominal_weights(board.tree)
    share = np.full(len(season.indicators), np.nan)
    error = np.full(len(season.indicators), np.nan)
    for top in board.tree.tops:
        columns = _columns(board, top)
        total = board.joined[top].total
        here = board.sheet.ranked & np.isfinite(total)
        if here.sum() >= FEWEST and columns:
            shares = _shares(board.contribution[here][:, columns], total[here])
            share[columns], error[columns] = shares
    return tuple(
        Importance(
            i.code,
            float(weights[n]),
            number(share[n]),
            number(share[n] - _NINETY * error[n]),
            number(share[n] + _NINETY * error[n]),
        )
        for n, i in enumerate(season.indicators)
        if i.role == "scored"
    )


def _columns(board: Board, top: str) -> list[int]:
    branch = board.tree.branch[top]
    return [*branch.columns, *(n for code in branch.nodes for n in _columns(board, code))]


def _shares(parts: FloatArray, total: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Variance shares and their jackknife standard errors; parts (contestants, indicators), total (contestants,)."""
    n = len(total)
    part, whole = parts - parts.mean(0), total - total.mean()
    product, square = part * whole[:, None], whole**2
    spread = float(square.sum())
    if spread <= 1e-18 * max(1.0, float((total**2).sum())):
        return np.full(parts.shape[1], np.nan), np.full(parts.shape[1], np.nan)
    share: FloatArray = product.sum(0) / spread
    # Without one contestant, sums of products about the new mean: P - p_i n / (n - 1).
    left = n / (n - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Where all but one have the same score, nothing is left to share out without it: there is no error to give.
        without = (product.sum(0) - left * product) / (spread - left * square)[:, None]
        error: FloatArray = np.sqrt((n - 1) / n * ((without - without.mean(0)) ** 2).sum(0))
    return share, error
