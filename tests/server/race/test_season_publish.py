"""A draft becomes a version: by two people or one, with what stands in the way; places follow."""

import json
from datetime import date

import pytest

from saima.engine.errors import QuestionRefused, SeasonRefused
from saima.engine.model.digest import spec_digest
from saima.server.kit.models import Audit, Installation
from saima.server.places.models import Place
from saima.server.places.queries import title_of
from saima.server.race.actions.drafts import draft_change, draft_propose, draft_row_add
from saima.server.race.actions.seasons import season_begin, season_due_days, season_publish
from saima.server.race.models import Season, SeasonDraft
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.setup import setup_of, solo_allowed
from saima.server.race.queries.setup_carry import blank, carried
from saima.server.race.queries.setup_changes import changes_of, effect_of
from saima.server.race.queries.setup_fields import VALUES
from saima.server.race.queries.setup_plain import Edit, edited, files_of, plain_of, problems_of
from saima.server.race.queries.visible import seasons_visible_to
from saima.words import Text


def codes(refusal):
    return [p.code for p in refusal.value.problems]


@pytest.fixture
def drafted(demo, person):
    """drafted(Edit(...), ...): the draft of demo-city with these rows; gives what a publisher must have seen."""

    def make(*edits):
        wanted = edits or (Edit("tiers", ("good",), {"at_least": "81"}),)
        draft = draft_change(season=demo, seen=setup_of(demo).seen, edits=wanted, by=person("steward"))
        return str(draft.row_version)

    return make


def alone(yes=True):
    Installation.objects.update_or_create(id=1, defaults={"solo": yes})


def test_one_proposes_and_another_publishes_the_next_version(demo, person, drafted):
    seen = drafted()
    draft_propose(season=demo, seen=seen, reason="A higher bar", by=person("steward"))

    version = season_publish(season=demo, seen=seen, by=person("steward2"))

    assert (version.number, version.reason, version.solo) == (2, "A higher bar", False)
    assert (version.proposed_by, version.published_by) == (person("steward"), person("steward2"))
    assert [t.at_least for t in season_of(newest(demo)).tiers] == [90.0, 81.0, 65.0, 0.0]
    assert version.digest == spec_digest(season_of(version))
    assert not SeasonDraft.objects.filter(season=demo).exists()
    assert Audit.objects.filter(action="season.published", object_key="demo-city").count() == 1


def test_who_proposes_does_not_publish(demo, person, drafted):
    seen = drafted()

    with pytest.raises(QuestionRefused) as refusal:
        season_publish(season=demo, seen=seen, by=person("steward"), reason="Mine")
    assert codes(refusal) == ["setup.not_proposed"]
    draft_propose(season=demo, seen=seen, reason="Mine", by=person("steward"))
    with pytest.raises(QuestionRefused) as refusal:
        season_publish(season=demo, seen=seen, by=person("steward"))
    assert codes(refusal) == ["setup.second_person"]


def test_an_installation_of_one_publishes_alone_and_the_version_says_so(demo, person, drafted):
    alone()
    seen = drafted()

    version = season_publish(season=demo, seen=seen, by=person("steward"), reason="A higher bar")

    assert (version.solo, version.proposed_by) == (True, person("steward"))


def test_a_draft_cannot_allow_itself_to_be_published_alone(demo, person, drafted):
    drafted(Edit(VALUES, (), {"solo": "yes"}))

    assert solo_allowed(demo) is False


def test_a_reason_is_needed(demo, person, drafted):
    alone()
    seen = drafted()

    with pytest.raises(QuestionRefused) as refusal:
        season_publish(season=demo, seen=seen, by=person("steward"), reason="  ")
    assert codes(refusal) == ["setup.reason_needed"]
    with pytest.raises(QuestionRefused) as refusal:
        draft_propose(season=demo, seen=seen, reason=" ", by=person("steward"))
    assert codes(refusal) == ["setup.reason_needed"]


