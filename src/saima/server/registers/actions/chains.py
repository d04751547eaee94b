"""Writes chains: their file by version, who stands on a node and who no longer does, what is done about a gap."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.files.chains import parse_chain
from saima.server.accounts.models import Person
from saima.server.accounts.rules import NotAllowed, held_by, may
from saima.server.kit import audit, clock, locks
from saima.server.places.queries import places_by_key
from saima.server.registers.models import Chain, ChainMember, ChainTask, ChainVersion
from saima.server.registers.queries.chains import ChainAt, chain_at, firm_in_register
from saima.server.registers.queries.items import item_at
from saima.server.registers.rules import RULES


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done about a node; ``project`` is a code or words."""

    node: str
    what: str
    owner: str
    due: date
    project: str = ""
    done: date | None = None


def _may(action: str, by: Person | None, lead: str) -> None:
    if by is None:
        return
    places = places_by_key([lead]) if lead else {}
    if not may(RULES[action], held_by(by), place=places[lead].pk if lead in places else None):
        raise NotAllowed(Problem("accounts.not_allowed"))


@transaction.atomic
def chain_keep(*, text: str, by: Person | None, reason: str = "", only: str = "") -> Chain:
    """A chain from its file: new, or another version of the one of that id. The same file again changes nothing.

    Raises
    ------
    RuleRefused
        As ``parse_chain``.
    QuestionRefused
        ``chain.no_place``: lead or carrier is no place; ``chain.other_id``: the file is of another chain than ``only``.
    """
    file = parse_chain(text)
    key = file.chain.key
    wanted = [k for k in (file.lead, *file.carriers) if k]
    there = places_by_key(wanted)
    problems = [Problem("chain.no_place", {"place": k}) for k in wanted if k not in there]
    if only and key != only:
        problems.append(Problem("chain.other_id", {"chain": only, "other": key}))
    if problems:
        raise QuestionRefused(problems)
    here = chain_at(key)
    if here is None:
        _may("chain.make", by, "")
    else:
        _may("chain.write", by, here.file.lead)
        _may("chain.write", by, file.lead)
    row, _ = Chain.objects.get_or_create(key=key, defaults={"made_at": clock.now()})
    digest = sha256(text.encode()).hexdigest()
    last = row.versions.order_by("-number").first()
    if last is not None and last.digest == digest:
        return row
    number = (last.number if last else 0) + 1
    ChainVersion.objects.create(
        chain=row, number=number, text=text, digest=digest, reason=reason.strip()[:2000], by=by, recorded_at=clock.now()
    )
    audit.record(
        by=by, action="chain.kept", object_type="chain", object_key=key, version=number, digest=digest, reason=reason
    )
    return row


def _locked(chain: Chain, by: Person | None) -> tuple[Chain, ChainAt]:
    row = locks.locked(Chain.objects.filter(pk=chain.pk)).get()
    here = chain_at(row.key)
    if here is None:
        raise QuestionRefused(Problem("chain.no_chain", {"chain": row.key}))
    _may("chain.write", by, here.file.lead)
    return row, here


def _node_of(here: ChainAt, node: str) -> str:
    if node not in here.file.chain.node:
        raise QuestionRefused(Problem("chain.no_node", {"node": node[:80]}))
    return node


@transaction.atomic
def chain_join(
    *,
    chain: Chain,
    node: str,
    kind: str,
    said: str,
    since: date,
    by: Person | None,
    gone: bool = False,
    reason: str = "",
) -> str:
    """Somebody stands on a node from a day on, or no longer does; its key. A firm the register knows gets its code.

    Raises
    ------
    QuestionRefused
        ``chain.no_node``, ``chain.needs_member``, ``chain.no_platform``, ``chain.not_yet``, ``chain.is_there``,
        ``chain.is_not_there``.
    """
    row, here = _locked(chain, by)
    _node_of(here, node)
    plain = " ".join(said.split())[:200]
    if not plain or kind not in ("firm", "platform"):
        raise QuestionRefused(Problem("chain.needs_member"))
    if since > clock.today():
        raise QuestionRefused(Problem("chain.not_yet", {"day": since.isoformat()}))
    key = plain
    if kind == "platform" and not gone and item_at("platform", plain) is None:
        raise QuestionRefused(Problem("chain.no_platform", {"platform": plain[:60]}))
    if kind == "firm" and not gone:
        key = firm_in_register(plain)
    there = any(s.key == key and s.kind == kind for s in here.members[node])
    if there != gone:
        raise QuestionRefused(Problem("chain.is_there" if there else "chain.is_not_there", {"member": plain[:60]}))
    ChainMember.objects.create(
        chain=row,
        node=node,
        kind=kind,
        key=key,
        since=since,
        gone=gone,
        recorded_at=clock.now(),
        by=by,
        reason=reason.strip()[:2000],
    )
    audit.record(
        by=by,
        action="chain.left" if gone else "chain.joined",
        object_type="chain",
        object_key=row.key,
        node=node,
        member=key,
        since=since,
        reason=reason,
    )
    return key


@transaction.atomic
def chain_task(*, chain: Chain, work: Work, by: Person | None, number: int | None = None, reason: str = "") -> int:
    """What is done about a node: new, or with ``number`` the one there, changed or done.

    Raises
    ------
    QuestionRefused
        ``chain.no_node``, ``chain.needs_work``, ``items.no_place``, ``chain.no_task``, ``chain.not_yet``.
    """
    row, here = _locked(chain, by)
    _node_of(here, work.node)
    what = " ".join(work.what.split())[:300]
    if not what:
        raise QuestionRefused(Problem("chain.needs_work"))
    if work.owner not in places_by_key([work.owner]):
        raise QuestionRefused(Problem("items.no_place", {"value": work.owner[:80] or "-"}))
    if work.done is not None and work.done > clock.today():
        raise QuestionRefused(Problem("chain.not_yet", {"day": work.done.isoformat()}))
    known = set(ChainTask.objects.filter(chain=row).values_list("number", flat=True))
    if number is not None and number not in known:
        raise QuestionRefused(Problem("chain.no_task", {"number": number}))
    made = number or max(known, default=0) + 1
    ChainTask.objects.create(
        chain=row,
        number=made,
        node=work.node,
        what=what,
        owner=work.owner,
        due=work.due,
        done=work.done,
        project=work.project.strip()[:120],
        recorded_at=clock.now(),
        by=by,
        reason=reason.strip()[:2000],
    )
    audit.record(
        by=by, action="chain.task", object_type="chain", object_key=row.key, node=work.node, number=made, done=work.done
    )
    return made
