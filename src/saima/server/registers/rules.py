"""Who may do what with the registers: one table, as in race/rules.py."""

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


_INSIDE: Final = _any(STEWARD, REPORTER, OWNER, VERIFIER, LEADER, AUDITOR)
_ZONE: Final[dict[Role, Reach]] = {REPORTER: "own"}

RULES: Final[Mapping[str, Rule]] = {
    # Enterprises: a zone's people see the firms of their zone; what single firms show is never public.
    "enterprise.list": Rule(_any(STEWARD, REPORTER, LEADER, AUDITOR)),  # of these only what they may see
    "enterprise.see": Rule(_any(STEWARD, LEADER, AUDITOR) | _ZONE),
    "enterprise.edit": Rule(_any(STEWARD)),
    "enterprise.file": Rule(_any(STEWARD) | _ZONE),  # put a file beside it, take one back
    "enterprise.files_withdrawn": Rule(_any(STEWARD, AUDITOR)),
    "enterprise.import": Rule(_any(STEWARD)),
    "enterprise.imports": Rule(_any(STEWARD, AUDITOR)),
    # The rule book: read inside, drafted by the bureau, published by a second person of it; checked by anybody.
    "rulebook.see": Rule(_INSIDE),
    "rulebook.edit": Rule(_any(STEWARD)),
    "rulebook.publish": Rule(_any(STEWARD)),  # who drafted it may not, which is asked of the draft
    "rulebook.whatif": Rule(_any(STEWARD, LEADER, AUDITOR)),
    "check.use": Rule(public=True),
    # The ladder: counts for everybody inside, single firms for the bureau and of a zone for its people.
    "ladder.see": Rule(_INSIDE),
    "ladder.firms": Rule(_any(STEWARD, LEADER, AUDITOR) | {REPORTER: "own"}),
    "ladder.goal": Rule(_any(STEWARD)),
    # Items: everybody inside reads, the bureau keeps all of them, a zone those at its place.
    "items.see": Rule(_INSIDE),
    "item.begin": Rule(_any(STEWARD, REPORTER)),  # the page; for which place is asked of item.write
    "item.write": Rule(_any(STEWARD) | _ZONE),
    "item.import": Rule(_any(STEWARD)),
    # Talents by code: offices, leaders, a zone its own. What names them: the bureau, and the office of the programme.
    "talents.list": Rule(_any(STEWARD, REPORTER, OWNER, LEADER, AUDITOR)),  # of these only whom they may see
    "talents.see": Rule(_any(STEWARD, OWNER, LEADER, AUDITOR) | _ZONE),
    "talent.begin": Rule(_any(STEWARD, OWNER)),  # the page; for which programme is asked of talent.write
    "talent.write": Rule(_any(STEWARD) | {OWNER: "own"}),
    "talent.personal": Rule(_any(STEWARD) | {OWNER: "own"}),
    "talent.erase": Rule(_any(STEWARD)),
    # Chains: everybody inside reads, the bureau and the lead department keep them.
    "chains.see": Rule(_INSIDE),
    "chain.make": Rule(_any(STEWARD)),
    "chain.write": Rule(_any(STEWARD) | {OWNER: "own"}),
}
