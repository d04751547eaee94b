"""Items of every kind: by data, in two clocks, with the proof a stage asks, from a table, on pages."""

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import DatabaseError

from saima.engine.errors import QuestionRefused
from saima.presets.item_kinds import item_kinds
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import clock
from saima.server.kit.locks import Conflict
from saima.server.kit.models import Audit
from saima.server.places.queries import place_of
from saima.server.registers.actions.items import (
    Entry,
    Step,
    item_add,
    item_change,
    item_figures,
    item_line,
    item_move,
    item_move_undo,
)
from saima.server.registers.models import Item
from saima.server.registers.queries.items import item_at, items_at
from saima.server.site.demo_items import OTHERS, PARKS, PLATFORMS, PROJECTS

pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(f"{text}T12:00:00+08:00").astimezone(UTC)


def project(by=None, **values):
    values = {"name": "Bridge 桥", "place": "crane", "level": "city", **values}
    step = Step("approved", date(2026, 1, 5), {"approval": "No. 3"})
    return item_add(kind="major-project", code="", values=values, step=step, by=by)


def codes(refused):
    return [p.code for p in refused.value.problems]


def test_what_was_known_then_about_a_day_is_told_apart_from_what_is_known_now():
    with clock.at(at("2026-02-01")):
        item = project()
        item_figures(item=item, entries=[Entry("investment", "2026Q1", "plan", "100")], by=None)
    with clock.at(at("2026-04-10")):
        item_figures(item=item, entries=[Entry("investment", "2026Q1", "done", "40.50")], by=None)
        item_change(item=item, values={"level": "provincial"}, since=date(2026, 3, 1), reason="letter", by=None)
    with clock.at(at("2026-05-10")):
        item_figures(item=item, entries=[Entry("investment", "2026Q1", "done", "60")], by=None)

    def said(on, known):
        found = item_at("major-project", item.code, on=date.fromisoformat(on), known=at(known))
        return found and (found.values["level"], found.done("investment"), found.due("investment"))

    assert said("2026-03-31", "2026-01-31") is None
    assert said("2026-03-31", "2026-03-31") == ("city", None, Decimal(100))
    assert said("2026-03-31", "2026-04-30") == ("provincial", Decimal("40.5"), Decimal(100))
    assert said("2026-02-28", "2026-05-31") == ("city", Decimal(60), None)
    assert said("2026-03-31", "2026-05-31") == ("provincial", Decimal(60), Decimal(100))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registers_itemfigure SET value = '0'")


def test_a_project_counts_as_started_with_the_whole_proof_only_and_a_mistake_is_taken_back(person):
    item = project()
    step = Step("started", date(2026, 5, 4), {"ground-level": "photo 7"})

    with pytest.raises(QuestionRefused) as refused:
        item_move(item=item, step=step, by=person("steward"))
    assert codes(refused) == ["items.needs_proof"]
    with pytest.raises(QuestionRefused) as refused:
        item_move(item=item, step=Step("full", date(2026, 5, 4)), by=person("steward"))
    assert codes(refused) == ["items.no_step"]
    item_move(item=item, step=Step("started", step.since, {**step.proof, "library": "L-9"}), by=person("steward"))
    started = item_at("major-project", item.code)
    item_move_undo(item=item, row_number=started.reached.row, reason="another plot", by=person("steward"))
    back = item_at("major-project", item.code)

    assert (started.stage.id, started.counts, started.reached.proof["library"]) == ("started", "exists", "L-9")
    assert (back.stage.id, back.counts) == ("approved", "goal")


@pytest.mark.parametrize(
    ("points", "rule", "grade"),
    [
        ("85", "bands-85-60", "excellent"),
        ("84.999", "bands-85-60", "pass"),
        ("60", "bands-85-60", "pass"),
        ("59.99", "bands-85-60", "fail"),
        ("90", "bands-90-70-60", "excellent"),
        ("89.9", "bands-90-70-60", "good"),
        ("70", "bands-90-70-60", "good"),
    ],
)
def test_an_evaluation_is_graded_exactly_at_the_bounds_of_its_rule(points, rule, grade):
    scale = item_kinds()["platform"].scale(rule)

    assert scale.grade(Decimal(points)) == grade


