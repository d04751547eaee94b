"""What must hold of every season: random ones, whole results compared."""

import math
from dataclasses import replace
from datetime import date
from random import Random

from drawn_seasons import AGGREGATES, FIRST, FIXED, RELATIVE, instant, more_from, rows_from, season_from
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from saima.engine.errors import Refused
from saima.engine.model.decimals import canonical_float
from saima.engine.model.evaluation_json import to_json
from saima.engine.model.history import History
from saima.engine.model.inputs import (
    AsOf,
    Correction,
    GivenScore,
    Milestone,
    Project,
    ProjectReading,
    Projects,
    Reading,
    Readings,
    ReadingTable,
    Waiver,
)
from saima.engine.model.season import Alternative, Contestant, Node, Noise, Uncertainty
from saima.engine.race.evaluate import evaluate
from saima.engine.race.record import published_of
from saima.words import Text

seeds = st.integers(0, 10**9)
months = st.integers(1, 8)


def run(season, rows, number, *, history=None, known_at=None, projects=None, seed=1, **more):
    readings = Readings(ReadingTable.of(rows), **more)
    as_of = AsOf(FIRST.next(number - 1), known_at)
    return evaluate(season, readings, projects or Projects(), history or History(), as_of, seed)


def run_or_skip(*args, **kwargs):
    try:
        return run(*args, **kwargs)
    except Refused:  # a geometric mean of zero, say: nothing to compare
        assume(False)


def latest(rows, contestant, indicator, period):
    """The row that counts, or None."""
    mine = [r for r in rows if (r.contestant, r.indicator, r.period) == (contestant, indicator, period)]
    return max(mine, key=lambda r: r.revision, default=None)


def better_by(indicator, row, step):
    value = float(row.value)
    if indicator.measure == "yes-no":
        return "1" if indicator.better == "higher" else "0"
    return canonical_float(value + step if indicator.better == "higher" else max(value - step, min(value, 0.25)))


@settings(max_examples=80)
@given(seeds, months, st.sampled_from([0.25, 3, 40]))
def test_a_better_figure_never_lowers_a_score_under_fixed_yardsticks(seed, number, step):
    season = season_from(seed, rules=FIXED)
    rows = rows_from(seed, season)
    r = Random(seed)
    who, what = r.choice(season.contestants).code, r.choice(season.scored)
    row = latest(rows, who, what.code, FIRST.next(number - 1))
    assume(row is not None)
    before = run_or_skip(season, rows, number)

    after = run_or_skip(season, [*rows, replace(row, revision=99, value=better_by(what, row, step))], number)

    cells = after.by_cell
    for cell in before.cells:
        if cell.contestant == who and cell.score is not None:
            assert cells[who, cell.indicator].score >= cell.score - 1e-9
    then = {n.node: n.score for n in before.nodes if n.contestant == who and n.score is not None}
    now = {n.node: n.score for n in after.nodes if n.contestant == who}
    assert all(now[node] >= score - 1e-9 for node, score in then.items())


def in_other_unit(season, rows, code, k):
    """The same season with one indicator in a unit ``k`` times smaller."""

    def times(x):
        return None if x is None else x * k

    indicator = season.indicator[code]
    rule = season.score_rule[indicator.score]
    params = dict(rule.params)
    for name, factor in (("small_base", k), ("points", 1 / k), ("per_unit", 1 / k)):
        if name in params:
            params[name] *= factor
    on_value = rule.rule in ("table", "bands") and rule.on == "value"
    steps = tuple((x * k, p) for x, p in rule.steps) if on_value else rule.steps
    scaled = replace(
        season,
        indicators=tuple(
            replace(i, low=times(i.low), high=times(i.high), scale=i.scale / k) if i.code == code else i
            for i in season.indicators
        ),
        score_rules=tuple(
            replace(s, params=params, steps=steps) if s.code == rule.code else s for s in season.score_rules
        ),
        targets=tuple(
            replace(t, target=times(t.target), baseline=times(t.baseline)) if t.indicator == code else t
            for t in season.targets
        ),
    )
    figures = [
        replace(r, value=canonical_float(float(r.value) * k)) if r.indicator == code and r.value else r for r in rows
    ]
    return scaled, figures


