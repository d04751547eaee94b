"""What holds for every feed on offer: the same contract, whatever it counts."""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from saima.engine.errors import ReadingsRefused
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator
from saima.feeds import Feed, ask, ask_projects, on_offer
from saima.files.registers import check_sign
from saima.server.kit import clock
from saima.server.places.actions import place_ensure
from saima.server.places.models import Place
from saima.server.registers.actions.items import Entry, Step, item_add, item_figures, item_move
from saima.server.registers.actions.recording import Address, Fact, Name, Said, Status, record_all
from saima.words import Text

pytestmark = pytest.mark.django_db
ZONES = ("ash", "birch", "cedar")  # places of this test, beside those of the demonstration
APRIL, MAY = Period.parse("2026-04"), Period.parse("2026-05")
JUNE_1, JUNE_9 = (datetime(2026, 6, day, tzinfo=UTC) for day in (1, 9))
# The question each feed is asked, and what it says of May as known on 1 June, by zone.
ASKED = {
    "registers.firms_holding": ({"status": "gazelle"}, {"ash": "2", "birch": "1", "cedar": "0"}),
    "registers.firms_recognised": ({"status": "gazelle"}, {"ash": "2", "birch": "0", "cedar": "0"}),
    "registers.firms_net_added": ({"status": "gazelle"}, {"ash": "-1", "birch": "1", "cedar": "0"}),
    "registers.firms_moved": ({}, {"ash": "-1", "birch": "1", "cedar": "0"}),
    "registers.firms_passing": ({"rule": "tech-sme"}, {"ash": "1", "birch": "0", "cedar": "0"}),
    "registers.firms_with": ({"item": "rd_spend"}, {"ash": "75", "birch": "100"}),
    "registers.fact_sum": ({"item": "rd_spend", "unit": "10000"}, {"ash": "12.5001", "birch": "3", "cedar": "0"}),
    "registers.fact_ratio": ({"item": "rd_spend", "by": "sales"}, {"ash": "12.5", "birch": "3"}),
    "registers.fact_growth": ({"item": "sales"}, {"ash": "25", "birch": "0"}),
}


def test_every_feed_on_offer_is_asked_here():
    assert set(on_offer().names) == set(ASKED)
    assert [f.name for f in on_offer().of_projects] == ["registers.projects"]


def code_of(number):
    """A code of nobody: its place is not in use."""
    first = f"919999{number:011d}"[:17]
    return first + check_sign(first)


@contextmanager
def on(day):
    with clock.at(datetime.fromisoformat(f"{day}T09:00:00+08:00")):
        yield


FACTS = """
a rd_spend 2026-01 100000
a rd_spend 2026-05 20000
a rd_spend 2026-06 9
b rd_spend 2026-02 5000
c rd_spend 2026-03 1
c rd_spend 2026-04 1
c rd_spend 2026-04 -
d rd_spend 2026-05 0
d rd_spend 2025-12 9
e rd_spend 2026-03 30000
a sales 2026-01 800000
a sales 2025-01 640000
b sales 2026-02 200000
b sales 2025-02 160000
e sales 2026-03 1000000
e sales 2025-03 1000000
"""  # firm, item, period, value; "-" takes it back
STATUSES = """
a 2026-02-01
b 2026-04-01
c 2025-01-01 2026-05-20
d 2026-06-01
e 2025-06-01
f 2024-01-01
"""  # gazelles: since, until


@pytest.fixture
def firms(demo):
    """Six firms in 2025 and 2026; e moved to another zone, f closed, c was no gazelle any more from 20 May on."""
    place = {key: place_ensure(key=key, title=Text(key, key), kind="zone", by=None).pk for key in ZONES}
    code = {name: code_of(n) for n, name in enumerate("abcdef", 1)}
    long_ago = date(2020, 1, 1)
    facts = [line.split() for line in FACTS.split("\n") if line]
    held = [line.split() for line in STATUSES.split("\n") if line]
    with on("2026-05-10"):
        record_all(
            Said(
                [Name(code[name], f"示例{name}号", long_ago) for name in code],
                [*(Address(c, place["ash"], long_ago) for c in code.values()),
                 Address(code["e"], place["birch"], date(2026, 3, 1))],
                [*(Fact(code[n], item, period, value.strip("-")) for n, item, period, value in facts),
                 Fact(code["f"], "closed", "", "2026-02-01"), *passing(code["c"])],
                [Status(code[n], "gazelle", *map(date.fromisoformat, days)) for n, *days in held],
            )
        )  # fmt: skip
    return code


def passing(code):
    """What a technology SME shows."""
    figures = {"staff": "100", "tech_staff": "25", "costs": "9000000", "total_assets": "5000000"}
    marks = dict.fromkeys(("resident_enterprise", "product_allowed", "clean_2y", "not_on_bad_list"), "1")
    own = {"ip_class_1": "0", "ip_class_2": "2"}
    year = {"sales": "20000000", "rd_spend": "1000000"}
    return [Fact(code, item, "2025", value) for item, value in {**figures, **marks, **own, **year}.items()]


def answered(name, period=MAY, known=JUNE_1, zones=ZONES, **parameters):
    feed = on_offer().feed(name)
    indicator = Indicator("x", Text("X", "X"), "higher", "level")
    return ask(
        feed,
        indicator=indicator,
        contestants=zones,
        period=period,
        parameters={**ASKED[name][0], **parameters},
        known_at=known,
    )


def said(answer):
    return {r.contestant: r.value for r in answer.readings}


