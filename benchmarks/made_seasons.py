"""Made-up seasons of any size for the benchmarks: fictional contestants, seeded figures, nobody's real numbers."""

import numpy as np

from saima.engine.model.inputs import Readings, ReadingTable
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import (
    Alternative,
    Contestant,
    Indicator,
    Measure,
    Node,
    Noise,
    NoiseKind,
    ScoreRule,
    Season,
    Target,
    Uncertainty,
)
from saima.words import Text

KINDS: tuple[tuple[Measure, NoiseKind, float], ...] = (
    ("cumulative", "relative", 0.02),
    ("count", "poisson", 0.0),
    ("level", "relative", 0.03),
    ("share", "absolute", 0.5),
)


def season_of(
    contestants: int,
    indicators: int,
    *,
    groups: int = 5,
    noise: bool = True,
    methods: bool = True,
    draws: int = 10_000,
) -> Season:
    """One race of indicators in equal groups under a composite; every measure, noise and two method choices."""
    start = Period.parse("2024-01")
    nodes = [
        Node("overall", Text("Overall", "综合"), "overall"),
        Node("indicators", Text("Indicators", "赛指标"), "race", parent="overall"),
        *(Node(f"g{g}", Text(f"Group {g}", f"第{g}组"), "group", parent="indicators", order=g) for g in range(groups)),
    ]
    columns = []
    for k in range(indicators):
        measure, kind, size = KINDS[k % len(KINDS)]
        columns.append(
            Indicator(
                f"i{k:03d}",
                Text(f"Indicator {k}", f"指标{k}"),
                "higher",
                measure,
                node=f"g{k % groups}",
                score="capped",
                noise=Noise(kind, size) if noise else Noise(),
                order=k,
            )
        )
    alternatives = (
        Alternative("mean", "geometric", Text("Geometric", "几何平均"), aggregate="geometric"),
        Alternative("missing", "exclude", Text("Left out", "剔除"), missing="exclude"),
    )
    window = Span(start, start.next(35))
    return Season(
        code="bench",
        title=Text("Benchmark", "基准测试"),
        frequency="month",
        window=window,
        targets_cover=window,
        missing="floor",
        contestants=tuple(Contestant(f"c{c:05d}", Text(f"Zone {c}", f"园区{c}"), order=c) for c in range(contestants)),
        indicators=tuple(columns),
        nodes=tuple(nodes),
        score_rules=(ScoreRule("capped", "completion", {"full": 100.0, "cap": 1.2, "over_slope": 0.5}),),
        targets=tuple(Target("*", i.code, 1000.0) for i in columns),
        weights="relative",
        decimals=4,
        uncertainty=Uncertainty(draws=draws, alternatives=alternatives if methods else ()),
    )


def readings_of(season: Season, periods: int, *, missing: float = 0.01) -> Readings:
    """Figures of the first ``periods`` months, rising towards the targets, with a few that never came."""
    rng = np.random.Generator(np.random.PCG64(7))
    shape = (len(season.contestants), len(season.indicators), periods)
    pace = rng.uniform(0.6, 1.3, shape[:2])[:, :, None] * np.arange(1, periods + 1) / len(season.window)
    value = np.round(1000 * pace * rng.uniform(0.97, 1.03, shape), 1)
    there = rng.uniform(size=shape) >= missing
    c, n, p = (k.astype(np.int32) for k in np.nonzero(there))
    figures = value[there]
    size = len(figures)
    table = ReadingTable(
        contestants=tuple(k.code for k in season.contestants),
        indicators=tuple(k.code for k in season.indicators),
        periods=tuple(season.window.first.next(k) for k in range(periods)),
        contestant=c,
        indicator=n,
        period=p,
        value=figures,
        text=tuple(f"{v:.1f}".removesuffix(".0") for v in figures.tolist()),
        state=np.zeros(size, np.int8),
        revision=np.ones(size, np.int32),
        recorded_at=np.zeros(size, np.int64),
        origin=np.zeros(size, np.int8),
    )
    return Readings(table)
