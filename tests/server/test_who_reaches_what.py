"""Role x state x address: every page, file and interface address, asked by everybody, against the tables of rules.

The table names every address the server has; one that is missing here fails the first test. What a table of rules
says is what the addresses do: allowed, refused (403), or as if it did not exist (404).
"""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from frozen import frozen
from released import released

from saima.server.accounts.actions import token_make
from saima.server.accounts.models import Person
from saima.server.accounts.permissions import RULES as PEOPLE
from saima.server.accounts.rules import Rule, held_by, may
from saima.server.bulletins.models import ReleasedFile
from saima.server.bulletins.rules import RULES as BULLETINS
from saima.server.kit import blobs
from saima.server.places.models import Place
from saima.server.race.enums import ReportState
from saima.server.race.models import Evidence, Report, ReportCell, Season
from saima.server.race.queries.visible import evidence_visible_to, reports_visible_to, seasons_visible_to
from saima.server.race.rules import RULES as RACE
from saima.server.registers.queries.seeing import enterprises_visible_to
from saima.server.registers.rules import RULES as REGISTERS
from saima.server.response.actions.appeals import Proof, Subject, appeal_make
from saima.server.response.actions.cards import cards_issue, response_rules_set
from saima.server.response.actions.plans import plan_open
from saima.server.response.models import AppealFile, Card
from saima.server.response.queries.appeals import appeals_visible_to
from saima.server.response.queries.card_rules import PRESETS
from saima.server.response.queries.plans import plans_visible_to
from saima.server.response.rules import RULES as RESPONSE
from saima.server.site.rules import RULES as SITE

RULES = {**RACE, **PEOPLE, **BULLETINS, **REGISTERS, **RESPONSE, **SITE}
EVERYBODY = [
    "",
    "steward",
    "verifier",
    "leader",
    "auditor",
    "admin",
    "crane",
    "whale",
    "talent",
    "science",
]
SEASON = {"key": "demo-city"}
CRANES = (("uscc", "919999MA000000000Q"),)  # a firm of crane's
KIND = (("kind", "platform"),)
CHAIN = (("chain", "quiet-machines"),)


@dataclass(frozen=True)
class Address:
    """One address and what the rules say of it. Without an action anybody with an account may come ("account"),
    or anybody at all ("open"). ``about`` is what must be visible first: a season, a report, evidence, nothing."""

    method: str
    action: str
    about: str = ""
    given: tuple[tuple[str, Any], ...] = ()
    also: str = ""  # a second action that opens the same address


def of_season(method: str, action: str, **given: Any) -> Address:
    return Address(method, action, "season", tuple({**SEASON, **given}.items()))


def of_season_thing(method: str, action: str, about: str) -> Address:
    """Of one thing of the season: its number comes with the address."""
    return Address(method, action, about, tuple(SEASON.items()))


def of_rule(method: str, action: str, **given: Any) -> Address:
    """Of the demonstration's award, of which a draft is open."""
    return Address(method, action, "", tuple({"key": "demo-rd-award", **given}.items()))


