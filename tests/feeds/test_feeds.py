"""Asking a feed, what its rows come to, and the list of those on offer."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from saima.engine.errors import ReadingsRefused
from saima.engine.model.inputs import Reading
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator
from saima.feeds import Feed, Feeds, Figure, Parameter, Row, ask, figure_of, made_of, offering, on_offer
from saima.words import Text

APRIL = Period.parse("2026-04")
NOW = datetime(2026, 5, 6, 10, tzinfo=UTC)
FIRMS = Indicator("firms", Text("Firms", "企业"), "higher", "level")
ASH, ELM = Row("1", Text("Ash works", ""), "3", of="4"), Row("2", Text("Elm works", ""), "1.5", of="8")


@dataclass(frozen=True)
class Register:
    """A small fictional register."""

    answer: dict = field(default_factory=dict)
    name: str = "registers.firms"
    version: str = "1"
    title: Text = field(default_factory=lambda: Text("Firms on the register", "在册企业"))
    parameters: tuple = (
        Parameter("status", Text("Status", "资质")),
        Parameter("year", Text("Year", "年"), needed=False),
    )
    rows_for: frozenset = frozenset()

    def figures(self, *, contestants, period, parameters, known_at):
        return self.answer


def asked(answer, **parameters):
    answered = ask(
        Register(answer),
        indicator=FIRMS,
        contestants=("ash", "birch"),
        period=APRIL,
        parameters={"status": "gazelle"} | parameters,
        known_at=NOW,
    )
    return answered.readings


def test_a_feed_gives_canonical_verified_readings_with_the_digest_of_their_rows():
    twice = [asked({"birch": Figure("12.0"), "ash": figure_of([ELM, ASH], "sum")}) for _ in range(2)]
    other = asked({"ash": figure_of([ELM, Row("1", Text("Ash Works Ltd", ""), "3", of="4")], "sum")})

    ash, birch = twice[0]
    assert isinstance(Register(), Feed)
    assert twice[0] == twice[1]
    assert (birch.contestant, birch.value, birch.origin, birch.state) == ("birch", "12", "feed", "verified")
    assert ash == Reading("ash", "firms", APRIL, "4.5", recorded_at=NOW, origin="feed", evidence=ash.evidence)
    assert ash.evidence.startswith("registers.firms@1 2 sha256:")
    assert (other[0].value, other[0].evidence == ash.evidence) == ("4.5", False)


@pytest.mark.parametrize(
    ("answer", "parameters", "said"),
    [
        ({"cedar": Figure("1")}, {}, "answered for 'cedar', which was not asked about"),
        ({"ash": Figure("a few")}, {}, "says 'a few' for 'ash' in 2026-04, which is no decimal number"),
        ({"ash": Figure("3", (ASH, ELM), "count")}, {}, "says '3' for 'ash' in 2026-04, but its 2 rows make '2'"),
        ({}, {"colour": "red"}, "knows no parameter 'colour'. It knows: status, year."),
        ({}, {"status": ""}, "needs the parameter 'status'"),
    ],
)
def test_what_a_feed_may_not_say_is_refused_by_name(answer, parameters, said):
    with pytest.raises(ReadingsRefused) as refused:
        asked(answer, **parameters)

    assert said in str(refused.value)


def test_a_share_of_nothing_is_no_figure_and_sums_are_exact():
    tenths = [Row(str(n), Text("x", ""), "0.1") for n in range(10)]

    assert (made_of([], "share"), made_of([], "ratio"), made_of([], "count"), made_of(tenths, "sum")) == (
        None,
        None,
        "0",
        "1",
    )
    assert figure_of([], "share") is None


def test_an_unknown_feed_is_refused_with_the_list_on_offer():
    with pytest.raises(ReadingsRefused) as refused:
        Feeds([Register()]).feed("registers.gazelles")

    assert refused.value.sentences("en") == ("No feed 'registers.gazelles'. On offer: registers.firms.",)
    assert refused.value.sentences("zh") == ("没有数据源“registers.gazelles”。可用的有：registers.firms。",)


def test_a_name_is_offered_once_and_a_trial_ends_with_its_block():
    with pytest.raises(ValueError, match="offered twice"):
        Feeds([Register(), Register(version="2")])
    before = on_offer().names

    with offering(Register(name="trial.firms")):
        assert on_offer().names == tuple(sorted((*before, "trial.firms")))
        with pytest.raises(ValueError, match="offered twice"), offering(Register(name="trial.firms", version="2")):
            pass

    assert on_offer().names == before
