"""A season brought into the server, cut there and taken out again says what the folder says."""

import pytest

from saima.engine.model.digest import data_digest, history_digest, spec_digest
from saima.engine.model.inputs import AsOf
from saima.engine.race import evaluate
from saima.files import load_season
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import Season
from saima.server.race.queries.cuts import bundle_of_cut, evaluation_of, newest_evaluated
from saima.server.race.queries.documents import bundle_of

EXAMPLES = ["demo-city", "ruian-2021", "sdg-2018"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_import_and_cut_give_the_digests_and_the_evaluation_of_the_folder(db, name):
    folder = load_season(name)
    season = Season.objects.get(key=folder.season.code)
    period = max(folder.readings.periods, default=folder.season.window.last)

    cut = cut_freeze(season=season, period=period, by=None)

    as_of = AsOf(period, cut.known_at)
    asked = evaluate(folder.season, folder.readings, folder.projects, folder.history, as_of, 2026)
    assert (cut.spec_digest, cut.data_digest, cut.history_digest) == (
        spec_digest(folder.season),
        data_digest(folder.readings, folder.projects, as_of),
        history_digest(folder.history.until(period)),
    )
    assert evaluation_of(newest_evaluated(season, str(period))) == asked
    frozen = bundle_of_cut(cut)
    assert evaluate(frozen.season, frozen.readings, frozen.projects, frozen.history, as_of, 2026) == asked


def test_the_same_content_again_gives_the_cut_that_is_there(demo):
    period = max(bundle_of(demo).readings.periods)

    first = cut_freeze(season=demo, period=period, by=None)

    assert cut_freeze(season=demo, period=period, by=None).pk == first.pk