ADDRESSES: dict[str, Address] = {
    "home": Address("get", "open"),
    "language": Address("post", "open"),
    "season": Address("post", "open"),
    "theme": Address("post", "open"),
    "healthz": Address("get", "open"),
    "metrics": Address("get", "open"),  # this machine only; tests/server/kit
    "season-import": Address("get", "season.import"),
    "season-import-example": Address("get", "season.import", "", (("name", "demo-city"),)),
    "season-import-table": Address("get", "season.import", "", (("sha256", "0" * 64),)),
    "season-import-look": Address("get", "season.import", "", (("sha256", "0" * 64),)),
    "season-setup": of_season("get", "season.see"),
    "season-section": of_season("get", "season.see", name="who"),
    "season-changes": of_season("get", "season.edit"),
    "season-propose": of_season("post", "season.edit"),
    "season-publish": of_season("post", "season.publish"),
    "season-discard": of_season("post", "season.edit"),
    "season-saves": of_season("get", "season.edit"),
    "season-return": of_season("post", "season.edit", number=1),
    "season-undo": of_season("post", "season.edit"),
    "season-redo": of_season("post", "season.edit"),
    "season-versions": of_season("get", "season.see"),
    "season-version": of_season("get", "season.see", number=1),
    "season-version-file": of_season("get", "season.see", number=1, form="zip"),
    "season-export": of_season("get", "data.export", form="zip"),
    "season-figures": of_season("get", "data.import"),
    "season-figures-table": of_season("get", "data.import", sha256="0" * 64),
    "season-due-days": of_season("post", "season.edit"),
    "season-paste": of_season("post", "season.edit"),
    "season-grid": of_season("post", "season.edit", section="targets"),
    "season-values": of_season("post", "season.edit", group="time"),
    "season-row": of_season("post", "season.edit", table="contestants"),
    "season-table-upload": of_season("post", "season.edit", table="targets"),
    "season-table-look": of_season("get", "season.edit", table="targets", sha256="0" * 64),
    "season-table": of_season("get", "season.see", table="targets", form="csv"),
    "leaderboard": of_season("get", "standing.see"),
    "standing_file": of_season("get", "standing.see", form="csv"),
    "contestant": of_season("get", "standing.see", code="crane"),
    "indicator": of_season("get", "standing.see", code="doctors"),
    "weak-spots": of_season("get", "standing.see"),
    "projects": of_season("get", "standing.see"),
    "compare": of_season("get", "standing.see"),
    "why": of_season("get", "standing.see", contestant="crane", indicator="doctors"),
    "whatif": of_season("get", "standing.see"),
    "completeness": of_season("get", "completeness.see"),
    "timeline": of_season("get", "standing.see"),
    "cuts": of_season("get", "standing.see"),
    "cuts-published": of_season("post", "cut.freeze"),
    "cut-preview": of_season("get", "cut.freeze", period="2026-05"),
    "feeds-read": of_season("post", "feed.read", period="2026-05"),
    "project-rows": of_season("get", "standing.see", project="crane-sensor"),
    "figure-rows": of_season("get", "standing.see", contestant="crane", indicator="doctors"),
    "cut-freeze": of_season("post", "cut.freeze", period="2026-05"),
    "bulletins": of_season("get", "bulletin.see"),
    "close-latest": of_season("get", "close.see"),
    "close": of_season("get", "close.see", period="2026-05"),
    "close-steps": of_season("get", "close.see", period="2026-05"),
    "close-go": of_season("post", "close.run", period="2026-05"),
    "close-anew": of_season("post", "close.run", period="2026-05"),
    "public": Address("get", "open"),
    "public-feed": Address("get", "open", "", (("spoken", "en"),)),
    "walls": of_season("get", "wall.manage"),
    "leader-pdf": of_season("get", "draft.see", period="2026-04"),
    "drafts": of_season("get", "draft.see"),
    "draft-make": of_season("post", "draft.make"),
    "reports": of_season("get", "season.see"),
    "reports_open": of_season("get", "report.open"),
    "report": Address("get", "report.see", "report"),
    "report_save": Address("post", "report.edit", "report", also="report.edit_behalf"),
    "report_cell": Address("post", "report.edit", "report", also="report.edit_behalf"),
    "report_paste": Address("post", "report.edit", "report", also="report.edit_behalf"),
    "report_assign": Address("post", "report.open", "report"),
    "report_submit": Address("post", "report.submit", "report", also="report.submit_behalf"),
    "report_evidence": Address("post", "report.edit", "report", also="report.edit_behalf"),
    "evidence_file": Address("get", "evidence.see", "evidence"),
    "evidence_withdraw": Address("post", "report.edit", "evidence", also="report.edit_behalf"),
    "report-form": Address("get", "report.see", "report"),
    "report-form-upload": Address("post", "report.edit", "report", also="report.edit_behalf"),
    "report-form-look": Address("post", "report.edit", "report", (("sha256", "0" * 64),), also="report.edit_behalf"),
    "report-print": Address("get", "report.see", "report"),
    "report-links": Address("get", "report.link", "report"),
    "reminders": of_season("get", "report.remind"),
    "figures": of_season("get", "data.export_own"),
    "figures-look": of_season("get", "data.import", sha256="0" * 64),
    "figures-objections": of_season("get", "data.import", sha256="0" * 64),
    "figures-out": of_season("get", "data.export_own", form="csv"),
    "verify-queue": Address("get", "verify.see"),
    "verify-several": Address("post", "verify.see"),
    "verify": Address("get", "verify.see", "report"),
    "tickets": of_season("get", "tickets.see"),
    "tickets-file": of_season("get", "tickets.see"),
    "ticket-open": of_season("get", "ticket.open"),
    "campaigns": of_season("get", "campaigns.see"),
    "campaign-new": of_season("get", "campaign.make"),
    "campaign-lights": of_season("post", "campaign.light"),
    "exchange": of_season("get", "exchange.see"),
    "exchange-new": of_season("get", "exchange.write"),
    "exchange-digest": of_season("get", "exchange.see"),
    "meets": of_season("get", "meets.see"),
    "meet-new": of_season("get", "meet.make"),
    "departments": of_season("get", "tickets.see_all"),
    "plans": of_season("get", "plan.list"),
    "plan-open": of_season("get", "plan.begin"),
    "plan": of_season_thing("get", "plan.see", "plan"),
    "plan-task": of_season_thing("post", "plan.edit", "plan"),
    "plan-settle": of_season_thing("post", "plan.edit", "plan"),
    "plan-months": of_season_thing("post", "plan.edit", "plan"),
    "plan-enter": of_season_thing("post", "plan.enter", "plan"),
    "plan-undo": of_season_thing("post", "plan.edit", "plan"),
    "plan-close": of_season_thing("post", "plan.close", "plan"),
    "breakdown": of_season("get", "breakdown.see"),
    "breakdown-file": of_season("get", "breakdown.see"),
    "next-season": of_season("get", "next.propose"),
    "lights": of_season("get", "light.see"),
    "cards": of_season("get", "card.see"),
    "card-rules": of_season("get", "card.rules"),
    "card": Address("get", "card.see", "card", tuple(SEASON.items())),
    "card-step": Address("post", "card.see", "card", tuple(SEASON.items())),  # each step: tests/server/response
    "appeals": of_season("get", "appeal.list"),
    "appeal-open": Address("get", "appeal.open", "own", tuple(SEASON.items())),
    "appeal": Address("get", "appeal.see", "appeal", tuple(SEASON.items())),
    "appeal-step": Address("post", "appeal.see", "appeal", tuple(SEASON.items())),
    "appeal-file": Address("get", "appeal.see", "appeal", tuple(SEASON.items())),
    "items": Address("get", "items.see"),
    "item-list": Address("get", "items.see", "", KIND),
    "item-list-file": Address("get", "items.see", "", KIND),
    "item-new": Address("get", "item.begin", "", KIND),
    "item-import": Address("get", "item.import", "", KIND),
    "item-import-look": Address("get", "item.import", "", (*KIND, ("sha256", "0" * 64))),
    "item": Address("get", "items.see", "", (*KIND, ("code", "PT-001"))),
    "item-do": Address("post", "item.begin", "", (*KIND, ("code", "PT-001"))),
    "talents": Address("get", "talents.list"),
    "talents-file": Address("get", "talents.list"),
    "talent-new": Address("get", "talent.begin"),
    "talent-import": Address("get", "talent.begin"),
    "talent-programmes": Address("get", "talent.begin"),
    "chains": Address("get", "chains.see"),
    "chain-new": Address("get", "chain.make"),
    "chain": Address("get", "chains.see", "", CHAIN),
    "chain-file": Address("get", "chains.see", "", CHAIN),
    "people": Address("get", "people.see"),
    "person-new": Address("get", "people.manage"),
    "person": Address("get", "people.see", "person"),
    "person-change": Address("post", "people.manage", "person"),
    "enterprises": Address("get", "enterprise.list"),
    "enterprises-file": Address("get", "enterprise.list"),
    "enterprises-view": Address("post", "enterprise.list"),
    "enterprise": Address("get", "enterprise.see", "firm", CRANES),
    "enterprise-record": Address("post", "enterprise.edit", "firm", CRANES),
    "enterprise-files": Address("post", "enterprise.file", "firm", CRANES),
    "enterprise-new": Address("get", "enterprise.edit"),
    "register-imports": Address("get", "enterprise.imports"),
    "register-import": Address("get", "enterprise.imports", "", (("number", 1),)),
    "register-refused": Address("get", "enterprise.imports", "", (("number", 1),)),
    "register-doubts": Address("get", "enterprise.import", "", (("number", 1),)),
    "handover": Address("get", "people.hand_over", "person"),
    "tokens": Address("get", "token.own"),
    "audit": Address("get", "audit.see"),
    "messages": Address("get", "message.own"),
    "message-choices": Address("get", "message.own"),
    "deliveries": Address("get", "delivery.see"),
    "robots": Address("get", "robot.manage"),
    "rules": Address("get", "rulebook.see"),
    "rule-new": Address("get", "rulebook.edit"),
    "rule": of_rule("get", "rulebook.see"),
    "rule-version": of_rule("get", "rulebook.see", number=1),
    "rule-file": of_rule("get", "rulebook.see", number=1),
    "rule-begin": of_rule("post", "rulebook.edit"),
    "rule-draft": of_rule("get", "rulebook.edit"),
    "rule-text": of_rule("post", "rulebook.edit"),
    "rule-lift": of_rule("post", "rulebook.edit"),
    "rule-param": of_rule("get", "rulebook.edit", param="cap"),
    "rule-whatif": of_rule("get", "rulebook.whatif"),
    "rule-whatif-file": of_rule("get", "rulebook.whatif"),
    "rule-send": of_rule("post", "rulebook.edit"),
    "rule-publish": of_rule("get", "rulebook.publish"),
    "rule-back": of_rule("post", "rulebook.edit"),
    "rule-discard": of_rule("post", "rulebook.edit"),
    "check": Address("get", "open"),
    "check-rule": of_rule("get", "open"),
    "ladder": Address("get", "ladder.see"),
    "ladder-goal": Address("post", "ladder.goal"),
}
# Asked about where their things are made: receipts and drafts need one first, a token is its owner's alone, and what
# a verdict refuses depends on more than role and state.
ELSEWHERE = {
    "report_receipt": "tests/server/race/test_report_pages.py",
    "report-receipt-pdf": "tests/server/race/test_forms_printing.py",
    "report-proof": "tests/server/race/test_forms_printing.py",
    "report-link-revoke": "tests/server/race/test_links.py",
    "entry-link": "tests/server/race/test_links.py",
    "verify-report": "tests/server/race/test_verify_pages.py",
    "verify-cell": "tests/server/race/test_verify_pages.py",
    "draft": "tests/server/bulletins",
    "draft-progress": "tests/server/bulletins",
    "draft-again": "tests/server/bulletins",
    "draft-package": "tests/server/bulletins",
    "draft-preview": "tests/server/bulletins",
    "draft-file": "tests/server/bulletins",
    "ticket": "tests/server/response/test_tickets.py",
    "ticket-step": "tests/server/response/test_tickets.py",
    "ticket-file": "tests/server/response/test_tickets.py",
    "department": "tests/server/response/test_tickets.py",
    "campaign": "tests/server/response/test_battles.py",
    "campaign-change": "tests/server/response/test_battles.py",
    "campaign-step-add": "tests/server/response/test_battles.py",
    "campaign-word": "tests/server/response/test_battles.py",
    "campaign-step-turn": "tests/server/response/test_battles.py",
    "campaign-file": "tests/server/response/test_battles.py",
    "exchange-note": "tests/server/response/test_exchange.py",
    "exchange-mark": "tests/server/response/test_exchange.py",
    "message": "tests/server/response/test_message_pages.py",
    "robot": "tests/server/response/test_message_robots.py",
    "draft-words": "tests/server/bulletins/test_words.py",
    "draft-check": "tests/server/bulletins/test_archive.py",
    "draft-release": "tests/server/bulletins/test_archive.py",
    "bulletin": "tests/server/bulletins/test_archive.py",
    "bulletin-show": "tests/server/bulletins/test_archive.py",
    "bulletin-version": "tests/server/bulletins/test_archive.py",
    "bulletin-package": "tests/server/bulletins/test_archive.py",
    "bulletin-page": "tests/server/bulletins/test_archive.py",
    "bulletin-file": "tests/server/bulletins/test_archive.py",
    "bulletin-scan": "tests/server/bulletins/test_archive.py",
    "bulletin-scan-file": "tests/server/bulletins/test_archive.py",
    "public-season": "tests/server/bulletins/test_archive.py",
    "public-season-feed": "tests/server/bulletins/test_archive.py",
    "public-bulletin": "tests/server/bulletins/test_archive.py",
    "public-version": "tests/server/bulletins/test_archive.py",
    "public-package": "tests/server/bulletins/test_archive.py",
    "public-page": "tests/server/bulletins/test_archive.py",
    "public-file": "tests/server/bulletins/test_archive.py",
    "meet": "tests/server/response/test_meet_pages.py",
    "meet-change": "tests/server/response/test_meet_pages.py",
    "meet-progress": "tests/server/response/test_meet_pages.py",
    "meet-act": "tests/server/response/test_meet_pages.py",
    "meet-judge-add": "tests/server/response/test_meet_pages.py",
    "meet-judge": "tests/server/response/test_meet_pages.py",
    "judge-link": "tests/server/response/test_meet_pages.py",
    "enterprise-file": "tests/server/registers/test_firm_files.py",
    "enterprise-file-withdraw": "tests/server/registers/test_firm_files.py",
    "ladder-firms": "tests/server/registers/test_ladder_board.py",
    "wall": "tests/server/site/test_wall.py",
    "wall-data": "tests/server/site/test_wall.py",
    "wall-change": "tests/server/site/test_wall.py",
    "talent-import-look": "tests/server/registers/test_talent_import.py",
    "talent": "tests/server/registers/test_talents.py",
    "talent-do": "tests/server/registers/test_talents.py",
    "chain-do": "tests/server/registers/test_chains.py",
    "token-revoke": "tests/server/accounts/test_people.py",
    "style": "only with SAIMA_DEBUG",
}
PACKAGES = (
    "office/",
    "accounts/",
    "api/",
)  # the back office and sign-in are their packages'; the API has its own table


