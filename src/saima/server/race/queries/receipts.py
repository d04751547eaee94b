"""What a submission said, in words, for its receipt; and the digest of a report that is printed before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from saima.press.receipt import Receipt
from saima.server.kit import written
from saima.server.places.queries import title_of
from saima.server.race.models import Report, Submission
from saima.server.race.queries.contents import content_of, evidence_of, said_in
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.reports import Page
from saima.words import Lang, number, say


@dataclass(frozen=True, slots=True)
class Printed:
    """What proves that a printed sheet is this report: the receipt's digest, or that of the draft as it stands."""

    submission: Submission | None
    digest: str

    @property
    def code(self) -> str:
        """What the QR code on the sheet says."""
        return f"{self.submission.receipt} {self.digest}" if self.submission else self.digest


def printed_of(page: Page) -> Printed:
    """The last submission where the report still says the same, else the draft."""
    content = content_of([r.cell for r in page.rows], evidence_of(page.report))
    digest = sha256(content.encode()).hexdigest()
    same = page.last is not None and page.last.digest == digest
    return Printed(page.last if same else None, digest)


def receipt_of(report: Report, submission: Submission, lang: Lang) -> Receipt:
    spec = season_of(newest(report.season))
    zone = report.season.time_zone
    place = title_of(report.place).of(lang)
    period = written.period(report.period, lang)
    late = submission.at > report.due_at
    facts = [
        (say("report.receipt_number", lang), submission.receipt, True),
        (say("report.col_place", lang), place, False),
        (say("report.receipt_period", lang), period, False),
        (say("report.receipt_at", lang), written.moment(submission.at, lang, zone), False),
        (say("report.col_state", lang), say("report.late" if late else "report.on_time", lang), False),
        (say("report.signer", lang), submission.signer, False),
    ]
    if submission.on_behalf and submission.by is not None:
        facts.append((say("receipt.behalf", lang), submission.by.name, False))
    own = {c for c, _ in said_in(submission.content)} == {report.place.key}
    rows: list[Sequence[str]] = []
    order = {code: n for n, code in enumerate((*spec.contestant, *spec.indicator))}
    sent = said_in(submission.content)
    for contestant, code in sorted(
        sent, key=lambda key: (order.get(key[1], len(order)), order.get(key[0], len(order)))
    ):
        said = sent[contestant, code]
        i = spec.indicator.get(code)
        who = spec.contestant.get(contestant)
        title = i.title.of(lang) if i else code
        shown = title if own else f"{who.title.of(lang) if who else contestant} · {title}"
        value = said["value"]
        figure = number(float(value), lang) if value else say("report.kind", lang, cell_kind=said["kind"] or "empty")
        rows.append((shown, i.unit.of(lang) if i else "", figure, said["note"]))
    return Receipt(
        title=say("receipt.title", lang, place=place, period=period),
        season=spec.title.of(lang),
        facts=facts,
        digest_label=say("report.receipt_digest", lang),
        digest=submission.digest,
        heads=[say(f"receipt.{name}", lang) for name in ("indicator", "unit", "figure", "note")],
        rows=rows,
        closing=say("receipt.closing", lang),
    )
