"""The report's table in a real browser: few clicks, keys alone, pasted columns, two people, without script."""

import json
import re

import pytest
from walking import sign_in

from chromium import FLAGS

pytestmark = pytest.mark.browser

# The demonstration's city once more, each park reporting all 18 indicators for itself; June makes all of them due.
EIGHTEEN = """
from dataclasses import replace
from saima.engine.model.periods import Period
from saima.files import load_season
from saima.server.race.actions.reports import report_open_period
from saima.server.race.actions.seasons import season_import
from saima.server.race.models import Season
bundle = load_season("demo-city")
own = tuple(replace(i, owner="") for i in bundle.season.indicators)
spec = replace(bundle.season, code="eighteen", indicators=own)
season_import(bundle=replace(bundle, season=spec, history=type(bundle.history)()), by=None)
season = Season.objects.get(key="eighteen")
made = report_open_period(season=season, period=Period.parse("2026-06"), by=None)
print(next(r.pk for r in made if r.place.key == "crane"))
"""
JUNE = {  # a little more than May everywhere, in the units people write
    "teams": "11", "doctors": "122", "graduates": "52.5%", "high_tech": "11", "smes": "266", "gazelles": "5",
    "labs": "6", "shared": "61.2", "rd_spend": "12.9", "rd_intensity": "3.72", "patents": "248",
    "added_value": "12.3", "scale_firms": "166", "energy": "0.358", "loans": "126.1", "fund": "18,600", "pilot": "1",
    "tickets": "4",
}  # fmt: skip
COUNT = """addEventListener("click", e => {
    if (e.isTrusted && e.detail > 0) sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1;
}, true)"""
PASTE = """([input, text]) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    input.focus();
    input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
DROP = """([row, name]) => {
    const data = new DataTransfer();
    data.items.add(new File(["%PDF-1.4 proof"], name, {type: "application/pdf"}));
    row.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def browser(chromium_path):
    playwright = pytest.importorskip("playwright.sync_api")
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in the thread of the tests
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        started.close()
    patch.undo()


@pytest.fixture(scope="module")
def desk(make_desk):
    """One installation for these pages: each test works in a report of its own."""
    return make_desk()


@pytest.fixture
def tab_of(browser, desk):
    """tab_of("crane"): a signed-in page that counts clicks of the mouse; asks nothing of other hosts."""
    contexts = []

    def tab(username, *, script=True, width=1440):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, base_url=desk.url
        )
        context.add_cookies([{"name": "saima_lang", "value": "en", "url": desk.url}])
        contexts.append(context)
        page = context.new_page()
        sign_in(page, username)
        context.add_init_script(COUNT)
        return page

    yield tab
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def address(desk):
    """address("lantern"): the path of that place's May report."""
    code = "import json\nfrom saima.server.race.models import Report\n"
    code += "print(json.dumps({r.place.key: r.pk for r in Report.objects.filter(season__key='demo-city')}))"
    found = json.loads(desk.python(code).splitlines()[-1])
    return lambda place: f"/report/{found[place]}/"


def cell_id(page, title):
    row = page.locator("tr.cell-row", has=page.locator("label", has_text=re.compile(f"^{re.escape(title)}$")))
    return row.first.get_attribute("data-cell")


def saved(page, cell):
    page.wait_for_selector(f"#dot-{cell}[title^=Saved]")


def test_report_of_eighteen_figures_takes_at_most_five_clicks(desk, tab_of):
    pk = int(desk.python(EIGHTEEN).split()[-1])
    page = tab_of("crane")
    page.goto("/s/eighteen/reports/")

    page.click(f'a[href="/report/{pk}/"]')
    page.wait_for_selector("form.live input.figure:focus")
    inputs = page.locator("input.figure")
    for figure in JUNE.values():  # typing begins in the first empty cell, and Enter goes on to the next
        page.keyboard.type(figure)
        page.keyboard.press("Enter")
    for title in ("High-level teams introduced", "Provincial platforms recognised",
                  "Pilot for sharing research results accepted"):  # fmt: skip
        row = page.locator(f"#cell-{cell_id(page, title)}")
        page.evaluate(DROP, [row.element_handle(), f"{title}.pdf"])
        page.wait_for_selector(f"#clip-{cell_id(page, title)}:has-text('1')")
    page.click("button[value=submit]")
    page.wait_for_url("**/submit/")
    page.click("button:has-text('Confirm and submit')")
    page.wait_for_url("**/receipt/1/")

    assert inputs.count() == 0
    assert page.evaluate("Number(sessionStorage.clicks)") == 3
    assert re.search(r"2026-06-\d{4}-1-[0-9A-F]{4}", page.inner_text("h1"))