def own_names(patterns: list[URLPattern | URLResolver]) -> set[str]:
    found = set()
    for one in patterns:
        if isinstance(one, URLResolver):
            if not str(one.pattern).startswith(PACKAGES):
                found |= own_names(one.url_patterns)
        elif one.name:
            found.add(one.name)
    return found


def test_every_address_stands_in_the_table():
    assert own_names(get_resolver().url_patterns) - {"style"} == (set(ADDRESSES) | set(ELSEWHERE)) - {"style"}


@pytest.fixture
def things(db, person):
    """A report of crane and one of an office, evidence on each, a cut so that standings are there."""
    demo = Season.objects.get(key="demo-city")
    frozen(demo)
    own = Report.objects.filter(season=demo, place=Place.objects.get(key="crane"), period="2026-05").get()
    cell = own.cells.first()
    blob = blobs.put(b"%PDF-1.4 sheet", "application/pdf")
    proof = Evidence.objects.create(
        report=own, contestant=cell.contestant, indicator=cell.indicator, blob=blob, name="sheet.pdf"
    )
    plan = plan_open(season=demo, contestant="crane", by=None)
    return {
        "season": demo,
        "report": own,
        "cell": cell,
        "evidence": proof,
        "person": person("science"),
        "plan": plan,
        **follows(demo, person),
    }


