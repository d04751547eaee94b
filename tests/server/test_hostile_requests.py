"""Values nobody means well with, at every address: each is answered with a page, a sentence or a 404, never a fault."""

import csv
import random
import re
import sys
import time
import traceback
from html.parser import HTMLParser
from http.cookies import SimpleCookie

import pytest
from django.core import mail
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from frozen import frozen

from saima.server.accounts.actions.tokens import token_make
from saima.server.accounts.models import Person
from saima.server.kit import audit, blobs
from saima.server.places.models import Place
from saima.server.race.models import Evidence, Report, Season
from saima.server.site.demo import PASSWORD

SECONDS = 8  # each of the two walks ends by then, whatever is left
FAR = "99999999999999999999"
LONG = "长" * 5_000
VALUES = (
    "",
    "\0",
    "a\0b",
    "²",
    "٣",
    "-1",
    "0",
    FAR,
    "9" * 5_000,
    "1e400",
    "NaN",
    "-Infinity",
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "' OR 1=1 --",
    "../../../etc/passwd",
    "\u202egnp.exe",
    "\ufffe\u0000\ud7ff",
    "{" * 3_000,
    "[" * 100_000,
    '{"a": "\\ud800"}',
    LONG,
    "2026-13",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "//evil.example/",
    "%s%(x)s{0}{x!r}",
    "😀" * 200,
    "a\r\nSet-Cookie: x=1",
)
GET_NAMES = re.findall(
    r"\w+",
    "a action above b cell check closed code contestant format indicator inline k kind lang map next node now page "
    "parent period person place q race rivals scope season seen since still state thing until warned whose curve "
    "after before industry missing rung size status",
)
POST_NAMES = re.findall(
    r"\w+",
    "above assignment block body code dated days deputy do due email finding for_whom here how installation lang "
    "language made_at map migrations missing name named next note number part partial period phone pick place "
    "proposal reading reason report role row_version scope scopes season section seen signer since subject table "
    "tables text theme then title title_en title_zh to until used username value year years cut login password file "
    "batch choice doubt into item keep_as kind on other query since status uscc view",
)


