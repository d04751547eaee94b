"""Gives cards when a bulletin is out, and keeps what becomes of them. A wrong card is withdrawn, never deleted."""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.evaluation import Evaluation
from saima.engine.model.season import Season as EngineSeason
from saima.engine.race.cards import COLOURS, COUNTED, WHENS, CardDue, CardRule, Reason, cards_due
from saima.server.accounts.models import Person
from saima.server.bulletins.models import BulletinVersion
from saima.server.bulletins.queries import bulletin_held, is_replaced
from saima.server.kit import audit
from saima.server.places.queries import places_by_key
from saima.server.race.models import Season
from saima.server.race.queries.cuts import evaluation_of, history_of
from saima.server.race.queries.recorded import changed_by_verifiers, season_held
from saima.server.response.actions.telling import card_answer_told, cards_told
from saima.server.response.models import Card, CardEvent, CardsIssued, ResponseRules
from saima.server.response.models.cards import FOLLOWS, OPEN, CardState
from saima.server.response.queries.card_rules import card_rules, response_rules
from saima.server.response.queries.cards import cards_of, reasons_of
from saima.words import LANGS, Text, say

MOST_TEXT: Final = 5_000
MOST_DAYS: Final = 90
MOST_PERIODS: Final = 60


@transaction.atomic
def response_rules_set(
    *, season: Season, cards: Sequence[CardRule], appeal_days: int, reason: str, by: Person | None
) -> ResponseRules:
    """Rules for bulletins released from now on. The same rules again change nothing.

    Raises
    ------
    QuestionRefused
        ``card.rule_number``, ``card.rule_twice``, ``card.appeal_days``.
    """
    _refuse_odd(cards, appeal_days)
    ordered = sorted(cards, key=lambda r: (WHENS.index(r.when), COLOURS.index(r.colour)))
    content = json.dumps([{"when": r.when, "colour": r.colour, "at": r.at} for r in ordered])
    season_held(season)
    there = response_rules(season)
    if there is not None and (there.cards, there.appeal_days) == (content, appeal_days):
        return there
    number = there.number + 1 if there is not None else 1
    made = ResponseRules.objects.create(
        season=season, number=number, cards=content, appeal_days=appeal_days, reason=reason.strip()[:MOST_TEXT], by=by
    )
    audit.record(
        by=by,
        action="response.rules",
        object_type="season",
        object_key=season.key,
        number=number,
        cards=content,
        appeal_days=appeal_days,
        reason=made.reason,
    )
    return made


def _refuse_odd(cards: Sequence[CardRule], appeal_days: int) -> None:
    if not 1 <= appeal_days <= MOST_DAYS:
        raise QuestionRefused(Problem("card.appeal_days", {"most": MOST_DAYS}))
    problems, seen = [], set()
    for rule in cards:
        whole = rule.when in COUNTED
        if (whole and not (1 <= rule.at <= MOST_PERIODS and rule.at == int(rule.at))) or (
            not whole and not 0 < rule.at <= 10
        ):
            problems.append(Problem("card.rule_number_whole" if whole else "card.rule_number", {"rule": rule.when}))
        if (rule.when, rule.colour) in seen:
            problems.append(Problem("card.rule_twice", {"rule": rule.when, "card_colour": rule.colour}))
        seen.add((rule.when, rule.colour))
    if problems:
        raise QuestionRefused(problems)


def cards_issue(*, version: BulletinVersion) -> int:
    """Give the cards of a released version by the season's rules; how many hold by it.

    Killed or run again there is one set. Of an erratum the cards it no longer gives are withdrawn, those it gives as
    before stay, and those it gives in addition are new. Earlier cards whose light is green again are lifted. A version
    that an erratum has replaced gives none any more.
    """
    bulletin = version.bulletin
    season, evaluation = bulletin.season, evaluation_of(version.evaluated)
    history = history_of(season)
    changed = changed_by_verifiers(season, bulletin.period, version.evaluated.cut.known_at)
    with transaction.atomic():
        bulletin_held(version)
        done = CardsIssued.objects.filter(version=version).first()
        if done is not None:
            return done.standing
        if is_replaced(version):
            return 0
        rules = response_rules(season)
        due = {(d.contestant, d.indicator): d for d in cards_due(evaluation, history, card_rules(rules), changed)}
        stay, withdrawn = 0, 0
        for card in cards_of(season).filter(period=bulletin.period).exclude(state=CardState.WITHDRAWN):
            again = due.get((card.contestant, card.indicator))
            if again is not None and again.colour == card.colour:
                del due[card.contestant, card.indicator]
                stay += 1
                continue
            params: dict[str, object] = {"version": version.number, "reason": version.reason}
            _tell(card, CardState.WITHDRAWN, None, code="card.withdrawn_by_erratum", params=params)
            withdrawn += 1
        if rules is not None:
            _give(version, rules, evaluation.season, list(due.values()))
        lifted = _lift(version, evaluation, {*due})
        standing = stay + len(due)
        CardsIssued.objects.create(version=version, rules=rules, standing=standing)
        audit.record(
            by=None,
            action="cards.issued",
            object_type="bulletin",
            object_key=f"{season.key} {bulletin.period} {bulletin.number}",
            version=version.number,
            rules=rules.number if rules is not None else 0,
            issued=len(due),
            stayed=stay,
            withdrawn=withdrawn,
            lifted=lifted,
        )
    return standing