def follows(season, person):
    """What follows from April's bulletin: a card, and crane's appeal with a file of its own."""
    response_rules_set(season=season, cards=PRESETS["strict"], appeal_days=7, reason="", by=None)
    version = released(season, "2026-04")
    for spoken in ("en", "zh"):
        page = blobs.put(b"%PDF-1.4 one page", "application/pdf")
        ReleasedFile.objects.create(version=version, path=f"summary.{spoken}.pdf", blob=page)
    cards_issue(version=version)
    appeal = appeal_make(
        version=version,
        place=Place.objects.get(key="crane"),
        subject=Subject(indicator="fund"),
        text="nobody-else-reads-this",
        files=[Proof(blobs.put(b"%PDF-1.4 nobody-else", "application/pdf"), "sheet.pdf")],
        by=person("crane"),
    )
    return {"card": Card.objects.first(), "appeal": appeal, "own": appeal, "file": AppealFile.objects.get()}


def browser(username: str) -> Client:
    made = Client(raise_request_exception=True)
    if username:
        made.force_login(Person.objects.get(username=username))
    return made


def path_of(name: str, address: Address, things: dict[str, Any]) -> str:
    given = dict(address.given)
    if address.about in ("report", "evidence", "person", "plan", "card", "appeal"):
        given["pk"] = things[address.about].pk
    if address.about == "own":
        return f"{reverse(name, kwargs=given)}?contestant={things['own'].contestant}"
    if name == "appeal-file":
        given["number"] = things["file"].pk
    try:
        return reverse(name, kwargs=given)
    except NoReverseMatch:
        return reverse(name, kwargs={**given, "cell": things["cell"].pk})


