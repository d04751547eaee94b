"""Every set-up page opens for who may see it, in both languages, with a fixed number of queries."""

import pytest
from django.urls import reverse

from saima.server.race.queries.setup_fields import SECTIONS, TABLES

READ = ["season-setup", "season-versions"]
STEWARD_ONLY = ["season-changes", "season-saves", "season-figures"]


def section_urls(key="demo-city"):
    return [reverse("season-section", args=[key, name]) for name in SECTIONS]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("key", ["demo-city", "ruian-2021", "sdg-2018"])
def test_every_page_of_every_example_opens_for_the_steward(signed_in, demo, key, lang):
    browser = signed_in("steward", lang)

    pages = [reverse(n, args=[key]) for n in READ + STEWARD_ONLY] + section_urls(key)
    pages += [reverse("season-row", args=[key, table]) for table in TABLES]
    answers = {page: browser.get(page).status_code for page in pages}

    assert answers == dict.fromkeys(pages, 200)


def test_the_page_of_each_way_to_begin_opens(signed_in, demo):
    assert signed_in("steward").get(reverse("season-import")).status_code == 200
    assert signed_in("crane").get(reverse("season-import")).status_code == 403
