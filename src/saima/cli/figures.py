"""Figures of the engine's answers as people read them: points at the season's decimals, a unit once in a row."""

from collections.abc import Mapping
from typing import Final

from saima.cli.output import Output
from saima.engine.model.season import Season
from saima.engine.race.explain import Explanation
from saima.engine.race.whatif import WhatIf
from saima.words import Lang, Text, number, say

POINTS: Final = frozenset({"gap", "points", "back_points", "score", "most"})


def with_points(params: Mapping[str, object], season: Season, lang: Lang) -> dict[str, object]:
    """Parameters of a sentence with every score written at the season's decimals, as tables beside it write them."""
    return {
        name: number(value, lang, season.decimals) if name in POINTS and isinstance(value, float) else value
        for name, value in params.items()
    }


def say_place(found: Explanation | WhatIf, season: Season, out: Output) -> None:
    """The first line of both answers: who is asked about, and where it stands."""
    out.say(
        "cli.explain.place",
        contestant=found.title,
        period=found.period,
        rank=str(found.rank),
        among=str(found.among),
        score=number(found.score, out.lang, season.decimals),
    )


def in_unit(title: Text, unit: Text | str, lang: Lang) -> str:
    """The head of a row whose figures stand without their unit."""
    return say("cli.figures.in_unit", lang, title=title, unit=unit) if unit else title.of(lang)


def shown(value: float | None, decimals: int, lang: Lang) -> str:
    return "–" if value is None else number(value, lang, decimals)
