"""What is said of a register is what is said of each entity alone: random rules, random rows, nothing rounded."""

import polars as pl
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from engine.rules.drawn_rules import DAY, rows, rules
from saima.engine.errors import RuleRefused
from saima.engine.rules import Rule, answers, evaluate_one, plan_bulk
from saima.files.rules import parse_rule

WIDE = {"rules.too_wide", "rules.answer_too_wide", "rules.growth_rate"}
SCHEMA = {
    "a": pl.Decimal(12, 2),
    "b": pl.Decimal(12, 1),
    "n": pl.Int32,
    "f": pl.Boolean,
    "g": pl.Boolean,
    "since": pl.Date,
    "industry": pl.String,
    "given.k": pl.Int64,
    "held.good": pl.Boolean,
}


def one_by_one(rule: Rule, row: dict, decimals: int) -> dict | None:
    """The answers for one row as bulk gives them, None where a figure is refused."""
    held = frozenset({"good"} if row["held.good"] else ())
    figures = {k: v for k, v in row.items() if k in rule.inputs or (rule.points and k == "given.k")}
    try:
        found = answers(evaluate_one(rule, figures, on=DAY, held=held))
    except RuleRefused:
        return None
    points = {i.id for g in rule.points.groups for i in (g, *g.items)} | {"points"} if rule.points else set()
    return {k: _scaled(v, decimals if k in points else 2 if k == "amount" else 0) for k, v in found.items()}


def _scaled(value: object, decimals: int) -> object:
    return value if value is None or isinstance(value, bool) else int(value * 10**decimals)


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    rules(),
    st.lists(rows, min_size=1, max_size=12),
    st.sampled_from([SCHEMA, {**SCHEMA, "a": pl.Float64, "b": pl.Float64}]),
)
def test_bulk_is_scalar(text: str, table: list[dict], schema: dict) -> None:
    try:
        rule = parse_rule(text)
    except RuleRefused as refused:
        assume({p.code for p in refused.problems} - WIDE)
        raise
    plan = plan_bulk(rule, on=DAY)
    frame = pl.DataFrame(table, schema=SCHEMA, orient="row").cast(schema).lazy()

    found = plan.columns(frame).collect(engine="streaming").to_dicts()

    for row, result in zip(table, found, strict=True):
        alone = one_by_one(rule, row, plan.points_decimals[rule.id])
        if alone is None:
            assert result["refused"] is True
        else:
            assert result == {**alone, "refused": False}
