"""Builds the example season sdg-2018 from the published sheet beside it: ``python tests/golden/build_sdg_2018.py``.

The raw values go into the season as the sheet prints them, the three misplaced cells included; goalposts are
solved from the raw against the normalised columns, because the sheet does not print them.
"""

import csv
from pathlib import Path

import numpy as np
from folder import EXAMPLES, fifteen, table, write

SOURCE = Path(__file__).parent / "sdg2018"
PERIOD = "2018"
SCORE, RANK = "Global Index Score (0-100): 2018 version", "Global Index Rank: 2018 version"
REGION = "Regions used for the SDG Index & Dashboard"
INCOME = "Income Group in 2016"
OECD = "Country is an OECD member, yes=1 no=0"
FIRST_NORMALISED = 123
MOVES = (
    ("MEX", "sanitation_basic", "sanitation_safe"),
    ("MEX", "water_basic", "water_safe"),
    ("TUR", "sanitation_basic", "sanitation_safe"),
)
GIVEN_GOALS = (8, 12)
REGIONS = (
    ("oecd", "OECD", "OECD members", "经合组织成员国"),
    ("eeca", "E. Europe & C. Asia", "Eastern Europe and Central Asia", "东欧和中亚"),
    ("lac", "LAC", "Latin America and the Caribbean", "拉丁美洲和加勒比"),
    ("esa", "East & South Asia", "East and South Asia", "东亚和南亚"),
    ("mena", "MENA", "Middle East and North Africa", "中东和北非"),
    ("africa", "Africa", "Sub-Saharan Africa", "撒哈拉以南非洲"),
    ("oceania", "Oceania", "Oceania", "大洋洲"),
)
INCOMES = {
    "HIC": "high-income",
    "UMIC": "upper-middle-income",
    "LMIC": "lower-middle-income",
    "LIC": "low-income",
}
GOALS = (
    ("No poverty", "无贫穷"),
    ("Zero hunger", "零饥饿"),
    ("Good health and well-being", "良好健康与福祉"),
    ("Quality education", "优质教育"),
    ("Gender equality", "性别平等"),
    ("Clean water and sanitation", "清洁饮水和卫生设施"),
    ("Affordable and clean energy", "经济适用的清洁能源"),
    ("Decent work and economic growth", "体面工作和经济增长"),
    ("Industry, innovation and infrastructure", "产业、创新和基础设施"),
    ("Reduced inequalities", "减少不平等"),
    ("Sustainable cities and communities", "可持续城市和社区"),
    ("Responsible consumption and production", "负责任消费和生产"),
    ("Climate action", "气候行动"),
    ("Life below water", "水下生物"),
    ("Life on land", "陆地生物"),
    ("Peace, justice and strong institutions", "和平、正义与强大机构"),
    ("Partnerships for the goals", "促进目标实现的伙伴关系"),
)
CITE = "Sachs, Schmidt-Traub, Kroll, Lafortune, Fuller (2018), SDG Index and Dashboards Report 2018"
TEXTS = {
    "@CITE@": CITE,
    "@NOTICE_EN@": "The published SDG Index 2018, recomputed from its own data. Three misplaced cells are moved by "
    "corrections.csv; 70 goal scores are taken as published.",
    "@NOTICE_ZH@": "据公开数据重算的2018年可持续发展目标指数。三个错列数值由更正表移回，70个目标得分采用公布值。",
    "@DATA_EN@": "CC BY 4.0. Data: sdsna/2018GlobalIndex, commit 77cb3354812c1cf0f1a551272c47b6a7e0fc0ff4.",
    "@DATA_ZH@": "许可协议：CC BY 4.0。数据：sdsna/2018GlobalIndex，提交77cb3354812c1cf0f1a551272c47b6a7e0fc0ff4。",
}
# The sheet measures OECD members and high-income countries by safely managed services, all others by basic ones.
APPLIES = {
    "sanitation_safe": "oecd;high-income",
    "water_safe": "oecd;high-income",
    "sanitation_basic": "outside-oecd-and-high-income",
    "water_basic": "outside-oecd-and-high-income",
}

