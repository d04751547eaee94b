"""Reads the rules of what follows: those of a season, and ready-made sets to begin with."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from saima.engine.race.cards import CardRule
from saima.server.race.models import Season
from saima.server.response.models import ResponseRules
from saima.server.response.models.cards import APPEAL_DAYS

# Ready-made sets, from the gentlest to the strictest.
PRESETS: Final[Mapping[str, Sequence[CardRule]]] = {
    "gentle": (
        CardRule("below_share_of_pace", "yellow", 0.5),
        CardRule("late_or_missing", "yellow", 2),
        CardRule("false_data", "red", 0.5),
    ),
    "usual": (
        CardRule("periods_behind", "yellow", 6),
        CardRule("below_share_of_pace", "yellow", 0.75),
        CardRule("below_share_of_pace", "red", 0.6),
        CardRule("late_or_missing", "yellow", 1),
        CardRule("late_or_missing", "red", 2),
        CardRule("false_data", "red", 0.2),
    ),
    "strict": (
        CardRule("periods_behind", "yellow", 1),
        CardRule("periods_behind", "red", 2),
        CardRule("below_share_of_pace", "red", 0.8),
        CardRule("late_or_missing", "red", 1),
        CardRule("figures_missing", "red", 3),
        CardRule("false_data", "red", 0.1),
    ),
}


def response_rules(season: Season) -> ResponseRules | None:
    """The rules that count for a season; None while nobody has chosen any: then no card is given."""
    return ResponseRules.objects.filter(season=season).order_by("-number").first()


def card_rules(rules: ResponseRules | None) -> tuple[CardRule, ...]:
    if rules is None:
        return ()
    return tuple(CardRule(r["when"], r["colour"], float(r["at"])) for r in json.loads(rules.cards))


def appeal_days(season: Season) -> int:
    """Days after a release in which a contestant may appeal."""
    found = response_rules(season)
    return APPEAL_DAYS if found is None else found.appeal_days


def rules_told(season: Season) -> Sequence[ResponseRules]:
    """Every set a season ever had, newest first."""
    return list(ResponseRules.objects.filter(season=season).select_related("by").order_by("-number"))
