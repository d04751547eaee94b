"""Pages of the register: a messy workbook comes in, doubts are settled, it is undone; the list, one firm, who sees."""

import csv
import html
import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from firms_workbook import code_of, unique_name, workbook

from saima.files.registers import fault_of, repairs_of
from saima.server.kit import clock
from saima.server.kit.models import Audit
from saima.server.places.actions import place_ensure, place_join
from saima.server.places.models import Place
from saima.server.registers.actions.enterprises import enterprise_add
from saima.server.registers.models import Doubt, Enterprise, EnterpriseFact, EnterpriseName, Import
from saima.server.registers.queries.columns import register_at
from saima.server.registers.queries.names import name_key
from saima.server.registers.queries.statuses import holding
from saima.words import Text

pytestmark = pytest.mark.django_db
LIST = "/registers/enterprises/"
KEY_2 = name_key(unique_name(2))
IMPORTS = f"{LIST}imports/"


def handed(client, content, name="台账.xlsx"):
    """Hand a table over; the import it became."""
    answer = client.post(IMPORTS, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()[:2_000]
    return Import.objects.order_by("-number").first()


def does(client, one, do, **more):
    answer = client.post(f"{IMPORTS}{one.number}/", {"do": do, **more}, follow=True)
    one.refresh_from_db()
    return answer


def counts(one):
    return json.loads(one.result)["counts"]


def words(answer):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_five_thousand_firms_from_a_messy_workbook(demo, signed_in):
    client, content = signed_in("steward"), workbook(5_000)

    one = handed(client, content)
    shown = client.get(f"{IMPORTS}{one.number}/")
    does(client, one, "confirm")

    assert shown.status_code == 200
    wanted = {"new": 5_000, "facts": 24_000, "refused": 0, "doubts": 0}
    assert {k: counts(one)[k] for k in wanted} == wanted
    assert counts(one)["skipped"] == 7  # five subtotals, the total, the note
    firm = Enterprise.objects.get(uscc=code_of(3))
    found = register_at(clock.today(), keys=["revenue", "revenue_1", "rd_spend", "staff", "founded"], only=[firm.pk])
    assert {k: v[0] for k, v in found.columns.items()} == {
        "revenue": "10035000",  # 1,003.5 in ten thousand yuan
        "revenue_1": "12000000",  # 0.12 in a hundred million
        "rd_spend": "530000",
        "staff": "23",
        "founded": firm.founded,
    }
    assert (firm.place.key, firm.founded.isoformat()) == ("ferry", "2013-04-04")


def test_the_same_workbook_again_says_nothing_new_and_one_cell_changes_one_figure(demo, signed_in):
    client = signed_in("steward")
    first = handed(client, workbook(20))
    does(client, first, "confirm")

    second = handed(client, workbook(20, changed={4: {5: 9_999}, 6: {5: "about 12"}}))
    page = words(client.get(f"{IMPORTS}{second.number}/"))

    assert {k: counts(second)[k] for k in ("changed", "same", "facts", "facts_changed", "refused")} == {
        "changed": 1,
        "same": 19,
        "facts": 1,
        "facts_changed": 1,
        "refused": 1,
    }
    assert "10045000" in page.replace(",", "")
    assert "99990000" in page.replace(",", "")
    assert "'about 12' is not a number" in page
    does(client, second, "confirm")
    again = does(client, second, "confirm")
    assert "says nothing that is not in the register already" in words(again)
    assert EnterpriseFact.objects.filter(source=second).count() == 1


def test_what_cannot_be_taken_is_told_by_line_column_and_what_would_do(demo, signed_in):
    wrong = next(c for last in "0123456789" if fault_of(c := code_of(987654)[:-1] + last) and not repairs_of(c))
    extra = [
        ["", "", "919999"],  # too short, and no name
        ["", "虚构无码甲乙丙科技有限公司", ""],
        ["", "虚构错码丁戊己科技有限公司", wrong],
        ["", "虚构远方庚辛壬科技有限公司", code_of(901), "天外园"],
        ["", "虚构数字癸子丑科技有限公司", 919999000000000000],
    ]
    one = handed(signed_in("steward"), workbook(3, extra=extra))
    page = words(signed_in("steward").get(f"{IMPORTS}{one.number}/"))
    chinese = words(signed_in("steward", "zh").get(f"{IMPORTS}{one.number}/"))

    assert counts(one)["refused"] == 5
    for sentence in (
        "has 6 characters, not 18",
        "has no credit code and no firm of the register has this name",
        "The last character of the code",
        "'天外园' is no place of this installation",
        "was kept as a number, and a spreadsheet keeps only 15 digits",
    ):
        assert sentence in page
    assert "请对照营业执照" in chinese
    assert re.search(r"\b8 C The code '919999'", page)


def settle(client, one, **choice):
    return client.post(f"{IMPORTS}{one.number}/doubts/", choice, follow=True)


def test_doubtful_pairs_are_settled_one_by_one_or_all_of_a_kind_and_come_in_after(demo, signed_in):
    client = signed_in("steward")
    does(client, handed(client, workbook(12)), "confirm")
    near = unique_name(4)[:-7] + "号科技有限公司"
    typo = code_of(6).replace("0", "O", 1)
    extra = [
        ["", "虚构改名云水科技有限公司", code_of(1), "", "", 5_000],  # renamed
        ["", "虚构改名风火科技有限公司", code_of(2), "", "", 6_000],  # renamed
        ["", unique_name(3), "", "", "", 7_000],  # no code
        ["", near, code_of(700), "", "", 8_000],  # near name
        ["", unique_name(6), typo, "", "", 9_000],  # wrong code
    ]
    one = handed(client, workbook(1, start=20, extra=extra))
    kinds = sorted(Doubt.objects.filter(source=one).values_list("kind", flat=True))
    does(client, one, "confirm")
    waiting = EnterpriseFact.objects.filter(source=one, value__in=["50000000", "70000000"]).exists()
    settle(client, one, kind="renamed", choice="same")
    settle(client, one, doubt=Doubt.objects.get(source=one, kind="near_name").pk, choice="other")
    settle(client, one, doubt=Doubt.objects.get(source=one, kind="no_code").pk, choice="same")
    settle(client, one, doubt=Doubt.objects.get(source=one, kind="wrong_code").pk, choice="left")
    does(client, one, "confirm")

    assert kinds == ["near_name", "no_code", "renamed", "renamed", "wrong_code"]
    assert not waiting
    assert Enterprise.objects.get(uscc=code_of(1)).name == "虚构改名云水科技有限公司"
    assert EnterpriseName.objects.filter(enterprise__uscc=code_of(1), name=unique_name(1)).exists()
    assert Enterprise.objects.get(uscc=code_of(700)).name == near
    said = EnterpriseFact.objects.filter(source=one, item="revenue", period="2025").values_list("value", flat=True)
    assert {"50000000", "60000000", "70000000", "80000000"} <= set(said)
    assert "90000000" not in set(said)
    assert Audit.objects.filter(action="import.settled").count() == 4
    assert "虚构改名云水" in words(client.get(f"{LIST}?q={unique_name(1)}"))


def test_an_import_is_undone_while_nothing_stands_on_it(demo, signed_in):
    client = signed_in("steward")
    before = Enterprise.objects.filter(listed=True).count()
    one = handed(client, workbook(8))
    does(client, one, "confirm")
    fact = {"do": "fact", "item": "staff", "period": "2024", "value": "7", "reason": "by telephone"}
    client.post(f"{LIST}firm/{code_of(3)}/record/", fact)
    refused = does(client, one, "undo")
    there = Enterprise.objects.filter(listed=True).count() - before

    assert "1 have been written about since" in words(refused)
    assert there == 8
    two = handed(client, workbook(5, start=40))
    does(client, two, "confirm")
    does(client, two, "undo")
    assert Enterprise.objects.filter(listed=True).count() - before == 8
    assert client.get(f"{LIST}firm/{code_of(41)}/").status_code == 404
    again = handed(client, workbook(5, start=40))
    does(client, again, "confirm")
    assert client.get(f"{LIST}firm/{code_of(41)}/").status_code == 200


def test_a_code_in_two_lines_and_a_firm_that_moved(demo, signed_in):
    client = signed_in("steward")
    does(client, handed(client, workbook(6)), "confirm")
    twice = ["", unique_name(2), code_of(2), "", "", 77]
    one = handed(client, workbook(6, changed={4: {3: "纸鹤园"}}, extra=[twice]))
    page = words(client.get(f"{IMPORTS}{one.number}/"))
    does(client, one, "confirm")

    assert f"The code {code_of(2)} stands in line 7 already, with other content" in page
    assert "Fog Whistle Park Paper Crane Park" in page
    firm = Enterprise.objects.get(uscc=code_of(4))
    yesterday = clock.today() - timedelta(days=1)
    assert register_at(yesterday, keys=[], only=[firm.pk]).places == [Place.objects.get(key="whistle").pk]
    assert firm.place.key == "crane"


def test_two_records_of_one_firm_are_merged_found_by_both_and_parted_again(demo, signed_in):
    client = signed_in("steward")
    does(client, handed(client, workbook(6)), "confirm")
    client.post(f"{LIST}new/", {"uscc": code_of(800), "name": unique_name(2), "reason": "typed twice"})
    hint = words(client.get(f"{LIST}firm/{code_of(800)}/"))
    chain = {"do": "merge", "reason": "one firm"}
    client.post(f"{LIST}firm/{code_of(800)}/record/", {**chain, "into": code_of(2)})
    client.post(f"{LIST}firm/{code_of(2)}/record/", {**chain, "into": code_of(5)})

    end = client.get(f"{LIST}firm/{code_of(800)}/", follow=True)
    by_code, by_name = (words(client.get(f"{LIST}?q={q}")) for q in (code_of(800), unique_name(2)))
    again = handed(client, workbook(1, start=2, extra=[["", unique_name(2), code_of(800), "", "", 4_321]]))
    does(client, again, "confirm")
    client.post(f"{LIST}firm/{code_of(5)}/record/", {"do": "part", "other": code_of(2), "reason": "two after all"})

    assert "Another firm has the same name" in hint
    assert end.redirect_chain[-1][0] == f"{LIST}firm/{code_of(5)}/"
    assert code_of(5) in by_code
    assert code_of(5) in by_name
    assert (counts(again)["doubts"], counts(again)["refused"]) == (0, 1)  # two lines, one firm
    parted = {e.uscc: e.merged_into and e.merged_into.uscc for e in Enterprise.objects.filter(names__key=KEY_2)}
    assert parted == {code_of(2): None, code_of(800): code_of(2)}
    assert client.get(f"{LIST}firm/{code_of(2)}/").status_code == 200


def test_a_list_of_one_status_holds_from_its_day_and_the_reading_is_kept_by_name(demo, signed_in):
    client = signed_in("steward")
    does(client, handed(client, workbook(6)), "confirm")
    rows = "第三批拟入库企业名单\n序号,企业名称,统一社会信用代码\n" + "".join(
        f"{n},{unique_name(n)},{code_of(n)}\n" for n in range(4)
    )
    one = handed(client, rows.encode(), "第三批.csv")
    form = {"status": "tech-sme", "since": "2026-05-20", "until": "2027-01-01", "batch": "2026-3", "keep_as": "名单"}
    does(client, one, "again", **form)
    shown = counts(one)
    does(client, one, "confirm", **form)
    held = {h.uscc: (h.since.isoformat(), h.until.isoformat()) for h in holding("tech-sme", clock.today())}
    another = handed(client, rows.replace("第三批", "第四批").encode(), "第四批.csv")

    assert shown["statuses"] == 4
    assert [held.get(code_of(n)) for n in range(5)] == [("2026-05-20", "2027-01-01")] * 4 + [None]
    assert '"status": "tech-sme"' in another.mapping


def test_the_list_is_narrowed_by_its_address_and_pages_by_code(demo, signed_in):
    client = signed_in("steward")
    whale = Place.objects.get(key="whale")

    first = client.get(f"{LIST}?place=whale")
    codes = re.findall(r'class="sub mono">(\w{18})<', first.content.decode())
    further = re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    second = re.findall(r'class="sub mono">(\w{18})<', client.get(LIST + further).content.decode())
    gazelles = words(client.get(f"{LIST}?status=gazelle"))
    missing = (
        Enterprise.objects.filter(listed=True).count()
        - EnterpriseFact.objects.filter(item="rd_spend", period="2025").count()
    )

    expected = list(Enterprise.objects.filter(place=whale).order_by("uscc").values_list("uscc", flat=True))
    assert codes + second == expected
    assert "19 firms" in gazelles
    assert f"{missing} firms" in words(client.get(f"{LIST}?missing=rd_spend"))
    assert "1 firms" in words(client.get(f"{LIST}?q={expected[0]}"))
    assert "No firm is like this" in words(client.get(f"{LIST}?q=nobody-at-all"))
    table = list(
        csv.reader(io.StringIO(client.get(f"{LIST}enterprises.csv?status=gazelle").content.decode("utf-8-sig")))
    )
    assert len(table) == 20
    assert table[0][:3] == ["Credit code", "Name", "Place"]


def test_a_list_is_kept_under_a_name_for_oneself(demo, signed_in):
    client = signed_in("steward")
    client.post(f"{LIST}views/", {"name": "Gazelles at sea", "query": "status=gazelle&place=whale&rubbish=1"})

    mine, others = (words(c.get(LIST)) for c in (client, signed_in("steward2")))

    assert "Gazelles at sea" in mine
    assert "Gazelles at sea" not in others
    assert 'href="?place=whale&amp;status=gazelle"' in client.get(LIST).content.decode()


def test_a_page_of_the_list_costs_the_same_however_many_firms(demo, signed_in, django_assert_num_queries):
    client = signed_in("auditor")
    client.get(LIST)

    with django_assert_num_queries(23):  # a place is looked up, with those that belong to it
        client.get(f"{LIST}?place=whistle")
    with django_assert_num_queries(22):
        client.get(LIST)


def test_a_firm_shows_its_rung_and_what_it_misses(demo, signed_in):
    gazelle = Enterprise.objects.get(uscc=holding("gazelle", clock.today())[0].uscc)
    page = words(signed_in("leader").get(f"{LIST}firm/{gazelle.uscc}/?rung=high-tech-enterprise"))
    sme = words(signed_in("leader", "zh").get(f"{LIST}firm/{gazelle.uscc}/?rung=tech-sme"))

    assert "What it misses: High-tech enterprise" in page
    assert re.search(r"by [^,]+, version 1 , since 1 January 2026", page)
    assert "No rule of the book is in force for:" in page
    assert re.search(r"have [\d.,]+ ?%?, need [\d.,]+ ?%?, short|missing: ", page)
    assert "差距：科技型中小企业" in sme
    assert "Record by hand" not in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"do": "fact", "item": "staff", "period": "2025", "value": "12"}, "needs a reason"),
        ({"do": "fact", "item": "staff", "period": "25", "value": "12", "reason": "x"}, "as 2025 or 2025-04"),
        ({"do": "fact", "item": "staff", "period": "2025", "value": "-3", "reason": "x"}, "cannot be below 0"),
        ({"do": "fact", "item": "core_ip", "period": "2025", "value": "maybe", "reason": "x"}, "is yes or no"),
        ({"do": "status", "status": "gazelle", "since": "", "reason": "x"}, "A day is missing"),
        ({"do": "withdraw", "status": "single-champion", "on": "2026-06-01", "reason": "x"}, "is not held on"),
        ({"do": "merge", "into": "919999MA000000010", "reason": "x"}, "has 17 characters"),
        ({"do": "dance", "reason": "x"}, "This step is not on offer"),
    ],
)
def test_what_the_bureau_types_is_refused_in_one_sentence(demo, signed_in, form, said):
    firm = Enterprise.objects.filter(listed=True).first()
    answer = signed_in("steward").post(f"{LIST}firm/{firm.uscc}/record/", form)

    assert answer.status_code == 422
    assert said in words(answer)


