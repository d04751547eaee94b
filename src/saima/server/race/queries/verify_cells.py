"""Cells of reports as a verifier sees them: what was reported, what was said of it, what is still open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal

from saima.engine.model.season import Season as EngineSeason
from saima.server.race.enums import CellKind, MessageKind, VerdictKind
from saima.server.race.models import CellMessage, Evidence, Reading, Report, ReportCell, Verdict

Status = Literal["nothing", "waiting", "questioned", "answered", "proposed", "accepted", "changed", "rejected"]
DECIDED: Final[frozenset[Status]] = frozenset({"nothing", "accepted", "changed", "rejected"})
_DECISIONS: Final = frozenset({VerdictKind.ACCEPT, VerdictKind.CHANGE, VerdictKind.REJECT})
_SENT: Final = frozenset({"reported", "not_applicable"})


@dataclass(frozen=True)
class Cell:
    """One figure of one report with its revisions, verdicts, messages and files, each oldest first."""

    report: Report
    entry: ReportCell
    readings: tuple[Reading, ...]
    verdicts: tuple[Verdict, ...]
    messages: tuple[CellMessage, ...]
    evidence: tuple[Evidence, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.entry.contestant, self.entry.indicator

    @property
    def last_id(self) -> int | str:
        """Id of the last revision, also one taken back; empty where nothing ever came."""
        return self.readings[-1].pk if self.readings else ""

    @cached_property
    def latest(self) -> Reading | None:
        """The revision that counts; None where nothing came, or it was taken back."""
        last = self.readings[-1] if self.readings else None
        return None if last is None or last.state == "withdrawn" else last

    @cached_property
    def reported(self) -> Reading | None:
        """What was last sent; a figure that came in already decided (an import) stands for itself."""
        sent = [r for r in self.readings if r.state in _SENT]
        return sent[-1] if sent and self.latest is not None else self.latest

    @cached_property
    def verified(self) -> Reading | None:
        """The last verified revision, also when another figure was sent after it."""
        found = [r for r in self.readings if r.state == "verified"]
        return found[-1] if found else None

    @cached_property
    def question(self) -> CellMessage | None:
        """The last question, while nobody has decided since it was asked."""
        asked = [m for m in self.messages if m.kind == MessageKind.QUESTION]
        if not asked:
            return None
        if self.latest is None:
            return None if self._answered_since(asked[-1]) else asked[-1]
        questions = [v.pk for v in self.verdicts if v.kind == VerdictKind.QUESTION]
        decisions = [v.pk for v in self.verdicts if v.kind in _DECISIONS]
        return asked[-1] if questions and questions[-1] > (decisions[-1] if decisions else 0) else None

    @property
    def unanswered(self) -> bool:
        return self.question is not None and not self._answered_since(self.question)

    @cached_property
    def proposal(self) -> Verdict | None:
        """Another figure that waits for a second verifier."""
        said = [v for v in self.verdicts if v.kind in _DECISIONS | {VerdictKind.PROPOSE}]
        last = said[-1] if said else None
        waits = (
            last is not None and last.kind == VerdictKind.PROPOSE and last.reading_id == getattr(self.latest, "pk", 0)
        )
        return last if waits else None

    @cached_property
    def status(self) -> Status:
        if self.question is not None:
            return "questioned" if self.unanswered else "answered"
        if self.latest is None:
            return "nothing"
        if self.proposal is not None:
            return "proposed"
        if self.latest.state == "rejected":
            return "rejected"
        if self.latest.state == "verified":
            return "changed" if self._was_changed else "accepted"
        accepted = any(v.kind == VerdictKind.ACCEPT and v.reading_id == self.latest.pk for v in self.verdicts)
        return "accepted" if accepted else "waiting"

    @property
    def decided(self) -> bool:
        return self.status in DECIDED

    @property
    def accepted(self) -> Reading | None:
        """The verified revision that counts now."""
        return self.latest if self.status in {"accepted", "changed"} else None

    @property
    def since_verified(self) -> Reading | None:
        """What had been verified before a different figure was sent: the other half of the diff."""
        if self.latest is None:
            was = self.verified
            return was if was is not None and self.readings[-1].state == "withdrawn" else None
        if self.reported is None or self.verified is None or self.verified.revision >= self.reported.revision:
            return None
        return self.verified if self.verified.value != self.reported.value else None

    @property
    def difference(self) -> str:
        """Verified less reported once verified, reported less what was verified before; empty where they agree."""
        now, then = self.reported, self.since_verified
        if self.accepted is not None and self.reported is not None:
            now, then = self.accepted, self.reported
        if now is None or then is None or not now.value or not then.value:
            return ""
        apart = Decimal(now.value) - Decimal(then.value)
        return f"{apart:f}" if apart else ""

    @property
    def decided_by(self) -> str:
        """Who gave the verdict that holds."""
        said = [v for v in self.verdicts if v.kind in _DECISIONS]
        return said[-1].by.name if said and said[-1].by is not None and self.decided else ""

    @property
    def decided_at(self) -> datetime | None:
        said = [v for v in self.verdicts if v.kind in _DECISIONS]
        return said[-1].at if said and self.decided else None

    @property
    def reason(self) -> str:
        """Why the figure was changed or rejected."""
        return self.latest.reason if self.latest is not None and self.status in {"changed", "rejected"} else ""

    @cached_property
    def _was_changed(self) -> bool:
        return bool(self.latest and self.latest.origin == "correction")

    def _answered_since(self, question: CellMessage) -> bool:
        return any(m.kind == MessageKind.ANSWER and m.pk > question.pk for m in self.messages)

    def entered_by(self) -> frozenset[int]:
        """Who typed or sent this figure."""
        sent = {r.by_id for r in self.readings if r.state in _SENT}
        typed = {self.entry.saved_by_id} if self.entry.kind != CellKind.EMPTY else set()
        return frozenset(n for n in sent | typed if n is not None)

    def evidence_asked(self, spec: EngineSeason) -> bool:
        """Whether the indicator's rule asks for a file beside this figure."""
        rule = spec.indicator[self.entry.indicator].evidence
        value = self.reported.value if self.reported is not None else ""
        return bool(value) and (rule == "always" or (rule == "if_positive" and Decimal(value) > 0))

    @property
    def evidence_here(self) -> bool:
        return bool(self.evidence) or bool(self.latest is not None and self.latest.evidence)


