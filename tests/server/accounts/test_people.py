"""People, roles, deputies, closing, handover: what the actions do and refuse, and what the pages show."""

import re
from datetime import date
from pathlib import Path

import pytest

import saima.server
from saima.engine.errors import QuestionRefused
from saima.server.accounts import actions
from saima.server.accounts.enums import Role
from saima.server.accounts.models import Assignment, Person, Token
from saima.server.accounts.queries import people_listed, token_by_key
from saima.server.accounts.rules import held_by
from saima.server.kit.models import Audit
from saima.server.places.models import Place
from saima.server.race.actions.handover import items_hand_over
from saima.server.race.models import Report
from saima.words import codes


def refused(call) -> list[str]:
    with pytest.raises(QuestionRefused) as fault:
        call()
    return [p.code for p in fault.value.problems]


def test_nobody_gives_themselves_a_role(person):
    steward = person("steward")

    assert refused(lambda: actions.role_give(person=steward, role=Role.VERIFIER, by=steward)) == [
        "accounts.not_yourself"
    ]
    assert not held_by(steward).has(Role.VERIFIER)


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        (Role.REPORTER, False, "accounts.role_needs_place"),
        (Role.VERIFIER, True, "accounts.role_has_no_place"),
    ],
)
def test_a_role_is_given_with_its_place_or_without(person, role, place, code):
    place_id = Place.objects.get(key="crane").pk if place else None

    assert refused(
        lambda: actions.role_give(person=person("leader"), role=role, place_id=place_id, by=person("admin"))
    ) == [code]


def test_a_role_holds_from_its_first_day_to_the_day_before_its_end(person):
    leader = person("leader")
    actions.role_give(
        person=leader, role=Role.AUDITOR, since=date(2026, 6, 3), until=date(2026, 6, 5), by=person("admin")
    )

    held = [held_by(leader, on=date(2026, 6, d)).has(Role.AUDITOR) for d in (2, 3, 4, 5)]

    assert held == [False, True, True, False]


def test_a_deputy_holds_the_same_roles_and_loses_them_on_the_day_of_return(person):
    crane, whale = person("crane"), person("whale")
    actions.deputy_appoint(
        person=crane, deputy=whale, since=date(2026, 6, 2), until=date(2026, 6, 9), by=person("steward")
    )

    places = [
        sorted(Place.objects.get(pk=p).key for p in held_by(person("whale"), on=date(2026, 6, d)).places)
        for d in (8, 9)
    ]

    assert places == [["crane", "whale"], ["whale"]]


def test_a_deputy_may_not_come_to_report_and_verify(person):
    call = lambda: actions.deputy_appoint(  # noqa: E731
        person=person("crane"),
        deputy=person("verifier"),
        since=date(2026, 6, 2),
        until=date(2026, 6, 9),
        by=person("steward"),
    )

    assert refused(call) == ["accounts.deputy_would_verify_own"]


def test_closing_an_account_ends_its_roles_and_tokens_and_keeps_what_it_did(person):
    whale = person("whale")
    _, key = actions.token_make(person=whale, title="sheet", scopes=("read",), days=9, by=whale)
    assert token_by_key(key) is not None

    actions.person_close(person=whale, by=person("steward"))

    assert token_by_key(key) is None
    assert not held_by(person("whale")).roles
    assert Token.objects.get(person=whale).revoked_at is not None
    assert Audit.objects.filter(actor=whale, action="token.made").exists()


def test_the_last_who_manages_people_stays(person):
    for name in ("steward", "steward2"):
        Assignment.objects.filter(person=person(name)).delete()

    assert refused(lambda: actions.person_close(person=person("admin"), by=person("leader"))) == [
        "accounts.last_keeper"
    ]


def test_a_token_is_known_by_its_key_alone_until_it_is_over(person, db):
    token, key = actions.token_make(
        person=person("steward"), title="sync", scopes=("readings", "read"), days=1, by=person("steward")
    )

    assert (token.scopes, token.hint) == ("read readings", key[:10])
    assert key not in str(token.__dict__)
    assert token_by_key(key) == token
    assert token_by_key(key + "x") is None
    Token.objects.update(expires_at="2026-06-01T00:00:00Z")
    assert token_by_key(key) is None


def test_a_password_set_by_somebody_else_ends_tokens_and_ones_own_does_not(person):
    steward = person("steward")
    kept, _key = actions.token_make(person=steward, title="mine", scopes=["read"], days=30, by=steward)
    crane = person("crane")
    ended, _key = actions.token_make(person=crane, title="theirs", scopes=["read"], days=30, by=crane)

    actions.password_set(person=steward, by=steward)
    actions.password_set(person=crane, by=steward)

    assert Token.objects.get(pk=kept.pk).revoked_at is None
    assert Token.objects.get(pk=ended.pk).revoked_at is not None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"title": " "}, "accounts.token_title"),
        ({"scopes": ()}, "accounts.token_scope"),
        ({"scopes": ("all",)}, "accounts.token_scope"),
        ({"days": 0}, "accounts.token_days"),
        ({"days": 367}, "accounts.token_days"),
    ],
)
def test_a_token_without_sense_is_refused(person, given, code):
    right = {"person": person("leader"), "title": "x", "scopes": ("read",), "days": 1, "by": None}

    assert refused(lambda: actions.token_make(**(right | given))) == [code]


