"""Every bundled season loads, holds together, evaluates and says where it comes from."""

import pytest

from saima.engine.model.inputs import AsOf
from saima.engine.race.check import check_season
from saima.engine.race.evaluate import evaluate
from saima.examples import folder, names
from saima.files import load_season


def test_three_seasons_come_with_saima():
    assert names() == ("demo-city", "ruian-2021", "sdg-2018")


def test_an_unknown_season_is_not_there():
    with pytest.raises(KeyError):
        folder("nowhere")


@pytest.mark.parametrize("name", names())
def test_it_holds_together_and_evaluates_its_latest_period(name):
    bundle = load_season(folder(name))

    found = evaluate(
        bundle.season, bundle.readings, bundle.projects, bundle.history, AsOf(bundle.readings.periods[-1]), 1
    )

    assert check_season(bundle.season) == ()
    assert found.season.code == name
    assert found.cells


@pytest.mark.parametrize("name", names())
def test_it_carries_a_notice_and_a_source_in_both_languages(name):
    season = load_season(folder(name)).season

    assert all(
        (season.title.en, season.title.zh, season.notice.en, season.notice.zh, season.source.en, season.source.zh)
    )