def cells_of(reports: Iterable[Report], specs: Mapping[int, EngineSeason]) -> dict[int, list[Cell]]:
    """Cells by report id, in the season's order: five queries however many reports. ``specs`` by season id."""
    reports = list(reports)
    ids = [r.pk for r in reports]
    seasons, periods = {r.season_id for r in reports}, {r.period for r in reports}
    entries: dict[int, list[ReportCell]] = {n: [] for n in ids}
    for entry in ReportCell.objects.filter(report__in=ids).select_related("saved_by"):
        entries[entry.report_id].append(entry)
    names = {(e.contestant, e.indicator) for some in entries.values() for e in some}
    within = {"season__in": seasons, "period__in": periods, "contestant__in": {c for c, _ in names}}
    readings: dict[tuple[int, str, str, str], list[Reading]] = {}
    for r in Reading.objects.filter(**within).select_related("by").order_by("revision"):
        readings.setdefault((r.season_id, r.period, r.contestant, r.indicator), []).append(r)
    verdicts: dict[int, list[Verdict]] = {}
    about = {f"reading__{name}": value for name, value in within.items()}
    for v in Verdict.objects.filter(**about).select_related("by", "second_by").order_by("id"):
        verdicts.setdefault(v.reading_id, []).append(v)
    messages: dict[tuple[int, str, str], list[CellMessage]] = {}
    for m in CellMessage.objects.filter(report__in=ids).select_related("by").order_by("id"):
        messages.setdefault((m.report_id, m.contestant, m.indicator), []).append(m)
    files: dict[tuple[int, str, str], list[Evidence]] = {}
    kept = Evidence.objects.filter(report__in=ids, withdrawn=None).select_related("blob", "by").order_by("id")
    for e in kept:
        files.setdefault((e.report_id, e.contestant, e.indicator), []).append(e)
    found: dict[int, list[Cell]] = {}
    for report in reports:
        spec = specs[report.season_id]
        who = {c.code: n for n, c in enumerate(spec.contestants)}
        what = {i.code: n for n, i in enumerate(spec.indicators)}
        cells = []
        for entry in entries[report.pk]:
            if entry.contestant not in who or entry.indicator not in what:
                continue  # a later version of the season no longer knows it
            key = (entry.contestant, entry.indicator)
            revisions = tuple(readings.get((report.season_id, report.period, *key), ()))
            said = sorted((v for r in revisions for v in verdicts.get(r.pk, ())), key=lambda v: v.pk)
            cells.append(
                Cell(
                    report,
                    entry,
                    revisions,
                    tuple(said),
                    tuple(messages.get((report.pk, *key), ())),
                    tuple(files.get((report.pk, *key), ())),
                )
            )
        found[report.pk] = sorted(cells, key=lambda c: (what[c.entry.indicator], who[c.entry.contestant]))
    return found


def senders_of(report: Report) -> tuple[frozenset[int], frozenset[int]]:
    """Who sent the report, and who of them only ever on its place's behalf, by person id."""
    sent = [(n, behalf) for n, behalf in report.submissions.values_list("by", "on_behalf") if n is not None]
    return frozenset(n for n, _ in sent), frozenset(n for n, _ in sent) - {n for n, behalf in sent if not behalf}
