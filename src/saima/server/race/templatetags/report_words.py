"""How reports write an entry, its problem and its author."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template

from saima.engine.errors import Problem
from saima.server.kit.context import lang
from saima.server.race.actions.reports import Entry
from saima.server.race.enums import CellKind
from saima.server.race.models import CellMessage, ReportCell
from saima.server.race.queries.verdicts import CellVerdict
from saima.words import number, say
from saima.words import signed as with_sign

register = template.Library()


@register.filter
def of_cell(mine: Mapping[int, Entry] | None, cell: int) -> Entry | None:
    """What this person tried to save into a cell somebody else had changed."""
    return (mine or {}).get(cell)


@register.filter
def sentence(problem: Problem) -> str:
    return problem.sentence(lang())


@register.filter
def signed(value: float | None) -> str:
    return "" if value is None else with_sign(value, lang())


@register.filter
def clock(value: datetime, zone: str) -> str:
    """Hour and minute in the season's zone: 10:42."""
    return value.astimezone(ZoneInfo(zone)).strftime("%H:%M")


@register.filter
def said(cell: ReportCell) -> str:
    """What a cell says in a few letters."""
    return _said(cell.kind, cell.text)


@register.filter
def said_entry(entry: Entry) -> str:
    return _said(entry.kind or (CellKind.VALUE if entry.text else CellKind.EMPTY), entry.text)


@register.filter
def said_then(content: Mapping[str, Any]) -> str:
    """What a cell said in an earlier submission."""
    return _said(content["kind"], content["text"]) if content else ""


def _said(kind: str, text: str) -> str:
    if kind == CellKind.VALUE:
        return text
    return say("report.kind", lang(), cell_kind=kind or "empty")


@register.filter
def saved_by(cell: ReportCell) -> str:
    return cell.saved_by.name if cell.saved_by else cell.saved_by_name


@register.filter
def wrote(message: CellMessage) -> str:
    return message.by.name if message.by else message.by_name


@register.filter
def verdict_of(verdicts: Mapping[tuple[str, str], CellVerdict] | None, cell: ReportCell) -> tuple[str, str] | None:
    """A colour and words for what verifying said of the figure that stands here; nothing once another is typed."""
    found = (verdicts or {}).get((cell.contestant, cell.indicator))
    if found is None or found.reported != cell.value:
        return None
    match found.status:
        case "accepted":
            return "green", say("report.verdict_accepted", lang())
        case "changed":
            return "amber", say("report.verdict_changed", lang(), value=figure(found.verified))
        case "rejected":
            return "red", say("report.verdict_rejected", lang())
        case _:
            return None


@register.filter
def figure(value: str) -> str:
    """A canonical decimal as people write it."""
    return number(float(value), lang()) if value else ""
