"""Made-up figures for the style guide; shown only while developing."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest

from saima.server.kit.icons import ICONS

_LANES: Final = (
    ("A", 0.649, 0.78, 0.88, "green", 91.4, 1, 1, 1, "green", (0.1, 0.22, 0.4, 0.649), "good"),
    ("B", 0.58, 0.7, 0.84, "green", 86.0, 2, 3, -1, "yellow", (0.12, 0.3, 0.41, 0.58), "good"),
    ("C", 0.4, 0.62, 0.77, "amber", 84.7, 2, 3, 0, "yellow", (0.1, None, 0.3, 0.4), ""),
    ("D", 0.241, 0.36, 0.55, "red", 68.9, 4, 5, -1, "red", (0.1, 0.12, 0.18, 0.241), "bad"),
    ("E", None, None, None, "grey", None, 4, 5, None, "none", (None, 0.1, 0.12, None), ""),
)
_FIELDS: Final = (
    "name",
    "done",
    "low",
    "high",
    "colour",
    "score",
    "first",
    "last",
    "change",
    "light",
    "past",
    "mood",
)


def style_samples(request: HttpRequest) -> dict[str, Any]:
    lanes = [dict(zip(_FIELDS, lane, strict=True)) | {"note": ".stat-note"} for lane in _LANES]
    return {
        "lanes": lanes,
        "icon_names": sorted(ICONS),
        "notices": (("info", "info"), ("good", "check"), ("warn", "alert"), ("refused", "alert")),
        "page": Paginator(range(240), 25).get_page(request.GET.get("page", 3)),
    }
