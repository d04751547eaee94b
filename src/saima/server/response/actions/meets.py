"""Writes meets: planned, judged, closed. A closed one is fixed; its marks go to the project race as new revisions."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import Max

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical
from saima.engine.model.periods import Period
from saima.engine.race.meets import ItemResult, meet_results
from saima.server.accounts.models import Person
from saima.server.accounts.rules import NotAllowed, held_by
from saima.server.kit import audit, clock, locks
from saima.server.places.models import Place
from saima.server.race.actions.marks import project_mark_record
from saima.server.race.models import Season
from saima.server.race.queries.projects import projects_of
from saima.server.response.actions.telling import judge_told
from saima.server.response.models import Meet, MeetCriterion, MeetItem, MeetJudge, MeetMark, MeetSheet
from saima.server.response.queries.circle import one_at_a_time
from saima.server.response.queries.meets import Parts, hashed, marks_of, may_chair, parts_of

LEAST_JUDGES: Final = 3
MOST_CRITERIA: Final = 10
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Planned:
    """A meet as somebody sets it up. ``criteria``: title and weight in percent."""

    title: str
    held_on: date
    period: str
    criteria: Sequence[tuple[str, int]]
    rule: str = "mean"
    trim: int = 1
    where: str = ""
    chair: Person | None = None


@transaction.atomic
def meet_plan(*, season: Season, planned: Planned, by: Person | None) -> Meet:
    """Set up a meet.

    Raises
    ------
    QuestionRefused
        ``meets.no_title``, ``meets.criteria``, ``meets.weights``, ``meets.trim``, ``marks.frequency``.
    """
    _check(season, planned)
    one_at_a_time()
    last = Meet.objects.filter(season=season).aggregate(last=Max("number"))["last"] or 0
    meet = Meet.objects.create(season=season, number=last + 1, by=by, at=clock.now(), **_fields(planned))
    _criteria(meet, planned)
    _told(meet, "planned", by, title=meet.title)
    return meet


@transaction.atomic
def meet_change(*, meet: Meet, planned: Planned, seen: int, by: Person) -> Meet:
    """Set up otherwise, while it is not live; as ``meet_plan``, and ``meets.moved_on``, ``meets.not_planned``."""
    current = _locked(meet)
    _chair(current, by)
    if current.row_version != seen:
        raise QuestionRefused(Problem("meets.moved_on"))
    if current.state != Meet.State.PLANNED:
        raise QuestionRefused(Problem("meets.not_planned"))
    _check(current.season, planned)
    for name, value in _fields(planned).items():
        setattr(current, name, value)
    current.row_version += 1
    current.save()
    current.criteria.all().delete()
    _criteria(current, planned)
    _told(current, "changed", by, title=current.title)
    return current


def _fields(planned: Planned) -> dict[str, object]:
    return {
        "title": " ".join(planned.title.split())[:200],
        "where": planned.where.strip()[:200],
        "held_on": planned.held_on,
        "period": planned.period,
        "rule": planned.rule,
        "trim": planned.trim,
        "chair": planned.chair,
    }


def _criteria(meet: Meet, planned: Planned) -> None:
    MeetCriterion.objects.bulk_create(
        MeetCriterion(meet=meet, number=n, title=" ".join(title.split())[:200], weight=weight)
        for n, (title, weight) in enumerate(planned.criteria, 1)
    )


def _check(season: Season, planned: Planned) -> None:
    if not planned.title.strip():
        raise QuestionRefused(Problem("meets.no_title"))
    if not 1 <= len(planned.criteria) <= MOST_CRITERIA or any(not t.strip() for t, _ in planned.criteria):
        raise QuestionRefused(Problem("meets.criteria", {"most": MOST_CRITERIA}))
    total = sum(w for _, w in planned.criteria)
    if total != 100 or any(w <= 0 for _, w in planned.criteria):
        raise QuestionRefused(Problem("meets.weights", {"total": total}))
    if planned.rule not in Meet.Rule.values or not 1 <= planned.trim <= 3:
        raise QuestionRefused(Problem("meets.trim"))
    if Period.parse(planned.period).frequency != season.frequency:
        raise QuestionRefused(Problem("marks.frequency", {"period": planned.period}))


def _locked(meet: Meet) -> Meet:
    return locks.locked(Meet.objects.select_related("season")).get(pk=meet.pk)


def _chair(meet: Meet, by: Person | None) -> None:
    if by is not None and not may_chair(by, meet):
        raise NotAllowed(Problem("accounts.not_allowed"))


def _not_closed(meet: Meet) -> None:
    if meet.state == Meet.State.CLOSED:
        raise QuestionRefused(Problem("meets.closed", {"title": meet.title}))


@transaction.atomic
def meet_item_add(*, meet: Meet, title: str, unit: Place, project: str = "", by: Person | None) -> MeetItem:
    """Another presentation at the end of the agenda; the same title of the same unit gives the one that is there.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``meets.closed``, ``meets.no_item_title``, ``meets.item_conflict``, ``marks.no_project``,
        ``meets.other_project``.
    """
    current = _locked(meet)
    _chair(current, by)
    _not_closed(current)
    plain = " ".join(title.split())[:200]
    if not plain:
        raise QuestionRefused(Problem("meets.no_item_title"))
    if project:
        known = {p.code: p for p in projects_of(current.season)}
        if project not in known:
            raise QuestionRefused(Problem("marks.no_project", {"project": project[:80]}))
        if known[project].contestant != unit.key:
            raise QuestionRefused(Problem("meets.other_project", {"project": known[project].title}))
    if there := current.items.filter(title=plain, unit=unit).first():
        return there
    for judge in current.judges.filter(withdrawn_at=None).select_related("person"):
        if unit.pk in _units(judge.unit_id, judge.person, current):
            raise QuestionRefused(Problem("meets.item_conflict", {"judge": judge.name}))
    last = current.items.aggregate(last=Max("number"))["last"] or 0
    item = MeetItem.objects.create(meet=current, number=last + 1, title=plain, unit=unit, project=project)
    _told(current, "item", by, item=plain, project=project)
    return item


@transaction.atomic
def meet_item_remove(*, item: MeetItem, by: Person) -> None:
    """Take a presentation off the agenda; ``meets.item_marked`` once somebody marked it."""
    current = _locked(item.meet)
    _chair(current, by)
    _not_closed(current)
    if MeetMark.objects.filter(item=item).exists():
        raise QuestionRefused(Problem("meets.item_marked", {"title": item.title}))
    MeetItem.objects.filter(pk=item.pk).delete()
    _told(current, "item_removed", by, item=item.title)


def _units(unit: int | None, person: Person | None, meet: Meet) -> set[int]:
    """Places a judge is of: the one named, and those somebody with an account acts for."""
    own = set(held_by(person, season=meet.season.key).places) if person is not None else set()
    return own | ({unit} if unit else set())


@dataclass(frozen=True, slots=True)
class MadeJudge:
    """A judge; the key of the link is told once and never kept. Empty for somebody with an account."""

    judge: MeetJudge
    key: str


@transaction.atomic
def meet_judge_add(
    *, meet: Meet, name: str, unit: Place | None = None, person: Person | None = None, by: Person | None
) -> MadeJudge:
    """Somebody who marks: by account, or by a link for a phone. Nobody judges where their own unit presents.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``meets.closed``, ``meets.no_judge_name``, ``meets.judge_twice``, ``meets.judge_conflict``.
    """
    current = _locked(meet)
    _chair(current, by)
    _not_closed(current)
    plain = " ".join((person.name or person.username if person else name).split())[:150]
    if not plain:
        raise QuestionRefused(Problem("meets.no_judge_name"))
    living = current.judges.filter(withdrawn_at=None)
    if living.filter(name=plain).exists() or (person is not None and living.filter(person=person).exists()):
        raise QuestionRefused(Problem("meets.judge_twice", {"judge": plain}))
    own = _units(unit.pk if unit else None, person, current)
    clash = current.items.filter(unit__in=own).first()
    if clash is not None:
        raise QuestionRefused(Problem("meets.judge_conflict", {"judge": plain, "item": clash.title}))
    key = "" if person is not None else secrets.token_urlsafe(_BYTES)
    judge = MeetJudge.objects.create(
        meet=current,
        name=plain,
        unit=unit,
        person=person,
        sha256=hashed(key) if key else "",
        made_by=by,
        made_at=clock.now(),
    )
    judge_told(judge=judge, by=by)
    _told(current, "judge", by, judge=plain, link=bool(key))
    return MadeJudge(judge, key)


@transaction.atomic
def meet_judge_withdraw(*, judge: MeetJudge, by: Person) -> None:
    """Somebody no longer judges: their link is dead and their marks do not count. Twice is once."""
    current = _locked(judge.meet)
    _chair(current, by)
    _not_closed(current)
    if MeetJudge.objects.filter(pk=judge.pk, withdrawn_at=None).update(withdrawn_at=clock.now()):
        _told(current, "judge_withdrawn", by, judge=judge.name)


@transaction.atomic
def meet_start(*, meet: Meet, by: Person | None) -> Meet:
    """Let judges mark. Twice is once.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``meets.closed``, ``meets.not_ready``: no presentation, or fewer than three judges.
    """
    current = _locked(meet)
    _chair(current, by)
    _not_closed(current)
    if current.state == Meet.State.LIVE:
        return current
    judges = current.judges.filter(withdrawn_at=None).count()
    if judges < LEAST_JUDGES or not current.items.exists():
        raise QuestionRefused(
            Problem("meets.not_ready", {"judges": judges, "least": LEAST_JUDGES, "items": current.items.count()})
        )
    current.state = Meet.State.LIVE
    current.row_version += 1
    current.save()
    _told(current, "started", by)
    return current


@transaction.atomic
def marks_save(*, judge: MeetJudge, marks: Mapping[tuple[int, int], str]) -> int:
    """A judge's marks by item and criterion, as typed; an empty one is taken back. Gives how many changed.

    Raises
    ------
    QuestionRefused
        ``meets.not_live``; ``meets.no_mark`` for each text that is no number from 0 to 100 with at most one decimal;
        nothing is saved then.
    """
    current = _locked(judge.meet)
    me = MeetJudge.objects.filter(pk=judge.pk, withdrawn_at=None).first()
    if current.state != Meet.State.LIVE or me is None:
        raise QuestionRefused(Problem("meets.not_live"))
    parts = parts_of(current)
    items, criteria = {i.pk: i for i in parts.items}, {c.pk for c in parts.criteria}
    wrong = [text for text in marks.values() if text.strip() and _mark_text(text) is None]
    if wrong:
        raise QuestionRefused(Problem("meets.no_mark", {"text": text[:20]}) for text in wrong)
    there = {(m.item_id, m.criterion_id): m for m in me.marks.all()}
    changed = 0
    for (item, criterion), text in marks.items():
        if item not in items or criterion not in criteria:
            continue
        value, row = _mark_text(text) if text.strip() else None, there.get((item, criterion))
        if row is not None and value is None:
            row.delete()
        elif row is None and value is not None:
            MeetMark.objects.create(judge=me, item_id=item, criterion_id=criterion, value=value, at=clock.now())
        elif row is not None and value is not None and row.value != value:
            row.value, row.at = value, clock.now()
            row.save(update_fields=["value", "at"])
        else:
            continue
        changed += 1
    if changed:
        MeetJudge.objects.filter(pk=me.pk).update(seen_at=clock.now())
        _told(current, "marked", me.person, judge=me.name, marks=changed)  # how many, never which: they are sealed
    return changed


def _mark_text(text: str) -> str | None:
    """A mark as canonical text; None for what is none.

    >>> _mark_text("85.50"), _mark_text("100"), _mark_text("85.25"), _mark_text("101"), _mark_text("-0.5")
    ('85.5', '100', None, None, None)
    """
    found = canonical(text.strip())
    if found is None:
        return None
    value = Decimal(found)
    return found if 0 <= value <= 100 and value * 10 == int(value * 10) else None


@transaction.atomic
def meet_close(*, meet: Meet, by: Person | None) -> MeetSheet:
    """End the marking and fix the sheet: every mark as given, every result. Twice is once.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``meets.not_live``, ``meets.nothing_marked``: no presentation has three judges' marks.
    """
    current = _locked(meet)
    _chair(current, by)
    there = MeetSheet.objects.filter(meet=current).first()
    if there is not None:
        return there
    if current.state != Meet.State.LIVE:
        raise QuestionRefused(Problem("meets.not_live"))
    parts = parts_of(current)
    found, marks = _results(current, parts)
    if all(r.mark is None for r in found):
        raise QuestionRefused(Problem("meets.nothing_marked", {"least": LEAST_JUDGES}))
    content = json.dumps(_content(current, parts, found, marks), ensure_ascii=False, sort_keys=True)
    sheet = MeetSheet.objects.create(
        meet=current, content=content, digest=sha256(content.encode()).hexdigest(), by=by, at=clock.now()
    )
    current.state, current.closed_at = Meet.State.CLOSED, clock.now()
    current.row_version += 1
    current.save()
    results = {i.title: None if r.mark is None else str(r.mark) for i, r in zip(parts.items, found, strict=True)}
    _told(current, "closed", by, digest=sheet.digest, results=results)
    return sheet


def _results(meet: Meet, parts: Parts) -> tuple[Sequence[ItemResult], dict[tuple[int, int, int], Decimal]]:
    given = marks_of(meet)
    barred = {
        (str(j.pk), str(i.pk))
        for j in parts.judges
        for i in parts.items
        if i.unit_id in _units(j.unit_id, j.person, meet)
    }
    found = meet_results(
        [str(i.pk) for i in parts.items],
        [str(j.pk) for j in parts.judges],
        {str(c.pk): c.weight for c in parts.criteria},
        {(str(j), str(i), str(c)): v for (j, i, c), v in given.items()},
        barred=frozenset(barred),
        rule="trimmed" if meet.rule == Meet.Rule.TRIMMED else "mean",
        trim=meet.trim,
    )
    return found, given


def _content(
    meet: Meet, parts: Parts, found: Sequence[ItemResult], marks: Mapping[tuple[int, int, int], Decimal]
) -> dict[str, object]:
    """The sheet as plain JSON; judges and criteria by their place in its lists."""
    at = {str(j.pk): n for n, j in enumerate(parts.judges)}
    items = []
    for item, result in zip(parts.items, found, strict=True):
        totals = {at[m.judge]: m for m in result.judges}
        items.append(
            {
                "title": item.title,
                "unit": {"en": parts.titles[item.unit_id].en, "zh": parts.titles[item.unit_id].zh},
                "project": item.project,
                "mark": "" if result.mark is None else str(result.mark),
                "rank": result.rank,
                "rule": result.rule,
                "totals": [_total(totals[n].total) if n in totals else "" for n in range(len(at))],
                "counted": [n for n, m in sorted(totals.items()) if m.counted],
                "missing": [at[j] for j in result.missing],
                "marks": [[str(marks.get((j.pk, item.pk, c.pk), "")) for c in parts.criteria] for j in parts.judges],
            }
        )
    return {
        "meet": {"number": meet.number, "title": meet.title, "held_on": meet.held_on.isoformat()},
        "rule": {"rule": meet.rule, "trim": meet.trim},
        "criteria": [{"title": c.title, "weight": c.weight} for c in parts.criteria],
        "judges": [{"name": j.name, "unit": parts.titles[j.unit_id].zh if j.unit_id else ""} for j in parts.judges],
        "items": items,
    }


def _total(total: Fraction | None) -> str:
    """Weights are whole percent and marks have one decimal: three decimals hold it exactly."""
    return "" if total is None else format((Decimal(total.numerator) / Decimal(total.denominator)).normalize(), "f")


@transaction.atomic
def meet_minutes(*, meet: Meet, text: str, seen: int, by: Person) -> Meet:
    """Write the minutes; ``meets.moved_on`` when somebody else did since they were opened."""
    current = _locked(meet)
    _chair(current, by)
    plain = text.strip()[:20_000]
    if current.minutes == plain:
        return current
    if current.row_version != seen:
        raise QuestionRefused(Problem("meets.moved_on"))
    current.minutes = plain
    current.row_version += 1
    current.save()
    _told(current, "minutes", by, length=len(plain))
    return current


@transaction.atomic
def meet_feed(*, meet: Meet, by: Person | None) -> int:
    """Give the marks of projects to the project race, each as another revision of its reading. Twice is once.

    Raises
    ------
    NotAllowed
    QuestionRefused
        ``meets.not_closed``, ``meets.no_projects``; as ``project_mark_record``.
    """
    current = _locked(meet)
    if by is not None and not may_chair(by, current):
        raise NotAllowed(Problem("accounts.not_allowed"))
    sheet = MeetSheet.objects.filter(meet=current).first()
    if sheet is None:
        raise QuestionRefused(Problem("meets.not_closed"))
    marked = [i for i in json.loads(sheet.content)["items"] if i["project"] and i["mark"]]
    if not marked:
        raise QuestionRefused(Problem("meets.no_projects"))
    if current.fed_at is not None:
        return len(marked)
    for item in marked:
        project_mark_record(
            season=current.season,
            project=item["project"],
            period=Period.parse(current.period),
            mark=Decimal(item["mark"]),
            reason=f"meet {current.number} {current.title}, sheet {sheet.digest[:12]}",
            by=by,
        )
    current.fed_at = clock.now()
    current.row_version += 1
    current.save()
    _told(current, "fed", by, projects=[i["project"] for i in marked])
    return len(marked)


def _told(meet: Meet, action: str, by: Person | None, **more: object) -> None:
    audit.record(
        by=by,
        action=f"meet.{action}",
        object_type="meet",
        object_key=f"{meet.season.key} {meet.number}",
        **more,
    )
