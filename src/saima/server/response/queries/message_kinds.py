"""What people are told: the kinds of messages, their topics, their words (message.KIND.subject and .body)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from saima.server.kit import written
from saima.words import LANGS, Lang, Text, say

Reach = Literal["all", "here", "off"]  # everywhere that is chosen, in the desk only, not at all
MOST_SUBJECT: Final = 300


@dataclass(frozen=True, slots=True)
class Topic:
    """What somebody chooses about. ``must``: told in the desk whatever they choose. ``group``: fit for a group chat."""

    must: bool = False
    group: bool = False


TOPICS: Final[Mapping[str, Topic]] = {
    "reports": Topic(must=True, group=True),
    "bulletins": Topic(group=True),
    "cards": Topic(must=True),
    "plans": Topic(must=True),
    "tickets": Topic(must=True),
    "appeals": Topic(must=True),
    "meets": Topic(group=True),
    "rules": Topic(must=True),
    "weekly": Topic(group=True),
    "deliveries": Topic(must=True),
}


@dataclass(frozen=True, slots=True)
class Kind:
    topic: str
    params: tuple[str, ...]


KINDS: Final[Mapping[str, Kind]] = {
    "bulletin_released": Kind("bulletins", ("season", "period", "number")),
    "erratum_released": Kind("bulletins", ("season", "period", "number", "version", "reason")),
    "report_due": Kind("reports", ("place", "period", "due", "filled", "asked")),
    "report_overdue": Kind("reports", ("place", "period", "due", "late", "filled", "asked")),
    "report_locked": Kind("reports", ("place", "period", "late", "filled", "asked")),
    "report_due_again": Kind("reports", ("place", "period", "due", "filled", "asked")),
    "report_returned": Kind("reports", ("place", "period", "due")),
    "report_reopened": Kind("reports", ("place", "period", "due")),
    "reports_waited": Kind("reports", ("season", "period", "said")),  # of all places, for group chats
    "nobody_to_remind": Kind("reports", ("place", "period", "due")),
    "card_issued": Kind("cards", ("place", "period", "card", "reason")),
    "card_answered": Kind("cards", ("place", "period", "card")),
    "plan_due": Kind("plans", ("plan", "task", "due")),
    "ticket_opened": Kind("tickets", ("ticket", "place", "due")),
    "ticket_overdue": Kind("tickets", ("ticket", "due")),
    "ticket_answered": Kind("tickets", ("ticket", "place")),
    "appeal_opened": Kind("appeals", ("appeal", "place", "due")),
    "appeal_decided": Kind("appeals", ("appeal", "place", "decision")),
    "meet_invitation": Kind("meets", ("meet", "moment", "where")),
    "rule_offered": Kind("rules", ("rule", "person", "note")),
    "rule_published": Kind("rules", ("rule", "person", "number", "since", "reason")),
    "weekly_digest": Kind("weekly", ("season", "said")),
    "delivery_failed": Kind("deliveries", ("count", "named")),
}


def words_of(kind: str, params: Mapping[str, object], zone: str = "") -> tuple[Text, Text]:
    """Subject and body in both languages.

    Parameters
    ----------
    params : exactly those of the kind. A ``Text`` or a text, a number; a moment or a day is written out in ``zone``;
        ``period`` is a period such as 2026-05.

    Raises
    ------
    TypeError
        Other parameters than the kind has: a programming fault.
    """
    if set(params) != set(KINDS[kind].params):
        raise TypeError(f"{kind} takes {', '.join(KINDS[kind].params)}; given: {', '.join(sorted(params))}")
    found = []
    for part in ("subject", "body"):
        in_each = {
            lang: say(f"message.{kind}.{part}", lang, **{n: _written(n, v, lang, zone) for n, v in params.items()})
            for lang in LANGS
        }
        found.append(Text(in_each["en"], in_each["zh"]))
    subject, body = found
    return Text(_short(subject.en), _short(subject.zh)), body


def _written(name: str, value: object, lang: Lang, zone: str) -> object:
    if isinstance(value, datetime):
        return written.moment(value, lang, zone)
    if isinstance(value, date):
        return written.day(value, lang, zone)
    if name == "period" and isinstance(value, str):
        return written.period(value, lang)
    return value


def _short(subject: str) -> str:
    plain = " ".join(subject.split())
    return plain if len(plain) <= MOST_SUBJECT else plain[: MOST_SUBJECT - 1] + "\N{HORIZONTAL ELLIPSIS}"
