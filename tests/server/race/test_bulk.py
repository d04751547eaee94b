"""Many figures at once: looked at line by line, taken over once, fetched without harm and brought back without loss."""

import csv
import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from saima.engine.errors import QuestionRefused
from saima.server.kit.downloads import harmless
from saima.server.race.models import Reading, ReportCell
from saima.server.race.queries.bulk import Line, try_out
from saima.server.race.queries.bulk_reading import lines_of, shielded, unshielded

OURS = """contestant,indicator,period,value,note
crane,rd_spend,2026-06,12.0,first
crane,doctors,2026-06,7,
nobody,doctors,2026-06,7,
crane,doctors,2026-06,8,
crane,patents,2026-06,"1,2",
"""


def bring(client, content, name="figures.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post("/s/demo-city/figures/", {"file": SimpleUploadedFile(name, content)})


def june():
    rows = Reading.objects.filter(period="2026-06").order_by("contestant", "indicator", "revision")
    return [(r.contestant, r.indicator, r.value, r.state, r.note) for r in rows]


def refused(content, *, is_json=False):
    with pytest.raises(QuestionRefused) as problem:
        list(lines_of(content, is_json=is_json))
    return problem.value.problems[0].code


@pytest.fixture
def steward(signed_in):
    return signed_in("steward")


def test_a_file_is_looked_at_before_anything_counts(demo, steward):
    page = steward.get(bring(steward, OURS)["Location"])

    assert page.context["counts"] == {"new": 2, "changed": 0, "withdrawn": 0, "same": 0}
    assert [line for line, _ in page.context["objections"]] == [4, 5, 6]
    assert june() == []


def test_what_can_be_taken_is_taken_only_when_said(demo, steward):
    address = bring(steward, OURS)["Location"]

    whole = steward.post(address)
    part = steward.post(address, {"partial": "1"})

    assert (whole.status_code, part.status_code) == (422, 302)
    assert june() == [("crane", "doctors", "7", "reported", ""), ("crane", "rd_spend", "12", "reported", "first")]
    assert Reading.objects.filter(period="2026-06").first().source.startswith("figures.csv:")


def test_objections_come_as_a_table_by_line(demo, steward):
    address = bring(steward, OURS.replace("nobody", "=nobody()"))["Location"]

    rows = list(csv.reader(io.StringIO(steward.get(f"{address}objections.csv").content.decode("utf-8-sig"))))

    assert rows[0] == ["Line", "Contestant", "Indicator", "Period", "Value", "Why it cannot be taken"]
    assert [r[:2] for r in rows[1:]] == [["4", "'=nobody()"], ["5", "crane"], ["6", "crane"]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "v.json",
            json.dumps(
                {"period": "202606", "orgUnit": "crane", "dataValues": [{"dataElement": "doctors", "value": 7}]}
            ),
        ),
        ("v.csv", "dataelement,period,orgunit,value\ndoctors,202606,crane,7\n"),
        ("v.csv", "\ufeffcontestant,indicator,period,value\r\ncrane,doctors,2026-06,7\r\n"),
    ],
)  # fmt: skip
def test_every_form_of_file_says_the_same(demo, steward, name, content):
    steward.post(bring(steward, content, name)["Location"])

    assert june() == [("crane", "doctors", "7", "reported", "")]


def test_notes_in_the_encoding_of_chinese_excel_are_read():
    text = "contestant,indicator,period,value,note\ncrane,doctors,2026-06,7,含博士后\n"

    found = [list(lines_of(text.encode(e), is_json=False)) for e in ("utf-8", "utf-8-sig", "gb18030", "utf-16")]

    assert found == [[Line(2, "crane", "doctors", "2026-06", "7", "含博士后")]] * 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"contestant,indicator,period,value\ncrane,\xff\xfe\xfa\xff\n", "bulk.encoding"),
        (b"a,b\n1,2\n", "bulk.header"),
        (b"contestant,indicator,period,value,secret\n", "bulk.columns"),
        (b"contestant,indicator,period,value,value\n", "bulk.columns"),
        (b"contestant,indicator,period,value,state\na,b,2026,1,won\n", "bulk.state"),
        (b"contestant,indicator,period,value\na,b,2026," + b"1" * 200_000, "bulk.broken_csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, code):
    assert refused(content) == code


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b'{"dataValues": [1]}', b"[]"])
def test_json_that_is_no_set_of_values_says_why(content):
    assert refused(content, is_json=True) in {"dhis2.not_json", "dhis2.no_values"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"PK\x03\x04 nothing"),
        ("a.svg", b"<svg onload='x'/>"),
        ("a.csv", b"\x00\x01\x02"),
        ("../../a.xlsx", b"MZ program"),
        ("a.csv", b""),
    ],
)
def test_what_is_no_table_is_refused_at_the_door(demo, steward, name, content):
    answer = bring(steward, content, name)

    assert answer.status_code == 422
    assert ".." not in answer.content.decode().split("<main")[1].split("</main>")[0]


