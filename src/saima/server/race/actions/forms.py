"""Takes over what a filled form says, and writes down who was reminded of a report and when."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from saima.server.accounts.models import Person
from saima.server.kit import audit
from saima.server.race.actions.reports import Conflict, Entry, Saved, cells_save
from saima.server.race.models import Report
from saima.server.race.queries.forms import Change
from saima.server.race.queries.reminders import REMINDED


def form_take(
    *,
    report: Report,
    changes: Iterable[Change],
    seen: Mapping[int, int],
    by: Person | None,
    by_name: str = "",
    on_behalf: bool = False,
) -> list[Saved | Conflict]:
    """Save what the form says into its cells. A note that the form did not change stays as it is.

    Parameters
    ----------
    seen : row version by cell id as the person saw it beside the change; one saved since is left alone.

    Raises
    ------
    QuestionRefused
        As ``cells_save``; then none is saved.
    """
    entries = [
        (
            change.row.cell,
            Entry(
                text=change.new.text,
                kind=change.kind,
                note=None if change.new.note == change.old.note else change.new.note,
            ),
            seen.get(change.row.cell.pk, 0),
        )
        for change in changes
    ]
    return cells_save(report=report, entries=entries, by=by, by_name=by_name, on_behalf=on_behalf, way="excel")


@transaction.atomic
def reminders_mark(*, reports: Iterable[Report], by: Person) -> int:
    """Write down that somebody was reminded of these reports; the message itself goes its own way."""
    count = 0
    for report in reports:
        audit.record(
            by=by,
            action=REMINDED,
            object_type="report",
            object_key=str(report.pk),
            place=report.place.key,
            period=report.period,
        )
        count += 1
    return count
