"""What an entity has, needs and lacks, which figure would do, and the cheapest set of changes that makes it eligible.

docs/method/rules.md, steps 7 and 8.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from typing import Final

from saima.engine.rules.exact import Evaluation
from saima.engine.rules.rule import Change, Expression, Input, Item, Let, Rule
from saima.engine.rules.tree import MIRRORED, Compare, Comparison, Growth, Held, Name, Node, Within, children, walk
from saima.engine.rules.verdict import Cause, Need, Requirement, Unknown, Value, Verdict, requirements

_MOST_TRIED: Final = 300  # sets of changes looked at before the search gives up


@dataclass(frozen=True, slots=True)
class Part:
    """One comparison of a condition. Of a growth, ``have`` is the later figure and ``need`` what it had to be.

    ``short`` is how far it is from holding, above 0, or 0 where equal is not enough; None where it holds, cannot be
    told or compares no numbers. ``node`` is the part of the expression that it is.
    """

    node: Node
    holds: bool | None
    comparison: Comparison | None = None
    have: Fraction | None = None
    need: Fraction | None = None
    short: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one input: from a figure to another, and whether it takes activity or paper."""

    key: str
    now: Fraction | bool
    to: Fraction | bool
    change: Change

    @property
    def by(self) -> Fraction | None:
        """The difference, below 0 where the figure has to fall; None for a yes or no."""
        return None if isinstance(self.to, bool) or isinstance(self.now, bool) else self.to - self.now

    @property
    def size(self) -> Fraction:
        """The difference as a share of the larger figure; 1 for a yes or no."""
        if isinstance(self.to, bool) or isinstance(self.now, bool):
            return Fraction(1)
        return abs(self.to - self.now) / max(abs(self.to), abs(self.now))


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is needed: how it came out, in parts, and the changes of which each alone would do."""

    need: Need
    parts: tuple[Part, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a verdict is what it is, and what would change it.

    ``cheapest`` has the fewest changes, then the smallest; empty where nothing is needed, None where no set of changes
    was found. ``blocked`` names what no change of the entity can mend; ``searched`` is false where the search gave up.
    """

    lines: tuple[Line, ...]
    cheapest: tuple[Move, ...] | None
    blocked: tuple[str, ...]
    missing: tuple[Cause, ...]
    searched: bool = True


def explain(rule: Rule, verdict: Verdict, *, advice: bool = True) -> Explanation:
    """What an entity has, needs and lacks under a rule.

    Parameters
    ----------
    verdict : of ``evaluate_one`` by the same rule; it carries the figures.
    advice : without it no change is looked for, which takes a tenth of the time: for lists.
    """
    adviser = _Adviser(rule, verdict)
    start = adviser.evaluation({})
    lines = tuple(adviser.line(start, need, advice=advice) for need in verdict.needs)
    if not advice:
        return Explanation(lines, None, (), tuple(sorted({c for n in verdict.needs for c in n.causes})), searched=False)
    failing = [r for r in requirements(verdict.needs) if r.holds is False]
    blocked = tuple(r.name for r in failing if not any(True for _ in adviser.options({}, start, r)))
    missing = tuple(sorted({c for n in verdict.needs if n.holds is None for c in n.causes}))
    if verdict.state == "not_evaluable" or blocked:
        return Explanation(lines, None, blocked, missing)
    cheapest, searched = adviser.cheapest() if failing else ((), True)
    return Explanation(lines, cheapest, blocked, missing, searched)


Changes = Mapping[str, Fraction | bool]


