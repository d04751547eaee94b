"""Finds the contestant or indicator a name means: exactly, by its core, or by likeness, with how sure that is."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from saima.engine.model.season import Contestant, Indicator
from saima.files.importing.words_of_tables import key

CERTAIN: Final = 1.0
LIKELY: Final = 0.95  # the same but for a usual ending
PART: Final = 0.85  # one name inside the other, and only one such name
SHORT: Final = 0.75  # the letters of an abbreviation in their order, 高企 for 高新技术企业, and only one such name
_LEAST: Final = 0.72
_LEAD: Final = 0.08  # by which the best must beat the next
_ENDINGS: Final = re.compile(
    r"(管理委员会|管委会|人民政府|经济技术开发区|经济开发区|高新技术产业开发区|高新技术产业园区?|高新区|开发区|工业园区?|产业园区?|科技园区?|"
    r"科创园区?|园区|新区|功能区|街道办事处|街道|自治县|园|县|市|区|镇|乡|"
    r"sciencepark|industrialpark|hightechzone|developmentzone|park|zone|county|district|city|town)$"
)
_BRACKETS: Final = re.compile(r"[(（\[【].*?[)）\]】]")
_NUMBERING: Final = re.compile(r"^\s*(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、]|[①-⑳])\s*")


@dataclass(frozen=True, slots=True)
class Found:
    """A code and how sure the name means it: 1 is certain, below is a guess."""

    code: str
    sure: float


class Names:
    """Names of one kind (contestants or indicators) and their codes."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, str] = {}
        cores: dict[str, set[str]] = {}
        for name, code in names:
            if full := key(name):
                self._exact.setdefault(full, code)
                cores.setdefault(core(name), set()).add(code)
        self._cores = {c: next(iter(codes)) for c, codes in cores.items() if len(codes) == 1 and c}

    @classmethod
    def of(cls, items: Sequence[Contestant] | Sequence[Indicator]) -> "Names":
        return cls((n, i.code) for i in items for n in (i.code, i.title.zh, i.title.en) if n)

    def exactly(self, name: str) -> Found | None:
        """The code of a name word for word, brackets included; a number before it may be left out."""
        code = self._exact.get(key(name)) or self._exact.get(key(_NUMBERING.sub("", name)))
        return Found(code, CERTAIN) if code else None

    def find(self, name: str) -> Found | None:
        """The code a name means and how sure, or None.

        Examples
        --------
        >>> parks = Names([("纸鹤科创园", "crane"), ("Glass Whale Park", "whale")])
        >>> parks.find("纸鹤园区"), parks.find(" glass  whale "), parks.find("合计")
        (Found(code='crane', sure=0.95), Found(code='whale', sure=0.95), None)
        """
        full = key(_NUMBERING.sub("", name))
        for candidate in (key(name), full, key(_BRACKETS.sub("", name))):
            if candidate in self._exact:
                return Found(self._exact[candidate], CERTAIN)
        bare = core(name)
        if not bare:
            return None
        if bare in self._cores:
            return Found(self._cores[bare], LIKELY)
        if len(bare) < 2:
            return None
        inside = {code for c, code in self._cores.items() if len(c) >= 2 and (c in bare or bare in c)}
        if len(inside) == 1 and len(bare) >= 2:
            return Found(inside.pop(), PART)
        if not bare.isascii() and len(bare) <= 6:
            short = {code for c, code in self._cores.items() if len(c) > len(bare) and _abbreviates(bare, c)}
            if len(short) == 1:
                return Found(short.pop(), SHORT)
        return self._alike(bare)

    def _alike(self, bare: str) -> Found | None:
        ratios: dict[str, float] = {}
        for c, code in self._cores.items():
            ratio = difflib.SequenceMatcher(None, bare, c, autojunk=False).ratio()
            ratios[code] = max(ratios.get(code, 0.0), ratio)
        ranked = sorted(ratios.items(), key=lambda item: (-item[1], item[0]))
        if not ranked or ranked[0][1] < _LEAST:
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _LEAD:
            return None
        return Found(ranked[0][0], round(ranked[0][1] * 0.9, 2))


def unnumbered(name: str) -> str:
    """A name without the number before it: 2.研发投入 -> 研发投入."""
    return _NUMBERING.sub("", name)


def _abbreviates(short: str, long: str) -> bool:
    letters = iter(long)
    return short[0] == long[0] and all(c in letters for c in short)


def core(name: str) -> str:
    """A name without numbering, brackets and the usual endings: 纸鹤科创园管委会 -> 纸鹤."""
    bare = key(_BRACKETS.sub("", _NUMBERING.sub("", name)))
    while (shorter := _ENDINGS.sub("", bare)) != bare and len(shorter) >= 2:
        bare = shorter
    return bare
