"""What the home page shows somebody: one panel per role, joined from the rooms. No arithmetic of the race here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from saima.server.accounts.enums import Role
from saima.server.accounts.rules import Held, held_by
from saima.server.bulletins.queries import versions_of
from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.kit.models import Audit
from saima.server.kit.rendered import part
from saima.server.places.queries import keys_of
from saima.server.race.models import Report, Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.home import STEPS, Due, Month, month_of, own_reports, published, waiting_for
from saima.server.race.queries.standing import Shown, shown
from saima.server.registers.queries.rule_offers import offers_for
from saima.server.response.queries.appeals import undecided
from saima.server.response.queries.cards import open_cards, own_cards
from saima.server.response.queries.plan_help import Helped, helped_by
from saima.server.response.queries.tickets import Filters, rows_of, tickets_listed
from saima.server.response.views.cards import CardRow, card_rows
from saima.server.site.leading import PREVIEW, leading_of, place_of
from saima.server.site.leading import Place as Placed
from saima.server.site.shell import Frame, address, title_of
from saima.words import Text, say

PILLS: Final[Mapping[str, str]] = {
    "open": "grey",
    "submitted": "blue",
    "returned": "amber",
    "verified": "green",
    "reopened_numbers": "amber",
    "reopened_notes": "amber",
}
CARDS: Final[Mapping[str, str]] = {
    "returned": "card-amber",
    "reopened_numbers": "card-amber",
    "reopened_notes": "card-amber",
}
LATEST_AUDIT: Final = 8
FIRST_CARDS: Final = 4  # of those that wait for an answer
FIRST_TICKETS: Final = 5
NEAR: Final = 2  # days before a deadline from which it is marked


@dataclass(frozen=True, slots=True)
class StepShown:
    title: str
    note: str
    state: str  # done, now, later


@dataclass(frozen=True)
class StewardPanel:
    season: Season
    month: Month
    steps: Sequence[StepShown]
    next_words: str
    next_href: str
    next_help: str

    @property
    def states(self) -> list[tuple[str, int, str]]:
        return [(state, count, PILLS[state]) for state, count in self.month.states.items()]


@dataclass(frozen=True)
class ReportCard:
    due: Due
    href: str
    season: Text
    due_words: str
    urgent: str  # "", soon, over

    @property
    def pill(self) -> str:
        return PILLS[self.due.state]

    @property
    def edge(self) -> str:
        return CARDS.get(self.due.state, "")


@dataclass(frozen=True)
class OwnStanding:
    title: Text
    season: Text
    period: str
    place: Placed | None


def due_words(due_at: datetime, late_until: datetime, zone: str) -> tuple[str, str]:
    """When a report is due and how long that still is, as a sentence and a mark."""
    there, now = ZoneInfo(zone), clock.now()
    day = due_at.astimezone(there)
    days = (day.date() - now.astimezone(there).date()).days
    at = {"due": _moment(due_at, zone)}
    if now > late_until:
        return say("home.due_closed", lang(), **at), "over"
    if now > due_at:
        return say("home.due_over", lang(), **at, until=_moment(late_until, zone)), "over"
    if days == 0:
        return say("home.due_today", lang(), time=f"{day:%H:%M}"), "soon"
    if days == 1:
        return say("home.due_tomorrow", lang(), time=f"{day:%H:%M}"), "soon"
    return say("home.due_days", lang(), **at, days=days), "soon" if days <= NEAR else ""


def due_of(report: Report, zone: str) -> tuple[str, str]:
    """The same of a report: one that was returned has a day of its own."""
    again = report.due_again_at
    return due_words(again or report.due_at, max(again or report.late_until, report.late_until), zone)


def _moment(value: datetime, zone: str) -> str:
    there = value.astimezone(ZoneInfo(zone))
    month = say(f"press.month.short.{there.month}", lang())
    return say("home.short_moment", lang(), day=there.day, month=month, time=f"{there:%H:%M}")


def report_cards(person: Any) -> list[ReportCard]:
    found = []
    for due in own_reports(person):
        report = due.listed.report
        words, urgent = due_of(report, due.season.time_zone)
        if not due.editable:
            words, urgent = "", ""
        found.append(ReportCard(due, address("report", pk=report.pk), title_of(due.season), words, urgent))
    return found


def steward_panel(person: Any, season: Season) -> StewardPanel:
    month = month_of(person, season)
    now, done = month.step, month.done
    counts = {"whole": len(month.reports), "sent": month.sent, "verified": month.verified}
    steps = []
    for step in STEPS:
        state = "now" if step == now else "done" if done[step] else "later"
        note = say(f"home.step_{step}_note", lang(), **counts) if step in {"collect", "verify"} and month.period else ""
        steps.append(StepShown(say(f"home.step_{step}", lang()), note, state))
    if not published(season):
        words, help_ = say("home.next_setup", lang()), say("home.next_setup_help", lang())
        return StewardPanel(season, month, steps, words, address("season-setup", key=season.key), help_)
    whole = all(done.values())
    pages = {"open": "reports", "collect": "completeness", "verify": "reports"}
    if now in pages:
        href = address(pages[now], key=season.key)
    else:  # from the cut on, one page leads through the close of the month
        href = address("close", key=season.key, period=month.period)
    href = href or address("reports", key=season.key)
    return StewardPanel(
        season,
        month,
        steps,
        say("home.next_again" if whole else f"home.next_{now}", lang()),
        href,
        say("home.next_again_help" if whole else f"home.next_{now}_help", lang(), **counts),
    )


def own_standings(person: Any, season: Season, found: Shown | None) -> list[OwnStanding]:
    """Where the places somebody reports for stand in the newest cut of the season at hand."""
    if found is None:
        return []
    own = keys_of(held_by(person).places)
    return [
        OwnStanding(c.title, title_of(season), str(found.period), place_of(found, found.index.place(c.code, "overall")))
        for c in found.index.season.contestants
        if c.code in own
    ]


def panels(frame: Frame) -> dict[str, Any]:
    """The panels of every role somebody holds, for the season at hand."""
    person, held, season = frame.request.user, frame.shell.held, frame.season
    found: dict[str, Any] = {}
    reads = held.has(Role.LEADER, Role.REPORTER, Role.AUDITOR, Role.STEWARD)
    standing = shown(season) if season is not None and reads else None
    if held.has(Role.REPORTER, Role.DATA_OWNER):
        cards = report_cards(person)
        found["cards"] = [c for c in cards if c.due.editable]
        found["sent"] = [c for c in cards if not c.due.editable]
        found["reports_here"] = True
        found["own_standings"] = own_standings(person, season, standing) if season else []
        found["own_cards"] = _own_cards(person, season) if season else []
        if season is not None:
            found["own_tickets"] = rows_of(tickets_listed(person, season, Filters("mine")), season)[:FIRST_TICKETS]
            found["own_helped"] = _own_helped(held, season)
    if held.has(Role.STEWARD):
        found["no_season"] = season is None
        found["rules_wait"] = offers_for(person)
        if season is not None:
            panel = steward_panel(person, season)
            found["steward"] = panel
            found["open_cards"], found["open_appeals"] = open_cards(season).count(), undecided(season)
            found["missing_rows"] = [(r, *due_of(r.report, season.time_zone)) for r in panel.month.missing]
    if held.has(Role.VERIFIER):
        found["waiting"] = waiting_for(person)
        found["waiting_states"] = [(s, n, PILLS[s]) for s, n in found["waiting"].states.items()]
    if held.has(Role.LEADER, Role.AUDITOR, Role.STEWARD) and season is not None:
        found["leader"] = _leader_panel(standing, season, preview=frame.request.GET.get("figures") == PREVIEW)
    if held.has(Role.AUDITOR, Role.ADMIN):
        found["audit"] = list(Audit.objects.order_by("-id")[:LATEST_AUDIT])
    found["admin"] = held.has(Role.ADMIN)
    return found | _addresses(season)


def _leader_panel(standing: Shown | None, season: Season, *, preview: bool) -> SafeString:
    """The same for everybody who reads it, until something is frozen or released again."""
    released = versions_of(season).first()
    key = (
        *(season.key, season.time_zone, preview),
        standing.said_by if standing is not None else (),
        (released.chain_digest, released.number, released.dated) if released is not None else (),
    )
    return part(
        "site/home/leader.html",
        key,
        lambda: {"leading": leading_of(season, standing, released, preview=preview), **_addresses(season)},
    )


def _own_cards(person: Any, season: Season) -> list[CardRow]:
    """Cards that wait for the answer of places somebody reports for."""
    found = own_cards(person, season)[:FIRST_CARDS]
    return card_rows(season, season_of(newest(season)), found) if found else []


def _own_helped(held: Held, season: Season) -> list[Helped]:
    """Plans that ask something of the offices somebody gives figures for."""
    offices = keys_of(held.roles.get(Role.DATA_OWNER, ()))
    return helped_by(season, season_of(newest(season)), offices) if offices else []


def _addresses(season: Season | None) -> dict[str, str]:
    found = {name + "_href": address(name) for name in ("people", "audit")} | {"import_href": address("season-import")}
    if season is not None:
        names = ("reports", "completeness", "leaderboard", "bulletins", "cards", "appeals")
        found |= {name + "_href": address(name, key=season.key) for name in names}
    return found


def landing() -> dict[str, Any]:
    """What a visitor reads: the loop, and what may be relied on."""
    loop = ("collect", "verify", "cut", "rank", "bulletin")
    promises = (("search", "why"), ("history", "keep"), ("home", "local"))
    return {
        "loop_steps": [(say(f"landing.{s}", lang()), say(f"landing.{s}_help", lang())) for s in loop],
        "promises": [
            (picture, say(f"landing.promise_{p}", lang()), say(f"landing.promise_{p}_help", lang()))
            for picture, p in promises
        ],
    }