@settings(max_examples=60)
@given(seeds, months, st.sampled_from([0.25, 4.0, 1024.0]))
def test_the_unit_of_an_indicator_does_not_matter(seed, number, k):
    season = season_from(seed)
    rows = rows_from(seed, season)
    movable = [
        i
        for i in season.scored
        if i.measure not in ("completion", "yes-no")
        and i.transform == "none"
        and season.score_rule[i.score].rule != "given"
    ]
    assume(movable)
    before = run_or_skip(season, rows, number)

    after = run(*in_other_unit(season, rows, Random(seed).choice(movable).code, k), number)

    assert [(s.scope, s.contestant, s.rank) for s in after.standings] == [
        (s.scope, s.contestant, s.rank) for s in before.standings
    ]
    for a, b in zip(after.nodes, before.nodes, strict=True):
        assert (a.score is None) == (b.score is None)
        assert a.score is None or math.isclose(a.score, b.score, rel_tol=1e-9, abs_tol=1e-9)
    shown = [(c.status, c.light, c.missing) for c in before.cells]
    assert [(c.status, c.light, c.missing) for c in after.cells] == shown


def uncertain(season, r):
    """The season with noise and a declared alternative, so that something is drawn."""
    noisy = tuple(
        replace(i, noise=Noise("relative", 0.1)) if i.role == "scored" and r.random() < 0.5 else i
        for i in season.indicators
    )
    other = Alternative("how", "lowest", Text("Lowest"), aggregate="minimum")
    return replace(season, indicators=noisy, uncertainty=Uncertainty(draws=40, alternatives=(other,)))


def by_key(evaluation, *names):
    """Rows of the JSON by what they are about."""
    found = to_json(evaluation)
    about = ("scope", "kind", "contestant", "indicator", "node", "subject", "period", "key")
    return {name: {tuple(row.get(k) for k in about): row for row in found[name]} for name in names}


@settings(max_examples=40)
@given(seeds, months)
def test_the_order_of_rows_does_not_matter(seed, number):
    r = Random(seed)
    season = uncertain(season_from(seed), r)
    rows = rows_from(seed, season)
    corrections, given_scores = more_from(seed, season, rows)
    before = run_or_skip(season, rows, number, corrections=tuple(corrections), given_scores=tuple(given_scores))

    def shuffled(values):
        return tuple(r.sample(list(values), len(values)))

    def turned_over(of, *names):
        return replace(of, **{name: shuffled(getattr(of, name)) for name in names})

    other = turned_over(season, "targets", "score_rules", "curves")
    after = run(other, shuffled(rows), number, corrections=shuffled(corrections), given_scores=shuffled(given_scores))

    assert replace(after, season=season) == before


@settings(max_examples=40)
@given(seeds, months)
def test_the_order_of_contestants_indicators_and_nodes_changes_no_number(seed, number):
    r = Random(seed)
    season = season_from(seed)
    rows = rows_from(seed, season)
    exact = ("not_ranked", "medals", "lights", "findings")
    before = run_or_skip(season, rows, number)

    axes = ("contestants", "indicators", "nodes")
    other = replace(season, **{n: tuple(r.sample(list(getattr(season, n)), len(getattr(season, n)))) for n in axes})
    after = run(other, rows, number)

    assert (after.spec_digest, after.data_digest) == (before.spec_digest, before.data_digest)
    assert by_key(after, *exact) == by_key(before, *exact)
    drawn = {"rank_low", "rank_high", "band"}
    a, b = (by_key(e, "standings", "indicators", "nodes") for e in (after, before))
    for name, rows_before in b.items():
        assert a[name].keys() == rows_before.keys()
        for key, row in rows_before.items():
            alike(a[name][key], row, drawn)


def alike(a, b, drop):
    assert a.keys() == b.keys()
    for key in a.keys() - set(drop):
        if isinstance(a[key], float):
            assert math.isclose(a[key], b[key], rel_tol=1e-9, abs_tol=1e-9), (key, a, b)
        else:
            assert a[key] == b[key], (key, a, b)


@settings(max_examples=60)
@given(seeds, months, st.sampled_from(["exclude", "floor", "carry_forward"]))
def test_one_more_contestant_changes_nobody_s_score_under_fixed_yardsticks(seed, number, missing):
    season = season_from(seed, rules=FIXED, missing=missing)
    newcomer = Contestant("zoe", Text("Zoe"), tags=("coast",), order=50)
    own = [
        replace(next(t for t in season.targets if t.indicator == code and t.contestant == "*"), contestant="zoe")
        for code in {t.indicator for t in season.targets}
    ]
    wider = replace(season, contestants=(*season.contestants, newcomer), targets=(*season.targets, *own))
    rows = rows_from(seed, season)
    hers = [r for r in rows_from(seed + 1, wider) if r.contestant == "zoe"]
    before = run_or_skip(season, rows, number)

    after = run_or_skip(wider, [*rows, *hers], number)

    assert not before.reverses_ranks
    assert [n for n in after.nodes if n.contestant != "zoe"] == list(before.nodes)
    assert [c for c in after.cells if c.contestant != "zoe"] == list(before.cells)


