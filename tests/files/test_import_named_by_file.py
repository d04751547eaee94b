"""A text file has one sheet, called like the file: the month in its name is read."""

import messy

from saima.files.importing import apply, propose, read_grid


def test_the_month_in_the_name_of_a_csv_is_the_period_of_its_figures(tmp_path):
    path = tmp_path / "2026年5月.csv"
    path.write_text("园区,高新技术企业数\n纸鹤园,42\n玻璃鲸园,38\n", encoding="utf-8")
    grid, season = read_grid(path), messy.season()

    result = apply(grid, propose(grid, season), season)

    assert [(r.contestant, str(r.period), r.value) for r in result.readings] == [
        ("crane", "2026-05", "42"),
        ("whale", "2026-05", "38"),
    ]