class _Adviser:
    def __init__(self, rule: Rule, verdict: Verdict) -> None:
        self._rule = rule
        self._verdict = verdict
        self._start = Evaluation(rule, verdict.given, on=verdict.on, held=verdict.held)
        self._conditions = {c.id: c for c in rule.needed}

    def evaluation(self, changes: Changes) -> Evaluation:
        return self._start.changed(changes) if changes else self._start

    # One line

    def line(self, start: Evaluation, need: Need, *, advice: bool) -> Line:
        condition = self._conditions.get(need.id)
        if condition is None:
            parts: tuple[Part, ...]
            short = None if need.holds or need.have is None else (need.least or Fraction(0)) - need.have
            comparison: Comparison = ">" if need.kind == "nonzero" else ">="
            least = Fraction(0) if need.kind == "nonzero" else need.least
            parts = (Part(Name(0, 0, need.id), need.holds, comparison, need.have, least, short),)
        else:
            parts = tuple(self._part(start, n) for n in self._atoms(condition.expression.tree))
        moves = tuple(self._moves({}, start, need)) if advice and need.holds is False else ()
        return Line(need, parts, moves)

    def _atoms(self, node: Node) -> Iterator[Node]:
        """Comparisons and plain yes or no, in the order of the text; named yes or no are looked into."""
        if isinstance(node, Compare | Within | Held):
            yield node
        elif isinstance(node, Name):
            thing = self._rule.scope.get(node.name)
            yield from self._atoms(thing.expression.tree) if isinstance(thing, Let) else (node,)
        else:
            below = children(node)
            for child in below:
                yield from self._atoms(child)
            if not below:
                yield node

    @staticmethod
    def _part(start: Evaluation, node: Node) -> Part:
        if not isinstance(node, Compare):
            value = start.value(node)
            return Part(node, value if isinstance(value, bool) else None)
        found = start.compared(node)
        comparison = _read_from_growth(node)
        have, need = _number(found.left), _number(found.right)
        if found.holds is not False or have is None or need is None:
            return Part(node, found.holds, comparison, have, need)
        return Part(node, found.holds, comparison, have, need, abs(need - have))

    # Changes of one input

    def _moves(self, changes: Changes, now: Evaluation, need: Need) -> Iterator[Move]:
        """Changes of one input each, after which the need holds."""
        for key in self._movable(need):
            found = self._least_change(changes, now, key, lambda e: self._holds(e, need))
            if found is not None:
                yield found

    def _movable(self, need: Need) -> tuple[str, ...]:
        condition = self._conditions.get(need.id)
        if condition is not None:
            return condition.moves or tuple(self._inputs_of(condition.expression))
        return tuple(dict.fromkeys(key for item in self._items(need) for key in self._movable_of(item)))

    def _movable_of(self, item: Item) -> tuple[str, ...]:
        return item.moves or tuple(self._inputs_of(item.by))

    def _items(self, need: Need) -> tuple[Item, ...]:
        points = self._rule.points
        if points is None:
            return ()
        return tuple(i for g in points.groups for i in g.items if need.kind == "total" or g.id == need.id)

    def _inputs_of(self, expression: Expression) -> Iterable[str]:
        """Inputs that may be proposed to change, in the order in which they stand."""
        found: dict[str, None] = {}

        def visit(tree: Node) -> None:
            for node in walk(tree):
                if isinstance(node, Name):
                    thing = self._rule.scope.get(node.name)
                    if isinstance(thing, Let):
                        visit(thing.expression.tree)
                    elif isinstance(thing, Input) and thing.change != "none":
                        found[thing.key] = None

        visit(expression.tree)
        return found

    @staticmethod
    def _holds(evaluation: Evaluation, need: Need) -> bool:
        return evaluation.holds(need) is True

    def _least_change(
        self, changes: Changes, now: Evaluation, key: str, holds: Callable[[Evaluation], bool]
    ) -> Move | None:
        """The nearest figure of an input for which something holds, looked for in steps that double."""
        wanted = self._rule.inputs[key]
        value = now.figure(key)
        first = self._start.figure(key)
        if isinstance(value, bool) and isinstance(first, bool):
            held = holds(self.evaluation({**changes, key: not value}))
            return Move(key, first, not value, wanted.change) if held and first is value else None
        if not isinstance(value, Fraction) or not isinstance(first, Fraction) or wanted.type != "number":
            return None
        unit = Fraction(1, 10**wanted.decimals)
        here = int(value / unit)
        low, high = wanted.whole_range

        def does(whole: int) -> bool:
            return holds(self.evaluation({**changes, key: whole * unit}))

        ends = [e for e in (_nearest(here, high, does), _nearest(here, low, does)) if e is not None]
        if not ends:
            return None
        return Move(key, first, min(ends, key=lambda e: abs(e - here)) * unit, wanted.change)

    # Sets of changes

    def options(self, changes: Changes, now: Evaluation, failing: Requirement) -> Iterator[Move]:
        """Changes of one input that mend a requirement; where none does, those that earn points towards a minimum."""
        for way in failing.ways:
            need = next((n for n in way if n.holds is not True), None)
            if need is None or need.holds is None:
                continue
            whole = list(self._moves(changes, now, need))
            yield from whole or (m for item in self._items(need) for m in self._earning(changes, now, item))

    def _earning(self, changes: Changes, now: Evaluation, item: Item) -> Iterator[Move]:
        here = now.item_points(item)
        if isinstance(here, Unknown):
            return
        for bracket in item.brackets:
            if bracket.points > here and (start := bracket.start) is not None:
                for key in self._movable_of(item):

                    def reaches(e: Evaluation, start: Fraction = start) -> bool:
                        by = e.number(item.by.tree)
                        return not isinstance(by, Unknown) and by >= start

                    found = self._least_change(changes, now, key, reaches)
                    if found is not None:
                        yield found

    def cheapest(self) -> tuple[tuple[Move, ...] | None, bool]:
        """Sets of changes from the cheapest on, until one makes the entity eligible.

        A set counts as many changes as it has, and one more for each thing still lacking that shares no input with
        another: it cannot become eligible with fewer.
        """
        queue: list[tuple[int, Fraction, int]] = []
        sets: list[dict[str, Move]] = []
        seen: set[tuple[tuple[str, Fraction | bool], ...]] = set()

        def push(moves: dict[str, Move]) -> None:
            key = tuple(sorted((k, m.to) for k, m in moves.items()))
            if key in seen:
                return
            seen.add(key)
            sets.append(moves)
            now = self.evaluation({k: m.to for k, m in moves.items()})
            size = sum((m.size for m in moves.values()), Fraction(0))
            heappush(queue, (len(moves) + self._at_least(now, moves), size, len(sets) - 1))

        push({})
        for _ in range(_MOST_TRIED):
            if not queue:
                return None, True
            *_, n = heappop(queue)
            moves = sets[n]
            changes = {k: m.to for k, m in moves.items()}
            now = self.evaluation(changes)
            failing = next((r for r in requirements(now.verdict().needs) if r.holds is not True), None)
            if failing is None:
                return tuple(moves[k] for k in self._rule.inputs if k in moves), True
            for move in self.options(changes, now, failing):
                others = {k: m for k, m in moves.items() if k != move.key}
                push(others if move.to == move.now else {**others, move.key: move})
        return None, False

    def _at_least(self, now: Evaluation, moves: Mapping[str, Move]) -> int:
        """How many more inputs must change at least, beside those that change already."""
        count = 0
        spent = set(moves)
        for failing in requirements(now.verdict().needs):
            if failing.holds is not True:
                movable = {k for way in failing.ways for n in way if n.holds is not True for k in self._movable(n)}
                if not movable & spent:
                    count += 1
                    spent |= movable
        return count


def _nearest(here: int, end: int, does: Callable[[int], bool]) -> int | None:
    """The whole number nearest to ``here`` on the way to ``end`` that does, if doubling steps come upon one."""
    sign = 1 if end > here else -1
    step, missed = 1, here
    while True:
        tried = here + sign * min(step, abs(end - here))
        if does(tried):
            break
        if tried == end:
            return None
        missed, step = tried, step * 2
    while abs(tried - missed) > 1:
        middle = (tried + missed) // 2
        tried, missed = (middle, missed) if does(middle) else (tried, middle)
    return tried


def _read_from_growth(node: Compare) -> Comparison:
    """The comparison as ``have`` against ``need`` are given, a growth always first."""
    return MIRRORED[node.comparison] if isinstance(node.right, Growth) else node.comparison


def _number(value: Value) -> Fraction | None:
    return value if isinstance(value, Fraction) else None