@settings(max_examples=40)
@given(seeds, st.sampled_from(["rule", "season", "node", "medals", "nowhere"]), st.sampled_from(RELATIVE))
def test_whoever_reads_the_others_says_so(seed, where, rule):
    season = season_from(seed, rules=(rule,) if where == "rule" else FIXED, missing="floor")
    if where == "season":
        season = replace(season, missing="class_mean")
    if where == "node":
        season = replace(season, nodes=(replace(season.nodes[0], missing="class_mean"), *season.nodes[1:]))
    if where == "medals":
        rest = tuple(replace(n, parent="") if n.kind == "race" else n for n in season.nodes[1:])
        season = replace(season, overall="medals", nodes=rest, tie_breakers=())

    found = run_or_skip(season, rows_from(seed, season), 4)

    assert found.reverses_ranks == (where != "nowhere")


def weak_season(seed):
    """Fixed yardsticks, everybody racing all year, and a weak-spot race beside."""
    season = season_from(seed, rules=FIXED, aggregates=(AGGREGATES[0],), missing="floor", most_contestants=3)
    race = Node("mend", Text("Mend"), "race", "overall", weight=3.0, race="weak_spots", order=15)
    return replace(
        season,
        nodes=(*season.nodes, race),
        indicators=tuple(replace(i, applies_to=()) for i in season.indicators),
        contestants=tuple(replace(c, since=None) for c in season.contestants),
        counts="reported",
        minimum_share=0.0,
        floor_score=0.0,  # a floor above what a bad figure scores would make silence pay
    )


def published_through(season, rows, last):
    """The months one by one, each published, and the evaluation of the last."""
    history = ()
    for number in range(1, last + 1):
        known = [r for r in rows if r.period <= FIRST.next(number - 1)]
        found = run_or_skip(season, known, number, history=History(history))
        history = (*history, published_of(found, number=number, dated=date(2026, number + 1, 8)))
    return found


def worse(indicator, row, step):
    if indicator.measure == "yes-no":
        return "0" if indicator.better == "higher" else "1"
    value = float(row.value)
    return canonical_float(max(value - step, 0.0) if indicator.better == "higher" else value + step)


@settings(max_examples=60)
@given(seeds, st.integers(2, 6), st.sampled_from([1, 10, 60]), st.booleans())
def test_dipping_before_a_cut_never_pays(seed, last, step, withheld):
    season = weak_season(seed)
    rows = rows_from(seed, season, gaps=0.1, odd=0.1)
    r = Random(seed)
    who, what = r.choice(season.contestants).code, r.choice(season.scored)
    row = latest(rows, who, what.code, FIRST.next(r.randrange(last)))
    assume(row is not None and row.value and row.state in ("verified", "reported"))
    milestone = season.score_rule[what.score].rule == "milestone"
    honest = published_through(season, rows, last)

    lower = {"state": "rejected"} if withheld else {"value": worse(what, row, step)}
    dip = replace(row, revision=99, **lower)
    dipped = published_through(season, [*rows, dip], last)

    for found in (honest, dipped):
        assert {m.now for m in found.lights if m.issued == "red"} <= {"red", "yellow"}
        assert all(m.now == m.issued for m in found.lights if m.issued != "red")
    scores = [{n.node: n.score for n in e.nodes if n.contestant == who} for e in (honest, dipped)]
    assert scores[1]["mend"] <= scores[0]["mend"] + 1e-9
    if scores[0]["overall"] is not None and not milestone:
        assert scores[1]["overall"] <= scores[0]["overall"] + 1e-9


