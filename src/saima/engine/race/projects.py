"""The project race: milestones on time, investment against plan, stage, and the mark of a meet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from saima.engine.errors import Problem, ReadingsRefused, SeasonRefused
from saima.engine.model.evaluation import ProjectResult
from saima.engine.model.history import Colour
from saima.engine.model.inputs import AsOf, Milestone, Project, ProjectReading, Projects
from saima.engine.model.known import FloatArray
from saima.engine.model.season import Node, Season

PARAMETERS: Final[Mapping[str, float]] = {
    "milestones": 40.0,
    "investment": 30.0,
    "stage": 20.0,
    "mark": 10.0,
    "late": 0.5,
    "cap": 1.0,
}


@dataclass(frozen=True, slots=True)
class _State:
    """What counts of one project's readings: the newest of each, cumulative."""

    planned: float | None = None
    invested: float | None = None
    stage: str = ""
    mark: float | None = None


def race_projects(season: Season, projects: Projects, as_of: AsOf) -> tuple[ProjectResult, ...]:
    """State, light and score of every project at a cut.

    Parameters
    ----------
    projects : milestones and readings in any order; only rows recorded by ``as_of.known_at`` count. Of several rows
        of one milestone the last recorded counts; of one project and period, the highest revision.

    Returns
    -------
    By project order and code. ``score`` is 0-100 (above only where the investment ``cap`` is above 1), None where
    nothing was due and nothing is known.

    Raises
    ------
    ReadingsRefused
        ``projects.unknown_contestant``, ``projects.unknown_project``, ``projects.unknown_stage``,
        ``projects.code_twice``, ``projects.duplicated``, ``projects.frequency``, ``projects.mark_range``,
        ``projects.amount_negative``.
    SeasonRefused
        ``projects.unknown_parameter``, ``projects.parameter_range``, ``projects.two_races``.

    Notes
    -----
    docs/method/projects.md.
    """
    _check(season, projects)
    params = _params(season)
    last_day = as_of.period.last_day
    milestones = _milestones(projects.milestones, as_of)
    states = _states(season, projects.readings, as_of)
    points = {code: score for code, _, score in projects.stages}
    ordered = sorted(projects.projects, key=lambda p: (p.order, p.code))
    return tuple(
        _result(
            p, milestones.get(p.code, ()), states.get(p.code, _State()), points, params, last_day, season.light_from
        )
        for p in ordered
    )


def project_scores(season: Season, node: Node, results: tuple[ProjectResult, ...], projects: Projects) -> FloatArray:
    """Score of each contestant in the project race: mean of its projects' scores, weighted by ``Project.weight``.

    Returns
    -------
    (contestants,), NaN where no project of a contestant has a score.

    Raises
    ------
    ValueError
        The node is no race of projects.
    """
    if node.race != "projects":
        raise ValueError(f"{node.code} is no race of projects")
    owner = {p.code: p for p in projects.projects}
    at = {c.code: n for n, c in enumerate(season.contestants)}
    total, weight = np.zeros(len(at)), np.zeros(len(at))
    for r in results:
        if r.score is not None:
            project = owner[r.project.code]
            total[at[project.contestant]] += project.weight * r.score
            weight[at[project.contestant]] += project.weight
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight > 0, total / weight, np.nan)


def _result(
    project: Project,
    milestones: Iterable[Milestone],
    state: _State,
    points: Mapping[str, float],
    params: Mapping[str, float],
    last_day: date,
    light_from: float,
) -> ProjectResult:
    due = [m for m in milestones if m.due <= last_day]
    done = [m for m in due if m.done is not None and m.done <= last_day]
    on_time = [m for m in done if m.done is not None and m.done <= m.due]
    late = [m for m in done if m not in on_time]
    planned = state.planned if state.planned is not None and state.planned > 0 else None
    share = None if planned is None else (state.invested or 0.0) / planned
    anything_due = bool(due) or planned is not None

    parts: dict[str, float] = {}
    weight_due = sum(m.weight for m in due)
    if weight_due > 0:
        reached = sum(m.weight for m in on_time) + params["late"] * sum(m.weight for m in late)
        parts["milestones"] = 100 * reached / weight_due
    if share is not None:
        parts["investment"] = 100 * min(params["cap"], share)
    if points and (anything_due or state.stage):
        parts["stage"] = points.get(state.stage, 0.0)
    if state.mark is not None:
        parts["mark"] = state.mark
    weight = sum(params[name] for name in parts)
    score = sum(params[name] * part for name, part in parts.items()) / weight if weight > 0 else None

    light: Colour = "none"
    if anything_due:
        kept = len(done) == len(due) and (share is None or round(share, 12) >= round(light_from, 12))
        light = "green" if kept else "red"
    return ProjectResult(
        project=project,
        light=light,
        milestones_due=len(due),
        milestones_on_time=len(on_time),
        milestones_late=len(late),
        investment_share=share,
        planned=state.planned,
        invested=state.invested,
        stage=state.stage,
        mark=state.mark,
        score=score,
    )


