"""A season from what people have: a merged-cell workbook, a zip, a workbook; figures of a table later on."""

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from saima import examples
from saima.engine.model.digest import data_digest, history_digest, spec_digest
from saima.engine.model.inputs import AsOf
from saima.files import load_season, workbook_bytes
from saima.server.kit import clock
from saima.server.race.models import ImportMap, Reading, Season, SeasonDraft
from saima.server.race.queries.documents import bundle_of, newest, season_of
from saima.server.race.queries.setup import setup_of
from saima.server.race.queries.setup_export import season_zip
from saima.server.race.queries.setup_fields import SECTIONS
from saima.server.race.queries.setup_import import bundle_of_upload

sys.path.append(str(Path(__file__).resolve().parents[2] / "files"))
import messy

EXAMPLES = ["demo-city", "ruian-2021", "sdg-2018"]


def sent(name, content):
    return {"how": "file", "file": SimpleUploadedFile(name, content)}


def table(tmp_path, name="last-year.xlsx"):
    messy.stacked(tmp_path / name)
    return (tmp_path / name).read_bytes()


def fields(answer):
    """What the mapping page would send back untouched."""
    shown = answer.context["shown"]
    data = {"map": answer.context["map"], "used": answer.context["used"], "year": shown.year, "targets": shown.targets}
    for sheet in shown.sheets:
        for part in ("contestant", "indicator", "period", "unit"):
            data[f"{sheet.name}.{part}"] = getattr(sheet, part)
        for c in sheet.columns:
            data |= {f"{c.name}.meaning": c.meaning, f"{c.name}.indicator": c.indicator, f"{c.name}.unit": c.unit}
    return data | {n.name: n.code for n in (*shown.contestants, *shown.indicators)}


def test_a_merged_cell_workbook_becomes_a_season_once_confirmed(signed_in, db, tmp_path):
    browser = signed_in("steward")

    page = browser.post(reverse("season-import"), sent("last-year.xlsx", table(tmp_path)), follow=True)
    assert page.status_code == 200
    assert not Season.objects.filter(key="parks-2026").exists()
    before = [c.header for c in page.context["shown"].sheets[0].columns]
    page = browser.post(
        page.request["PATH_INFO"],
        fields(page) | {"code": "parks-2026", "title_zh": "园区赛马", "confirm": "yes"},
        follow=True,
    )

    assert page.redirect_chain[-1][0] == reverse("season-setup", args=["parks-2026"])
    assert "高新技术企业数(家) / 完成情况 / 累计" in before
    season = Season.objects.get(key="parks-2026")
    spec = season_of(newest(season))
    assert [c.title.zh for c in spec.contestants] == ["纸鹤园", "玻璃鲸园", "九灯园", "月渡园"]
    assert [i.title.zh for i in spec.indicators] == ["高新技术企业数", "研发投入", "引进人才"]
    figures = {
        (r.contestant, r.indicator): (r.value, r.source, r.origin, r.state)
        for r in Reading.objects.filter(season=season, indicator="i02")
    }
    assert figures == {
        ("crane", "i02"): ("2.05", "last-year.xlsx Sheet1!G9", "import", "reported"),
        ("whale", "i02"): ("1.8", "last-year.xlsx Sheet1!G10", "import", "reported"),
        ("ferry", "i02"): ("0.4", "last-year.xlsx Sheet1!G14", "import", "reported"),
    }
    assert ImportMap.objects.filter(season=season).count() == 1


def test_a_code_that_cannot_be_keeps_the_page_with_every_choice(signed_in, db, tmp_path):
    browser = signed_in("steward")
    page = browser.post(reverse("season-import"), sent("last-year.xlsx", table(tmp_path)), follow=True)
    last = page.context["shown"].sheets[0].columns[-1]
    chosen = fields(page) | {"title_zh": "园区赛马", "confirm": "yes", f"{last.name}.meaning": "role:ignore"}
    chosen |= {page.context["shown"].contestants[0].name: "heron"}

    refused = browser.post(page.request["PATH_INFO"], chosen | {"code": "park race"})

    assert refused.status_code == 422
    (sentence,) = refused.context["refused"]
    assert "'park race' cannot be a season's code" in sentence
    assert (refused.context["code"], refused.context["given_title"].zh) == ("park race", "园区赛马")
    again = fields(refused)
    assert (again[f"{last.name}.meaning"], again[page.context["shown"].contestants[0].name]) == (
        chosen[f"{last.name}.meaning"],
        "heron",
    )
    assert not Season.objects.filter(title_zh="园区赛马").exists()


