"""Asking a feed, and the list of those on offer."""

from dataclasses import dataclass, field

import pytest

from saima.engine.errors import ReadingsRefused
from saima.engine.model.inputs import Reading
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator
from saima.feeds import Feed, Feeds, installed, read
from saima.words import Text

APRIL = Period.parse("2026-04")
FIRMS = Indicator("firms", Text("Firms", "企业"), "higher", "level")


@dataclass(frozen=True)
class Register:
    """A small fictional register."""

    answer: dict = field(default_factory=dict)
    name: str = "registers.firms"
    version: str = "1"
    title: Text = field(default_factory=lambda: Text("Firms on the register", "在册企业"))
    parameters: tuple = ("status",)

    def figures(self, *, contestants, period, parameters):
        return self.answer


def ask(answer, **parameters):
    return read(Register(answer), indicator=FIRMS, contestants=("ash", "birch"), period=APRIL, parameters=parameters)


def test_a_feed_gives_canonical_readings_by_contestant():
    assert isinstance(Register(), Feed)
    assert ask({"birch": ("12.0", "list of 30 April"), "ash": ("7", "")}, status="high-tech") == (
        Reading("ash", "firms", APRIL, "7", origin="feed"),
        Reading("birch", "firms", APRIL, "12", origin="feed", evidence="list of 30 April"),
    )


@pytest.mark.parametrize(
    ("answer", "parameters", "said"),
    [
        ({"cedar": ("1", "")}, {}, "answered for 'cedar', which was not asked about"),
        ({"ash": ("a few", "")}, {}, "says 'a few' for 'ash' in 2026-04, which is no decimal number"),
        ({}, {"colour": "red"}, "knows no parameter 'colour'. It knows: status."),
    ],
)
def test_what_a_feed_may_not_say_is_refused_by_name(answer, parameters, said):
    with pytest.raises(ReadingsRefused) as refused:
        ask(answer, **parameters)

    assert said in str(refused.value)


def test_an_unknown_feed_is_refused_with_the_list_on_offer():
    with pytest.raises(ReadingsRefused) as refused:
        Feeds([Register()]).feed("registers.gazelles")

    assert refused.value.sentences("en") == ("No feed 'registers.gazelles'. On offer: registers.firms.",)
    assert refused.value.sentences("zh") == ("没有数据源“registers.gazelles”。可用的有：registers.firms。",)


def test_a_name_is_offered_once():
    with pytest.raises(ValueError, match="offered twice"):
        Feeds([Register(), Register(version="2")])


def test_the_list_is_what_is_installed():
    assert installed().names == ()
