"""Small pictures drawn with one stroke width on a 24-unit square, and the house's mark."""

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# name -> strokes; a leading "o" is a circle "o cx cy r".
ICONS: Final[dict[str, tuple[str, ...]]] = {
    "check": ("M4.5 12.5l5 5 10-11",),
    "x": ("M6 6l12 12", "M18 6L6 18"),
    "alert": ("M12 4L2.8 19.5h18.4z", "M12 10v4.5", "M12 17v.2"),
    "info": ("o 12 12 9", "M12 11v5.5", "M12 7.6v.2"),
    "clock": ("o 12 12 9", "M12 7v5.2l3.5 2"),
    "paperclip": (
        "M19.5 11l-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5L13.4 4a3.1 3.1 0 0 1 4.4 4.4l-8 8a1.5 1.5 0 0 1-2.2-2.2L15 6.9",
    ),
    "chat": ("M4 5h16v11h-9l-4.5 4v-4H4z",),
    "search": ("o 10.5 10.5 6.5", "M15.5 15.5L20.5 20.5"),
    "download": ("M12 4v11", "M7.5 11l4.5 4.5 4.5-4.5", "M4.5 19.5h15"),
    "upload": ("M12 15.5V4.5", "M7.5 8.5L12 4l4.5 4.5", "M4.5 19.5h15"),
    "print": ("M7 9V4h10v5", "M7 17H4V9h16v8h-3", "M7 14h10v6H7z"),
    "link": (
        "M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3",
        "M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7L12 17.7",
    ),
    "lock": ("M5.5 11h13v9h-13z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"),
    "unlock": ("M5.5 11h13v9h-13z", "M8.5 11V8a3.5 3.5 0 0 1 6.8-1.2"),
    "user": ("o 12 8 3.8", "M4.5 20c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"),
    "users": (
        "o 9 8 3.4",
        "M2.5 19.5c.7-3.5 3.1-5.3 6.5-5.3s5.8 1.8 6.5 5.3",
        "M15.5 4.9a3.4 3.4 0 0 1 0 6.2",
        "M17.5 14.6c2.2.6 3.6 2.2 4 4.9",
    ),
    "flag": ("M5.5 21V4", "M5.5 4.5h12.5l-2.5 4 2.5 4H5.5"),
    "arrow-right": ("M4.5 12h14.5", "M13.5 6.5L19 12l-5.5 5.5"),
    "arrow-left": ("M19.5 12H5", "M10.5 6.5L5 12l5.5 5.5"),
    "arrow-up": ("M12 19.5V5", "M6.5 10.5L12 5l5.5 5.5"),
    "arrow-down": ("M12 4.5V19", "M6.5 13.5L12 19l5.5-5.5"),
    "chevron-down": ("M6 9.5l6 6 6-6",),
    "chevron-right": ("M9.5 6l6 6-6 6",),
    "edit": ("M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19z", "M13.5 7l3.5 3.5"),
    "plus": ("M12 5v14", "M5 12h14"),
    "minus": ("M5 12h14",),
    "trash": ("M4.5 7h15", "M9 7V4h6v3", "M6.5 7l1 13h9l1-13", "M10 11v5.5", "M14 11v5.5"),
    "eye": ("M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5S5 16.5 2.5 12z", "o 12 12 2.8"),
    "undo": ("M8.5 5L4 9.5 8.5 14", "M4 9.5h9.5a5.5 5.5 0 0 1 0 11H9"),
    "refresh": ("M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.3", "M20 4.5v4.8h-4.8"),
    "calendar": ("M4 6h16v14H4z", "M4 10.5h16", "M8.5 3.5V8", "M15.5 3.5V8"),
    "chart": ("M4.5 20V4", "M4.5 20H20.5", "M9 16.5v-5", "M13 16.5V8", "M17 16.5v-3"),
    "list": ("M9 6h11", "M9 12h11", "M9 18h11", "M4.5 6v.1", "M4.5 12v.1", "M4.5 18v.1"),
    "table": ("M4 5h16v14H4z", "M4 10h16", "M10 5v14"),
    "settings": (
        "M4 7h9",
        "M17.5 7H20",
        "o 15.2 7 2.3",
        "M4 17h2.5",
        "M11 17h9",
        "o 8.7 17 2.3",
    ),
    "shield": ("M12 3.5l7.5 2.8v5.2c0 4.4-2.9 7.7-7.5 9.3-4.6-1.6-7.5-4.9-7.5-9.3V6.3z", "M8.8 12l2.3 2.3 4.2-4.5"),
    "home": ("M3.5 11.5L12 4l8.5 7.5", "M6 9.8V20h12V9.8", "M10 20v-5.5h4V20"),
    "star": ("M12 4l2.5 5.2 5.7.8-4.1 4 1 5.7L12 17l-5.1 2.7 1-5.7-4.1-4 5.7-.8z",),
    "sign-out": ("M10 4.5H5v15h5", "M10 12h10", "M16 8l4 4-4 4"),
    "sun": (
        "o 12 12 4",
        "M12 3v2",
        "M12 19v2",
        "M3 12h2",
        "M19 12h2",
        "M5.6 5.6L7 7",
        "M17 17l1.4 1.4",
        "M18.4 5.6L17 7",
        "M7 17l-1.4 1.4",
    ),
    "moon": ("M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",),
    "contrast": ("o 12 12 8.5", "M12 3.5v17", "M12 8l5.5-1.5", "M12 12.5l8-2", "M12 17l6.5-1.5"),
    "copy": ("M9 9h11v11H9z", "M15 9V4H4v11h5"),
    "file": ("M6 3.5h8l4.5 4.5v12.5H6z", "M14 3.5V8h4.5"),
    "mail": ("M3.5 5.5h17v13h-17z", "M3.5 7l8.5 6 8.5-6"),
    "keyboard": ("M3 6.5h18v11H3z", "M7 10v.1", "M10.5 10v.1", "M14 10v.1", "M17.5 10v.1", "M8 14h8"),
    "filter": ("M4 5h16l-6 7.5V19l-4-2v-4.5z",),
    "history": ("M4.5 12a7.5 7.5 0 1 0 2.2-5.3L4 9.3", "M4 4.5v4.8h4.8", "M12 8v4.3l3 1.8"),
    "trophy": (
        "M7.5 4h9v6a4.5 4.5 0 0 1-9 0z",
        "M7.5 6H4c0 3.5 1.3 5 3.7 5.3",
        "M16.5 6H20c0 3.5-1.3 5-3.7 5.3",
        "M12 14.5V18",
        "M8.5 20.5h7",
    ),
    "help": ("o 12 12 9", "M9.5 9.5a2.5 2.5 0 1 1 3.8 2.1c-.9.6-1.3 1.1-1.3 2.1", "M12 16.7v.2"),
}
MARK: Final = (
    "M10 28.5c-.7-8.7.3-15.7 7.7-19L16.5 4.5l5.3 3.4c4 1.9 6 5.7 8.2 9.9.8 1.5.5 3.1-.9 3.7"
    "-1.2.5-2.3.2-3.3-.5-1.4-1-2.9-1.2-4.2-.6-1.8.7-2.1 2.4-1.4 4.6l1.1 3.5"
)
MANE: Final = "M4.5 24c0-5.7 1.5-10.4 4.7-13.8"


def _stroke(text: str) -> str:
    if text.startswith("o "):
        x, y, r = text[2:].split()
        return f'<circle cx="{x}" cy="{y}" r="{r}"/>'
    return f'<path d="{text}"/>'


def icon_svg(name: str, label: str = "") -> SafeString:
    """One picture as inline SVG; silent for readers unless it has a ``label`` of its own.

    Raises
    ------
    KeyError
        No such picture: a programming fault.
    """
    strokes = mark_safe("".join(_stroke(s) for s in ICONS[name]))  # noqa: S308 - our own literals
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
        'stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        spoken,
        strokes,
    )


def mark_svg() -> SafeString:
    """The horse's head."""
    return format_html(
        '<svg class="mark" viewBox="0 0 34 32" width="34" height="32" fill="none" stroke="currentColor" '
        'stroke-width="2.3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        '<path d="{}"/><path d="{}" opacity="0.7"/></svg>',
        MARK,
        MANE,
    )
