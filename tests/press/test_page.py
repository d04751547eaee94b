"""The page: complete without script or request, escaped, accessible in its bones, and honest where little is known."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import sample

from saima.press.charts.palette import TOKENS
from saima.press.page import draw_charts, render_page
from saima.press.page.html import el, markup
from saima.words import LANGS

VOID = {"meta", "br", "hr"}


class Tree(HTMLParser):
    """Start tags with their attributes, whether everything closes, and the words of each element with an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def page():
    return {lang: render_page(sample.evaluation(), sample.ISSUE, lang) for lang in LANGS}


@pytest.fixture(scope="module")
def bare():
    return render_page(sample.without_standings(), sample.ISSUE, "en")


@pytest.mark.parametrize("lang", LANGS)
def test_page_is_well_formed_and_asks_for_nothing(page, lang):
    tree = Tree(page[lang])

    assert (tree.open, tree.faults) == ([], [])
    assert {t for t, _ in tree.tags} & {"script", "link", "img", "iframe", "object", "base", "form"} == set()
    assert [a for _, attrs in tree.tags for a in attrs if a.startswith("on") or a in {"src", "srcset", "style"}] == []
    assert re.findall(r"url\((?!#)|@import|https?://(?!www\.w3\.org)", page[lang]) == []


@pytest.mark.parametrize("lang", LANGS)
def test_page_has_landmarks_a_skip_link_and_one_first_heading(page, lang):
    tree = Tree(page[lang])

    assert [len(tree.all(t)) for t in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    assert tree.all("html")[0]["lang"] == {"en": "en", "zh": "zh-CN"}[lang]
    assert tree.all("a")[0] == {"href": "#main", "class": "skip"}
    assert all("aria-labelledby" in s for s in tree.all("section"))


@pytest.mark.parametrize("lang", LANGS)
def test_ids_are_unique_and_every_inner_link_arrives(page, lang):
    tree = Tree(page[lang])
    ids = [a["id"] for _, a in tree.tags if "id" in a]

    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in tree.all("a") if a["href"].startswith("#")} - set(ids) == set()
    assert {a["aria-labelledby"] for _, a in tree.tags if "aria-labelledby" in a} - set(ids) == set()


@pytest.mark.parametrize("lang", LANGS)
def test_tables_have_captions_scopes_and_a_focusable_region(page, lang):
    tree = Tree(page[lang])
    tables = len(tree.all("table"))

    assert tables == len(tree.all("caption")) > 10
    assert {a.get("scope") for a in tree.all("th")} == {"col", "row"}
    regions = [a for a in tree.all("div") if a.get("class", "").startswith("scroll")]
    assert all(a["tabindex"] == "0" and a["role"] == "region" and a["aria-label"] for a in regions)
    assert len(regions) == tables + 5  # and one for each chart


def test_page_says_who_when_and_what(page):
    assert "<h1>Innovation Horse-Race Bulletin</h1>" in page["en"]
    for said in ("No. 4", "January–April 2026", "8 May 2026", "Fictional city. Every name and figure is invented."):
        assert said in page["en"]
    for said in ("第4期", "2026年1—4月", "2026年5月8日", "湖科赛〔2026〕4号", "主送：各园区管委会"):
        assert said in page["zh"]


def test_every_section_has_its_anchor(page):
    found = re.findall(r'<section [^>]*\bid="([a-z-]+)"', page["en"])

    assert found == [
        "headline", "figures", "standings", "track", "proposals", "bump", "gap", "lights", "intervals", "medals",
        "progress", "weak-spots", "importance", "places", "indicator-places", "projects", "findings", "adjustments",
        "why", "method", "reproduce",
    ]  # fmt: skip


def test_standings_link_to_a_why_that_holds_the_number(page):
    row = re.search(r'<tr class="odd"><td class="c">.*?</tr>', page["en"])[0]
    anchor = re.search(r'href="#(why-\d+)"[^>]*>113\.60', row)[1]
    table = page["en"].split(f'id="{anchor}"')[1].split("</table>")[0]

    assert "Willow Bay</a>" in row
    assert "High-level talent" in table
    assert '<td class="n">62</td><td class="n">120</td><td class="n">51.7\N{NO-BREAK SPACE}%</td>' in table
    assert "113.60" in table.split("overall")[-1]


def test_light_carries_colour_shape_word_pace_and_threshold(page):
    assert (
        '<span class="light green"><span aria-hidden="true">●</span><span class="sr">green</span> 1.55</span>'
        '<small class="bound">≥ 1.00</small>'
    ) in page["en"]
    assert '<span class="sr">红灯</span>' in page["zh"]


def test_memory_strip_shows_issued_and_as_now(page):
    assert 'aria-label="Mar: issued red, now yellow; Apr: green"' in page["en"]


def test_page_without_standings_reads_well(bare):
    assert 'id="standings"' not in bare
    assert 'id="received"' in bare
    assert '<a href="https://example.org/notice" rel="noreferrer">Notice of the regional office</a>' in bare
    assert "Mean completion" not in bare  # a mean over what happens to be known would be invented
    assert bare.count("not known") > 20
    tree = Tree(bare)
    assert (tree.open, tree.faults) == ([], [])