def _lift(version: BulletinVersion, evaluation: Evaluation, due: AbstractSet[tuple[str, str]]) -> int:
    """Lift earlier cards whose figure has a green light again; one for a false figure is the bureau's to lift."""
    number, lifted = version.bulletin.number, 0
    earlier = cards_of(version.bulletin.season).filter(period__lt=version.bulletin.period, state__in=list(OPEN))
    for card in earlier:
        cell = evaluation.by_cell.get((card.contestant, card.indicator))
        well = (card.contestant, card.indicator) not in due if not card.indicator else cell and cell.light == "green"
        if well and all(r.when != "false_data" for r in reasons_of(card)):
            _tell(card, CardState.LIFTED, None, code="card.lifted_by", params={"number": number})
            lifted += 1
    return lifted


def _give(version: BulletinVersion, rules: ResponseRules, spec: EngineSeason, due: Sequence[CardDue]) -> None:
    places = places_by_key({d.contestant for d in due})
    bulletin = version.bulletin
    given = []
    for one in due:
        owner = spec.indicator[one.indicator].owner if one.indicator else ""
        card = Card.objects.create(
            key=f"{bulletin.season.key}/{bulletin.period}/{one.contestant}/{one.indicator or '-'}/{version.number}",
            season=bulletin.season,
            version=version,
            period=bulletin.period,
            contestant=one.contestant,
            place=places.get(one.contestant),
            indicator=one.indicator,
            colour=one.colour,
            reasons=json.dumps([_kept(r) for r in one.reasons], ensure_ascii=False),
            helper=owner[:200] if one.colour == "red" else "",
            rules=rules,
        )
        _tell(
            card,
            CardState.ISSUED,
            None,
            code="card.issued_by",
            params={"number": bulletin.number, "rules": rules.number},
        )
        given.append(card)
    cards_told(season=bulletin.season, cards=given)


def _kept(reason: Reason) -> dict[str, Any]:
    """A reason as it stays: the sentence in both languages, whatever the catalogue says later."""
    return {
        "when": reason.rule.when,
        "colour": reason.rule.colour,
        "at": reason.rule.at,
        "said": {lang: say(reason.code, lang, **reason.params) for lang in LANGS},
        "numbers": {k: v for k, v in reason.params.items() if not isinstance(v, (Text, tuple))},
    }


def card_acknowledge(*, card: Card, by: Person) -> CardEvent:
    """The zone has seen it.

    Raises
    ------
    QuestionRefused
        ``card.in_state``.
    """
    return _step(card, CardState.ACKNOWLEDGED, "", by)


def card_answer(*, card: Card, text: str, by: Person) -> CardEvent:
    """What the zone says to it, and will do.

    Raises
    ------
    QuestionRefused
        ``card.text_needed``, ``card.in_state``.
    """
    return _step(card, CardState.ANSWERED, _needed(text), by)


def card_lift(*, card: Card, reason: str, by: Person) -> CardEvent:
    """It was right and is over.

    Raises
    ------
    QuestionRefused
        As ``card_answer``.
    """
    return _step(card, CardState.LIFTED, _needed(reason), by)


def card_withdraw(*, card: Card, reason: str, by: Person | None) -> CardEvent:
    """It was wrong. The card stays to be seen, with why.

    Raises
    ------
    QuestionRefused
        As ``card_answer``.
    """
    return _step(card, CardState.WITHDRAWN, _needed(reason), by)


def _needed(text: str) -> str:
    said = text.strip()[:MOST_TEXT]
    if not said:
        raise QuestionRefused(Problem("card.text_needed"))
    return said


@transaction.atomic
def _step(card: Card, to: CardState, text: str, by: Person | None) -> CardEvent:
    Card.objects.select_for_update().get(pk=card.pk)
    last = CardEvent.objects.filter(card=card).order_by("-id")[0]
    if (last.kind, last.text, last.by_id) == (to, text, by.pk if by else None):
        return last  # a second click
    if to not in FOLLOWS[last.kind]:
        raise QuestionRefused(Problem("card.in_state", {"card_state": last.kind}))
    made = _tell(card, to, by, text=text)
    if to == CardState.ANSWERED:
        card_answer_told(card=card, event=made.pk, by=by)
    audit.record(by=by, action=f"card.{to.value}", object_type="card", object_key=card.key, text=text)
    return made


def _tell(
    card: Card,
    kind: CardState,
    by: Person | None,
    *,
    text: str = "",
    code: str = "",
    params: dict[str, object] | None = None,
) -> CardEvent:
    said = json.dumps(params, ensure_ascii=False) if params else ""
    return CardEvent.objects.create(card=card, kind=kind, text=text, code=code, params=said, by=by)