def answer(name: str, address: Address, visitor: Client, things: dict[str, Any]) -> str:
    """What the address does: open, sign-in, refused, absent."""
    got = getattr(visitor, address.method)(path_of(name, address, things))
    if got.status_code == 302 and got["Location"].startswith("/accounts/login/"):
        return "sign-in"
    return {403: "refused", 404: "absent"}.get(got.status_code, "open")


def expected(address: Address, username: str, things: dict[str, Any]) -> set[str]:
    """What the tables of rules say should happen."""
    who = Person.objects.filter(username=username).first()
    if address.action == "open":
        return {"open"}
    held = held_by(who)
    report = things["report"]
    place, state = (report.place_id, report.state) if address.about in ("report", "evidence") else (None, None)
    if address.about == "plan":
        place = things["plan"].place_id
    if address.about == "firm":
        place = Place.objects.get(key="crane").pk
    if address.about in ("own", "appeal"):
        place = things["appeal"].place_id
    seen = {
        "appeal": lambda: appeals_visible_to(who, things["season"]).filter(pk=things["appeal"].pk).exists(),
        "plan": lambda: plans_visible_to(who, things["season"]).filter(pk=things["plan"].pk).exists(),
        "firm": lambda: enterprises_visible_to(who).filter(uscc=dict(CRANES)["uscc"]).exists(),
        "season": lambda: seasons_visible_to(who).filter(key="demo-city").exists(),
        "report": lambda: reports_visible_to(who).filter(pk=report.pk).exists(),
        "evidence": lambda: evidence_visible_to(who).filter(pk=things["evidence"].pk).exists(),
    }
    asked: list[Rule] = [RULES[a] for a in (address.action, address.also) if a]
    visible = address.about not in seen or seen[address.about]()
    if visible and any(may(rule, held, place=place, state=state) for rule in asked):
        return {"open"}
    if visible and any(may(rule, held, place=place) for rule in asked):
        return {"open"}  # the role may, the state stands in the way: a sentence, status 422
    # Absent where the thing is nobody's business, refused where only the role is missing; the same for every number.
    return {"refused", "absent"} if username else {"sign-in", "absent"}


