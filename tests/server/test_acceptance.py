"""The story the desk is for, in a browser with every other host out of reach.

A bureau of two with last year's merged-cell Excel; figures that come by department, by park and by telephone; at the
end of the day verified April figures, a standing, and a draft bulletin in Word and PDF that verifies elsewhere.
"""

import io
import json
import zipfile
from urllib.parse import urlsplit

import openpyxl
import pytest
from messy import stacked
from walking import sign_in

from chromium import FLAGS
from saima.cli import main
from saima.server.site.demo import PASSWORD

pytestmark = pytest.mark.browser
DAY = "2026-05-04T09:00:00+08:00"
TARGETS = """\
指标	青枫园	白塔园	云杉园	石榴园
高新技术企业数	130	110	95	66
研发投入	6	6.5	4.5	3.2
引进人才	4000	3000	3000	1500
"""
APRIL = {"青枫园": ("45", "2.1"), "白塔园": ("39", "1.9亿元"), "云杉园": ("33", "1.25"), "石榴园": ("18", "0.9")}
TALENTS = {"青枫园": "1,402", "白塔园": "1002", "云杉园": "845", "石榴园": "0"}


@pytest.fixture
def last_year(tmp_path):
    """The table of last December as people keep it: stacked merged heads, totals, circled footnotes, mixed units."""
    path = stacked(tmp_path / "2025年指标.xlsx", month=12)
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("2026", "2025")
                for theirs, ours in (("纸鹤", "青枫"), ("玻璃鲸", "白塔"), ("九灯", "云杉"), ("月渡", "石榴")):
                    cell.value = cell.value.replace(theirs, ours)
    book.save(path)
    return path


@pytest.fixture
def people(chromium_path, make_desk, monkeypatch):
    """people("steward"): a Chinese page of that person; a request to any other host fails the test at its end."""
    playwright = pytest.importorskip("playwright.sync_api")
    monkeypatch.setenv("SAIMA_CLOCK", DAY)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    desk, outside, faults = make_desk(), [], []
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path, args=FLAGS)

        def come(username, password=PASSWORD):
            context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=desk.url, locale="zh-CN")
            context.on("request", lambda r: None if _local(r.url) else outside.append(r.url))
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
            page.on("pageerror", lambda fault: faults.append(str(fault)))
            sign_in(page, username, password)
            return page

        come.desk = desk
        yield come
        browser.close()
    assert outside == []
    assert faults == []


def _local(url):
    return urlsplit(url).scheme in ("data", "blob", "about") or urlsplit(url).hostname == "127.0.0.1"


