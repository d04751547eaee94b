"""The demonstration's reports of May 2026: opened, filled from the figures of the folder, in every state they imply."""

from datetime import datetime
from typing import Final

from saima.engine.model.periods import Period
from saima.server.accounts.models import Person
from saima.server.kit import blobs, clock
from saima.server.race.actions.adopting import reports_adopt
from saima.server.race.actions.evidence import evidence_add
from saima.server.race.actions.reports import Entry, cell_save, report_assign, report_open_period
from saima.server.race.models import Reading, Report, Season
from saima.server.race.queries.asked import Reporter

MAY: Final = Period.parse("2026-05")
OPENED: Final = datetime.fromisoformat("2026-06-01T09:00:00+08:00")
SENT: Final = datetime.fromisoformat("2026-06-02T08:30:00+08:00")
# Two offices send one indicator for all parks; the rest of what offices own comes as its earlier figures came.
OFFICES: Final[dict[str, Reporter]] = {"graduates": "office", "gazelles": "office"}
REPORTERS: Final = {
    "crane": "crane",
    "whale": "whale",
    "lantern": "lantern",
    "ferry": "ferry",
    "whistle": "whistle",
    "Talent Office 人才办": "talent",
    "Science Bureau 科技局": "science",
}
# What somebody typed and has not sent: one figure to be explained, one text that is no number.
TYPED: Final = {"smes": "212", "doctors": "about 100"}


def demo_reports() -> None:
    """Open May and bring every report where its figures already are. No reading is added: digests stay."""
    season = Season.objects.get(key="demo-city")
    people = {p.username: p for p in Person.objects.all()}
    with clock.at(OPENED):
        reports = report_open_period(season=season, period=MAY, by=people["steward"], reporters=OFFICES)
        for report in reports:
            if report.place.key in REPORTERS:
                report_assign(report=report, to=people[REPORTERS[report.place.key]], by=people["steward"])
    with clock.at(SENT):
        for report in reports:
            _evidence(report, people.get(REPORTERS.get(report.place.key, "")))
        signers = {
            r.pk: people[REPORTERS[r.place.key]].name if r.place.key in REPORTERS else r.place.key for r in reports
        }
        reports_adopt(reports=reports, by=people["verifier"], signers=signers)
        lantern = next(r for r in reports if r.place.key == "lantern")
        for indicator, text in TYPED.items():
            cell_save(
                report=lantern,
                contestant="lantern",
                indicator=indicator,
                entry=Entry(text),
                seen=1,
                by=people["lantern"],
            )


def _evidence(report: Report, by: Person | None) -> None:
    """The files the folder names beside its figures, as small PDFs that say what they stand for."""
    named = Reading.objects.filter(season=report.season, period=report.period).exclude(evidence="")
    asked = set(report.cells.values_list("contestant", "indicator"))
    for reading in named:
        if (reading.contestant, reading.indicator) in asked:
            evidence_add(
                report=report,
                contestant=reading.contestant,
                indicator=reading.indicator,
                blob=blobs.put(pdf_line(f"Demonstration: {reading.evidence}"), "application/pdf"),
                name=reading.evidence,
                by=by,
            )


def pdf_line(words: str) -> bytes:
    """One page with one line of plain ASCII."""
    stream = f"BT /F1 18 Tf 60 760 Td ({words}) Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
