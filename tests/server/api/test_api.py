"""The API as programs use it: tokens and scopes, what is visible, readings in and out, standings, refusals as JSON."""

import json
from itertools import pairwise

import pytest
from django.test import Client
from frozen import frozen

from saima.engine.model.evaluation_json import to_json
from saima.server.accounts.actions import token_make
from saima.server.accounts.models import Token
from saima.server.race.models import Reading, Report, ReportCell
from saima.server.race.queries.cuts import evaluation_of, newest_evaluated


class Program:
    """A program that calls with one person's token and never keeps a cookie."""

    def __init__(self, key: str) -> None:
        self.key, self.client = key, Client()

    def get(self, path: str, **asked: str):
        return self.client.get("/api" + path, asked, headers={"Authorization": f"Bearer {self.key}"})

    def post(self, path: str, body: object, **headers: str):
        return self.client.post(
            "/api" + path,
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}", **headers},
        )


@pytest.fixture
def program(person):
    def made(username: str, *scopes: str) -> Program:
        who = person(username)
        _, key = token_make(person=who, title="test", scopes=scopes or ("read", "readings"), days=9, by=who)
        return Program(key)

    return made


@pytest.fixture
def free_figures(demo):
    """Two figures of crane in a period without reports, so that nothing but the season says who may send them."""
    assert not Report.objects.filter(season=demo, period="2026-06").exists()
    return [
        {"contestant": "crane", "indicator": "rd_spend", "period": "2026-06", "value": "12.50"},
        {"contestant": "crane", "indicator": "doctors", "period": "2026-06", "value": 7},
    ]


def test_a_token_makes_no_session_and_ends_when_revoked(program):
    steward = program("steward")

    first = steward.get("/seasons")

    assert sorted(s["key"] for s in first.json()) == ["demo-city", "ruian-2021", "sdg-2018"]
    assert "Set-Cookie" not in first.headers
    assert not steward.client.cookies
    Token.objects.update(revoked_at="2026-06-01T00:00:00Z")
    assert (steward.get("/seasons").status_code, steward.get("/seasons").json()["code"]) == (401, "api.no_token")


def test_without_the_scope_nothing_is_brought(program, free_figures, demo):
    reader = program("steward", "read")

    answer = reader.post("/seasons/demo-city/readings", {"figures": free_figures})

    assert (answer.status_code, answer.json()["code"]) == (403, "api.no_scope")
    assert not Reading.objects.filter(period="2026-06").exists()


def test_a_session_does_not_open_the_api(signed_in):
    assert signed_in("steward").get("/api/seasons").status_code == 401


def test_figures_come_in_once_and_go_out_as_they_came(program, free_figures):
    steward = program("steward")

    dry = steward.post("/seasons/demo-city/readings?dry_run=true", {"figures": free_figures}).json()
    done = steward.post("/seasons/demo-city/readings", {"figures": free_figures}, **{"Idempotency-Key": "a"}).json()
    again = steward.post("/seasons/demo-city/readings", {"figures": free_figures}, **{"Idempotency-Key": "a"}).json()
    same = steward.post("/seasons/demo-city/readings", {"figures": free_figures}).json()
    out = steward.get("/seasons/demo-city/readings", period="2026-06").json()

    assert dry == {**done, "dry_run": True}
    assert (done["new"], again, same["same"]) == (2, done, 2)
    assert [(r["indicator"], r["value"], r["state"], r["origin"], r["revision"]) for r in out["readings"]] == [
        ("doctors", "7", "reported", "import", 1),
        ("rd_spend", "12.5", "reported", "import", 1),
    ]


def test_every_line_that_cannot_be_taken_says_why(program, free_figures):
    wrong = [
        *free_figures,
        free_figures[0],
        {"contestant": "crane", "indicator": "rd_spend", "period": "2026-07", "value": "many"},
        {"contestant": "crow", "indicator": "rd_spend", "period": "2026-06", "value": "1"},
        {"contestant": "crane", "indicator": "tea", "period": "2026-06", "value": "1"},
        {"contestant": "crane", "indicator": "rd_spend", "period": "2026Q2", "value": "1"},
        {"contestant": "crane", "indicator": "rd_spend", "period": "2027-01", "value": "1"},
        {"contestant": "crane", "indicator": "rd_spend", "period": "June", "value": "1"},
    ]
    steward = program("steward")

    whole = steward.post("/seasons/demo-city/readings", {"figures": wrong})
    part = steward.post("/seasons/demo-city/readings", {"figures": wrong, "partial": True})

    codes = [
        (3, "bulk.twice"),
        (4, "bulk.no_number"),
        (5, "bulk.no_contestant"),
        (6, "bulk.no_indicator"),
        (7, "bulk.frequency"),
        (8, "bulk.after_window"),
        (9, "period.unknown"),
    ]
    assert whole.status_code == 422
    assert [(p["line"], p["code"]) for p in whole.json()["problems"]] == codes
    assert [(p["line"], p["code"]) for p in part.json()["problems"]] == codes
    assert part.json()["new"] == 2


