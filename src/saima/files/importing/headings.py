"""What one column header says: its role, unit and time taken away, and the name that is left."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from saima.files.importing import words_of_tables as words
from saima.files.importing.mapping import Role
from saima.files.importing.times import find_time, without_time
from saima.files.importing.units import find_unit, parse_unit

_EDGES: Final = " /-—–_:,;.·"
_EMPTY: Final = re.compile(r"\(\s*\)")
_ROLES: Final[tuple[tuple[re.Pattern[str], Role, int], ...]] = (
    (words.RANK, "rank", 0),
    (words.COMPLETION, "completion", 0),
    (words.LAST_YEAR, "value", -1),
    (words.BASELINE, "baseline", 0),
    (words.TARGET, "target", 0),
    (words.MONTH_ONLY, "month_value", 0),
    (words.CUMULATIVE, "value", 0),
    (words.VALUE, "value", 0),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """``rest`` holds what is left of each part, the lowest first; ``changed``: it speaks of a change (同比)."""

    role: Role | None
    year_shift: int
    unit: str
    timed: bool
    changed: bool
    rest: tuple[str, ...]
    whole: tuple[str, ...]  # the parts without unit and time only


def read_heading(path: Sequence[str], units: Mapping[str, Decimal] | None = None) -> Heading:
    """The role, unit and remaining names of a header path.

    Examples
    --------
    >>> read_heading(["研发投入（亿元）", "1-4月累计完成"]).rest, read_heading(["研发投入（亿元）", "年度目标"]).role
    (('研发投入',), 'target')
    >>> read_heading(["研发投入", "完成率%"]).rest, read_heading(["高新增速%"]).unit
    (('研发投入',), '%')
    """
    role: Role | None = None
    shift = 0
    unit = ""
    timed = changed = False
    rest: list[str] = []
    whole: list[str] = []
    for part in reversed(path):
        text = words.narrow(part)
        if len(path) > 1 and (alone := parse_unit(text, units)) and not words.NOTE.match(text):
            unit = unit or alone.text
            continue
        if found := find_unit(text, units):
            unit, text = unit or found[0].text, found[1]
        elif text.endswith("%") and len(text) > 1:  # 完成率%, growth %
            unit, text = unit or "%", text[:-1]
        if find_time(text):
            timed, text = True, without_time(text, "")
        text = _trimmed(text)
        if text:
            whole.append(text)
        for shape, says, by in _ROLES:
            if hit := shape.search(text):
                if role is None or (
                    role == "value" and says in {"month_value", "completion", "target", "baseline", "rank"}
                ):
                    role, shift = says, by or shift
                text = _trimmed(text[: hit.start()] + " " + text[hit.end() :])
                if says == "value":
                    text = _trimmed(words.VALUE.sub(" ", text))
                break
        if words.CHANGE.search(text):
            changed = True
            text = _trimmed(words.CHANGE.sub("", text))
        if text:
            rest.append(text)
    return Heading(role, shift, unit, timed, changed, tuple(rest), tuple(whole))


def _trimmed(text: str) -> str:
    """Without the punctuation and the empty or lonely brackets that what was taken away leaves behind."""
    text = _EMPTY.sub(" ", text).strip(_EDGES)
    if text.count("(") != text.count(")") or (text.startswith("(") and text.endswith(")")):
        return text.strip(_EDGES + "()")
    return text


def role_of(text: str) -> tuple[Role, int] | None:
    """The role a row's own label says (目标, 完成数, 完成率), and its year shift."""
    text = words.narrow(text)
    for shape, says, by in _ROLES:
        if shape.search(text):
            return says, by
    return None


def is_aside(name: str, more: Sequence[str] = ()) -> str:
    """Whether a row's name is no contestant: "total", "subtotal", "average", "note", "weight", "own" or ""."""
    text = words.narrow(name).strip()
    if more and words.key(text) in {words.key(m) for m in more}:
        return "own"
    return aside_said(text)


def aside_said(text: str) -> str:
    """The same of a name that is narrow already, but for ``own``."""
    bare = text.replace(" ", "") if not text.isascii() else text
    if words.SUBTOTAL.match(bare):
        return "subtotal"
    if words.TOTAL.match(bare):
        return "total"
    if words.AVERAGE.match(bare):
        return "average"
    if words.FOOTNOTE.match(text):
        return "note"
    if bare.casefold() in {"权重", "分值", "满分", "weight", "计量单位"}:
        return "weight"
    return ""


def is_part(name: str) -> bool:
    """Whether a row under the contestants says a part of the row above (其中：飞地) or how it changed (增长率)."""
    return bool(words.PART.match(words.narrow(name)))
