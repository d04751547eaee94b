from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from saima.engine.errors import ReadingsRefused, SeasonRefused
from saima.engine.model.inputs import AsOf, Milestone, Project, ProjectReading, Projects
from saima.engine.model.season import Node
from saima.engine.race.projects import project_scores, race_projects
from saima.words import Text
from seasons import month, on, season

RACE = Node("projects", Text("Projects"), "race", "overall", race="projects")
OVERALL = Node("overall", Text("Overall"), "overall")
OF = season(nodes=(OVERALL, RACE))
STAGES = (("signed", Text("Signed"), 20.0), ("started", Text("Started"), 60.0), ("running", Text("Running"), 100.0))
APRIL = AsOf(month(4))


def milestone(code, due, done=None, weight=1.0, project="dock", **more):
    return Milestone(project, code, Text(code), date(2026, *due), date(2026, *done) if done else None, weight, **more)


def dock(*milestones, readings=(), stages=STAGES, **more):
    return Projects((Project("dock", Text("Dock"), "ash", **more),), milestones, readings, stages)


def reading(number=4, project="dock", **more):
    return ProjectReading(project, month(number), **more)


def only(projects, of=OF, as_of=APRIL):
    (result,) = race_projects(of, projects, as_of)
    return result


def test_project_of_the_method_page():
    found = only(
        dock(
            milestone("permit", (2, 28), (2, 20), weight=2.0),
            milestone("ground", (3, 31), (4, 10)),
            milestone("roof", (4, 30)),
            milestone("open", (10, 31)),
            readings=(reading(planned=400.0, invested=300.0, stage="started", mark=90.0),),
        )
    )

    # Milestones (2 + 0.5 x 1 + 0) / 4 = 62.5; investment 75; stage 60; mark 90.
    assert found.score == pytest.approx(0.4 * 62.5 + 0.3 * 75 + 0.2 * 60 + 0.1 * 90) == pytest.approx(68.5)
    assert (found.milestones_due, found.milestones_on_time, found.milestones_late) == (3, 1, 1)
    assert (found.light, found.investment_share, found.stage, found.mark) == ("red", 0.75, "started", 90.0)


def test_component_nobody_could_have_is_left_out():
    found = only(dock(milestone("permit", (2, 28), (3, 5)), stages=()))

    assert (found.score, found.light, found.investment_share) == (50.0, "green", None)


def test_project_without_anything_due_has_no_light_and_no_score():
    found = only(dock(milestone("open", (10, 31))))

    assert (found.score, found.light, found.milestones_due) == (None, "none", 0)
    assert np.isnan(project_scores(OF, RACE, (found,), dock())).all()


def test_plan_without_any_investment_is_a_zero_not_a_gap():
    found = only(dock(readings=(reading(planned=400.0),), stages=()))

    assert (found.score, found.light, found.investment_share) == (0.0, "red", 0.0)


def test_silence_keeps_the_last_investment_against_the_newest_plan():
    rows = (reading(3, planned=100.0, invested=100.0), reading(4, planned=200.0))

    assert only(dock(readings=rows, stages=())).investment_share == 0.5


def test_investment_counts_up_to_the_cap():
    of = replace(OF, nodes=(OVERALL, replace(RACE, params={"cap": 1.1})))
    rows = dock(readings=(reading(planned=100.0, invested=150.0),), stages=())

    assert (only(rows).score, only(rows, of).score) == (100.0, pytest.approx(110.0))
    assert only(rows).investment_share == 1.5


def test_unverified_investment_waits_where_the_season_counts_verified_only():
    rows = dock(readings=(reading(planned=100.0, invested=100.0, state="reported"),), stages=())

    assert only(rows).light == "green"
    assert only(rows, replace(OF, counts="verified")).light == "red"


def test_a_mark_counts_though_nobody_verified_what_stands_beside_it():
    rows = (reading(3, invested=50.0, planned=100.0, mark=70.0), reading(4, invested=99.0, mark=80.0, state="reported"))

    found = only(dock(readings=rows), replace(OF, counts="verified"))
    assert (found.mark, found.invested) == (80.0, 50.0)
    rejected = (rows[0], replace(rows[1], state="rejected"))
    assert only(dock(readings=rejected), replace(OF, counts="verified")).mark == 70.0