SEASON = """\
# The published SDG Index 2018 as a season: 193 countries, 88 indicators, 17 goals.
# Built by tests/golden/build_sdg_2018.py; see SOURCE.md for licence and changes.
saima = "season/1"
code = "sdg-2018"
title = { en = "SDG Index 2018", zh = "2018年可持续发展目标指数" }
frequency = "year"
window = ["2018", "2018"]
missing = "exclude"
weights = "relative"
overall = "composite"
counts = "verified"
rank_classes = "together"
decimals = 4
notice = { en = "@NOTICE_EN@", zh = "@NOTICE_ZH@" }
source = { en = "@CITE@. @DATA_EN@", zh = "@CITE@。@DATA_ZH@" }
solo = true

[uncertainty]
draws = 500

@CLASSES@
[node]
aggregate = "arithmetic"

# A goal nobody of a country's indicators speaks of takes the mean of the ranked countries of its region.
[[races]]
code = "goals"
title = { en = "The 17 goals", zh = "17项目标" }
race = "indicators"
weight = 1
aggregate = "arithmetic"
missing = "class_mean"

@GROUPS@
[[scores]]
code = "goalposts"
rule = "goalposts"

[[integrity.relations]]
code = "sanitation"
kind = "either"
whole = "sanitation_safe"
parts = ["sanitation_basic"]

[[integrity.relations]]
code = "water"
kind = "either"
whole = "water_safe"
parts = ["water_basic"]
"""


