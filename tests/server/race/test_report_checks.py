"""Checks of a report, deadlines over Chinese working days, and what typed text is read as."""

from dataclasses import replace
from datetime import date

import pytest

from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator, Relation
from saima.server.race.models import Report, Season
from saima.server.race.queries.checks import problems_of, standing_against
from saima.server.race.queries.contents import cells_of
from saima.server.race.queries.deadlines import deadline, is_working_day
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.drafts import draft_of
from saima.server.race.queries.typed import Typed, read_typed
from saima.words import Text


def checked(demo, changes, *, place="crane", evidence=None, spec=None):
    """(indicator, level, code) of what stands beside the cells of the verified May report once changed."""
    report = Report.objects.get(season=demo, place__key=place, period="2026-05")
    cells = cells_of(report)
    for cell in cells:
        for name, value in changes.get(cell.indicator, {}).items():
            setattr(cell, name, value)
    counts = {(c.contestant, c.indicator): 1 for c in cells} if evidence is None else evidence
    found = problems_of(draft_of(report, spec or season_of(newest(demo)), cells), cells, counts)
    return [(p.indicator, p.level, p.problem.code) for p in found]


def test_verified_report_has_nothing_against_it(demo):
    assert checked(demo, {}) == []


@pytest.mark.parametrize(
    ("indicator", "change", "found"),
    [
        ("doctors", {"kind": "", "text": "", "value": ""}, ("stop", "report.missing")),
        ("doctors", {"text": "many", "value": ""}, ("stop", "report.no_number")),
        ("doctors", {"text": "1234567890123456789", "value": ""}, ("stop", "report.too_long")),
        ("doctors", {"kind": "not_applicable", "text": "", "value": ""}, ("stop", "report.needs_reason")),
        ("doctors", {"value": "80"}, ("note", "integrity.falling")),
        ("doctors", {"value": "80", "note": "five left"}, ("told", "integrity.falling")),
        ("doctors", {"value": "190"}, ("note", "report.much_at_once")),
        ("doctors", {"value": "190", "note": "a new institute"}, ("told", "report.much_at_once")),
        ("teams", {"value": "10.5"}, ("stop", "integrity.fraction")),
        ("pilot", {"value": "2"}, ("stop", "integrity.yes_no")),
    ],
)
def test_cell_is_checked(demo, indicator, change, found):
    assert (indicator, *found) in checked(demo, {indicator: change})


@pytest.mark.parametrize(
    ("indicator", "change"),
    [
        ("doctors", {"kind": "not_yet", "text": "", "value": ""}),
        ("doctors", {"kind": "not_applicable", "text": "", "value": "", "note": "no such firms"}),
        ("doctors", {"value": "105"}),
    ],
)
def test_cell_that_says_something_sound_stands_against_nothing(demo, indicator, change):
    assert checked(demo, {indicator: change}) == []


def test_evidence_is_needed_above_zero_or_always(demo):
    without = [row for row in checked(demo, {}, evidence={}) if "evidence" in row[2]]
    zero = [row for row in checked(demo, {"labs": {"value": "0", "note": "x"}}, evidence={}) if "evidence" in row[2]]

    assert without == [
        ("teams", "stop", "report.needs_evidence_positive"),
        ("labs", "stop", "report.needs_evidence_positive"),
        ("pilot", "stop", "report.needs_evidence"),
    ]
    assert [row[0] for row in zero] == ["teams", "pilot"]


def test_parts_above_their_whole_are_found_by_the_seasons_relations(demo):
    spec = season_of(newest(demo))
    relation = Relation("teams-doctors", "at_most", "doctors", ("teams",))
    spec = replace(spec, integrity=replace(spec.integrity, relations=(relation,)))

    found = checked(demo, {"teams": {"value": "500", "note": ""}, "doctors": {"value": "120"}}, spec=spec)

    assert ("teams", "note", "integrity.at_most") in found


def test_numerator_above_its_denominator_is_found(demo):
    spec = season_of(newest(demo))
    own = tuple(
        replace(i, measure="share", denominator="doctors") if i.code == "patents" else i for i in spec.indicators
    )

    assert ("patents", "note", "report.above_denominator") in checked(demo, {}, spec=replace(spec, indicators=own))


