"""The fonts of prints: they come with two packages, so that a print does not depend on the machine it is made on."""

from functools import cache
from pathlib import Path
from typing import Final

CHART: Final = "Noto Sans SC"  # static: text inside an SVG falls to the thinnest instance of a variable font


@cache
def folders() -> tuple[Path, ...]:
    """The folders of the two font packages."""
    import manimgx_fonts_cjk
    import pylopdf_fonts_zh_cn

    return tuple(Path(str(module.__file__)).parent for module in (manimgx_fonts_cjk, pylopdf_fonts_zh_cn))