def read(name: str) -> list[dict[str, str]]:
    with (SOURCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def normalised_columns() -> list[str]:
    """The 88 normalised columns, in the order of the indicators; one of them has lost the end of its name."""
    with (SOURCE / "results.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))[FIRST_NORMALISED : FIRST_NORMALISED + 88]


def goalposts(raw: np.ndarray, score: np.ndarray) -> tuple[str, str]:
    """The values worth 0 and 100, shortest decimals that give back every published score.

    raw, score : (countries,), both present. The line goes through the two values farthest apart that were not clipped.
    """
    inside = (score > 0) & (score < 100)
    x, y = raw[inside], score[inside]
    first, last = x.argmin(), x.argmax()
    slope = (y[last] - y[first]) / (x[last] - x[first])
    low = x[first] - y[first] / slope
    high = low + 100 / slope
    for digits in range(1, 16):
        ends = [0.0 if abs(end) < 1e-9 else float(f"{end:.{digits}g}") for end in (low, high)]
        again = np.clip((raw - ends[0]) / (ends[1] - ends[0]) * 100, 0, 100)
        if np.abs(again - score).max() < 2e-11:
            return fifteen(repr(ends[0])), fifteen(repr(ends[1]))
    raise ValueError("no goalposts of at most 15 digits give back the published scores")


def indicators(sheet: list[dict[str, str]], named: list[dict[str, str]]) -> list[dict[str, object]]:
    moved = {(country, to): source for country, source, to in MOVES}
    gone = {(country, source) for country, source, _ in MOVES}
    column = {i["code"]: i["column"] for i in named}
    rows = []
    for order, (i, normal) in enumerate(zip(named, normalised_columns(), strict=True), start=1):
        pairs = []
        for country in sheet:
            cell = (country["id"], i["code"])
            text = "" if cell in gone else country[column[moved.get(cell, i["code"])]]
            if text and country[normal]:
                pairs.append((float(fifteen(text)), float(country[normal])))
        raw, score = np.array(pairs).T
        low, high = goalposts(raw, score)
        rows.append(
            {
                "code": i["code"],
                "title_en": i["title_en"],
                "title_zh": i["title_zh"],
                "better": "higher" if float(high) > float(low) else "lower",
                "measure": "level",
                "node": f"goal_{int(i['goal']):02d}",
                "weight": 1,
                "score": "goalposts",
                "unit_en": i["unit_en"],
                "unit_zh": i["unit_zh"],
                "decimals": 3,
                "low": low,
                "high": high,
                "applies_to": APPLIES.get(i["code"], ""),
                "definition_en": f"Column of the sheet: {i['column']}",
                "order": order,
            }
        )
    return rows


def tags(country: dict[str, str]) -> str:
    found = ["oecd"] if country[OECD] == "1" else []
    found.append(INCOMES[country[INCOME]])
    if country[OECD] != "1" and country[INCOME] != "HIC":
        found.append("outside-oecd-and-high-income")
    return ";".join(found)


def contestants(sheet: list[dict[str, str]]) -> list[dict[str, object]]:
    region = {name: code for code, name, _, _ in REGIONS}
    return [
        {
            "code": c["id"],
            "title_en": c["country"],
            "kind": "country",
            "class": region[c[REGION]],
            "tags": tags(c),
            "ranked": "yes" if c[RANK] else "no",
            "reason_en": "" if c[RANK] else "The published index gives this country neither a score nor a rank.",
            "reason_zh": "" if c[RANK] else "公布的指数未给出该国得分和名次。",
            "order": order,
        }
        for order, c in enumerate(sheet, start=1)
    ]


def season_toml() -> str:
    classes = "\n".join(
        f'[[classes]]\ncode = "{code}"\ntitle = {{ en = "{en}", zh = "{zh}" }}\norder = {n}\n'
        for n, (code, _, en, zh) in enumerate(REGIONS, start=1)
    )
    groups = "\n".join(
        f'[[groups]]\ncode = "goal_{n:02d}"\nparent = "goals"\n'
        f'title = {{ en = "Goal {n}: {en}", zh = "目标{n}：{zh}" }}\n'
        f'weight = 1\naggregate = "arithmetic"\nmissing = "exclude"\norder = {n}\n'
        for n, (en, zh) in enumerate(GOALS, start=1)
    )
    text = SEASON
    for mark, said in {**TEXTS, "@CLASSES@": classes, "@GROUPS@": groups}.items():
        text = text.replace(mark, said)
    return text


SOURCE_NOTE = f"""\
# Source, licence and changes

SDG Index 2018, Sustainable Development Solutions Network and Bertelsmann Stiftung. Licence: Creative Commons
Attribution 4.0 International (CC BY 4.0), https://creativecommons.org/licenses/by/4.0/

Cite: {CITE}.
Data: sdsna/2018GlobalIndex, commit 77cb3354812c1cf0f1a551272c47b6a7e0fc0ff4, the Results sheet.

What was changed here:

- Numbers are kept at 15 significant digits, half to even. Empty cells have no row.
- Goalposts (`low`, `high` in indicators.csv) are not printed in the sheet; they are solved from its raw and
  normalised columns.
- `readings.csv` is the sheet as printed. Three of its cells stand in the wrong column: Mexico's sanitation and
  drinking water and Turkey's sanitation carry the "safely managed" figure under "at least basic". `corrections.csv`
  moves them; the published index follows only with them moved.
- `given_scores.csv`: the 35 OECD members' scores of Goals 8 and 12 use values the sheet does not contain, so these
  70 scores are taken as published.
- Who is ranked, and the regions, are those of the sheet. Codes and Chinese titles are ours.
"""


def build() -> dict[str, str]:
    sheet, named = read("results.csv"), read("indicators.csv")
    oecd = [c for c in sheet if c[OECD] == "1"]
    return {
        "season.toml": season_toml(),
        "SOURCE.md": SOURCE_NOTE,
        "contestants.csv": table(
            ("code", "title_en", "kind", "class", "tags", "ranked", "reason_en", "reason_zh", "order"),
            contestants(sheet),
        ),
        "indicators.csv": table(
            (
                *("code", "title_en", "title_zh", "better", "measure", "node", "weight", "score", "unit_en", "unit_zh"),
                *("decimals", "low", "high", "applies_to", "definition_en", "order"),
            ),
            indicators(sheet, named),
        ),
        "readings.csv": table(
            ("contestant", "indicator", "period", "value"),
            (
                {"contestant": c["id"], "indicator": i["code"], "period": PERIOD, "value": fifteen(c[i["column"]])}
                for c in sheet
                for i in named
                if c[i["column"]]
            ),
        ),
        "corrections.csv": table(
            ("contestant", "indicator", "period", "action", "to_indicator", "reason", "source"),
            (
                {
                    "contestant": country,
                    "indicator": source,
                    "period": PERIOD,
                    "action": "move",
                    "to_indicator": to,
                    "reason": "The sheet prints the safely managed figure in the at least basic column.",
                    "source": "Normalised columns of the same sheet",
                }
                for country, source, to in MOVES
            ),
        ),
        "given_scores.csv": table(
            ("contestant", "node", "period", "score", "source"),
            (
                {
                    "contestant": c["id"],
                    "node": f"goal_{goal:02d}",
                    "period": PERIOD,
                    "score": fifteen(c[f"Goal {goal} Score"]),
                    "source": f"Results sheet, column Goal {goal} Score: uses OECD-only values the sheet lacks",
                }
                for goal in GIVEN_GOALS
                for c in oecd
            ),
        ),
    }


if __name__ == "__main__":
    write(EXAMPLES / "sdg-2018", build())
