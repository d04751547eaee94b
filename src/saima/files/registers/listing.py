"""What a list of firms means: which column is the code, which the name, which an item; proposed, and kept as text.

Nothing is looked up here: what a firm may have comes in as a vocabulary, who is meant is the register's to say.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Final, Literal

from saima.engine.errors import Problem, ReadingsRefused
from saima.files.importing.grid import Grid, Sheet, letters
from saima.files.importing.headings import read_heading
from saima.files.importing.layout import Header, find_header, headers, titles
from saima.files.importing.times import find_time
from saima.files.importing.units import find_unit
from saima.files.importing.words_of_tables import NOTE, SERIAL, key

Kind = Literal["yuan", "people", "count", "share", "years", "points", "flag", "day", "code", "status"]
CODE, NAME, PLACE, ADDRESS, SINCE, UNTIL, BATCH, IGNORE = (
    "code",
    "name",
    "place",
    "address",
    "since",
    "until",
    "batch",
    "ignore",
)
STATUS: Final = "status:"  # leads the key of a status that a column marks
OF_LINE: Final = (CODE, NAME, PLACE, ADDRESS, SINCE, UNTIL, BATCH)
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    CODE: ("统一社会信用代码", "社会信用代码", "信用代码", "组织机构代码", "企业代码", "uscc", "credit code", "code",
           "unified social credit code"),
    NAME: ("企业名称", "单位名称", "公司名称", "名称", "企业全称", "单位详细名称", "firm", "name", "company",
           "enterprise"),
    PLACE: ("所属园区", "园区", "所在园区", "属地", "所属区域", "区域", "所在地", "县市区", "镇街", "park", "zone",
            "place"),
    ADDRESS: ("地址", "注册地址", "详细地址", "经营地址", "address"),
    SINCE: ("认定日期", "入库日期", "发证日期", "认定时间", "入库时间", "起始日期", "since", "from"),
    UNTIL: ("有效期至", "截止日期", "到期日", "有效期止", "until", "valid to"),
    BATCH: ("批次", "batch"),
}  # fmt: skip
_ITEM_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "staff": ("从业人员", "职工人数", "员工人数", "从业人数", "期末从业人员", "employees"),
    "tech_staff": ("科技人员", "科技活动人员"),
    "rd_staff": ("研发人员", "r&d人员"),
    "revenue": ("营收", "主营收入", "营业总收入"),
    "rd_spend": ("研发投入", "研发费", "r&d经费", "研发经费", "研究开发费用", "r&d spend"),
    "sales": ("销售额",),
    "total_assets": ("资产总计", "总资产"),
    "total_debt": ("负债合计", "负债总额", "总负债"),
    "ip_class_1": ("i类知识产权", "发明专利", "有效发明专利"),
    "ip_class_2": ("ii类知识产权", "实用新型", "实用新型专利"),
    "industry": ("所属行业", "行业类别", "国民经济行业", "行业代码"),
    "size_class": ("规模", "单位规模", "企业类型规模"),
    "founded": ("成立时间", "注册日期", "注册时间"),
    "closed": ("注销时间",),
    "output": ("总产值", "产值"),
    "tax_paid": ("纳税额", "税收", "实缴税收"),
}  # fmt: skip
_MOST_LOOKED_AT: Final = 60


@dataclass(frozen=True, slots=True)
class Word:
    """A meaning a column may have: its key (``STATUS`` before a status), its kind, the words headers use for it."""

    key: str
    kind: Kind
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: what it means, in which unit, of which period. ``sure`` below 1 marks a guess."""

    at: str
    header: str
    meaning: str = IGNORE
    unit: str = ""
    period: str = ""
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class ListMap:
    """How a list is read: its sheet, its header rows (from 1), its columns, and what stands in no column.

    ``period``: of figures whose header names none. ``status``: what every firm of the list holds, ``since`` and
    ``until`` a day, from ``batch``.
    """

    sheet: str
    rows: tuple[int, ...]
    columns: tuple[ListColumn, ...]
    period: str = ""
    status: str = ""
    since: str = ""
    until: str = ""
    batch: str = ""

    @property
    def digest(self) -> str:
        """What tables with the same headers have in common."""
        return sha256(json.dumps([c.header for c in self.columns], ensure_ascii=False).encode()).hexdigest()

    def dumped(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def parse_list_map(text: str) -> ListMap:
    """The mapping of a ``dumped`` text."""
    read = json.loads(text)
    columns = tuple(ListColumn(**c) for c in read.pop("columns"))
    return ListMap(**{**read, "rows": tuple(read["rows"]), "columns": columns})


def propose_list(grid: Grid, vocabulary: Iterable[Word]) -> ListMap:
    """How a list is probably read.

    Raises
    ------
    ReadingsRefused
        ``register.no_list``: no sheet has a header with a column of codes or names.
    """
    words = _Words(vocabulary)
    best: tuple[int, Sheet, Header] | None = None
    for sheet in grid.sheets:
        if sheet.hidden or not sheet.height or (header := _header(sheet, words)) is None:
            continue
        size = sheet.height - header.first
        if best is None or size > best[0]:
            best = (size, sheet, header)
    if best is None:
        raise ReadingsRefused(Problem("register.no_list", {"name": grid.name}, file=grid.name))
    _, sheet, header = best
    paths = headers(sheet, header.rows)
    above = titles(sheet, header.rows[0])
    general = next((u[0].text for t in above if (u := find_unit(t)) and u[0].family == "money"), "")
    period = next((p for t in (*above, sheet.name) if (p := period_of(t))), "")
    columns = [words.column(letters(c), path, general) for c, path in enumerate(paths) if path]
    return ListMap(sheet.name, tuple(r + 1 for r in header.rows), tuple(_once(columns)), period=period)


def _header(sheet: Sheet, words: "_Words") -> Header | None:
    """The header rows: the last row that names a column of codes or names, with the rows of figures' names around."""
    found = find_header(sheet)
    if found is not None and any(words.leads(part) for path in headers(sheet, found.rows) for part in path):
        return found
    for r in range(min(sheet.height, _MOST_LOOKED_AT)):
        texts = [sheet.at(r, c).text for c in range(sheet.width)]
        if sum(bool(t) for t in texts) >= 2 and any(words.leads(t) for t in texts):
            return Header((r,), r + 1)
    return None


def _once(columns: Sequence[ListColumn]) -> list[ListColumn]:
    """Of two columns that would mean the same of the same period the surer counts, else the first."""
    best: dict[tuple[str, str], ListColumn] = {}
    for c in columns:
        if c.meaning != IGNORE and ((c.meaning, c.period) not in best or c.sure > best[c.meaning, c.period].sure):
            best[c.meaning, c.period] = c
    return [c if c.meaning == IGNORE or best[c.meaning, c.period] is c else replace(c, meaning=IGNORE) for c in columns]


def period_of(text: str) -> str:
    """The period a text names, as the register writes it: 2025, or 2025-04 for what ends with April.

    Examples
    --------
    >>> period_of("2025年"), period_of("2026年1-4月"), period_of("营业收入")
    ('2025', '2026-04', '')
    """
    when = find_time(text)
    if when is None or when.year is None:
        return ""
    whole_year = when.last is None or (when.first == 1 and when.last == 12)
    return str(when.year) if whole_year else f"{when.year}-{when.last:02}"


class _Words:
    """What headers are called, and what they mean."""

    def __init__(self, vocabulary: Iterable[Word]) -> None:
        self._exact: dict[str, str] = {}
        self.kinds: dict[str, Kind] = {}
        for meaning, said in _WORDS.items():
            self._exact.update({key(w): meaning for w in said})
        for word in vocabulary:
            self.kinds[word.key] = word.kind
            for text in (word.key, *word.words, *_ITEM_WORDS.get(word.key, ())):
                self._exact.setdefault(key(text), word.key)
        self._long = sorted((w for w in self._exact if len(w) >= 3 and not w.isascii()), key=lambda w: (-len(w), w))

    def leads(self, text: str) -> bool:
        return self._exact.get(key(text)) in {CODE, NAME}

    def column(self, at: str, path: Sequence[str], general: str) -> ListColumn:
        heading = read_heading(path)
        header = " / ".join(path)
        period = next((p for part in reversed(path) if (p := period_of(part))), "")
        if any(SERIAL.match(part) for part in path):
            return ListColumn(at, header)
        meaning, sure = self._meaning([*heading.whole, *heading.rest, *path])
        kind = self.kinds.get(meaning)
        unit = heading.unit or (general if kind == "yuan" else "")
        if heading.changed or (NOTE.match(path[-1]) and sure < 1):
            meaning = IGNORE
        return ListColumn(at, header, meaning, unit if kind not in {None, "flag", "day", "code"} else "", period, sure)

    def _meaning(self, parts: Sequence[str]) -> tuple[str, float]:
        for part in parts:
            if (found := self._exact.get(key(part))) is not None:
                return found, 1.0
        for part in parts:
            text = key(part)
            inside = next((w for w in self._long if w in text), None)
            if inside is not None:
                return self._exact[inside], 0.7
        return IGNORE, 1.0
