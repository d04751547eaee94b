"""Terminal tables: what they show, and that typed text is never console markup."""

from dataclasses import replace
from io import StringIO

import pytest
import sample
from rich.console import Console

from saima.press.terminal import print_evaluation
from saima.words import LANGS, Text


def printed(evaluation, lang="en", width=120):
    out = StringIO()
    print_evaluation(evaluation, lang, Console(file=out, width=width, no_color=True))
    return out.getvalue()


def test_standings_lights_findings_and_proposals_are_printed():
    said = printed(sample.evaluation())

    for part in ("Willow Bay", "113.60", "2–3", "● 1.55", "■", "Integrity findings", "For decision", "Fictional city"):
        assert part in said
    place = next(line for line in said.splitlines() if "Cedar Hill" in line and "110.56" in line)
    assert [cell.strip() for cell in place.strip("│┃ ").split("│")] == [
        "2", "▼1", "Cedar Hill", "110.56", "2–3", "2", "Good",
    ]  # fmt: skip


def test_received_places_stand_with_source_and_date_when_nobody_is_ranked():
    said = printed(sample.without_standings(), width=160)

    assert "There is no overall ranking." in said
    assert "Notice of the regional office · 16 May 2026" in said
    assert "Overall standings" not in said


@pytest.mark.parametrize("lang", LANGS)
def test_very_many_are_cut_and_said_so(lang):
    said = printed(sample.large(), lang)

    assert {"en": "The first 60 of 156", "zh": "此处显示前60项，共156项"}[lang] in said
    assert len(said.splitlines()) < 120


def test_square_brackets_in_titles_are_words():
    evaluation = sample.evaluation()
    odd = tuple(replace(c, title=Text("[red]Park[/red]")) for c in evaluation.season.contestants)

    assert "[red]Park[/red]" in printed(
        replace(evaluation, season=replace(evaluation.season, contestants=odd)), width=200
    )
