"""The ASEM index of COINr's example data as a season: 49 indicators, 8 pillars, 2 sub-indices, one index."""

import csv
from pathlib import Path

import numpy as np

from saima.engine.model.inputs import Reading, Readings, ReadingTable
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import Aggregate, Contestant, Indicator, Node, NodeKind, RuleName, ScoreRule, Season
from saima.words import Text

SOURCE = Path(__file__).parent / "coinr"
PERIOD = Period.parse("2018")
KINDS: dict[str, NodeKind] = {"2": "group", "3": "race", "4": "overall"}
CODES = {"Index": "overall"}


def rows(name: str) -> list[dict[str, str]]:
    with (SOURCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def season(rule: RuleName, params: dict[str, float], aggregate: Aggregate = "arithmetic", power: float = 1.0) -> Season:
    """The whole index under one score rule and one way of joining at every level; weights as in the metadata."""
    meta = rows("asem_imeta")
    levels = {n: [m for m in meta if m["Level"] == n] for n in ("1", "2", "3", "4")}
    nodes = tuple(
        Node(
            code=CODES.get(m["iCode"], m["iCode"]),
            title=Text(m["iName"]),
            kind=KINDS[level],
            parent="" if level == "4" else CODES.get(m["Parent"], m["Parent"]),
            weight=float(m["Weight"]),
            aggregate=aggregate,
            power=power,
            order=order,
        )
        for level in ("4", "3", "2")
        for order, m in enumerate(levels[level])
    )
    indicators = tuple(
        Indicator(
            code=m["iCode"],
            title=Text(m["iName"]),
            better="higher" if m["Direction"] == "1" else "lower",
            measure="level",
            node=m["Parent"],
            weight=float(m["Weight"]),
            score="rule",
            order=order,
        )
        for order, m in enumerate(levels["1"])
    )
    return Season(
        code="asem",
        title=Text("ASEM"),
        frequency="year",
        window=Span(PERIOD, PERIOD),
        targets_cover=Span(PERIOD, PERIOD),
        missing="exclude",
        weights="relative",
        decimals=9,
        contestants=tuple(Contestant(r["uCode"], Text(r["uCode"])) for r in rows("a_treated")),
        indicators=indicators,
        nodes=nodes,
        score_rules=(ScoreRule("rule", rule, params),),
    )


def readings() -> Readings:
    return Readings(
        ReadingTable.of(
            Reading(row["uCode"], code, PERIOD, value)
            for row in rows("a_treated")
            for code, value in row.items()
            if code != "uCode"
        )
    )


def matrix(name: str, of: Season) -> np.ndarray:
    """A file of one row per country and one column per indicator, on the season's axes."""
    table = {row["uCode"]: row for row in rows(name)}
    return np.array([[float(table[c.code][i.code]) for i in of.indicators] for c in of.contestants])