@pytest.mark.parametrize(
    ("username", "figure", "code"),
    [
        ("whale", {"contestant": "crane", "indicator": "rd_spend"}, "bulk.not_yours"),
        ("talent", {"contestant": "crane", "indicator": "high_tech"}, "bulk.not_yours"),
        ("leader", {"contestant": "crane", "indicator": "rd_spend"}, "bulk.not_yours"),
    ],
)
def test_nobody_sends_what_is_not_theirs(program, username, figure, code):
    sent = program(username).post(
        "/seasons/demo-city/readings", {"figures": [{**figure, "period": "2026-06", "value": "1"}]}
    )

    assert (sent.status_code, sent.json()["code"]) == (422, code)
    assert not Reading.objects.filter(period="2026-06").exists()


def test_a_submitted_report_is_closed_to_programs_and_an_open_one_shows_the_figure(program, demo):
    closed = Report.objects.filter(season=demo, state="submitted").first()
    cell = closed.cells.first()
    figure = {"contestant": cell.contestant, "indicator": cell.indicator, "period": closed.period, "value": "1"}
    open_cell = ReportCell.objects.filter(report__season=demo, report__state="open").select_related("report").first()
    fresh = {
        "contestant": open_cell.contestant,
        "indicator": open_cell.indicator,
        "period": open_cell.report.period,
        "value": "41",
    }
    steward = program("steward")

    refused = steward.post("/seasons/demo-city/readings", {"figures": [figure]})
    taken = steward.post("/seasons/demo-city/readings", {"figures": [fresh], "source": "sync"})

    assert refused.json()["code"] == "bulk.report_closed"
    assert taken.status_code == 200
    cell = ReportCell.objects.get(pk=open_cell.pk)
    assert (cell.value, cell.saved_by_name, cell.row_version) == ("41", "sync", open_cell.row_version + 1)


def test_a_zone_sees_its_own_readings_and_reports_and_no_others(program):
    crane = program("crane")

    readings = crane.get("/seasons/demo-city/readings", limit="10000").json()["readings"]
    reports = crane.get("/seasons/demo-city/reports").json()

    assert {r["contestant"] for r in readings} == {"crane"}
    assert {r["place"] for r in reports} == {"crane"}


def test_newest_revisions_only_unless_all_are_asked_for(program, demo):
    steward = program("steward")

    newest = steward.get("/seasons/demo-city/readings", limit="10000").json()["readings"]
    everything = steward.get("/seasons/demo-city/readings", revisions="all", limit="10000").json()["readings"]

    keys = [(r["period"], r["contestant"], r["indicator"]) for r in newest]
    assert all(a < b for a, b in pairwise(keys))
    assert len(everything) == Reading.objects.filter(season=demo).count() > len(newest)


def test_standings_and_evaluation_are_those_of_the_cut(program, demo):
    steward = program("steward")
    assert steward.get("/seasons/demo-city/standings", period="2026-04").status_code == 404
    frozen(demo)
    evaluation = evaluation_of(newest_evaluated(demo, "2026-04"))

    places = steward.get("/seasons/demo-city/standings", period="2026-04").json()
    whole = steward.get("/seasons/demo-city/evaluation", period="2026-04").json()

    assert [(s["rank"], s["contestant"]) for s in places["standings"]] == [
        (s.rank, s.contestant) for s in evaluation.standing()
    ]
    assert whole == json.loads(json.dumps(to_json(evaluation)))
    assert steward.get("/seasons/demo-city/standings", period="2026-04", scope="x").json()["code"] == "api.scope"


def test_a_season_comes_in_as_a_zip_of_its_folder(program, tmp_path):
    import io
    import zipfile

    from saima.files import folder_files, load_season

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in folder_files(load_season("demo-city")).items():
            archive.writestr(f"season/{name}", content.replace(b'code = "demo-city"', b'code = "second"'))
    out.seek(0)
    out.name = "second.zip"
    steward, crane = program("steward", "seasons"), program("crane", "seasons")

    def send(who: Program):
        out.seek(0)
        return who.client.post("/api/seasons", {"file": out}, headers={"Authorization": f"Bearer {who.key}"})

    assert send(crane).status_code == 403
    made = send(steward)
    assert (made.status_code, made.json()["key"], made.json()["version"]) == (201, "second", 1)
    assert send(steward).json()["code"] == "season.already_here"


def test_the_documentation_opens_without_a_token_and_asks_nobody_outside(client, db):
    spec = client.get("/api/openapi.json").json()

    assert "/api/dataValueSets" in spec["paths"]
    page = client.get("/api/docs").content.decode()
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


@pytest.mark.parametrize("address", ["readings", "reports", "standings", "evaluation"])
def test_a_month_that_is_none_is_refused_and_not_answered_with_nothing(program, demo, address):
    answer = program("steward").get(f"/seasons/demo-city/{address}", period="2026-13")

    assert (answer.status_code, answer.json()["code"]) == (422, "period.unknown")


def test_a_parameter_that_does_not_fit_is_named_once(program, demo):
    answer = program("steward").get("/seasons/demo-city/readings", limit="x").json()

    assert (answer["field"], answer["message"].count("query.limit")) == ("query.limit", 1)