def test_link_of_a_received_fact_is_a_web_address_or_none():
    evaluation = sample.without_standings()
    bad = replace(evaluation.received[0], url="javascript:alert(1)")

    said = render_page(replace(evaluation, received=(bad,)), sample.ISSUE, "en", charts={})

    assert "javascript:" not in said


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_titles_stay_words(lang):
    tree = Tree(render_page(sample.hostile(), sample.ISSUE, lang))

    assert (tree.open, tree.faults) == ([], [])
    assert {t for t, _ in tree.tags} & {"script", "img", "b "} == set()
    assert [a for _, attrs in tree.tags for a in attrs if a.startswith("on")] == []


def test_large_page_stays_small_and_says_its_cuts():
    said = render_page(sample.large(), sample.ISSUE, "en")

    assert len(said.encode()) < 1_500_000
    assert "With 156 contestants and 88 indicators, indicators are printed for the first 10" in said
    assert "reverse their order" not in said


def test_rules_that_reverse_ranks_are_warned_of():
    said = render_page(replace(sample.large(20, 5), reverses_ranks=True), sample.ISSUE, "en", charts={})

    assert "can change the scores of others and reverse their order" in said
    assert "Yardsticks are fixed" not in said


def test_index_of_the_base_period_stands_beside_the_score():
    evaluation = sample.evaluation()
    nodes = tuple(replace(n, base_index=104.26) if n.node == "overall" else n for n in evaluation.nodes)
    season = replace(evaluation.season, base_period=sample.APRIL.next(-4))

    said = render_page(replace(evaluation, season=season, nodes=nodes), sample.ISSUE, "zh", charts={})

    assert "指数（2025年12月=100）" in said
    assert said.count('<td class="n">104.3</td>') == 5


def test_erratum_says_version_and_reason(page):
    said = render_page(sample.evaluation(), sample.ERRATUM, "en", charts={})

    assert "Version 2 of 20 May 2026 replaces" in said
    assert 'class="erratum"' not in page["en"]


def test_given_charts_are_used_and_themed():
    charts = draw_charts(sample.evaluation(), "en")

    assert sorted(charts) == ["bump", "gap", "intervals", "lights", "track"]
    assert render_page(sample.evaluation(), sample.ISSUE, "en", charts) == render_page(
        sample.evaluation(), sample.ISSUE, "en"
    )


def test_reproduce_box_has_digests_seed_and_the_command(page):
    box = page["en"].split('id="reproduce"')[1].split("</section>")[0]

    for said in ("1a" * 32, "2b" * 32, "3c" * 32, "20260508", "saima 0.1.0", "saima verify sample-2026-2026-04"):
        assert said in box
    assert "It does not prove that the inputs are true." in box


PAIRS = [
    ("ink", "paper", 4.5), ("ink", "card", 4.5), ("ink", "raised", 4.5), ("ink", "band", 4.5), ("ink", "track", 4.5),
    ("muted", "paper", 4.5), ("muted", "card", 4.5), ("muted", "raised", 4.5), ("muted", "band", 4.5),
    ("muted", "track", 4.5), ("brand", "card", 4.5), ("brand", "band", 4.5), ("brand", "brand-soft", 4.5),
    ("brand", "paper", 4.5), ("on-head", "head", 4.5), ("on-head", "head-end", 4.5), ("on-head-soft", "head-end", 4.5),
    *((f"{c}-ink", f"{c}-soft", 4.5) for c in ("green", "yellow", "red")),
    *((f"{c}-ink", surface, 4.5) for c in ("green", "yellow", "red") for surface in ("card", "band")),
    *(("on-medal", m, 4.5) for m in ("gold", "silver", "bronze")),
    *((c, "track", 3.0) for c in ("green", "red", "brand")),
    *((c, "card", 3.0) for c in ("green", "yellow", "red", "brand", "line-strong")),
    *((f"lane-{n}", "card", 4.5) for n in range(1, 9)),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_meets_wcag_aa(scheme):
    def luminance(name):
        value = getattr(TOKENS[name], scheme).removeprefix("#")
        parts = [int(value[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    short = []
    for front, back, least in PAIRS:
        bright, dim = sorted((luminance(front), luminance(back)), reverse=True)
        if (bright + 0.05) / (dim + 0.05) < least:
            short.append((front, back, round((bright + 0.05) / (dim + 0.05), 2)))

    assert short == []


def test_text_becomes_markup_only_on_purpose():
    assert el("p", "<b>", title='"x"') == '<p title="&quot;x&quot;">&lt;b&gt;</p>'
    assert markup("a", None, ["<", el("br")], 3) == "a&lt;<br>3"


@pytest.mark.parametrize("evaluation", [sample.evaluation(), sample.large(), sample.without_standings()])
def test_every_link_on_the_page_leads_somewhere(evaluation):
    tree = Tree(render_page(evaluation, sample.ISSUE, "en", {}))
    there = {attrs["id"] for _, attrs in tree.tags if "id" in attrs}

    assert {a["href"] for a in tree.all("a") if a["href"].startswith("#")} - {f"#{i}" for i in there} == set()


def test_page_of_a_draft_says_so_above_everything():
    ribbon = re.compile(r'<p class="ribbon" role="note">([^<]*)')
    drafted = render_page(sample.evaluation(), replace(sample.ISSUE, draft=True), "en")

    assert ribbon.findall(drafted)[0].startswith("DRAFT, not released:")
    assert "DRAFT" not in render_page(sample.evaluation(), sample.ISSUE, "en")
