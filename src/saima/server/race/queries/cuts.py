"""Reads cuts and what the engine said of them; an evaluation is read from its blob once per process."""

import tempfile
from collections.abc import Hashable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.db.models import Max

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.history import History as EngineHistory
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race import evaluate
from saima.files import Bundle, load_season, read_history
from saima.files.evaluations import read_evaluation
from saima.server.kit import blobs, clock
from saima.server.race.models import Cut, Evaluated, History, Reading, Season, SideRow
from saima.server.race.queries.documents import bundle_of, newest

SEED: Final = 2026  # of every draw in this installation; recorded with each evaluation

Knowledge = tuple[Hashable, ...]


@lru_cache(maxsize=16)
def evaluation_by(sha256: str) -> Evaluation:
    """The evaluation kept in a blob."""
    return read_evaluation(blobs.get(sha256))


def evaluation_of(evaluated: Evaluated) -> Evaluation:
    return evaluation_by(evaluated.result_id)


def newest_evaluated(season: Season, period: str | None = None) -> Evaluated | None:
    """The newest evaluation of a period, or of the latest period that was ever cut."""
    found = Evaluated.objects.filter(cut__season=season).select_related("cut")
    if period is not None:
        found = found.filter(cut__period=period)
    return found.order_by("-cut__period", "-cut__number", "-id").first()


def frozen_periods(season: Season) -> tuple[Period, ...]:
    """Periods with an evaluated cut, ascending."""
    found = Evaluated.objects.filter(cut__season=season).values_list("cut__period", flat=True).distinct()
    return tuple(sorted(Period.parse(p) for p in found))


def cuts_of(season: Season) -> Sequence[Cut]:
    """Every cut, the newest of each period first; one query."""
    return list(Cut.objects.filter(season=season).select_related("by").order_by("-period", "-number"))


def cut_in(season: Season, pk: int) -> Cut | None:
    """A cut of a season by its number inside; one query."""
    return Cut.objects.select_related("season").filter(season=season, pk=pk).first()


@lru_cache(maxsize=4)
def _bundle(sha256: str) -> Bundle:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut.zip"
        path.write_bytes(blobs.get(sha256))
        return load_season(path)


def bundle_of_cut(cut: Cut) -> Bundle:
    """What was frozen, as the engine's values."""
    return _bundle(cut.bundle_id)


def history_of(season: Season) -> EngineHistory:
    """What bulletins of the season have fixed.

    Raises
    ------
    HistoryRefused
        A record cannot be read.
    """
    return _history(tuple(History.objects.filter(season=season).order_by("id").values_list("name", "content")))


@lru_cache(maxsize=8)
def _history(rows: tuple[tuple[str, str], ...]) -> EngineHistory:
    """Read once per process: a record never changes, and a page of notes asks for all of them."""
    return read_history({name: content.encode() for name, content in rows})


def knowledge_of(season: Season) -> Knowledge:
    """What tells today's state of a season from any other: how far its append-only tables have grown by now."""
    readings = Reading.objects.filter(season=season, recorded_at__lte=clock.now())
    last = readings.order_by("-id").values_list("id", "contestant", "indicator", "period", "value", "state").first()
    side = SideRow.objects.filter(season=season).order_by("-id").values_list("id", "cells").first()
    history = History.objects.filter(season=season).aggregate(last=Max("id"))["last"]
    return (last, readings.count(), side, history, newest(season).digest)


def evaluation_now(*, season: Season, period: Period) -> Evaluation:
    """What today's figures would say; nothing is frozen. Asked again before anything came in, it is the same answer.

    Raises
    ------
    SeasonRefused, ReadingsRefused, HistoryRefused
        The engine cannot evaluate it.
    """
    return _now(season.pk, period, knowledge_of(season))


@lru_cache(maxsize=8)
def _now(season_id: int, period: Period, knowledge: Knowledge) -> Evaluation:
    del knowledge  # only tells answers apart
    season = Season.objects.get(pk=season_id)
    as_of = AsOf(period, clock.now())
    bundle = bundle_of(season, newest(season), as_of=as_of)
    return evaluate(bundle.season, bundle.readings, bundle.projects, bundle.history, as_of, SEED)


def cut_known(pk: int) -> Cut:
    """A cut a task of the program names, with its season and version."""
    return Cut.objects.select_related("season", "version").get(pk=pk)


def cut_with(season: Season, period: str, data_digest: str) -> Cut | None:
    """The last cut of a period that froze exactly these figures."""
    found = Cut.objects.filter(season=season, period=period, data_digest=data_digest)
    return found.order_by("number").last()


def newer_cut(cut: Cut) -> Cut | None:
    """The last cut of the same period after this one."""
    found = Cut.objects.filter(season=cut.season_id, period=cut.period, number__gt=cut.number)
    return found.order_by("number").last()
