"""Rule files: refused by line and column, and written back as they were read."""

from pathlib import Path

import pytest

from engine.rules.rule_files import HEAD, condition, flag, number
from saima.engine.errors import RuleRefused
from saima.files.rules import parse_rule, read_rule, write_rule
from saima.presets import presets

GOOD = HEAD + number("rd", "yuan", 2) + number("sales", "yuan", 2) + condition("rd / sales >= 5 %")


def refused(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(RuleRefused) as caught:
        parse_rule(text, "r.toml")
    for p in caught.value.problems:
        assert p.file == "r.toml"
        assert p.sentence("en")
        assert p.sentence("zh")
    return [(p.line, p.column, p.code) for p in caught.value.problems]


def at(text: str, seen: str, last: bool = False) -> tuple[int, str]:
    """Line and column of a piece of text."""
    offset = text.rindex(seen) if last else text.index(seen)
    return text.count("\n", 0, offset) + 1, str(offset - text.rfind("\n", 0, offset))


@pytest.mark.parametrize(
    ("old", "new", "seen", "code"),
    [
        ("rd / sales >= 5 %", "rd / sales >= ", None, "rules.ends_early"),
        ("rd / sales >= 5 %", "rd / turnover >= 5 %", "turnover", "rules.unknown_name"),
        ("rd / sales >= 5 %", "rd / sales", "rd / sales", "rules.other_type"),
        ("rd / sales >= 5 %", "rd and sales >= 1", "rd and", "rules.other_type"),
        ("rd / sales >= 5 %", "rd in sales", "rd in", "rules.other_type"),
        ("rd / sales >= 5 %", "floor(rd) >= 1", "floor(", "rules.unknown_function"),
        ("rd / sales >= 5 %", "held(sme)", "held(", "rules.no_such_status"),
        ("rd / sales >= 5 %", "growth(rd, sales, 3) + 1 >= 1", "growth(", "rules.growth_alone"),
        ("rd / sales >= 5 %", "growth(rd, sales, rd) >= 1", "rd) >=", "rules.growth_years"),
        ("rd / sales >= 5 %", "growth(rd, sales, 3) >= -200 %", "growth(", "rules.growth_rate"),
        ("rd / sales >= 5 %", "rd*rd*rd / (sales*sales*sales) >= 1", "rd*rd*rd", "rules.too_wide"),
        ('unit = "yuan"', 'unit = "dollar"', 'unit = "dollar"', "files.not_one_of"),
        ('unit = "yuan"', 'unit = "yuan"\ncolour = "red"', "colour", "files.unknown_key"),
        ('kind = "status"', 'kind = "status"\nvalid_to = 2019-01-01', "valid_to", "rules.ends_before"),
        ('most = "1e12"', 'most = "many"', 'most = "many"', "rules.needs_number"),
        ('most = "1e12"', "", "[inputs.rd]", "rules.most_missing"),
        ("decimals = 2", "decimals = 2.5", "decimals = 2.5", "files.needs_whole_number"),
        ('id = "c"', 'id = "points"', "[[condition]]", "rules.id_twice"),
        ("[inputs.sales]", "[inputs.and]", "[inputs.and]", "rules.bad_name"),
        ("valid_from = 2020-01-01", "valid_from = 2020", "valid_from", "files.needs_text"),
    ],
)
def test_what_is_wrong_is_refused_by_line_and_column(old: str, new: str, seen: str | None, code: str) -> None:
    text = GOOD.replace(old, new, 1)

    found = refused(text)

    place = at(text, seen) if seen else (at(text, 'rd / sales >= "')[0], str(int(at(text, 'rd / sales >= "')[1]) + 14))
    assert (*place, code) in found


PARAM = "[params.p]\nversions = [\n  { from = 2020-01-01, BODY },\n]\n"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("steps = [{ upto = 5, value = 1 }]", "rules.steps_hole"),
        ("steps = [{ upto = 5, value = 1 }, { below = 5, value = 2 }, { value = 3 }]", "rules.bounds_order"),
        ("steps = [{ value = 1 }, { value = 2 }]", "rules.steps_after_last"),
        ("steps = [{ upto = 5, below = 5, value = 1 }, { value = 2 }]", "rules.two_bounds"),
        ("tiers = [{ over = 5, rate = 1 }]", "rules.tiers_hole"),
        ("tiers = [{ over = 0, rate = 1 }, { over = 0, rate = 2 }]", "rules.bounds_order"),
        ("value = 1, members = ['a']", "rules.one_body"),
        ("members = []", "rules.one_body"),
    ],
)
def test_parameters_that_overlap_or_leave_holes_are_refused(body: str, code: str) -> None:
    text = GOOD + PARAM.replace("BODY", body)

    assert [(line, found) for line, _, found in refused(text)] == [(at(text, "{ from")[0], code)]


def item(rows: str) -> str:
    return (
        '[points]\nleast = 1\n[[points.group]]\nid = "g"\ntitle = { en = "g" }\n'
        f'[[points.group.item]]\nid = "i"\ntitle = {{ en = "i" }}\nmost = 5\nby = "rd"\n{rows}\n'
    )


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("brackets = [{ from = 1, points = 5 }]", "rules.brackets_hole"),
        ("brackets = [{ from = 1, points = 5 }, { from = 2, points = 3 }, { points = 0 }]", "rules.brackets_order"),
        ("brackets = [{ from = 1, points = 6 }, { points = 0 }]", "rules.more_than_most"),
        ("bands = [{ from = 1, least = 4, most = 2 }, { least = 0, most = 0 }]", "rules.band_backwards"),
        ("brackets = [{ points = 0 }]\nbands = [{ least = 0, most = 0 }]", "rules.one_way"),
    ],
)
def test_brackets_that_overlap_or_leave_holes_are_refused(rows: str, code: str) -> None:
    assert [found for _, _, found in refused(GOOD + item(rows))] == [code]


def test_names_that_lead_back_to_themselves_are_refused() -> None:
    text = GOOD + '[let]\na = "b + 1"\nb = "a * 2"\n'

    assert refused(text) == [(*at(text, "a * 2"), "rules.circle")]


def test_a_case_that_does_not_come_out_is_refused() -> None:
    text = GOOD + "[[case]]\ngiven = { rd = 5, sales = 100 }\nexpect = { eligible = false }\n"

    assert refused(text) == [(*at(text, "eligible"), "rules.case_differs")]


def test_an_outcome_nobody_knows_is_refused_and_unknown_can_be_expected() -> None:
    text = GOOD + '[[case]]\ngiven = { rd = 5 }\nexpect = { eligible = "unknown", colour = 1 }\n'

    assert refused(text) == [(*at(text, "colour"), "rules.case_stranger")]


def test_texts_of_several_lines_are_pointed_into() -> None:
    text = GOOD.replace('"rd / sales >= 5 %"', '"""\nrd\n  / turnover >= 5 %"""')

    assert refused(text) == [(*at(text, "turnover"), "rules.unknown_name")]


def test_broken_toml_names_its_line() -> None:
    text = GOOD + "oops\n"

    assert refused(text)[0][::2] == (text.count("\n"), "rules.toml_syntax")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleRefused, match="no rule file"):
        read_rule(tmp_path / "none.toml")


def test_a_rule_is_written_as_text_that_reads_back_the_same() -> None:
    rule = parse_rule(GOOD + flag("filed") + item("brackets = [{ from = 1, points = 5 }, { points = 0 }]"))

    text = write_rule(rule)

    assert write_rule(parse_rule(text)) == text
    assert parse_rule(text).digest == rule.digest


@pytest.mark.parametrize("id_", list(presets()))
def test_presets_are_kept_as_they_are_written(id_: str) -> None:
    import saima.presets

    kept = Path(saima.presets.__file__).parent / "rules" / f"{id_}.toml"

    assert write_rule(presets()[id_]) == kept.read_text("utf-8")
