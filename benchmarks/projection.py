"""Is the projection honest? Coverage of its 80 % interval and its error against plain run-rate, on made-up years.

python benchmarks/run.py projection

Each kind is 2,000 seeded years of a figure that adds up, asked after every month from the third to the eleventh, once
with an even curve and once with a curve drawn from ten other years of the same kind. The figures are those of
``saima.engine.race.projection``; plain run-rate is done / months gone x 12. Nothing here is anybody's real number.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from saima.engine.model.inputs import AsOf, Readings, ReadingTable
from saima.engine.model.known import FloatArray, known_at
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import Contestant, Curve, Indicator, Node, ScoreRule, Season, Target
from saima.engine.race.projection import project
from saima.words import Text

YEARS: Final = 2_000
PARTS: Final = 20
PAST: Final = 10
SEED: Final = 20_260
MONTHS: Final = 12
ASKED: Final = (3, 4, 6, 8, 10, 11)
START: Final = Period.parse("2026-01")
SPAN: Final = Span(START, START.next(MONTHS - 1))

Shape = Callable[[np.random.Generator, int], FloatArray]


def _years(shares: FloatArray, rng: np.random.Generator, count: int, noise: float) -> FloatArray:
    """Increments of a year in proportion to ``shares`` (count, months), each off by a gamma of that spread."""
    size = rng.uniform(60, 140, (count, 1))
    spread = rng.gamma(1 / noise**2, noise**2, (count, MONTHS))
    return np.cumsum(size * shares * spread, axis=1)


def steady(rng: np.random.Generator, count: int) -> FloatArray:
    """Every month alike: what the even curve is right for."""
    return _years(np.full((count, MONTHS), 1 / MONTHS), rng, count, 0.35)


def s_shaped(rng: np.random.Generator, count: int) -> FloatArray:
    """Slow, then fast, then slow: a logistic with its middle between May and August."""
    at = np.arange(MONTHS + 1)
    middle, pace = rng.uniform(5, 8, (count, 1)), rng.uniform(0.6, 1.0, (count, 1))
    grown = 1 / (1 + np.exp(-pace * (at - middle)))
    steps = np.diff(grown, axis=1)
    return _years(steps / steps.sum(1, keepdims=True), rng, count, 0.25)


def seasonal(rng: np.random.Generator, count: int) -> FloatArray:
    """Two batches a year, in spring and in autumn, and little between."""
    wave = np.array([0.3, 0.3, 1.8, 1.8, 1.0, 0.6, 0.4, 0.4, 1.9, 1.8, 1.1, 0.6])
    return _years(np.tile(wave / wave.sum(), (count, 1)), rng, count, 0.35)


def late(rng: np.random.Generator, count: int) -> FloatArray:
    """Most of it in the last quarter, a good part in December."""
    wave = np.array([0.3, 0.3, 0.4, 0.4, 0.5, 0.5, 0.5, 0.6, 0.8, 1.2, 2.0, 4.5])
    return _years(np.tile(wave / wave.sum(), (count, 1)), rng, count, 0.3)


def lumpy(rng: np.random.Generator, count: int) -> FloatArray:
    """Contracts: a few large ones fall on any month."""
    hit = rng.uniform(size=(count, MONTHS)) < 0.2
    size = rng.uniform(60, 140, (count, 1)) / MONTHS
    return np.cumsum(size * (0.25 + hit * rng.gamma(2, 2, (count, MONTHS))), axis=1)


KINDS: Final[dict[str, Shape]] = {
    "steady": steady, "S-shaped": s_shaped, "seasonal": seasonal, "late": late, "lumpy": lumpy,
}  # fmt: skip


def season_of(count: int, curve: FloatArray | None) -> Season:
    """One cumulative indicator and as many contestants as there are years to ask about."""
    curves = ()
    if curve is not None:
        shares = tuple((START.next(n), float(share)) for n, share in enumerate(curve))
        curves = (Curve("past", Text("Past years", "往年"), shares),)
    indicator = Indicator(
        "x", Text("X", "某项"), "higher", "cumulative", node="race", score="pace", decimals=6,
        curve="past" if curve is not None else "",
    )  # fmt: skip
    return Season(
        code="honest",
        title=Text("Projection", "推算"),
        frequency="month",
        window=SPAN,
        targets_cover=SPAN,
        missing="floor",
        contestants=tuple(Contestant(f"c{n:05d}", Text(f"Year {n}", f"第{n}年")) for n in range(count)),
        indicators=(indicator,),
        nodes=(Node("race", Text("Race", "赛"), "race"),),
        score_rules=(ScoreRule("pace", "pace"),),
        targets=(Target("*", "x", 100.0),),
        curves=curves,
        weights="relative",
    )


def readings_of(years: FloatArray) -> Readings:
    count = len(years)
    cells = count * MONTHS
    return Readings(
        ReadingTable(
            contestants=tuple(f"c{n:05d}" for n in range(count)),
            indicators=("x",),
            periods=tuple(SPAN),
            contestant=np.repeat(np.arange(count, dtype=np.int32), MONTHS),
            indicator=np.zeros(cells, np.int32),
            period=np.tile(np.arange(MONTHS, dtype=np.int32), count),
            value=years.ravel(),
            text=tuple(f"{v:.6f}" for v in years.ravel()),
            state=np.zeros(cells, np.int8),
            revision=np.ones(cells, np.int32),
            recorded_at=np.zeros(cells, np.int64),
            origin=np.zeros(cells, np.int8),
            note={},
            evidence={},
        )
    )


def asked(years: FloatArray, curve: FloatArray | None) -> list[tuple[int, float, float, float]]:
    """(month, coverage of the interval, mean error, that of run-rate); errors as shares of the year's result."""
    season, readings = season_of(len(years), curve), readings_of(years)
    truth = years[:, -1]
    found = []
    for month in ASKED:
        period = START.next(month - 1)
        got = project(season, known_at(season, readings, AsOf(period)), period)
        low, high = got.projected_low[:, 0], got.projected_high[:, 0]
        rate = years[:, month - 1] / month * MONTHS
        found.append(
            (
                month,
                float(((low <= truth) & (truth <= high)).mean()),
                float((np.abs(got.projected[:, 0] - truth) / truth).mean()),
                float((np.abs(rate - truth) / truth).mean()),
            )
        )
    return found