def test_a_grade_by_rule_or_as_announced_and_never_against_the_rule():
    step = Step("running", date(2025, 1, 5), {"recognition": "No. 1"})
    item = item_add(kind="platform", code="X-1", values={"name": "X", "type": "institute"}, step=step, by=None)
    by_rule = {"year": "2025", "points": "86", "rule": "bands-85-60"}

    item_line(item=item, listing="evaluations", values=by_rule, by=None)
    item_line(item=item, listing="evaluations", values={"year": "2024", "grade": "good"}, by=None)
    with pytest.raises(QuestionRefused) as other:
        item_line(item=item, listing="evaluations", values={**by_rule, "grade": "fail"}, by=None)
    with pytest.raises(QuestionRefused) as none:
        item_line(item=item, listing="evaluations", values={"year": "2023"}, by=None)

    rows = item_at("platform", "X-1").lines["evaluations"]
    assert [(r.of("year"), r.of("grade")) for r in rows] == [("2025", "excellent"), ("2024", "good")]
    assert codes(other) + codes(none) == ["items.grade_other", "items.needs_grade"]


def test_a_zone_keeps_its_own_and_two_people_overwrite_nothing(person):
    item = project(by=person("crane"))
    with pytest.raises(NotAllowed):
        item_change(item=item, values={"level": "national"}, since=None, reason="r", by=person("whale"))
    with pytest.raises(NotAllowed):  # nor give it away
        item_change(item=item, values={"place": "whale"}, since=None, reason="r", by=person("crane"))
    item_change(item=item, values={"level": "national"}, since=None, reason="r", by=person("crane"), seen=1)
    with pytest.raises(Conflict):
        item_change(item=item, values={"level": "county"}, since=None, reason="r", by=person("steward"), seen=1)

    assert item_at("major-project", item.code).values["level"] == "national"
    assert Audit.objects.filter(object_key=f"major-project {item.code}").count() == 2


def test_a_feed_asks_by_place_day_and_knowledge():
    with clock.at(at("2026-02-01")):
        item = project(name="Here 在此")
    with clock.at(at("2026-05-01")):
        item_change(item=item, values={"place": "whale"}, since=date(2026, 4, 1), reason="moved", by=None)
    crane = [place_of("crane").pk]

    def here(on, known):
        found = items_at("major-project", on=date.fromisoformat(on), known=at(known), place_ids=crane)
        return item.code in [i.code for i in found]

    assert here("2026-03-31", "2026-05-31")
    assert not here("2026-04-30", "2026-05-31")
    assert here("2026-04-30", "2026-04-30")  # nobody knew yet


def test_a_table_is_tried_line_by_line_before_it_counts(signed_in):
    client = signed_in("steward")
    lines = [
        "名称,所属园区,级别,类别,阶段,阶段日期,佐证,投资 2026Q2 计划,投资 2026Q2 完成",
        "New mill 新磨坊,纸鹤园,省级,产业,立项,2026-05-06,批复3号,500,120",
        "Smart Sensor Line 智能传感生产线,纸鹤园,国家级,产业,,,,,",
        "Nowhere,没有的园区,省级,产业,立项,2026-05-06,批复4号,,",
        "Unproved,纸鹤园,省级,产业,立项,2026-05-06,,,",
        "Number,纸鹤园,省级,产业,立项,2026-05-06,批复5号,many,",
        "New mill 新磨坊,纸鹤园,省级,产业,立项,2026-05-06,批复3号,1,1",
    ]
    sent = client.post("/registers/items/major-project/import/", {"file": named("p.csv", "\n".join(lines))})
    look = client.get(sent["Location"]).content.decode()
    before = Item.objects.count()
    refused = client.post(sent["Location"], {})
    taken = client.post(sent["Location"], {"partial": "1", "since": "2026-05-01"})

    made = next(i for i in items_at("major-project") if i.name.startswith("New mill"))
    level = [item_at("major-project", "MP-001", on=date(2026, n, 30)).values["level"] for n in (4, 5)]
    assert "没有的园区" in look
    assert (refused.status_code, Item.objects.count() - before) == (422, 1)
    assert taken["Location"] == "/registers/items/major-project/"
    assert (made.place, made.stage.id, made.due("investment"), made.done("investment")) == (
        "crane",
        "approved",
        None,
        Decimal(120),
    )
    assert level == ["provincial", "national"]


