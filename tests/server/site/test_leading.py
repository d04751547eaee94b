"""The leader's page and its one page on paper: published figures first, a preview says that it is one."""

import re
from html import unescape

import pytest
from frozen import frozen
from published import publish


def text(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


@pytest.fixture
def ahead(demo):
    """April is published, May is frozen and not."""
    publish(demo)
    frozen(demo, "2026-05")


def test_what_is_published_comes_first_and_the_preview_is_one_click_away(ahead, signed_in):
    page = signed_in("leader").get("/")

    assert "Published: bulletin 4 of 8 May 2026" in text(page)
    assert "January–April 2026:" in text(page)
    assert 'href="/?figures=preview"' in page.content.decode()
    assert "/s/demo-city/leader/2026-04.pdf?lang=en" in unescape(page.content.decode())


def test_a_preview_says_what_it_is_and_leads_back(ahead, signed_in):
    page = signed_in("leader").get("/?figures=preview")

    assert "Preview of May 2026, cut 1: not published" in text(page)
    assert "January–May 2026:" in text(page)
    assert "Back to what is published" in text(page)
    assert "/s/demo-city/leader/2026-05.pdf?lang=en&preview=1" in unescape(page.content.decode())


def test_before_the_first_release_the_newest_cut_is_a_preview(demo, signed_in):
    frozen(demo, "2026-05")

    assert "Preview of May 2026, cut 1: not published" in text(signed_in("leader").get("/"))


def test_every_item_leads_on_to_its_why(ahead, signed_in):
    client = signed_in("leader")
    page = client.get("/").content.decode()

    assert len(re.findall(r'href="(/s/demo-city/why/[\w-]+/[\w-]+/)"', page)) == 6
    indicators = re.findall(r'class="bullet-name" href="(/s/demo-city/i/[\w-]+/)"', page)
    places = re.findall(r'class="row-title" href="(/s/demo-city/c/[\w-]+/)"', page)
    assert (len(indicators), len(places)) == (6, 5)
    assert all("/why/" in client.get(href).content.decode() for href in (indicators[0], places[0]))


def test_the_one_page_of_what_is_not_published_is_marked_as_a_draft(demo, signed_in):
    frozen(demo, "2026-05")

    answer = signed_in("leader").get("/s/demo-city/leader/2026-05.pdf?lang=zh")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "attachment" in answer["Content-Disposition"]


def test_a_period_nobody_froze_has_no_page(demo, signed_in):
    assert signed_in("leader").get("/s/demo-city/leader/2026-04.pdf").status_code in (404, 422)
    assert signed_in("leader").get("/s/demo-city/leader/never.pdf").status_code == 422
