"""How sure the places are: rank intervals, probabilities and bands from weights, methods and measurement noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Final, Literal

import numpy as np

from saima.engine.model.evaluation import Interval, ScopeUncertainty
from saima.engine.model.known import FloatArray
from saima.engine.model.records import records
from saima.engine.race.board import Board
from saima.engine.race.draws import (
    FLAT,
    NOISE,
    WEIGHTS,
    Drawn,
    Frame,
    combinations,
    flat_weights,
    spread_weights,
    strata,
    stream,
)
from saima.engine.race.lines import line_of
from saima.engine.race.noise import NoisyColumn, noisy_columns, widening
from saima.engine.race.ranks import ranks_within
from saima.engine.race.standings import Places, classes_of, scope_of
from saima.engine.race.tally import IntArray, Tally, most_draws
from saima.engine.race.tree import AS_PUBLISHED, Method

Source = Literal["weights", "weights_flat", "methods", "noise", "all"]
SOURCES: Final[tuple[Source, ...]] = ("weights", "weights_flat", "methods", "noise", "all")
Tallies = Mapping[tuple[str, Source], Tally]
SHARES: Final = (0.05, 0.95, 0.5)
MATRIX_UP_TO: Final = 60  # contestants: larger P(rank) and P(ahead) tables fill megabytes and nobody reads them
EVERY_SCOPE_UP_TO: Final = 500  # contestants: above it only nodes without a parent are drawn, for memory's sake
INDICATOR_DRAWS: Final = 1000
_BLOCK_BYTES: Final = 12_000_000


@dataclass(frozen=True)
class Doubt:
    """What is known of how sure the places are.

    ``places`` : scope -> (low, high, band), one number each per contestant: lowest and highest rank of the 90 %
    interval from all sources together, and band; 0 for who is not ranked. A scope in which nothing is drawn has no
    entry: nothing is said against its published ranks.
    """

    intervals: tuple[Interval, ...]
    scopes: tuple[ScopeUncertainty, ...]
    places: Places


def uncertainty(board: Board, seed: int) -> Doubt:
    """Draw every declared source of doubt, each alone and all together.

    Parameters
    ----------
    board : one scored period.
    seed : not negative. Same board and seed give the same result on any machine.

    Returns
    -------
    Doubt. ``ScopeUncertainty.sources`` names the sources that exist in a scope; one that is not named is not there
    (no alternatives declared, no indicator with noise). With more than 60 contestants in a scope only the overall
    scope has an entry, and its two tables are empty.

    Notes
    -----
    docs/method/uncertainty.md has the sources, the blocks of draws and the rule of the bands.
    """
    return _Drawing(board, seed).result()


@dataclass(frozen=True)
class _Scope:
    name: str
    scores: FloatArray  # (contestants,), published; NaN = not ranked
    rank: IntArray
    order: IntArray
    groups: tuple[IntArray, ...]
    sources: tuple[Source, ...]


class _Drawing:
    def __init__(self, board: Board, seed: int) -> None:
        self.board, self.seed, self.season = board, seed, board.season
        self.rules = board.season.uncertainty
        self.frame = Frame(board)
        self.codes = [c.code for c in board.season.contestants]
        self.classes = classes_of(board)
        self.wider = widening(board)
        self.noisy = noisy_columns(board)
        self.noisy_column = {n: NoisyColumn(board, n, self.wider, line_of(board, n, self.wider)) for n in self.noisy}
        self.methods = combinations(board)
        self.draws = self.rules.draws

    @cached_property
    def nodes(self) -> dict[str, _Scope]:
        """Node code -> its scope, overall first, then races, then groups."""
        reached: dict[str, set[Source]] = {}
        for branch in self.board.tree.branches:
            code = branch.node.code
            reached[code] = set[Source]().union(*(reached[c] for c in branch.nodes))
            if code in self.board.leaves:
                continue
            if branch.children > 1:
                reached[code] |= {"weights", "weights_flat"}
            if any(code in m.aggregate or code in m.missing for m in self.methods):
                reached[code].add("methods")
            if set(branch.columns) & set(self.noisy):
                reached[code].add("noise")
        found = {}
        for branch in reversed(self.board.tree.branches):
            code = branch.node.code
            if reached[code] and (len(self.classes) <= EVERY_SCOPE_UP_TO or not branch.node.parent):
                name = scope_of(branch.node.kind, code)
                found[code] = self._scope(name, self.board.joined[code].total, reached[code] | {"all"})
        return {code: scope for code, scope in found.items() if scope.sources}

    @cached_property
    def columns(self) -> dict[int, _Scope]:
        """Indicator column -> its scope, where the indicator declares noise."""
        if len(self.classes) > EVERY_SCOPE_UP_TO:
            return {}
        found = {
            n: self._scope(f"indicator:{self.season.indicators[n].code}", self.board.sheet.score[:, n], {"noise"})
            for n in self.noisy
        }
        return {n: scope for n, scope in found.items() if scope.sources}

    def _scope(self, name: str, scores: FloatArray, sources: set[Source]) -> _Scope:
        scores = np.where(self.board.sheet.ranked, scores, np.nan)
        rank = ranks_within(scores, self.classes, self.season.decimals)
        placed = np.flatnonzero(rank)
        order = sorted(placed.tolist(), key=lambda c: (self.classes[c], rank[c], c))
        groups = tuple(np.array(list(group), np.int64) for _, group in groupby(order, key=self.classes.__getitem__))
        return _Scope(
            name,
            scores,
            rank,
            np.array(order, np.int64),
            groups,
            tuple(s for s in SOURCES if s in sources and len(placed) > 1),
        )

    def _tally(self, scope: _Scope, source: Source) -> Tally:
        joint = source == "all"
        pairs = joint and len(scope.order) <= MATRIX_UP_TO
        return Tally(scope.groups, self.season.decimals, len(self.classes), joint, pairs)

    def _single(self, scope: _Scope) -> Tally:
        return Tally(scope.groups, self.season.decimals, len(self.classes), compare=True)

    def _tallies(self) -> dict[tuple[str, Source], Tally]:
        found: dict[tuple[str, Source], Tally] = {}
        for code, scope in self.nodes.items():
            found |= {(code, source): self._tally(scope, source) for source in scope.sources}
            # What stands alone beside flat weights is the whole joint doubt, draw for draw.
            for alone in ("weights", "noise"):
                if set(scope.sources) - {"weights_flat"} == {alone, "all"}:
                    found[code, alone] = found[code, "all"]
        return found

    def result(self) -> Doubt:
        tallies = self._tallies()
        self.draws = most_draws(len(self.classes), self.rules.draws, len(set(map(id, tallies.values()))))
        singles = {n: self._single(scope) for n, scope in self.columns.items()}
        for method in self.methods if any("methods" in s.sources for s in self.nodes.values()) else ():
            self._count(tallies, "methods", {}, {}, method)
        if tallies or singles:
            room = self._room()
            for number, first in enumerate(range(0, self.draws, self.block)):
                self._block(number, first, min(first + self.block, self.draws), room, tallies, singles)
        intervals: list[Interval] = []
        scopes: list[ScopeUncertainty] = []
        places: dict[str, tuple[tuple[int, ...], ...]] = {}
        for code, scope in self.nodes.items():
            for source in scope.sources:
                ranks = tallies[code, source].quantiles(SHARES)
                intervals += self._intervals(scope, source, ranks)
            places[scope.name] = self._places(scope, tallies[code, "all"], ranks)
            scopes += self._tables(scope, tallies[code, "all"])
        for n, scope in self.columns.items():
            ranks = singles[n].quantiles(SHARES)
            intervals += self._intervals(scope, "noise", ranks)
            places[scope.name] = self._places(scope, singles[n], ranks)
        return Doubt(tuple(intervals), tuple(scopes), places)

    @cached_property
    def block(self) -> int:
        """Draws in a block: a function of the season alone, never of the machine."""
        n = len(self.classes)
        columns = max([len(self.noisy), 8, *(b.children for b in self.board.tree.branches)])
        compared = {self.season.score_rule[self.season.indicators[k].score].rule for k in self.noisy}
        if compared & {"percentile", "borda"}:
            columns = max(columns, n)
        return min(max(_BLOCK_BYTES // (8 * n * columns), 1), 4096)

    def _room(self) -> dict[str, Drawn]:
        """Node code -> place for the drawn scores of one block; the next block uses it again."""
        sheet, found = self.board.sheet, dict[str, Drawn]()
        draws = min(self.block, self.draws)
        for branch in self.board.tree.branches:
            columns = tuple(n for n in branch.columns if n in self.noisy)
            if columns:
                there = (np.isfinite(sheet.score[:, columns]) & ~sheet.absent[:, columns]).T
                found[branch.node.code] = Drawn(columns, np.empty((len(columns), draws, len(there.T))), there)
        return found

    def _block(
        self,
        number: int,
        first: int,
        last: int,
        room: Mapping[str, Drawn],
        tallies: Tallies,
        singles: Mapping[int, Tally],
    ) -> None:
        size, spread = last - first, self.rules.weight_spread
        figures, near, wide = (stream(self.seed, source, number) for source in (NOISE, WEIGHTS, FLAT))
        noisy = {code: drawn.part(slice(size)) for code, drawn in room.items()}
        self._fill(noisy, figures)
        for drawn in noisy.values() if first < INDICATOR_DRAWS else ():
            for n, scores in zip(drawn.columns, drawn.scores, strict=True):
                if n in singles:
                    singles[n].add(scores[: INDICATOR_DRAWS - first])
        weights: dict[str, FloatArray] = {}
        flat: dict[str, FloatArray] = {}
        for branch in self.board.tree.branches:
            if branch.children > 1:
                weights[branch.node.code] = spread_weights(near, branch.weights, spread, size)
                flat[branch.node.code] = flat_weights(wide, branch.weights, size)
        self._count(tallies, "weights", {}, weights)
        self._count(tallies, "weights_flat", {}, flat)
        self._count(tallies, "noise", noisy, {})
        for kind, part in strata(first, last, self.draws, len(self.methods)):
            here = {code: drawn.part(part) for code, drawn in noisy.items()}
            shares = {code: w[part] for code, w in weights.items()}
            self._count(tallies, "all", here, shares, self.methods[kind], part.stop - part.start)

    def _fill(self, noisy: Mapping[str, Drawn], rng: np.random.Generator) -> None:
        """Draw every noisy indicator, in the season's order."""
        place = {n: (drawn, k) for drawn in noisy.values() for k, n in enumerate(drawn.columns)}
        for n, column in self.noisy_column.items():
            drawn, k = place[n]
            column.scores(rng, drawn.scores[k])
            if not drawn.there[k].all():
                drawn.scores[k][:, ~drawn.there[k]] = self.season.floor_score

    def _count(
        self,
        tallies: Tallies,
        source: Source,
        noisy: Mapping[str, Drawn],
        weights: Mapping[str, FloatArray],
        method: Method = AS_PUBLISHED,
        size: int = 1,
    ) -> None:
        wanted = {
            code: tally
            for (code, name), tally in tallies.items()
            if name == source and (source == "all" or tally is not tallies[code, "all"])
        }
        for code, total in self.frame.totals(wanted, noisy, weights, method).items() if wanted else ():
            # An alternative alone may leave a node with nothing drawn under it: one score for the whole stratum.
            drawn = total if total.ndim > 1 else np.broadcast_to(total, (size, len(total)))
            wanted[code].add(drawn)

    def _intervals(self, scope: _Scope, source: Source, ranks: IntArray) -> list[Interval]:
        size, (low, high, median) = len(scope.order), ranks[:, scope.order].tolist()
        return records(
            Interval,
            contestant=[self.codes[c] for c in scope.order.tolist()],
            scope=[scope.name] * size,
            source=[source] * size,
            low=low,
            high=high,
            median=median,
        )

    def _places(self, scope: _Scope, tally: Tally, ranks: IntArray) -> tuple[tuple[int, ...], ...]:
        low, high, _ = ranks
        resolved, bands, first = tally.ahead_of_next >= self.rules.resolved_at, np.zeros_like(low), 0
        for group in scope.groups:
            behind = scope.rank[group][1:] != scope.rank[group][:-1]
            last = first + len(group)
            bands[group] = 1 + np.append(0, np.cumsum(behind & resolved[first : last - 1]))
            first = last
        return tuple(low.tolist()), tuple(high.tolist()), tuple(bands.tolist())

    def _tables(self, scope: _Scope, tally: Tally) -> list[ScopeUncertainty]:
        small = len(scope.order) <= MATRIX_UP_TO
        if not (small or scope.name == "overall"):
            return []
        p_rank, p_ahead = (tally.probabilities(), tally.ahead) if small else (np.zeros((0, 0)),) * 2
        return [
            ScopeUncertainty(
                scope=scope.name,
                contestants=tuple(self.codes[c] for c in scope.order.tolist()),
                p_rank=tuple(tuple(row) for row in p_rank.tolist()),
                p_ahead=tuple(tuple(row) for row in p_ahead.tolist()),
                draws=tally.draws,
                error=0.5 / tally.draws**0.5,
                sources=tuple(s for s in scope.sources if s != "all"),
            )
        ]