@pytest.mark.parametrize("name", ASKED)
def test_the_contract_of_every_feed(firms, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(45) as one:
        answer = answered(name, zones=ZONES[:1])
    with django_assert_max_num_queries(len(one.captured_queries)):
        again = answered(name)

    assert isinstance(on_offer().feed(name), Feed)
    assert said(again) == ASKED[name][1]
    assert answered(name) == again  # the same question, the same answer, row by row
    assert said(answer) == {who: v for who, v in said(again).items() if who == "ash"}
    for figure in again.figures.values():
        assert figure.made == figure.value  # rows add up; `ask` refuses what does not
        assert [r.key for r in figure.rows] == sorted(r.key for r in figure.rows)
    with pytest.raises(ReadingsRefused, match="knows no parameter 'colour'"):
        answered(name, colour="red")
    for parameter in on_offer().feed(name).parameters:
        with pytest.raises(ReadingsRefused, match="does not know 'nothing of the kind'"):
            answered(name, **{parameter.name: "nothing of the kind"})


@pytest.mark.parametrize("name", ASKED)
def test_what_comes_to_be_known_later_changes_no_earlier_answer(firms, name):
    before = answered(name, period=APRIL), answered(name)
    place = {key: Place.objects.get(key=key).pk for key in ZONES}
    new = code_of(7)
    with on("2026-06-05"):
        record_all(
            Said(
                [Name(new, "示例7号", date(2020, 1, 1))],
                [Address(new, place["ash"]), Address(firms["a"], place["birch"], date(2026, 4, 2))],
                [
                    Fact(new, "rd_spend", "2026-04", "7"),
                    Fact(new, "sales", "2026-04", "9"),
                    *passing(new),
                    Fact(firms["a"], "sales", "2026-01", "900000"),
                ],
                [Status(new, "gazelle", date(2026, 4, 4))],
            )
        )

    with on("2026-06-10"):  # when all of it is known
        after = answered(name, period=APRIL), answered(name)
        later = answered(name, known=JUNE_9)

    assert after == before
    assert later.readings != before[1].readings


@pytest.mark.parametrize("name", ASKED)
def test_what_holds_later_changes_no_earlier_period_and_a_goal_is_no_achievement(firms, name):
    before = answered(name, period=APRIL)
    place = Place.objects.get(key="cedar").pk
    with on("2026-05-31"):
        record_all(
            Said(
                addresses=[Address(firms["b"], place, date(2026, 5, 2))],
                facts=[Fact(firms["b"], "rd_spend", "2026-05", "7"), Fact(firms["b"], "sales", "2026-05", "70")]
                + [
                    Fact(firms["b"], item, "2026", "999999999") for item in ("rd_spend", "sales")
                ],  # planned for the year
                statuses=[
                    Status(firms["d"], "gazelle", date(2026, 5, 2)),
                    Status(firms["d"], "gazelle", date(2026, 12, 1)),
                ],
            )
        )

    assert answered(name, period=APRIL) == before
    for figure in answered(name).figures.values():
        assert all(Decimal(r.value) < 99_999 for r in figure.rows if r.key == firms["b"])


@pytest.fixture
def project(demo):
    """Approved in January, started in March; a plan for every month, investment up to May told in June."""
    proof = dict.fromkeys(("approval", "ground-level", "library", "acceptance"), "paper")
    with on("2026-01-31"):
        item = item_add(
            kind="major-project",
            code="trial-works",
            values={"name": "试验工厂（虚构）"},
            step=Step("approved", date(2026, 1, 10), proof),
            by=None,
        )
        item_figures(
            item=item, entries=[Entry("monthly", f"2026-{m:02}", "plan", "100") for m in range(1, 13)], by=None
        )
        item_figures(item=item, entries=[Entry("monthly", "2025-12", "done", "7")], by=None)
    with on("2026-04-03"):
        item_move(item=item, step=Step("started", date(2026, 3, 10), proof), by=None)
        item_figures(item=item, entries=[Entry("monthly", f"2026-{m:02}", "done", "90") for m in (1, 2, 3)], by=None)
    with on("2026-06-05"):
        item_move(item=item, step=Step("topped", date(2026, 4, 20), proof), by=None)
        item_figures(item=item, entries=[Entry("monthly", "2026-04", "done", "60")], by=None)


def stands(period, known, **parameters):
    found = ask_projects(
        on_offer().project_feed("registers.projects"),
        projects=["trial-works", "nobody"],
        period=Period.parse(period),
        parameters={"figure": "monthly", "stages": "started:building"} | parameters,
        known_at=known,
    )
    return {code: (s.planned, s.invested, s.stage) for code, s in found.items()}


def test_the_contract_of_the_project_feed(project):
    may = datetime(2026, 5, 5, tzinfo=UTC)

    with on("2026-06-10"):  # when all of it is known
        again = stands("2026-04", may)
    assert stands("2026-04", may) == {"trial-works": ("400", "270", "building")} == again
    assert stands("2026-02", may) == {"trial-works": ("200", "180", "approved")}  # the past ignores what came later
    assert stands("2026-04", JUNE_9) == {"trial-works": ("400", "330", "topped")}  # known later, told later
    assert stands("2026-01", datetime(2026, 1, 1, tzinfo=UTC)) == {}  # nobody knew of it
    assert stands("2026-12", may)["trial-works"][:2] == ("1200", "270")  # a plan is no investment
    for wrong in ({"figure": "hopes"}, {"stages": "begun:building"}):
        with pytest.raises(ReadingsRefused, match="does not know"):
            stands("2026-04", may, **wrong)
    with pytest.raises(ReadingsRefused, match="knows no parameter 'colour'"):
        stands("2026-04", may, colour="red")