class Forms(HTMLParser):
    """The forms of a page: address, method, fields with what stands in them."""

    def __init__(self):
        super().__init__()
        self.found, self.open = [], None

    def handle_starttag(self, tag, attrs):
        given = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.open = (given.get("action", ""), given.get("method", "get").lower(), {}, set())
            self.found.append(self.open)
        elif self.open and tag in ("input", "select", "textarea", "button") and given.get("name"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.open[2].setdefault(given["name"], given.get("value", ""))
            if tag == "textarea" or (
                tag == "input" and given.get("type", "text") in ("text", "search", "email", "tel")
            ):
                self.open[3].add(given["name"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None


def forms_of(page):
    parser = Forms()
    parser.feed(page)
    return parser.found


@pytest.fixture
def things(db):
    """One of everything an address can name."""
    demo = Season.objects.get(key="demo-city")
    cut = frozen(demo)
    report = Report.objects.get(season=demo, place=Place.objects.get(key="crane"), period="2026-05")
    cell = report.cells.first()
    blob = blobs.put(b"%PDF-1.4 sheet", "application/pdf")
    proof = Evidence.objects.create(
        report=report, contestant=cell.contestant, indicator=cell.indicator, blob=blob, name="sheet.pdf"
    )
    return {
        "cut": cut,
        "report": report,
        "cell": cell,
        "evidence": proof,
        "person": Person.objects.get(username="talent"),
    }


def addresses():
    """Every address of our own and of sign-in: name, names of its parts."""

    def walk(patterns, prefix=""):
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                if not route.startswith("office/"):  # a package's own
                    yield from walk(one.url_patterns, route)
            elif route != "healthz":  # says 503 where nothing runs beside the server
                yield route, one

    return list(walk(get_resolver().url_patterns))


def fill(route, things, bad=None):
    """An address with its parts filled in; ``bad`` for each part that takes text or a number."""
    ok = {
        "key": "demo-city", "code": "crane", "contestant": "crane", "indicator": "doctors", "name": "who",
        "form": "csv", "table": "targets", "section": "targets", "group": "time", "sha256": "0" * 64,
        "period": "2026-05", "cell": things["cell"].pk, "number": 1, "link": 1, "spoken": "zh", "path": "x.html",
        "uidb36": "1", "version": 1, "uscc": "919999MA000000000Q", "kind": "platform", "chain": "quiet-machines",
    }  # fmt: skip

    def part(found):
        kind, _, name = found.group(1).rpartition(":")
        if bad is not None:
            return (re.sub(r"\D", "", bad) or FAR) if kind == "int" else bad
        if name == "pk":
            if route.startswith("evidence/"):
                return str(things["evidence"].pk)
            return str(things["person"].pk if "people/" in route else things["report"].pk)
        if name == "code" and route.startswith("registers/"):
            return "T-0001" if "talents" in route else "PT-001"
        return str(ok.get(name, "x"))

    path = re.sub(r"<([\w:]+)>", part, route)
    path = path.replace("^", "").replace("$", "").replace("\\", "")
    path = re.sub(r"\(\?P<key>.*?\)", "demo-city", path)
    path = re.sub(r"\(\?P<form>.*?\)", "csv", path)
    return "/" + re.sub(r"\(\?P<\w+>.*?\)", "x", path)


@pytest.fixture
def ask(things):
    """ask(client, "post", path, data): what was answered; whatever it did is undone. Faults are gathered."""
    faults, seen = [], []
    got_request_exception.connect(lambda sender, **kw: seen.append(_where()), weak=False, dispatch_uid="hostile")

    def asked(client, method, path, data=None, **more):
        client.raise_request_exception = False
        client.cookies = SimpleCookie(client.kept)  # signing out is undone, too
        seen.clear()
        try:
            with transaction.atomic():
                answer = getattr(client, method)(path, data or {}, **more)
                if answer.streaming:
                    b"".join(answer.streaming_content)
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001 - raised past Django, as from a stream
            faults.append((method, path[:80], _short(data), repr(error)[:150], ""))
            return None
        if answer.status_code >= 500:
            faults.append((method, path[:80], _short(data), answer.status_code, *seen))
        return answer

    asked.faults = faults
    yield asked
    got_request_exception.disconnect(dispatch_uid="hostile")


def _where():
    kind, error, trace = sys.exc_info()
    ours = [
        f"{f.filename.rpartition('/saima/')[2]}:{f.lineno}"
        for f in traceback.extract_tb(trace)
        if "/saima/" in f.filename
    ]
    return f"{kind.__name__}: {str(error)[:120]} at {' < '.join(reversed(ours[-3:]))}"


def _short(data):
    return {k: (v if isinstance(v, list) else str(v)[:40]) for k, v in list((data or {}).items())[:6]}


def steward():
    client = Client(headers={"accept-language": "en"})
    client.force_login(Person.objects.get(username="steward"))
    client.kept = {name: cookie.value for name, cookie in client.cookies.items()}
    return client


def told(faults):
    """Each place a fault came from, once, with the request that found it."""
    found = {str(f[-1]).rpartition(" at ")[2]: " ".join(str(part)[:300] for part in f) for f in faults}
    return sorted(found.values())


@pytest.mark.long
def test_no_value_in_an_address_or_after_its_question_mark_is_a_fault(things, ask):
    chance, ends = random.Random(1), time.monotonic() + SECONDS
    client, routes = steward(), addresses()
    for route, _ in routes:
        for bad in (FAR, "²", "%00", "<script>", "2026-13", "长" * 300, "%ED%A0%80"):
            ask(client, "get", fill(route, things, bad))
            if time.monotonic() > ends:
                break

    chance.shuffle(routes)
    for route, _ in routes:
        path = fill(route, things)
        for name in ("page", "scope", "period", *chance.sample(GET_NAMES, 4)):
            ask(client, "get", path, {name: [chance.choice(VALUES), chance.choice(VALUES)]})
        ask(client, "get", path, {name: chance.choice(VALUES) for name in GET_NAMES})
        if time.monotonic() > ends:
            break
    assert told(ask.faults) == []


@pytest.mark.long
def test_no_value_of_a_form_is_a_fault(things, ask):
    chance, ends = random.Random(2), time.monotonic() + SECONDS
    client, routes = steward(), addresses()
    chance.shuffle(routes)
    pages = [fill(route, things) for route, _ in routes]
    for path in pages:  # nothing, everything, twice, as a part of a page
        ask(client, "post", path)
        ask(client, "post", path, {n: [chance.choice(VALUES)] * 2 for n in POST_NAMES})
        ask(client, "post", path, {n: chance.choice(VALUES) for n in POST_NAMES}, headers={"HX-Request": "true"})
    met = set()
    for path in pages:  # each form as a browser would send it, one value exchanged
        answer = ask(client, "get", path)
        if answer is None or answer.status_code != 200 or answer.streaming or "html" not in answer["Content-Type"]:
            continue
        for action, method, fields, texts in forms_of(answer.content.decode()):
            if method != "post" or (action or path, frozenset(fields)) in met:
                continue
            met.add((action or path, frozenset(fields)))
            ask(client, "post", action or path, fields | dict.fromkeys(texts, LONG))
            stems = {re.sub(r"\d+", "", n): n for n in fields}
            for name in chance.sample(sorted(stems.values()), min(5, len(stems))):
                for value in chance.sample(VALUES, 3):
                    ask(client, "post", action or path, fields | {name: value})
        if time.monotonic() > ends:
            break
    assert told(ask.faults) == []


def test_nothing_is_sent_to_an_address_somebody_types_at_the_door(person, client):
    Person.objects.filter(username="whale").update(email="whale@example.org")
    shut = ("signup/", "email/", "confirm-email/", "confirm-email/x/", "password/reset/key/9-x-y/", "password/set/")

    posted = [client.post("/accounts/password/reset/", {"email": e}) for e in ("whale@example.org", "x@example.org")]
    client.force_login(person("whale"))
    added = client.post("/accounts/email/", {"action_add": "", "email": "mine@example.org"})

    assert [a.status_code for a in (*posted, added)] == [405, 405, 404]
    assert {client.get(f"/accounts/{path}").status_code for path in shut} == {404}
    assert mail.outbox == []


def test_the_back_office_has_no_sign_in_and_no_password_page_of_its_own(person, client):
    tried = client.post("/office/login/?next=/office/", {"username": "admin", "password": PASSWORD})
    signed_in = "_auth_user_id" in client.session
    client.force_login(person("admin"))

    assert (tried.status_code, tried.url, signed_in) == (302, "/accounts/login/?next=/office/", False)
    assert client.get("/office/password_change/").url == "/accounts/password/change/"
    assert client.get("/office/account/emailaddress/").status_code == 404


def test_a_switch_of_language_leads_nowhere_else(client):
    there = {
        "/s/demo-city/": "/s/demo-city/",
        "//evil.example/": "/",
        "https://evil.example/": "/",
        "/\\evil.example": "/",
        "javascript:alert(1)": "/",
        "home": "home",  # an address of this server, not the name of a view
    }

    said = {t: client.post("/language/", {"language": "en", "next": t}).url for t in there}

    assert said == there


def test_a_nul_is_refused_before_any_page_sees_it(signed_in):
    client = signed_in("steward")

    answers = [
        client.get("/people/", {"q": "a\0"}),
        client.get("/s/demo%00city/"),
        client.post("/people/new/", {"username": "a\0b", "name": "x"}),
    ]

    assert [a.status_code for a in answers] == [400, 400, 400]
    assert "class=" in answers[0].content.decode()  # a page of the house


@pytest.mark.parametrize("path", ["/", "/s/demo-city/", "/nothing/", "/people/", "/s/demo-city/reports/", "/audit/"])
def test_answers_are_kept_by_no_cache_shown_in_no_frame_and_run_nothing_foreign(signed_in, path):
    answer = signed_in("steward").get(path)

    kept, policy = answer["Cache-Control"], answer["Content-Security-Policy"]
    assert "no-store" in kept
    assert "private" in kept
    assert "script-src 'self';" in policy
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")


def test_who_races_is_not_told_what_the_bureau_prepares_or_others_sent(demo, person, signed_in):
    bureau, whale, crane = person("steward"), person("whale"), person("crane")
    with transaction.atomic():
        for by, action in ((bureau, "draft.proposed"), (crane, "figures.brought"), (whale, "figures.brought")):
            said = {"reason": f"nobody-else-{by.pk}", "source": f"program-of-{by.pk}"}
            audit.record(by=by, action=action, object_type="season", object_key=demo.key, **said)

    pages = {who: signed_in(who).get("/s/demo-city/timeline/").content.decode() for who in ("whale", "steward")}

    seen = {who: [p.pk for p in (bureau, whale, crane) if f"nobody-else-{p.pk}" in t] for who, t in pages.items()}
    assert seen == {"whale": [whale.pk], "steward": [bureau.pk, whale.pk, crane.pk]}


@pytest.mark.parametrize("text", ["\\ud800", "a\\u0000b"])
def test_a_text_that_cannot_be_kept_is_refused_at_every_door_of_the_interface(person, client, text):
    who = person("steward")
    key = token_make(person=who, title="x", scopes=("read", "readings"), days=1, by=who)[1]
    figure = f'{{"contestant": "crane", "indicator": "doctors", "period": "2026-05", "value": "1", "note": "{text}"}}'
    value = f'{{"dataElement": "doctors", "period": "202605", "orgUnit": "crane", "value": "1", "comment": "{text}"}}'
    bodies = {
        "/api/seasons/demo-city/readings": f'{{"figures": [{figure}]}}',
        "/api/dataValueSets": f'{{"dataSet": "demo-city", "dataValues": [{value}]}}',
        "/api/dataValueSets?": f'{{"dataSet": "{text}", "dataValues": []}}',
        "/api/dataValueSets?dryRun=true": '{"dataValues": [%s]}' % ("9" * 5_000),
    }

    answers = [
        client.post(path, body, content_type="application/json", headers={"Authorization": f"Bearer {key}"})
        for path, body in bodies.items()
    ]

    assert [a.status_code for a in answers] == [400, 422, 422, 422]


def test_texts_longer_than_their_columns_are_refused_with_their_length(signed_in, person):
    steward, pk = signed_in("steward"), person("talent").pk
    details = {"do": "details", "name": "x", "email": "", "phone": "", "lang": "zh"}

    answers = [
        steward.post("/people/new/", {"username": LONG, "name": "x"}),
        steward.post("/people/new/", {"username": "x", "name": "x" * 151}),
        steward.post(f"/people/{pk}/change/", details | {"phone": "1" * 41}),
        steward.post(f"/people/{pk}/change/", details | {"email": "a" * 255}),
        steward.post("/tokens/", {"title": "t" * 101, "scope": "read", "days": "1"}),
    ]

    assert [a.status_code for a in answers] == [422] * 5
    assert "5,000" in answers[0].content.decode() or "5000" in answers[0].content.decode()


def test_the_trail_of_audit_ends_on_the_last_day_there_is_and_runs_no_formula(signed_in):
    with transaction.atomic():
        for text in ("=1+1", " =1+1", "＝1+1", "plain"):
            audit.record(by=None, action="person.sign_in_failed", object_type="person", object_key=text)

    page = signed_in("steward").get("/audit/", {"until": "9999-12-31"})
    file = signed_in("steward").get("/audit/", {"format": "csv", "thing": "1+1"})

    rows = list(csv.reader(b"".join(file.streaming_content).decode().splitlines()))
    assert page.status_code == 200
    assert [row[5] for row in rows[1:]] == ["'=1+1", "' =1+1", "'＝1+1"]
    assert "no-store" in file["Cache-Control"]
