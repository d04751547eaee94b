"""Who carries which part of a target: sums, what is left over, who is missing."""

from dataclasses import replace

from saima.engine.model.season import Contestant, Target
from saima.engine.race.breakdown import breakdown
from saima.files import load_season
from saima.words import Text


def city_season():
    """The demonstration below a city: two parks of its own, one without a target, and units below the first."""
    season = load_season("demo-city").season
    city = Contestant("city", Text("City", "市"), kind="city", ranked=False)
    crane, whale, lantern = (replace(c, parent="city", tags=c.tags) for c in season.contestants[:3])
    units = [Contestant(f"u{n}", Text(f"Unit {n}", f"单元{n}"), parent="crane", ranked=False) for n in (1, 2)]
    targets = (
        Target("city", "smes", 100.0, owner="Mayor"),
        Target("crane", "smes", 40.0, owner="Zone"),
        Target("whale", "smes", 30.0),
        Target("u1", "smes", 25.0, owner="A"),
        Target("u2", "smes", 20.0, owner="B"),
        Target("*", "patents", 5.0, owner="All"),
    )
    return replace(season, contestants=(city, crane, whale, lantern, *units), targets=targets)


def of(season, code):
    return next(b for b in breakdown(season) if b.indicator.code == code)


def test_parts_are_added_below_each_place_as_on_the_page():
    got = of(city_season(), "smes")

    assert [(p.contestant, p.depth, p.target, p.parts, p.gap) for p in got.parts] == [
        ("city", 0, 100.0, 70.0, 30.0),
        ("crane", 1, 40.0, 45.0, -5.0),
        ("u1", 2, 25.0, None, None),
        ("u2", 2, 20.0, None, None),
        ("whale", 1, 30.0, None, None),
        ("lantern", 1, None, None, None),
    ]
    assert [t.en for t in got.parts[0].without] == ["Nine Lanterns Park"]
    assert [p.contestant for p in got.uncovered] == ["city", "crane"]
    assert [p.contestant for p in got.missing] == ["lantern"]
    assert [p.contestant for p in got.without_owner] == ["whale"]
    assert [p.share for p in got.parts] == [1.0, 0.4, 0.625, 0.5, 0.3, None]


def test_a_target_for_everybody_is_shared_and_not_compared():
    got = of(city_season(), "patents")

    assert {(p.target, p.shared, p.gap) for p in got.parts} == {(5.0, True, None)}
    assert got.missing == ()


def test_rates_are_listed_and_never_added():
    got = of(load_season("demo-city").season, "shared")

    assert (got.adds_up, got.total) == (False, None)
    assert {p.gap for p in got.parts} == {None}


def test_the_demonstration_carries_everything_and_names_owners():
    found = breakdown(load_season("demo-city").season)

    assert [b.indicator.code for b in found if b.missing] == []
    assert of(load_season("demo-city").season, "teams").total == 102.0
    assert sum(len(b.without_owner) for b in found) == 0
