"""Sentences: dates, periods, figures, headline and chat text."""

from dataclasses import replace
from datetime import date
from string import Formatter
from typing import get_args

import pytest
import sample

from saima.engine.model.evaluation import Adjustment, Finding, Proposal, Status
from saima.engine.model.history import Colour
from saima.engine.model.inputs import ORIGINS, STATES
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import RELATIVE_RULES, Missing
from saima.press.chat import chat_text
from saima.press.sentences import (
    by_class,
    chance_text,
    change_text,
    date_text,
    document_number,
    figure_text,
    headline,
    headline_lead,
    headline_parts,
    pace_text,
    period_name,
    period_short,
    span_name,
    value_text,
)
from saima.words import LANGS, Text, codes, template


def test_dates_as_each_language_writes_them():
    assert date_text(date(2026, 5, 8), "en") == "8 May 2026"
    assert date_text(date(2026, 5, 8), "zh") == "2026年5月8日"


@pytest.mark.parametrize(
    ("text", "name", "short"),
    [
        ("2026-04", ("April 2026", "2026年4月"), ("Apr", "4月")),
        ("2026Q2", ("Quarter 2 of 2026", "2026年第2季度"), ("Q2", "2季度")),
        ("2026H1", ("First half of 2026", "2026年上半年"), ("H1", "上半年")),
        ("2018", ("2018", "2018年"), ("2018", "2018")),
    ],
)
def test_periods_as_each_language_writes_them(text, name, short):
    period = Period.parse(text)

    assert tuple(period_name(period, lang) for lang in LANGS) == name
    assert tuple(period_short(period, lang) for lang in LANGS) == short


@pytest.mark.parametrize(
    ("first", "text", "expected"),
    [
        ("2026-01", "2026-04", ("January–April 2026", "2026年1—4月")),
        ("2026-01", "2026-01", ("January 2026", "2026年1月")),
        ("2025-07", "2026-04", ("April 2026", "2026年4月")),
        ("2026Q1", "2026Q3", ("Quarters 1–3 of 2026", "2026年第1—3季度")),
        ("2026H1", "2026H2", ("Whole year 2026", "2026年全年")),
    ],
)
def test_cumulative_bulletins_name_the_whole_span(first, text, expected):
    period = Period.parse(text)
    season = replace(sample.season(), targets_cover=Span(Period.parse(first), period.next(8)))

    assert tuple(span_name(season, period, lang) for lang in LANGS) == expected


def test_span_is_the_period_where_nothing_accumulates():
    season = sample.season()
    levels = tuple(replace(i, measure="level") for i in season.indicators)

    assert span_name(replace(season, indicators=levels), sample.APRIL, "en") == "April 2026"


def test_figures_keep_more_decimals_than_the_indicator_asks_rather_than_lose_them():
    people, rate = sample.season().indicators[0], sample.season().indicators[4]

    assert [figure_text(v, people, "en") for v in (1200.0, 0.5, None)] == ["1,200", "0.5", "–"]
    assert value_text(9.0, rate, "en") == "9.0\N{NO-BREAK SPACE}%"
    assert value_text(9.0, rate, "zh") == "9.0%"
    assert figure_text(0.1 + 0.2, rate, "en") == "0.3"


def test_pace_below_the_threshold_never_looks_like_it():
    shown = [pace_text(p, 1.0, "en") for p in (0.998, 0.9999, 1.0, 0.9999999999, 1.004, 0.5)]

    assert shown == ["0.998", "0.9999", "1.00", "1.00", "1.00", "0.50"]


def test_chances_are_never_certain():
    assert [chance_text(p, "en").replace("\N{NO-BREAK SPACE}", "") for p in (1.0, 0.5, 0.0)] == ["> 99%", "50%", "< 1%"]
    assert [chance_text(p, "zh") for p in (1.0, 0.0)] == ["＞99%", "＜1%"]


def test_headline_names_leader_movers_neighbours_and_who_is_behind():
    said = headline(sample.evaluation(), "en")

    assert said.startswith("Willow Bay leads with 113.60 points, 3.04 ahead of Cedar Hill.")
    assert "Up since the last bulletin: Willow Bay (2 → 1). Down: Cedar Hill (1 → 2)." in said
    assert "Cedar Hill and Stone Ford cannot be told apart" in said
    assert "Reed Lake is behind pace on 6 indicators" in said


def test_headline_in_chinese():
    said = headline(sample.evaluation(), "zh")

    assert said.startswith("柳湾园区以113.60分居首，比松岭园区高3.04分。")
    assert "松岭园区和石渡园区难分高下" in said


def test_headline_without_a_ranking_counts_what_is_known_and_praises_nobody():
    said = headline(sample.without_standings(), "en")

    assert said == (
        "There is no overall ranking. Of 30 figures due 2 are known; places and figures quoted from other sources: 1."
    )


