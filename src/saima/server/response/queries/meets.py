"""Reads meets: who judges, how far the marking is, the fixed sheet. Marks of a live meet are their judge's alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from django.db.models import Count, QuerySet

from saima.server.accounts.rules import held_by, may
from saima.server.race.models import Season
from saima.server.response.models import Meet, MeetCriterion, MeetItem, MeetJudge, MeetMark
from saima.server.response.queries.circle import named
from saima.server.response.rules import RULES
from saima.words import Text

LENT: Final = "meet_judge"  # in the session: the id of the judge a link stands for


def hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def meets_of(season: Season) -> QuerySet[Meet]:
    """Newest first, with how many present and judge."""
    counted = (
        Meet.objects.filter(season=season)
        .select_related("chair")
        .annotate(presents=Count("items", distinct=True), judging=Count("judges", distinct=True))
    )
    return counted.order_by("-held_on", "-number")


def may_chair(person: Any, meet: Meet) -> bool:
    """The bureau, and whoever the meet names as its chair."""
    if may(RULES["meet.make"], held_by(person, season=meet.season.key)):
        return True
    return bool(getattr(person, "is_authenticated", False)) and person.pk == meet.chair_id


def judge_by_key(key: str) -> MeetJudge | None:
    """Whose link it is, while it opens anything."""
    found = MeetJudge.objects.filter(sha256=hashed(key)).select_related("meet__season", "unit").first()
    return found if found is not None and found.withdrawn_at is None else None


def judge_of(meet: Meet, person: Any, lent: object) -> MeetJudge | None:
    """The judge somebody is in this meet: by account, else by the link their session began with."""
    judges = MeetJudge.objects.filter(meet=meet, withdrawn_at=None).select_related("unit")
    if getattr(person, "is_authenticated", False):
        return judges.filter(person_id=person.pk).first()
    return judges.filter(pk=lent).exclude(sha256="").first() if isinstance(lent, int) else None


@dataclass(frozen=True, slots=True)
class Parts:
    """A meet's criteria, agenda and judges, with the names of units."""

    criteria: Sequence[MeetCriterion]
    items: Sequence[MeetItem]
    judges: Sequence[MeetJudge]
    titles: Mapping[int, Text]

    @property
    def weight(self) -> int:
        return sum(c.weight for c in self.criteria)


def parts_of(meet: Meet) -> Parts:
    """Four queries."""
    criteria = list(meet.criteria.order_by("number"))
    items = list(meet.items.select_related("unit").order_by("number"))
    judges = list(meet.judges.filter(withdrawn_at=None).select_related("unit", "person").order_by("id"))
    return Parts(criteria, items, judges, named([*(i.unit for i in items), *(j.unit for j in judges)]))


def marks_of(meet: Meet) -> dict[tuple[int, int, int], Decimal]:
    """Every mark by judge, item and criterion. For the calculation, never for a page of a live meet."""
    rows = MeetMark.objects.filter(judge__meet=meet, judge__withdrawn_at=None)
    return {(j, i, c): Decimal(v) for j, i, c, v in rows.values_list("judge", "item", "criterion", "value")}


def own_marks(judge: MeetJudge) -> dict[tuple[int, int], str]:
    rows = judge.marks.values_list("item", "criterion", "value")
    return {(i, c): v for i, c, v in rows}


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    judge: MeetJudge
    given: Sequence[bool]  # by item: every criterion marked


def progress_of(meet: Meet, parts: Parts) -> list[JudgeProgress]:
    """How far each judge is, without a single mark; one query."""
    counted = MeetMark.objects.filter(judge__meet=meet).values_list("judge", "item").annotate(n=Count("pk"))
    there = {(j, i): n for j, i, n in counted}
    whole = len(parts.criteria)
    return [
        JudgeProgress(j, [bool(whole) and there.get((j.pk, i.pk), 0) == whole for i in parts.items])
        for j in parts.judges
    ]


@dataclass(frozen=True, slots=True)
class SheetRow:
    title: str
    unit: Text
    project: str
    mark: str  # empty: no result
    rank: int | None
    trimmed: bool
    totals: Sequence[tuple[str, bool]]  # by judge: the mark over all criteria (empty: none), and whether it counted
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    judges: Sequence[str]
    rows: Sequence[SheetRow]  # best first
    digest: str


def sheet_of(meet: Meet) -> Sheet | None:
    """What a closed meet fixed; None before."""
    found = getattr(meet, "sheet", None) if meet.state == Meet.State.CLOSED else None
    if found is None:
        return None
    content = json.loads(found.content)
    names = [j["name"] for j in content["judges"]]
    rows = [
        SheetRow(
            i["title"],
            Text(i["unit"]["en"], i["unit"]["zh"]),
            i["project"],
            i["mark"],
            i["rank"],
            i["rule"] == "trimmed",
            [(i["totals"][n], n in i["counted"]) for n in range(len(names))],
            [names[n] for n in i["missing"]],
        )
        for i in content["items"]
    ]
    return Sheet(names, sorted(rows, key=lambda r: (r.rank is None, r.rank or 0)), found.digest)
