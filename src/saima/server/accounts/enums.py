"""The roles of a bureau. What each may do stands in the tables of rules, one per room."""

from enum import StrEnum


class Role(StrEnum):
    STEWARD = "steward"  # 赛马专班: sets the season, opens, reminds, cuts, drafts
    REPORTER = "reporter"  # reports for one zone
    DATA_OWNER = "data_owner"  # an office that owns indicators for all zones
    VERIFIER = "verifier"  # accepts or questions figures
    LEADER = "leader"  # reads standings and drafts
    AUDITOR = "auditor"  # reads everything, the audit trail included
    ADMIN = "admin"  # people, roles, back office; no figures
    GUEST = "guest"  # nobody's account: who holds a link lent for one report; never assigned


PLACED = frozenset({Role.REPORTER, Role.DATA_OWNER})  # roles held for one place
ASSIGNED = tuple(r for r in Role if r is not Role.GUEST)  # roles an account may be given