def _milestones(rows: Iterable[Milestone], as_of: AsOf) -> dict[str, tuple[Milestone, ...]]:
    latest: dict[tuple[str, str], Milestone] = {}
    never = date.min
    for m in sorted(rows, key=lambda m: (m.recorded_at, m.done is not None, m.done or never, m.due, m.weight)):
        if as_of.known_at is None or m.recorded_at <= as_of.known_at:
            latest[m.project, m.code] = m
    found: dict[str, tuple[Milestone, ...]] = {}
    for (project, _), m in sorted(latest.items(), key=lambda pair: pair[0]):
        found[project] = (*found.get(project, ()), m)
    return found


def _states(season: Season, rows: Iterable[ProjectReading], as_of: AsOf) -> dict[str, _State]:
    known = [
        r for r in rows if r.period <= as_of.period and (as_of.known_at is None or r.recorded_at <= as_of.known_at)
    ]
    latest = {(r.project, r.period): r for r in sorted(known, key=lambda r: r.revision)}
    found: dict[str, _State] = {}
    for (project, _), r in sorted(latest.items(), key=lambda pair: pair[0]):
        if r.state not in ("verified", "reported"):
            continue
        state = found.get(project, _State())
        if r.planned is not None:  # a plan is no achievement: it need not be verified to be held against
            state = replace(state, planned=r.planned)
        if r.mark is not None:  # a mark is a meet's, no claim of the unit: there is nothing to verify
            state = replace(state, mark=r.mark)
        if r.state == "verified" or season.counts == "reported":
            state = replace(
                state,
                invested=state.invested if r.invested is None else r.invested,
                stage=r.stage or state.stage,
            )
        found[project] = state
    return found


def _params(season: Season) -> Mapping[str, float]:
    races = [n for n in season.nodes if n.kind == "race" and n.race == "projects"]
    if len(races) > 1:
        raise SeasonRefused(Problem("projects.two_races", {"first": races[0].title, "second": races[1].title}))
    if not races:
        return PARAMETERS
    race = races[0]
    for name, value in sorted(race.params.items()):
        if name not in PARAMETERS:
            raise SeasonRefused(
                Problem(
                    "projects.unknown_parameter",
                    {"race": race.title, "parameter": name, "allowed": tuple(sorted(PARAMETERS))},
                )
            )
        if value < 0 or (name == "late" and value > 1) or (name == "cap" and value < 1):
            raise SeasonRefused(
                Problem("projects.parameter_range", {"race": race.title, "parameter": name, "value": float(value)})
            )
    return {**PARAMETERS, **race.params}


def _check(season: Season, projects: Projects) -> None:
    stages = {code for code, _, _ in projects.stages}
    known: set[str] = set()
    for p in projects.projects:
        if p.code in known:
            raise ReadingsRefused(Problem("projects.code_twice", {"project": p.code}))
        known.add(p.code)
        if p.contestant not in season.contestant:
            raise ReadingsRefused(
                Problem("projects.unknown_contestant", {"project": p.code, "contestant": p.contestant})
            )
    for m in projects.milestones:
        if m.project not in known:
            raise ReadingsRefused(Problem("projects.unknown_project", {"project": m.project, "where": m.code}))
    seen: set[tuple[str, str, int]] = set()
    for r in projects.readings:
        if r.project not in known:
            raise ReadingsRefused(Problem("projects.unknown_project", {"project": r.project, "where": str(r.period)}))
        about = {"project": r.project, "period": str(r.period)}
        if r.period.frequency != season.frequency:
            raise ReadingsRefused(Problem("projects.frequency", {**about, "frequency": season.frequency}))
        if r.stage and r.stage not in stages:
            allowed = tuple(sorted(stages)) or ("-",)
            raise ReadingsRefused(Problem("projects.unknown_stage", {**about, "stage": r.stage, "allowed": allowed}))
        if r.mark is not None and not 0 <= r.mark <= 100:
            raise ReadingsRefused(Problem("projects.mark_range", {**about, "mark": float(r.mark)}))
        for amount in (r.planned, r.invested):
            if amount is not None and amount < 0:
                raise ReadingsRefused(Problem("projects.amount_negative", {**about, "amount": float(amount)}))
        key = (r.project, str(r.period), r.revision)
        if key in seen:
            raise ReadingsRefused(Problem("projects.duplicated", {**about, "revision": r.revision}))
        seen.add(key)
