"""Reads chains: who stands where on a day as it was known, what is missing, what hangs on one, who could fill a gap."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from django.db.models import Q, QuerySet

from saima.engine.chain import Candidate, Firm, Gap, Member, Node, Weak, candidates, gaps, loss_of, weak_points
from saima.files.chains import ChainFile, parse_chain
from saima.server.kit import clock
from saima.server.registers.models import Chain, ChainMember, ChainTask, ChainVersion, Enterprise
from saima.server.registers.queries.items import items_at

SIZES: Final = {"large": 4, "medium": 3, "small": 2, "micro": 1}
MOST_ASKED: Final = 2_000  # firms of fitting industries that are ranked
MOST_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Stands:
    """Somebody on a node, as people read it. ``known``: the register has it, under ``key``."""

    node: str
    kind: str
    key: str
    name: str
    since: date
    known: bool


@dataclass(frozen=True, slots=True)
class Task:
    number: int
    node: str
    what: str
    owner: str
    due: date
    done: date | None
    project: str
    late: int


@dataclass(frozen=True)
class ChainAt:
    """A chain on a day, with what the engine says of it."""

    row: Chain
    version: int
    file: ChainFile
    text: str
    members: Mapping[str, Sequence[Stands]]  # by node; every node is there
    gaps: Mapping[str, Gap]
    weak: Mapping[str, Weak]
    tasks: Sequence[Task]

    @property
    def flat(self) -> list[Member]:
        rows = (s for held in self.members.values() for s in held)
        return [Member(s.node, s.key, "platform" if s.kind == "platform" else "firm") for s in rows]

    @property
    def occupied(self) -> int:
        return sum(bool(held) for held in self.members.values())

    @property
    def firms(self) -> int:
        return len({s.key for held in self.members.values() for s in held if s.kind == "firm"})

    def torn_by(self, key: str) -> Sequence[str]:
        """Nodes that are lost to the chain when this member leaves."""
        loss = loss_of(self.file.chain, self.flat, key)
        return (*loss.emptied, *loss.torn)


@lru_cache(maxsize=64)
def _parsed(text: str) -> ChainFile:
    return parse_chain(text)


def chains_at(
    *, on: date | None = None, known: datetime | None = None, keys: Sequence[str] | None = None
) -> list[ChainAt]:
    """Every chain on a day (today) as it was known at an instant (now), by key."""
    day, instant = on or clock.today(), known or clock.now()
    rows = Chain.objects.order_by("key")
    if keys is not None:
        rows = rows.filter(key__in=list(keys))
    newest: dict[int, ChainVersion] = {}
    for v in ChainVersion.objects.filter(chain__in=rows, recorded_at__lte=instant).order_by("number"):
        newest[v.chain_id] = v
    stands = _stands([c for c in rows if c.pk in newest], day, instant)
    tasks = _tasks(list(newest), day, instant)
    return [_at(c, newest[c.pk], stands[c.pk], tasks[c.pk]) for c in rows if c.pk in newest]


def chain_at(key: str, *, on: date | None = None, known: datetime | None = None) -> ChainAt | None:
    return next(iter(chains_at(on=on, known=known, keys=[key])), None)


def _at(row: Chain, version: ChainVersion, stands: Sequence[Stands], tasks: Sequence[Task]) -> ChainAt:
    file = _parsed(version.text)
    by_node: dict[str, list[Stands]] = {n.key: [] for n in file.chain.nodes}
    for s in stands:
        if s.node in by_node:
            by_node[s.node].append(s)
    members = [Member(s.node, s.key) for held in by_node.values() for s in held]
    return ChainAt(
        row,
        version.number,
        file,
        version.text,
        by_node,
        {g.node: g for g in gaps(file.chain, members)},
        {w.node: w for w in weak_points(file.chain, members)},
        tasks,
    )


def _stands(chains: Sequence[Chain], day: date, known: datetime) -> Mapping[int, list[Stands]]:
    """Who stands where on the day: of one place on one chain the latest day counts, of one day the last recorded."""
    latest: dict[tuple[int, str, str, str], ChainMember] = {}
    rows = ChainMember.objects.filter(chain__in=chains, recorded_at__lte=known, since__lte=day)
    for m in rows.order_by("since", "recorded_at", "id"):
        latest[m.chain_id, m.node, m.kind, m.key] = m
    here = [m for m in latest.values() if not m.gone]
    firms = dict(
        Enterprise.objects.filter(uscc__in={m.key for m in here if m.kind == "firm"}).values_list("uscc", "name")
    )
    codes = {m.key for m in here if m.kind == "platform"}
    platforms = {i.code: i for i in items_at("platform", on=day, known=known, codes=codes)} if codes else {}
    found: dict[int, list[Stands]] = defaultdict(list)
    for m in sorted(here, key=lambda m: (m.kind, m.since, m.key)):
        if m.kind == "platform":
            item = platforms.get(m.key)
            if item is not None and item.counts != "exists":
                continue  # a platform that is planned stands nowhere yet
            name, is_known = (item.name, True) if item is not None else (m.key, False)
        else:
            name, is_known = firms.get(m.key) or m.key, m.key in firms
        found[m.chain_id].append(Stands(m.node, m.kind, m.key, name, m.since, is_known))
    return found


def _tasks(chains: Sequence[int], day: date, known: datetime) -> Mapping[int, list[Task]]:
    newest: dict[tuple[int, int], ChainTask] = {}
    for t in ChainTask.objects.filter(chain__in=chains, recorded_at__lte=known).order_by("recorded_at", "id"):
        newest[t.chain_id, t.number] = t
    found: dict[int, list[Task]] = defaultdict(list)
    for t in sorted(newest.values(), key=lambda t: (t.done is not None, t.due, t.number)):
        late = (day - t.due).days if (t.done is None or t.done > day) and t.due < day else 0
        found[t.chain_id].append(Task(t.number, t.node, t.what, t.owner, t.due, t.done, t.project, late))
    return found


def candidates_for(chain: ChainAt, node: Node, firms_seen: QuerySet[Enterprise]) -> list[Candidate]:
    """Firms that could fill a node, of those somebody may see (``enterprises_visible_to``)."""
    wanted = Q()
    for one in node.industries:
        plain = one.lstrip("ABCDEFGHIJKLMNOPQRST")
        wanted |= Q(industry__contains=plain if plain.isdigit() else one)
    if not node.industries:
        return []
    rows = list(firms_seen.filter(wanted, closed=None).select_related("place").order_by("uscc")[:MOST_ASKED])
    firms = [Firm(r.uscc, r.industry, r.place.key if r.place else "", SIZES.get(r.size_class, 0)) for r in rows]
    taken = frozenset(s.key for s in chain.members[node.key])
    return list(candidates(node, firms, taken=taken, carriers=frozenset(chain.file.carriers)))[:MOST_SHOWN]


def names_of_firms(keys: Sequence[str]) -> Mapping[str, str]:
    return dict(Enterprise.objects.filter(uscc__in=list(keys)).values_list("uscc", "name"))


def firm_in_register(said: str) -> str:
    """The code of the firm somebody named by code or by name, if the register has exactly one; else what was said."""
    plain = " ".join(said.split())
    found = list(
        Enterprise.objects.filter(Q(uscc=plain) | Q(name=plain), listed=True).values_list("uscc", flat=True)[:2]
    )
    return found[0] if len(found) == 1 else plain