def table() -> list[tuple[str, str, list[tuple[int, float, float, float]]]]:
    """(kind, curve, rows) of every kind, with an even curve and with curves from other years of the same kind.

    Each twentieth part of the years has a curve of its own: one lucky draw of ten past years decides nothing.
    """
    out = []
    for n, (kind, shape) in enumerate(KINDS.items()):
        rng = np.random.Generator(np.random.PCG64([SEED, n]))
        years = shape(rng, YEARS)
        drawn = []
        for part in np.split(years, PARTS):
            past = shape(rng, PAST)
            curve = (past / past[:, -1:]).mean(0)
            curve[-1] = 1.0
            drawn.append(asked(part, curve))
        mean = [tuple(float(v) for v in np.mean([d[k] for d in drawn], axis=0)) for k in range(len(ASKED))]
        out += [(kind, "even", asked(years, None)), (kind, "from the past", [(int(m), *rest) for m, *rest in mean])]
    return out


def main() -> int:
    """Print the table."""
    print(f"Projection: {YEARS} made-up years of each kind. Coverage of the 80 % interval, and the mean error of the")
    print("year's result by the projection and by plain run-rate, after so many months.")
    head = "".join(f"{f'after {m}':>20}" for m in ASKED)
    print(f"\n{'kind':<10}{'curve':<15}{head}")
    for kind, curve, rows in table():
        cells = "".join(f"{f'{cover:.0%}  {error:.0%} / {rate:.0%}':>20}" for _, cover, error, rate in rows)
        print(f"{kind:<10}{curve:<15}{cells}")
    print("\nEach cell: coverage (80 % is honest), error of the projection / of run-rate.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
