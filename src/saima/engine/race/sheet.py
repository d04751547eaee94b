"""Everything about one period that scoring reads: what counts, what is missing and why, completion, due, pace."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.evaluation import Status
from saima.engine.model.known import NOT_APPLICABLE, NOTHING, REJECTED, REPORTED, VERIFIED, FloatArray, Known
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator, Missing, Season
from saima.engine.race.pace import completion, due_share, needs_target
from saima.engine.race.scores import BoolArray, Inputs, score

STATUSES: Final[tuple[Status, ...]] = ("present", "not_due", "late", "unverified", "rejected", "not_applicable")
PRESENT, NOT_DUE, LATE, UNVERIFIED, REJECTED_STATUS, NOT_APPLICABLE_STATUS = range(len(STATUSES))


@dataclass(frozen=True, eq=False)
class Sheet:
    """One period on the season's axes, (contestants, indicators) unless said otherwise.

    ``raw`` is the figure as reported and ``value`` after denominator, before transform; both NaN unless present.
    ``filled`` is ``value`` with carried-forward figures put in where the season says so. ``status`` indexes STATUSES;
    ``slot`` is the place on Known's period axis the figure comes from (an earlier one when held or carried), -1 for
    none. ``due`` (indicators,) is NaN where not due. ``target`` and ``baseline`` are NaN where there is none.
    ``score`` and ``unclipped`` come from ``filled``. ``racing`` and ``ranked`` : (contestants,).
    """

    season: Season
    period: Period
    raw: FloatArray
    value: FloatArray
    filled: FloatArray
    status: np.ndarray
    slot: np.ndarray
    due: FloatArray
    target: FloatArray
    baseline: FloatArray
    completion: FloatArray
    late: BoolArray
    score: FloatArray
    unclipped: FloatArray
    racing: BoolArray
    ranked: BoolArray
    denominator: FloatArray

    @property
    def pace(self) -> FloatArray:
        return self.completion / self.due

    @property
    def absent(self) -> BoolArray:
        """Not due or not applicable: nobody's fault, left out of the weights."""
        found: BoolArray = (self.status == NOT_DUE) | (self.status == NOT_APPLICABLE_STATUS)
        return found

    @property
    def scored(self) -> BoolArray:
        """Which indicators are scored, (indicators,)."""
        return np.array([i.role == "scored" for i in self.season.indicators], bool)

    @property
    def carried(self) -> BoolArray:
        """An earlier figure stands in for one that is missing."""
        found: BoolArray = (self.status >= LATE) & (self.status <= REJECTED_STATUS) & ~np.isnan(self.filled)
        return found

    def rescored(self, column: int, value: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Scores of one indicator for other figures; ``value`` (..., contestants), after denominator."""
        return _score(self.season, column, value, self.due[column], self.target, self.baseline, self.late, self.ranked)

    def completion_of(self, column: int, value: FloatArray, due: FloatArray) -> FloatArray:
        """Completion of one indicator for other figures and other periods' due shares.

        ``value`` (..., contestants), after denominator; ``due`` (..., 1).
        """
        return _completion(self.season, column, value, due, self.target, self.baseline)


def targets_of(season: Season) -> tuple[FloatArray, FloatArray]:
    """Target and baseline, (contestants, indicators), NaN where there is none."""
    shape = (len(season.contestants), len(season.indicators))
    target, baseline = np.full(shape, np.nan), np.full(shape, np.nan)
    at = {c.code: n for n, c in enumerate(season.contestants)}
    column = {i.code: n for n, i in enumerate(season.indicators)}
    for (contestant, indicator), t in season.target.items():
        here = at[contestant], column[indicator]
        target[here] = np.nan if t.target is None else t.target
        baseline[here] = np.nan if t.baseline is None else t.baseline
    for n, i in enumerate(season.indicators):
        if not needs_target(i):
            target[:, n] = 100.0 if i.measure == "completion" else float(i.better == "higher")
    return target, baseline


def sheet_of(season: Season, known: Known, period: Period, due_in: Period | None = None) -> Sheet:
    """The sheet of ``period``; ``due_in`` says that it is a past one, and the period whose due shares apply to it.

    A past figure that cannot be scored (no denominator, no logarithm) is no past; a present one is refused.

    Raises
    ------
    ReadingsRefused
        ``denominator.zero``, ``transform.domain``, ``score.not_finite``: names contestant, indicator and figure.
    """
    past = due_in is not None
    due_in = due_in or period
    shape = (len(season.contestants), len(season.indicators))
    raw = np.full(shape, np.nan)
    slot = np.full(shape, NOTHING)
    status = np.full(shape, LATE, np.int8)
    due = np.full(len(season.indicators), np.nan)
    racing = np.array([c.races_in(due_in) for c in season.contestants])
    here = known.at(period)
    for n, indicator in enumerate(season.indicators):
        at, shift, share = here, 0, due_share(season, indicator, due_in)
        while share is None and indicator.when_not_due == "hold" and due_in.next(-shift) > season.window.first:
            shift += 1
            at, share = known.at(period.next(-shift)), due_share(season, indicator, due_in.next(-shift))
        if share is None and indicator.role == "scored":
            status[:, n] = NOT_DUE
            continue
        due[n] = np.nan if share is None else share
        if at is not None:
            counts = counting(season, known, n, at)
            raw[counts, n] = known.value[counts, n, at]
            slot[:, n] = np.where(known.state[:, n, at] != NOTHING, at, NOTHING)
            status[:, n] = _status(known.state[:, n, at], counts)
        if share is None:
            status[status[:, n] != PRESENT, n] = NOT_DUE
            continue
        if indicator.applies_to:
            applies = np.array([bool(set(c.tags) & set(indicator.applies_to)) for c in season.contestants])
            status[~applies & (status[:, n] != PRESENT), n] = NOT_APPLICABLE_STATUS
    status[~racing] = NOT_APPLICABLE_STATUS
    raw[~racing] = np.nan
    denominator = _denominators(season, known, period)
    if past:
        raw[np.isnan(denominator)] = np.nan
    value = _denominated(season, raw, denominator)
    target, baseline = targets_of(season)
    filled = _carried(season, known, period, value, status, slot, denominator)
    reached_late = _reached_late(season, known, period, due_in, target, baseline, denominator)
    ranked = racing & np.array([c.ranked for c in season.contestants])
    done = np.full(shape, np.nan)
    points, unclipped = np.full(shape, np.nan), np.full(shape, np.nan)
    for n, indicator in enumerate(season.indicators):
        if indicator.role == "denominator" or np.isnan(due[n]):
            continue
        done[:, n] = _completion(season, n, value[:, n], due[n], target, baseline)
        if indicator.role == "scored":
            if past:
                filled[_outside(indicator, filled[:, n]), n] = np.nan
            points[:, n], unclipped[:, n] = _score(
                season, n, filled[:, n], due[n], target, baseline, reached_late, ranked
            )
            wrong = ~np.isnan(filled[:, n]) & ~np.isfinite(points[:, n])
            if past:
                points[wrong, n] = np.nan
            elif wrong.any():
                _refuse_score(season, n, int(np.flatnonzero(wrong)[0]), filled)
    return Sheet(
        season, period, raw, value, filled, status, slot, due, target, baseline, done, reached_late, points, unclipped,
        racing, ranked, denominator,
    )  # fmt: skip


def counting(season: Season, known: Known, column: int, slot: int) -> BoolArray:
    """Whose figure of one indicator and period is in a state that counts, (contestants,)."""
    return _good(season, known.state[:, column, slot]) & ~np.isnan(known.value[:, column, slot])


def counted(season: Season, known: Known) -> FloatArray:
    """Figures in a state that counts, NaN for the others, (contestants, indicators, known periods)."""
    return np.where(_good(season, known.state), known.value, np.nan)


def _good(season: Season, state: np.ndarray) -> BoolArray:
    found: BoolArray = (state == VERIFIED) | ((state == REPORTED) & (season.counts == "reported"))
    return found


def missing_rule(season: Season, node: str) -> Missing:
    """What a node does about missing children: its own choice, else its parent's, in the end the season's."""
    while node:
        here = season.node[node]
        if here.missing is not None:
            return here.missing
        node = here.parent
    return season.missing


def _status(state: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return np.select(
        [counts, state == REJECTED, state == NOT_APPLICABLE, state == REPORTED],
        [PRESENT, REJECTED_STATUS, NOT_APPLICABLE_STATUS, UNVERIFIED],
        LATE,
    ).astype(np.int8)


def _denominators(season: Season, known: Known, period: Period) -> FloatArray:
    """What each indicator is divided by, (contestants, indicators): the denominator's latest that counts; else 1.

    NaN where it is missing or not above 0.
    """
    found = np.ones((len(season.contestants), len(season.indicators)))
    column = {i.code: n for n, i in enumerate(season.indicators)}
    until = sum(1 for p in known.periods if p <= period)
    for n, indicator in enumerate(season.indicators):
        if indicator.denominator:
            under = column[indicator.denominator]
            latest = np.full(len(season.contestants), np.nan)
            for k in range(until):
                latest = np.where(counting(season, known, under, k), known.value[:, under, k], latest)
            found[:, n] = np.where(latest > 0, latest, np.nan) / indicator.per
    return found


def _denominated(season: Season, raw: FloatArray, denominator: FloatArray) -> FloatArray:
    wrong = ~np.isnan(raw) & np.isnan(denominator)
    if wrong.any():
        c, n = (int(k) for k in np.argwhere(wrong)[0])
        raise ReadingsRefused(
            Problem(
                "denominator.zero",
                {
                    "contestant": season.contestants[c].title,
                    "indicator": season.indicators[n].title,
                    "denominator": season.indicators[n].denominator,
                },
            )
        )
    return raw / denominator


def _carried(
    season: Season,
    known: Known,
    period: Period,
    value: FloatArray,
    status: np.ndarray,
    slot: np.ndarray,
    denominator: FloatArray,
) -> FloatArray:
    """Where the season carries figures forward, the last one that counted inside the span the targets cover."""
    filled = value.copy()
    first = max(season.targets_cover.first, season.window.first)
    for n, indicator in enumerate(season.indicators):
        if indicator.role != "scored" or missing_rule(season, indicator.node) != "carry_forward":
            continue
        for c in np.flatnonzero((status[:, n] >= LATE) & (status[:, n] <= REJECTED_STATUS)):
            earlier = [
                k for k, p in enumerate(known.periods) if first <= p < period and counting(season, known, n, k)[c]
            ]
            if earlier and not np.isnan(denominator[c, n]):
                filled[c, n] = known.value[c, n, earlier[-1]] / denominator[c, n]
                slot[c, n] = earlier[-1]
    return filled


def _reached_late(
    season: Season,
    known: Known,
    period: Period,
    due_in: Period,
    target: FloatArray,
    baseline: FloatArray,
    denominator: FloatArray,
) -> BoolArray:
    """For milestone rules: no figure that counts had reached the target by the period in which it first fell due."""
    late = np.zeros(target.shape, bool)
    for n, indicator in enumerate(season.indicators):
        if indicator.role != "scored" or season.score_rule[indicator.score].rule != "milestone":
            continue
        first = next((p for p in season.window if due_share(season, indicator, p) == 1.0), None)
        if first is None or due_in <= first:
            continue
        late[:, n] = True
        for k, p in enumerate(known.periods):
            if season.window.first <= p.next(due_in - period) <= first:
                then = np.where(counting(season, known, n, k), known.value[:, n, k], np.nan) / denominator[:, n]
                done = _completion(season, n, then, 1.0, target, baseline)
                late[:, n] &= ~(np.nan_to_num(np.round(done, 12), nan=-np.inf) >= 1.0)
    return late


def _completion(
    season: Season, n: int, value: FloatArray, due: float | FloatArray, target: FloatArray, baseline: FloatArray
) -> FloatArray:
    indicator = season.indicators[n]
    return completion(
        value, target[:, n], baseline[:, n], np.asarray(due), better=indicator.better, measure=indicator.measure
    )


def _score(
    season: Season,
    n: int,
    value: FloatArray,
    due: float,
    target: FloatArray,
    baseline: FloatArray,
    late: BoolArray,
    ranked: BoolArray,
) -> tuple[FloatArray, FloatArray]:
    indicator = season.indicators[n]
    done = _completion(season, n, value, due, target, baseline)
    read = _transformed(season, n, value)
    given = Inputs(read, done, done / due, target[:, n], baseline[:, n], late[:, n], ranked)
    return score(season.score_rule[indicator.score], indicator, given)


def _outside(indicator: Indicator, value: FloatArray) -> BoolArray:
    """Where a figure has no transform."""
    match indicator.transform:
        case "none":
            return np.zeros(value.shape, bool)
        case "log":
            return value <= 0
        case "sqrt":
            return value < 0


def _transformed(season: Season, n: int, value: FloatArray) -> FloatArray:
    indicator = season.indicators[n]
    if indicator.transform == "none":
        return value
    wrong = _outside(indicator, value)
    if wrong.any():
        where = np.argwhere(wrong)[0]
        raise ReadingsRefused(
            Problem(
                "transform.domain",
                {
                    "contestant": season.contestants[int(where[-1])].title,
                    "indicator": indicator.title,
                    "transform": indicator.transform,
                    "value": float(value[tuple(where)]),
                },
            )
        )
    return np.log(value) if indicator.transform == "log" else np.sqrt(value)


def _refuse_score(season: Season, n: int, c: int, filled: FloatArray) -> None:
    indicator = season.indicators[n]
    raise ReadingsRefused(
        Problem(
            "score.not_finite",
            {
                "contestant": season.contestants[c].title,
                "indicator": indicator.title,
                "rule": season.score_rule[indicator.score].rule,
                "value": float(filled[c, n]),
            },
        )
    )
