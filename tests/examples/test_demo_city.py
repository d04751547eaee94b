"""demo-city tells the whole story of a season, and says everywhere that it is invented."""

import csv
import math
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.evaluate import evaluate
from saima.engine.race.record import published_of
from saima.examples import folder
from saima.files import load_season

sys.path.insert(0, str(Path(__file__).parents[1] / "golden"))
import build_demo_city

MONTHS = {m: Period.of("month", 2026, m) for m in range(1, 6)}
DEMO_CLOCK = datetime(2026, 6, 2, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def bundle():
    return load_season(folder("demo-city"))


@pytest.fixture(scope="module")
def months(bundle):
    """January to April as cut, May as it stands on 2 June."""
    cuts = {m: cut.astimezone(UTC) for m, cut in build_demo_city.CUTS.items()} | {5: DEMO_CLOCK}
    return {
        m: evaluate(
            bundle.season,
            bundle.readings,
            bundle.projects,
            bundle.history,
            AsOf(MONTHS[m], cut),
            build_demo_city.SEED,
        )
        for m, cut in cuts.items()
    }


def files(of: Path) -> dict[str, str]:
    return {p.relative_to(of).as_posix(): p.read_text(encoding="utf-8") for p in sorted(of.rglob("*")) if p.is_file()}


def light(evaluation, contestant, subject, month):
    return next(
        (mark.issued, mark.now)
        for mark in evaluation.lights
        if (mark.contestant, mark.subject, mark.period) == (contestant, subject, MONTHS[month])
    )


def rows(text: str) -> dict[tuple[str, ...], str]:
    return {tuple(row[:-1]): row[-1] for row in csv.reader(text.splitlines())}


def same(ours: str, theirs: str) -> bool:
    """Equal, or numbers whose last bits another processor may round otherwise."""
    return ours == theirs or ("." in ours and math.isclose(float(ours), float(theirs), rel_tol=1e-9))


def test_the_folder_is_what_its_builder_makes(tmp_path):
    build_demo_city.build(tmp_path)

    shipped, built = files(folder("demo-city")), files(tmp_path)
    hint = "run tests/golden/build_demo_city.py and read the change"
    assert sorted(shipped) == sorted(built), hint
    assert {n: t for n, t in shipped.items() if "/" not in n} == {n: t for n, t in built.items() if "/" not in n}, hint
    for name in (n for n in shipped if "/" in n):
        ours, theirs = rows(shipped[name]), rows(built[name])
        assert sorted(ours) == sorted(theirs), hint
        assert [key for key in ours if not same(ours[key], theirs[key])] == [], hint


def test_everything_is_invented_and_says_so_in_both_languages(bundle):
    season = bundle.season

    assert season.illustrative
    assert "fictional" in season.title.en
    assert "虚构" in season.title.zh
    assert "do not exist" in season.notice.en
    assert "虚构" in season.notice.zh
    assert all(i.source.en == "Invented for the demonstration" for i in season.indicators)
    assert all("nvented" in r.note.en and "虚构" in r.note.zh for r in bundle.readings.received)


def test_every_title_is_there_in_both_languages(bundle):
    season, projects = bundle.season, bundle.projects
    titled = (
        *season.contestants, *season.indicators, *season.nodes, *season.classes, *season.curves, *season.tiers,
        *season.constraints, *season.uncertainty.alternatives, *projects.projects, *projects.milestones,
    )  # fmt: skip

    assert [t for t in titled if not (t.title.en and t.title.zh)] == []
    assert (len(season.contestants), len(season.indicators), len(projects.projects)) == (5, 18, 12)


def test_january_to_april_are_published_as_the_engine_evaluates_them_today(bundle, months):
    assert [str(p.period) for p in bundle.history.published] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    for published in bundle.history.published:
        month = published.period.index
        again = published_of(months[month], number=month, dated=build_demo_city.DATED[month])
        assert (again.spec_digest, again.data_digest) == (published.spec_digest, published.data_digest)
        assert {k: r.rank for k, r in again.ranks.items()} == {k: r.rank for k, r in published.ranks.items()}
        assert {k: c.light for k, c in again.cells.items()} == {k: c.light for k, c in published.cells.items()}


def test_a_red_park_catches_up_and_turns_yellow_never_green(months):
    assert months[1].by_cell["crane", "smes"].light == "red"
    assert months[2].by_cell["crane", "smes"].light == "red"
    assert months[3].by_cell["crane", "smes"].light == "green"
    assert [light(months[4], "crane", "smes", m) for m in (1, 2, 3, 4)] == [
        ("red", "yellow"),
        ("red", "yellow"),
        ("green", "green"),
        ("green", "green"),
    ]


def test_the_lead_changes_in_march(months):
    first = {m: months[m].standing()[0].contestant for m in (1, 2, 3, 4)}

    assert first == {1: "lantern", 2: "lantern", 3: "crane", 4: "crane"}


def test_whale_and_lantern_cannot_be_told_apart_in_april(months):
    band = {s.contestant: s.band for s in months[4].standing()}

    assert band == {"crane": 1, "whale": 2, "lantern": 2, "ferry": 3, "whistle": 4}


def test_the_short_board_of_ferry_is_its_research_intensity(months):
    cells, nodes = months[4].by_cell, {(n.contestant, n.node): n.score for n in months[4].nodes}

    assert nodes["ferry", "rd"] == cells["ferry", "rd_intensity"].score < 70
    assert cells["ferry", "patents"].score > 105
    assert [(p.constraint, p.contestant) for p in months[4].proposals] == [
        ("last-two", "whistle"),
        ("rd-intensity", "ferry"),
    ]


def test_a_late_report_stays_late_in_the_bulletin_and_is_known_afterwards(bundle, months):
    later = evaluate(bundle.season, bundle.readings, bundle.projects, bundle.history, AsOf(MONTHS[4], DEMO_CLOCK), 1)

    assert months[4].by_cell["whistle", "doctors"].status == "late"
    assert later.by_cell["whistle", "doctors"].status == "present"
    assert bundle.history.by_period[MONTHS[4]].cells["whistle", "doctors"].value == ""


def test_a_typing_error_was_corrected_before_the_march_cut(months):
    rows = [a for a in months[3].adjustments if a.kind == "correction"]

    assert [(a.contestant, a.subject, a.before, a.after) for a in rows] == [("lantern", "added_value", 108, 10.8)]
    assert months[3].by_cell["lantern", "added_value"].value == 10.8


def test_the_fund_that_fell_in_april_is_found_and_its_twin_finding_waived(months):
    assert [(f.key, f.severity, bool(f.waived)) for f in months[4].findings] == [
        ("falling:whistle:fund:2026-04", "error", False),
        ("outlier:whistle:fund:2026-04", "warning", True),
    ]
    assert [f.key for m in (1, 2, 3, 5) for f in months[m].findings] == []


def test_statistics_are_not_due_in_january(months):
    statistics = [i.code for i in months[1].season.indicators if i.due_months == tuple(range(2, 13))]

    assert statistics == ["rd_spend", "rd_intensity", "added_value"]
    assert {months[1].by_cell[c.code, i].status for c in months[1].season.contestants for i in statistics} == {
        "not_due"
    }


def test_may_is_open_in_every_state(months):
    assert {c.status for c in months[5].cells} == {
        "present", "not_due", "late", "unverified", "rejected", "not_applicable",
    }  # fmt: skip


def test_the_progress_ranking_compares_with_last_year(months):
    order = [s.contestant for s in months[4].standing("overall", "progress")]

    assert order[0] == "crane"
    assert sorted(order) == ["crane", "ferry", "lantern", "whale", "whistle"]
