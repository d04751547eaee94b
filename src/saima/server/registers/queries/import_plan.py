"""What a list of firms would do to the register: new, changed, doubtful, and what cannot be taken, line by line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from saima.engine.errors import Problem
from saima.files.importing.names import Names
from saima.files.problems import shown
from saima.files.registers import Listed, ListRead, fault_of, repairs_of
from saima.files.registers.listing import PLACE
from saima.server.kit import clock
from saima.server.places.queries import places_titled, zones_listed
from saima.server.registers.models import Doubt, Enterprise, EnterpriseFact, EnterpriseName, Spell
from saima.server.registers.models.firm_items import items, statuses
from saima.server.registers.queries.known import standing
from saima.server.registers.queries.names import name_key

MOST_SHOWN: Final = 200
MOST_KEPT: Final = 50_000  # refused lines that are kept one by one; all are counted
_ALIKE_UP_TO: Final = 50_000  # firms among which nearly equal names are looked for
_LEAST_ALIKE: Final = 4  # signs of a name that may differ by one


@dataclass(frozen=True, slots=True)
class Change:
    """A figure, status, name or place that a line changes or adds to a firm that is there."""

    line: int
    uscc: str
    name: str
    what: str  # an item, status:KEY, name, place
    period: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Doubted:
    line: int
    kind: str
    uscc: str
    name: str
    enterprise: int | None
    candidate: str


@dataclass
class Plan:
    """What confirming would record, and all it cannot or may not."""

    names: list[tuple[str, str, date | None, bool]] = field(default_factory=list)
    addresses: list[tuple[str, int, date | None, str]] = field(default_factory=list)
    facts: list[tuple[str, str, str, str]] = field(default_factory=list)
    statuses: list[tuple[str, str, date, date | None, str]] = field(default_factory=list)
    new: list[tuple[int, str, str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    doubts: list[Doubted] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def empty(self) -> bool:
        return not (self.names or self.addresses or self.facts or self.statuses)

    def told(self, other: "Plan") -> None:
        """Take over what another part of the list is told of: counts, doubts, and the first of the rest."""
        self.counts.update(other.counts)
        self.doubts += other.doubts
        self.new += other.new[: MOST_SHOWN - len(self.new)]
        self.changes += other.changes[: MOST_SHOWN - len(self.changes)]
        self.refused += other.refused[: MOST_KEPT - len(self.refused)]


@dataclass(frozen=True, slots=True)
class _Firm:
    id: int
    uscc: str
    name: str
    place: int | None
    listed: bool


class Planner:
    """Compares a list with the register, part by part in the order of its lines.

    Parameters
    ----------
    settled : by line what somebody chose of a doubt, and the code it is about.
    """

    def __init__(self, settled: Mapping[int, tuple[str, str]]) -> None:
        self.settled = settled
        self.today = clock.today()
        titled = places_titled()
        zones = {p.pk: titled[p.pk] for p in zones_listed()}
        self.places = Names((n, str(pk)) for pk, t in zones.items() for n in (t.zh, t.en) if n)
        self.found: dict[str, int | None] = {}
        self.variants: dict[str, set[str]] | None = None
        self.taken: dict[str, tuple[int, int]] = {}  # code -> its line, and what that said

    def plan(self, read: ListRead) -> Plan:
        """What one part would do."""
        self.read, self.out = read, Plan(refused=list(read.refused))
        self.firms = self._firms()
        self.by_key = self._by_key()
        self.keys = self._keys_of([f.id for f in self.firms.values()])
        said: list[tuple[Listed, str]] = []
        for line in read.lines:
            code = self._meant(line)
            if code is None:
                continue
            means = hash((line.name, line.facts, line.statuses))
            if (before := self.taken.get(code)) is not None:
                if means != before[1]:
                    self._refuse(line, "register.twice", read.at.get("code", ""), code=code, before=before[0])
                continue
            self.taken[code] = (line.line, means)
            said.append((line, code))
        self._compare(said)
        counts = self.out.counts
        counts["lines"], counts["skipped"] = len(read.lines), read.skipped
        counts["refused"], counts["doubts"] = len(self.out.refused), len(self.out.doubts)
        return self.out

    # What is there

    def _firms(self) -> dict[str, _Firm]:
        """Firms of the register by the codes of the lines; of a merged one the firm it is in."""
        settled = (self.settled[ln.line][1] for ln in self.read.lines if ln.line in self.settled)
        wanted = {ln.code for ln in self.read.lines if not ln.fault}
        return self._load(wanted | {code for code in settled if not fault_of(code)})

    def _load(self, usccs: set[str]) -> dict[str, _Firm]:
        found: dict[str, _Firm] = {}
        fields = ("id", "uscc", "name", "place_id", "listed")
        into = tuple(f"merged_into__{f}" for f in fields)
        for row in Enterprise.objects.filter(uscc__among=sorted(usccs)).values_list(*fields, *into):
            own, end = _Firm(*row[:5]), row[5:]
            found[own.uscc] = _Firm(*end) if end[0] is not None else own
        return found

    def _by_key(self) -> dict[str, set[str]]:
        """Codes of firms by the keys of names in the table."""
        found: dict[str, set[str]] = {}
        keys = {name_key(ln.name) for ln in self.read.lines if ln.name}
        rows = EnterpriseName.objects.filter(standing(), key__among=sorted(keys))
        for key, uscc, into in rows.values_list("key", "enterprise__uscc", "enterprise__merged_into__uscc"):
            found.setdefault(key, set()).add(into or uscc)
        return found

    def _keys_of(self, ids: Sequence[int]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        with_merged = dict(Enterprise.objects.filter(merged_into_id__among=ids).values_list("id", "merged_into_id"))
        rows = EnterpriseName.objects.filter(standing(), enterprise_id__among=[*ids, *with_merged])
        for firm, key in rows.values_list("enterprise_id", "key"):
            found.setdefault(with_merged.get(firm, firm), set()).add(key)
        return found

    def _alike(self, key: str) -> set[str]:
        """Codes of firms whose name differs from a key by one sign."""
        if self.variants is None:
            self.variants = {}
            rows = Enterprise.objects.filter(listed=True).values_list("name_key", "uscc")[: _ALIKE_UP_TO + 1]
            if len(every := list(rows)) <= _ALIKE_UP_TO:
                for other, uscc in every:
                    for variant in _variants(other):
                        self.variants.setdefault(variant, set()).add(uscc)
        return {uscc for v in _variants(key) for uscc in self.variants.get(v, ())} if self.variants else set()

    # Line by line

    def _refuse(self, line: Listed, why: str, column: str, **params: object) -> None:
        self.out.refused.append(Problem(why, params, line=line.line, column=column))

    def _meant(self, line: Listed) -> str | None:
        """The code of the firm a line speaks of; None where it waits for somebody or cannot be taken."""
        if line.line in self.settled:
            choice, code = self.settled[line.line]
            if choice == Doubt.Choice.LEFT or not code or fault_of(code):
                self.out.counts["left"] += 1
                return None
            return self.firms[code].uscc if code in self.firms else code
        key = name_key(line.name) if line.name else ""
        fault = line.fault
        if not fault:
            return self._with_code(line, key)
        column = self.read.at.get("code", self.read.at.get("name", ""))
        same = self.by_key.get(key, set()) if key else set()
        if fault == "empty":
            if len(same) == 1:
                self._doubt(line, Doubt.Kind.NO_CODE, *same)
                return None
            code = "register.no_code_many" if same else "register.no_code"
            self._refuse(line, code, column, name=shown(line.name), count=len(same))
            return None
        lost = {u for u in same if u[:15] == line.code[:15]}
        candidates = lost if line.lost else set(repairs_of(line.code)) | same
        if len(candidates) == 1:
            self._doubt(line, Doubt.Kind.WRONG_CODE, *candidates)
            return None
        code = "register.code_lost" if line.lost else f"register.code_{fault}"
        self._refuse(line, code, column, seen=shown(line.code), length=len(line.code))
        return None

    def _with_code(self, line: Listed, key: str) -> str | None:
        firm = self.firms.get(line.code)
        if firm is not None and firm.listed:
            if key and key not in self.keys.get(firm.id, set()):
                self._doubt(line, Doubt.Kind.RENAMED, firm.uscc)
                return None
            return firm.uscc
        if not line.name:
            self._refuse(line, "register.no_name", self.read.at.get("code", ""), code=line.code)
            return None
        near = self.by_key.get(key) or (self._alike(key) if len(key) >= _LEAST_ALIKE else set())
        if firm is None and len(near - {line.code}) == 1:
            self._doubt(line, Doubt.Kind.NEAR_NAME, *(near - {line.code}))
            return None
        return line.code

    def _doubt(self, line: Listed, kind: Doubt.Kind, uscc: str) -> None:
        firm = self.firms.get(uscc) or self._load({uscc}).get(uscc)
        self.out.doubts.append(
            Doubted(line.line, kind.value, line.code, line.name, firm.id if firm is not None else None, uscc)
        )

    # What it changes

    def _compare(self, said: Sequence[tuple[Listed, str]]) -> None:
        missing = {code for _, code in said} - self.firms.keys()
        self.firms |= self._load(missing)
        ids = [self.firms[code].id for _, code in said if code in self.firms]
        facts = self._facts(ids)
        spells = self._spells(ids) if any(line.statuses for line, _ in said) else {}
        for line, code in said:
            firm = self.firms.get(code)
            known = firm is not None and firm.listed
            before = len(self.out.facts) + len(self.out.statuses) + len(self.out.names) + len(self.out.addresses)
            place = self._place(line)
            if not known or firm is None:
                self.out.names.append((code, line.name, None, False))
                self.out.counts["new"] += 1
                if len(self.out.new) < MOST_SHOWN:
                    self.out.new.append((line.line, code, line.name, line.place))
            else:
                self._named(line, firm)
            if place is not None and (firm is None or not known or place != firm.place):
                moved = known and firm is not None and firm.place is not None
                self.out.addresses.append((code, place, self.today if moved else None, line.address))
                if moved and firm is not None:
                    self._change(line, firm, "place", "", str(firm.place), str(place))
                    self.out.counts["moved"] += 1
            self._figures(line, code, firm if known else None, facts)
            self._held(line, code, firm if known else None, spells)
            after = len(self.out.facts) + len(self.out.statuses) + len(self.out.names) + len(self.out.addresses)
            if known:
                self.out.counts["changed" if after > before else "same"] += 1

    def _facts(self, ids: Sequence[int]) -> dict[tuple[int, str, str], str]:
        wanted = {f.item for ln in self.read.lines for f in ln.facts}
        found: dict[tuple[int, str, str], str] = {}
        rows = EnterpriseFact.objects.filter(standing(), enterprise_id__among=ids, item__in=wanted)
        fields = ("enterprise_id", "item", "period", "value")
        for firm, item, period, value in rows.order_by("recorded_at", "id").values_list(*fields):
            found[firm, item, period] = value
        return found

    @staticmethod
    def _spells(ids: Sequence[int]) -> dict[tuple[int, str], list[tuple[date, date | None]]]:
        found: dict[tuple[int, str], list[tuple[date, date | None]]] = {}
        rows = Spell.objects.filter(enterprise_id__among=ids)
        for firm, status, since, until in rows.values_list("enterprise_id", "status", "since", "until"):
            found.setdefault((firm, status), []).append((since, until))
        return found

    def _place(self, line: Listed) -> int | None:
        if not line.place:
            return None
        if line.place not in self.found:
            named = self.places.find(line.place)
            self.found[line.place] = int(named.code) if named is not None else None
        place = self.found[line.place]
        if place is None:
            self._refuse(line, "register.place", self.read.at.get(PLACE, ""), seen=shown(line.place))
        return place

    def _named(self, line: Listed, firm: _Firm) -> None:
        """A firm known by another name: settled as the same, the name of the table is an alias or its new name."""
        if not line.name or name_key(line.name) in self.keys.get(firm.id, set()):
            return
        renamed = line.code == firm.uscc
        self.out.names.append((firm.uscc, line.name, self.today if renamed else None, not renamed))
        self._change(line, firm, "name", "", firm.name, line.name)
        self.out.counts["renamed" if renamed else "aliases"] += 1

    def _figures(self, line: Listed, code: str, firm: _Firm | None, facts: Mapping[Any, str]) -> None:
        for fact in line.facts:
            if items()[fact.item].yearly and not fact.period:
                self._refuse(line, "register.period", fact.column, item_=items()[fact.item].title)
                continue
            before = facts.get((firm.id, fact.item, fact.period)) if firm is not None else None
            if before == fact.value:
                continue
            self.out.facts.append((code, fact.item, fact.period, fact.value))
            self.out.counts["facts"] += 1
            if before and firm is not None:
                self.out.counts["facts_changed"] += 1
                self._change(line, firm, fact.item, fact.period, before, fact.value)

    def _held(self, line: Listed, code: str, firm: _Firm | None, spells: Mapping[Any, Any]) -> None:
        for one in line.statuses:
            if one.since is None:
                self._refuse(line, "register.status_since", one.column, status_=statuses()[one.status])
                continue
            there = spells.get((firm.id, one.status), []) if firm is not None else []
            if any(since <= one.since and (until is None or until > one.since) for since, until in there):
                continue
            if one.until is not None and one.until <= one.since:
                self._refuse(line, "register.status_days", one.column, since=one.since.isoformat())
                continue
            self.out.statuses.append((code, one.status, one.since, one.until, line.batch))
            self.out.counts["statuses"] += 1

    def _change(self, line: Listed, firm: _Firm, what: str, period: str, before: str, after: str) -> None:
        if len(self.out.changes) < MOST_SHOWN:
            self.out.changes.append(Change(line.line, firm.uscc, firm.name, what, period, before, after))


def _variants(key: str) -> set[str]:
    """A name and what is left of it without one sign: two names that differ by one share one of these."""
    return {key, *(key[:n] + key[n + 1 :] for n in range(len(key)))} if len(key) >= _LEAST_ALIKE else set()
