"""The frame around every page: the season at hand, the addresses a person may open, their roles and their theme."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from saima.server.accounts.enums import Role
from saima.server.accounts.permissions import RULES as ACCOUNT_RULES
from saima.server.accounts.rules import Held, held_by
from saima.server.bulletins.rules import RULES as BULLETIN_RULES
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.home import published, seasons_by_use
from saima.server.race.rules import RULES
from saima.server.registers.rules import RULES as REGISTER_RULES
from saima.server.response.rules import RULES as RESPONSE_RULES
from saima.server.site.demo import PASSWORD, PEOPLE, DemoPerson
from saima.server.site.rules import RULES as SITE_RULES
from saima.words import Text, say

THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "saima_theme"
SEASON_COOKIE: Final = "saima_season"
SWITCHED: Final = ("leaderboard", "reports", "completeness", "cuts", "bulletins", "season-setup")  # keep the page


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation. ``rule`` stands in a room's table of rules; without one it is for all."""

    name: str
    code: str
    rule: str = ""
    section: str = ""  # opened together with others where the header would not hold them all side by side
    season: bool = False
    unpublished: bool = False  # there is something to do before the season's first version
    key: str = ""  # the keyboard's way: g, then this letter
    also: tuple[str, ...] = ()  # names of pages below this one


_RULES: Final = {**RULES, **ACCOUNT_RULES, **REGISTER_RULES, **BULLETIN_RULES, **RESPONSE_RULES, **SITE_RULES}
SIDE_BY_SIDE: Final = 7  # entries a header holds without sections
BULLETIN_PAGES: Final = ("bulletin", "bulletin-version", "drafts", "draft", "draft-release")
RULE_PAGES: Final = ("rule", "rule-new", "rule-version", "rule-draft", "rule-param", "rule-publish", "rule-whatif")
ITEM_PAGES: Final = ("item-list", "item", "item-new", "item-import", "item-import-look")
TALENT_PAGES: Final = ("talent", "talent-new", "talent-programmes")
TICKET_PAGES: Final = ("ticket", "ticket-open", "departments", "department")
ENTERPRISE_PAGES: Final = ("enterprise", "enterprise-new", "register-imports", "register-import", "register-doubts")
NAVIGATION: Final = (
    Entry("home", "site.nav_home", key="h"),
    Entry(
        "leaderboard", "site.nav_leaderboard", "standing.see", season=True, key="l", also=("contestant", "indicator")
    ),
    Entry("reports", "site.nav_reports", "report.see", "month", season=True, key="r", also=("report",)),
    Entry("verify-queue", "site.nav_verify", "verify.see", "month", key="v", also=("verify",)),
    Entry("completeness", "site.nav_completeness", "completeness.see", "month", season=True, key="c"),
    Entry("close-latest", "site.nav_close", "close.see", "publish", season=True, key="m", also=("close",)),
    Entry("cuts", "site.nav_cuts", "cut.freeze", "publish", season=True, key="u"),
    Entry("bulletins", "site.nav_bulletins", "bulletin.see", "publish", season=True, key="b", also=BULLETIN_PAGES),
    Entry("lights", "site.nav_lights", "light.see", "follow", season=True),
    Entry("cards", "site.nav_cards", "card.see", "follow", season=True, key="k", also=("card", "card-rules")),
    Entry("plans", "site.nav_plans", "plan.list", "follow", season=True, key="n", also=("plan", "plan-open")),
    Entry("tickets", "site.nav_tickets", "tickets.see", "follow", season=True, key="t", also=TICKET_PAGES),
    Entry("campaigns", "site.nav_campaigns", "campaigns.see", "follow", season=True, also=("campaign", "campaign-new")),
    Entry(
        "exchange", "site.nav_exchange", "exchange.see", "follow", season=True, also=("exchange-note", "exchange-new")
    ),
    Entry("meets", "site.nav_meets", "meets.see", "follow", season=True, also=("meet",)),
    Entry("appeals", "site.nav_appeals", "appeal.list", "follow", season=True, also=("appeal", "appeal-open")),
    Entry("enterprises", "site.nav_enterprises", "enterprise.list", "registers", key="e", also=ENTERPRISE_PAGES),
    Entry("ladder", "site.nav_ladder", "ladder.see", "registers", also=("ladder-firms",)),
    Entry("rules", "site.nav_rules", "rulebook.see", "registers", also=RULE_PAGES),
    Entry("items", "site.nav_items", "items.see", "registers", key="i", also=ITEM_PAGES),
    Entry("talents", "site.nav_talents", "talents.list", "registers", also=TALENT_PAGES),
    Entry("chains", "site.nav_chains", "chains.see", "registers", also=("chain", "chain-new")),
    Entry("season-setup", "site.nav_setup", "season.edit", "office", season=True, unpublished=True, key="s"),
    Entry("breakdown", "site.nav_breakdown", "breakdown.see", "office", season=True),
    Entry("next-season", "site.nav_next", "next.propose", "office", season=True),
    Entry("walls", "wall.nav", "wall.manage", "office", season=True, key="w"),
    Entry("people", "site.nav_people", "people.see", "office", key="p", also=("person", "person-new", "handover")),
    Entry("audit", "site.nav_audit", "audit.see", "office", key="a"),
)
OWN: Final = (
    ("message-choices", "site.own_message_choices", "settings"),
    ("account_change_password", "site.own_password", "lock"),
    ("mfa_index", "site.own_two_factor", "shield"),
    ("tokens", "site.own_tokens", "link"),
)


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    label: str
    icon: str = ""
    current: str = ""  # what aria-current says
    key: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of the header that open together."""

    label: str
    links: tuple[Link, ...]

    @property
    def current(self) -> bool:
        return any(link.current for link in self.links)


@dataclass(frozen=True, slots=True)
class SeasonLink:
    key: str
    href: str
    title: Text
    current: bool


@lru_cache(maxsize=2_000)
def address(name: str, **kwargs: Any) -> str:
    """The address of a page, or nothing where this installation has no such page."""
    try:
        return reverse(name, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


def theme_of(request: HttpRequest) -> str:
    kept = request.COOKIES.get(THEME_COOKIE, "")
    return kept if kept in THEMES else "auto"


def title_of(season: Season) -> Text:
    return Text(season.title_en, season.title_zh) or Text(season.key, season.key)


class Shell:
    """Made for every request, asked only by whole pages: parts that are swapped in cost nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def held(self) -> Held:
        return held_by(getattr(self.request, "user", None))

    @cached_property
    def visible(self) -> Sequence[Season]:
        """Seasons, the one in use first: not closed, with the latest period that was asked for or cut."""
        return seasons_by_use(self.request.user) if self.held.roles else []

    def at(self, season: Any) -> "Frame":
        """The frame of a page about ``season`` (anything with a key); else the address or the newest season says."""
        match = self.request.resolver_match
        named = getattr(season, "key", "") or (match.kwargs.get("key", "") if match else "")
        chosen = self.request.COOKIES.get(SEASON_COOKIE, "")
        by_key = {s.key: s for s in self.visible}
        return Frame(self, by_key.get(named) or by_key.get(chosen) or next(iter(self.visible), None))


