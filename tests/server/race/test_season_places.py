"""A place is known by its key: who is known already keeps it, and no stranger gets it."""

from dataclasses import replace

import pytest

from saima.engine.errors import SeasonRefused
from saima.files import load_season
from saima.files.importing import Alias, Mapping
from saima.server.places.actions import place_ensure
from saima.server.places.queries import places_titled
from saima.server.race.actions.seasons import season_import
from saima.server.race.models import Season
from saima.server.race.queries.setup_import import with_places
from saima.words import Text


def test_a_code_that_stands_for_another_place_is_refused(db):
    bundle = load_season("demo-city")
    stranger = tuple(
        replace(c, title=Text("Salt Tower", "盐塔园")) if c.code == "crane" else c for c in bundle.season.contestants
    )
    other = replace(bundle, season=replace(bundle.season, code="other", contestants=stranger))

    with pytest.raises(SeasonRefused) as refusal:
        season_import(bundle=other, by=None)

    assert [(p.code, p.params["code"]) for p in refusal.value.problems] == [("season.other_place", "crane")]
    assert not Season.objects.filter(key="other").exists()


def test_a_table_is_read_with_the_places_that_are_known_and_free_codes_for_the_others(db):
    place_ensure(key="c01", title=Text("Salt Tower", "盐塔园"))
    names = ("月渡园", "盐塔园", "1. 纸鹤园", "新园")
    proposed = Mapping(sheets=(), contestants=tuple(Alias(n, f"c{i:02d}") for i, n in enumerate(names, 1)))

    codes = [a.code for a in with_places(proposed).contestants]

    assert codes == ["ferry", "c01", "crane", "c02"]


def test_two_places_of_one_name_are_shown_with_their_keys(db):
    twin = place_ensure(key="crane-2", title=Text("Paper Crane Park", "纸鹤园"))

    shown = places_titled()

    assert shown[twin.pk].zh == "纸鹤园（crane-2）"
    assert sorted(t.zh for t in shown.values() if "鹤" in t.zh) == ["纸鹤园（crane-2）", "纸鹤园（crane）"]