def test_a_corrected_column_and_name_change_what_comes_of_it(signed_in, db, tmp_path):
    browser = signed_in("steward")
    page = browser.post(reverse("season-import"), sent("last-year.xlsx", table(tmp_path)), follow=True)
    data = fields(page) | {"again": "yes"}
    column = next(c for c in page.context["shown"].sheets[0].columns if "引进人才" in c.header)
    name = page.context["shown"].contestants[3]
    assert {r.contestant for r in page.context["dry"].result.readings} == {"crane", "whale", "lantern", "ferry"}

    page = browser.post(page.request["PATH_INFO"], data | {f"{column.name}.meaning": "role:ignore", name.name: ""})

    assert {r.indicator for r in page.context["dry"].result.readings} == {"i01", "i02"}
    assert {r.contestant for r in page.context["dry"].result.readings} == {"crane", "whale"}
    assert not Season.objects.filter(key="parks-2026").exists()


def test_cells_that_found_no_place_are_named_one_by_one(signed_in, db, tmp_path):
    page = signed_in("steward").post(reverse("season-import"), sent("a.xlsx", table(tmp_path)), follow=True)

    assert any("Sheet1!C11" in s or "约30" in s for s in [*page.context["not_placed"], *page.context["skipped"]])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.csv", b"just some words\nand more\n", "figures"),
        ("book.xlsx", b"PK\x03\x04 broken", "book.xlsx"),
        ("page.html", b"<html><script>1</script></html>", "page.html"),
        ("empty.csv", b"", "empty.csv"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(signed_in, db, name, content, said):
    page = signed_in("steward").post(reverse("season-import"), sent(name, content), follow=True)

    assert page.status_code == 422
    assert said in page.content.decode()


@pytest.mark.parametrize("form", ["zip", "xlsx"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_season_taken_out_and_read_back_has_the_same_digests(signed_in, db, tmp_path, name, form):
    season = Season.objects.get(key=load_season(name).season.code)

    answer = signed_in("steward").get(reverse("season-export", args=[season.key, form]))

    path = tmp_path / f"out.{form}"
    path.write_bytes(answer.content)
    back, here = load_season(path), bundle_of(season)
    as_of = AsOf(max(here.readings.periods), clock.now())
    assert spec_digest(back.season) == newest(season).digest
    assert data_digest(back.readings, back.projects, as_of) == data_digest(here.readings, here.projects, as_of)
    assert history_digest(back.history) == history_digest(here.history)
    assert len(back.readings.table) == Reading.objects.filter(season=season).count()


def renamed(code):
    """The demo's folder as a zip in one folder of its own name, under another code."""
    folder = examples.folder("demo-city")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".md"):
            text = path.read_text("utf-8").replace('code = "demo-city"', f'code = "{code}"', 1)
            archive.writestr(f"our season/{path.relative_to(folder).as_posix()}", text)
    return out.getvalue()


def test_a_zip_of_a_season_folder_comes_in_after_a_look(signed_in, db):
    browser = signed_in("steward")

    page = browser.post(reverse("season-import"), sent("our season.zip", renamed("another")), follow=True)
    assert (page.status_code, page.context["figures"]) == (200, len(load_season("demo-city").readings.table))
    assert not Season.objects.filter(key="another").exists()
    page = browser.post(page.request["PATH_INFO"], follow=True)

    assert page.status_code == 200
    assert Season.objects.get(key="another").readings.count() == len(load_season("demo-city").readings.table)


def test_a_workbook_of_a_season_is_known_as_one(signed_in, db):
    book = workbook_bytes(load_season("demo-city"))

    page = signed_in("steward").post(reverse("season-import"), sent("season.xlsx", book), follow=True)

    assert page.status_code == 422  # looked at whole, but a season of that code is here
    assert page.context["spec"].code == "demo-city"
    assert "already here" in page.content.decode()


def test_everything_wrong_with_a_folder_is_said_by_file_and_line(signed_in, db):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(renamed("broken"))) as good, zipfile.ZipFile(out, "w") as archive:
        for name in good.namelist():
            text = good.read(name).decode()
            if name.endswith("targets.csv"):
                text = text.replace("crane,teams,24", "crane,teams,many")
            if name.endswith("contestants.csv"):
                text = text.replace("zone,core", "zone,nucleus", 1)
            archive.writestr(name, text)

    page = signed_in("steward").post(reverse("season-import"), sent("broken.zip", out.getvalue()), follow=True)

    text = page.content.decode()
    assert page.status_code == 422
    assert "targets.csv:2:target" in text
    assert "contestants.csv:2:class" in text


def test_a_zip_without_a_season_is_refused(signed_in, db):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "nothing")

    page = signed_in("steward").post(reverse("season-import"), sent("other.zip", out.getvalue()), follow=True)

    assert page.status_code == 422
    assert "season.toml" in page.content.decode()


def test_a_file_somebody_else_staged_is_not_there(signed_in, db, tmp_path):
    page = signed_in("steward").post(reverse("season-import"), sent("a.xlsx", table(tmp_path)), follow=True)

    assert signed_in("steward2").get(page.request["PATH_INFO"]).status_code == 404


