"""Reads the audit trail: by person, action, thing and day; as rows for a page or a file."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from saima.engine.model.digest import instant_text
from saima.server.kit.downloads import harmless
from saima.server.kit.models import Audit

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the trail is asked for; empty means everything."""

    person: str = ""
    action: str = ""
    thing: str = ""
    since: date | None = None
    until: date | None = None  # this day included


def trail(wanted: Wanted, zone: str = "Asia/Shanghai") -> QuerySet[Audit]:
    """Rows that fit, newest first."""
    rows = Audit.objects.order_by("-id")
    if wanted.person:
        rows = rows.filter(Q(actor_name__icontains=wanted.person) | Q(actor__username=wanted.person))
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.thing:
        rows = rows.filter(Q(object_key__icontains=wanted.thing) | Q(object_type=wanted.thing))
    if wanted.since:
        rows = rows.filter(at__gte=_start(wanted.since, zone))
    if wanted.until and wanted.until < date.max:
        rows = rows.filter(at__lt=_start(wanted.until + timedelta(days=1), zone))
    return rows


def actions_seen() -> list[str]:
    return list(Audit.objects.order_by("action").values_list("action", flat=True).distinct())


def details(row: Audit) -> list[tuple[str, str]]:
    """What a row says beside who, what and when: names and values, as they were written; of digests the beginning."""
    said = json.loads(row.detail) if row.detail else {}
    return [(name, _short(value)) for name, value in said.items() if value not in (None, "")]


def _short(value: object) -> str:
    if isinstance(value, str):
        return f"{value[:12]}…" if _DIGEST.fullmatch(value) else value
    return json.dumps(value, ensure_ascii=False)


def as_csv(rows: QuerySet[Audit]) -> Iterator[str]:
    """The rows as CSV text, line by line, each with its hash, so that the chain can be followed outside."""
    yield _line(
        ["id", "at", "actor", "action", "object_type", "object_key", "detail", "request_id", "previous", "digest"]
    )
    for r in rows.order_by("id").iterator():
        yield _line(
            [
                str(r.id),
                instant_text(r.at),
                r.actor_name,
                r.action,
                r.object_type,
                r.object_key,
                r.detail,
                r.request_id,
                r.previous,
                r.digest,
            ]
        )


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([harmless(c) for c in cells])
    return out.getvalue()


def _start(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
