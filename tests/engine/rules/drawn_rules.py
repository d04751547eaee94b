"""Random rules as text of a file, and random rows for them: small figures, so that thresholds are hit exactly."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

HEAD = """
[rule]
id = "drawn"
title = { en = "Drawn" }
kind = "award"
valid_from = 2020-01-01
[statuses.good]
title = { en = "good" }
[inputs.a]
title = { en = "a" }
unit = "yuan"
decimals = 2
most = 40
[inputs.b]
title = { en = "b" }
unit = "share"
decimals = 1
most = 20
aka = "比率"
[inputs.n]
title = { en = "n" }
unit = "people"
least = 0
most = 9
[inputs.f]
title = { en = "f" }
unit = "flag"
[inputs.g]
title = { en = "g" }
unit = "flag"
[inputs.since]
title = { en = "since" }
unit = "day"
[inputs.industry]
title = { en = "industry" }
unit = "code"
"""
NUMBERS = ("a", "b", "n", "比率", "fixed", "(as_of - since)", "open")
LITERALS = ("0", "1", "2", "5", "0.5", "12.5 %", "-3", "0.01", "10")
DAY = date(2021, 6, 30)

literals = st.sampled_from(LITERALS)
small = st.integers(-30, 30).map(lambda n: f"{n / 10:g}")


def numbers(depth: int) -> st.SearchStrategy[str]:
    leaf = st.one_of(st.sampled_from(NUMBERS), literals)
    if depth == 0:
        return leaf
    below = numbers(depth - 1)
    pair = st.tuples(below, below)
    return st.one_of(
        leaf,
        st.tuples(below, st.sampled_from("+-*/"), below).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        pair.map(lambda t: f"min({t[0]}, {t[1]})"),
        pair.map(lambda t: f"max({t[0]}, {t[1]})"),
        below.map(lambda t: f"abs({t})"),
        below.map(lambda t: f"-{t}"),
        below.map(lambda t: f"steps({t})"),
        below.map(lambda t: f"tiers({t})"),
        st.tuples(truths(depth - 1), below, below).map(lambda t: f"if({t[0]}, {t[1]}, {t[2]})"),
    )


def truths(depth: int) -> st.SearchStrategy[str]:
    compare = st.tuples(numbers(max(0, depth - 1)), st.sampled_from((">=", ">", "<=", "<", "=", "!=")), numbers(0)).map(
        " ".join
    )
    leaf = st.one_of(
        st.sampled_from(("f", "g", "held(good)", "industry in listed", "since <= as_of", "known(a / n)", "known(f)")),
        compare,
    )
    if depth == 0:
        return leaf
    below = truths(depth - 1)
    growth = st.tuples(
        numbers(1),
        numbers(1),
        st.integers(1, 3),
        st.sampled_from((">=", "<", "=")),
        st.sampled_from(("20 %", "0", "fixed", "-100 %")),
    ).map(lambda t: f"growth({t[0]}, {t[1]}, {t[2]}) {t[3]} {t[4]}")
    return st.one_of(
        leaf,
        compare,
        growth,
        below.map(lambda t: f"not ({t})"),
        st.lists(below, min_size=2, max_size=3).map(lambda t: f"({' and '.join(t)})"),
        st.lists(below, min_size=2, max_size=3).map(lambda t: f"({' or '.join(t)})"),
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    parts = [HEAD]
    fixed = draw(st.sampled_from(("0.2", "1", "0.05", "2.5")))
    parts.append(
        f"[params.fixed]\nversions = [{{ from = 2020-01-01, value = {fixed} }}, {{ from = 2022-01-01, value = 9 }}]"
    )
    since = draw(st.sampled_from((2020, 2022)))  # in 2021 the parameter may still be open
    parts.append(f"[params.open]\nversions = [{{ from = {since}-01-01, value = 3 }}]")
    bounds = draw(st.lists(small.map(float), unique=True, min_size=1, max_size=3).map(sorted))
    steps = [f"{{ {draw(st.sampled_from(('upto', 'below')))} = {b:g}, value = {draw(small)} }}" for b in bounds]
    steps.append(f"{{ value = {draw(small)} }}")
    parts.append(f"[params.steps]\nversions = [{{ from = 2020-01-01, steps = [{', '.join(steps)}] }}]")
    overs = [0, *sorted(abs(b) + 0.5 for b in bounds)]
    overs = sorted(set(overs))
    tiers = [f"{{ over = {o:g}, rate = {draw(small)} }}" for o in overs]
    parts.append(f"[params.tiers]\nversions = [{{ from = 2020-01-01, tiers = [{', '.join(tiers)}] }}]")
    parts.append('[params.listed]\nversions = [{ from = 2020-01-01, members = ["x", "y"] }]')
    parts.append(f'[let]\nmiddle = "{draw(numbers(2))}"\nyes = "{draw(truths(1))}"')
    for n in range(draw(st.integers(1, 3))):
        group = draw(st.sampled_from(("", "", 'any = "way"')))
        expr = draw(st.one_of(truths(2), st.sampled_from(("yes", "middle >= 1", "not yes or f"))))
        parts.append(f'[[condition]]\nid = "c{n}"\nexpr = "{expr}"\nsay = {{ en = "c" }}\n{group}')
    if draw(st.booleans()):
        parts.append(_points(draw))
    rounding = draw(st.sampled_from(("half_up", "down", "up")))
    unit = draw(st.sampled_from(("fen", "yuan")))
    amount = draw(st.one_of(numbers(2), st.just("tiers(a) + middle")))
    parts.append(f'[award]\namount = "{amount}"\nrounding = "{rounding}"\nunit = "{unit}"')
    return "\n".join(parts) + "\n"


def _points(draw: st.DrawFn) -> str:
    least = draw(st.sampled_from(("", "least = 3")))
    any_ = draw(st.sampled_from(("", 'any = "way"')))
    group = draw(st.sampled_from(("nonzero = true", "least = 2", "most = 4", "most = 5\nleast = 1")))
    best = draw(st.sampled_from(("", 'best_of = "k"')))
    return f"""