def test_column_copied_from_a_table_program_fills_the_cells_below(address, tab_of):
    page = tab_of("lantern")
    page.goto(address("lantern"))
    first, second = cell_id(page, "High-level teams introduced"), cell_id(page, "Doctors hired by enterprises")

    page.evaluate(PASTE, [page.locator(f"#t{first}").element_handle(), "９\r\n101\r\n"])
    saved(page, second)
    page.reload()

    assert [page.input_value(f"#t{n}") for n in (first, second)] == ["９", "101"]


def test_keys_alone_say_not_yet_and_not_applicable(address, tab_of):
    page = tab_of("lantern")
    page.goto(address("lantern"))
    patents = cell_id(page, "Invention patents granted")

    page.focus(f"#t{patents}")
    page.keyboard.press("Alt+KeyA")
    page.keyboard.type("The register is closed.")
    page.wait_for_selector(f"#dot-{patents}.dot-saved")
    page.reload()

    assert (page.input_value(f"#k{patents}"), page.input_value(f"#n{patents}")) == (
        "not_applicable",
        "The register is closed.",
    )


def test_two_people_on_one_cell_see_both_values(address, tab_of):
    office, bureau = tab_of("talent"), tab_of("steward")
    office.goto(address("Talent Office 人才办"))
    bureau.goto(address("Talent Office 人才办"))
    cell = cell_id(office, "Nine Lanterns Park")

    office.fill(f"#t{cell}", "41")
    saved(office, cell)
    bureau.fill(f"#t{cell}", "42")
    notice = bureau.wait_for_selector(f"#under-{cell} .notice-warn").inner_text()
    office.reload()
    kept = office.input_value(f"#t{cell}")
    bureau.click(f'[data-keep-mine="{cell}"]')
    bureau.wait_for_selector(f"#under-{cell} .notice-warn", state="detached")
    office.reload()

    assert "'41'" in notice
    assert "'42'" in notice
    assert (kept, office.input_value(f"#t{cell}")) == ("41", "42")


def test_file_is_added_with_one_click_and_its_refusal_stands_beside_the_cell(address, tab_of):
    page = tab_of("lantern")
    page.goto(address("lantern"))
    labs = cell_id(page, "Provincial platforms recognised")

    for name, content in (("run.html", b"<script>alert(1)</script>"), ("list.pdf", b"%PDF-1.4 list")):
        with page.expect_file_chooser() as chooser:
            page.click(f'[data-add-file="{labs}"]')
        chooser.value.set_files({"name": name, "mimeType": "application/pdf", "buffer": content})
        if name == "run.html":
            page.wait_for_selector(f"#under-{labs} .notice-refused:has-text('run.html')")
    page.wait_for_selector(f"#clip-{labs}:has-text('1')")

    page.reload()
    assert "1" in page.inner_text(f"#clip-{labs}")


def test_text_that_is_no_number_is_kept_and_shown_as_not_accepted(address, tab_of):
    page = tab_of("science")
    page.goto(address("Science Bureau 科技局"))
    cell = cell_id(page, "Nine Lanterns Park")

    page.fill(f"#t{cell}", "about four")
    page.wait_for_selector(f"#dot-{cell}.dot-refused")
    page.wait_for_selector(f"#under-{cell} >> text=is no number")
    page.reload()

    assert page.input_value(f"#t{cell}") == "about four"


def test_returned_report_opens_at_the_question_and_takes_an_answer_without_script(address, tab_of):
    page = tab_of("whistle", script=False)
    page.goto(address("whistle"))
    smes = cell_id(page, "Technology SMEs enrolled")
    focused = page.locator(f"#t{smes}").get_attribute("autofocus")

    page.fill(f"#t{smes}", "96")
    page.fill(f"#a{smes}", "Twelve firms taken out.")
    page.click(f"#under-{smes} button")
    page.wait_for_load_state()

    assert focused is not None
    assert page.input_value(f"#t{smes}") == "96"
    assert "Twelve firms taken out." in page.inner_text(f"#under-{smes}")


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("path", ["/s/demo-city/reports/", "{lantern}", "{lantern}?check=1", "{lantern}submit/"])
def test_pages_fit_their_window_and_have_no_serious_fault(address, tab_of, width, path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = tab_of("lantern", width=width)

    page.goto(path.format(lantern=address("lantern")))
    found = axe.Axe().run(page).response["violations"]

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []
