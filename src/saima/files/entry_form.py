"""The form of one report as a workbook: protected but for what is to be filled in, and read back cell by cell."""

import io
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import xlsxwriter

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.decimals import canonical
from saima.files.importing.grid import Cell, Grid, Sheet
from saima.files.importing.reading import read_grid
from saima.words import LANGS, Lang, say

State = Literal["", "zero", "not_yet", "not_applicable"]
STATES: Final[tuple[State, ...]] = ("zero", "not_yet", "not_applicable")
_FORMAT: Final = "saima-form-1"
_HIDDEN: Final = "saima"  # the sheet nobody sees
_PIECE: Final = 30_000  # letters in a cell; a sheet holds 32,767
_CONTESTANT, _INDICATOR, _INPUT, _STATE, _NOTE = 0, 1, 8, 9, 10
_WIDTHS: Final = (2, 2, 30, 22, 12, 44, 13, 13, 18, 14, 44)
_COLUMNS: Final = ("indicator", "contestant", "unit", "definition", "before", "target", "now", "state", "note")


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says: the figure as typed, a word for none, a note."""

    text: str = ""
    state: State = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure asked for: codes and row version stay hidden, the words are shown. ``said`` is what it says so far."""

    contestant: str
    indicator: str
    version: int
    said: Said
    title: str = ""
    who: str = ""
    unit: str = ""
    definition: str = ""
    before: str = ""
    target: str = ""


@dataclass(frozen=True)
class Form:
    """A report to be filled in. ``seal`` is of ``identity`` and made by who gives the form out."""

    season: str
    report: str
    place: str
    period: str
    lines: tuple[Line, ...]
    title: str = ""
    words: tuple[str, ...] = ()  # above the table
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A line that came back; ``address`` names its cell for figures."""

    line: Line
    address: str
    said: Said

    @property
    def changed(self) -> bool:
        return self.said != plain(self.line.said)


@dataclass(frozen=True)
class Filled:
    """A form that came back: what it says it is (``form``), and its answers in the order of the form's lines."""

    form: Form
    answers: tuple[Answer, ...]


def identity(form: Form) -> str:
    """What a seal is made of: whose form it is, which lines it has, and what each said when it was given out."""
    return _json(
        [
            _FORMAT,
            form.season,
            form.report,
            form.place,
            form.period,
            [[x.contestant, x.indicator, x.version, x.said.text, x.said.state, x.said.note] for x in form.lines],
        ]
    )


def plain(said: Said) -> Said:
    """The same as it comes back from a sheet: line breaks are one kind, nothing stands around a text."""
    text, note = (" ".join(said.text.split()), re.sub(r"\r\n?", "\n", said.note).strip())
    return Said("0", "", note) if said.state == "zero" and text in ("", "0") else Said(text, said.state, note)


