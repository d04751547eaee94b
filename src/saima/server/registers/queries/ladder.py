"""The ladder: how many firms stand where, this year and last, who climbed, fell, came and went, and who kept what.

One pass over the statuses and those who moved; all others are counted by the database. What was found is kept until the
register changes.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from threading import Lock
from typing import Any, Final

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from saima.presets import Rung, ladder
from saima.server.registers.models import (
    Enterprise,
    EnterpriseAddress,
    EnterpriseFact,
    EnterpriseMerge,
    EnterpriseStatus,
    Import,
    Spell,
)
from saima.server.registers.queries.known import merged, standing

ABSENT: Final = -1  # not registered, or closed
AWAY: Final = -2  # at another place
REGISTERED: Final = 0
_MOST_KEPT: Final = 24


class Kept:
    """Results by key, those asked for least recently go first."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most, self._lock = most, Lock()
        self._found: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: Hashable, found: Any) -> Any:
        with self._lock:
            self._found[key] = found
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return found

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


boards: Final = Kept()


def stamp() -> tuple[Any, ...]:
    """Changes whenever something is recorded of firms."""
    newest = [m.objects.aggregate(n=Max("id"))["n"] for m in (EnterpriseFact, EnterpriseAddress, EnterpriseMerge)]
    last = EnterpriseStatus.objects.order_by("-id").values_list("id", "recorded_at", "enterprise_id").first()
    undone = Import.objects.exclude(undone_at=None).count()
    return (*newest, last, undone)


@dataclass(frozen=True, slots=True)
class Stands:
    """One firm that holds something or moved: where and on which rung it was a year ago, and is now."""

    firm: int
    place_before: int | None
    place: int | None
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class Spelled:
    """A firm held a status from one day to the day before another, renewals joined."""

    firm: int
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Flow:
    """What happened to one rung in a year; what was there and all that came and went is what is there now."""

    level: int
    holds_before: int  # who has the status, on whatever rung it stands
    holds: int
    before: int
    came: int  # newly registered, or founded
    climbed_in: int
    fell_in: int
    moved_in: int
    climbed_out: int
    fell_out: int
    closed: int
    moved_out: int
    now: int


@dataclass(frozen=True, slots=True)
class Retention:
    """Of those who got a status between two years and one year ago, those who hold it now."""

    got: Sequence[int]
    kept: Sequence[int]

    @property
    def share(self) -> float | None:
        return len(self.kept) / len(self.got) if self.got else None


