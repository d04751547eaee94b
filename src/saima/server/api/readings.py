"""Readings out and in, with a dry run and an objection for every line that cannot be taken."""

import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from saima.engine.model.periods import Period
from saima.server.accounts.rules import person_of
from saima.server.api.auth import READ, READINGS
from saima.server.api.errors import said
from saima.server.api.seasons import season_at
from saima.server.kit.idempotency import once
from saima.server.race.actions.bulk import figures_bring
from saima.server.race.queries.bulk import Dry, Line
from saima.server.race.queries.visible import readings_visible_to

router = Router(tags=["readings"])
MOST_AT_ONCE = 1_000_000


class Wanted(Schema):
    """Which readings; ``revisions`` all or only the newest of each figure."""

    period: str = ""
    contestant: str = ""
    indicator: str = ""
    state: str = ""
    revisions: Literal["newest", "all"] = "newest"
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    offset: Annotated[int, Field(ge=0, le=10**12)] = 0


@router.get("/seasons/{key}/readings", auth=READ)
def readings(request: HttpRequest, key: str, wanted: Query[Wanted]) -> Any:
    """Figures the person may see, in pages; values are decimal text."""
    rows = readings_visible_to(request.user, season_at(request, key), newest_only=wanted.revisions == "newest")
    if wanted.period:
        rows = rows.filter(period=str(Period.parse(wanted.period)))
    for name in ("contestant", "indicator", "state"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    count = rows.count()
    shown = rows.order_by("period", "contestant", "indicator", "revision")[wanted.offset : wanted.offset + wanted.limit]
    fields = (
        "contestant",
        "indicator",
        "period",
        "revision",
        "value",
        "state",
        "origin",
        "note",
        "evidence",
        "recorded_at",
    )
    return {"count": count, "offset": wanted.offset, "readings": list(shown.values(*fields))}


class Figure(Schema):
    """One figure; ``value`` decimal text or a number."""

    contestant: str
    indicator: str
    period: str
    value: str | int | float = ""
    note: str = ""
    deleted: bool = False


class Sent(Schema):
    source: str = "api"
    partial: bool = False
    figures: list[Figure]


@router.post("/seasons/{key}/readings", auth=READINGS)
def bring_readings(request: HttpRequest, key: str, sent: Sent, dry_run: bool = False) -> Any:
    """Add figures as new revisions in the state reported. The header Idempotency-Key makes a repeat harmless."""
    found = season_at(request, key)
    lines = [
        Line(n, f.contestant, f.indicator, f.period, str(f.value).strip(), f.note, f.deleted)
        for n, f in enumerate(sent.figures, start=1)
    ]

    def do() -> str:
        return _told(
            figures_bring(
                season=found,
                lines=lines,
                by=person_of(request),
                source=sent.source,
                dry_run=dry_run,
                partial=sent.partial,
            ),
            dry_run=dry_run,
        )

    key_sent = "" if dry_run else request.headers.get("Idempotency-Key", "")
    return json.loads(once(key=key_sent, by=person_of(request), action=f"readings {found.key}", do=do))


def _told(dry: Dry, *, dry_run: bool) -> str:
    return json.dumps(
        {
            "dry_run": dry_run,
            "new": dry.count("new"),
            "changed": dry.count("changed"),
            "same": dry.count("same"),
            "withdrawn": dry.count("withdrawn"),
            "refused": len(dry.objections),
            "problems": [said(o.problem) | {"line": o.line.number} for o in dry.objections[:1_000]],
        },
        ensure_ascii=False,
    )
