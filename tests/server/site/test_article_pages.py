"""Every page that docs/article.md names opens, and where it says real the report's own figure stands on it."""

import re
from pathlib import Path

import pytest
from frozen import frozen

from saima.server.race.models import Season

ARTICLE = Path(__file__).resolve().parents[3] / "docs" / "article.md"
ADDRESSES = sorted(set(re.findall(r"`(/(?:s|registers)/[^`]+)`", ARTICLE.read_text("utf-8"))))
QUOTED = {
    "/s/ruian-2021/": ["64.9 %", "60.0 %", "41.7 %", "Wenzhou government site"],
    "/s/ruian-2021/c/ruian-park/": ["3 centres", "5 complexes", "10 platforms", "one zone, five parks"],
    "/s/ruian-2021/i/high-tech-growth/": ["41.7 %"],
    "/s/ruian-2021/i/key-tech/": ["6 projects"],
    "/s/ruian-2021/setup/targets/": ["National-level enterprise technology centres"],
    "/s/ruian-2021/why/ruian-park/projects/": ["60.0 %", "33.3 %", "1.800"],
    "/s/ruian-2021/why/ruian-park/talents/": ["64.9 %", "33.3 %", "1.947"],
}


@pytest.fixture
def cuts(db):
    for key, period in (("demo-city", "2026-04"), ("ruian-2021", "2021-04")):
        frozen(Season.objects.get(key=key), period)


def test_every_page_of_the_examples_opens_and_shows_what_the_report_says(cuts, signed_in):
    steward = signed_in("steward")

    answers = {a: steward.get(a, follow=True) for a in ADDRESSES}

    assert {a: r.status_code for a, r in answers.items()} == dict.fromkeys(ADDRESSES, 200)
    assert [a for a in ADDRESSES if a.startswith("/s/ruian-2021/")] == list(QUOTED)
    seen = {a: re.sub(r"<[^>]+>", "", answers[a].content.decode()).replace("\u00a0", " ") for a in QUOTED}
    assert {a: [q for q in quoted if q not in seen[a]] for a, quoted in QUOTED.items()} == {a: [] for a in QUOTED}
