"""The charts a print carries, in the order of the print, with the sentence that says what each shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Final

from saima.engine.model.evaluation import Evaluation

ORDER: Final = ("track", "intervals", "bump", "lights", "gap")
MOST_SIDE_BY_SIDE: Final = 12  # contestants
_LABEL: Final = re.compile(r'aria-label="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Picture:
    svg: str
    alt: str
    wide: bool  # over the whole width of the text


def pictures(evaluation: Evaluation, charts: Mapping[str, str]) -> tuple[Picture, ...]:
    """The charts of ``saima.press.page.draw_charts``; single tracks as they come, after the whole one."""
    many = len(evaluation.season.contestants) > MOST_SIDE_BY_SIDE
    keys = sorted(charts, key=lambda key: ORDER.index(key.partition("-")[0]))  # equal ones stay in their order
    return tuple(Picture(charts[key], _said(charts[key]), many or key not in {"intervals", "bump"}) for key in keys)


def _said(svg: str) -> str:
    found = _LABEL.search(svg)
    return unescape(found[1]) if found else ""
