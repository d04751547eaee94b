"""The DHIS2 form: aliases, periods, dry run, counts, conflicts and strategies."""

import json

import pytest
from django.test import Client

from saima.server.accounts.actions import token_make
from saima.server.places.models import Place
from saima.server.race.models import Reading

VALUES = [
    {"dataElement": "rd_spend", "period": "202606", "orgUnit": "crane", "value": "12.0", "comment": "first"},
    {"dataElement": "doctors", "period": "202606", "orgUnit": "crane", "value": 7, "followup": True},
]


@pytest.fixture
def send(person):
    who = person("steward")
    _, key = token_make(person=who, title="dhis2", scopes=("read", "readings"), days=9, by=who)
    browser = Client(headers={"Authorization": f"ApiToken {key}"})

    def post(body, kind="application/json", **asked):
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        query = "&".join(f"{k}={v}" for k, v in asked.items())
        return browser.post(f"/api/dataValueSets?{query}", text, content_type=kind)

    post.get = lambda **asked: browser.get("/api/dataValueSets", asked)
    return post


def june() -> list[tuple[str, str, str, str]]:
    rows = Reading.objects.filter(period="2026-06").order_by("contestant", "indicator", "revision")
    return [(r.indicator, r.value, r.state, r.note) for r in rows]


def test_values_come_in_with_an_import_summary(send, db):
    dry = send({"dataSet": "demo-city", "dataValues": VALUES}, dryRun="true").json()
    done = send({"dataSet": "demo-city", "dataValues": VALUES}).json()
    again = send({"dataSet": "demo-city", "dataValues": VALUES}).json()

    assert dry == done
    assert (done["status"], done["importCount"], done["dataSetComplete"]) == (
        "SUCCESS",
        {"imported": 2, "updated": 0, "deleted": 0, "ignored": 0},
        "true",
    )
    assert again["importCount"] == {"imported": 0, "updated": 0, "deleted": 0, "ignored": 2}
    assert june() == [("doctors", "7", "reported", ""), ("rd_spend", "12", "reported", "first")]


def test_a_dry_run_writes_nothing(send, db):
    send({"dataSet": "demo-city", "dataValues": VALUES}, dryRun="true")

    assert june() == []


@pytest.mark.parametrize(
    "head",
    [
        "dataElement,period,orgUnit,categoryOptionCombo,attributeOptionCombo,value,storedBy,timestamp,comment,followUp",
        '"dataelement","period","orgunit","catoptcombo","attroptcombo","value","strby","lstupd","cmt","flwup"',
    ],
)
def test_csv_is_read_by_its_header_in_old_and_new_names(send, db, head):
    rows = f"{head}\nrd_spend,202606,crane,,,12,me,2026,first,false\ndoctors,2026-06-01/P1M,crane,,,7,me,2026,null,\n"

    done = send(rows, kind="application/csv", dataSet="demo-city").json()

    assert done["importCount"]["imported"] == 2
    assert june() == [("doctors", "7", "reported", ""), ("rd_spend", "12", "reported", "first")]


def test_csv_without_a_header_is_refused(send, db):
    answer = send("rd_spend,202606,crane,,,12\n", kind="text/csv", dataSet="demo-city")

    assert (answer.status_code, answer.json()["code"]) == (422, "dhis2.no_header")


def test_group_keys_are_defaults_and_a_unit_may_be_named_by_its_lasting_identifier(send, db):
    uuid = str(Place.objects.get(key="crane").uuid)
    body = {
        "dataSet": "demo-city",
        "period": "2026-06-01/P1M",
        "orgUnit": uuid,
        "completedDate": "2026-07-01",
        "dataValues": [{"dataElement": "doctors", "value": "7"}],
    }

    assert send(body).json()["importCount"]["imported"] == 1
    assert june() == [("doctors", "7", "reported", "")]


