"""How far the close of a month is: its steps on the ledger, what stands in the way, and what the calendar wants."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from saima.engine.model.periods import Period
from saima.server.bulletins.models import BulletinVersion, Draft
from saima.server.bulletins.queries import drafts_of, newest_version, versions_all, versions_of
from saima.server.kit import clock
from saima.server.kit.models import Lease, Step
from saima.server.race.enums import ReportState
from saima.server.race.models import Season
from saima.server.race.queries.deadlines import deadline
from saima.server.race.queries.looked_up import reports_in
from saima.words import Lang

PREPARED: Final = ("freeze", "evaluate", "draft", "render")
SHOWN: Final = ("freeze", "evaluate", "render", "release")  # the draft's number and date are told with its files
ALL_FOLLOWED: Final = "all"
PAUSE: Final = timedelta(minutes=10)  # times the number of faults, before the program tries again by itself
MOST_FAULTS: Final = 5
_FAULT: Final = "!"


def month_key(season: Season, period: str) -> str:
    return f"close {season.pk} {period}"


def version_key(version: BulletinVersion) -> str:
    return f"bulletin {version.pk}"


def attempt_of(season: Season, period: str) -> int:
    """Which freezing of the month counts; 0 before the first."""
    return Step.objects.filter(run_key=month_key(season, period), step__startswith="attempt ").count()


def run_key(season: Season, period: str, attempt: int) -> str:
    return f"{month_key(season, period)} {attempt}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What stood in the way of a step the last time, in both languages, and how often something did."""

    sentences: Mapping[str, Sequence[str]]
    times: int
    at: datetime

    def of(self, lang: Lang) -> Sequence[str]:
        return self.sentences.get(lang, ())


@dataclass(frozen=True, slots=True)
class Run:
    """What the ledger says of one run: results of the steps done and the last fault of each."""

    done: Mapping[str, Step]
    faults: Mapping[str, Fault]

    def result(self, step: str) -> int | None:
        row = self.done.get(step)
        return int(row.result) if row is not None and row.result.isdigit() else None

    def open_faults(self) -> Mapping[str, Fault]:
        """Faults of steps that are not done since."""
        return {step: fault for step, fault in self.faults.items() if step not in self.done}

    def waits(self) -> bool:
        """Whether the program should leave it alone for now: something stood in the way lately, or too often."""
        return any(f.times >= MOST_FAULTS or clock.now() < f.at + PAUSE * f.times for f in self.open_faults().values())


def run_of(key: str) -> Run:
    return _runs_of([key])[key]


def _runs_of(keys: Iterable[str]) -> Mapping[str, Run]:
    """The ledger of several runs; one query."""
    wanted = list(keys)
    rows: dict[str, list[Step]] = {key: [] for key in wanted}
    for row in Step.objects.filter(run_key__in=wanted).order_by("id"):
        rows[row.run_key].append(row)
    return {key: _run(found) for key, found in rows.items()}


def _run(rows: Sequence[Step]) -> Run:
    done = {r.step: r for r in rows if _FAULT not in r.step}
    faults: dict[str, Fault] = {}
    for row in rows:
        step, mark, _n = row.step.partition(_FAULT)
        if mark:
            times = faults[step].times + 1 if step in faults else 1
            faults[step] = Fault(json.loads(row.result), times, row.done_at)
    return Run(done, faults)


def fault_step(step: str, times: int) -> str:
    """The name under which a fault stands on the ledger beside its step."""
    return f"{step}{_FAULT}{times}"


@dataclass(frozen=True)
class Closing:
    """A month on its way: the run that prepares it, the draft, the release, and the run of what follows."""

    season: Season
    period: str
    attempt: int
    prepared: Run
    draft: Draft | None
    version: BulletinVersion | None
    followed: Run
    busy: bool
    verified: int
    whole: int

    @property
    def done(self) -> Mapping[str, datetime | None]:
        """Steps that are done, and when."""
        found: dict[str, datetime | None] = {s: r.done_at for s, r in self.prepared.done.items() if s in PREPARED}
        if self.version is not None:
            found |= dict.fromkeys(PREPARED, self.version.at) | {"release": self.version.at}
        return found | {s: r.done_at for s, r in self.followed.done.items()}

    @property
    def faults(self) -> Mapping[str, Fault]:
        if self.version is not None:
            return self.followed.open_faults()
        return self.prepared.open_faults()

    @property
    def late_until(self) -> datetime:
        return deadline(self.season, Period.parse(self.period)).late_until


def closing_of(season: Season, period: str) -> Closing:
    """How far a month is. The newest version of its bulletin counts."""
    attempt = attempt_of(season, period)
    version = newest_version(season, period)
    keys = [run_key(season, period, attempt), *([version_key(version)] if version else [])]
    runs = _runs_of(keys)
    prepared = runs[keys[0]]
    draft = None
    if version is not None:
        draft = version.draft
    elif (pk := prepared.result("draft")) is not None:
        draft = drafts_of(season).filter(pk=pk).first()
    states = list(reports_in(season, period).values_list("state", flat=True))
    return Closing(
        season=season,
        period=period,
        attempt=attempt,
        prepared=prepared,
        draft=draft,
        version=version,
        followed=runs[version_key(version)] if version else Run({}, {}),
        busy=Lease.objects.filter(name=lease_name(season, period), until__gt=clock.real()).exists(),
        verified=sum(s == ReportState.VERIFIED for s in states),
        whole=len(states),
    )


def lease_name(season: Season, period: str) -> str:
    return month_key(season, period)


def publish_day(season: Season, period: str) -> date:
    """The day a bulletin carries when the program prepares it: the day until which reports may come in late."""
    return deadline(season, Period.parse(period)).late_until.date()


def wanted(season: Season) -> str:
    """The period the calendar wants closed now: over, opened, and verified whole or past its deadline; else nothing."""
    last = reports_in(season).order_by("-period").values_list("period", flat=True).first()
    if last is None or season.closed or newest_version(season, last) is not None:
        return ""
    period, now = Period.parse(last), clock.now()
    if clock.today(season.time_zone) <= period.last_day:
        return ""
    whole = not reports_in(season, last).exclude(state=ReportState.VERIFIED).exists()
    return last if whole or now > deadline(season, period).late_until else ""


def unfollowed() -> QuerySet[BulletinVersion]:
    """Releases of which not everything that follows is done, the oldest first."""
    ledger = Step.objects.filter(run_key=OuterRef("run"), step=ALL_FOLLOWED)
    named = versions_all().annotate(run=Concat(Value("bulletin "), Cast("pk", CharField())))
    related = named.select_related("bulletin", "bulletin__season", "draft", "evaluated", "evaluated__cut")
    return related.filter(~Exists(ledger)).order_by("id")


def latest_period(season: Season) -> str:
    """The period the page opens with: the latest one somebody was asked for, or was released."""
    asked = reports_in(season).order_by("-period").values_list("period", flat=True).first() or ""
    out = versions_of(season).order_by("-bulletin__period")
    released = out.values_list("bulletin__period", flat=True).first() or ""
    return max(asked, released)
