"""Closes a month in steps, each committed and keyed: killed at any of them and run again, nothing is double.

The schedule prepares (freeze, evaluate, draft, render); a person releases; what follows from a release comes after.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.db import IntegrityError, transaction

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.engine.model.periods import Period
from saima.server.accounts.models import Person
from saima.server.bulletins.actions.drafts import draft_make, draft_render
from saima.server.bulletins.actions.errata import later_recompute
from saima.server.bulletins.models import BulletinVersion, Draft
from saima.server.bulletins.queries import newest_version, next_number
from saima.server.bulletins.tasks import draft_files
from saima.server.kit import audit, clock, leases
from saima.server.kit.models import Step
from saima.server.kit.steps import run_step
from saima.server.race.actions.cuts import cut_evaluated, cut_freeze
from saima.server.race.models import Cut, Season
from saima.server.race.queries.cuts import cut_known
from saima.server.response.actions.cards import cards_issue
from saima.server.response.actions.lights import lights_issue
from saima.server.response.actions.messages import bulletin_told
from saima.server.response.queries.close import (
    ALL_FOLLOWED,
    Closing,
    attempt_of,
    closing_of,
    fault_step,
    lease_name,
    month_key,
    publish_day,
    run_key,
    run_of,
    unfollowed,
    version_key,
)
from saima.words import LANGS, say

LEASE_SECONDS: Final = 300
Follow = Callable[..., object]  # takes the keyword ``version``


def _later(*, version: BulletinVersion) -> None:
    for draft in later_recompute(version=version):
        if draft.state == Draft.State.WAITING:
            draft_files.enqueue(draft.pk)


# What follows from a release, in this order: name of the step -> what is done. Each has transactions of its own and may
# be repeated without harm; its sentences are close.step.NAME and close.step.NAME_note.
FOLLOWING: Final[tuple[tuple[str, Follow], ...]] = (
    ("later", _later),
    ("lights", lights_issue),
    ("cards", cards_issue),
    ("messages", bulletin_told),
)


class _StepStoppedError(Exception):
    """Something that is said on the ledger stood in the way of a step."""


def close_month(*, season: Season, period: str, by: Person | None = None) -> Closing:
    """Do everything of a month's close that needs no person now, and say how far it is.

    Done again, or by two at once, it changes nothing: each step stands on the ledger. What stands in the way of a
    step stands there too; the next run tries that step again.
    """
    with leases.held(lease_name(season, period), seconds=LEASE_SECONDS) as mine:
        if mine and newest_version(season, period) is None:
            _prepare(season, period, by)
        elif mine:
            for version in unfollowed().filter(bulletin__season=season, bulletin__period=period):
                _follow(version)
    return closing_of(season, period)


def close_anew(*, season: Season, period: str, by: Person | None) -> int:
    """Freeze the month once more with the figures known by now: the next run makes a cut and a draft of its own.

    Raises
    ------
    QuestionRefused
        ``close.released``: what is out is corrected by an erratum.
    """
    if newest_version(season, period) is not None:
        raise QuestionRefused(Problem("close.released", {"period": period}))
    return _attempt(season, period, attempt_of(season, period) + 1, by)


def _attempt(season: Season, period: str, number: int, by: Person | None) -> int:
    with transaction.atomic():
        _row, made = Step.objects.get_or_create(run_key=month_key(season, period), step=f"attempt {number}")
        if made:
            audit.record(
                by=by, action="close.begun", object_type="close", object_key=f"{season.key} {period}", attempt=number
            )
    return number


def follow_releases() -> Sequence[BulletinVersion]:
    """Do what is left to follow from releases, the oldest first; of one where something stood in the way only later."""
    went = []
    for version in unfollowed():
        bulletin = version.bulletin
        if run_of(version_key(version)).waits():
            continue
        with leases.held(lease_name(bulletin.season, bulletin.period), seconds=LEASE_SECONDS) as mine:
            if mine:
                _follow(version)
                went.append(version)
    return went


def _prepare(season: Season, period: str, by: Person | None) -> None:
    attempt = attempt_of(season, period) or _attempt(season, period, 1, by)
    run = run_key(season, period, attempt)

    def cut() -> Cut:
        pk = int(_done(run, "freeze", lambda: str(cut_freeze(season=season, period=Period.parse(period), by=by).pk)))
        return cut_known(pk)

    def draft(frozen: Cut) -> str:
        day = max(publish_day(season, period), Period.parse(period).last_day, clock.today(season.time_zone))
        return str(draft_make(cut=frozen, number=next_number(season, day.year), dated=day, by=None).pk)

    try:
        frozen = cut()
        _done(run, "evaluate", lambda: str(cut_evaluated(cut=frozen).pk))
        pk = int(_done(run, "draft", lambda: draft(frozen), together=True))
        _done(run, "render", lambda: _rendered(pk))
    except _StepStoppedError:
        return


def _rendered(draft_id: int) -> str:
    draft = draft_render(draft_id=draft_id)
    if draft.state == Draft.State.FAILED:
        raise _SaidError(json.loads(draft.fault))
    return str(draft.pk)


class _SaidError(Exception):
    """What stood in the way, in finished sentences of both languages."""

    def __init__(self, sentences: Mapping[str, Sequence[str]]) -> None:
        super().__init__("said")
        self.sentences = sentences


def _follow(version: BulletinVersion) -> None:
    run = version_key(version)
    whole = True
    for name, do in FOLLOWING:
        try:
            _done(run, name, lambda do=do: str(do(version=version) and ""), together=False)  # type: ignore[misc]
        except _StepStoppedError:
            whole = False  # one that stands still keeps no other from its turn
    if whole:
        run_step(run, ALL_FOLLOWED, lambda: ",".join(name for name, _do in FOLLOWING))


def _done(run: str, step: str, do: Callable[[], str], *, together: bool = False) -> str:
    """A step of the ledger; what stands in its way is kept beside it."""
    try:
        return run_step(run, step, do, together=together)
    except _SaidError as said:
        _fault(run, step, said.sentences)
    except Refused as refused:
        _fault(run, step, {lang: list(refused.sentences(lang)) for lang in LANGS})
    except Exception:
        _fault(run, step, {lang: [say("close.broke", lang)] for lang in LANGS})
        raise
    raise _StepStoppedError(step)


def _fault(run: str, step: str, sentences: Mapping[str, Sequence[str]]) -> None:
    times = Step.objects.filter(run_key=run, step__startswith=f"{step}{fault_step('', 0)[0]}").count() + 1
    try:
        with transaction.atomic():
            Step.objects.create(
                run_key=run,
                step=fault_step(step, times),
                result=json.dumps(sentences, ensure_ascii=False),
                done_at=clock.now(),
            )
    except IntegrityError:  # somebody else met the same at the same moment
        return
