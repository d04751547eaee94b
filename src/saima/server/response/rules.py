"""Who may do what with what follows: one table, as in race/rules.py.

Lists open to whole roles; what of a list somebody sees is decided by the queries ``*_visible_to``. A step of a thing is
taken by people of the place whose step it is, or by the bureau on its behalf.
"""

from collections.abc import Mapping
from typing import Final

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import Reach, Rule

STEWARD, REPORTER, OWNER, VERIFIER, LEADER, AUDITOR = (
    Role.STEWARD,
    Role.REPORTER,
    Role.DATA_OWNER,
    Role.VERIFIER,
    Role.LEADER,
    Role.AUDITOR,
)


def _any(*roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, "any")


_ZONE: Final[dict[Role, Reach]] = {REPORTER: "own"}
_PLACE: Final[dict[Role, Reach]] = {REPORTER: "own", OWNER: "own"}
_INSIDE: Final = _any(STEWARD, REPORTER, OWNER, VERIFIER, LEADER, AUDITOR)
_RUNNING: Final = frozenset({"open"})

RULES: Final[Mapping[str, Rule]] = {
    # The close of a month.
    "close.see": Rule(_any(STEWARD, AUDITOR)),
    "close.run": Rule(_any(STEWARD)),
    # Lights and cards: a zone answers its own, the bureau lifts and withdraws.
    "light.see": Rule(_INSIDE),
    "card.see": Rule(_INSIDE),
    "card.acknowledge": Rule(_ZONE, frozenset({"issued"})),
    "card.answer": Rule(_ZONE, frozenset({"issued", "acknowledged", "answered"})),
    "card.lift": Rule(_any(STEWARD), frozenset({"issued", "acknowledged", "answered"})),
    "card.withdraw": Rule(_any(STEWARD), frozenset({"issued", "acknowledged", "answered", "lifted"})),
    "card.rules": Rule(_INSIDE),
    "card.rules_set": Rule(_any(STEWARD)),
    # Appeals: a zone brings its own; who decides is asked of the appeal as well.
    "appeal.list": Rule(_any(STEWARD, REPORTER, VERIFIER, LEADER, AUDITOR)),  # of these only what they may see
    "appeal.see": Rule(_any(STEWARD, VERIFIER, LEADER, AUDITOR) | _ZONE),
    "appeal.open": Rule(_ZONE),
    "appeal.add": Rule(_ZONE, frozenset({"open", "heard"})),
    "appeal.withdraw": Rule(_ZONE, frozenset({"open", "heard"})),
    "appeal.hear": Rule(_any(STEWARD, VERIFIER, LEADER), frozenset({"open"})),
    "appeal.decide": Rule(_any(STEWARD, VERIFIER, LEADER), frozenset({"heard"})),
    "appeal.correct": Rule(_any(STEWARD), frozenset({"upheld"})),
    # Plans, the breakdown of targets, the next season.
    "plan.list": Rule(_any(STEWARD, LEADER, AUDITOR, REPORTER, OWNER)),  # of these only what they may see
    "plan.see": Rule(_any(STEWARD, LEADER, AUDITOR, OWNER) | _ZONE),
    "plan.begin": Rule(_any(STEWARD, REPORTER)),  # the page; for whom is asked of plan.open
    "plan.open": Rule(_any(STEWARD) | _ZONE),
    "plan.edit": Rule(_any(STEWARD) | _ZONE, _RUNNING),
    "plan.enter": Rule(_any(STEWARD, OWNER) | _ZONE, _RUNNING),  # an office what is done of its own tasks
    "plan.close": Rule(_any(STEWARD) | _ZONE, _RUNNING),
    "breakdown.see": Rule(_INSIDE),
    "next.propose": Rule(_any(STEWARD)),
    # Tickets: an office's people act for it, who asked rates, the bureau hands over.
    "tickets.see": Rule(_any(STEWARD, REPORTER, OWNER, LEADER, AUDITOR)),
    "tickets.see_all": Rule(_any(STEWARD, LEADER, AUDITOR)),
    "ticket.open": Rule(_any(STEWARD, REPORTER, OWNER)),
    "ticket.act": Rule(_any(STEWARD) | _PLACE),
    "ticket.coordinate": Rule(_any(STEWARD)),
    # Actions and battles: the bureau draws them up, units report, who supervises confirms.
    "campaigns.see": Rule(_INSIDE),
    "campaign.make": Rule(_any(STEWARD)),
    "campaign.act": Rule(_any(STEWARD) | _PLACE),
    "campaign.light": Rule(_any(STEWARD)),
    # Exchange: places tell, everybody inside reads.
    "exchange.see": Rule(_INSIDE),
    "exchange.write": Rule(_any(STEWARD, REPORTER, OWNER)),
    # Meets: the bureau sets one up; its chair opens and closes; a judge marks by account or by link.
    "meets.see": Rule(_INSIDE),
    "meet.make": Rule(_any(STEWARD)),
    # Messages and how they leave.
    "message.own": Rule(dict.fromkeys(Role, "any")),
    "delivery.see": Rule(_any(STEWARD, AUDITOR)),
    "delivery.retry": Rule(_any(STEWARD)),
    "robot.manage": Rule(_any(STEWARD, Role.ADMIN)),
}