[points]
{least}
{any_}
[[points.group]]
id = "g"
title = {{ en = "g" }}
{group}
[[points.group.item]]
id = "i"
title = {{ en = "i" }}
most = 5
{best}
by = "{draw(numbers(1))}"
brackets = [{{ from = 2, points = 5 }}, {{ from = 0.5, points = 2.5 }}, {{ points = 0 }}]
[[points.group.item]]
id = "j"
title = {{ en = "j" }}
most = 9
{best}
value = "{draw(numbers(1))}"
decimals = {draw(st.integers(0, 3))}
[[points.group]]
id = "h"
title = {{ en = "h" }}
[[points.group.item]]
id = "k"
title = {{ en = "k" }}
most = 6
by = "{draw(numbers(1))}"
bands = [{{ from = 1, least = 3, most = 6 }}, {{ from = 0, least = 1, most = 2 }}, {{ least = 0, most = 0 }}]
"""


def maybe(of: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(of, of, of, st.none())


rows = st.fixed_dictionaries(
    {
        "a": maybe(st.integers(-4000, 4000).map(lambda n: Decimal(n) / 100)),
        "b": maybe(st.integers(-20, 20).map(lambda n: Decimal(n) / 10)),
        "n": maybe(st.integers(0, 9)),
        "f": maybe(st.booleans()),
        "g": maybe(st.booleans()),
        "since": maybe(st.integers(-3, 3).map(lambda d: DAY + timedelta(days=d))),
        "industry": maybe(st.sampled_from(("x", "y", "z"))),
        "given.k": maybe(st.integers(0, 7)),
        "held.good": st.booleans(),
    }
)
