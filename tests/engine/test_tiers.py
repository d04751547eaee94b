from saima.engine.model.season import Tier
from saima.engine.race.tiers import tier_of
from saima.words import Text
from seasons import season

OF = season(tiers=(Tier("good", Text("Good"), 80), Tier("excellent", Text("Excellent"), 90)))


def test_tier_is_the_highest_one_reached():
    assert [tier_of(OF, s) for s in (95.0, 90.0, 89.0, 80.0, 79.0)] == ["excellent", "excellent", "good", "good", ""]


def test_tier_compares_scores_as_they_are_printed():
    assert [tier_of(OF, s) for s in (89.995, 89.9949, 0.1 + 89.9)] == ["excellent", "good", "excellent"]


def test_tier_is_empty_without_tiers():
    assert tier_of(season(), 100.0) == ""
