"""One pure function: season, readings, projects, history, as of, seed -> Evaluation."""

import numpy as np

from saima import __version__
from saima.engine.errors import HistoryRefused, Problem, SeasonRefused
from saima.engine.integrity import findings
from saima.engine.model.decimals import canonical_float
from saima.engine.model.digest import data_digest, history_digest, received_by, spec_digest
from saima.engine.model.evaluation import Cell, Evaluation, NodeScore, RankPoint, Series, Standing
from saima.engine.model.history import History
from saima.engine.model.inputs import ORIGINS, STATES, AsOf, Projects, Readings, Received
from saima.engine.model.known import NOTHING, FloatArray
from saima.engine.model.records import records
from saima.engine.model.season import RELATIVE_RULES, Season
from saima.engine.race.adjustments import ledger
from saima.engine.race.board import Board, board_of
from saima.engine.race.cells import bare_columns, cell_columns, number, numbers
from saima.engine.race.check import check_season
from saima.engine.race.constraints import proposals
from saima.engine.race.gap import gaps
from saima.engine.race.importance import importance
from saima.engine.race.lights import issued_by, memory, now_of
from saima.engine.race.pace import due_share
from saima.engine.race.progress import movement, past_sheet
from saima.engine.race.projection import project
from saima.engine.race.sheet import PRESENT, counted, counting
from saima.engine.race.standings import standings_of
from saima.engine.race.tree import roll_up
from saima.engine.race.uncertainty import uncertainty


def evaluate(
    season: Season, readings: Readings, projects: Projects, history: History, as_of: AsOf, seed: int
) -> Evaluation:
    """Everything a bulletin says about one period.

    Parameters
    ----------
    season, readings, projects, history : what is known. Later periods, later records and the history of this and
        later periods are not looked at, so a published period never changes when more arrives.
    as_of : the period, and the instant up to which records count.
    seed : of the drawn statistics; everything else does not depend on it.

    Raises
    ------
    SeasonRefused
        The season does not hold together: every problem by name.
    ReadingsRefused
        A figure cannot be scored: names contestant, indicator and rule.
    HistoryRefused
        ``evaluate.outside_window``: the period is not one of the season's.

    Notes
    -----
    docs/method/evaluate.md walks through it in order.
    """
    problems = check_season(season)
    if problems:
        raise SeasonRefused(problems)
    if as_of.period.frequency != season.frequency or as_of.period not in season.window:
        raise HistoryRefused(
            Problem(
                "evaluate.outside_window",
                {
                    "period": str(as_of.period),
                    "season": season.title,
                    "first": str(season.window.first),
                    "last": str(season.window.last),
                },
            )
        )
    return _evaluated(season, readings, projects, history, as_of, seed)


def _evaluated(
    season: Season, readings: Readings, projects: Projects, history: History, as_of: AsOf, seed: int
) -> Evaluation:
    board = board_of(season, readings, projects, history, as_of)
    moved = movement(board)
    cells = _cells(board, readings)
    doubt = uncertainty(board, seed)
    found = standings_of(board, moved, history, doubt.places)
    overall = [s for s in found.standings if s.scope == "overall" and s.kind == "level"]
    light_now = issued_by(cells, board.projects)
    past = history.until(as_of.period)
    return Evaluation(
        season=season,
        period=as_of.period,
        known_at=as_of.known_at,
        seed=seed,
        engine_version=__version__,
        spec_digest=spec_digest(season),
        data_digest=data_digest(readings, projects, as_of),
        history_digest=history_digest(past),
        standings=found.standings,
        not_ranked=found.not_ranked,
        cells=cells,
        nodes=_nodes(board),
        lights=memory(
            past, as_of.period, now_of(season, cells if past.published else ()), light_now, season.light_from
        ),
        adjustments=ledger(board, readings, as_of),
        findings=findings(season, board.known, readings, as_of),
        medals=found.medals,
        proposals=proposals(season, board.known, cells, overall, history, as_of.period),
        projects=board.projects,
        weak_spots=board.weak_spots,
        importance=importance(board),
        gaps=gaps(board, overall),
        intervals=doubt.intervals,
        uncertainty=doubt.scopes,
        periods=tuple(p for p in season.window if p <= as_of.period),
        series=_series(board),
        ranks=_rank_points(past, found.standings, as_of),
        received=_received(readings, as_of),
        reverses_ranks=_reverses_ranks(season),
    )


def _cells(board: Board, readings: Readings) -> tuple[Cell, ...]:
    season, sheet, known, table = board.season, board.sheet, board.known, readings.table
    columns = cell_columns(sheet)
    bare = bare_columns(sheet)
    ahead = project(season, known, board.period)
    slot = sheet.slot[:, columns]
    c_at, n_at = np.arange(len(slot))[:, None], np.array([columns])
    there = slot != NOTHING
    row = np.where(there, known.row[c_at, n_at, slot], NOTHING)
    state = np.where(there, known.state[c_at, n_at, slot], NOTHING)
    reported, present = row != NOTHING, sheet.status[:, columns] == PRESENT
    revision = np.zeros_like(row)
    # A figure that counts without a reading of its own is a correction's.
    origin = np.where(present, ORIGINS.index("correction"), NOTHING)
    revision[reported], origin[reported] = table.revision[row[reported]], table.origin[row[reported]]
    rows = row.ravel().tolist()
    texts = zip(rows, (reported & present).ravel().tolist(), bare["value"], strict=True)
    found = records(
        Cell,
        **bare,
        text=[table.text[r] if as_reported else _text(value) for r, as_reported, value in texts],
        state=[None if s == NOTHING else STATES[s] for s in state.ravel().tolist()],
        origin=[None if o == NOTHING else ORIGINS[o] for o in origin.ravel().tolist()],
        note=[table.note.get(r, "") for r in rows],
        evidence=[table.evidence.get(r, "") for r in rows],
        revision=revision.ravel().tolist(),
        score=numbers(board.used[:, columns]),
        weight=board.weight[:, columns].ravel().tolist(),
        contribution=board.contribution[:, columns].ravel().tolist(),
        base_index=numbers(_base_index(board)[:, columns]),
        required_rate=numbers(ahead.required_rate[:, columns]),
        projected=numbers(ahead.projected[:, columns]),
        projected_low=numbers(ahead.projected_low[:, columns]),
        projected_high=numbers(ahead.projected_high[:, columns]),
        p_target=numbers(ahead.p_target[:, columns]),
    )
    return tuple(found)