def press(page, text):
    """Press the button or link of that name and see the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=text, exact=False).or_(page.get_by_role("link", name=text)).first.click()


def sure(page, text):
    """The same where the page asks once more."""
    page.get_by_role("button", name=text).first.click()
    with page.expect_navigation():
        page.locator("dialog[open] button.btn-primary, dialog[open] button.btn-danger").first.click()


def type_figures(page, figures):
    """Type one figure after another; Enter goes on, and each is kept before the next begins."""
    page.wait_for_selector("form.live input.figure")
    inputs = page.locator("input.figure")
    assert inputs.count() == len(figures)
    for n, figure in enumerate(figures):
        inputs.nth(n).click()
        page.keyboard.type(figure)
        page.keyboard.press("Enter")
    page.wait_for_function(
        "count => document.querySelectorAll('[id^=dot-][title^=已保存]').length >= count", arg=len(figures)
    )


def submit(page, signer, proof=None):
    with page.expect_navigation():
        page.click("button[value=submit]")
    if proof:
        page.set_input_files("#proof", proof)
    page.fill("#signer", signer)
    with page.expect_navigation():
        page.click("form.sign button.btn-primary")


@pytest.mark.long
def test_a_bureau_of_two_ends_its_day_with_verified_figures_and_a_draft_bulletin(people, last_year, tmp_path):
    desk = people.desk
    first, second = people("steward"), people("steward2")

    # Last year's Excel becomes a season; this year's carries it over.
    first.goto("/seasons/new/")
    first.set_input_files("#file", str(last_year))
    with first.expect_navigation():
        first.click("form:has(#file) button.btn-primary")
    first.fill("[name=code]", "parks-2025")
    first.fill("[name=title_zh]", "园区赛马2025")
    with first.expect_navigation():
        first.click("button[name=confirm]")
    assert "/s/parks-2025/setup/" in first.url
    first.goto("/seasons/new/")
    first.select_option("#carry-season", "parks-2025")
    first.fill("#carry-code", "parks-2026")
    first.fill("#carry-zh", "园区赛马2026")
    with first.expect_navigation():
        first.click("form:has(#carry-season) button.btn-primary")

    # Targets come in as a block copied from Excel; an office takes over one indicator.
    first.goto("/s/parks-2026/setup/targets/")
    first.fill("#block", TARGETS)
    with first.expect_navigation():
        first.click("form:has(#block) button.btn-primary")
    first.goto("/s/parks-2026/setup/what/")
    press(first, "引进人才")
    first.fill("[name=owner]", "人才办")
    with first.expect_navigation():
        first.click("form.card button.btn-primary")

    # Two people publish: one proposes, the other does it.
    first.goto("/s/parks-2026/setup/masthead/")
    first.select_option("[name=solo]", "no")
    with first.expect_navigation():
        first.click("form:has([name=solo]) button.btn-primary")
    first.goto("/s/parks-2026/setup/changes/")
    first.fill("#reason", "2026赛季")
    press(first, "提请他人发布")
    second.goto("/s/parks-2026/setup/changes/")
    sure(second, "发布此版本")

    # People: the reporter of a park and the office's contact get their roles.
    who = json.loads(
        desk.python(
            "import json\nfrom saima.server.accounts.models import Person\n"
            "print(json.dumps({p.username: p.pk for p in Person.objects.all()}))"
        )
    )
    for username, role, place in (
        ("crane", "reporter", "青枫园"),
        ("whale", "reporter", "白塔园"),
        ("talent", "data_owner", "人才办"),
    ):
        first.goto(f"/people/{who[username]}/")
        first.select_option("#role", role)
        first.select_option("#place", label=place)
        press(first, "授予角色")

    # April opens: parks, and the office for its indicator.
    first.goto("/s/parks-2026/reports/open/?period=2026-04")
    press(first, "开放")
    reports = json.loads(
        desk.python(
            "import json\nfrom saima.server.places.queries import titles_of\n"
            "from saima.server.race.models import Report\n"
            "rs = list(Report.objects.filter(season__key='parks-2026').select_related('place'))\n"
            "t = titles_of([r.place for r in rs])\n"
            "print(json.dumps({t[r.place_id].zh: r.pk for r in rs}))"
        )
    )
    assert sorted(reports) == sorted([*APRIL, "人才办"])

    # By page: two parks and the office.
    for username, place, signer in (("crane", "青枫园", "安宁"), ("whale", "白塔园", "博文")):
        page = people(username)
        page.goto(f"/report/{reports[place]}/")
        type_figures(page, APRIL[place])
        submit(page, signer)
        assert "/receipt/" in page.url
    office = people("talent")
    office.goto(f"/report/{reports['人才办']}/")
    type_figures(office, list(TALENTS.values()))
    submit(office, "柳青")

    # By telephone: the bureau types for two parks, with a photo of the stamped sheet.
    photo = tmp_path / "stamped.png"
    photo.write_bytes(bytes.fromhex(PNG))
    for place in ("云杉园", "石榴园"):
        first.goto(f"/report/{reports[place]}/")
        type_figures(first, APRIL[place])
        submit(first, "电话报送", proof=str(photo))
        assert "/receipt/" in first.url

    # Verified, figure by figure beside its evidence.
    verifier = people("verifier")
    for place in reports:
        verifier.goto(f"/verify/{reports[place]}/")
        accept_all = verifier.get_by_role("button", name="采信无预警的")
        if accept_all.count():
            press(verifier, "采信无预警的")
        press(verifier, "核定")
    states = desk.python(
        "from saima.server.race.models import Report\n"
        "print(sorted(Report.objects.filter(season__key='parks-2026').values_list('state', flat=True)))"
    )
    assert states.strip() == str(["verified"] * 5)

    # Frozen, and a standing of it.
    first.goto("/s/parks-2026/cuts/2026-04/")
    with first.expect_navigation():
        first.click("form[action$='/freeze/'] button.btn-primary")
    first.goto("/s/parks-2026/")
    shown = first.inner_text("main")
    assert all(place in shown for place in APRIL)

    # A draft bulletin in every form; the package verifies elsewhere.
    first.goto("/s/parks-2026/drafts/")
    with first.expect_navigation():
        first.click("form[action$='/make/'] button.btn-primary")
    desk.python("from django.core.management import call_command\ncall_command('db_worker', batch=True, interval=0)")
    first.reload()
    with first.expect_download() as got:
        first.click("a[href$='package.zip']")
    package = tmp_path / "package.zip"
    got.value.save_as(package)
    with zipfile.ZipFile(package) as archive:
        names = set(archive.namelist())
        document = archive.read("bulletin.zh.docx")
        assert archive.read("bulletin.zh.pdf").startswith(b"%PDF")
    assert {"bulletin.zh.docx", "bulletin.zh.pdf", "bulletin.en.html", "manifest.json"} <= names
    with zipfile.ZipFile(io.BytesIO(document)) as word:
        assert "青枫园" in word.read("word/document.xml").decode()
    assert main(["verify", str(package)]) == 0


PNG = (
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