def test_warnings_name_what_an_administrator_should_look_at(person):
    actions.role_give(person=person("verifier"), role=Role.STEWARD, by=person("admin"))

    row = next(r for r in people_listed() if r.person.username == "verifier")

    assert row.warnings == ("accounts.warn_never", "accounts.warn_verifies_own", "accounts.warn_one_factor")


def test_open_items_go_over_at_once(person, demo):
    Report.objects.filter(season=demo).update(assignee=person("crane"))
    waiting = Report.objects.filter(season=demo).exclude(state="verified").count()

    assert items_hand_over(person=person("crane"), to=person("whale"), by=person("steward")) == waiting
    assert Report.objects.filter(assignee=person("crane")).exclude(state="verified").count() == 0


def test_people_list_asks_the_same_number_of_questions_for_one_and_for_all(signed_in, django_assert_num_queries):
    browser = signed_in("admin")
    browser.get("/people/")

    with django_assert_num_queries(8):
        one = browser.get("/people/?q=steward2")
    with django_assert_num_queries(8):
        everybody = browser.get("/people/")

    assert b"steward2" in one.content
    assert all(p.username.encode() in everybody.content for p in Person.objects.all())


@pytest.mark.parametrize(("username", "offered"), [("admin", True), ("auditor", False)])
def test_the_list_of_people_offers_a_new_account_to_whoever_may_make_one(signed_in, username, offered):
    read = signed_in(username).get("/people/").content.decode()

    assert ('href="/people/new/"' in read) == offered
    assert signed_in(username).get("/people/new/").status_code == (200 if offered else 403)


def test_a_new_account_gets_a_password_once_and_must_change_it(signed_in, person):
    steward = signed_in("steward")
    told = steward.post("/people/new/", {"username": "newone", "name": "New One", "lang": "en"})
    password = told.content.decode().split('id="told">')[1].split("<")[0]
    browser = signed_in()
    answer = browser.post("/accounts/login/", {"login": "newone", "password": password})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/change/")
    assert browser.get("/people/")["Location"] == "/accounts/password/change/"
    browser.post(
        "/accounts/password/change/",
        {"oldpassword": password, "password1": "much-longer-2026", "password2": "much-longer-2026"},
    )
    assert not person("newone").must_change_password
    assert browser.get("/").status_code == 200


def test_sign_in_and_failing_to_are_written_down(signed_in, person):
    browser = signed_in()
    browser.post("/accounts/login/", {"login": "steward", "password": "wrong-one"})
    browser.post("/accounts/login/", {"login": "steward", "password": "horse-race-2026"})

    rows = [(r.action, r.object_key) for r in Audit.objects.filter(action__startswith="person.sign").order_by("id")]

    assert rows == [("person.sign_in_failed", "steward"), ("person.signed_in", "steward")]


@pytest.mark.parametrize(
    ("username", "people", "change", "audit"),
    [
        ("admin", 200, 302, 200),
        ("steward", 200, 302, 200),
        ("auditor", 200, 403, 200),
        ("leader", 403, 403, 403),
        ("crane", 403, 403, 403),
        ("verifier", 403, 403, 403),
    ],
)
def test_who_opens_the_pages_about_people(signed_in, person, username, people, change, audit):
    browser = signed_in(username)
    who = person("talent").pk

    codes = (
        browser.get("/people/").status_code,
        browser.post(f"/people/{who}/change/", {"do": "details", "name": "T"}).status_code,
        browser.get("/audit/?check=1").status_code,
    )

    assert codes == (people, change, audit)


def test_the_trail_leaves_as_csv_without_formulas(signed_in, person):
    actions.person_change(person=person("talent"), name="=1+1", email="", phone="", lang="en", by=person("steward"))
    actions.token_make(person=person("talent"), title="x", scopes=("read",), days=1, by=person("talent"))

    text = b"".join(signed_in("auditor").get("/audit/?format=csv").streaming_content).decode()

    assert "'=1+1" in text
    assert not [line for line in text.splitlines() if any(c and c[0] in "=+@" for c in line.split(","))]


def test_everything_that_is_recorded_has_words_in_both_languages(demo):
    source = Path(saima.server.__file__).parent
    recorded = {
        a for p in source.rglob("*.py") for a in re.findall(r'action="([a-z_]+\.[a-z_]+)"', p.read_text("utf-8"))
    }
    recorded |= {c.removeprefix("timeline.") for c in codes() if re.fullmatch(r"timeline\.[a-z_]+\.[a-z_]+", c)}
    recorded |= set(Audit.objects.values_list("action", flat=True))
    things = set(Audit.objects.values_list("object_type", flat=True))

    assert recorded - {c.removeprefix("choice.did.") for c in codes()} == set()
    assert things - {c.removeprefix("choice.thing.") for c in codes()} == set()


def test_the_audit_trail_speaks_in_words(demo, signed_in):
    page = signed_in("auditor", lang="zh").get("/audit/?action=report.period_opened").content.decode()

    assert '<option value="report.period_opened" selected>开放填报</option>' in page
    assert "赛季 <span" in page
