"""Who may do what in the race: one table that pages, files, the API and the tests of all of them are made from."""

from collections.abc import Mapping
from typing import Final

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import Reach, Rule
from saima.server.race.enums import EDITABLE, ReportState

STEWARD, REPORTER, OWNER, VERIFIER, LEADER, AUDITOR, GUEST = (
    Role.STEWARD,
    Role.REPORTER,
    Role.DATA_OWNER,
    Role.VERIFIER,
    Role.LEADER,
    Role.AUDITOR,
    Role.GUEST,
)
_EDITABLE: Final = frozenset(s.value for s in EDITABLE)
_SENT: Final = frozenset({ReportState.SUBMITTED.value})
_DONE: Final = frozenset({ReportState.VERIFIED.value})


def _any(*roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, "any")


_OWN: Final[dict[Role, Reach]] = {REPORTER: "own", OWNER: "own"}
_LENT: Final[dict[Role, Reach]] = {GUEST: "own"}  # of one report only: queries.visible

RULES: Final[Mapping[str, Rule]] = {
    "season.see": Rule(_any(STEWARD, REPORTER, OWNER, VERIFIER, LEADER, AUDITOR)),
    "season.import": Rule(_any(STEWARD)),
    "season.edit": Rule(_any(STEWARD)),
    "season.publish": Rule(_any(STEWARD)),
    "report.open": Rule(_any(STEWARD)),
    "report.see": Rule(_any(STEWARD, VERIFIER, AUDITOR) | _OWN | _LENT),
    "report.edit": Rule(_OWN | _LENT, _EDITABLE),
    "report.edit_behalf": Rule(_any(STEWARD), _EDITABLE),
    "report.submit": Rule(_OWN | _LENT, _EDITABLE),
    "report.submit_behalf": Rule(_any(STEWARD), _EDITABLE),
    "report.link": Rule(_any(STEWARD), _EDITABLE),
    "report.remind": Rule(_any(STEWARD)),
    "report.verify": Rule(_any(VERIFIER), _SENT),
    "report.return": Rule(_any(VERIFIER), _SENT),
    "report.reopen": Rule(_any(VERIFIER, STEWARD), _DONE),
    "verify.see": Rule(_any(STEWARD, VERIFIER, AUDITOR)),
    "finding.waive": Rule(_any(VERIFIER), _SENT),
    "verify.take": Rule(_any(VERIFIER), _SENT),
    "report.answer": Rule(_any(STEWARD, VERIFIER) | _OWN | _LENT),
    "evidence.see": Rule(_any(STEWARD, VERIFIER, AUDITOR) | _OWN | _LENT),
    "completeness.see": Rule(_any(STEWARD, VERIFIER, LEADER, AUDITOR)),
    "feed.read": Rule(_any(STEWARD)),
    "cut.freeze": Rule(_any(STEWARD)),
    "standing.see": Rule(_any(STEWARD, REPORTER, OWNER, VERIFIER, LEADER, AUDITOR)),
    "standing.preview": Rule(_any(STEWARD, VERIFIER, LEADER, AUDITOR)),
    "draft.make": Rule(_any(STEWARD)),
    "draft.see": Rule(_any(STEWARD, LEADER, AUDITOR)),
    "data.import": Rule(_any(STEWARD)),
    "data.export": Rule(_any(STEWARD, AUDITOR)),
    "data.export_own": Rule(_any(STEWARD, VERIFIER, AUDITOR, REPORTER, OWNER)),
}
