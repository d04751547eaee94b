"""Reports as they are once sent, made directly: what verifying starts from."""

from datetime import timedelta

from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.race.enums import CellKind, ReportState
from saima.server.race.models import CellMessage, Reading, Report, ReportCell, Season, Submission
from saima.server.race.queries.verify_queue import forget


def sent(
    place,
    values,
    *,
    period="2026-06",
    by=None,
    typed=None,
    on_behalf=False,
    note="",
    evidence="",
    due=timedelta(days=3),
):
    """A submitted report of demo-city and its readings by indicator; "" is not applicable, None never came.

    ``values`` by indicator of that place, or by (contestant, indicator). ``by`` sent it, ``typed`` filled it in.
    """
    season = Season.objects.get(key="demo-city")
    now = clock.now()
    forget()
    report, _ = Report.objects.update_or_create(
        season=season,
        place=Place.objects.get(key=place),
        period=period,
        defaults={
            "state": ReportState.SUBMITTED,
            "due_at": now + due,
            "late_until": now + timedelta(days=6),
            "opened_at": now - timedelta(days=1),
            "submitted_at": now,
            "row_version": 2,
        },
    )
    report.cells.all().delete()
    return report, send(report, values, by=by, typed=typed, on_behalf=on_behalf, note=note, evidence=evidence)


def send(report, values, *, by=None, typed=None, on_behalf=False, note="", evidence=""):
    """Put figures into a report and submit them; the readings by what ``values`` calls them."""
    number = report.submissions.count() + 1
    submission = Submission.objects.create(
        report=report,
        number=number,
        receipt=f"{report.pk}-{number}",
        signer="Signer",
        by=by,
        on_behalf=on_behalf,
        content="[]",
        digest="0" * 64,
    )
    readings = {}
    for name, value in values.items():
        contestant, indicator = name if isinstance(name, tuple) else (report.place.key, name)
        kind = {None: CellKind.NOT_YET, "": CellKind.NOT_APPLICABLE}.get(value, CellKind.VALUE)
        said = {"kind": kind, "text": value or "", "value": value or "", "note": note, "saved_by": typed}
        ReportCell.objects.update_or_create(report=report, contestant=contestant, indicator=indicator, defaults=said)
        if value is None:
            continue
        key = {"season": report.season, "period": report.period, "contestant": contestant, "indicator": indicator}
        before = Reading.objects.filter(**key).order_by("-revision").first()
        readings[name] = Reading.objects.create(
            **key,
            revision=(before.revision if before else 0) + 1,
            value=value,
            state="reported" if value else "not_applicable",
            origin="reported",
            note=note,
            evidence=evidence,
            submission=submission,
            by=by,
        )
    return readings


def answer(report, indicator, text):
    """What the reporter answers to a question."""
    return CellMessage.objects.create(
        report=report, contestant=report.place.key, indicator=indicator, kind="answer", text=text
    )


def fresh(report):
    return Report.objects.select_related("season", "place").get(pk=report.pk)