def test_headline_of_a_shared_first_place():
    evaluation = sample.evaluation()
    tied = tuple(
        replace(s, rank=1, score=113.6) if s.scope == "overall" and s.kind == "level" and s.rank <= 2 else s
        for s in evaluation.standings
    )

    assert headline(replace(evaluation, standings=tied), "en").startswith(
        "Willow Bay and Cedar Hill share first place with 113.60 points."
    )


def test_headline_of_very_many_stays_one_paragraph():
    assert len(headline(sample.large(), "en")) < 400


def test_chat_text_is_short_and_says_where_it_comes_from():
    lines = chat_text(sample.evaluation(), sample.ISSUE, "zh").splitlines()

    assert lines[0] == "【科技创新“赛马”通报】第4期 2026年1—4月"
    assert lines[1] == "虚构城市，名称和数字均为虚构，不指向任何真实单位。"
    assert "1. 柳湾园区 113.60分 ▲1" in lines
    assert lines[-1] == "2026年5月8日。数据摘要 2b2b2b2b，可用 saima verify 复算。"
    assert len(chat_text(sample.large(), sample.ISSUE, "en").splitlines()) < 25


def test_chat_text_of_an_erratum_says_so():
    said = chat_text(sample.evaluation(), sample.ERRATUM, "en")

    assert "Version 2 of 20 May 2026 replaces the earlier version of this issue. Reason: The talent figure" in said


def test_standings_come_apart_by_class_in_the_season_order():
    evaluation = sample.evaluation()
    mixed = tuple(replace(s, class_code="b" if s.rank % 2 else "a") for s in evaluation.standing())

    tables = by_class(evaluation.season, mixed)

    assert [[s.contestant for s in rows] for _, rows in tables] == [["cedar", "maple"], ["willow", "stone", "reed"]]


def test_change_against_the_last_bulletin():
    one = sample.evaluation().standing()[0]

    shown = [change_text(replace(one, rank=3, previous=p)) for p in (5, 1, 3, None)]
    assert shown == ["▲2", "▼2", "=", ""]


def test_document_number_takes_braces_from_nobody_else():
    season = sample.season()
    odd = replace(season, masthead=replace(season.masthead, document_number="{0}{year}-{number}{x}"))

    assert document_number(odd, sample.ISSUE) == "{0}2026-4{x}"


def test_every_code_built_from_a_closed_list_is_in_the_catalogue():
    def literals(owner: type, name: str) -> tuple[str, ...]:
        return get_args(owner.__annotations__[name])

    wanted = {
        *(f"press.status.{s}" for s in get_args(Status)),
        *(f"press.state.{s}" for s in STATES),
        *(f"press.origin.{o}" for o in ORIGINS),
        *(f"press.light.{c}" for c in get_args(Colour)),
        *(f"press.adjustment.{k}" for k in literals(Adjustment, "kind")),
        *(f"press.finding.{s}" for s in literals(Finding, "severity")),
        *(f"press.action.{a}" for a in literals(Proposal, "action")),
        *(f"press.proposal.{a}" for a in literals(Proposal, "action")),
        *(f"press.method.missing.{m}" for m in get_args(Missing)),
        *(f"press.rule.{r}" for r in RELATIVE_RULES),
    }

    assert wanted - set(codes()) == set()


def test_both_languages_take_the_same_parameters():
    for code in codes():
        if code.startswith("press."):
            fields = [{f for _, f, _, _ in Formatter().parse(t) if f} for t in (template(code).en, template(code).zh)]
            assert fields[0] == fields[1], code


def test_text_of_sample_is_fictional():
    assert sample.season().illustrative
    assert sample.season().notice != Text()


def test_a_unit_that_begins_with_a_number_does_not_run_into_the_figure():
    rate = sample.evaluation().season.indicators[0]
    loans = replace(rate, measure="level", decimals=0, unit=Text("10,000 yuan", "万元"))

    assert value_text(12206.0, loans, "en").replace("\N{NO-BREAK SPACE}", " ") == "12,206 × 10,000 yuan"
    assert value_text(12206.0, loans, "zh") == "12,206万元"


@pytest.mark.parametrize("lang", LANGS)
def test_the_parts_of_the_headline_are_the_whole_headline(lang):
    evaluation = sample.evaluation()
    parts = headline_parts(evaluation, lang)

    assert ("" if lang == "zh" else " ").join(s for part in parts for s in part) == headline(evaluation, lang)
    assert headline(evaluation, lang).startswith(headline_lead(evaluation, lang))
    assert [s for s in parts[-1] if s in headline_lead(evaluation, lang)] == []
