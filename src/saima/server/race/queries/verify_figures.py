"""What the engine says beside a report: findings, medians of peers, trends, and which ranks another figure moves.

Everything recorded counts here, whatever its verification state: what is verified is what was reported. Answers are
kept per process under the last row of each table they were read from, so that a new row makes a new answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from saima.engine.integrity import findings
from saima.engine.integrity.context import median_last
from saima.engine.model.decimals import canonical_float
from saima.engine.model.evaluation import Finding
from saima.engine.model.inputs import AsOf, Correction
from saima.engine.model.known import FloatArray, known_at
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.engine.race import evaluate
from saima.files import Bundle
from saima.server.race.models import History, Reading, Season, SeasonVersion, SideRow
from saima.server.race.queries.documents import bundle_of, season_of, table_of
from saima.words import Text, template

TREND: Final = 13  # periods: a year and the month it began with
CellKey = tuple[str, str]  # contestant, indicator


@dataclass(frozen=True, slots=True)
class Mark:
    """The last row of each table a season's figures come from: another mark, another answer.

    ``readings`` counts those of the periods looked at: of two writers at once, the later to commit may hold the
    earlier id.
    """

    version: int
    reading: int
    readings: int
    side_row: int
    history: int


@dataclass(frozen=True)
class Figures:
    """Of one season and period, by (contestant, indicator). ``trend`` runs over ``periods``, the last one included."""

    findings: Mapping[CellKey, tuple[Finding, ...]]
    columns: tuple[Finding, ...]  # about a whole indicator
    median: Mapping[CellKey, float | None]
    periods: tuple[str, ...]
    trend: Mapping[CellKey, tuple[float | None, ...]]


@dataclass(frozen=True, slots=True)
class Move:
    """A place that another figure would change."""

    contestant: Text
    scope: Text
    ranking: str  # level, progress, medals
    before: int
    after: int


def newest_versions(seasons: Iterable[int]) -> dict[int, SeasonVersion]:
    """The newest version of each season by id, one query."""
    last = SeasonVersion.objects.filter(season=OuterRef("season")).order_by("-number").values("pk")[:1]
    rows = SeasonVersion.objects.filter(season__in=set(seasons), pk=Subquery(last))
    return {v.season_id: v for v in rows}


def marks_of(versions: Mapping[int, SeasonVersion], periods: Iterable[str]) -> dict[int, Mark]:
    """Marks by season id for figures of these periods, one query."""

    def last(rows: QuerySet[Any]) -> Subquery:
        return Subquery(rows.filter(season=OuterRef("pk")).order_by("-pk").values("pk")[:1])

    counted = Count("readings", filter=Q(readings__period__in=set(periods)))
    tables = (Reading.objects.all(), SideRow.objects.all(), History.objects.all())
    rows = Season.objects.filter(pk__in=versions).annotate(counted=counted)
    found = rows.values_list("pk", "counted", *(last(t) for t in tables))
    return {n: Mark(versions[n].pk, r or 0, count, s or 0, h or 0) for n, count, r, s, h in found}


def forget() -> None:
    """Drop every kept answer: for tests, whose rows come back under the same ids."""
    for kept in (_figures, _places, _bundle, _beside):
        kept.cache_clear()


def figures_of(season: Season, period: str, mark: Mark) -> Figures:
    return _figures(season.pk, period, mark)


@lru_cache(maxsize=64)
def _figures(season_id: int, period: str, mark: Mark) -> Figures:
    bundle, as_of = _bundle(season_id, period, mark), AsOf(Period.parse(period))
    spec = bundle.season
    known = known_at(spec, bundle.readings, as_of)
    by_cell: dict[CellKey, tuple[Finding, ...]] = {}
    columns: list[Finding] = []
    for finding in findings(spec, known, bundle.readings, as_of):
        if finding.contestant:
            key = (finding.contestant, finding.indicator)
            by_cell[key] = (*by_cell.get(key, ()), finding)
        else:
            columns.append(finding)
    shown = [n for n, p in enumerate(known.periods) if p <= as_of.period][-TREND:]
    figures = known.value[:, :, shown]
    medians = _peers(figures[:, :, -1])
    cells = [((c.code, i.code), (n, k)) for n, c in enumerate(spec.contestants) for k, i in enumerate(spec.indicators)]
    return Figures(
        findings=by_cell,
        columns=tuple(columns),
        median={key: _number(medians[at]) for key, at in cells},
        periods=tuple(str(known.periods[n]) for n in shown),
        trend={key: tuple(_number(v) for v in figures[at]) for key, at in cells},
    )


def _peers(now: FloatArray) -> FloatArray:
    """(contestants, indicators): median of all others' figures."""
    others = [np.delete(now, n, axis=0).T for n in range(len(now))]
    return np.stack([median_last(one) for one in others]) if others else now


def moves(season: Season, period: str, mark: Mark, cell: CellKey, before: str, after: str) -> tuple[Move, ...]:
    """Places that change when a cell says ``after`` instead of ``before`` (empty: no figure), all else as reported.

    Looks at the overall ranking, the races and the medal table; at every ranking where there is none of these.
    """
    then = _places(season.pk, period, mark, cell, before)
    now = _places(season.pk, period, mark, cell, after)
    spec = _bundle(season.pk, period, mark).season
    return tuple(
        Move(spec.contestant[who].title, _scope(spec, scope), ranking, then[scope, ranking, who], place)
        for (scope, ranking, who), place in sorted(now.items())
        if then.get((scope, ranking, who), place) != place
    )


@lru_cache(maxsize=64)
def _places(season_id: int, period: str, mark: Mark, cell: CellKey, value: str) -> Mapping[tuple[str, str, str], int]:
    bundle, at = _bundle(season_id, period, mark), Period.parse(period)
    spec = replace(
        bundle.season, counts="reported", uncertainty=replace(bundle.season.uncertainty, draws=1)
    )  # what is drawn changes no rank
    readings = bundle.readings
    if value:
        said = Correction(*cell, at, "set", "verify", value=value)
        readings = replace(readings, corrections=(*readings.corrections, said))
    found = evaluate(spec, readings, bundle.projects, bundle.history, AsOf(at), 0)
    places = {(s.scope, str(s.kind), s.contestant): s.rank for s in found.standings}
    chosen = {k: n for k, n in places.items() if k[0] == "overall" or k[0].startswith("race:")} or places
    return chosen | {("overall", "medals", m.contestant): m.rank for m in found.medals}


def _scope(spec: EngineSeason, scope: str) -> Text:
    kind, _, code = scope.partition(":")
    if kind == "overall":
        return template("verify.scope_overall")
    return spec.indicator[code].title if kind == "indicator" else spec.node[code].title


@lru_cache(maxsize=4)
def _bundle(season_id: int, period: str, mark: Mark) -> Bundle:
    beside = _beside(season_id, mark.version, mark.side_row, mark.history)
    table = table_of(Season.objects.get(pk=season_id), until=Period.parse(period))
    return replace(beside, readings=replace(beside.readings, table=table))


@lru_cache(maxsize=16)
def _beside(season_id: int, version_id: int, _side_row: int, _history: int) -> Bundle:
    """All but the figures, which change with every verdict: reading the rest again each time would take longer."""
    season, version = Season.objects.get(pk=season_id), SeasonVersion.objects.get(pk=version_id)
    return bundle_of(season, version, as_of=AsOf(season_of(version).window.first))


def _number(value: float) -> float | None:
    """None for NaN; the mean of two decimals is written as people write it, not with the float's last bits."""
    return None if np.isnan(value) else float(canonical_float(float(value)))
