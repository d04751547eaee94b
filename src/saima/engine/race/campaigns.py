"""The monthly light of an action or battle, from its steps; it remembers a red month as indicators do."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date

from saima.engine.model.history import Colour
from saima.engine.race.lights import light


@dataclass(frozen=True, slots=True)
class CampaignStep:
    """A task or milestone. ``done`` is the day it was done on, once somebody confirmed it."""

    key: str
    due: date
    done: date | None = None


@dataclass(frozen=True, slots=True)
class MonthLight:
    """What a month is issued: how many steps were due by its end, how many of them done, which were missing."""

    colour: Colour
    due: int
    done: int
    missing: tuple[str, ...]


def month_light(steps: Sequence[CampaignStep], last_day: date) -> MonthLight:
    """The light of the month that ends on ``last_day``.

    Green when every step due by then was done by then, red when one was not, none while nothing was due. What is
    done but confirmed by nobody is not done.

    Notes
    -----
    docs/method/lights.md, "Actions and battles".

    Examples
    --------
    >>> frame = CampaignStep("frame", date(2026, 3, 20), done=date(2026, 4, 2))
    >>> month_light([frame], date(2026, 3, 31)).colour, month_light([frame], date(2026, 4, 30)).colour
    ('red', 'green')
    """
    due = [s for s in steps if s.due <= last_day]
    missing = tuple(s.key for s in due if s.done is None or s.done > last_day)
    done = len(due) - len(missing)
    if not due:
        return MonthLight("none", 0, 0, ())
    return MonthLight(light("present", done / len(due), 1.0, 1.0), len(due), done, missing)


def light_now(issued: Colour, missing: Sequence[str], done: Container[str]) -> Colour:
    """What an issued light has become: a red month is yellow once all it was red for is done; never green.

    ``missing`` is what the month was red for when it was issued: moving a day afterwards mends nothing.

    Examples
    --------
    >>> light_now("red", ["frame"], {"frame"}), light_now("red", ["frame"], set()), light_now("green", [], set())
    ('yellow', 'red', 'green')
    """
    if issued != "red":
        return issued
    return "yellow" if all(key in done for key in missing) else "red"
