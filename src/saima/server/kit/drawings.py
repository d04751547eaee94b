"""Small drawings as inline SVG: the race track, the strip of possible ranks, the line of past values.

Lengths are percentages of the drawing, so that it fits any width undistorted; colours come from the style sheet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

COLOURS: Final = {"yellow": "amber", "": "blue", "none": "grey"}
LANE_ROOM: Final = 97.0  # the finish line stands here when nobody has passed it: the flag needs room
EMPTY: Final = mark_safe("")


def colour_of(name: str) -> str:
    """Names of lights and of pills are both understood."""
    return COLOURS.get(name, name)


def _pc(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def track_svg(
    *,
    done: float | None,
    due: float | None = None,
    low: float | None = None,
    high: float | None = None,
    colour: str = "blue",
    finish: float | None = 1.0,
    most: float = 0.0,
    words: str = "",
) -> SafeString:
    """One lane of the race track: what is done, what is due by now, where the year may end, the finish line.

    Parameters
    ----------
    done, due, low, high : shares of the year's target (0.649 = 64.9 %); None where there is none.
    finish : where the line stands, None for a lane without one.
    most : the longest share of all lanes side by side, so that they share one scale.
    words : what the picture says, for those who do not see it.

    Examples
    --------
    >>> "track-done" in track_svg(done=0.649, due=1 / 3, colour="green", words="64.9 % done")
    True
    """
    end = max([1.0, most, *(v for v in (done, due, low, high, finish) if v is not None)])
    scale = LANE_ROOM / end

    def at(value: float) -> float:
        return max(0.0, min(value, end)) * scale

    parts = [mark_safe('<rect class="track-lane" x="0" y="8" width="100%" height="12" rx="6"/>')]
    hue = colour_of(colour)
    if low is not None and high is not None and at(high) > at(low):
        parts.append(
            format_html(
                '<rect class="track-band" x="{0}" y="8" width="{1}" height="12" rx="2" fill="url(#hatch-{2})"/>'
                '<rect class="track-band-edge" x="{0}" y="8" width="{1}" height="12" rx="2"/>',
                _pc(at(low)),
                _pc(at(high) - at(low)),
                hue,
            )
        )
    if done is not None and done > 0:
        parts.append(
            format_html('<rect class="track-done" x="0" y="8" width="{}" height="12" rx="6"/>', _pc(max(at(done), 1.0)))
        )
    if finish is not None:
        x = _pc(at(finish))
        parts.append(
            format_html(
                '<line class="track-flag" x1="{0}" y1="4" x2="{0}" y2="24" transform="translate(1.5 0)"/>'
                '<line class="track-finish-a" x1="{0}" y1="4" x2="{0}" y2="25"/>'
                '<line class="track-finish-b" x1="{0}" y1="4" x2="{0}" y2="25" transform="translate(3 0)"/>',
                x,
            )
        )
    if due is not None:
        x = _pc(at(due))
        parts.append(
            format_html(
                '<line class="track-halo" x1="{0}" y1="3" x2="{0}" y2="25"/>'
                '<line class="track-due" x1="{0}" y1="3" x2="{0}" y2="25"/>',
                x,
            )
        )
    return format_html(
        '<svg class="track track-{}" width="100%" height="28" role="img" aria-label="{}" focusable="false">{}</svg>',
        hue,
        words,
        _joined(parts),
    )


def rank_interval_svg(low: int, high: int, of: int, rank: int | None = None, words: str = "") -> SafeString:
    """A line of places 1 to ``of``: the band of ranks that are likely, and the rank itself as a dot.

    Examples
    --------
    >>> rank_interval_svg(2, 3, 5, rank=2, words="2 to 3 of 5").count("<circle")
    1
    """

    def at(place: float) -> str:
        return _pc(6 + 88 * (place - 1) / max(of - 1, 1))

    ticks = [
        format_html('<line class="rank-strip-tick" x1="{0}" y1="5" x2="{0}" y2="11"/>', at(n))
        for n in range(1, of + 1)
        if of <= 30
    ]
    band = EMPTY
    if high > low:
        band = format_html('<line class="rank-strip-band" x1="{}" y1="8" x2="{}" y2="8"/>', at(low), at(high))
    dot = EMPTY
    if rank is not None:
        dot = format_html('<circle class="rank-strip-dot" cx="{}" cy="8" r="5"/>', at(rank))
    return format_html(
        '<svg class="rank-strip" width="100%" height="16" role="img" aria-label="{}" focusable="false">'
        '<line class="rank-strip-lane" x1="{}" y1="8" x2="{}" y2="8"/>{}{}{}</svg>',
        words,
        at(1),
        at(max(of, 1)),
        _joined(ticks),
        band,
        dot,
    )


def spark_svg(values: Sequence[float | None], words: str = "") -> SafeString:
    """A line through past values with gaps where there is none, and a dot on the newest.

    Examples
    --------
    >>> spark_svg([1, 2, None, 4]).count("M")
    2
    >>> spark_svg([])
    ''
    """
    known = [v for v in values if v is not None and v == v]  # noqa: PLR0124 - leaves NaN out
    if not known:
        return EMPTY
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = 80 / max(len(values) - 1, 1)
    path, pen_up, last = [], True, (0.0, 0.0)
    for n, value in enumerate(values):
        if value is None or value != value:  # noqa: PLR0124
            pen_up = True
            continue
        last = (4 + n * step, 20 - 16 * (value - low) / span)
        path.append(f"{'M' if pen_up else 'L'}{last[0]:.1f} {last[1]:.1f}")
        pen_up = False
    return format_html(
        '<svg class="spark" viewBox="0 0 88 24" width="88" height="24" focusable="false" {}>'
        '<path class="spark-line" d="{}"/><circle class="spark-dot" cx="{}" cy="{}" r="2.6"/></svg>',
        format_html('role="img" aria-label="{}"', words) if words else mark_safe('aria-hidden="true"'),
        " ".join(path),
        f"{last[0]:.1f}",
        f"{last[1]:.1f}",
    )


def meter_svg(part: float, whole: float, words: str = "") -> SafeString:
    """How much of a thing is there: 14 of 18 cells filled."""
    share = 0.0 if whole <= 0 else max(0.0, min(part / whole, 1.0))
    full = "meter-full" if share >= 1 else "meter-done"
    done = format_html('<rect class="{}" width="{}" height="8" rx="4"/>', full, _pc(share * 100)) if share else EMPTY
    return format_html(
        '<svg class="meter" width="100%" height="8" focusable="false" {}>'
        '<rect class="meter-lane" width="100%" height="8" rx="4"/>{}</svg>',
        format_html('role="img" aria-label="{}"', words) if words else mark_safe('aria-hidden="true"'),
        done,
    )


def days_svg(*, due: float, done: float | None, now: float | None, tone: str = "grey", words: str = "") -> SafeString:
    """One line of a timetable: the day something is due, the day it was done, today. Shares of the whole span.

    Examples
    --------
    >>> "days-red" in days_svg(due=0.4, done=None, now=0.6, tone="red", words="due 20 March")
    True
    """

    def at(share: float) -> str:
        return _pc(1 + 98 * max(0.0, min(share, 1.0)))

    parts = [mark_safe('<rect class="track-lane" x="0" y="9" width="100%" height="6" rx="3"/>')]
    if now is not None and 0 <= now <= 1:
        parts.append(format_html('<line class="days-now" x1="{0}" x2="{0}" y1="0" y2="24"/>', at(now)))
    late = done if done is not None else now
    if late is not None and late > due and tone != "grey":
        parts.append(
            format_html('<line class="days-late" x1="{}" x2="{}" y1="12" y2="12"/>', at(due), at(min(late, 1.0)))
        )
    parts.append(format_html('<line class="track-due" x1="{0}" x2="{0}" y1="4" y2="20"/>', at(due)))
    if done is not None:
        parts.append(format_html('<circle class="days-done" cx="{}" cy="12" r="5"/>', at(done)))
    return format_html(
        '<svg class="days days-{}" width="100%" height="24" role="img" aria-label="{}" focusable="false">{}</svg>',
        colour_of(tone),
        words,
        _joined(parts),
    )


def axis_svg(ticks: Sequence[tuple[float, str]]) -> SafeString:
    """Names along a span, each where it begins; for the eye only, the lines say their days themselves.

    Examples
    --------
    >>> axis_svg([(0.0, "Jan"), (0.5, "Feb")]).count("<text")
    2
    """
    return format_html(
        '<svg class="days-axis" width="100%" height="18" aria-hidden="true" focusable="false">{}</svg>',
        format_html_join("", '<text x="{}" y="13">{}</text>', ((_pc(1 + 98 * share), said) for share, said in ticks)),
    )


SHAPES: Final = {  # colour and shape: a disc, a triangle, a square, a ring
    "green": '<circle cx="12" cy="12" r="9.5"/><path class="light-cut" d="M7.5 12.5l3 3 6-6.5"/>',
    "yellow": '<path d="M12 2.5L22.5 21h-21z"/><path class="light-cut" d="M12 9.5v5M12 17.8v.2"/>',
    "red": '<rect x="2.5" y="2.5" width="19" height="19" rx="3"/><path class="light-cut" d="M8 8l8 8M16 8l-8 8"/>',
    "none": '<circle cx="12" cy="12" r="8.5" stroke-width="2" stroke-dasharray="3.5 3"/>',
}


def light_svg(colour: str, words: str) -> SafeString:
    """A light: a colour, a shape of its own, and words for those who see neither."""
    return format_html(
        '<span class="light light-{0}"><svg class="light-shape" viewBox="0 0 24 24" width="18" height="18" '
        'aria-hidden="true" focusable="false">{1}</svg><span class="visually-hidden">{2}</span></span>',
        colour,
        mark_safe(SHAPES[colour]),  # noqa: S308 - our own literals
        words,
    )


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((p,) for p in parts))


def gantt_lane_svg(
    *,
    room: float,
    start: float,
    end: float,
    done: float,
    critical: bool,
    today: float,
    deadline: float,
    months: Sequence[float] = (),
    words: str = "",
) -> SafeString:
    """One task of a plan: the room to begin in as a line, its latest days as a bar, filled as far as it is done.

    A critical task has a heavy edge and a notch at its end, so that it is told apart without colour. Places are shares
    of the width.
    """

    def at(value: float) -> str:
        return _pc(max(0.0, min(value, 1.0)) * 100)

    parts = [format_html('<line class="gantt-month" x1="{0}" y1="0" x2="{0}" y2="26"/>', at(x)) for x in months]
    if room < start:
        parts.append(format_html('<line class="gantt-room" x1="{}" y1="13" x2="{}" y2="13"/>', at(room), at(start)))
    edge = "gantt-bar gantt-critical" if critical else "gantt-bar"
    parts.append(
        format_html('<rect class="{}" x="{}" y="6" width="{}" height="14" rx="3"/>', edge, at(start), at(end - start))
    )
    if done > start:
        parts.append(
            format_html(
                '<rect class="gantt-done" x="{}" y="6" width="{}" height="14" rx="3"/>', at(start), at(done - start)
            )
        )
    if critical:
        parts.append(format_html('<line class="gantt-notch" x1="{0}" y1="2" x2="{0}" y2="24"/>', at(end)))
    parts.append(format_html('<line class="gantt-today" x1="{0}" y1="0" x2="{0}" y2="26"/>', at(today)))
    parts.append(format_html('<line class="gantt-deadline" x1="{0}" y1="0" x2="{0}" y2="26"/>', at(deadline)))
    return format_html(
        '<svg class="gantt" width="100%" height="26" role="img" aria-label="{}" focusable="false">{}</svg>',
        words,
        _joined(parts),
    )


def gantt_head_svg(months: Sequence[tuple[float, str]]) -> SafeString:
    """The names of the months above the bars of a plan; decoration, since every bar says its days."""
    parts = [
        format_html('<text class="gantt-name" x="{}" y="12" dx="3">{}</text>', _pc(x * 100), name) for x, name in months
    ]
    return format_html(
        '<svg class="gantt-head" width="100%" height="16" aria-hidden="true" focusable="false">{}</svg>', _joined(parts)
    )


@dataclass(frozen=True, slots=True)
class Box:
    """A node of a chain in a picture: where it stands, its name, what stands in it, its tone, where a click leads."""

    key: str
    column: int
    row: int
    name: str
    note: str = ""
    tone: str = "grey"
    mark: str = ""
    href: str = ""
    here: bool = False


_BOX: Final = (168, 64)  # width and height
_ROOM: Final = (56, 22)  # between boxes


def chain_svg(boxes: Sequence[Box], links: Sequence[tuple[str, str]], words: str) -> SafeString:
    """Nodes as boxes in columns, links as curves from left to right. Every box is a link with its whole name as words.

    A gap is told apart without colour: empty nodes have a dashed edge, a mark stands in the corner.

    Examples
    --------
    >>> two = [Box("a", 0, 0, "Ore", href="?node=a"), Box("b", 1, 0, "Magnet")]
    >>> drawn = chain_svg(two, [("a", "b")], "Ore leads to magnet")
    >>> drawn.count("<rect"), drawn.count("<path"), 'href="?node=a"' in drawn
    (2, 1, True)
    """
    at = {b.key: (4 + b.column * (_BOX[0] + _ROOM[0]), 4 + b.row * (_BOX[1] + _ROOM[1])) for b in boxes}
    width = 8 + max((x for x, _ in at.values()), default=0) + _BOX[0]
    height = 8 + max((y for _, y in at.values()), default=0) + _BOX[1]
    parts = [_curve(at[a], at[b]) for a, b in links if a in at and b in at]
    parts += [_box(b, *at[b.key]) for b in boxes]
    return format_html(
        '<svg class="chain" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="group" aria-label="{2}" '
        'focusable="false">{3}</svg>',
        width,
        height,
        words,
        _joined(parts),
    )


def _curve(start: tuple[int, int], end: tuple[int, int]) -> SafeString:
    x1, y1, x2, y2 = start[0] + _BOX[0], start[1] + _BOX[1] // 2, end[0], end[1] + _BOX[1] // 2
    bend = max(24, (x2 - x1) // 2)
    return format_html(
        '<path class="chain-link" d="M{0} {1}C{2} {1} {3} {4} {5} {4}"/>', x1, y1, x1 + bend, x2 - bend, y2, x2
    )


def _box(box: Box, x: int, y: int) -> SafeString:
    lines = _lines(box.name)
    text = format_html_join(
        "",
        '<text class="chain-name" x="{}" y="{}">{}</text>',
        ((x + 10, y + 20 + 15 * n, line) for n, line in enumerate(lines)),
    )
    inside = format_html(
        '<title>{}</title><rect class="chain-box" x="{}" y="{}" width="{}" height="{}" rx="6"/>{}'
        '<text class="chain-note" x="{}" y="{}">{}</text>{}',
        f"{box.name}: {box.note}" if box.note else box.name,
        x,
        y,
        _BOX[0],
        _BOX[1],
        text,
        x + 10,
        y + _BOX[1] - 9,
        box.note,
        format_html('<text class="chain-mark" x="{}" y="{}">{}</text>', x + _BOX[0] - 10, y + 20, box.mark)
        if box.mark
        else EMPTY,
    )
    named = f"chain-node chain-{colour_of(box.tone)}" + (" chain-here" if box.here else "")
    if not box.href:
        return format_html('<g class="{}">{}</g>', named, inside)
    return format_html('<a class="{}" href="{}">{}</a>', named, box.href, inside)


def _lines(name: str, room: int = 21) -> list[str]:
    """A name in at most two lines; a Chinese sign takes the room of two letters.

    >>> _lines("Permanent magnet materials"), _lines("\u6c38\u78c1\u6750\u6599")
    (['Permanent magnet', 'materials'], ['\u6c38\u78c1\u6750\u6599'])
    """
    lines, width = [""], 0.0
    for word in re.findall(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+", name):
        wide = sum(2 if c > "\u2e80" else 1 for c in word.rstrip())
        if width and width + wide > room:
            lines.append("")
            width = 0.0
        lines[-1] += word
        width += sum(2 if c > "\u2e80" else 1 for c in word)
    lines = [line.strip() for line in lines]
    return lines if len(lines) <= 2 else [lines[0], lines[1][: room // 2 - 1] + "\u2026"]