def test_what_was_saved_after_the_look_is_not_published(demo, person, drafted):
    alone()
    seen = drafted()
    drafted(Edit("tiers", ("good",), {"at_least": "82"}))

    with pytest.raises(QuestionRefused) as refusal:
        season_publish(season=demo, seen=seen, by=person("steward"), reason="Late")

    assert codes(refusal) == ["setup.moved_on"]


def test_weights_that_do_not_join_keep_a_season_from_being_published(demo, person, drafted):
    alone()
    seen = drafted(Edit("indicators", ("teams",), {"weight": "39"}))

    with pytest.raises(SeasonRefused) as refusal:
        season_publish(season=demo, seen=seen, by=person("steward"), reason="Short")

    assert codes(refusal) == ["season.weights_short"]
    assert newest(demo).number == 1


def test_a_code_that_figures_name_may_not_vanish_with_a_table_either(demo, person):
    alone()
    plain = setup_of(demo).plain
    gone = [Edit("contestants", ("whistle",), None)]
    gone += [Edit("targets", k, None) for k in plain.keyed("targets") if k[0] == "whistle"]
    files = files_of(edited(plain, gone))
    draft = SeasonDraft.objects.create(season=demo, base=newest(demo), files=json.dumps(files), row_version=50)

    with pytest.raises(QuestionRefused) as refusal:
        season_publish(season=demo, seen=str(draft.row_version), by=person("steward"), reason="Gone")

    assert [(p.code, p.params["code"]) for p in refusal.value.problems] == [("setup.code_in_use", "whistle")]
    assert newest(demo).number == 1


def test_nothing_changed_is_not_published(demo, person):
    alone()
    SeasonDraft.objects.create(season=demo, base=newest(demo), files=newest(demo).files, row_version=50)

    with pytest.raises(QuestionRefused) as refusal:
        season_publish(season=demo, seen="50", by=person("steward"), reason="Nothing")

    assert codes(refusal) == ["setup.nothing_changed"]


def test_new_contestants_and_offices_get_places_and_new_titles_new_names(demo, person, drafted):
    alone()
    by = person("steward")
    row = {"code": "owl", "title_en": "Owl Park", "title_zh": "夜鸮园", "ranked": "no", "reason_en": "New"}
    draft_row_add(season=demo, seen="v1", table="contestants", cells=row, by=by)
    targets = [Edit("targets", ("owl", k[1]), dict(r)) for k, r in setup_of(demo).plain.keyed("targets").items()]
    seen = drafted(
        *targets,
        Edit("contestants", ("crane",), {"title_en": "Crane Park"}),
        Edit("indicators", ("patents",), {"owner": "Patent Office"}),
    )

    season_publish(season=demo, seen=seen, by=by, reason="Grown")

    assert title_of(Place.objects.get(key="owl")) == Text("Owl Park", "夜鸮园")
    assert Place.objects.get(key="Patent Office").kind == "office"
    crane = Place.objects.get(key="crane")
    assert title_of(crane) == Text("Crane Park", "纸鹤园")
    assert title_of(crane, date(2026, 6, 1)) == Text("Paper Crane Park", "纸鹤园")


def test_the_effect_says_who_moves_and_the_difference_says_why(demo, drafted):
    drafted(Edit("races", ("indicators",), {"weight": "25"}), Edit("races", ("projects",), {"weight": "65"}))
    setup = setup_of(demo)

    effect = effect_of(demo, newest(demo), setup.draft.files)
    changes = changes_of(plain_of(json.loads(newest(demo).files)), setup.plain)

    assert [(c.table, c.key, c.field, c.old, c.new) for c in changes] == [
        ("races", ("indicators",), "weight", "65", "25"),
        ("races", ("projects",), "weight", "25", "65"),
    ]
    assert str(effect.period) == "2026-04"  # of May nobody is ranked yet
    assert {m.contestant for m in effect.moved} == {"crane", "whale", "lantern", "ferry", "whistle"}
    assert all(m.score != m.new_score for m in effect.moved)
    assert sorted(m.rank for m in effect.moved) == sorted(m.new_rank for m in effect.moved) == [1, 2, 3, 4, 5]


