"""Records what somebody of the bureau says of a firm: its figures, statuses, names, places; each with a reason."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical
from saima.files.registers import check_sign, cleaned, fault_of
from saima.server.kit import audit
from saima.server.places.models import Place
from saima.server.registers.actions.recording import Address, Fact, Name, Said, Status, draw, record_all
from saima.server.registers.models import Enterprise, EnterpriseMerge, EnterpriseStatus
from saima.server.registers.models.firm_items import Item, items, statuses
from saima.server.registers.queries.known import merged, standing

MOST_REASON: Final = 500
MOST_NAME: Final = 200


@transaction.atomic
def enterprise_add(*, uscc: str, name: str, place: Place | None = None, reason: str = "", by: Any) -> Enterprise:
    """A firm by its code and name.

    Raises
    ------
    QuestionRefused
        ``enterprise.code_*``: the code cannot be right; ``enterprise.there``; ``enterprise.name_needed``.
    """
    code = code_checked(uscc)
    if not name.strip():
        raise QuestionRefused(Problem("enterprise.name_needed"))
    if (there := Enterprise.objects.filter(uscc=code, listed=True).first()) is not None:
        raise QuestionRefused(Problem("enterprise.there", {"code": code, "name": there.name}))
    located = [Address(code, place.pk)] if place is not None else []
    record_all(Said([Name(code, name.strip()[:MOST_NAME])], located), by=by, reason=reason.strip()[:MOST_REASON])
    audit.record(by=by, action="enterprise.added", object_type="enterprise", object_key=code, name=name, reason=reason)
    return Enterprise.objects.get(uscc=code)


def code_checked(uscc: str) -> str:
    """The code as it is kept, or a sentence that says what is wrong with it."""
    code = cleaned(uscc)
    match fault_of(code):
        case "":
            return code
        case "empty":
            raise QuestionRefused(Problem("enterprise.code_empty"))
        case "length":
            raise QuestionRefused(Problem("enterprise.code_length", {"code": code, "length": len(code)}))
        case "sign":
            raise QuestionRefused(Problem("enterprise.code_sign", {"code": code}))
        case _:
            right = check_sign(code[:-1])
            raise QuestionRefused(Problem("enterprise.code_check", {"code": code, "right": right, "last": code[-1]}))


@transaction.atomic
def fact_record(*, enterprise: Enterprise, item: str, period: str, value: str, reason: str, by: Any) -> None:
    """A figure or mark as the bureau knows it; empty takes it back. What was known before stays known as of then.

    Raises
    ------
    QuestionRefused
        ``enterprise.item_unknown``, ``enterprise.period``, ``enterprise.value_*``, ``enterprise.reason_needed``.
    """
    about = items().get(item)
    if about is None:
        raise QuestionRefused(Problem("enterprise.item_unknown", {"item_": item}))
    when = period_checked(about, period)
    kept = value_checked(about, value) if value.strip() else ""
    why = _reason(reason)
    record_all(Said(facts=[Fact(enterprise.uscc, item, when, kept)]), by=by, reason=why)
    audit.record(
        by=by,
        action="enterprise.fact",
        object_type="enterprise",
        object_key=enterprise.uscc,
        item=item,
        period=when,
        value=kept,
        reason=why,
    )


def period_checked(item: Item, period: str) -> str:
    """2025, 2025-04, or nothing for a mark that belongs to no time."""
    text = period.strip()
    year, dash, month = text.partition("-")
    whole = year.isdigit() and len(year) == 4 and 1949 <= int(year) <= 2999
    if (whole and not dash) or (whole and len(month) == 2 and month.isdigit() and 1 <= int(month) <= 12):
        return text
    if not text and not item.yearly:
        return text
    raise QuestionRefused(Problem("enterprise.period", {"item_": item.title, "given": text}))


def value_checked(item: Item, value: str) -> str:
    """A value as it is kept: canonical decimal text, 1 or 0, a day, a word."""
    text = value.strip()
    match item.unit:
        case "flag":
            said = {"1": "1", "0": "0", "yes": "1", "no": "0", "是": "1", "否": "0"}.get(text.casefold())
            if said is None:
                raise QuestionRefused(Problem("enterprise.value_flag", {"item_": item.title, "given": text}))
            return said
        case "code":
            return text[:MOST_NAME]
        case "day":
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                raise QuestionRefused(Problem("enterprise.value_day", {"item_": item.title, "given": text})) from None
    found = canonical(text.replace(",", ""))
    if found is None:
        raise QuestionRefused(Problem("enterprise.value_number", {"item_": item.title, "given": text}))
    if item.unit in {"people", "count", "years"} and Decimal(found) < 0:
        raise QuestionRefused(Problem("enterprise.value_below", {"item_": item.title, "given": text}))
    return found


def _reason(text: str) -> str:
    if not text.strip():
        raise QuestionRefused(Problem("enterprise.reason_needed"))
    return text.strip()[:MOST_REASON]


@transaction.atomic
def status_record(
    *,
    enterprise: Enterprise,
    status: str,
    since: date,
    until: date | None = None,
    void: bool = False,
    batch: str = "",
    reason: str,
    by: Any,
) -> None:
    """That a firm holds a status from a day on, to a day, or (``void``) never held it from that day.

    Raises
    ------
    QuestionRefused
        ``enterprise.status_unknown``, ``enterprise.status_days``, ``enterprise.reason_needed``.
    """
    if status not in statuses():
        raise QuestionRefused(Problem("enterprise.status_unknown", {"status_": status}))
    if until is not None and until <= since:
        raise QuestionRefused(
            Problem("enterprise.status_days", {"since": since.isoformat(), "until": until.isoformat()})
        )
    why = _reason(reason)
    said = Status(enterprise.uscc, status, since, until, void, batch[:100])
    record_all(Said(statuses=[said]), by=by, reason=why)
    audit.record(
        by=by,
        action="enterprise.status",
        object_type="enterprise",
        object_key=enterprise.uscc,
        status=status,
        since=since,
        until=until,
        void=void,
        reason=why,
    )


@transaction.atomic
def status_withdraw(*, enterprise: Enterprise, status: str, on: date, reason: str, by: Any) -> None:
    """The status is no longer held from a day on.

    Raises
    ------
    QuestionRefused
        ``enterprise.not_held``: it is not held on that day; else as ``status_record``.
    """
    rows = EnterpriseStatus.objects.filter(standing(), enterprise=enterprise, status=status, since__lt=on)
    last = rows.order_by("-since", "-recorded_at", "-id").first()
    if last is None or last.void or (last.until is not None and last.until <= on):
        title = statuses().get(status, status)
        raise QuestionRefused(Problem("enterprise.not_held", {"status_": title, "on": on.isoformat()}))
    status_record(
        enterprise=enterprise, status=status, since=last.since, until=on, batch=last.batch, reason=reason, by=by
    )


@transaction.atomic
def enterprise_rename(*, enterprise: Enterprise, name: str, since: date | None, reason: str, by: Any) -> None:
    """The firm has another name from a day on; the earlier one is still found."""
    if not name.strip():
        raise QuestionRefused(Problem("enterprise.name_needed"))
    why = _reason(reason)
    record_all(Said([Name(enterprise.uscc, name.strip()[:MOST_NAME], since)]), by=by, reason=why)
    audit.record(
        by=by, action="enterprise.renamed", object_type="enterprise", object_key=enterprise.uscc, name=name, since=since
    )


@transaction.atomic
def enterprise_move(*, enterprise: Enterprise, place: Place, since: date, text: str = "", reason: str, by: Any) -> None:
    """The firm is at another place from a day on. What it showed before stays with the place it had."""
    why = _reason(reason)
    record_all(Said(addresses=[Address(enterprise.uscc, place.pk, since, text[:300])]), by=by, reason=why)
    audit.record(
        by=by,
        action="enterprise.moved",
        object_type="enterprise",
        object_key=enterprise.uscc,
        place=place.key,
        since=since,
        reason=why,
    )


@transaction.atomic
def enterprise_merge(*, enterprise: Enterprise, into: Enterprise | None, reason: str, by: Any) -> None:
    """Two records are one firm: names of the one become aliases of the other. ``into`` None undoes it.

    Raises
    ------
    QuestionRefused
        ``enterprise.merge_itself``, ``enterprise.merge_gone``: the other is merged itself; ``enterprise.not_merged``.
    """
    why = _reason(reason)
    if into is not None and into.pk == enterprise.pk:
        raise QuestionRefused(Problem("enterprise.merge_itself", {"name": enterprise.name}))
    if into is not None and into.merged_into_id is not None:
        raise QuestionRefused(Problem("enterprise.merge_gone", {"name": into.name}))
    if into is None and enterprise.merged_into_id is None:
        raise QuestionRefused(Problem("enterprise.not_merged", {"name": enterprise.name}))
    before = merged(standing())
    EnterpriseMerge.objects.create(enterprise=enterprise, into=into, by=by, reason=why)
    after = merged(standing())
    moved = {one for one in before.keys() | after.keys() if before.get(one) != after.get(one)}
    for one in moved:
        Enterprise.objects.filter(pk=one).update(merged_into=after.get(one))
    draw(moved | {end for one in moved for end in (before.get(one), after.get(one)) if end is not None})
    audit.record(
        by=by,
        action="enterprise.merged" if into is not None else "enterprise.parted",
        object_type="enterprise",
        object_key=enterprise.uscc,
        into=into.uscc if into is not None else "",
        reason=why,
    )
