"""Items of firms: the figures and marks one may have, named as the rules that come with Saima name them.

An item that is not listed may be recorded as well: a rule of the bureau's own may ask for anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from saima.engine.rules.rule import Unit
from saima.presets import granted, ladder, presets
from saima.words import LANGS, Text, say

LAG: Final = re.compile(r"(?P<item>[a-z][a-z0-9_]*?)_(?P<years>\d+)")  # revenue_4: four years earlier
SUM: Final = re.compile(r"(?P<item>[a-z][a-z0-9_]*?)_(?P<years>\d+)y")  # sales_3y: three years together
# Marks hold on; figures belong to their year.
_STATES: Final = frozenset({"flag", "code", "day", "count", "years", "points"})
_COUNTED_A_YEAR: Final = frozenset({"patents_applied", "patents_granted", "conversions"})
INDUSTRY, SIZE, FOUNDED, CLOSED, AGE = "industry", "size_class", "founded", "closed", "age"
SIZES: Final = ("micro", "small", "medium", "large")
_OWN: Final[tuple[tuple[str, str, Unit, str], ...]] = (
    (INDUSTRY, "item.industry", "code", "行业"),
    (SIZE, "item.size_class", "code", "企业规模"),
    (FOUNDED, "item.founded", "day", "成立日期"),
    (CLOSED, "item.closed", "day", "注销日期"),
    ("output", "item.output", "yuan", "工业总产值"),
    ("added_value", "item.added_value", "yuan", "工业增加值"),
    ("high_tech_added_value", "item.high_tech_added_value", "yuan", "高新技术产业增加值"),
    ("new_product_sales", "item.new_product_sales", "yuan", "新产品产值"),
    ("exports", "item.exports", "yuan", "出口额"),
    ("tax_paid", "item.tax_paid", "yuan", "实缴税金"),
    ("net_assets", "item.net_assets", "yuan", "净资产"),
    ("equity", "item.equity", "yuan", "股权融资"),
    ("technology_contracts", "item.technology_contracts", "yuan", "技术合同成交额"),
    ("patents_applied", "item.patents_applied", "count", "专利申请数"),
    ("patents_granted", "item.patents_granted", "count", "发明专利授权数"),
)
# The ladder a firm climbs, from below (presets/ladder.toml).
RUNGS: Final = tuple(r.status for r in ladder()[:-1])
TOP: Final = ladder()[-1].status
_STATUS_WORDS: Final = (
    ("gazelle", "status.gazelle"),
    ("little-giant", "status.little_giant"),
    (TOP, "status.single_champion"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """``yearly``: a figure belongs to its year alone. Otherwise the newest mark counts, if it is not too old."""

    key: str
    title: Text
    unit: Unit
    aka: str = ""

    @property
    def yearly(self) -> bool:
        return self.unit not in _STATES or self.key in _COUNTED_A_YEAR

    @property
    def number(self) -> bool:
        return self.unit not in {"flag", "code", "day"}


@cache
def own_items() -> Mapping[str, Item]:
    """The register's own items by key. They are there before any rule is read, which takes a second."""
    return MappingProxyType({key: Item(key, _said(code), unit, aka) for key, code, unit, aka in _OWN})


@cache
def items() -> Mapping[str, Item]:
    """Every item by key: the register's own, then what the rules ask for, without lags."""
    found = dict(own_items())
    asked = {i.key: i for r in presets().values() if r.entity == "enterprise" for i in r.inputs.values()}
    for key, wanted in asked.items():
        lag = LAG.fullmatch(key)
        if key not in found and key != AGE and not (lag and (lag["item"] in asked or lag["item"] in found)):
            found[key] = Item(key, _bare(wanted.title), wanted.unit, wanted.aka)
    return MappingProxyType(found)


@cache
def statuses() -> Mapping[str, Text]:
    """Titles of every status a firm may hold, rungs of the ladder first."""
    rules = {k: r.title for k, r in presets().items() if r.entity == "enterprise" and r.kind == "status"}
    own = {key: _said(code) for key, code in _STATUS_WORDS}
    ladder = {k: own.get(k) or rules[k] for k in (*RUNGS, TOP)}
    return MappingProxyType(ladder | dict(granted("enterprise")))


def _said(code: str) -> Text:
    return Text(**{lang: say(code, lang) for lang in LANGS})


def _bare(title: Text) -> Text:
    return Text(title.en.removesuffix(", last year"), title.zh.removeprefix("上年度"))
