"""Seasons, targets, reports and standings for programs: what their person may see, no more."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Router, Status
from ninja.files import UploadedFile

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.digest import plain
from saima.engine.model.evaluation import Evaluation
from saima.engine.model.evaluation_json import to_json
from saima.engine.model.periods import Period
from saima.files import load_season
from saima.server.accounts.rules import person_of, require
from saima.server.api.auth import READ, SEASONS
from saima.server.kit.uploads import Kind, received
from saima.server.race.actions.seasons import season_import
from saima.server.race.models import Season
from saima.server.race.queries.cuts import evaluation_of, newest_evaluated
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.visible import reports_visible_to, seasons_visible_to
from saima.server.race.rules import RULES

router = Router(tags=["seasons"])


def season_at(request: HttpRequest, key: str) -> Season:
    """A season its person may see; otherwise it does not exist."""
    return get_object_or_404(seasons_visible_to(request.user), key=key)


@router.get("/seasons", auth=READ)
def seasons(request: HttpRequest) -> Any:
    """The seasons, newest first."""
    return [
        {
            "key": s.key,
            "title": {"en": s.title_en, "zh": s.title_zh},
            "frequency": s.frequency,
            "illustrative": s.illustrative,
            "closed": s.closed,
        }
        for s in seasons_visible_to(request.user)
    ]


@router.get("/seasons/{key}", auth=READ)
def season(request: HttpRequest, key: str) -> Any:
    """The published definition: contestants, indicators, groups and rules, with version and digest."""
    found = season_at(request, key)
    version = newest(found)
    spec = season_of(version)
    return {
        "key": found.key,
        "version": version.number,
        "digest": version.digest,
        "published_at": version.published_at,
        "title": plain(spec.title),
        "frequency": spec.frequency,
        "window": [str(spec.window.first), str(spec.window.last)],
        "contestants": [plain(c) for c in spec.contestants],
        "indicators": [plain(i) for i in spec.indicators],
        "nodes": [plain(n) for n in spec.nodes],
        "score_rules": [plain(r) for r in spec.score_rules],
    }


@router.get("/seasons/{key}/targets", auth=READ)
def targets(request: HttpRequest, key: str) -> Any:
    """Targets as published; numbers are decimal text."""
    return [plain(t) for t in season_of(newest(season_at(request, key))).targets]


@router.post("/seasons", auth=SEASONS, response={201: Any})
def bring_season(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """A new season from a zip of its folder or a workbook, published as version 1."""
    require(RULES, "season.import", request.user)
    del file  # the house's one door for files opens it
    sent = received(request, "file", allowed=(Kind.ZIP, Kind.XLSX))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"season.{sent.kind}"
        path.write_bytes(sent.content)
        bundle = load_season(path)
    version = season_import(bundle=bundle, by=person_of(request), source=sent.name)
    return Status(201, {"key": version.season.key, "version": version.number, "digest": version.digest})


@router.get("/seasons/{key}/reports", auth=READ)
def reports(request: HttpRequest, key: str, period: str = "") -> Any:
    """Reports and their states, as far as the person may see them."""
    found = reports_visible_to(request.user).filter(season=season_at(request, key)).select_related("place")
    if period:
        found = found.filter(period=str(Period.parse(period)))
    return [
        {
            "id": r.pk,
            "place": r.place.key,
            "period": r.period,
            "state": r.state,
            "due_at": r.due_at,
            "submitted_at": r.submitted_at,
            "verified_at": r.verified_at,
        }
        for r in found
    ]


@router.get("/seasons/{key}/standings", auth=READ)
def standings(request: HttpRequest, key: str, period: str = "", scope: str = "overall", kind: str = "level") -> Any:
    """Places of one scope in a frozen month, best first, with their 90 % interval."""
    evaluation = _evaluation(request, key, period)
    if kind not in ("level", "progress"):
        raise QuestionRefused(Problem("api.kind", {"kind": kind}, column="kind"))
    known = sorted({s.scope for s in evaluation.standings})
    if known and scope not in known:
        raise QuestionRefused(Problem("api.scope", {"scope": scope, "scopes": tuple(known)}, column="scope"))
    return {
        "season": key,
        "period": str(evaluation.period),
        "known_at": evaluation.known_at,
        "scope": scope,
        "kind": kind,
        "standings": [
            {
                "contestant": s.contestant,
                "rank": s.rank,
                "score": s.score,
                "rank_low": s.rank_low,
                "rank_high": s.rank_high,
                "band": s.band,
                "previous": s.previous,
                "class": s.class_code,
            }
            for s in evaluation.standings
            if s.scope == scope and s.kind == kind
        ],
    }


@router.get("/seasons/{key}/evaluation", auth=READ)
def whole_evaluation(request: HttpRequest, key: str, period: str = "") -> Any:
    """Everything the engine said of a frozen month: the schema saima.evaluation/1."""
    return to_json(_evaluation(request, key, period))


def _evaluation(request: HttpRequest, key: str, period: str) -> Evaluation:
    found = season_at(request, key)
    require(RULES, "standing.see", request.user, season=key)
    evaluated = newest_evaluated(found, str(Period.parse(period)) if period else None)
    if evaluated is None:
        raise Http404
    return evaluation_of(evaluated)
