"""Pages of cards: a season's list, one card with why and what may be done, and the rules they follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical
from saima.engine.model.season import Season as EngineSeason
from saima.engine.race.cards import COLOURS, COUNTED, WHENS, CardRule
from saima.server.accounts.rules import person_of, require
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.actions.cards import (
    card_acknowledge,
    card_answer,
    card_lift,
    card_withdraw,
    response_rules_set,
)
from saima.server.response.models.cards import APPEAL_DAYS, OPEN, CardState
from saima.server.response.queries.card_rules import PRESETS, card_rules, response_rules, rules_told
from saima.server.response.queries.cards import card_told, cards_of, event_said, reasons_of
from saima.server.response.rules import RULES
from saima.server.response.views.within import allowed, near, season_for
from saima.words import number, say

STATES: Final = ("open", "closed", "every")
PILLS: Final = {"issued": "red", "acknowledged": "amber", "answered": "blue", "lifted": "green", "withdrawn": "grey"}
MARKS: Final = {"issued": "bad", "acknowledged": "", "answered": "warn", "lifted": "good", "withdrawn": ""}


@dataclass(frozen=True, slots=True)
class CardRow:
    """One card in a list."""

    card: Any  # Card with its state
    url: str
    who: str
    what: str
    said: str

    @property
    def pill(self) -> str:
        return PILLS[self.card.state]


def card_rows(season: Season, spec: EngineSeason, found: Sequence[Any]) -> list[CardRow]:
    return [
        CardRow(
            card,
            reverse("card", args=[season.key, card.pk]),
            contestant_title(spec, card.contestant),
            indicator_title(spec, card.indicator),
            reasons_of(card)[0].said.of(lang()),
        )
        for card in found
    ]


def contestant_title(spec: EngineSeason, code: str) -> str:
    known = spec.contestant.get(code)
    return known.title.of(lang()) if known else code


def indicator_title(spec: EngineSeason, code: str) -> str:
    """The indicator's name; of a card about all figures of a contestant a word for that."""
    known = spec.indicator.get(code)
    return known.title.of(lang()) if known else code or say("card.whole", lang())


@require_safe
def cards(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "card.see")
    spec = season_of(newest(season))
    every = list(cards_of(season))
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    colour, who = request.GET.get("colour", ""), request.GET.get("contestant", "")
    shown = [
        c
        for c in every
        if (state == "every" or _asks(c) == (state == "open"))
        and colour in ("", c.colour)
        and who in ("", c.contestant)
    ]
    rules = response_rules(season)
    context = {
        "season": season,
        "tabs": near(request, season, "cards", "cards"),
        "rows": card_rows(season, spec, shown),
        "every": every,
        "rules": rules,
        "may_set": allowed(request, season, "card.rules_set"),
        "counts": [(c, sum(_asks(card) and card.colour == c for card in every)) for c in COLOURS],
        "states": [(s, say(f"card.filter.{s}", lang()), s == state) for s in STATES],
        "colours": [(c, say("card.colour", lang(), card_colour=c), c == colour) for c in COLOURS],
        "contestants": [
            (c.code, c.title.of(lang()), c.code == who)
            for c in spec.contestants
            if c.code in {card.contestant for card in every}
        ],
        "filtered": bool(colour or who) or state != "open",
    }
    return render(request, "response/cards.html", context)


def _asks(card: Any) -> bool:
    return card.state in OPEN and not card.continued


def _card(request: HttpRequest, key: str, pk: int) -> tuple[Season, Any]:
    season = season_for(request, key, "card.see")
    return season, get_object_or_404(cards_of(season), pk=pk)