PLAIN = [n for n, a in ADDRESSES.items() if a.about not in ("report", "evidence")]
STATEFUL = [n for n, a in ADDRESSES.items() if a.about in ("report", "evidence")]

# A page about an upload that nobody made is absent for those who may look, too.
UPLOADS = {n for n, a in ADDRESSES.items() if "sha256" in dict(a.given)}


@pytest.mark.parametrize("username", EVERYBODY)
def test_addresses_open_to_whom_the_rules_say(things, username):
    visitor = browser(username)
    done = {name: answer(name, ADDRESSES[name], visitor, things) for name in PLAIN}

    wrong = {n: (got, expected(ADDRESSES[n], username, things)) for n, got in done.items()}
    assert {n: w for n, w in wrong.items() if w[0] not in w[1] | ({"absent"} if n in UPLOADS else set())} == {}


@pytest.mark.parametrize("username", EVERYBODY)
def test_reports_open_in_each_state_to_whom_the_rules_say(things, username):
    visitor, found = browser(username), {}
    for state in ReportState.values:
        for name in STATEFUL:
            Report.objects.filter(pk=things["report"].pk).update(state=state)
            things["report"].refresh_from_db()
            want = expected(ADDRESSES[name], username, things)
            got = answer(name, ADDRESSES[name], visitor, things)
            if got not in want | ({"absent"} if name in UPLOADS else set()):
                found[state, name] = (got, want)

    assert found == {}