def test_a_change_of_words_moves_nobody(demo, drafted):
    drafted(Edit("contestants", ("crane",), {"title_en": "Crane Park"}))

    effect = effect_of(demo, newest(demo), setup_of(demo).draft.files)

    assert [m.contestant for m in effect.moved if m.differs] == []


def test_last_season_is_carried_over_with_its_targets_emptied(demo, person):
    files = carried(json.loads(newest(demo).files), code="demo-2027", title=Text("Demo 2027", ""), years=1)
    season = season_begin(files=files, by=person("steward"), source="demo-city", like=demo)

    setup = setup_of(season)
    values = setup.plain.rows(VALUES)[0]
    assert (values["window_first"], values["window_last"], values["base_period"]) == ("2027-01", "2027-12", "2026-12")
    assert len(setup.plain.rows("contestants")) == 5
    assert {r.get("target") or "" for r in setup.plain.rows("targets")} == {""}
    assert {r["owner"] for r in setup.plain.rows("targets")} != {""}
    assert {p.code for p in problems_of(setup.files)} >= {"season.targets_missing"}
    assert not season.versions.exists()


def test_a_season_nobody_published_is_the_bureaus_alone(demo, person):
    files = carried(json.loads(newest(demo).files), code="demo-2027", title=Text("Demo 2027", ""), years=1)
    season_begin(files=files, by=person("steward"), source="demo-city", like=demo)

    everybody = ("steward", "verifier", "leader", "auditor", "crane", "talent")
    seen = {who for who in everybody if seasons_visible_to(person(who)).filter(key="demo-2027").exists()}
    assert seen == {"steward"}
    assert all(seasons_visible_to(person(who)).filter(key="demo-city").count() == 1 for who in everybody)


def test_a_season_from_nothing_is_a_draft_until_somebody_races(db, person):
    files = blank("en", code="new-2027", title=Text("New", "新"), year=2027)
    season = season_begin(files=files, by=person("steward"))

    assert {p.code for p in problems_of(setup_of(season).files)} >= {"season.nobody"}
    assert Season.objects.get(key="new-2027").title_zh == "新"
    with pytest.raises(SeasonRefused):
        season_publish(season=season, seen=setup_of(season).seen, by=person("steward"), reason="Too soon")


@pytest.mark.parametrize("code", ["", "has space", "../up"])
def test_a_code_that_is_none_is_refused(db, code):
    with pytest.raises(SeasonRefused) as refusal:
        blank("en", code=code, title=Text("New"), year=2027)

    assert codes(refusal) == ["setup.season_code"]


def test_the_same_code_twice_is_refused(demo, person):
    files = carried(json.loads(newest(demo).files), code="demo-city", title=Text("Again"), years=1)

    with pytest.raises(SeasonRefused) as refusal:
        season_begin(files=files, by=person("steward"))

    assert codes(refusal) == ["season.already_here"]


def test_due_days_apply_at_once_and_overwrite_nobody(demo, person):
    season_due_days(season=demo, due_day=6, late_until_day=9, seen=(5, 8), by=person("steward"))

    with pytest.raises(QuestionRefused) as refusal:
        season_due_days(season=demo, due_day=7, late_until_day=9, seen=(5, 8), by=person("steward2"))
    assert codes(refusal) == ["setup.conflict"]
    with pytest.raises(QuestionRefused) as refusal:
        season_due_days(season=demo, due_day=9, late_until_day=6, seen=(6, 9), by=person("steward"))
    assert codes(refusal) == ["setup.due_days"]
    demo.refresh_from_db()
    assert (demo.due_day, demo.late_until_day) == (6, 9)