def test_a_file_of_a_hundred_megabytes_is_refused_while_it_comes_in(demo, steward, settings):
    settings.UPLOAD_MOST_TEXT_BYTES = 50 * 2**20
    answer = bring(steward, b"contestant,indicator,period,value\n" + b"x" * 100 * 2**20)

    assert answer.status_code == 422
    assert "50" in answer.content.decode()


@given(st.text(max_size=30) | st.sampled_from(["=1+1", "'=1", "''@x", "-3", "'-3", "＋8", " =x", "'", "\t1"]))
def test_shielded_text_runs_nowhere_and_comes_back(text):
    cell = shielded(text)

    assert unshielded(cell) == text
    assert harmless(cell) == cell


def test_what_is_fetched_comes_in_again_as_the_same(demo, steward, person):
    one = Reading.objects.filter(season=demo, state="verified").first()
    shared = {"season": demo, "contestant": one.contestant, "indicator": one.indicator, "period": one.period}
    Reading.objects.create(
        **shared, revision=one.revision + 1, value=one.value, state="reported", origin="reported",
        note="=HYPERLINK(\"x\")\r\n'second, \"line\"", evidence="@a", reason="t"
    )  # fmt: skip
    answer = steward.get("/s/demo-city/figures/out/csv/")
    content = b"".join(answer.streaming_content)

    dry = try_out(season=demo, lines=lines_of(content, is_json=False), by=person("steward"))

    assert answer["Content-Disposition"].startswith("attachment")
    assert b"'=HYPERLINK" in content
    assert {p.does for p in dry.placed} == {"same"}
    assert {o.problem.code for o in dry.objections} <= {"bulk.report_closed"}
    assert len(dry.placed) + len(dry.objections) == content.count(b"\r\n") - 2


def test_the_workbook_holds_text_and_no_formula(demo, steward):
    one = Reading.objects.filter(season=demo).first()
    Reading.objects.create(
        season=demo, contestant=one.contestant, indicator=one.indicator, period=one.period, revision=900,
        value=one.value, state="reported", origin="reported", note="=1+1"
    )  # fmt: skip

    answer = steward.get("/s/demo-city/figures/out/xlsx/")

    cells = [c for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows() for c in row]
    assert [c.value for c in cells if c.value and "1+1" in str(c.value)] == ["'=1+1"]
    assert {c.data_type for c in cells} <= {"s", "n"}


def test_not_applicable_and_withdrawn_come_in(demo, steward):
    head = "contestant,indicator,period,value,state,note\n"
    first = "crane,doctors,2026-06,7,reported,\ncrane,pilot,2026-06,,not_applicable,no pilots\n"
    steward.post(bring(steward, head + first)["Location"])

    steward.post(bring(steward, head + "crane,doctors,2026-06,7,withdrawn,\n")["Location"])

    assert june() == [
        ("crane", "doctors", "7", "reported", ""),
        ("crane", "doctors", "", "withdrawn", ""),
        ("crane", "pilot", "", "not_applicable", "no pilots"),
    ]


def test_blanks_around_a_period_are_not_kept(demo, person):
    line = Line(1, "crane", "doctors", " 2026-06 ", "7")

    dry = try_out(season=demo, lines=[line, line._replace(number=2, period="2026-06")], by=person("steward"))

    assert [p.line.period for p in dry.placed] == ["2026-06"]
    assert [o.problem.code for o in dry.objections] == ["bulk.twice"]


def test_open_reports_show_what_came_in(demo, steward):
    text = "contestant,indicator,period,value\nlantern,teams,2026-05,9\n"

    steward.post(bring(steward, text)["Location"])

    cell = ReportCell.objects.get(report__place__key="lantern", report__period="2026-05", indicator="teams")
    assert (cell.kind, cell.value) == ("value", "9")


def test_a_zone_fetches_its_own_figures_and_brings_none(demo, signed_in):
    crane = signed_in("crane")

    content = b"".join(crane.get("/s/demo-city/figures/out/csv/").streaming_content).decode("utf-8-sig")

    assert {r[0] for r in csv.reader(io.StringIO(content))} == {"contestant", "crane"}
    assert bring(crane, OURS).status_code == 403
    assert 'type="file"' not in crane.get("/s/demo-city/figures/").content.decode()


@pytest.mark.parametrize(("who", "status"), [("leader", 403), ("admin", 404)])
def test_who_holds_no_figures_fetches_none(demo, signed_in, who, status):
    client = signed_in(who)

    assert client.get("/s/demo-city/figures/").status_code == status
    assert client.get("/s/demo-city/figures/out/csv/").status_code == status


def test_a_file_of_another_session_is_not_there(demo, steward, signed_in):
    address = bring(steward, OURS)["Location"]

    assert signed_in("steward2").get(address).status_code == 404
