"""People of an installation in a browser: who comes in, what they press, what they take away."""

import os
from contextlib import contextmanager

from chromium import FLAGS
from saima.files.packages import verify_package
from saima.server.site.demo import PASSWORD

JUNE_10 = "2026-06-10T09:00:00+08:00"
# What the worker and the scheduler have to do, done now.
WORK = """
from django.core.management import call_command
from saima.server.response.actions.close import follow_releases
call_command("db_worker", batch=True, interval=0)
follow_releases()
"""


@contextmanager
def walking(desk, chromium_path, monkeypatch):
    """``come("whistle")``: a signed-in page of its own, on 10 June; ``come()`` one of nobody. ``come.desk`` is the
    installation. An error of a script anywhere fails at the end."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in the thread of the tests
    monkeypatch.setitem(os.environ, "SAIMA_CLOCK", JUNE_10)
    from playwright.sync_api import sync_playwright

    faults = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path, args=FLAGS)

        def come(username=""):
            context = browser.new_context(
                viewport={"width": 1440, "height": 900}, base_url=desk.url, accept_downloads=True
            )
            context.add_cookies([{"name": "saima_lang", "value": "en", "url": desk.url}])
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("pageerror", lambda fault: faults.append(str(fault)))
            if username:
                sign_in(page, username)
            return page

        come.desk = desk
        yield come
        browser.close()
    desk.kill9()
    assert faults == []


def sign_in(page, username, password=PASSWORD):
    """Through the page of the sign-in, as a person; the page is home afterwards."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)


def press(page, selector):
    """Press it and see the page it leads to; where the page asks once more, say yes."""
    with page.expect_navigation():
        page.click(selector)
        page.wait_for_timeout(100)
        sure = page.locator("dialog[open] button.btn-primary, dialog[open] button.btn-danger")
        if sure.count():
            sure.first.click()


def close_month(come, period, *, prepared_by, released_by):
    """A month of demo-city closed in pages: made and checked by one, released by another; the address of its draft."""
    prepared_by.goto(f"/s/demo-city/close/{period}/")
    press(prepared_by, ".next-step button")
    prepared_by.goto(f"/s/demo-city/close/{period}/")
    press(prepared_by, ".next-step a.btn-primary")
    draft = prepared_by.url
    press(prepared_by, "form[action$='/check/'] button")
    release(come, released_by, f"{draft}release/")
    return draft


def release(come, page, draft):
    """Released by the page of a draft, and what follows done by the worker and the scheduler."""
    page.goto(draft)
    page.check("input[name=visibility][value=public]")
    press(page, "form:has(fieldset.visibility) button[type=submit]")
    come.desk.python(WORK)


def package(page, address, path):
    """The data package of a version, downloaded and verified."""
    page.goto(address)
    with page.expect_download() as found:
        page.click("a[href$='.zip']")
    found.value.save_as(path)
    return verify_package(path)