class Frame:
    def __init__(self, shell: Shell, season: Season | None) -> None:
        self.shell, self.season = shell, season
        self.request = shell.request
        match = self.request.resolver_match
        self.page = match.url_name or "" if match else ""

    @cached_property
    def season_title(self) -> Text:
        return title_of(self.season) if self.season else Text()

    @property
    def zone(self) -> str:
        return self.season.time_zone if self.season else ""

    @property
    def theme(self) -> str:
        return theme_of(self.request)

    @property
    def themes(self) -> list[tuple[str, str, str]]:
        pictures = {"auto": "contrast", "light": "sun", "dark": "moon"}
        return [(theme, pictures[theme], say("site.theme", lang(), theme=theme)) for theme in THEMES]

    @property
    def next(self) -> str:
        """Where to come back to after a switch: this page, if it can be asked for again."""
        return self.request.get_full_path() if self.request.method == "GET" else "/"

    @property
    def roles(self) -> list[str]:
        return [say("site.role", lang(), role=role.value) for role in Role if role in self.shell.held.roles]

    @cached_property
    def seasons(self) -> list[SeasonLink]:
        page = self.page if self.page in SWITCHED else "leaderboard"
        return [
            SeasonLink(
                s.key,
                address(page if published(s) else "season-setup", key=s.key) or "/",
                title_of(s),
                s == self.season,
            )
            for s in self.shell.visible
        ]

    @cached_property
    def nav(self) -> list[Link | Section]:
        """What the header leads to: side by side, or where that were too many in sections that open."""
        entries = [entry for entry in NAVIGATION if self._open(entry)]
        found: list[Link | Section] = []
        for section, group in groupby(entries, key=lambda entry: entry.section):
            links = tuple(filter(None, map(self._link, group)))
            if section and len(links) > 1 and len(entries) > SIDE_BY_SIDE:
                found.append(Section(say(f"site.section_{section}", lang()), links))
            else:
                found.extend(links)
        return found

    def _link(self, entry: Entry) -> Link | None:
        season = {"key": self.season.key} if entry.season and self.season else {}
        href = address(entry.name, **season)
        if not href:
            return None
        here = "page" if self.page == entry.name else "true" if self.page in entry.also else ""
        return Link(href, say(entry.code, lang()), current=here, key=entry.key)

    def _open(self, entry: Entry) -> bool:
        held = self.shell.held
        if entry.season and (self.season is None or not (entry.unpublished or published(self.season))):
            return False
        return held.has(*_RULES[entry.rule].roles) if entry.rule else bool(held.roles)

    @property
    def unread(self) -> int:
        """Messages the person has not read; counted when they were fetched (response.backend)."""
        return int(getattr(self.request.user, "unread", 0))

    @property
    def alarms(self) -> int:
        """Unread messages that say a delivery failed."""
        return int(getattr(self.request.user, "alarms", 0))

    @property
    def demo_people(self) -> tuple[DemoPerson, ...]:
        """Who may be tried out in a demonstration; nobody anywhere else."""
        return PEOPLE if settings.SAIMA_DEMO else ()

    @property
    def demo_password(self) -> str:
        return PASSWORD if settings.SAIMA_DEMO else ""

    @property
    def own(self) -> list[Link]:
        """Pages about the person's own account."""
        found = [Link(address(name), say(code, lang()), icon) for name, code, icon in OWN]
        if getattr(self.request.user, "is_staff", False):
            found.append(Link(address("admin:index"), say("site.own_office", lang()), "settings"))
        return [link for link in found if link.href]