def test_figures_of_a_table_come_in_as_reported_with_their_cells(signed_in, demo):
    before = demo.readings.count()
    csv = "单位,引进高层次人才团队,企业引进博士\n纸鹤园,11,95\n玻璃鲸园,12,x1\n".encode()
    browser = signed_in("steward")

    page = browser.post(
        reverse("season-figures", args=["demo-city"]), {"file": SimpleUploadedFile("2026年5月.csv", csv)}, follow=True
    )
    assert page.status_code == 200
    assert list(page.context["periods"].items()) == [("2026-05", 3)]
    assert any("x1" in s for s in page.context["not_placed"])
    assert demo.readings.count() == before
    page = browser.post(page.request["PATH_INFO"], fields(page) | {"confirm": "yes"}, follow=True)

    rows = demo.readings.filter(origin="import").order_by("contestant", "indicator")
    assert [(r.contestant, r.indicator, r.value, r.state) for r in rows] == [
        ("crane", "doctors", "95", "reported"),
        ("crane", "teams", "11", "reported"),
        ("whale", "teams", "12", "reported"),
    ]
    assert {r.source.partition(" ")[0] for r in rows} == {"2026年5月.csv"}
    assert rows[0].source.endswith("C2")
    assert rows[0].by.username == "steward"

    page = browser.post(
        reverse("season-figures", args=["demo-city"]), {"file": SimpleUploadedFile("2026年6月.csv", csv)}, follow=True
    )
    assert page.context["used"] == str(ImportMap.objects.get(season=demo).pk)


def test_targets_of_a_table_go_into_the_draft_only(signed_in, demo):
    csv = "园区,万元产值能耗年度目标,瞪羚企业年度目标\n纸鹤园,,30\n玻璃鲸园,,31\n".encode()
    browser = signed_in("steward")

    page = browser.post(
        reverse("season-figures", args=["demo-city"]), {"file": SimpleUploadedFile("2026年.csv", csv)}, follow=True
    )
    browser.post(page.request["PATH_INFO"], fields(page) | {"confirm": "yes"})

    assert setup_of(demo).plain.row("targets", ("crane", "gazelles"))["target"] == "30"
    assert ("crane", "gazelles") not in season_of(newest(demo)).target


def test_figures_wait_until_a_first_version_is_published(signed_in, demo):
    browser = signed_in("steward")
    browser.post(
        reverse("season-import"),
        {"how": "carry", "season": "demo-city", "code": "demo-2027", "title_en": "Next", "years": "1"},
    )

    assert json.loads(SeasonDraft.objects.get(season__key="demo-2027").files)
    assert browser.get(reverse("season-setup", args=["demo-2027"])).status_code == 200
    assert browser.get(reverse("season-figures", args=["demo-2027"])).status_code == 422
    assert browser.get(reverse("season-export", args=["demo-2027", "zip"])).status_code == 422


def test_the_same_season_gives_the_same_zip(demo):
    assert season_zip(bundle_of(demo)) == season_zip(bundle_of(demo))


def test_an_upload_is_read_wherever_its_season_lies(db):
    from saima.server.kit import blobs

    sha = blobs.put(renamed("deep"), "application/zip").sha256

    assert bundle_of_upload(sha, "deep.zip").season.code == "deep"


MESSY = (
    "stacked",
    "months",
    "per_indicator",
    "per_contestant",
    "turned",
    "labelled_rows",
    "long_list",
    "unmerged",
    "traps",
)


@pytest.mark.parametrize("shape", MESSY)
def test_every_shape_of_table_opens_as_a_mapping_and_can_be_looked_at_again(signed_in, demo, tmp_path, shape):
    path = tmp_path / ("table.csv" if shape in ("long_list", "unmerged") else "table.xlsx")
    path = getattr(messy, shape)(path) or path
    browser, content = signed_in("steward", "zh"), path.read_bytes()

    for page in (
        browser.post(reverse("season-import"), sent(path.name, content), follow=True),
        browser.post(
            reverse("season-figures", args=["demo-city"]), {"file": SimpleUploadedFile(path.name, content)}, follow=True
        ),
    ):
        assert page.status_code in (200, 422)
        if "shown" not in page.context:
            continue
        assert page.context["shown"].sheets
        again = browser.post(page.request["PATH_INFO"], fields(page))
        assert again.context["map"].replace("\r", "").count("[[sheets]]") == page.context["map"].count("[[sheets]]")
        if page.context["dry"]:
            assert again.context["dry"].result.readings == page.context["dry"].result.readings


def test_a_season_of_which_nothing_is_published_is_there_for_the_bureau_alone(signed_in, demo):
    signed_in("steward").post(
        reverse("season-import"),
        {"how": "empty", "code": "blank-2027", "title_en": "Blank", "year": "2027"},
    )

    pages = [reverse("season-setup", args=["blank-2027"]), reverse("season-versions", args=["blank-2027"])]
    pages += [reverse("season-section", args=["blank-2027", name]) for name in SECTIONS]
    for who, status in (("steward", 200), ("auditor", 404), ("crane", 404)):
        assert {signed_in(who).get(page).status_code for page in pages} == {status}
    changes = reverse("season-changes", args=["blank-2027"])
    assert signed_in("steward").get(changes).status_code == 200
