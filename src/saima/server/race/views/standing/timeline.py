"""What happened in a season and when, in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saima.engine.model.periods import Period
from saima.press.sentences import period_name
from saima.server.kit.context import lang
from saima.server.kit.models import Audit
from saima.server.places.queries import titles_of
from saima.server.race.models import Season
from saima.server.race.queries.timeline import happened
from saima.server.race.queries.verify import title_of
from saima.server.race.queries.visible import reports_visible_to
from saima.server.race.views.standing.common import season_for
from saima.words import codes, say

PAGE = 50


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    said: str
    who: str
    reason: str


@require_safe
def timeline(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key)
    events = Paginator(happened(request.user, season), PAGE).get_page(request.GET.get("page"))
    reports = _reports(request, season, events.object_list)
    context = {"season": season, "page": events, "events": [_event(row, season, reports) for row in events.object_list]}
    return render(request, "race/standing/timeline.html", context)


def _reports(request: HttpRequest, season: Season, rows: Any) -> Mapping[str, Any]:
    """Of the reports these rows speak of: whose they are and of which period."""
    wanted = {row.object_key for row in rows if row.object_type == "report"}
    found = reports_visible_to(request.user).filter(season=season, pk__in=wanted).select_related("place")
    titles = titles_of([r.place for r in found])
    return {str(r.pk): (titles[r.place_id], _named(r.period)) for r in found}


def _event(row: Audit, season: Season, reports: Mapping[str, Any]) -> Event:
    detail = json.loads(row.detail) if row.detail else {}
    code = f"timeline.{row.action}"
    whose, period, number = row.object_key, _named(str(detail.get("period", ""))), ""
    if row.object_type == "report":
        whose, period = reports.get(row.object_key, (whose, period))
    elif row.object_type in ("cut", "draft"):
        _, text, number = row.object_key.rsplit(" ", 2)
        period = _named(text)
    params = {"season": title_of(season), "whose": whose, "period": period, "number": number}
    said = say(code, lang(), **params) if code in _known() else say("timeline.other", lang(), what=row.action)
    who = row.actor_name or say("timeline.program", lang())
    return Event(row.at, said, who, str(detail.get("reason") or ""))


def _known() -> frozenset[str]:
    return frozenset(c for c in codes() if c.startswith("timeline."))


def _named(period: str) -> str:
    return period_name(Period.parse(period), lang()) if period else ""
