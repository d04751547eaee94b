"""What verifying says to others: to the reporter of a figure, and of what a figure has already gone into."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from saima.server.race.models import Cut, Evaluated, History, Report
from saima.server.race.queries.documents import season_of
from saima.server.race.queries.verify_cells import Cell, cells_of
from saima.server.race.queries.verify_figures import newest_versions


@dataclass(frozen=True)
class Touched:
    """What a figure of a period has gone into: cuts of it and of later periods, their drafts, published bulletins."""

    cuts: tuple[tuple[str, int], ...]  # period, number
    drafts: tuple[tuple[int, date], ...]  # number, dated
    published: tuple[tuple[str, int], ...]  # period, version

    def __bool__(self) -> bool:
        return bool(self.cuts or self.drafts or self.published)


def touched_by(report: Report) -> Touched:
    later = {"season_id": report.season_id, "period__gte": report.period}
    cuts = Cut.objects.filter(**later).order_by("period", "number")
    drafts = Evaluated.objects.filter(cut__in=cuts, drafts__number__isnull=False).order_by("drafts__number")
    return Touched(
        tuple(cuts.values_list("period", "number")),
        tuple(drafts.values_list("drafts__number", "drafts__dated").distinct()),
        tuple(History.objects.filter(**later).order_by("period", "version").values_list("period", "version")),
    )


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """What a reporter sees of the verifying of one cell."""

    status: str  # Status of verify_cells
    question: str  # the open one, with until when an answer is asked for
    answer_by: datetime | None
    answered: bool
    reported: str
    verified: str  # empty unless accepted or changed
    reason: str  # why it was changed or rejected
    by: str
    at: datetime | None


def verdicts_of(report: Report) -> Mapping[tuple[str, str], CellVerdict]:
    """By (contestant, indicator): what was said of each figure of a report."""
    version = newest_versions([report.season_id])[report.season_id]
    cells = cells_of([report], {report.season_id: season_of(version)})[report.pk]
    return {c.key: _verdict(c) for c in cells}


def _verdict(cell: Cell) -> CellVerdict:
    asked = cell.question
    return CellVerdict(
        status=cell.status,
        question=asked.text if asked else "",
        answer_by=asked.due_at if asked else None,
        answered=asked is not None and not cell.unanswered,
        reported=cell.reported.value if cell.reported else "",
        verified=cell.accepted.value if cell.accepted else "",
        reason=cell.reason,
        by=cell.decided_by,
        at=cell.decided_at,
    )
