"""Writes the audit trail, in the transaction of what it tells of, and says whether its chain holds."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import transaction

from saima.engine.model.digest import instant_text
from saima.server.kit import clock
from saima.server.kit.context import request_id
from saima.server.kit.models import Audit, AuditHead

_HASHED: Final = (
    "previous",
    "at",
    "actor_id",
    "actor_name",
    "action",
    "object_type",
    "object_key",
    "detail",
    "request_id",
)


def record(*, by: Any, action: str, object_type: str, object_key: str, **detail: object) -> Audit:
    """Add a row. Must be called inside the transaction that does the thing, so neither is there without the other.

    ``detail`` is anything JSON can hold; ``by`` a person, or None for the program itself.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"audit of {action} outside its transaction")
    head = _head()
    row = Audit(
        at=clock.now(),
        actor=by,
        actor_name=getattr(by, "name", "") or "",
        action=action,
        object_type=object_type,
        object_key=object_key,
        detail=json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str) if detail else "",
        request_id=request_id(),
        previous=head.digest,
    )
    row.digest = digest_of(row)
    row.save()
    head.digest = row.digest
    head.save()
    return row


def _head() -> AuditHead:
    """The end of the chain, held until the transaction ends."""
    rows = AuditHead.objects.select_for_update()
    head = rows.filter(id=1).first()
    if head is None:
        AuditHead.objects.get_or_create(id=1)
        head = rows.get(id=1)
    return head


def digest_of(row: Audit) -> str:
    """The hash of a row and, through ``previous``, of every row before it."""
    return _digest(
        row.previous,
        row.at,
        row.actor_id,
        row.actor_name,
        row.action,
        row.object_type,
        row.object_key,
        row.detail,
        row.request_id,
    )


def _digest(previous: str, at: datetime, actor_id: int | None, *texts: str) -> str:
    parts = (previous, instant_text(at), str(actor_id or ""), *texts)
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def first_broken() -> Audit | None:
    """The first row that does not follow from the one before it; None when the chain holds."""
    before = ""
    rows = Audit.objects.order_by("id").values_list("id", "digest", *_HASHED).iterator(chunk_size=5_000)
    for key, digest, previous, *rest in rows:
        if previous != before or _digest(previous, *rest) != digest:
            return Audit.objects.get(id=key)
        before = digest
    return None


def end_is_there() -> bool:
    """Whether the last row is the one that was written last: rows cut off the end break no link of the chain."""
    last = Audit.objects.order_by("-id").values_list("digest", flat=True).first() or ""
    head = AuditHead.objects.filter(id=1).values_list("digest", flat=True).first() or ""
    return last == head
