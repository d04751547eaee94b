"""A table of talents: sealed as it comes, each look told to the trail, taken, forgotten; names stand nowhere else."""

import io
import json
import shutil
from datetime import timedelta

import pytest
import xlsxwriter
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from saima.server.kit import clock
from saima.server.kit.models import Audit, Blob
from saima.server.kit.tick import jobs
from saima.server.registers.actions.sealing import keys_rotate
from saima.server.registers.actions.talent_import import table_bring
from saima.server.registers.models import Talent, TalentEvent, TalentProgramme, TalentSecret, TalentTable
from saima.server.registers.queries.sealing import key_path
from saima.server.registers.queries.talents import talents_at

POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
PAGE = "/registers/talents/import/"
NAMES = ("未写甲之名", "未写乙之名", "未写丙之名")
HEADS = ("序号", "姓名", "身份证号", "联系电话", "引进日期", "工作单位", "所属园区", "人才类别")
ROWS = [
    (1, NAMES[0], "Y-001", "13900000001", "2026-05-04", "纸翼公司", "纸鹤园", "A"),
    (2, NAMES[1], "Y-002", "13900000002", "2026/5/6", "灯火公司", "lantern", "B"),
    (3, NAMES[2], "", "", "2026-03-02", "", "", ""),
]
BAD = [
    (4, "", "Y-004", "", "2026-05-04", "", "", ""),
    (5, "未写戊之名", "Y-005", "", "some day", "", "", ""),
    (6, "未写己之名", "Y-006", "", "2027-01-01", "", "", ""),
    (7, "未写庚之名", "Y-007", "", "2026-05-04", "", "无此园", ""),
    (8, "未写辛之名", "Y-008", "", "2026-05-04", "未写辛之名工作室", "", ""),
    (9, "再写甲之名", "Y-001", "", "2026-05-04", "", "", ""),
]


SEAL = """
import sys
from saima.server.registers.models import TalentSecret
print(TalentSecret.objects.get(talent__code=sys.argv[1]).sealed)
"""
CHECKPOINT = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""
SECURE_DELETE = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA secure_delete")
    print(cursor.fetchone()[0])
"""
LOOKS = """
import json, sys
from saima.server.registers.queries.talents import looks_at
print(json.dumps([[one.action, one.purpose] for one in reversed(looks_at(sys.argv[1]))]))
"""


def home_of(desk):
    """Every file of an installation but the key itself, by its path."""
    return {str(p): p.read_bytes() for p in desk.home.rglob("*") if p.is_file() and p.name != "personal.key"}


@pytest.fixture
def own_key(monkeypatch, tmp_path, db):
    """A ring of this test's own, holding the keys of the demonstration."""
    shutil.copyfile(key_path(), tmp_path / "personal.key")
    (tmp_path / "personal.key").chmod(0o600)
    monkeypatch.setattr(settings, "PERSONAL_KEY", tmp_path / "personal.key")


def workbook(rows, heads=HEADS):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "引进人才名单（虚构）")
        for n, row in enumerate([heads, *rows], 2):
            sheet.write_row(n, 0, row)
    return out.getvalue()


def as_csv(rows):
    return "\n".join(",".join(map(str, row)) for row in [HEADS, *rows]).encode("gb18030")


def bring(client, content, name="未写甲之名.xlsx", programme="kite"):
    return client.post(PAGE, {"programme": programme, "file": SimpleUploadedFile(name, content)})


def words(answer):
    return answer.content.decode()


def trail():
    rows = Audit.objects.filter(action__startswith="talent.table").order_by("id")
    return [(a.action, {k: v for k, v in json.loads(a.detail).items() if k != "programme"}) for a in rows]


@pytest.mark.parametrize(("content", "name"), [(workbook(ROWS), "未写甲之名.xlsx"), (as_csv(ROWS), "名单.csv")])
def test_people_come_from_a_table_and_a_second_time_nobody_does(own_key, signed_in, content, name):
    client, before, blobs = signed_in("talent"), Talent.objects.count(), Blob.objects.count()
    look = bring(client, content, name)["Location"]
    shown = client.get(look)
    counted = Talent.objects.count()
    client.post(look, {"do": "take"})
    again = words(client.get(bring(client, content, name)["Location"]))

    assert all(n in words(shown) for n in NAMES)
    assert shown["Cache-Control"] == "private, no-store"
    assert (counted - before, Talent.objects.count() - before) == (0, 3)
    new = talents_at(codes=Talent.objects.order_by("-id").values_list("code", flat=True)[:3])
    assert [(t.arrived.isoformat(), t.employer, t.place, t.level) for t in new] == [
        ("2026-05-04", "纸翼公司", "crane", "A"),
        ("2026-05-06", "灯火公司", "lantern", "B"),
        ("2026-03-02", "", "", ""),
    ]
    assert 'value="take"' not in again
    assert Blob.objects.count() == blobs
    assert trail()[:3] == [
        ("talent.table_brought", {"lines": 3}),
        ("talent.table_seen", {"lines": 3}),
        ("talent.table_taken", {"taken": 3, "same": 0, "left": 0}),
    ]


def test_no_name_lies_anywhere_but_under_its_seal(own_key, signed_in, capfd):
    client = signed_in("talent")
    look = bring(client, workbook([*ROWS, *BAD]))["Location"]
    refused = client.post(look, {"do": "take"})
    client.post(look, {"do": "take", "partial": "1"})

    said = json.dumps(
        [
            list(Audit.objects.values_list("detail", "object_key")),
            list(TalentEvent.objects.values_list("value", "reason")),
            list(TalentSecret.objects.values_list("sealed", flat=True)),
            capfd.readouterr(),
        ],
        ensure_ascii=False,
    )
    assert (refused.status_code, TalentTable.objects.count()) == (422, 0)
    assert [n for n in (*NAMES, "未写", "Y-00", "1390000") if n in said] == []
    assert "未写" not in words(refused)


