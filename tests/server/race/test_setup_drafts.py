"""The draft of a season: saves that overwrite nobody, the way back, and what is refused."""

import json

import pytest

from saima.engine.errors import QuestionRefused
from saima.server.kit.models import Audit
from saima.server.race.actions.drafts import (
    DraftConflict,
    draft_change,
    draft_discard,
    draft_propose,
    draft_return,
    draft_row_add,
    draft_row_remove,
    draft_step,
)
from saima.server.race.models import DraftSave, SeasonDraft
from saima.server.race.queries.documents import newest
from saima.server.race.queries.setup import did_sentence, files_seen, saves_of, setup_of
from saima.server.race.queries.setup_fields import TABLES, VALUES
from saima.server.race.queries.setup_plain import Edit, edited, files_of, plain_of, problems_of


def change(season, person, seen, **cells):
    return draft_change(season=season, seen=seen, edits=[Edit("indicators", ("teams",), cells)], by=person)


def codes(refusal):
    return [p.code for p in refusal.value.problems]


@pytest.mark.parametrize("name", ["demo-city", "ruian-2021", "sdg-2018"])
def test_every_row_written_again_gives_the_same_files(demo, name):
    files = json.loads(newest(type(demo).objects.get(key=name)).files)
    plain = plain_of(files)

    edits = [Edit(t, key, dict(row)) for t in TABLES for key, row in plain.keyed(t).items()]
    edits.append(Edit(VALUES, (), dict(plain.rows(VALUES)[0])))

    assert files_of(edited(plain, edits)) == files
    assert problems_of(files) == ()


def test_the_first_save_begins_a_draft_and_leaves_the_version_alone(demo, person):
    before = newest(demo).files

    draft = change(demo, person("steward"), "v1", weight="39")

    assert plain_of(json.loads(draft.files)).row("indicators", ("teams",))["weight"] == "39"
    assert newest(demo).files == before
    assert [did_sentence(s, "en") for s in saves_of(demo)] == ["The draft began.", "Indicators: teams changed."]
    assert Audit.objects.filter(action="draft.saved", object_key="demo-city").count() == 2


def test_two_people_change_different_cells_of_one_row_and_both_stay(demo, person):
    change(demo, person("steward"), "v1", weight="39")

    draft = change(demo, person("steward2"), "v1", title_en="Teams")

    row = plain_of(json.loads(draft.files)).row("indicators", ("teams",))
    assert (row["weight"], row["title_en"]) == ("39", "Teams")


def test_the_same_cell_changed_by_two_shows_both_values_and_writes_neither_over(demo, person):
    draft = change(demo, person("steward"), "v1", weight="39")

    with pytest.raises(DraftConflict) as refusal:
        change(demo, person("steward2"), "v1", weight="41")

    (clash,) = refusal.value.clashes
    assert (clash.field, clash.theirs, clash.mine, refusal.value.seen) == ("weight", "39", "41", str(draft.row_version))
    assert plain_of(setup_of(demo).files).row("indicators", ("teams",))["weight"] == "39"


def test_a_row_taken_away_by_another_is_a_conflict_for_who_changes_it(demo, person):
    draft_row_remove(season=demo, seen="v1", table="tiers", key=("fair",), by=person("steward"))

    with pytest.raises(DraftConflict):
        draft_change(
            season=demo, seen="v1", edits=[Edit("tiers", ("fair",), {"at_least": "60"})], by=person("steward2")
        )


def test_a_row_changed_by_another_is_a_conflict_for_who_takes_it_away(demo, person):
    draft_change(season=demo, seen="v1", edits=[Edit("tiers", ("fair",), {"at_least": "60"})], by=person("steward"))

    with pytest.raises(DraftConflict):
        draft_row_remove(season=demo, seen="v1", table="tiers", key=("fair",), by=person("steward2"))


def test_what_is_no_number_is_kept_as_typed_and_named_with_its_place(demo, person):
    draft = change(demo, person("steward"), "v1", weight="forty")

    files = json.loads(draft.files)
    assert plain_of(files).row("indicators", ("teams",))["weight"] == "forty"
    (problem,) = problems_of(files)
    assert (problem.file, problem.column) == ("indicators.csv", "weight")
    assert change(demo, person("steward"), str(draft.row_version), weight="40") is not None
    assert problems_of(setup_of(demo).files) == ()


def test_undo_redo_and_return_walk_the_states(demo, person):
    by = person("steward")
    for n in (39, 38, 37):
        change(demo, by, setup_of(demo).seen, weight=str(n))

    def weight():
        return setup_of(demo).plain.row("indicators", ("teams",))["weight"]

    draft_step(season=demo, back=True, by=by)
    draft_step(season=demo, back=True, by=by)
    assert weight() == "39"
    draft_step(season=demo, back=False, by=by)
    assert weight() == "38"
    first = saves_of(demo)[1].row_version
    draft_return(season=demo, to=first, by=by)
    assert weight() == "39"
    with pytest.raises(QuestionRefused) as refusal:
        draft_step(season=demo, back=False, by=by)
    assert codes(refusal) == ["setup.nothing_to_redo"]


def test_nothing_to_undo_is_said(demo, person):
    with pytest.raises(QuestionRefused) as refusal:
        draft_step(season=demo, back=True, by=person("steward"))

    assert codes(refusal) == ["setup.nothing_to_undo"]


@pytest.mark.parametrize(("table", "key"), [("contestants", ("crane",)), ("indicators", ("teams",))])
def test_a_code_that_figures_name_cannot_be_removed(demo, person, table, key):
    with pytest.raises(QuestionRefused) as refusal:
        draft_row_remove(season=demo, seen="v1", table=table, key=key, by=person("steward"))

    assert codes(refusal) == ["setup.code_in_use"]
    assert refusal.value.problems[0].params["count"] > 0
    assert not SeasonDraft.objects.filter(season=demo).exists()


def test_a_new_contestant_goes_again_with_its_targets(demo, person):
    by = person("steward")
    draft_row_add(season=demo, seen="v1", table="contestants", cells={"code": "owl", "title_en": "Owl Park"}, by=by)
    owl = Edit("targets", ("owl", "teams"), {"target": "5"})
    draft = draft_change(season=demo, seen=setup_of(demo).seen, edits=[owl], by=by)

    draft_row_remove(season=demo, seen=str(draft.row_version), table="contestants", key=("owl",), by=by)

    assert setup_of(demo).files == json.loads(newest(demo).files)


@pytest.mark.parametrize(
    ("cells", "code"), [({"code": ""}, "setup.key_needed"), ({"code": "crane"}, "setup.key_taken")]
)
def test_a_new_row_needs_a_code_of_its_own(demo, person, cells, code):
    with pytest.raises(QuestionRefused) as refusal:
        draft_row_add(season=demo, seen="v1", table="contestants", cells=cells, by=person("steward"))

    assert codes(refusal) == [code]


@pytest.mark.parametrize("seen", ["", "v9", "12345", "nonsense"])
def test_a_state_nobody_saw_is_refused(demo, person, seen):
    with pytest.raises(QuestionRefused) as refusal:
        change(demo, person("steward"), seen, weight="1")

    assert codes(refusal) == ["setup.seen_unknown"]


def test_a_save_that_changes_nothing_begins_no_draft(demo, person):
    change(demo, person("steward"), "v1", weight="40")

    assert not DraftSave.objects.filter(season=demo).exists()


def test_a_change_takes_a_proposal_back(demo, person):
    draft = change(demo, person("steward"), "v1", weight="39")
    draft_propose(season=demo, seen=str(draft.row_version), reason="Lighter", by=person("steward"))

    change(demo, person("steward2"), str(draft.row_version), title_en="Teams")

    again = SeasonDraft.objects.get(season=demo)
    assert (again.proposed_by, again.proposed_reason) == (None, "")


def test_a_discarded_draft_is_gone_and_its_states_stay_known(demo, person):
    draft = change(demo, person("steward"), "v1", weight="39")

    draft_discard(season=demo, seen=str(draft.row_version), by=person("steward"))

    assert setup_of(demo).seen == "v1"
    assert files_seen(demo, str(draft.row_version)) == json.loads(draft.files)
    with pytest.raises(DraftConflict):  # of a page still open on the draft: what it saw is not what is there
        change(demo, person("steward"), str(draft.row_version), weight="38")


def test_discarding_what_somebody_saved_meanwhile_is_refused(demo, person):
    change(demo, person("steward"), "v1", weight="39")

    with pytest.raises(QuestionRefused) as refusal:
        draft_discard(season=demo, seen="v1", by=person("steward2"))

    assert codes(refusal) == ["setup.moved_on"]


@pytest.mark.parametrize(
    "text",
    [
        "\x7f\x00bell\x07",
        'quote " and \\ back',
        "two\nlines\r\nmore",
        "\u2028 sep",
        "=cmd|'/c calc'!A1",
        "🐎",
        "\ud800",
    ],
)
def test_whatever_is_typed_a_draft_can_be_read_back(demo, person, text):
    by = person("steward")
    for table, key, field in (
        ("indicators", ("teams",), "definition_en"),
        ("tiers", ("good",), "title_en"),
        ("scores", ("steps",), "steps"),
        ("targets", ("crane", "teams"), "target"),
        (VALUES, (), "tie_breakers"),
    ):
        draft_change(season=demo, seen=setup_of(demo).seen, edits=[Edit(table, key, {field: text})], by=by)
    draft_row_add(season=demo, seen=setup_of(demo).seen, table="tiers", cells={"code": f"x{text}"}, by=by)

    setup = setup_of(demo)
    assert len(setup.plain.rows("tiers")) == 5
    assert isinstance(problems_of(setup.files), tuple)
    assert files_of(setup.plain) == setup.files
