"""Messages that leave when what they tell of is certain: written in its transaction, sent afterwards, outcome kept.

No mail server takes a message exactly once: one that ends between its acceptance and our record is sent once more
with the same message id, and never a third time.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from time import monotonic
from typing import Any, Final

import structlog
from django.db import transaction
from django.db.models import F

from saima.server.kit import clock
from saima.server.kit.models import Attempt, Outbox

log = structlog.get_logger("saima.outbox")
Channel = Callable[[Outbox], str]  # sends, and says how it went; raises when it did not
TRIES: Final = 6
_FIRST_PAUSE: Final = timedelta(minutes=1)  # doubled after each try: the last one is half an hour after the one before
_SENDING: Final = timedelta(minutes=5)  # a message nobody recorded after that long was left by a program that died
_SECONDS: Final = 60  # of one round: what is left waits for the next, and other jobs get their turn
_channels: dict[str, Channel] = {}


class Later(Exception):  # noqa: N818 - no error: a channel that may not send now
    """Not now: the message waits, and no try is counted."""

    def __init__(self, wait: timedelta, why: str) -> None:
        super().__init__(why)
        self.wait = wait


class Unreachable(Exception):  # noqa: N818 - what is unreachable, not what went wrong
    """Nobody answers: other messages that go the same way are left for the next round, without a try counted."""


class NeverTaken(Exception):  # noqa: N818 - an answer, not a fault
    """Refused for good (no such address): tried no more, so that the sender learns of it now and not in an hour."""


def channel(kind: str) -> Callable[[Channel], Channel]:
    """Register how messages of a kind are sent."""

    def register(send: Channel) -> Channel:
        if _channels.setdefault(kind, send) is not send:
            raise RuntimeError(f"two channels send {kind}")
        return send

    return register


def put(*, dedupe: str, kind: str, to: str, payload: Mapping[str, Any]) -> bool:
    """Write a message into the transaction at hand; False when one with the same ``dedupe`` is there already."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"message {dedupe} outside the transaction it tells of")
    if Outbox.objects.filter(dedupe=dedupe).exists():
        return False
    now = clock.real()
    row = Outbox(dedupe=dedupe, kind=kind, to=to, payload=json.dumps(payload, ensure_ascii=False), next_try_at=now)
    Outbox.objects.bulk_create([row], ignore_conflicts=True)  # two at once: one message, no fault
    return True


def waiting() -> int:
    return Outbox.objects.filter(state=Outbox.State.WAITING).count()


def again(row: Outbox, *, to: str = "") -> bool:
    """One more try of a message that was given up, or that waits for its next one; False when it left meanwhile."""
    fields: dict[str, Any] = {"state": Outbox.State.WAITING, "next_try_at": clock.real(), "doubtful": 0}
    kept = Outbox.objects.filter(pk=row.pk, sending=False).exclude(state=Outbox.State.SENT)
    return kept.update(**fields, **({"to": to} if to else {})) == 1


def deliver(*, most: int = 200) -> Counter[str]:
    """Send what is due; how many were sent, failed for good, or wait for another try."""
    due = Outbox.objects.filter(state=Outbox.State.WAITING, next_try_at__lte=clock.real()).order_by("id")
    counted: Counter[str] = Counter()
    closed: set[str] = set()
    until = monotonic() + _SECONDS
    for row in list(due[:most]):
        if row.kind not in closed and monotonic() < until and _claim(row):
            counted[_send(row, closed)] += 1
    return counted


@transaction.atomic
def _claim(row: Outbox) -> bool:
    """Whether this worker got the message; it is marked as on its way before anything is sent."""
    seen = Outbox.objects.filter(pk=row.pk, state=Outbox.State.WAITING, tries=row.tries, sending=row.sending)
    fields: dict[str, Any] = {
        "tries": F("tries") + 1,
        "sending": True,
        "doubtful": row.doubtful + int(row.sending),
        "next_try_at": clock.real() + _SENDING,
    }
    if seen.update(**fields) != 1:
        return False
    if row.sending:
        _tried(row, Attempt.Outcome.DOUBTFUL, "the program ended while it was being sent")
    row.refresh_from_db()
    return True


def _send(row: Outbox, closed: set[str]) -> str:
    send = _channels.get(row.kind)
    if row.doubtful > 1:
        return _record(row, Outbox.State.FAILED, "ended twice while it was being sent; not sent a third time")
    if send is None:
        return _record(row, Outbox.State.FAILED, f"nothing here sends messages of the kind {row.kind}")
    try:
        said = send(row)
    except Later as later:
        return _put_back(row, later)
    except NeverTaken as no:
        return _record(row, Outbox.State.FAILED, str(no)[:2000])
    except Exception as fault:  # noqa: BLE001 - recorded with the message, and tried again
        if isinstance(fault, Unreachable):
            closed.add(row.kind)
        text = f"{type(fault).__name__}: {fault}"[:2000]
        log.warning("outbox", kind=row.kind, message=row.pk, tries=row.tries, fault=type(fault).__name__)
        if row.tries >= TRIES:
            return _record(row, Outbox.State.FAILED, text)
        return _record(row, Outbox.State.WAITING, text, again=_FIRST_PAUSE * 2 ** (row.tries - 1))
    return _record(row, Outbox.State.SENT, said)


@transaction.atomic
def _record(row: Outbox, state: Outbox.State, outcome: str, again: timedelta = timedelta()) -> str:
    row.state, row.outcome, row.sending, row.next_try_at = state, outcome, False, clock.real() + again
    row.save(update_fields=["state", "outcome", "sending", "next_try_at"])
    _tried(row, Attempt.Outcome.SENT if state == Outbox.State.SENT else Attempt.Outcome.FAILED, outcome)
    return state.value


def _put_back(row: Outbox, later: Later) -> str:
    row.tries, row.outcome, row.sending = row.tries - 1, str(later), False
    row.next_try_at = clock.real() + later.wait
    row.save(update_fields=["tries", "outcome", "sending", "next_try_at"])
    return row.state


def _tried(row: Outbox, outcome: Attempt.Outcome, said: str) -> None:
    Attempt.objects.create(message=row, number=row.tries, outcome=outcome, said=said)
