"""Tags and filters give the same marks and words on every page, in both languages, and never a style attribute."""

import re
from datetime import UTC, datetime

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

from saima.server.kit.drawings import LANE_ROOM, meter_svg, rank_interval_svg, spark_svg, track_svg


def said(source, lang="en", **context):
    with override("zh-hans" if lang == "zh" else "en"):
        request = RequestFactory().get(context.pop("path", "/"))
        return engines["django"].from_string(source).render(context, request)


def attributes(svg, mark):
    """The attributes of the first drawing of a class."""
    found = re.search(rf'<\w+ class="{mark}"([^>]*)', svg)
    return dict(re.findall(r'([\w-]+)="([^"]*)"', found[1])) if found else None


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "2 June 2026 | 5 June 2026, 18:00 | May 2026 | 1,234,567"),
        ("zh", "2026年6月2日 | 2026年6月5日 18:00 | 2026年5月 | 123.5万"),
    ],
)
def test_days_moments_periods_and_amounts_in_each_language(lang, expected):
    found = said(
        '{{ a|day:"Asia/Shanghai" }} | {{ b|moment:"Asia/Shanghai" }} | {{ c|period }} | {{ d|wan }}',
        lang,
        a=datetime(2026, 6, 1, 23, 30, tzinfo=UTC),
        b=datetime(2026, 6, 5, 10, tzinfo=UTC),
        c="2026-05",
        d=1_234_567,
    )

    assert found == expected


def test_filters_say_nothing_of_nothing():
    assert said("[{{ a|day }}{{ a|moment }}{{ a|period }}{{ a|wan }}{{ a|num }}{{ a|share }}]", a=None) == "[]"


def test_a_light_has_a_colour_a_shape_and_words():
    found = {c: said("{% light c %}", c=c) for c in ("green", "yellow", "red", "none")}

    assert [re.search(r"light-\w+", svg)[0] for svg in found.values()] == [f"light-{c}" for c in found]
    assert len({re.search(r"<svg.*</svg>", svg)[0] for svg in found.values()}) == 4
    assert "Red: behind the calendar" in found["red"]
    assert said("{% light 'purple' %}") == found["none"]
    assert said("{% light 'yellow' words=True %}", "zh").endswith("黄灯</span>")


def test_track_stands_on_one_scale_and_says_itself():
    svg = said('{% track done=0.649 due=0.5 low=0.78 high=1.2 colour="green" most=1.5 %}')

    scale = LANE_ROOM / 1.5
    assert attributes(svg, "track-done")["width"] == f"{0.649 * scale:.2f}%"
    assert attributes(svg, "track-due")["x1"] == f"{0.5 * scale:.2f}%"
    assert attributes(svg, "track-finish-a")["x1"] == f"{scale:.2f}%"
    assert attributes(svg, "track-band")["width"] == f"{(1.2 - 0.78) * scale:.2f}%"
    assert 'fill="url(#hatch-green)"' in svg
    assert (
        'aria-label="64.9\xa0% of the year&#x27;s target is done. 50.0\xa0% is due by now. '
        'The year is projected to end between 78\xa0% and 120\xa0%."' in svg
    )


def test_track_of_somebody_beyond_the_finish_keeps_the_line_inside():
    svg = track_svg(done=2.0, words="")

    assert attributes(svg, "track-done")["width"] == "97%"
    assert attributes(svg, "track-finish-a")["x1"] == "48.5%"


def test_track_of_nobody_knows_what_is_an_empty_lane():
    svg = said("{% track due=0.5 %}")

    assert (attributes(svg, "track-done"), attributes(svg, "track-band")) == (None, None)
    assert "No verified figure yet." in svg


def test_names_of_pills_and_of_lights_are_both_colours_of_a_track():
    assert 'class="track track-amber"' in track_svg(done=0.1, colour="yellow")
    assert 'class="track track-grey"' in track_svg(done=0.1, colour="none")


def test_rank_strip_shows_the_band_only_where_a_rank_is_not_certain():
    uncertain, certain = rank_interval_svg(2, 4, 5, rank=2), rank_interval_svg(3, 3, 5, rank=3)

    assert attributes(uncertain, "rank-strip-band") == {"x1": "28%", "y1": "8", "x2": "72%", "y2": "8"}
    assert attributes(certain, "rank-strip-band") is None
    assert attributes(certain, "rank-strip-dot")["cx"] == "50%"
    assert "Rank 2 to 4 of 5 is likely." in said("{% rank_interval 2 4 5 rank=2 %}")


def test_spark_leaves_gaps_and_ends_on_the_newest_known_value():
    svg = spark_svg([1.0, float("nan"), 3.0, None])

    assert re.search(r' d="([^"]*)"', svg)[1] == "M4.0 20.0 M57.3 4.0"
    assert 'cx="57.3" cy="4.0"' in svg


@pytest.mark.parametrize(
    ("part", "whole", "width"), [(14, 18, "77.78%"), (18, 18, "100%"), (20, 18, "100%"), (0, 0, None)]
)
def test_meter(part, whole, width):
    svg = meter_svg(part, whole)
    bar = attributes(svg, "meter-full") or attributes(svg, "meter-done")

    assert (bar["width"] if bar else None) == width


def test_words_of_a_drawing_cannot_break_out_of_it():
    assert "<b>" not in said("{% track done=0.5 label=x %}{% spark y label=x %}{% icon 'x' x %}", x='"><b>', y=[1, 2])


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        ("2", "Up 2 since the last cut."),
        ("-1", "Down 1 since the last cut."),
        ("0", "Same rank as at the last cut."),
        ("None", "Not ranked at the last cut."),
    ],
)
def test_change_of_rank_is_said_not_only_drawn(places, sentence):
    assert sentence in said("{% change " + places + " %}")


def test_pager_keeps_what_was_chosen_and_marks_this_page():
    page = Paginator(range(60), 25).page(2)

    found = said("{% pager page %}", page=page, path="/list/?state=open&page=2")

    assert "26 to 50 of 60" in found
    assert re.findall(r'href="([^"]*)"', found) == ["?state=open&amp;page=1", "?state=open&amp;page=3"]
    assert re.findall(r'aria-current="page">(\d+)', found) == ["2"]


def test_a_list_of_one_page_has_no_pager():
    assert said("{% pager page %}", page=Paginator(range(3), 25).page(1)).strip() == ""


def test_an_icon_with_words_beside_it_is_silent():
    assert 'aria-hidden="true"' in said("{% icon 'check' %}")
    assert 'role="img" aria-label="done"' in said("{% icon 'check' 'done' %}")
