"""Long lists of firms: the worker looks at them and records them part by part; all of one counts, or nothing."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from firms_workbook import PARKS, code_of, unique_name

from saima.server.kit import clock
from saima.server.registers.actions import import_parts
from saima.server.registers.actions.import_parts import import_go_on
from saima.server.registers.models import Doubt, Enterprise, EnterpriseFact, EnterpriseName, Import
from saima.server.registers.queries.columns import register_at
from saima.server.registers.queries.statuses import holding
from saima.server.registers.tasks import import_parts as task

pytestmark = pytest.mark.django_db
LIST = "/registers/enterprises/"
IMPORTS = f"{LIST}imports/"
HEAD = "企业名称,统一社会信用代码,所属园区,成立日期,2025年营业收入（万元）,高新技术企业\n"
START = 40_000


@pytest.fixture(autouse=True)
def short(settings):
    settings.IMPORT_AT_ONCE, settings.IMPORT_PART = 20, 10


def table(rows, more=()):
    lines = []
    for n in range(START, START + rows):
        held = "2024-05-01" if n % 3 == 0 else ""
        lines.append(f"{unique_name(n)},{code_of(n)},{PARKS[n % 5]},2012-03-0{1 + n % 9},{1000 + n}.50,{held}")
    return (HEAD + "\n".join([*lines, *more])).encode()


def handed(client, content):
    answer = client.post(IMPORTS, {"file": SimpleUploadedFile("台账.csv", content)})
    assert answer.status_code == 302, answer.content.decode()[:2_000]
    return Import.objects.order_by("-number").first()


def does(client, one, do):
    answer = client.post(f"{IMPORTS}{one.number}/", {"do": do}, follow=True)
    one.refresh_from_db()
    return answer.content.decode()


def works(one):
    """What the worker does."""
    task.func(one.pk, None)
    one.refresh_from_db()
    return one


def counts(one):
    return json.loads(one.result)["counts"]


def known():
    """Codes, names, places, figures and statuses as pages and rules see them of the firms of the table."""
    found = register_at(clock.today(), keys=["revenue", "founded"])
    ours = [n for n, code in enumerate(found.usccs) if code >= code_of(START) and code < code_of(START + 900)]
    listed = Enterprise.objects.filter(listed=True, uscc__gte=code_of(START), uscc__lt=code_of(START + 900))
    return {
        "register": [
            (found.usccs[n], found.names[n], found.places[n], found.columns["revenue"][n], found.columns["founded"][n])
            for n in ours
        ],
        "listed": [*listed.order_by("uscc").values_list("uscc", "name", "name_key", "place_id", "founded")],
        "holds": [
            h.uscc
            for h in holding("high-tech-enterprise", clock.today())
            if code_of(START) <= h.uscc < code_of(START + 900)
        ],
        "spells": [*listed.order_by("uscc").values_list("uscc", "spells__status", "spells__since")],
    }


NOTHING = {"register": [], "listed": [], "holds": [], "spells": []}


def test_a_long_list_says_what_a_short_one_says(demo, signed_in, settings):
    client = signed_in("steward")
    settings.IMPORT_AT_ONCE = 100
    short = handed(client, table(35))
    does(client, short, "confirm")
    at_once, before = known(), counts(short)
    does(client, short, "undo")
    assert known() == NOTHING

    settings.IMPORT_AT_ONCE = 20
    one = handed(client, table(35))
    page = client.get(f"{IMPORTS}{one.number}/").content.decode()
    assert one.doing == "look"
    assert "Being looked at, line by line" in page
    assert "0 of about 35 lines" in page
    works(one)
    assert (one.doing, one.state, known()) == ("", "proposed", NOTHING)
    does(client, one, "confirm")
    assert (one.doing, one.state, known()) == ("record", "proposed", NOTHING)
    works(one)

    assert (one.doing, one.state, one.fault) == ("", "confirmed", "")
    assert counts(one) == before
    assert known() == at_once
    assert len(at_once["listed"]) == 35
    assert len(at_once["holds"]) == 11


def test_a_worker_that_dies_leaves_nothing_that_counts_and_the_next_goes_on(demo, signed_in, monkeypatch):
    client = signed_in("steward")
    one = works(handed(client, table(35)))
    does(client, one, "confirm")
    recorded, told = import_parts._recorded, []

    def dies(held, part, by):
        told.append(part)
        if len(told) == 3:
            raise KeyboardInterrupt
        return recorded(held, part, by)

    monkeypatch.setattr(import_parts, "_recorded", dies)
    with pytest.raises(KeyboardInterrupt):
        import_go_on(pk=one.pk, by=None)
    assert EnterpriseName.objects.filter(source=one).count() == 20
    assert known() == NOTHING
    assert unique_name(START) not in client.get(LIST, {"q": code_of(START)}).content.decode()

    works(one)

    assert one.state == "confirmed"
    assert EnterpriseName.objects.filter(source=one).count() == 35
    assert EnterpriseFact.objects.filter(source=one, item="revenue").count() == 35
    assert len(known()["listed"]) == 35


def test_a_table_dropped_while_it_is_recorded_never_counts(demo, signed_in, monkeypatch):
    client = signed_in("steward")
    one = works(handed(client, table(35)))
    does(client, one, "confirm")
    through = import_parts._through

    def dropped(held, lines, said):
        if lines == 20:
            does(client, one, "drop")
        through(held, lines, said)

    monkeypatch.setattr(import_parts, "_through", dropped)
    works(one)

    assert (one.state, one.doing) == ("dropped", "")
    assert EnterpriseName.objects.filter(source=one).count() == 20
    assert known() == NOTHING
    monkeypatch.undo()
    again = works(handed(client, table(35)))
    does(client, again, "confirm")
    works(again)
    assert len(known()["listed"]) == 35


def test_a_long_list_is_undone_and_a_second_one_says_nothing_new(demo, signed_in):
    client = signed_in("steward")
    first = works(handed(client, table(35)))
    does(client, first, "confirm")
    works(first)

    second = works(handed(client, table(35)))
    assert {k: counts(second).get(k, 0) for k in ("new", "same", "facts", "statuses")} == {
        "new": 0,
        "same": 35,
        "facts": 0,
        "statuses": 0,
    }
    does(client, second, "confirm")
    works(second)
    assert (
        "says nothing that is not in the register already" in client.get(f"{IMPORTS}{second.number}/").content.decode()
    )
    assert (second.state, second.doing, len(counts(second)) > 3) == ("proposed", "", True)
    does(client, first, "undo")
    assert first.doing == "draw"
    works(first)

    assert (first.state, first.doing) == ("undone", "")
    assert known() == NOTHING


def test_doubts_of_a_long_list_come_in_once_they_are_settled(demo, signed_in):
    client = signed_in("steward")
    first = works(handed(client, table(30)))
    does(client, first, "confirm")
    works(first)
    renamed = [f"虚构改名第{n}号科技有限公司,{code_of(START + n)},,,{5000 + n},," for n in range(25)]

    one = works(handed(client, (HEAD + "\n".join(renamed)).encode()))
    page = client.get(f"{IMPORTS}{one.number}/doubts/").content.decode()
    client.post(f"{IMPORTS}{one.number}/doubts/", {"kind": "renamed", "choice": "same"})
    does(client, one, "confirm")
    works(one)

    assert page.count('name="doubt"') == 25
    assert Doubt.objects.filter(source=one, choice="same").count() == 25
    assert Enterprise.objects.get(uscc=code_of(START + 3)).name == "虚构改名第3号科技有限公司"
    found = register_at(clock.today(), keys=["revenue"], only=[Enterprise.objects.get(uscc=code_of(START + 3)).pk])
    assert found.columns["revenue"] == ["50030000"]


def test_a_long_list_taken_in_twice_counts_each_line_once(demo, signed_in):
    client = signed_in("steward")
    first = works(handed(client, table(30)))
    does(client, first, "confirm")
    works(first)
    renamed = f"虚构改名第0号科技有限公司,{code_of(START)},,,5000,,"
    new = [f"{unique_name(n)},{code_of(n)},{PARKS[0]},,10,," for n in range(START + 100, START + 130)]
    one = works(handed(client, (HEAD + "\n".join([renamed, *new])).encode()))

    does(client, one, "confirm")
    works(one)
    client.post(f"{IMPORTS}{one.number}/doubts/", {"kind": "renamed", "choice": "same"})
    does(client, one, "confirm")
    one = works(one)

    said = counts(one)
    assert (said["new"], said["renamed"], said["doubts"]) == (30, 1, 0)


def test_lines_are_refused_by_number_and_all_of_them_are_a_table(demo, signed_in):
    wrong = [f"{unique_name(n)},{code_of(n)},{PARKS[0]},,about {n}," for n in range(START + 100, START + 310)]
    client = signed_in("steward")
    one = works(handed(client, table(10, wrong)))
    page = client.get(f"{IMPORTS}{one.number}/").content.decode()
    lines = client.get(f"{IMPORTS}{one.number}/refused.csv").content.decode("utf-8-sig").splitlines()

    assert counts(one)["refused"] == 210
    assert "the first 200 of 210" in page
    assert "210 of them as a table" in page
    assert len(lines) == 211
    assert lines[-1].startswith("221,E,")
    assert "'about 40309' is not a number" in lines[-1]


def test_more_lines_than_are_taken_at_once_are_refused_with_the_number(demo, signed_in, settings):
    settings.IMPORT_MOST_LINES = 30
    client = signed_in("steward")

    answer = client.post(IMPORTS, {"file": SimpleUploadedFile("台账.csv", table(31))})

    assert answer.status_code == 422
    assert "has 31 lines; at most 30 come in at once" in answer.content.decode().replace("&#x27;", "'")
    assert not Import.objects.filter(name="台账.csv").exists()


def test_nothing_else_is_done_with_a_table_the_worker_is_at(demo, signed_in):
    client = signed_in("steward")
    one = handed(client, table(35))

    answer = client.post(f"{IMPORTS}{one.number}/", {"do": "confirm"})

    assert answer.status_code == 422
    assert "is being worked on (0 of 35)" in answer.content.decode()
    one.refresh_from_db()
    assert (one.doing, one.state) == ("look", "proposed")