@settings(max_examples=40)
@given(seeds, st.integers(1, 6))
def test_what_was_published_never_changes(seed, number):
    base = season_from(seed)
    race = Node("works", Text("Works"), "race", "overall", weight=2.0, race="projects", order=16)
    season = replace(base, nodes=(*base.nodes, race))
    who, period, later = season.contestants[0].code, FIRST.next(number - 1), instant(11)
    rows = [r for r in rows_from(seed, season) if r.recorded_at <= instant(9)]
    known = Projects(
        (Project("dam", Text("Dam"), who),),
        (Milestone("dam", "permit", Text("Permit"), date(2026, 2, 1), date(2026, 1, 9), recorded_at=instant(1)),),
        (ProjectReading("dam", FIRST, planned=10.0, invested=4.0, recorded_at=instant(1)),),
    )
    corrections, given_scores = more_from(seed, season, rows)
    before = run_or_skip(
        season, rows, number, known_at=instant(9), projects=known,
        corrections=tuple(corrections), given_scores=tuple(given_scores),
    )  # fmt: skip
    what = season.scored[0].code
    more = [
        Reading(who, i.code, FIRST.next(k), "999", recorded_at=instant(3), revision=77)
        for i in season.scored
        for k in range(number, 8)
    ]
    more += [replace(r, value="777", revision=r.revision + 500, recorded_at=later) for r in rows]
    undone = replace(known.milestones[0], done=None, recorded_at=later)
    invested = replace(known.readings[0], invested=9.0, revision=2, recorded_at=later)
    then = Projects(
        known.projects,
        (*known.milestones, undone),
        (*known.readings, invested, ProjectReading("dam", period.next(), 9.0)),
    )
    changed = Correction(who, what, period, "set", "later", "5", recorded_at=later)
    taken = GivenScore(who, "overall", period, 1.0, "later", later)
    published = published_of(before, number=1, dated=date(2026, 9, 9))
    history = History((published, replace(published, version=2, cells={}), replace(published, period=period.next())))

    after = run(
        season, [*rows, *more], number, known_at=instant(9), projects=then, history=history,
        corrections=(*corrections, changed, replace(changed, period=period.next(), recorded_at=instant(1))),
        given_scores=(*given_scores, taken, replace(taken, period=period.next(), recorded_at=instant(1))),
        waivers=tuple(Waiver(f.key, "later", recorded_at=later) for f in before.findings),
    )  # fmt: skip

    assert after == before


@settings(max_examples=80)
@given(seeds, months)
def test_contributions_add_up_at_every_node(seed, number):
    season = season_from(seed)
    rows = rows_from(seed, season)
    corrections, given_scores = more_from(seed, season, rows)
    found = run_or_skip(season, rows, number, corrections=tuple(corrections), given_scores=tuple(given_scores))

    given_here = {(g.contestant, g.node) for g in given_scores if g.period == found.period}
    parent = {i.code: i.node for i in season.scored}
    for n in found.nodes:
        own = [c for c in found.cells if c.contestant == n.contestant and parent.get(c.indicator) == n.node]
        inner = [m for m in found.nodes if m.contestant == n.contestant and season.node[m.node].parent == n.node]
        parts = [part.contribution for part in (*own, *inner)]
        if n.score is None or (n.contestant, n.node) in given_here:
            assert not any(parts)
        else:
            assert math.isclose(math.fsum(parts), n.contribution, rel_tol=1e-9, abs_tol=1e-9), n
        if not season.node[n.node].parent:
            assert n.contribution == (n.score or 0.0)


@settings(max_examples=60)
@given(seeds, months)
def test_every_alteration_in_the_ledger_is_what_happened(seed, number):
    season = season_from(seed)
    found = run_or_skip(season, rows_from(seed, season), number)

    cells = found.by_cell
    for a in found.adjustments:
        if a.kind in ("cap", "floor"):
            assert (a.after < a.before) == (a.kind == "cap")
            assert a.effect <= 0 if a.kind == "cap" else a.effect >= 0
            assert cells[a.contestant, a.subject].score == a.after
        if a.kind in ("floored_missing", "class_mean") and not a.subject.startswith("node:"):
            cell = cells[a.contestant, a.subject]
            assert cell.score == a.after
            assert math.isclose(cell.contribution, a.effect, rel_tol=1e-12, abs_tol=1e-12)
            assert cell.status in ("late", "unverified", "rejected")
        if a.kind == "reweighted":
            assert cells[a.contestant, a.subject].score is None


@settings(max_examples=25)
@given(seeds, months)
def test_the_seed_changes_drawn_statistics_only(seed, number):
    season = uncertain(season_from(seed, aggregates=(AGGREGATES[0],)), Random(seed))
    rows = rows_from(seed, season)

    def bare(evaluation):
        places = tuple(replace(s, rank_low=0, rank_high=0, band=0) for s in evaluation.standings)
        return replace(evaluation, seed=0, standings=places, intervals=(), uncertainty=())

    assert bare(run_or_skip(season, rows, number, seed=1)) == bare(run(season, rows, number, seed=2))