def test_only_what_was_recorded_by_the_cut_counts():
    rows = dock(
        milestone("permit", (2, 28), recorded_at=on(1, 1)),
        milestone("permit", (2, 28), (2, 27), recorded_at=on(9)),
        readings=(
            reading(planned=100.0, invested=50.0, recorded_at=on(2)),
            reading(planned=100.0, invested=100.0, revision=2, recorded_at=on(9)),
        ),
        stages=(),
    )

    early, later = only(rows, as_of=AsOf(month(4), on(5))), only(rows, as_of=AsOf(month(4), on(9)))

    assert (early.milestones_on_time, early.investment_share, early.light) == (0, 0.5, "red")
    assert (later.milestones_on_time, later.investment_share, later.light) == (1, 1.0, "green")


def test_milestone_done_after_the_period_is_not_done_yet():
    found = only(dock(milestone("permit", (4, 30), (5, 1))))

    assert (found.milestones_due, found.milestones_late, found.light) == (1, 0, "red")


def test_contestant_is_the_weighted_mean_of_its_projects():
    both = Projects(
        (
            Project("dock", Text("Dock"), "ash", weight=3.0),
            Project("lab", Text("Lab"), "ash"),
            Project("farm", Text("Farm"), "birch"),
        ),
        (milestone("a", (2, 28), (2, 1)), milestone("a", (2, 28), project="lab")),
    )

    found = project_scores(OF, RACE, race_projects(OF, both, APRIL), both)

    assert found[0] == 75.0
    assert np.isnan(found[1:]).all()


def test_order_of_rows_changes_nothing():
    milestones = tuple(milestone(f"m{n}", (1 + n % 4, 20), (2, 1 + n), weight=0.1 * n) for n in range(9))
    readings = tuple(reading(n, planned=100.0 * n, invested=33.3 * n) for n in range(1, 5))
    rows = dock(*milestones, readings=readings)

    assert race_projects(OF, replace(rows, milestones=milestones[::-1], readings=readings[::-1]), APRIL) == (
        race_projects(OF, rows, APRIL)
    )


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (Projects((Project("dock", Text("Dock"), "oak"),)), "projects.unknown_contestant"),
        (dock(milestone("a", (2, 1), project="pier")), "projects.unknown_project"),
        (dock(readings=(reading(project="pier"),)), "projects.unknown_project"),
        (dock(readings=(reading(stage="sold"),)), "projects.unknown_stage"),
        (dock(readings=(reading(mark=101.0),)), "projects.mark_range"),
        (dock(readings=(reading(planned=-1.0),)), "projects.amount_negative"),
        (dock(readings=(reading(), reading())), "projects.duplicated"),
        (Projects((Project("dock", Text("Dock"), "ash"),) * 2), "projects.code_twice"),
    ],
)
def test_projects_that_cannot_stand_beside_the_season_are_refused(rows, code):
    with pytest.raises(ReadingsRefused) as refused:
        race_projects(OF, rows, APRIL)

    assert [p.code for p in refused.value.problems] == [code]
    assert all(refused.value.sentences("en"))
    assert all(refused.value.sentences("zh"))


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ((replace(RACE, params={"speed": 1.0}),), "projects.unknown_parameter"),
        ((replace(RACE, params={"late": 1.5}),), "projects.parameter_range"),
        ((RACE, replace(RACE, code="more")), "projects.two_races"),
    ],
)
def test_project_race_with_unusable_parameters_is_refused(nodes, code):
    with pytest.raises(SeasonRefused) as refused:
        race_projects(replace(OF, nodes=nodes), dock(), APRIL)

    assert [p.code for p in refused.value.problems] == [code]
    assert all(refused.value.sentences("zh"))


def test_milestone_done_on_its_due_day_is_on_time():
    found = only(dock(milestone("permit", (4, 30), (4, 30)), stages=()))

    assert (found.milestones_on_time, found.milestones_late, found.score) == (1, 0, 100.0)
