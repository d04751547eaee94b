"""A small season to start from: fictional, complete, evaluable as it stands, and explained key by key."""

import codecs
from pathlib import Path
from typing import Final

from saima.files.csvtext import csv_bytes
from saima.files.writing import write_files
from saima.words import LANGS, Lang, say

# What to explain, and the lines it explains; the sentences are files.new_* in the catalogue
_DOCUMENT: Final[tuple[tuple[str, str], ...]] = (
    ("head", ""),
    ("saima", 'saima = "season/1"'),
    ("code", 'code = "example-2026"'),
    ("title", 'title = { en = "Example season 2026", zh = "2026年示例赛季" }'),
    ("frequency", 'frequency = "month"'),
    ("window", 'window = ["2026-01", "2026-12"]'),
    ("targets_cover", 'targets_cover = ["2026-01", "2026-12"]'),
    ("time_zone", 'time_zone = "Asia/Shanghai"'),
    ("missing", 'missing = "floor"'),
    ("minimum_share", "minimum_share = 0.6"),
    ("weights", 'weights = "percent"'),
    ("overall", 'overall = "composite"'),
    ("counts", 'counts = "verified"'),
    ("decimals", "decimals = 2"),
    ("tie_breakers", 'tie_breakers = ["indicator:talent", "medals"]'),
    ("light_from", "light_from = 1.0"),
    ("illustrative", "illustrative = true"),
    (
        "notice",
        (
            'notice = { en = "Fictional example. All names and figures are invented.",'
            ' zh = "虚构示例，名称和数字均为虚构。" }'
        ),
    ),
    ("publishers", "publishers = []"),
    ("masthead", '[masthead]\norganisation = { en = "Office of the Example City", zh = "示例市办公室" }'),
    (
        "races",
        (
            '[[races]]\ncode = "indicators"\ntitle = { en = "Indicator race", zh = "赛指标" }\n'
            'race = "indicators"\nweight = 100\naggregate = "arithmetic"'
        ),
    ),
    (
        "groups",
        (
            '[[groups]]\ncode = "people"\nparent = "indicators"\ntitle = { en = "People", zh = "人才" }\nweight = 40'
            "\n\n"
            '[[groups]]\ncode = "growth"\nparent = "indicators"\ntitle = { en = "Growth", zh = "发展" }\nweight = 60'
        ),
    ),
    (
        "scores",
        '[[scores]]\ncode = "capped"\nrule = "completion"\nparams = { full = 100, cap = 1.2, over_slope = 0.5 }',
    ),
    ("tiers", '[[tiers]]\ncode = "good"\ntitle = { en = "Good", zh = "良好" }\nat_least = 40'),
    ("progress", '[progress]\nagainst = "previous"'),
)
_CONTESTANTS: Final = (
    ("code", "title_en", "title_zh", "order"),
    ("east", "East Park (fictional)", "东园（虚构）", "1"),
    ("west", "West Park (fictional)", "西园（虚构）", "2"),
    ("north", "North Park (fictional)", "北园（虚构）", "3"),
)
_INDICATORS: Final = (
    ("code", "title_en", "title_zh", "better", "measure", "node", "weight", "score", "unit_en", "unit_zh", "decimals"),
    ("talent", "Talents recruited", "引进人才", "higher", "cumulative", "people", "60", "capped", "persons", "人", "0"),
    (
        "training",
        "People trained",
        "培训人次",
        "higher",
        "cumulative",
        "people",
        "40",
        "capped",
        "persons",
        "人次",
        "0",
    ),
    (
        "firms",
        "New technology firms",
        "新增科技企业",
        "higher",
        "cumulative",
        "growth",
        "50",
        "capped",
        "firms",
        "家",
        "0",
    ),
    ("spend", "R&D spending", "研发投入", "higher", "cumulative", "growth", "50", "capped", "10k yuan", "万元", "1"),
)
_TARGETS: Final = {
    "talent": (120, 90, 60),
    "training": (600, 600, 300),
    "firms": (40, 30, 24),
    "spend": (5000, 4200, 2600),
}
_DONE: Final = {
    "talent": ((9, 19, 30, 44), (8, 15, 22, 29), (3, 8, 14, 21)),
    "training": ((40, 90, 150, 205), (55, 110, 160, 210), (30, 55, 80, 98)),
    "firms": ((2, 5, 9, 12), (3, 5, 8, 11), (1, 3, 5, 9)),
    "spend": (("380.5", "790", "1240", "1702.5"), ("350", "701", "1033.4", "1390"), ("190", "405.2", "640", "871")),
}


def new_season(path: str | Path, lang: Lang) -> None:
    """Write a season folder to start from: three fictional contestants, four indicators, four months of figures.

    Each key of season.toml is explained above it in both languages, ``lang`` first.

    Raises
    ------
    SeasonRefused
        The folder is there and not empty, or cannot be written.
    """
    write_files(start_files(lang), Path(path))


def start_files(lang: Lang) -> dict[str, bytes]:
    """The files of the season to start from."""
    parks = [row[0] for row in _CONTESTANTS[1:]]
    targets = [(park, code, str(of[n])) for code, of in sorted(_TARGETS.items()) for n, park in enumerate(parks)]
    readings = [
        (park, code, f"2026-{month:02d}", str(value), f"2026-{month + 1:02d}-05T09:00:00+08:00")
        for code, of in sorted(_DONE.items())
        for park, values in zip(parks, of, strict=True)
        for month, value in enumerate(values, start=1)
    ]
    tables = {
        "contestants.csv": csv_bytes(_CONTESTANTS[0], _CONTESTANTS[1:]),
        "indicators.csv": csv_bytes(_INDICATORS[0], _INDICATORS[1:]),
        "targets.csv": csv_bytes(("contestant", "indicator", "target"), targets),
        "readings.csv": csv_bytes(("contestant", "indicator", "period", "value", "recorded_at"), readings),
    }
    # Excel takes a CSV for UTF-8 only when it begins with a byte-order mark
    return {"season.toml": _explained(lang).encode()} | {n: codecs.BOM_UTF8 + b for n, b in tables.items()}


def _explained(lang: Lang) -> str:
    order = (lang, *(other for other in LANGS if other != lang))
    blocks = []
    for name, lines in _DOCUMENT:
        comments = [f"# {say(f'files.new_{name}', each)}" for each in order]
        blocks.append("\n".join([*comments, *([lines] if lines else [])]))
    return "\n\n".join(blocks) + "\n"