def test_a_zone_sees_its_own_firms_and_no_others(demo, signed_in):
    crane, whale = (Enterprise.objects.filter(listed=True, place__key=k).first() for k in ("crane", "whale"))
    client = signed_in("crane")

    assert client.get(f"{LIST}firm/{crane.uscc}/").status_code == 200
    assert client.get(f"{LIST}firm/{whale.uscc}/").status_code == 404
    assert f"firm/{whale.uscc}/" not in client.get(f"{LIST}?q={whale.uscc}").content.decode()
    assert "No firm is like this" in words(client.get(f"{LIST}?q={whale.uscc}"))
    assert whale.uscc not in client.get(f"{LIST}enterprises.csv").content.decode()
    assert client.post(f"{LIST}firm/{crane.uscc}/record/", {"do": "fact"}).status_code == 403
    assert client.get(IMPORTS).status_code == 403
    assert signed_in("talent").get(LIST).status_code == 403
    with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
        town = place_ensure(key="crane-town", title=Text("Crane Town", "纸鹤镇"), kind="town")
        place_join(place=town, parent=crane.place, since=date(2026, 1, 1), by=None)
        made = enterprise_add(uscc=code_of(900), name="虚构镇上企业", place=town, by=None)
    assert client.get(f"{LIST}firm/{made.uscc}/").status_code == 200
    assert made.uscc in signed_in("steward").get(f"{LIST}enterprises.csv?place=crane").content.decode()
    assert signed_in("whale").get(f"{LIST}firm/{made.uscc}/").status_code == 404
    assert signed_in().get(f"{LIST}firm/{crane.uscc}/").status_code == 302