def test_conflicts_name_value_index_and_code_and_the_rest_is_taken(send, db):
    wrong = [
        VALUES[0],
        {**VALUES[1], "dataElement": "tea"},
        {**VALUES[1], "orgUnit": "crow"},
        {**VALUES[1], "period": "2026W3"},
        {**VALUES[1], "value": "many"},
    ]

    done = send({"dataSet": "demo-city", "dataValues": wrong}).json()

    assert done["status"] == "WARNING"
    assert done["importCount"] == {"imported": 1, "updated": 0, "deleted": 0, "ignored": 4}
    assert [(c["errorCode"], c["property"], c["indexes"]) for c in done["conflicts"]] == [
        ("E8102", "dataElement", [1]),
        ("E8103", "orgUnit", [2]),
        ("E8101", "period", [3]),
        ("E8120", "value", [4]),
    ]
    assert (done["rejectedIndexes"], done["dataSetComplete"]) == ([1, 2, 3, 4], "false")


def test_two_values_for_one_cell_refuse_the_whole_group(send, db):
    done = send({"dataSet": "demo-city", "dataValues": [*VALUES, VALUES[0]]}).json()

    assert (done["status"], done["importCount"]["ignored"]) == ("ERROR", 3)
    assert [c["errorCode"] for c in done["conflicts"]] == ["E8128"]
    assert june() == []


def test_strategies_and_soft_deletion(send, db):
    send({"dataSet": "demo-city", "dataValues": VALUES[:1]})
    changed = [{**VALUES[0], "value": "13"}, VALUES[1]]

    created = send({"dataSet": "demo-city", "dataValues": changed}, importStrategy="CREATE").json()["importCount"]
    updated = send({"dataSet": "demo-city", "dataValues": changed}, importStrategy="UPDATE").json()["importCount"]
    deleted = send({"dataSet": "demo-city", "dataValues": changed[:1]}, importStrategy="DELETE").json()["importCount"]

    assert (created["imported"], updated["updated"], deleted["deleted"]) == (1, 1, 1)
    assert june() == [
        ("doctors", "7", "reported", ""),
        ("rd_spend", "12", "reported", "first"),
        ("rd_spend", "13", "reported", "first"),
        ("rd_spend", "", "withdrawn", "first"),
    ]


def test_zero_is_a_value(send, db):
    done = send({"dataSet": "demo-city", "dataValues": [{**VALUES[0], "value": 0}]}).json()

    assert done["importCount"]["imported"] == 1
    assert june() == [("rd_spend", "0", "reported", "first")]


def test_the_data_set_is_found_by_its_elements_or_asked_for(send, db):
    assert send({"dataValues": VALUES}).json()["importCount"]["imported"] == 2
    assert send({"dataValues": [{**VALUES[0], "dataElement": "tea"}]}).json()["code"] == "dhis2.data_set_open"
    assert send({"dataSet": "x", "dataValues": VALUES}).json()["code"] == "dhis2.data_set_unknown"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"\xff\xfe\x00", "application/json", "dhis2.not_utf8"),
        ("{", "application/json", "dhis2.not_json"),
        ("[" * 100_000, "application/json", "dhis2.not_json"),
        ("[]", "application/json", "dhis2.no_values"),
        ('{"dataValues": [1]}', "application/json", "dhis2.no_values"),
    ],
)
def test_a_body_that_is_none_is_refused_with_a_sentence(send, db, body, kind, code):
    answer = send(body, kind=kind, dataSet="demo-city")

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_what_goes_out_comes_in_again_without_a_change(send, db):
    as_json = send.get(dataSet="demo-city", period="202604").json()
    as_csv = send.get(dataSet="demo-city", period="202604", format="csv").content.decode()

    assert len(as_json["dataValues"]) == 84
    assert {type(v["value"]) for v in as_json["dataValues"]} == {str}
    into_json = send(as_json, dryRun="true").json()
    into_csv = send(as_csv, kind="text/csv", dataSet="demo-city", dryRun="true").json()
    assert into_json["importCount"] == into_csv["importCount"]
    assert into_json["importCount"]["imported"] == into_json["importCount"]["updated"] == 0
