"""A proposal and a result as a person reads them in a terminal: certain, guessed, not placed."""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from saima.files.importing.grid import Grid
from saima.files.importing.mapping import Alias, Column, Mapping, SheetMap
from saima.files.importing.merging import Counts
from saima.files.importing.names import CERTAIN
from saima.files.importing.result import ImportResult
from saima.words import Lang, say


def show(mapping: Mapping, grid: Grid, lang: Lang) -> RenderableType:
    """The mapping as tables: one per kind of sheet, the names that were matched, and what found no place."""
    names = [s.name for s in grid.sheets if not s.hidden]
    parts: list[RenderableType] = [_sheet(sheet, names, lang) for sheet in mapping.sheets]
    guesses = sum(c.sure < CERTAIN for s in mapping.sheets for c in s.columns)
    for aliases in (mapping.contestants, mapping.indicators):
        guesses += sum(a.sure < CERTAIN for a in aliases)
    if mapping.contestants or mapping.indicators:
        parts.append(_names([*mapping.contestants, *mapping.indicators], lang))
    if mapping.unplaced:
        parts.append(Line(f"\n{say('import.show_unplaced', lang)}", style="bold red"))
        parts.extend(Line(f"  ? {name}", style="red") for name in mapping.unplaced)
    if guesses:
        parts.append(Line(say("import.show_guesses", lang, count=guesses), style="yellow"))
    elif not mapping.unplaced:
        parts.append(Line(say("import.show_all_certain", lang), style="green"))
    return Group(*parts)


def summary(result: ImportResult, lang: Lang, counts: Counts | None = None) -> tuple[str, ...]:
    """What an import read, in whole sentences: figures, periods, what is absent, and what a merge would do."""
    c = result.coverage
    said = [
        say(
            "import.summary",
            lang,
            readings=c.readings,
            targets=c.targets,
            cells=c.cells,
            skipped=c.skipped,
            refused=c.refused,
        )
    ]
    if c.periods:
        said.append(say("import.summary_periods", lang, periods=tuple(map(str, c.periods))))
    if c.absent:
        said.append(say("import.summary_absent", lang, count=len(c.absent)))
    if counts:
        said.append(
            say(
                "import.merged",
                lang,
                new=counts.new,
                changed=counts.changed,
                unchanged=counts.unchanged,
                refused=counts.refused,
                targets_new=counts.targets_new,
                targets_changed=counts.targets_changed,
                targets_kept=len(counts.targets_kept),
            )
        )
    return tuple(said)


def _sheet(sheet: SheetMap, names: Sequence[str], lang: Lang) -> Table:
    here = names[sheet.position - 1] if 0 < sheet.position <= len(names) else ""
    code = "import.show_numbered_sheet" if here else "import.show_any_sheet"
    label = sheet.name or sheet.pattern or say(code, lang, position=sheet.position, name=here)
    rows = say("import.show_header_rows", lang, rows=tuple(map(str, sheet.header_rows)))
    extra = " ".join(x for x in (sheet.contestant, sheet.indicator, sheet.unit, sheet.period) if x and x != "sheet")
    heading = f"{say('import.show_sheet', lang)} {label}  {rows}  {extra}".rstrip()
    table = Table(title=heading, title_justify="left", title_style="bold")
    for code in ("import.show_header", "import.show_meaning", "import.show_unit", "import.show_sure"):
        table.add_column(say(code, lang), overflow="fold")
    for c in sheet.columns:
        ignored = c.key is None and c.role in {"ignore", "rank"}
        style = "dim" if ignored else "yellow" if c.sure < CERTAIN else ""
        header = Line(f"{c.header} [{c.at}]" if c.at else c.header)
        table.add_row(
            header, Line(_meaning(c, lang)), Line(c.unit), "" if ignored else _sure(c.sure, lang), style=style
        )
    return table


def _meaning(column: Column, lang: Lang) -> str:
    if column.key:
        return say(f"import.show_key_{column.key}", lang)
    if column.role == "ignore":
        return say("import.show_not_read", lang)
    parts = [column.contestant, column.indicator, say(f"import.show_role_{column.role}", lang)]
    if column.year_shift:
        parts.append(say("import.show_last_year", lang))
    return " · ".join(p for p in parts if p)


def _sure(sure: float, lang: Lang) -> str:
    if sure >= CERTAIN:
        return say("import.show_certain", lang)
    return say("import.show_guess", lang, percent=round(sure * 100))


def _names(aliases: Iterable[Alias], lang: Lang) -> Table:
    table = Table(title=say("import.show_names", lang), title_justify="left", title_style="bold")
    for code in ("import.show_name", "import.show_meaning", "import.show_sure"):
        table.add_column(say(code, lang), overflow="fold")
    for a in aliases:
        table.add_row(Line(a.name), Line(a.code), _sure(a.sure, lang), style="yellow" if a.sure < CERTAIN else "")
    return table
