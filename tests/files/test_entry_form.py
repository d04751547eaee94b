"""The form of a report as a workbook: what goes out comes back the same, and what was done to it is told by cell."""

import io
import json
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saima.engine.errors import ReadingsRefused
from saima.files.entry_form import Form, Line, Said, form_bytes, identity, plain, read_form

MADE = datetime(2026, 6, 2, 9, tzinfo=UTC)
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=40
)  # what the desk keeps: no control characters but line breaks
FIGURE = (
    TEXT
    | st.from_regex(r"\A-?[0-9]{1,12}(\.[0-9]{1,6})?\Z")
    | st.sampled_from(["=1+1", "@SUM(A1)", "+86", "1.2万", "0"])
)
SAID = st.builds(
    lambda text, state, note: Said("" if state else text, state, note),
    FIGURE,
    st.sampled_from(["", "", "zero", "not_yet", "not_applicable"]),
    TEXT | st.sampled_from(["_x000D_", "=cmd|' /C calc'!A0", "a\r\nb"]),
)


def form_of(*said, **more):
    lines = tuple(Line("crane", f"i{n}", n + 1, s, title=f"Indicator {n}", unit="个") for n, s in enumerate(said))
    return Form("demo-city", "7", "crane", "2026-05", lines, title="T", words=("a", "b"), seal="s", **more)


def book_of(form, lang="en"):
    return openpyxl.load_workbook(io.BytesIO(form_bytes(form, lang, made=MADE)))


def back(book):
    out = io.BytesIO()
    book.save(out)
    return read_form(out.getvalue(), "form.xlsx")


def codes(book):
    with pytest.raises(ReadingsRefused) as refused:
        back(book)
    return [(p.code, p.params.get("cell", "")) for p in refused.value.problems]


@settings(max_examples=60, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=5), st.sampled_from(["en", "zh"]))
def test_a_form_comes_back_without_loss(said, lang):
    form = form_of(*said)

    filled = read_form(form_bytes(form, lang, made=MADE), "form.xlsx")

    assert identity(filled.form) == identity(form)
    assert filled.form.seal == "s"
    assert [a.said for a in filled.answers] == [plain(s) for s in said]
    assert not any(a.changed for a in filled.answers)


def test_equal_forms_give_equal_bytes():
    form = form_of(Said("12"), Said("", "not_yet"))

    assert form_bytes(form, "zh", made=MADE) == form_bytes(form, "zh", made=MADE)


def test_what_is_typed_into_the_form_is_read():
    book = book_of(form_of(Said("12"), Said(), Said(), Said("5"), Said()))
    sheet = book["Report"]
    sheet["I6"], sheet["I7"], sheet["K7"] = 13.5, "1.2万", "line\nbreak"
    sheet["J8"], sheet["I9"] = "尚无数据", None
    sheet["I10"] = 0.525
    sheet["I10"].number_format = "0.0%"

    answers = back(book).answers

    assert [(a.address, a.said, a.changed) for a in answers] == [
        ("I6", Said("13.5"), True),
        ("I7", Said("1.2万", "", "line\nbreak"), True),
        ("I8", Said("", "not_yet"), True),
        ("I9", Said(), True),
        ("I10", Said("52.5%"), True),
    ]


def test_zero_chosen_is_zero_typed():
    book = book_of(form_of(Said()))
    book["Report"]["J6"] = "zero"

    assert [a.said for a in back(book).answers] == [Said("0")]


def test_text_is_no_formula_and_only_inputs_are_open():
    book = book_of(form_of(Said("=1+1", "", "=HYPERLINK(1)")))
    sheet = book["Report"]

    assert (sheet["I6"].data_type, sheet["I6"].value, sheet["K6"].data_type) == ("s", "=1+1", "s")
    assert sheet.protection.sheet
    open_cells = [c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked]
    assert open_cells == ["I6", "J6", "K6"]
    assert [s.sheet_state for s in book.worksheets] == ["visible", "veryHidden"]
    assert sorted(str(v.sqref) for v in sheet.data_validations.dataValidation) == ["I6", "J6"]


def test_every_fault_is_told_with_its_cell():
    book = book_of(form_of(Said(), Said(), Said(), Said()))
    sheet = book["Report"]
    sheet["J6"] = "maybe"
    sheet["I7"], sheet["J7"] = 3, "not yet"
    sheet["I8"] = "=1+1"
    sheet["K9"] = "=NOW()"
    sheet["I11"] = 9

    assert codes(book) == [
        ("forms.state_word", "J6"),
        ("forms.both", "I7"),
        ("forms.uncalculated", "I8"),
        ("forms.uncalculated", "K9"),
        ("forms.row_added", "I11"),
    ]


def test_a_row_taken_away_or_doubled_is_refused():
    book = book_of(form_of(Said(), Said()))
    sheet = book["Report"]
    for column in "AB":
        sheet[f"{column}7"] = sheet[f"{column}6"].value

    assert codes(book) == [("forms.row_twice", "I7"), ("forms.row_missing", "")]


@pytest.mark.parametrize("hurt", ["sheet", "line", "format"])
def test_a_book_that_is_no_form_is_refused(hurt):
    book = book_of(form_of(Said()))
    match hurt:
        case "sheet":
            del book["saima"]
        case "line":
            book["saima"]["B7"] = "[1, 2"
        case _:
            book["saima"]["B1"] = json.dumps("other")

    assert codes(book) == [("forms.broken" if hurt == "line" else "forms.no_form", "")]


def test_bytes_that_are_no_book_are_refused():
    with pytest.raises(ReadingsRefused) as refused:
        read_form(b"PK\x03\x04 nothing", "form.xlsx")

    assert [p.code for p in refused.value.problems] == ["import.file_broken"]