def test_only_what_has_no_note_stands_against_submitting(demo):
    report = Report.objects.get(season=demo, place__key="crane", period="2026-05")
    cells = cells_of(report)
    for cell in cells:
        if cell.indicator in ("doctors", "smes"):
            cell.value, cell.note = "1", "counted anew" if cell.indicator == "smes" else ""
    counts = {(c.contestant, c.indicator): 1 for c in cells}

    found = problems_of(draft_of(report, season_of(newest(demo)), cells), cells, counts)

    assert {p.indicator for p in found} == {"doctors", "smes"}
    assert {p.indicator for p in standing_against(found)} == {"doctors"}


@pytest.mark.parametrize(
    ("period", "due", "late"),
    [
        ("2026-05", "2026-06-05T18:00:00+08:00", "2026-06-08T18:00:00+08:00"),
        ("2026-08", "2026-09-07T18:00:00+08:00", "2026-09-08T18:00:00+08:00"),  # the 5th is a Saturday
        ("2026-04", "2026-05-06T18:00:00+08:00", "2026-05-08T18:00:00+08:00"),  # Labour Day lasts until the 5th
        ("2026-09", "2026-10-08T18:00:00+08:00", "2026-10-08T18:00:00+08:00"),  # National Day
        ("2026Q4", "2027-01-05T18:00:00+08:00", "2027-01-08T18:00:00+08:00"),  # no calendar yet: weekdays
    ],
)
def test_reports_are_due_on_the_next_chinese_working_day(period, due, late):
    marks = deadline(Season(key="x", frequency="month"), Period.parse(period))

    assert (marks.due_at.isoformat(), marks.late_until.isoformat()) == (due, late)


def test_weekend_made_a_working_day_is_one():
    assert is_working_day(date(2026, 2, 14))  # Saturday worked for Spring Festival
    assert not is_working_day(date(2035, 9, 8))  # a Saturday of a year without a calendar


def test_due_day_beyond_the_month_is_its_last():
    season = Season(key="x", frequency="month", due_day=31, late_until_day=31)

    assert deadline(season, Period.parse("2026-01")).due_at.date() == date(2026, 2, 28)


YUAN = Indicator("rd", Text(), "higher", "cumulative", unit=Text("100 million yuan", "亿元"), scale=1e8)
FIRMS = Indicator("smes", Text(), "higher", "count", unit=Text("firms", "家"))
SHARE = Indicator("share", Text(), "higher", "share", unit=Text("%", "%"))
PILOT = Indicator("pilot", Text(), "higher", "yes-no")


@pytest.mark.parametrize(
    ("typed", "indicator", "said"),
    [
        ("", FIRMS, Typed("", "")),
        ("0", FIRMS, Typed("value", "0", "0")),
        ("１，２３４", FIRMS, Typed("value", "１，２３４", "1234")),
        ("1.2万", FIRMS, Typed("value", "1.2万", "12000")),
        ("12 家", FIRMS, Typed("value", "12 家", "12")),
        ("12%", FIRMS, Typed("value", "12%", "")),
        ("8,510万元", YUAN, Typed("value", "8,510万元", "0.851")),
        ("8.51", YUAN, Typed("value", "8.51", "8.51")),
        ("61.2%", SHARE, Typed("value", "61.2%", "61.2")),
        ("是", PILOT, Typed("value", "是", "1")),
        ("暂未公布", FIRMS, Typed("not_yet", "")),
        ("不适用", FIRMS, Typed("not_applicable", "")),
        ("—", FIRMS, Typed("value", "—", "")),
        ("1,23", FIRMS, Typed("value", "1,23", "")),
        ("1\x00 2\x1b", FIRMS, Typed("value", "1 2", "")),
        ("=1+1", FIRMS, Typed("value", "=1+1", "")),
        ("9" * 16, FIRMS, Typed("value", "9" * 16, "")),
    ],
)
def test_text_is_read_as_people_write_numbers(typed, indicator, said):
    assert read_typed(typed, indicator) == said
