"""What counts as of a cut, and digests of it."""

import csv
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import StringIO
from random import Random

import pytest

from saima.engine.errors import ReadingsRefused
from saima.engine.model.digest import data_digest, spec_digest
from saima.engine.model.inputs import STATES, AsOf, Correction, Projects, Reading, Readings, ReadingTable, Received
from saima.words import Text
from seasons import indicator, month, on, readings, run, scores, season


def jobs(value, **changes):
    return Reading("ash", "jobs", month(4), value, **changes)


def only(evaluation):
    return evaluation.by_cell["ash", "jobs"]


def test_the_highest_revision_known_at_the_cut_counts():
    rows = [jobs("20", recorded_at=on(3)), jobs("30", revision=2, recorded_at=on(10))]

    assert only(run(season(), rows, known_at=on(8))).value == 20
    assert only(run(season(), rows, known_at=on(10))).value == 30
    assert only(run(season(), rows)).value == 30


def test_a_published_month_never_changes_when_more_arrives():
    rows = [jobs("20", recorded_at=on(3))]
    later = [
        *rows,
        jobs("99", revision=2, recorded_at=on(20)),
        Reading("ash", "jobs", month(5), "50", recorded_at=on(2, 6)),
    ]

    before, after = (run(season(), r, known_at=on(8)) for r in (rows, later))

    assert before == after


@pytest.mark.parametrize(
    ("state", "status", "light"),
    [("rejected", "rejected", "red"), ("not_applicable", "not_applicable", "none"), ("withdrawn", "late", "red")],
)
def test_states_without_a_figure_that_counts(state, status, light):
    cell = only(run(season(), [jobs("20"), jobs("" if state != "rejected" else "25", state=state, revision=2)]))

    assert (cell.status, cell.value, cell.light) == (status, None, light)


def test_an_unverified_figure_does_not_count_where_the_season_wants_verified_ones():
    rows = [jobs("50", state="reported")]

    assert only(run(season(counts="verified"), rows)).status == "unverified"
    assert only(run(season(counts="reported"), rows)).value == 50


def test_zero_is_a_figure_and_not_a_gap():
    cell = only(run(season(), [jobs("0")]))

    assert (cell.status, cell.value, cell.score) == ("present", 0, 0)


def test_two_readings_with_one_revision_are_refused_by_name():
    with pytest.raises(ReadingsRefused, match="ash, jobs, 2026-04 has two readings with revision 1"):
        run(season(), [jobs("1"), jobs("2")])


def test_a_correction_moves_a_figure_and_stands_in_the_ledger():
    built = season(indicator("jobs"), indicator("firms"))
    move = Correction("ash", "jobs", month(4), "move", "Wrong column.", to_indicator="firms", recorded_at=on(9))

    found = run(built, [jobs("40")], corrections=(move,))

    assert [(c.indicator, c.status, c.value) for c in found.cells if c.contestant == "ash"] == [
        ("jobs", "late", None),
        ("firms", "present", 40),
    ]
    assert [(a.kind, a.subject, a.before) for a in found.adjustments if a.kind == "correction"] == [
        ("correction", "jobs", 40)
    ]
    assert only(run(built, [jobs("40")], corrections=(move,), known_at=on(8))).value == 40


def test_a_correction_of_nothing_is_refused():
    clear = Correction("ash", "jobs", month(4), "clear", "No longer.")

    with pytest.raises(ReadingsRefused, match="but there is none"):
        run(season(), [], corrections=(clear,))


def digest(*rows, known_at=None):
    return data_digest(Readings(ReadingTable.of(rows)), Projects(), AsOf(month(4), known_at))


def test_data_digest_ignores_row_order_spelling_of_numbers_and_what_came_later():
    first, second = jobs("1.50"), replace(jobs("2e1"), contestant="birch")

    assert digest(first, second) == digest(second, replace(first, value="1.5"))
    assert digest(first, known_at=on(8)) == digest(first, jobs("9", revision=2, recorded_at=on(9)), known_at=on(8))
    assert digest(first) == digest(first, Reading("ash", "jobs", month(5), "3"))


def test_data_digest_sees_every_field():
    base = jobs("1")
    others = [
        jobs("1.1"),
        jobs("1", state="reported"),
        jobs("1", revision=2),
        jobs("1", recorded_at=on(1)),
        jobs("1", origin="owner"),
        jobs("1", note="x"),
        jobs("1", evidence="x"),
    ]

    assert len({digest(r) for r in (base, *others)}) == 8


def of_reading_lines(*lines):
    """The digest of data that is these lines of readings and nothing else."""
    empty, part = sha256(b"").hexdigest(), sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    names = ["corrections", "given_scores", "milestones", "project_readings", "project_stages", "projects"]
    lines = [f"{n} {empty}" for n in names] + [f"readings {part}", f"received {empty}", f"waivers {empty}"]
    return sha256("".join(f"{x}\n" for x in lines).encode()).hexdigest()


def test_reading_part_can_be_recomputed_by_hand():
    row = Reading("a", "jobs", month(4), "1", note='said "so", twice')

    line = 'a,jobs,2026-04,1,verified,1,1970-01-01T00:00:00Z,reported,"said ""so"", twice",'

    assert digest(row) == of_reading_lines(line)


def test_reading_lines_are_in_the_order_of_their_code_points_whatever_the_codes_and_however_many_revisions():
    rng, codes = Random(4), ("a", "ab", "a,b", 'a"', "a\n", "区")
    rows = [
        Reading(c, i, month(m), rng.choice(("7", "70", "-7")), rng.choice(STATES), n, note=rng.choice(("", "a", "a\t")))
        for c in codes
        for i in codes
        for m in (1, 2, 3, 4)
        for n in rng.sample(range(1000), rng.choice((1, 1, 2, 300)))
    ]
    rng.shuffle(rows)

    out, instant = StringIO(), "1970-01-01T00:00:00Z"
    for r in rows:
        fields = r.contestant, r.indicator, r.period, r.value, r.state, r.revision, instant, r.origin, r.note, ""
        csv.writer(out, lineterminator="\0").writerow(fields)
    lines = out.getvalue().split("\0")[:-1]

    assert len(lines) > 9000
    assert digest(*rows) == of_reading_lines(*sorted(lines))


def test_spec_digest_ignores_order_and_sees_a_weight():
    one = season(indicator("a"), indicator("b"))
    turned = replace(one, indicators=one.indicators[::-1], contestants=one.contestants[::-1])

    assert spec_digest(one) == spec_digest(turned)
    assert spec_digest(one) != spec_digest(season(indicator("a", weight=2.0), indicator("b")))


def test_row_order_changes_nothing():
    rows = readings({"ash": {"jobs": 30}, "birch": {"jobs": 40}, "cedar": {"jobs": 35}})

    assert run(season(), rows) == run(season(), rows[::-1])
    assert scores(run(season(), rows)) == {"birch": 40, "cedar": 35, "ash": 30}


def test_what_others_publish_after_the_cut_is_not_in_it():
    received = Received("ash", Text("Review"), "2025", "Bulletin above", date(2026, 5, 9), rank=3)

    found = [run(season(), [jobs("20", recorded_at=on(3))], known_at=on(8), received=r) for r in ((), (received,))]

    assert found[0] == found[1]
    assert run(season(), [jobs("20")], known_at=on(9), received=(received,)).received == (received,)