def _text(value: float | None) -> str:
    """Canonical text of a figure a correction put there; empty for none."""
    return "" if value is None else canonical_float(value)


def _base_index(board: Board) -> FloatArray:
    """Figures as an index, 100 = the base period's figure of the same contestant."""
    base = board.season.base_period
    at = None if base is None else board.known.at(base)
    if at is None:
        return np.full(board.sheet.raw.shape, np.nan)
    columns = range(len(board.season.indicators))
    counts = np.stack([counting(board.season, board.known, n, at) for n in columns], 1)
    then = np.where(counts & (board.known.value[:, :, at] > 0), board.known.value[:, :, at], np.nan)
    return 100 * board.sheet.raw / then


def _nodes(board: Board) -> tuple[NodeScore, ...]:
    season = board.season
    base = season.base_period
    then: dict[str, FloatArray] = {}
    if base is not None and base < board.period and board.known.at(base) is not None:
        sheet = past_sheet(board, base)
        nobody = {code: np.full(len(season.contestants), np.nan) for code in board.leaves}
        then = {
            code: joined.total
            for code, joined in roll_up(board.tree, sheet.score, sheet.absent, sheet.ranked, nobody).items()
        }
    found = []
    for branch in reversed(board.tree.branches):
        code = branch.node.code
        joined = board.joined[code]
        points = board.node_contribution[code]
        for c, contestant in enumerate(season.contestants):
            was = then[code][c] if code in then else np.nan
            found.append(
                NodeScore(
                    contestant=contestant.code,
                    node=code,
                    score=number(joined.total[c]),
                    contribution=float(points[c]),
                    weight=float(board.node_weight[code][c]),
                    available=float(joined.available[c]),
                    base_index=number(100 * joined.total[c] / was) if np.isfinite(was) and was > 0 else None,
                )
            )
    return tuple(found)


def _series(board: Board) -> tuple[Series, ...]:
    """One series of values and completions per contestant and scored or shown indicator."""
    season, known, sheet = board.season, board.known, board.sheet
    periods = [p for p in season.window if p <= board.period]
    slots = [(k, slot) for k, slot in enumerate(known.at(p) for p in periods) if slot is not None]
    columns = cell_columns(sheet)
    values = np.full((*sheet.score.shape, len(periods)), np.nan)
    values[:, :, [k for k, _ in slots]] = counted(season, known)[:, :, [slot for _, slot in slots]]
    done = np.full(values.shape, np.nan)
    dues: dict[tuple[object, ...], FloatArray] = {}
    for n in columns:
        indicator = season.indicators[n]
        alike = indicator.measure, indicator.curve, indicator.due_months
        if alike not in dues:
            dues[alike] = np.array([[due_share(season, indicator, p) or np.nan] for p in periods])
        reached = sheet.completion_of(n, values[:, n].T / sheet.denominator[:, n], dues[alike])
        done[:, n] = np.where(np.isnan(dues[alike]), np.nan, reached).T
    found = records(
        Series,
        contestant=[c.code for c in season.contestants for _ in columns],
        indicator=[season.indicators[n].code for n in columns] * len(season.contestants),
        values=_rows(values[:, columns]),
        completions=_rows(done[:, columns]),
    )
    return tuple(found)


def _rows(values: FloatArray) -> list[tuple[float | None, ...]]:
    """Rows on the last axis, None for NaN."""
    return [*zip(*[iter(numbers(values))] * values.shape[-1], strict=True)]


def _received(readings: Readings, as_of: AsOf) -> tuple[Received, ...]:
    return tuple(sorted(received_by(readings, as_of), key=lambda r: (r.contestant, r.published, r.title, r.source)))


def _rank_points(past: History, standings: tuple[Standing, ...], as_of: AsOf) -> tuple[RankPoint, ...]:
    """Published ranks and the present ones, without indicator scopes: what the bump chart draws."""
    points = [
        RankPoint(contestant, scope, "progress" if kind == "progress" else "level", period, then.rank, then.score)
        for period, published in sorted(past.by_period.items())
        for (scope, kind, contestant), then in sorted(published.ranks.items())
        if not scope.startswith("indicator:")
    ]
    points += [
        RankPoint(s.contestant, s.scope, s.kind, as_of.period, s.rank, s.score)
        for s in standings
        if not s.scope.startswith("indicator:")
    ]
    return tuple(points)


def _reverses_ranks(season: Season) -> bool:
    """Whether one contestant's coming or going can change what others score or how they stand to each other."""
    relative = any(season.score_rule[i.score].rule in RELATIVE_RULES for i in season.scored)
    means = season.missing == "class_mean" or any(n.missing == "class_mean" for n in season.nodes)
    return relative or means or season.overall == "medals"