@dataclass(frozen=True)
class Board:
    """The ladder on a day, with a year before beside it. Levels: 0 registered, 1 the first rung, and so on."""

    on: date
    before: date
    rungs: Sequence[Rung]
    people: Sequence[Stands]
    spelled: Mapping[str, Sequence[Spelled]]
    rest: Mapping[int | None, tuple[int, int, int, int]]  # place -> of all others: before, now, new, closed
    homes: Mapping[int, int | None]  # place of every firm that holds or held something
    _asked: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def places(self) -> list[int | None]:
        found = {p for one in self.people for p in (one.place, one.place_before)} | set(self.rest)
        return sorted(found, key=lambda p: (p is None, p or 0))

    @cached_property
    def _flows(self) -> Mapping[int | str | None, Counter[tuple[int, int]]]:
        """Place, or "all" -> (from, to) -> firms."""
        found: dict[int | str | None, Counter[tuple[int, int]]] = defaultdict(Counter)
        for one in self.people:
            step = (one.before, one.now)
            found["all"][step] += 1
            if one.place == one.place_before or ABSENT in step:
                place = one.place_before if one.now == ABSENT else one.place
                found[place][step] += 1
            else:
                found[one.place][AWAY, one.now] += 1
                found[one.place_before][one.before, AWAY] += 1
        for place, (before, _now, new, closed) in self.rest.items():
            for at in ("all", place):
                steps = found[at]
                steps[REGISTERED, REGISTERED] += before - closed
                steps[ABSENT, REGISTERED] += new
                steps[REGISTERED, ABSENT] += closed
        return {**found}

    @cached_property
    def _holding(self) -> Mapping[tuple[int, bool], Counter[int | None]]:
        """Level and whether now -> by place, who has the status."""
        found: dict[tuple[int, bool], Counter[int | None]] = {}
        where = {(one.firm, True): one.place for one in self.people if one.now != ABSENT}
        where |= {(one.firm, False): one.place_before for one in self.people if one.before != ABSENT}
        for level, rung in enumerate(self.rungs, 1):
            for now, day in ((True, self.on), (False, self.before)):
                firms = {s.firm for s in self.spelled.get(rung.status, ()) if s.on(day) and (s.firm, now) in where}
                found[level, now] = Counter(where[firm, now] for firm in firms)
        return found

    def flow(self, level: int, place: int | str | None = "all") -> Flow:
        steps = self._flows.get(place, Counter())

        def total(wanted: Any) -> int:
            return sum(n for step, n in steps.items() if wanted(*step))

        def holding(*, now: bool) -> int:
            if level == REGISTERED:
                return total(lambda a, b: (b if now else a) >= 0)
            counts = self._holding[level, now]
            return sum(counts.values()) if place == "all" else counts[place]  # type: ignore[index]

        return Flow(
            level,
            holding(now=False),
            holding(now=True),
            total(lambda a, _: a == level),
            total(lambda a, b: a == ABSENT and b == level),
            total(lambda a, b: 0 <= a < level == b),
            total(lambda a, b: a > level == b),
            total(lambda a, b: a == AWAY and b == level),
            total(lambda a, b: a == level and b > level),
            total(lambda a, b: a == level and 0 <= b < level),
            total(lambda a, b: a == level and b == ABSENT),
            total(lambda a, b: a == level and b == AWAY),
            total(lambda _, b: b == level),
        )

    def steps(self, place: int | str | None = "all") -> Counter[tuple[int, int]]:
        """(from, to) -> firms, at a place or of all together."""
        return self._flows.get(place, Counter())

    def firms(self, what: str, level: int) -> list[Stands] | None:
        """The firms behind a number of the table; None where it takes everybody else as well."""
        tests: dict[str, Callable[[int, int], bool]] = {
            "before": lambda a, _: a == level,
            "came": lambda a, b: a == ABSENT and b == level,
            "climbed_in": lambda a, b: 0 <= a < level == b,
            "fell_in": lambda a, b: a > level == b,
            "climbed_out": lambda a, b: a == level and b > level,
            "fell_out": lambda a, b: a == level and 0 <= b < level,
            "closed": lambda a, b: a == level and b == ABSENT,
            "now": lambda _, b: b == level,
        }
        if what in {"holds", "holds_before"} and level != REGISTERED:
            now = what == "holds"
            status, day = self.rungs[level - 1].status, self.on if now else self.before
            have = {s.firm for s in self.spelled.get(status, ()) if s.on(day)}
            return [p for p in self.people if p.firm in have and (p.now if now else p.before) != ABSENT]
        if what not in tests or (level == REGISTERED and what not in {"climbed_out", "fell_in"}):
            return None
        return [p for p in self.people if tests[what](p.before, p.now)]

    def held_on(self, status: str, day: date) -> int:
        """How many held a status on a day, closed firms left out from the day they closed."""
        spells = self.spelled.get(status, ())
        found: int = self._once((status, day), lambda: len({s.firm for s in spells if s.on(day)}))
        return found

    def retention(self, status: str) -> Retention:
        found: Retention = self._once(status, lambda: self._retention(status))
        return found

    def _once(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        if key not in self._asked:
            self._asked[key] = ask()
        return self._asked[key]

    def _retention(self, status: str) -> Retention:
        first, last = years_on(self.on, -2), years_on(self.on, -1)
        spells = self.spelled.get(status, ())
        got = list(dict.fromkeys(s.firm for s in spells if first < s.since <= last))
        have = {s.firm for s in spells if s.on(self.on)}
        return Retention(got, [firm for firm in got if firm in have])


def board_of(on: date) -> Board:
    """The ladder on a day, as known now; kept until something is recorded."""
    key = (on, stamp())
    found: Board = boards.get(key) or boards.put(key, _board(on))
    return found


def _board(on: date) -> Board:
    before = years_on(on, -1)
    ends = merged(standing())
    rungs = ladder()
    level_of = {r.status: n for n, r in enumerate(rungs, 1)}
    held = [
        (ends.get(firm, firm), status, since, until)
        for firm, status, since, until in Spell.objects.filter(status__in=level_of, since__lte=on)
        .values_list("enterprise_id", "status", "since", "until")
        .iterator(chunk_size=20_000)
    ]
    moved = _moved(before, on)
    firms = _rows({f for f, *_ in held} | moved.keys(), moved)
    levels: dict[tuple[int, date], int] = {}
    joined: dict[str, list[Spelled]] = {}
    for (status, firm), days in _grouped(held).items():
        if firm not in firms:
            continue
        closed = firms[firm][2]
        for since, until in _joined(days):
            end = until if closed is None or (until is not None and until <= closed) else closed
            if end is not None and end <= since:
                continue
            spell = Spelled(firm, since, end)
            joined.setdefault(status, []).append(spell)
            for day in (before, on):
                if spell.on(day):
                    levels[firm, day] = max(levels.get((firm, day), 0), level_of[status])
    people = []
    for firm, (place, founded, closed) in firms.items():
        there = [(founded is None or founded <= day) and (closed is None or closed > day) for day in (before, on)]
        was, now = (
            levels.get((firm, day), REGISTERED) if here else ABSENT
            for day, here in zip((before, on), there, strict=True)
        )
        place_before, place_now = moved.get(firm, (place, place))
        if was != ABSENT or now != ABSENT:
            people.append(Stands(firm, place_before, place_now, was, now))
    rest = _rest(before, on, firms)
    return Board(on, before, rungs, people, joined, rest, {f: row[0] for f, row in firms.items()})


def _grouped(held: Iterable[tuple[int, str, date, date | None]]) -> dict[tuple[str, int], list[tuple[date, Any]]]:
    found: dict[tuple[str, int], list[tuple[date, Any]]] = {}
    for firm, status, since, until in held:
        found.setdefault((status, firm), []).append((since, until))
    return found


def _joined(days: list[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """Spells that follow on each other without a day between are one.

    Examples
    --------
    >>> a, b, c = date(2023, 1, 1), date(2026, 1, 1), date(2029, 1, 1)
    >>> _joined([(b, c), (a, b)]) == [(a, c)]
    True
    """
    found: list[tuple[date, date | None]] = []
    for since, until in sorted(days, key=lambda d: (d[0], d[1] or date.max)):
        if found and (found[-1][1] is None or since <= found[-1][1]):
            last = found[-1]
            found[-1] = (last[0], None if last[1] is None or until is None else max(last[1], until))
        else:
            found.append((since, until))
    return found


_Row = tuple[int | None, date | None, date | None]


def _rows(firms: set[int], moved: Collection[int]) -> dict[int, _Row]:
    """Place of today, first and last day of firms that stand in the register."""
    rows = Enterprise.objects.filter(listed=True)
    if len(firms) <= 10_000:
        rows = rows.filter(id__in=firms)
    elif len(moved) <= 10_000:
        rows = rows.filter(Exists(Spell.objects.filter(enterprise=OuterRef("pk"))) | Q(id__in=moved))
    fields = ("id", "place_id", "founded", "closed")
    return {
        firm: (place, founded, closed)
        for firm, place, founded, closed in rows.values_list(*fields).iterator(chunk_size=20_000)
        if firm in firms
    }


def _moved(before: date, on: date) -> dict[int, tuple[int | None, int | None]]:
    """Places of both days, of firms with an address that begins after the first: all others are where they were."""
    counts = standing()
    later = set(EnterpriseAddress.objects.filter(counts, since__gt=before).values_list("enterprise_id", flat=True))
    rows = EnterpriseAddress.objects.filter(counts, enterprise_id__in=later) if len(later) <= 10_000 else None
    if rows is None:
        rows = EnterpriseAddress.objects.filter(counts)
    found: dict[int, list[Any]] = {}
    ordered = rows.order_by(F("since").asc(nulls_first=True), "recorded_at", "id")
    for firm, place, since in ordered.values_list("enterprise_id", "place_id", "since").iterator(chunk_size=20_000):
        if firm in later:
            both = found.setdefault(firm, [None, None])
            first = both == [None, None]
            for n, day in enumerate((before, on)):
                if first or since is None or since <= day:
                    both[n] = place
    return {firm: (a, b) for firm, (a, b) in found.items()}


def _rest(before: date, on: date, firms: Mapping[int, _Row]) -> dict[int | None, tuple[int, int, int, int]]:
    """By place all firms that hold nothing and stayed: counted by the database, less those known one by one."""

    def there(day: date) -> Q:
        return (Q(founded=None) | Q(founded__lte=day)) & (Q(closed=None) | Q(closed__gt=day))

    rows = Enterprise.objects.filter(listed=True).order_by().values_list("place_id")
    was, now = there(before), there(on)
    counted = rows.annotate(
        before=Count("id", filter=was),
        now=Count("id", filter=now),
        new=Count("id", filter=now & ~was),
        closed=Count("id", filter=was & ~now),
    )
    found = {place: list(numbers) for place, *numbers in counted}
    for place, founded, closed in firms.values():
        here = [(founded is None or founded <= day) and (closed is None or closed > day) for day in (before, on)]
        numbers = found[place]
        numbers[0] -= here[0]
        numbers[1] -= here[1]
        numbers[2] -= here[1] and not here[0]
        numbers[3] -= here[0] and not here[1]
    return {place: (a, b, c, d) for place, (a, b, c, d) in found.items()}


def years_on(day: date, years: int) -> date:
    """The same day of another year; of 29 February the day before."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def registered_only(on: date) -> QuerySet[Enterprise]:
    """Firms there are on a day that hold no status of the ladder."""
    held = Spell.objects.filter(enterprise=OuterRef("pk"), status__in=[r.status for r in ladder()], since__lte=on)
    covers = held.filter(Q(until=None) | Q(until__gt=on))
    there = (Q(founded=None) | Q(founded__lte=on)) & (Q(closed=None) | Q(closed__gt=on))
    return Enterprise.objects.filter(there, listed=True).exclude(Exists(covers))


def firms_by_name(ids: Sequence[int]) -> QuerySet[Enterprise]:
    return Enterprise.objects.filter(pk__in=list(ids)).order_by("name", "uscc")


def registered_rows(what: str, board: Board) -> QuerySet[Enterprise] | None:
    """Firms behind a number of those that are registered and no more."""
    match what:
        case "now":
            return registered_only(board.on)
        case "before":
            return registered_only(board.before)
        case "came":
            return registered_only(board.on).filter(founded__gt=board.before)
        case "closed":
            return registered_only(board.before).filter(closed__lte=board.on)
        case "holds":
            there = Q(founded=None) | Q(founded__lte=board.on)
            return Enterprise.objects.filter(there, Q(closed=None) | Q(closed__gt=board.on), listed=True)
    return None


def year_end(year: int) -> date:
    return date(year + 1, 1, 1) - timedelta(days=1)
