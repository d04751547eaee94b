"""Random rules that hold together, and firms for them whose figures meet often."""

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

from drawn_firms import Figures, judge
from hypothesis import strategies as st

from saima.engine.rules import Input, Param, Rule
from saima.engine.rules.rule import (
    Award,
    Band,
    Bracket,
    Condition,
    Expression,
    Group,
    Item,
    Let,
    Members,
    Points,
    Step,
    Steps,
    Tier,
    Tiers,
    Version,
)
from saima.words import Text

START, LATER = date(2020, 1, 1), date(2027, 1, 1)
NAMED = Text("one", "甲")
INPUTS = {
    "b": Input("b", NAMED, "share", 1, Fraction(0), Fraction(10)),
    "n": Input("n", NAMED, "count", 0, Fraction(0), Fraction(20)),
    "f": Input("f", NAMED, "flag"),
    "c": Input("c", NAMED, "code"),
}
PARAMS = {
    "p": Param("p", (Version(START, Fraction(1, 2)), Version(LATER, Fraction(9)))),
    "u": Param("u", ()),
    "s": Param(
        "s",
        (
            Version(
                START,
                Steps(
                    (Step(Fraction(1), upto=Fraction(0)), Step(Fraction(2), below=Fraction(5)), Step(Fraction(-1, 3)))
                ),
            ),
        ),
    ),
    "t": Param("t", (Version(START, Tiers((Tier(Fraction(0), Fraction(1, 10)), Tier(Fraction(4), Fraction(1, 4))))),)),
    "k": Param("k", (Version(START, Members(("x", "y"))),)),
}
STATUSES = {"some-status": NAMED}
_SIGNS = st.sampled_from([">=", ">", "<=", "<", "=", "!="])


def _numbers(lets: tuple[str, ...]) -> st.SearchStrategy[str]:
    plain = st.sampled_from(["a", "金额", "b", "n", "p", "u", "0", "1", "2", "2.5", "10%", "4", *lets])

    def longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
            st.builds("-{}".format, inner),
            st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
            st.builds("{}({})".format, st.sampled_from(["abs", "s", "t"]), inner),
            st.builds("if({} {} {}, {}, {})".format, inner, _SIGNS, inner, inner, inner),
            st.builds("if(f, {}, {})".format, inner, inner),
        )

    return st.recursive(plain, longer, max_leaves=5)


def _truths(lets: tuple[str, ...]) -> st.SearchStrategy[str]:
    number = _numbers(lets)
    plain = st.one_of(
        st.builds("{} {} {}".format, number, _SIGNS, number),
        st.builds(
            "growth({}, {}, {}) {} {}".format,
            number,
            number,
            st.integers(1, 3),
            _SIGNS,
            st.sampled_from(["20%", "b", "0"]),
        ),
        st.builds("50% {} growth({}, {}, 2)".format, _SIGNS, number, number),
        st.builds("known({})".format, number),
        st.sampled_from(["f", "c in k", "held(some-status)", "f 或 c in k"]),
    )
    return st.recursive(
        plain,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or", "且", "或"]), inner),
            st.builds("not ({})".format, inner),
        ),
        max_leaves=4,
    )


def _expression(texts: st.SearchStrategy[str], at: str) -> st.SearchStrategy[Expression]:
    return texts.map(lambda text: Expression.of(text, at))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    lets = {"m": Let("m", draw(_expression(_numbers(()), "let.m")))}
    numbers, truths = _numbers(("m",)), _truths(("m",))
    conditions = tuple(
        Condition(f"c{n}", draw(_expression(truths, f"condition[{n}].expr")), NAMED, draw(st.sampled_from(["", "one"])))
        for n in range(draw(st.integers(1, 3)))
    )
    points = draw(st.none() | _points(numbers))
    award = draw(
        st.none()
        | st.builds(
            Award,
            _expression(numbers, "award.amount"),
            st.sampled_from(["half_up", "down", "up"]),
            st.sampled_from([Fraction(1, 100), Fraction(1)]),
        )
    )
    requires = draw(st.sampled_from([(), ("some-status",)]))
    most = Fraction(draw(st.sampled_from([100, 10**13])))  # with the larger one many numbers need 128 bits
    inputs = INPUTS | {"a": Input("a", NAMED, "yuan", 2, -most, most, "activity", "金额")}
    return Rule(
        "drawn",
        NAMED,
        "award" if award else "status",
        START,
        inputs,
        PARAMS,
        lets,
        conditions,
        points,
        award,
        status="partly_seen",
        missing=(NAMED,),
        requires=requires,
        statuses=STATUSES,
    )


@st.composite
def _points(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> Points:
    groups = []
    for g in range(draw(st.integers(1, 2))):
        items = []
        for n in range(draw(st.integers(1, 3))):
            at = f"points.group[{g}].item[{n}].by"
            kind = draw(st.sampled_from(["brackets", "bands", "value"]))
            brackets = (
                Bracket(Fraction(9, 2), Fraction(3)),
                Bracket(Fraction(1), Fraction(-1, 2)),
                Bracket(Fraction(0)),
            )
            bands = (Band(3, 4, Fraction(2)), Band(1, 2, Fraction(0)), Band(0, 0))
            items.append(
                Item(
                    f"i{g}{n}",
                    NAMED,
                    Fraction(10**9),
                    draw(_expression(numbers, at)),
                    brackets if kind == "brackets" else (),
                    bands if kind == "bands" else (),
                    draw(st.integers(0, 2)),
                    draw(st.sampled_from(["", "best"])),
                )
            )
        least = draw(st.sampled_from([None, Fraction(1), Fraction(3)]))
        most = draw(st.sampled_from([None, Fraction(4)]))
        groups.append(Group(f"g{g}", NAMED, tuple(items), most, least, nonzero=draw(st.booleans())))
    least = draw(st.sampled_from([None, Fraction(2), Fraction(9, 2)]))
    return Points(tuple(groups), least, draw(st.sampled_from(["", "one"])))


def firms_of(rule: Rule, count: int, seed: int) -> list[Figures]:
    """Figures that meet each other and the constants often, reach the ends of their ranges, or are missing."""
    rng = random.Random(seed)
    most = rule.inputs["a"].most
    figures = {
        "a": [Decimal(x) for x in ("-4", "-0.01", "0", "0.01", "1", "2.50", "5", int(most), -int(most))],
        "b": [Decimal(x) for x in ("0", "0.1", "0.2", "0.5", "1", "4", "10")],
        "n": list(range(21)),
        "f": [True, False],
        "c": ["x", "y", "z"],
    }
    firms = [{k: None if rng.random() < 0.1 else rng.choice(v) for k, v in figures.items()} for _ in range(count)]
    judge(rule, START, firms, seed)
    return firms
