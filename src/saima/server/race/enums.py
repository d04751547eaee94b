"""States of the race's things, and which may follow which."""

from django.db import models


class ReportState(models.TextChoices):
    """A report's way: open -> submitted -> verified; returned and the two reopenings lead back."""

    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"  # with questions; numbers and notes may change
    VERIFIED = "verified"
    REOPENED_NUMBERS = "reopened_numbers"
    REOPENED_NOTES = "reopened_notes"  # notes and evidence only


EDITABLE = frozenset({ReportState.OPEN, ReportState.RETURNED, ReportState.REOPENED_NUMBERS, ReportState.REOPENED_NOTES})
FOLLOWS: dict[str, frozenset[str]] = {
    ReportState.OPEN: frozenset({ReportState.SUBMITTED}),
    ReportState.SUBMITTED: frozenset({ReportState.RETURNED, ReportState.VERIFIED}),
    ReportState.RETURNED: frozenset({ReportState.SUBMITTED}),
    ReportState.VERIFIED: frozenset({ReportState.REOPENED_NUMBERS, ReportState.REOPENED_NOTES}),
    ReportState.REOPENED_NUMBERS: frozenset({ReportState.SUBMITTED}),
    ReportState.REOPENED_NOTES: frozenset({ReportState.SUBMITTED}),
}


class CellKind(models.TextChoices):
    """What an entry says: empty is not zero, and neither is "not yet" or "not applicable"."""

    EMPTY = ""
    VALUE = "value"
    NOT_YET = "not_yet"
    NOT_APPLICABLE = "not_applicable"


class VerdictKind(models.TextChoices):
    ACCEPT = "accept"
    QUESTION = "question"
    REJECT = "reject"
    CHANGE = "change"  # the verifier put another figure, with a reason
    PROPOSE = "propose"  # another figure that moves a rank: it waits for a second verifier
    REOPEN = "reopen"


class MessageKind(models.TextChoices):
    QUESTION = "question"
    ANSWER = "answer"
    NOTE = "note"
