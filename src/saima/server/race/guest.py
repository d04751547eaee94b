"""Who opens one report with a link and has no account: seen as nobody everywhere but in that report."""

from typing import Final

from django.contrib.auth.models import AnonymousUser

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import Held

LENT: Final = "entry_link"  # in the session: the id of the link it was begun with


class Guest(AnonymousUser):
    """The holder of a link. ``spent``: the report was submitted with it, and only its receipt is still shown."""

    def __init__(self, *, link: int, report: int, place: int, name: str, spent: bool) -> None:
        super().__init__()
        self.link_id, self.report_id, self.name, self.spent = link, report, name, spent
        self.lent = Held(self, {Role.GUEST: frozenset({place})})