@require_safe
def card(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    season, found = _card(request, key, pk)
    spec = season_of(newest(season))
    told = card_told(found)
    steps = [
        step
        for step in ("acknowledge", "answer", "lift", "withdraw")
        if allowed(request, season, f"card.{step}", place=found.place_id, state=found.state)
    ]
    own = allowed(request, season, "appeal.open", place=found.place_id)
    why = ""
    if found.indicator in spec.indicator and found.contestant in spec.contestant:
        why = reverse("why", args=[key, found.contestant, found.indicator]) + f"?period={found.period}"
    context = {
        "season": season,
        "card": found,
        "who": contestant_title(spec, found.contestant),
        "what": indicator_title(spec, found.indicator),
        "pill": PILLS[found.state],
        "reasons": [(r, _rule_said(r.when, r.at)) for r in told.reasons],
        "history": [(e, event_said(e, lang()), MARKS[e.kind]) for e in told.events],
        "beside": [(c, reverse("card", args=[key, c.pk]), PILLS[c.state]) for c in told.beside],
        "open": found.state in OPEN,
        "steps": steps,
        "why_url": why,
        "contestant_url": reverse("contestant", args=[key, found.contestant]),
        "plan_url": _plan(season, found) if own and found.colour == "red" and _asks(found) else "",
        "appeal_url": _appeal(season, found) if own and found.state != CardState.WITHDRAWN else "",
    }
    return render(request, "response/card.html", context)


def _rule_said(when: str, at: float) -> str:
    shown = number(at, lang()) if when in COUNTED else number(round(100 * at, 6), lang())
    return say(f"card.rule_said.{when}", lang(), at=shown)


def _plan(season: Season, found: Any) -> str:
    """Where a plan for this card is begun, or the card joins the one under way."""
    reason = reasons_of(found)[0].said.of(lang())
    given = {"contestant": found.contestant, "card": found.key, "reason": reason}
    return f"{reverse('plan-open', args=[season.key])}?{urlencode(given)}"


def _appeal(season: Season, found: Any) -> str:
    return f"{reverse('appeal-open', args=[season.key])}?about=card&card={found.pk}"


@require_POST
def step(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """``do``: acknowledge, answer, lift, withdraw; with ``text``."""
    season, found = _card(request, key, pk)
    do, text, by = request.POST.get("do", ""), request.POST.get("text", ""), person_of(request)
    if do not in ("acknowledge", "answer", "lift", "withdraw"):
        raise QuestionRefused(Problem("card.no_step"))
    require(RULES, f"card.{do}", by, place=found.place_id, season=season.key)
    match do:
        case "acknowledge":
            card_acknowledge(card=found, by=by)
        case "answer":
            card_answer(card=found, text=text, by=by)
        case "lift":
            card_lift(card=found, reason=text, by=by)
        case _:
            card_withdraw(card=found, reason=text, by=by)
    return redirect("card", key=key, pk=pk)


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, key: str) -> HttpResponse:
    """The rules a season's cards follow; the steward sets them, everybody may read them."""
    season = season_for(request, key, "card.rules")
    if request.method == "POST":
        by = person_of(request)
        require(RULES, "card.rules_set", by, season=season.key)
        days, reason = whole(request.POST.get("appeal_days")), request.POST.get("reason", "")
        response_rules_set(season=season, cards=_typed(request), appeal_days=days, reason=reason, by=by)
        return redirect("card-rules", key=key)
    there = response_rules(season)
    preset = request.GET.get("preset", "")
    chosen = PRESETS.get(preset, card_rules(there))
    at = {(r.when, r.colour): r.at for r in chosen}
    context = {
        "season": season,
        "tabs": near(request, season, "cards", "card-rules"),
        "there": there,
        "may_set": allowed(request, season, "card.rules_set"),
        "preset": preset if preset in PRESETS else "",
        "presets": [(p, say(f"card.preset.{p}", lang()), say(f"card.preset.{p}_help", lang())) for p in PRESETS],
        "rows": [
            (
                when,
                say(f"card.rule.{when}", lang()),
                say(f"card.rule.{when}_help", lang()),
                [
                    (f"{when}.{c}", say("card.colour", lang(), card_colour=c), _shown(when, at.get((when, c))))
                    for c in COLOURS
                ],
            )
            for when in WHENS
        ],
        "appeal_days": there.appeal_days if there else APPEAL_DAYS,
        "told": rules_told(season),
    }
    return render(request, "response/card_rules.html", context)


def _shown(when: str, at: float | None) -> str:
    if at is None:
        return ""
    return f"{at if when in COUNTED else round(100 * at, 6):g}"


def _typed(request: HttpRequest) -> list[CardRule]:
    found = []
    for when in WHENS:
        for colour in COLOURS:
            text = request.POST.get(f"{when}.{colour}", "").strip()
            if not text:
                continue
            plain = canonical(text.removesuffix("%"))
            if plain is None:
                code = "card.rule_number_whole" if when in COUNTED else "card.rule_number"
                raise QuestionRefused(Problem(code, {"rule": when}))
            found.append(CardRule(when, colour, float(plain) if when in COUNTED else float(plain) / 100))
    return found