def test_a_zone_finds_nothing_of_another_on_any_of_its_pages(things):
    """Whale reads every page it may open, and crane's unverified figures, notes and files are on none of them."""
    Report.objects.filter(pk=things["report"].pk).update(state=ReportState.OPEN)
    ReportCell.objects.filter(report=things["report"]).update(
        text="987654321", value="987654321", note="nobody-else-reads-this", kind="value"
    )
    zone = browser("whale")
    pages = {}
    for name, address in ADDRESSES.items():
        if address.method == "get":
            got = zone.get(path_of(name, address, things))
            if got.status_code == 200 and not got.streaming:
                pages[name] = got.content.decode(errors="replace").replace(",", "")

    assert len(pages) > 15
    assert [n for n, text in pages.items() if "987654321" in text or "nobody-else" in text or "sheet.pdf" in text] == []


API = {
    "/api/seasons": ("read", "season.see"),
    "/api/seasons/demo-city": ("read", "season.see"),
    "/api/seasons/demo-city/targets": ("read", "season.see"),
    "/api/seasons/demo-city/readings": ("read", "season.see"),
    "/api/seasons/demo-city/reports": ("read", "season.see"),
    "/api/seasons/demo-city/standings?period=2026-04": ("read", "standing.see"),
    "/api/seasons/demo-city/evaluation?period=2026-04": ("read", "standing.see"),
    "/api/dataValueSets?dataSet=demo-city": ("read", "season.see"),
}


def test_every_reading_address_of_the_interface_stands_in_the_table(client, db):
    paths = client.get("/api/openapi.json").json()["paths"]
    reading = {p.replace("{key}", "demo-city") for p, methods in paths.items() if "get" in methods}

    assert reading == {p.split("?")[0] for p in API}


@pytest.mark.parametrize("username", EVERYBODY)
def test_the_interface_opens_to_whom_the_rules_say(things, username):
    who = Person.objects.filter(username=username).first()
    key = token_make(person=who, title="x", scopes=("read",), days=1, by=who)[1] if who else "nothing"
    program = Client(headers={"Authorization": f"Bearer {key}"})

    got = {}
    for path, (_, action) in API.items():
        answered = program.get(path)
        allowed = bool(who) and may(RULES[action], held_by(who, season="demo-city"))
        empty = path == "/api/seasons" and answered.status_code == 200 and json.loads(answered.content) == []
        opened = answered.status_code == 200 and not empty
        if opened != allowed:
            got[path] = (answered.status_code, allowed)

    assert got == {}