def test_lines_that_cannot_be_taken_say_why_and_the_others_can(own_key, signed_in):
    client, before = signed_in("steward"), Talent.objects.count()
    look = bring(client, workbook([*ROWS, *BAD]))["Location"]
    page = words(client.get(look))
    client.post(look, {"do": "take", "partial": "1"})

    for said in ("A name is needed", "is no day", "2027-01-01 is not here yet", "is no place", "name the person",
                 "stands in line 4"):  # fmt: skip
        assert said in page, said
    assert Talent.objects.count() - before == 3


ROLES = [("steward", 302), ("talent", 302), ("science", 422), ("leader", 403), ("auditor", 403), ("crane", 403),
         ("admin", 403), ("", 302)]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), ROLES)
def test_who_may_bring_a_table_and_who_sees_one(own_key, signed_in, person, who, status):
    kite = TalentProgramme.objects.get(key="kite")
    there = table_bring(programme=kite, name="x.xlsx", content=workbook(ROWS), by=person("steward"))
    client, seen = signed_in(who), who in ("steward", "talent")
    answer = bring(client, workbook(ROWS))
    page = client.get(f"{PAGE}{there.uuid}/")

    assert answer.status_code == status
    assert TalentTable.objects.count() == 1 + seen
    assert (page.status_code == 200, NAMES[0] in words(page)) == (seen, seen)
    client.post(f"{PAGE}{there.uuid}/", {"do": "drop"})
    assert TalentTable.objects.filter(pk=there.pk).exists() != seen


def test_what_is_too_large_for_memory_touches_no_disk(own_key, signed_in, monkeypatch):
    begun = []
    new_file = TemporaryFileUploadHandler.new_file
    monkeypatch.setattr(
        TemporaryFileUploadHandler, "new_file", lambda self, *a, **k: begun.append(a) or new_file(self, *a, **k)
    )
    large = bring(signed_in("talent"), as_csv(ROWS) + b"," * 3 * 2**20, "large.csv")
    small = bring(signed_in("talent"), as_csv(ROWS), "small.csv")

    assert (large.status_code, small.status_code) == (422, 302)
    assert "larger than 2 MB" in words(large)
    assert begun == []


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (workbook(ROWS, ("a", "b", "c", "d", "e", "f", "g", "h")), "a.xlsx", "No line of headings"),
        (as_csv([(n, f"某{n}", f"Z{n}", "", "2026-05-04", "", "", "") for n in range(1_001)]), "a.csv", "1001 lines"),
        (b"PK\x03\x04broken", "a.xlsx", "a.xlsx"),
        (b"<svg/>", "a.csv", "a.csv"),
    ],
)
def test_what_is_no_such_table_is_refused_and_not_kept(own_key, signed_in, content, name, said):
    answer = bring(signed_in("talent"), content, name)

    assert (answer.status_code, TalentTable.objects.count()) == (422, 0)
    assert said in words(answer)


def test_a_table_nobody_takes_is_forgotten_and_so_is_one_whose_key_is_exchanged(own_key, person):
    kite, by = TalentProgramme.objects.get(key="kite"), person("talent")

    def brought():
        return table_bring(programme=kite, name="x.csv", content=as_csv(ROWS), by=by)

    old = brought()
    TalentTable.objects.filter(pk=old.pk).update(at=clock.now() - timedelta(days=1, minutes=1))
    young = brought()
    forget = next(j for j in jobs() if j.name == "talents.forget")
    assert (forget.do(), list(TalentTable.objects.all())) == ("1 tables forgotten", [young])
    keys_rotate(by=None)
    assert TalentTable.objects.count() == 0


@pytest.mark.skipif(POSTGRES, reason="the file is SQLite's; of either database test_keys_command.py reads the backup")
def test_in_the_files_of_an_installation_stands_no_name_and_after_erasing_not_even_its_seal(make_desk):
    """The whole home: database with its journal, kept files, the server's log; and what the log of views says."""
    desk = make_desk()
    shutil.copyfile(key_path(), desk.home / "personal.key")
    (desk.home / "personal.key").chmod(0o600)
    visitor = desk.visitor("steward")
    look = visitor.post(PAGE, {"programme": "kite"}, {"file": ("未写甲之名.xlsx", workbook([*ROWS, *BAD]))}).url
    shown = visitor.get(look).text
    visitor.post(look, {"do": "take", "partial": "1"})
    code = visitor.get("/registers/talents/?show=every").text.rpartition("/registers/talents/t/")[2].partition("/")[0]
    opened = visitor.post(f"/registers/talents/t/{code}/do/", {"do": "show", "purpose": "housing"}).text
    seal = desk.python(SEAL, code).strip()
    before = home_of(desk)
    visitor.post(f"/registers/talents/t/{code}/do/", {"do": "erase", "purpose": "asked for"})
    desk.python(CHECKPOINT)
    after = home_of(desk)

    assert desk.python(SECURE_DELETE).strip() == "1"
    assert NAMES[0] in shown
    assert sum(n in opened for n in NAMES) == 1
    for name in (*NAMES, "未写", "Y-00", "1390000000"):
        spelled = (name.encode(), name.encode("gb18030"), name.encode("utf-16-le"))
        assert [path for path, content in before.items() if any(s in content for s in spelled)] == [], name
    assert [path for path, content in before.items() if seal.encode() in content] != []
    assert [path for path, content in after.items() if seal.encode() in content] == []
    looks = json.loads(desk.python(LOOKS, code))
    assert looks == [["talent.seen", "housing"], ["talent.erased", "asked for"]]