def named(name, text):
    return SimpleUploadedFile(name, text.encode())


def test_pages_of_every_kind_in_both_languages(signed_in):
    for lang in ("en", "zh"):
        client = signed_in("crane", lang)
        assert "registers/items/platform/" in client.get("/registers/items/").content.decode()
        for kind in item_kinds().values():
            page = client.get(f"/registers/items/{kind.id}/")
            assert kind.plural.of(lang) in page.content.decode()
            first = items_at(kind.id)[0]
            assert first.name in client.get(f"/registers/items/{kind.id}/i/{first.code}/").content.decode()
    made = Item.objects.count()

    assert made == len((*PLATFORMS, *PARKS, *PROJECTS, *OTHERS))
    old = client.get("/registers/items/platform/i/PT-001/", {"on": "2025-12-31"}).content.decode()
    new = client.get("/registers/items/platform/i/PT-001/").content.decode()
    assert ("市级" in old, "省级" in old, "省级" in new) == (True, False, True)


def test_an_item_is_made_and_led_on_by_its_page(signed_in):
    client = signed_in("lantern")
    values = {"v-name": "Kiln 窑", "v-type": "makerspace", "v-place": "lantern", "once": "k1"}
    asked = {"stage": "building", "stage_since": "2026-05-05", "proof-building-approval": "No. 8"}
    made = client.post("/registers/items/platform/new/", values | asked)
    again = client.post("/registers/items/platform/new/", values | asked)
    here = made["Location"]
    do = f"{here}do/"
    client.post(do, {"do": "figures", "figure": "investment", "period": "2026", "plan": "90", "done": "30"})
    row = {"do": "line", "list": "problems", "c-what": "Roof", "c-owner": "lantern", "c-due": "2026-05-31"}
    client.post(do, row)
    seen = Item.objects.get(code=here.split("/")[-2], kind="platform").row_version
    moved = {"do": "move", "seen": seen, "stage": "running", "stage_since": "2026-06-01"}
    client.post(do, moved | {"proof-running-recognition": "No. 9"})
    page = client.get(here).content.decode()

    assert again["Location"] == here
    assert "33.3" in page
    assert "2 days late" in page
    assert "Running" in page
    assert client.post(do, {"do": "change", "seen": seen + 1, "v-name": "Oven", "reason": ""}).status_code == 422


@pytest.mark.parametrize("kind", ["standing", "platform"])  # one row, four rows
def test_a_list_asks_the_same_however_many_rows(signed_in, django_assert_num_queries, kind):
    client = signed_in("leader")
    client.get("/registers/items/platform/")

    with django_assert_num_queries(12):
        assert client.get(f"/registers/items/{kind}/").status_code == 200


def test_a_workbook_with_many_lines_is_taken_in(signed_in):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("项目")
        sheet.write(0, 0, "2026 projects 项目清单")
        sheet.write_row(2, 0, ["名称", "类型", "来源活动", "阶段", "阶段日期", "佐证"])
        for n in range(60):
            sheet.write_row(3 + n, 0, [f"Row {n} 第{n}行", "项目", "Demo Day 示例日", "签约", "2026/5/6", f"No. {n}"])
    client = signed_in("steward")
    sent = client.post("/registers/items/introduced/import/", {"file": SimpleUploadedFile("p.xlsx", out.getvalue())})
    client.post(sent["Location"], {})

    found = [i for i in items_at("introduced") if i.name.startswith("Row ")]
    assert len(found) == 60
    assert {(i.stage.id, i.counts, i.values["event"]) for i in found} == {("signed", "goal", "Demo Day 示例日")}


def test_a_pipeline_counts_who_came_so_far(signed_in):
    page = signed_in("leader").get("/registers/items/introduced/").content.decode()
    counts = re.findall(r"<strong>(\d+)</strong> (\w+)<span class=\"sub\">(\d+) came so far", page)

    assert counts == [
        ("0", "Met", "3"),
        ("1", "Signed", "3"),
        ("1", "Landed", "2"),
        ("1", "Incubated", "1"),
        ("0", "Industrialised", "0"),
    ]
