"""A part of DHIS2's dataValueSets: aggregate values in and out as JSON or CSV, with its import summary.

A data set is a season, a data element an indicator, an organisation unit a contestant; docs/api.md says what is
taken, what is not, and how the codes of conflicts map.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.periods import Period
from saima.server.accounts.rules import person_of
from saima.server.api.auth import READ, READINGS
from saima.server.kit.context import lang
from saima.server.places.queries import keys_by_uuid
from saima.server.race.actions.bulk import figures_bring
from saima.server.race.models import Season
from saima.server.race.queries.bulk import Dry, Line
from saima.server.race.queries.bulk_reading import (
    TRUE,
    csv_values,
    dhis2_period,
    json_values,
    line_of,
    own_period,
    with_group,
)
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.visible import readings_visible_to, seasons_visible_to

router = Router(tags=["dhis2"])

_CODES: Final[Mapping[str, str]] = {
    "bulk.not_yours": "E8011",
    "bulk.not_racing": "E8021",
    "bulk.frequency": "E8022",
    "bulk.after_window": "E8030",
    "bulk.report_closed": "E8033",
    "bulk.report_locked": "E8033",
    "period.unknown": "E8101",
    "bulk.no_indicator": "E8102",
    "bulk.no_contestant": "E8103",
    "bulk.no_number": "E8120",
    "bulk.note_long": "E8121",
    "bulk.twice": "E8128",
}


@router.post("/dataValueSets", auth=READINGS)
def bring(
    request: HttpRequest, dataSet: str = "", dryRun: bool = False, importStrategy: str = "CREATE_AND_UPDATE"
) -> Any:
    """Values in. Body JSON (application/json) or CSV (text/csv, application/csv)."""
    if importStrategy not in ("CREATE", "UPDATE", "CREATE_AND_UPDATE", "DELETE"):
        raise QuestionRefused(Problem("dhis2.strategy", {"strategy": importStrategy}, column="importStrategy"))
    group, values = _body(request)
    dry_run = dryRun or str(group.get("dryRun", "")).lower() in TRUE
    season = _season(request, str(group.get("dataSet") or dataSet), values)
    uuids = keys_by_uuid()
    lines = [line_of(n, v, uuids, delete=importStrategy == "DELETE") for n, v in enumerate(with_group(group, values))]
    unread = {line.number for line in lines if line.indicator == ""}
    dry = figures_bring(
        season=season, lines=lines, by=person_of(request), source="dataValueSets", dry_run=True, partial=True
    )
    twice = any(o.problem.code == "bulk.twice" for o in dry.objections)
    wanted = [] if twice else _by_strategy(dry, importStrategy)
    if wanted and not dry_run:
        figures_bring(season=season, lines=wanted, by=person_of(request), source="dataValueSets", partial=True)
    taken = {line.number for line in wanted}
    return _summary(dry, taken, len(lines), complete=not dry.objections and not unread)


def _by_strategy(dry: Dry, strategy: str) -> list[Line]:
    does = {
        "CREATE": {"new"},
        "UPDATE": {"changed"},
        "CREATE_AND_UPDATE": {"new", "changed", "withdrawn"},
        "DELETE": {"withdrawn"},
    }[strategy]
    return [p.line for p in dry.placed if p.does in does]


def _summary(dry: Dry, taken: set[int], whole: int, *, complete: bool) -> dict[str, Any]:
    done = {
        does: sum(p.does == does and p.line.number in taken for p in dry.placed)
        for does in ("new", "changed", "withdrawn")
    }
    counts = {
        "imported": done["new"],
        "updated": done["changed"],
        "deleted": done["withdrawn"],
        "ignored": whole - len(taken),
    }
    status = "SUCCESS" if not dry.objections else ("WARNING" if taken else "ERROR")
    return {
        "responseType": "ImportSummary",
        "status": status,
        "importCount": counts,
        "conflicts": [
            {
                "object": o.line.indicator or o.line.contestant,
                "value": o.problem.sentence(lang()),
                "errorCode": _CODES.get(o.problem.code, "E8120"),
                "property": _PROPERTY.get(o.problem.code, "value"),
                "indexes": [o.line.number],
            }
            for o in dry.objections
        ],
        "rejectedIndexes": sorted(o.line.number for o in dry.objections),
        "dataSetComplete": "true" if complete else "false",
    }


_PROPERTY: Final[Mapping[str, str]] = {
    "bulk.no_indicator": "dataElement",
    "bulk.no_contestant": "orgUnit",
    "period.unknown": "period",
    "bulk.frequency": "period",
    "bulk.after_window": "period",
    "bulk.note_long": "comment",
}


@router.get("/dataValueSets", auth=READ)
def give(request: HttpRequest, dataSet: str, period: str = "", orgUnit: str = "", format: str = "json") -> Any:  # noqa: A002
    """Values out: the newest revision of every figure the person may see."""
    season = _season(request, dataSet, ())
    rows = readings_visible_to(request.user, season).exclude(value="")
    if period:
        rows = rows.filter(period=str(Period.parse(own_period(period))))
    if orgUnit:
        rows = rows.filter(contestant=keys_by_uuid().get(orgUnit, orgUnit))
    values = [
        {
            "dataElement": r.indicator,
            "period": dhis2_period(r.period),
            "orgUnit": r.contestant,
            "categoryOptionCombo": "default",
            "attributeOptionCombo": "default",
            "value": r.value,
            "comment": r.note,
            "followUp": False,
            "lastUpdated": r.recorded_at.isoformat(),
        }
        for r in rows.order_by("period", "contestant", "indicator")
    ]
    if format == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, list(_COLUMNS), lineterminator="\n", extrasaction="ignore")
        writer.writerow(_COLUMNS)
        writer.writerows({k: "false" if v is False else v for k, v in row.items()} for row in values)
        return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    return {"dataSet": season.key, "dataValues": values}


_COLUMNS: Final = {
    "dataElement": "dataelement",
    "period": "period",
    "orgUnit": "orgunit",
    "categoryOptionCombo": "categoryoptioncombo",
    "attributeOptionCombo": "attributeoptioncombo",
    "value": "value",
    "lastUpdated": "lastupdated",
    "comment": "comment",
    "followUp": "followup",
}


def _body(request: HttpRequest) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    kind = (request.content_type or "").lower()
    try:
        text = request.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise QuestionRefused(Problem("dhis2.not_utf8")) from None
    if "\0" in text:
        raise QuestionRefused(Problem("dhis2.not_text"))
    if "csv" in kind:
        return {}, list(csv_values(io.StringIO(text, newline="")))
    return json_values(text)


def _season(request: HttpRequest, key: str, values: Iterable[Mapping[str, Any]]) -> Season:
    """The season of a data set: named, or the only open one that has all these elements."""
    seen = seasons_visible_to(request.user)
    if key:
        found = seen.filter(key=key).first()
        if found is None:
            raise QuestionRefused(Problem("dhis2.data_set_unknown", {"key": key[:80]}, column="dataSet"))
        return found
    wanted = {str(v.get("dataElement", "")) for v in values}
    fits = [s for s in seen if not s.closed and wanted <= set(season_of(newest(s)).indicator)]
    if len(fits) != 1:
        raise QuestionRefused(Problem("dhis2.data_set_open", {"count": str(len(fits))}, column="dataSet"))
    return fits[0]
