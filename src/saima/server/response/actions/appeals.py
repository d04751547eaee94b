"""Takes in and decides appeals. A decision makes a revision and a draft of an erratum; what is released stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Max

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical
from saima.engine.model.periods import Period
from saima.server.accounts.enums import Role
from saima.server.accounts.models import Person
from saima.server.accounts.rules import held_by
from saima.server.bulletins.actions.drafts import draft_make
from saima.server.bulletins.models import BulletinVersion, Draft
from saima.server.bulletins.queries import published_of
from saima.server.kit import audit, clock
from saima.server.kit.models import Blob
from saima.server.kit.solo import is_solo
from saima.server.places.models import Place
from saima.server.race.actions.correcting import reading_correct
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import Reading, Season
from saima.server.race.queries.cuts import evaluation_of
from saima.server.race.queries.recorded import frozen_reading, season_held
from saima.server.response.actions.cards import card_withdraw
from saima.server.response.actions.telling import appeal_told
from saima.server.response.models import Appeal, AppealDraft, AppealEvent, AppealFile, Card
from saima.server.response.models.appeals import FOLLOWS, UNDECIDED, AppealState
from saima.server.response.models.cards import CardState
from saima.server.response.queries.appeals import (
    appeals_of,
    could_decide,
    deadline_of,
    had_part,
    may_still_appeal,
)
from saima.server.response.queries.cards import cards_of

MOST_TEXT: Final = 5_000
MOST_FILES: Final = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """What an appeal is about: exactly one of a card, an indicator's figure, a scope's place."""

    card: Card | None = None
    indicator: str = ""
    scope: str = ""

    @property
    def about(self) -> Appeal.About:
        if self.card is not None:
            return Appeal.About.CARD
        return Appeal.About.READING if self.indicator else Appeal.About.STANDING


@dataclass(frozen=True, slots=True)
class Proof:
    """A file that was kept, and what its sender calls it."""

    blob: Blob
    name: str


def appeal_make(
    *,
    version: BulletinVersion,
    place: Place,
    subject: Subject,
    text: str,
    value: str = "",
    files: Sequence[Proof] = (),
    by: Person | None,
) -> Appeal:
    """Object to something of a released version. While one is undecided, the same again is that one.

    Parameters
    ----------
    value : what a figure should be, where the contestant knows it.

    Raises
    ------
    QuestionRefused
        ``appeal.too_late``, ``appeal.text_needed``, ``appeal.no_such``, ``appeal.card_withdrawn``,
        ``appeal.files_most``, ``verify.no_number``.
    """
    season, period = version.bulletin.season, version.bulletin.period
    until = deadline_of(version)
    if not may_still_appeal(version):
        raise QuestionRefused(
            Problem("appeal.too_late", {"number": version.bulletin.number, "until": f"{until:%Y-%m-%d}"})
        )
    said, wanted = _needed(text), _number(value)
    _refuse_nothing(version, place.key, subject)
    with transaction.atomic():
        season_held(season)
        same = appeals_of(season).filter(version__bulletin=version.bulletin, contestant=place.key, about=subject.about)
        same = same.filter(indicator=subject.indicator, scope=subject.scope, card=subject.card)
        there: Appeal | None = same.filter(state__in=list(UNDECIDED)).first()
        if there is not None:
            return there
        made = Appeal.objects.create(
            season=season,
            number=(Appeal.objects.filter(season=season).aggregate(last=Max("number"))["last"] or 0) + 1,
            version=version,
            place=place,
            contestant=place.key,
            about=subject.about,
            indicator=subject.indicator,
            reading=frozen_reading(version.evaluated.cut, place.key, subject.indicator) if subject.indicator else None,
            scope=subject.scope,
            card=subject.card,
            text=said,
            value=wanted,
            until=until,
            by=by,
        )
        AppealEvent.objects.create(appeal=made, kind=AppealState.OPEN, text=said, by=by)
        _files(made, files, by)
        appeal_told(appeal=made, state=AppealState.OPEN, text=said, by=by)
        _told(made, "appeal.made", by, about=made.about, period=period, text=said, value=wanted, files=len(files))
    return made


def _refuse_nothing(version: BulletinVersion, contestant: str, subject: Subject) -> None:
    """Raise where the version says nothing of the kind about the contestant."""
    evaluation = evaluation_of(version.evaluated)
    if subject.card is not None:
        state = cards_of(version.bulletin.season).get(pk=subject.card.pk).state
        if state == CardState.WITHDRAWN:
            raise QuestionRefused(Problem("appeal.card_withdrawn"))
        known = subject.card.contestant == contestant
    elif subject.indicator:
        known = (contestant, subject.indicator) in evaluation.by_cell
    else:
        known = any((s.contestant, s.scope) == (contestant, subject.scope) for s in evaluation.standings) or any(
            (n.contestant, n.scope) == (contestant, subject.scope) for n in evaluation.not_ranked
        )
    if not known:
        raise QuestionRefused(Problem("appeal.no_such", {"number": version.bulletin.number}))


@transaction.atomic
def appeal_add(*, appeal: Appeal, files: Sequence[Proof], by: Person | None) -> Appeal:
    """More evidence, while nobody has decided.

    Raises
    ------
    QuestionRefused
        ``appeal.in_state``, ``appeal.files_most``.
    """
    state = _locked(appeal)
    if state not in UNDECIDED:
        raise QuestionRefused(Problem("appeal.in_state", {"appeal_state": state}))
    if added := _files(appeal, files, by):
        _told(appeal, "appeal.evidence", by, files=added)
    return appeal


def appeal_hear(*, appeal: Appeal, text: str, by: Person) -> AppealEvent:
    """What was heard: the contestant, the verifier, whoever knows. Nothing is decided unheard.

    Raises
    ------
    QuestionRefused
        ``appeal.own``, ``appeal.text_needed``, ``appeal.in_state``.
    """
    _refuse_own(appeal, by)
    return _step(appeal, AppealState.HEARD, _needed(text), by)


def appeal_withdraw(*, appeal: Appeal, text: str, by: Person) -> AppealEvent:
    """The contestant takes it back.

    Raises
    ------
    QuestionRefused
        ``appeal.text_needed``, ``appeal.in_state``.
    """
    return _step(appeal, AppealState.WITHDRAWN, _needed(text), by)


def appeal_reject(*, appeal: Appeal, text: str, by: Person) -> AppealEvent:
    """It stays as it was released, for these reasons.

    Raises
    ------
    QuestionRefused
        ``appeal.own``, ``appeal.had_part``, ``appeal.text_needed``, ``appeal.in_state``.
    """
    alone = _refuse_part(appeal, by)
    return _step(appeal, AppealState.REJECTED, _needed(text), by, solo=alone)


def appeal_uphold(*, appeal: Appeal, text: str, value: str = "", by: Person) -> AppealEvent:
    """It was wrong, for these reasons. A figure gets a revision, a card is withdrawn; an erratum is drafted apart.

    ``appeal_erratum`` makes that draft: it asks the engine and must not hold the database meanwhile.

    Raises
    ------
    QuestionRefused
        As ``appeal_reject``; ``appeal.value_needed``; and as ``reading_correct``.
    """
    alone, said = _refuse_part(appeal, by), _needed(text)
    wanted = _number(value) or appeal.value
    if appeal.about == Appeal.About.READING and not wanted:
        raise QuestionRefused(Problem("appeal.value_needed"))
    with transaction.atomic():
        state = _locked(appeal)
        made: Reading | None = None
        if state == AppealState.HEARD and appeal.about == Appeal.About.READING:
            made = reading_correct(
                season=appeal.season,
                contestant=appeal.contestant,
                indicator=appeal.indicator,
                period=Period.parse(appeal.version.bulletin.period),
                value=wanted,
                reason=said,
                source=f"appeal {appeal.number}",
                by=by,
            )
        event = _step(appeal, AppealState.UPHELD, said, by, solo=alone, reading=made)
        if appeal.card is not None and cards_of(appeal.season).get(pk=appeal.card_id).state != CardState.WITHDRAWN:
            card_withdraw(card=appeal.card, reason=said, by=by)
    return event


def appeal_erratum(*, appeal: Appeal, by: Person | None) -> Draft:
    """The draft of an erratum that an upheld appeal leads to. Asked for again, it is the one that is there.

    Raises
    ------
    QuestionRefused
        ``appeal.no_erratum``: it is not upheld, or about a card, which is withdrawn without one.
    SeasonRefused, ReadingsRefused, HistoryRefused
        The engine cannot evaluate the period as it stands.
    """
    event = AppealEvent.objects.filter(appeal=appeal).order_by("-id")[0]
    if event.kind != AppealState.UPHELD or appeal.about == Appeal.About.CARD:
        raise QuestionRefused(Problem("appeal.no_erratum"))
    there = AppealDraft.objects.filter(appeal=appeal).select_related("draft").order_by("id").first()
    if there is not None:
        return there.draft
    draft = _drafted(appeal.season, Period.parse(appeal.version.bulletin.period), event.text, by)
    _save(appeal, draft, by)
    return draft


def _drafted(season: Season, period: Period, reason: str, by: Person | None) -> Draft:
    published = published_of(season, period)
    if published is None:
        raise QuestionRefused(Problem("appeal.no_erratum"))
    cut = cut_freeze(season=season, period=period, by=by)
    dated = max(clock.today(season.time_zone), period.last_day)
    return draft_make(cut=cut, number=published.number, dated=dated, reason=reason, by=by)


@transaction.atomic
def _save(appeal: Appeal, draft: Draft, by: Person | None) -> None:
    _row, made = AppealDraft.objects.get_or_create(appeal=appeal, draft=draft)
    if made:
        _told(appeal, "appeal.drafted", by, draft=draft.pk)


def _files(appeal: Appeal, files: Sequence[Proof], by: Person | None) -> int:
    there = set(AppealFile.objects.filter(appeal=appeal).values_list("blob_id", flat=True))
    new = {f.blob.pk: f for f in files if f.blob.pk not in there}
    if len(there) + len(new) > MOST_FILES:
        raise QuestionRefused(Problem("appeal.files_most", {"most": MOST_FILES}))
    for proof in new.values():
        AppealFile.objects.create(appeal=appeal, blob=proof.blob, name=proof.name[:200], by=by)
    return len(new)


def _needed(text: str) -> str:
    said = text.strip()[:MOST_TEXT]
    if not said:
        raise QuestionRefused(Problem("appeal.text_needed"))
    return said


def _number(value: str) -> str:
    if not value.strip():
        return ""
    plain = canonical(value.strip().replace(",", "").replace("\N{FULLWIDTH COMMA}", ""))
    if plain is None:
        raise QuestionRefused(Problem("verify.no_number", {"text": value}))
    return plain


def _refuse_own(appeal: Appeal, by: Person) -> None:
    own = held_by(by, season=appeal.season.key).roles.get(Role.REPORTER, frozenset())
    if by.pk == appeal.by_id or appeal.place_id in own:
        raise QuestionRefused(Problem("appeal.own", {"person": by.name}))


def _refuse_part(appeal: Appeal, by: Person) -> bool:
    """Raise when somebody else could decide; True where nobody else can, or the installation is one of one person."""
    _refuse_own(appeal, by)
    if by.pk not in had_part(appeal):
        return False
    others = could_decide(appeal)
    if others and not is_solo():
        names = tuple(p.name or p.username for p in others[:4])
        raise QuestionRefused(Problem("appeal.had_part", {"person": by.name, "others": names}))
    return True


def _locked(appeal: Appeal) -> str:
    """The state, held until the transaction ends."""
    Appeal.objects.select_for_update().get(pk=appeal.pk)
    return str(AppealEvent.objects.filter(appeal=appeal).order_by("-id")[0].kind)


@transaction.atomic
def _step(
    appeal: Appeal, to: AppealState, text: str, by: Person, *, solo: bool = False, reading: Reading | None = None
) -> AppealEvent:
    state = _locked(appeal)
    last = AppealEvent.objects.filter(appeal=appeal).order_by("-id")[0]
    if (last.kind, last.text, last.by_id) == (to, text, by.pk):
        return last  # a second click
    if to not in FOLLOWS[state]:
        raise QuestionRefused(Problem("appeal.in_state", {"appeal_state": state}))
    made = AppealEvent.objects.create(appeal=appeal, kind=to, text=text, solo=solo, reading=reading, by=by)
    appeal_told(appeal=appeal, state=to.value, text=text, by=by)
    _told(appeal, f"appeal.{to.value}", by, text=text, solo=solo, reading=reading.pk if reading else None)
    return made


def _told(appeal: Appeal, action: str, by: Person | None, **detail: object) -> None:
    audit.record(
        by=by, action=action, object_type="appeal", object_key=f"{appeal.season.key} {appeal.number}", **detail
    )
