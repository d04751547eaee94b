"""The weak-spot race: mean shortfall of the season, less a credit for what was repaired since."""

import math
from collections.abc import Sequence

from saima.engine.errors import Problem, SeasonRefused
from saima.engine.model.evaluation import Cell, WeakSpot
from saima.engine.model.history import CellThen, History, Published
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator, Node, Season

PARAMETERS = {"repair_credit": 0.5}


def race_weak_spots(
    season: Season, node: Node, cells: Sequence[Cell], history: History, period: Period
) -> tuple[WeakSpot, ...]:
    """Score every contestant that has a cell.

    Parameters
    ----------
    node : the race; its ``params`` may hold ``repair_credit``, from 0 to below 1 (default 0.5).
    cells : of the period; ``due_weight``, ``missing`` (0-1) and ``completion`` are read.
    history : published periods; those before ``period`` and inside the window count, as they were published.

    Returns
    -------
    In the order of ``season.contestants``. ``shortfall``, ``mean_shortfall``, ``repaired_share`` are 0-1,
    ``score`` 0-100.

    Raises
    ------
    SeasonRefused
        ``weak_spots.unknown_parameter``, ``weak_spots.repair_credit``.

    Notes
    -----
    docs/method/weak-spots.md: score = 100 x (1 - (past + now - credit x repaired) / periods). As the credit is below
    1, a shortfall that is repaired still costs, so dipping before a cut never pays.
    """
    credit = _credit(node)
    past = [p for p in history.before(period) if p.period in season.window]
    scored = {i.code: i for i in season.scored}
    now: dict[str, dict[str, Cell]] = {}
    for cell in cells:
        if cell.indicator in scored:
            now.setdefault(cell.contestant, {})[cell.indicator] = cell
    return tuple(_spot(c.code, scored, now[c.code], past, credit) for c in season.contestants if c.code in now)


def _spot(
    contestant: str,
    scored: dict[str, Indicator],
    cells: dict[str, Cell],
    past: Sequence[Published],
    credit: float,
) -> WeakSpot:
    shortfall = _weighted(scored, {i: (c.due_weight, c.missing) for i, c in cells.items() if c.due is not None})
    owed, repaired, periods = 0.0, 0.0, 1
    for published in past:
        then = {
            i: cell
            for (who, i), cell in published.cells.items()
            if who == contestant and i in scored and cell.due is not None and cell.due > 0
        }
        if not then:
            continue  # nothing was due from it: it did not race yet, or the whole period was free
        periods += 1
        owed += _weighted(scored, {i: (c.weight, c.missing) for i, c in then.items()})
        mended = {i: max(0.0, c.missing - _missing_now(scored[i], cells.get(i), c)) for i, c in then.items()}
        repaired += _weighted(scored, {i: (c.weight, mended[i]) for i, c in then.items()})
    return WeakSpot(
        contestant=contestant,
        shortfall=shortfall,
        mean_shortfall=(owed + shortfall) / periods,
        repaired_share=repaired / owed if owed > 0 else None,
        score=100 * (1 - (owed + shortfall - credit * repaired) / periods),
        first=periods == 1,
    )


def _weighted(scored: dict[str, Indicator], parts: dict[str, tuple[float, float]]) -> float:
    """Weighted mean of the second figure; plain indicator weights where a season without composite has no others."""
    weights = {i: w for i, (w, _) in parts.items()}
    if not any(weights.values()):
        weights = {i: scored[i].weight for i in parts}
    total = math.fsum(weights.values())  # exact sums: the order of rows in a file must not show
    return math.fsum(weights[i] * missing for i, (_, missing) in parts.items()) / total if total else 0.0


def _missing_now(indicator: Indicator, cell: Cell | None, then: CellThen) -> float:
    """Share of what was due then that is still missing with today's figure."""
    if cell is None or cell.completion is None or then.due is None:
        return 1.0
    if indicator.ceiling:
        # Completion of a ceiling moves with what is due, so April's cannot be compared with December's: what
        # counts as repaired is being back under the ceiling now.
        return cell.missing if cell.due is not None else 1.0
    return min(1.0, max(0.0, 1 - cell.completion / then.due))


def _credit(node: Node) -> float:
    for name in sorted(set(node.params) - set(PARAMETERS)):
        raise SeasonRefused(
            Problem(
                "weak_spots.unknown_parameter",
                {"race": node.title, "parameter": name, "allowed": tuple(sorted(PARAMETERS))},
            )
        )
    credit = node.params.get("repair_credit", PARAMETERS["repair_credit"])
    if not 0 <= credit < 1:
        raise SeasonRefused(Problem("weak_spots.repair_credit", {"race": node.title, "credit": float(credit)}))
    return float(credit)
