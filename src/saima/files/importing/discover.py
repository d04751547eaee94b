"""Which contestants and indicators a table names, when there is no season yet to compare with."""

from collections.abc import Sequence
from dataclasses import dataclass

from saima.files.importing import words_of_tables as words
from saima.files.importing.grid import Grid, Sheet
from saima.files.importing.headings import is_aside, is_part, read_heading, role_of
from saima.files.importing.layout import figured, find_header, headers, titles
from saima.files.importing.times import find_time, without_time
from saima.files.importing.units import find_unit, parse_unit

_MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Discovered:
    """Names in the order the table gives them."""

    contestants: tuple[str, ...]
    indicators: tuple[str, ...]


def discover(grid: Grid) -> Discovered:
    """Names of contestants and indicators from headers, key columns and sheet names."""
    contestants: dict[str, str] = {}
    indicators: dict[str, str] = {}
    for sheet in grid.sheets:
        if sheet.hidden or not sheet.height:
            continue
        for who, into in zip(_of_sheet(sheet), (contestants, indicators), strict=True):
            for name in who:
                into.setdefault(words.key(name), name)
    return Discovered(tuple(contestants.values()), tuple(indicators.values()))


def _of_sheet(sheet: Sheet) -> tuple[list[str], list[str]]:
    header = find_header(sheet)
    if header is None:
        return [], []
    paths = headers(sheet, header.rows)
    last = min(sheet.height, header.first + _MOST_ROWS)
    by_header: dict[str, list[str]] = {}
    figures: list[int] = []
    named_by = ""
    unnamed: list[list[str]] = []
    for c, path in enumerate(paths):
        cells = [sheet.shown(r, c) for r in range(header.first, last) if is_aside(sheet.at(r, 0).text) != "note"]
        filled = [x for x in cells if not x.empty]
        head = path[-1] if path else ""
        if not filled or words.SERIAL.match(head) or words.NOTE.match(head) or words.PERIOD.match(head):
            continue
        if sum(figured(x) for x in filled) * 2 > len(filled):
            figures.append(c)
            continue
        texts = [t for x in filled if (t := words.narrow(x.text)) and not is_aside(t)]
        if not texts or sum(parse_unit(t) is not None for t in texts) >= 0.8 * len(texts):
            continue
        if all(find_time(t) for t in texts) or all(role_of(t) for t in texts):
            continue
        if words.INDICATOR.match(head):
            by_header.setdefault("indicator", list(dict.fromkeys(texts)))
        elif words.CONTESTANT.match(head):
            headed = (t for t in texts if not (is_part(t) or words.CONTESTANT.match(t) or find_time(t)))
            names = list(dict.fromkeys(headed))  # without the title and the header of a table below
            known = by_header.setdefault("contestant", names)
            if figures and known is not names and head == named_by:  # a table beside the first one
                known.extend(n for n in names if n not in known)
            named_by = named_by or head
        else:
            unnamed.append(list(dict.fromkeys(texts)))
    if not by_header and unnamed:
        by_header["contestant"] = unnamed[0]
    rests: dict[str, None] = {}
    headings = [read_heading(paths[c]) for c in figures]
    measured = {"".join(reversed(h.rest)) for h in headings if h.role != "completion"}
    for heading in headings:
        if heading.role == "rank" or heading.changed or any(is_aside(t) for t in heading.whole):
            continue
        name = "".join(reversed(heading.rest))
        if name and heading.role == "completion" and name not in measured:
            name = "".join(reversed(heading.whole))  # the rate is all the table gives, so it is the indicator
        if name:
            rests.setdefault(name)
    contestants, indicators = by_header.get("contestant", []), by_header.get("indicator", [])
    if indicators and not contestants:
        contestants = list(rests) or _named(sheet, titles(sheet, header.rows[0]))
    elif contestants and not indicators:
        indicators = list(rests) or _named(sheet, titles(sheet, header.rows[0]))
    return contestants, indicators


def _named(sheet: Sheet, above: Sequence[str]) -> list[str]:
    """The sheet's own name, or its title, without time and unit."""
    for given in (sheet.name, *above):
        found = find_unit(given)
        timeless = without_time(found[1] if found else given, "").strip(" /-—_:")
        text = words.CUMULATIVE.sub("", words.VALUE.sub("", timeless)).strip(" /-—_:")
        if text and not words.key(text).startswith(("sheet", "工作表")):
            return [text]
    return []
