"""What may be said of a talent: what names them, cleaned, and words that name nobody."""

from collections.abc import Mapping
from typing import Final

from saima.engine.errors import Problem, QuestionRefused

PERSONAL: Final = ("name", "id_number", "contact", "note")
_MOST: Final = 300


def personal_checked(given: Mapping[str, str]) -> dict[str, str]:
    """What names somebody, without what is empty.

    Raises
    ------
    QuestionRefused
        ``talents.needs_name``.
    """
    kept = {k: " ".join(given.get(k, "").split())[:_MOST] for k in PERSONAL}
    if not kept["name"]:
        raise QuestionRefused(Problem("talents.needs_name"))
    return {k: v for k, v in kept.items() if v}


def names_nobody(personal: Mapping[str, str], *texts: str) -> None:
    """Words that stay for ever must not name the person: they could not be erased.

    Raises
    ------
    QuestionRefused
        ``talents.names_somebody``.
    """
    secret = [v for k in ("name", "id_number", "contact") if len(v := personal.get(k, "")) > 1]
    if any(s.casefold() in t.casefold() for s in secret for t in texts):
        raise QuestionRefused(Problem("talents.names_somebody"))