def form_bytes(form: Form, lang: Lang, *, made: datetime) -> bytes:
    """The workbook of a form. Text is never taken for a formula; equal forms give equal bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": form.title, "created": made.astimezone(UTC).replace(tzinfo=None)})
        _Visible(book, form, lang).write()
        hidden = book.add_worksheet(_HIDDEN)
        hidden.very_hidden()
        hidden.protect()
        head = ("season", form.season), ("report", form.report), ("place", form.place), ("period", form.period)
        for n, (name, value) in enumerate((("format", _FORMAT), *head, ("seal", form.seal))):
            hidden.write_string(n, 0, name)
            hidden.write_string(n, 1, _json(value))
        for n, x in enumerate(form.lines, start=len(head) + 2):
            text = _json([x.contestant, x.indicator, x.version, x.said.text, x.said.state, x.said.note])
            hidden.write_string(n, 0, "line")
            for k, at in enumerate(range(0, len(text), _PIECE), start=1):
                hidden.write_string(n, k, text[at : at + _PIECE])
    return out.getvalue()


def _json(value: object) -> str:
    # Without underscores: a sheet writes control characters as _x000D_, and readers differ in how they take them back.
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("_", "\\u005f")


class _Visible:
    """The sheet people see."""

    def __init__(self, book: Any, form: Form, lang: Lang) -> None:
        self.form, self.lang = form, lang
        self.sheet = book.add_worksheet(say("forms.sheet", lang))
        line = {"valign": "top", "border": 1, "border_color": "#CFD6DD", "text_wrap": True}
        opened = {**line, "locked": False, "bg_color": "#FFF9E5"}
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": "#12304F"})
        self.word = book.add_format({"font_color": "#3F5568"})
        self.head = book.add_format({**line, "bold": True, "font_color": "#FFFFFF", "bg_color": "#12304F"})
        self.shut = book.add_format(line)
        self.right = book.add_format({**line, "align": "right"})
        self.figure = book.add_format({**opened, "align": "right"})
        self.open = book.add_format(opened)
        self.gone = book.add_format({"font_color": "#FFFFFF"})

    def write(self) -> None:
        form, sheet = self.form, self.sheet
        shut = {_CONTESTANT, _INDICATOR}
        shut |= set() if any(x.who for x in form.lines) else {3}
        shut |= set() if any(x.definition for x in form.lines) else {5}
        for at, width in enumerate(_WIDTHS):
            sheet.set_column(at, at, width, None, {"hidden": at in shut})
        sheet.write_string(0, 2, form.title, self.title)
        for n, word in enumerate(form.words, start=1):
            sheet.write_string(n, 2, word, self.word)
        top = len(form.words) + 2
        for at, name in enumerate(_COLUMNS, start=2):
            sheet.write_string(top, at, say(f"forms.column.{name}", self.lang), self.head)
        for row, line in enumerate(form.lines, start=top + 1):
            self._line(row, line)
        sheet.freeze_panes(top + 1, 3)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.set_footer("&C&P / &N")

    def _line(self, row: int, line: Line) -> None:
        sheet = self.sheet
        sheet.write_string(row, _CONTESTANT, _json(line.contestant), self.gone)
        sheet.write_string(row, _INDICATOR, _json(line.indicator), self.gone)
        for at, text in enumerate((line.title, line.who, line.unit, line.definition), start=2):
            sheet.write_string(row, at, text, self.shut)
        sheet.write_string(row, 6, line.before, self.right)
        sheet.write_string(row, 7, line.target, self.right)
        said = plain(line.said)
        if said.text and canonical(said.text) == said.text:
            sheet.write_number(row, _INPUT, float(said.text), self.figure)
        else:
            sheet.write_string(row, _INPUT, said.text, self.figure)
        sheet.write_string(row, _STATE, self._state(said.state), self.open)
        sheet.write_string(row, _NOTE, said.note, self.open)
        about = {"input_title": line.title[:32], "input_message": f"{line.unit} {line.definition}".strip()[:255]}
        sheet.data_validation(
            row,
            _INPUT,
            row,
            _INPUT,
            {
                "validate": "decimal",
                "criteria": "between",
                "minimum": -1e15,
                "maximum": 1e15,
                "error_type": "warning",  # what is no number is kept as text: a draft is never refused
                "error_title": say("forms.no_number_title", self.lang)[:32],
                "error_message": say("forms.no_number", self.lang)[:255],
                **{k: v for k, v in about.items() if v},
            },
        )
        words = ["", *(self._state(s) for s in STATES)]
        sheet.data_validation(row, _STATE, row, _STATE, {"validate": "list", "source": words[1:]})

    def _state(self, state: State) -> str:
        return say("forms.state", self.lang, form_state=state) if state else ""


def read_form(content: bytes, name: str) -> Filled:
    """A form that came back.

    Raises
    ------
    ReadingsRefused
        ``forms.no_form``, ``forms.broken``: no form of ours, or its hidden sheet is damaged; ``forms.row_missing``,
        ``.row_twice``, ``.row_added``, ``.both``, ``.state_word``, ``.uncalculated``, each with the cell;
        ``import.file_*``: no workbook at all.
    """
    grid = _grid(content)
    form = _given(grid, name)
    sheet = next((s for s in grid.sheets if s.name != _HIDDEN and not s.hidden), None)
    if sheet is None:
        raise _refused("forms.no_form", name)
    answers, problems = _answers(form, sheet, name)
    if problems:
        raise ReadingsRefused(problems)
    return Filled(form, tuple(answers[x.contestant, x.indicator] for x in form.lines))


def _grid(content: bytes) -> Grid:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        path.write_bytes(content)
        return read_grid(path)


def _refused(code: str, name: str, **params: object) -> ReadingsRefused:
    return ReadingsRefused(Problem(code, params, file=name))


def _given(grid: Grid, name: str) -> Form:
    """What the hidden sheet says the form is."""
    sheet = next((s for s in grid.sheets if s.name == _HIDDEN), None)
    if sheet is None:
        raise _refused("forms.no_form", name)
    try:
        found: dict[str, str] = {}
        lines: list[Line] = []
        for cells in sheet.rows:
            kind, *pieces = ["" if c.value is None else str(c.value) for c in cells]
            if kind == "line":
                contestant, indicator, version, text, state, note = json.loads("".join(pieces))
                known: State = next((s for s in STATES if s == state), "")
                lines.append(Line(str(contestant), str(indicator), int(version), Said(str(text), known, str(note))))
            elif kind:
                found[kind] = str(json.loads("".join(pieces)))
        if found["format"] != _FORMAT or not lines:
            raise _refused("forms.no_form", name)
        season, report, place, period = (found[k] for k in ("season", "report", "place", "period"))
        return Form(season, report, place, period, tuple(lines), seal=found["seal"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _refused("forms.broken", name) from None


def _answers(form: Form, sheet: Sheet, name: str) -> tuple[Mapping[tuple[str, str], Answer], list[Problem]]:
    wanted = {(x.contestant, x.indicator): x for x in form.lines}
    answers: dict[tuple[str, str], Answer] = {}
    problems: list[Problem] = []

    def problem(code: str, row: int, column: int, **params: object) -> None:
        problems.append(Problem(code, {"cell": _address(row, column), **params}, file=name))

    for row, key in _keys(sheet):
        line = wanted.get(key) if key else None
        if line is None:
            typed = [c for c in (_INPUT, _STATE, _NOTE) if not sheet.at(row, c).empty]
            if typed and answers:
                problem("forms.row_added", row, typed[0])
            continue
        shown = " ".join(_text(sheet.at(row, c)) for c in (2, 3)).strip() or line.indicator
        line = replace(line, title=shown)
        if (line.contestant, line.indicator) in answers:
            problem("forms.row_twice", row, _INPUT, shown=shown)
            continue
        for column in (_INPUT, _STATE, _NOTE):
            if sheet.at(row, column).uncalculated:
                problem("forms.uncalculated", row, column, shown=shown)
        text = " ".join(_text(sheet.at(row, _INPUT)).split())
        word = _text(sheet.at(row, _STATE)).strip()
        state = _states().get(word.casefold())
        if state is None:
            problem("forms.state_word", row, _STATE, shown=shown, word=word[:40])
            state = ""
        if state and text and not (state == "zero" and text == "0"):
            problem("forms.both", row, _INPUT, shown=shown, text=text[:40], word=word)
        note = re.sub(r"\r\n?", "\n", _text(sheet.at(row, _NOTE))).strip()
        answers[line.contestant, line.indicator] = Answer(line, _address(row, _INPUT), plain(Said(text, state, note)))
    missing = [key for key in wanted if key not in answers]
    problems += [Problem("forms.row_missing", {"indicator": i, "contestant": c}, file=name) for c, i in missing]
    return answers, problems


def _keys(sheet: Sheet) -> Iterator[tuple[int, tuple[str, str] | None]]:
    for row in range(sheet.height):
        try:
            contestant, indicator = (json.loads(_text(sheet.at(row, c)) or "0") for c in (_CONTESTANT, _INDICATOR))
        except (ValueError, RecursionError):
            contestant = indicator = 0
        yield row, (contestant, indicator) if isinstance(contestant, str) and isinstance(indicator, str) else None


def _states() -> Mapping[str, State]:
    """Words of every language; none is the empty word."""
    words: dict[str, State] = {"": ""}
    for state in STATES:
        words |= {say("forms.state", lang, form_state=state).casefold(): state for lang in LANGS}
    return words


def _text(cell: Cell) -> str:
    """What a cell says, a percentage with its sign."""
    if isinstance(cell.value, Decimal):
        number = cell.value * 100 if cell.percent else cell.value
        shown = canonical(f"{number:f}") or f"{number:f}"
        return f"{shown}%" if cell.percent else shown
    return cell.value if isinstance(cell.value, str) else cell.text


def _address(row: int, column: int) -> str:
    return f"{chr(ord('A') + column)}{row + 1}"
