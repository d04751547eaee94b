"""Why a project stands where it does: what its score is made of, and the register's rows as frozen with the cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saima.engine.model.evaluation import ProjectResult
from saima.feeds import ProjectState, Row
from saima.server.kit import downloads
from saima.server.kit.context import lang
from saima.server.race.queries.documents import newest, stage_title, stages_of
from saima.server.race.queries.feeds import feed_title, may_see_rows, state_behind
from saima.server.race.views.standing.common import cut_for, links_of, page, season_for
from saima.server.race.views.standing.contestant import project_row
from saima.server.race.views.standing.rows import COLUMNS, amount
from saima.words import say

SIDES = ("plan", "done")


@dataclass(frozen=True, slots=True)
class Span:
    """One period of a project's investment, both sides written out; empty where a side has nothing."""

    period: str
    plan: str
    done: str


@require_safe
def project_rows(request: HttpRequest, key: str, project: str) -> HttpResponse:
    season = season_for(request, key)
    found = cut_for(request, season)
    result = next((p for p in found.index.evaluation.projects if p.project.code == project), None)
    if result is None:
        raise Http404
    behind = None if found.cut is None else state_behind(found.cut, project)
    who = result.project.contestant
    may = behind is not None and may_see_rows(request.user, season, who, behind.feed)
    if request.GET.get("form") == "csv":
        if behind is None or not may:
            raise Http404
        rows = [(r.key, r.label.of(lang()), r.value, r.of, r.since, r.source) for r in behind.state.rows]
        return downloads.csv_file(f"{key}-{found.period}-{project}.csv", [say(c, lang()) for c in COLUMNS], rows)
    stages = stages_of(found.cut.version if found.cut is not None else newest(season))
    context = {
        "project": result.project,
        "title": result.project.title.of(lang()),
        "who_title": found.index.season.contestant[who].title.of(lang()),
        "who_url": links_of(found).to("contestant", who),
        "row": project_row(found.index, result),
        "unit": result.project.unit.of(lang()),
        "stage": stage_title(stages, result.stage).of(lang()),
        "behind": behind,
        "may": may,
        "feed_title": "" if behind is None else feed_title(behind.feed).of(lang()),
        "known_at": None if behind is None else datetime.fromisoformat(behind.known_at),
        "corrected": behind is not None and _differs(behind.state, result),
    }
    if behind is not None:
        state = behind.state
        context |= {
            "spans": _spans(state.rows) if may else (),
            "planned": amount(state.planned) if state.planned else "",
            "invested": amount(state.invested) if state.invested else "",
            "said_stage": stage_title(stages, state.stage).of(lang()),
        }
    return page(request, "project_rows", found, **context)


def _differs(state: ProjectState, result: ProjectResult) -> bool:
    """Whether the cut counts something else than the register said: it was corrected afterwards."""
    pairs = ((state.planned, result.planned), (state.invested, result.invested))
    return state.stage != result.stage or any(
        said != "" and (counted is None or float(Decimal(said)) != counted) for said, counted in pairs
    )


def _spans(rows: Sequence[Row]) -> list[Span]:
    """Rows by period, plan beside what was done."""
    by_period: dict[str, dict[str, str]] = {}
    for row in rows:
        by_period.setdefault(row.since, {})[row.source] = amount(row.value)
    return [Span(period, *(sides.get(side, "") for side in SIDES)) for period, sides in sorted(by_period.items())]
