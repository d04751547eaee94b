"""The ladder as a small drawing: rungs from below, who climbed on the left, who fell on the right."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MOST: Final = 14  # arcs; the table has all
ROW: Final = 46
BOX: Final = 30
LEFT, RIGHT, WIDE = 250, 530, 780


def ladder_svg(
    names: Sequence[str], counts: Sequence[int], steps: Mapping[tuple[int, int], int], words: str
) -> SafeString:
    """``names`` and ``counts`` from below; ``steps`` from level to level, both of them on the ladder.

    Examples
    --------
    >>> drawn = ladder_svg(["Registered", "First"], [9, 2], {(0, 1): 1}, "one climbed")
    >>> drawn.count("ladder-tip"), drawn.count("<rect")
    (1, 2)
    """
    height = ROW * len(names) + 16
    most = max([n for (a, b), n in steps.items() if a != b and min(a, b) >= 0], default=1)

    def y(level: int) -> float:
        return height - 8 - ROW * level - BOX / 2

    boxes = format_html_join(
        "",
        '<rect class="ladder-box" x="{}" y="{}" width="{}" height="{}" rx="6"/>'
        '<text x="{}" y="{}">{}</text><text class="ladder-count" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, y(n) - BOX / 2, RIGHT - LEFT, BOX, LEFT + 12, y(n) + 4, name, RIGHT - 12, y(n) + 4, f"{count:,}")
            for n, (name, count) in enumerate(zip(names, counts, strict=True))
        ),
    )
    moved = [(s, n) for s, n in steps.items() if n and s[0] != s[1] and min(s) >= 0]
    drawn = sorted(sorted(moved, key=lambda m: (-m[1], m[0]))[:MOST])
    arcs = [_arc(a, b, n, most, y(a), y(b)) for (a, b), n in drawn]
    return format_html(
        '<svg class="ladder-flow" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}{}</svg>',
        WIDE,
        height,
        words,
        format_html_join("", "{}", ((arc,) for arc in arcs)),
        boxes,
    )


def _arc(before: int, now: int, count: int, most: int, start: float, end: float) -> SafeString:
    up = now > before
    side, sign = (LEFT, -1) if up else (RIGHT, 1)
    bulge = side + sign * (26 + 30 * (abs(now - before) - 1) + 14)
    width = 1.5 + 7 * sqrt(count / most)
    middle = (start + end) / 2
    return format_html(
        '<path class="{0}" d="M{1} {2} C{3} {2} {3} {4} {5} {4}" stroke-width="{6}"/>'
        '<path class="{0} ladder-tip" d="M{7} {8} L{5} {4} L{7} {9}" stroke-width="2"/>'
        '<text class="soft" x="{10}" y="{11}" text-anchor="{12}">{13}</text>',
        "ladder-up" if up else "ladder-down",
        side,
        f"{start:.1f}",
        f"{bulge:.0f}",
        f"{end:.1f}",
        side,
        f"{width:.1f}",
        side + sign * 9,
        f"{end - 5:.1f}",
        f"{end + 5:.1f}",
        f"{side + sign * (abs(bulge - side) * 0.75 + 6):.0f}",
        f"{middle + 4:.1f}",
        "end" if up else "start",
        f"{count:,}",
    )
