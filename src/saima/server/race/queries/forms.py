"""A report's form for a spreadsheet: what it says when given out, and what a filled one would change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from saima.engine.errors import Problem, QuestionRefused
from saima.files.entry_form import Answer, Filled, Form, Line, Said, identity, plain
from saima.server.kit import written
from saima.server.race.enums import CellKind
from saima.server.race.models import ReportCell
from saima.server.race.queries.reports import Page, Row
from saima.server.race.queries.typed import Typed, read_typed
from saima.words import Lang, number, say

Does = Literal["new", "changed", "emptied", "note", "conflict", "same"]
_SALT: Final = "saima.race.form"
_KINDS: Final = {"": CellKind.EMPTY, "zero": CellKind.EMPTY, "not_yet": CellKind.NOT_YET}


@dataclass(frozen=True, slots=True)
class Change:
    """What an answer of the form does to its cell. ``typed`` is how the new figure is read."""

    row: Row
    answer: Answer
    does: Does
    old: Said
    typed: Typed

    @property
    def new(self) -> Said:
        return self.answer.said

    @property
    def kept_as_text(self) -> bool:
        """The new figure is no number: it stays a draft and cannot be submitted."""
        return self.typed.kind == CellKind.VALUE and not self.typed.value

    @property
    def kind(self) -> CellKind:
        """The kind the answer chooses; empty where the figure says it."""
        return _KINDS.get(self.new.state, CellKind.NOT_APPLICABLE)


@dataclass(frozen=True)
class Diff:
    """Every answer of a form beside the page as it stands."""

    changes: Sequence[Change]

    @property
    def conflicts(self) -> Sequence[Change]:
        return [c for c in self.changes if c.does == "conflict"]

    @property
    def plain(self) -> Sequence[Change]:
        """What can be taken over without overwriting anybody."""
        return [c for c in self.changes if c.does not in ("conflict", "same")]

    @property
    def same(self) -> int:
        return sum(c.does == "same" for c in self.changes)


def form_of(page: Page, lang: Lang) -> Form:
    """The form of a report as it stands, sealed."""
    report = page.report
    place, period = page.place.of(lang), written.period(report.period, lang)
    form = Form(
        season=report.season.key,
        report=str(report.pk),
        place=report.place.key,
        period=report.period,
        lines=tuple(_line(row, lang, office=page.office) for row in page.rows),
        title=say("report.title", lang, place=place, period=period),
        words=(
            page.spec.title.of(lang),
            say("forms.due", lang, due=written.moment(report.due_at, lang, report.season.time_zone)),
            say("forms.how", lang),
        ),
    )
    return replace(form, seal=_seal(form, settings.SECRET_KEY))


def _seal(form: Form, key: str) -> str:
    return salted_hmac(_SALT, identity(form), secret=key, algorithm="sha256").hexdigest()


def _line(row: Row, lang: Lang, *, office: bool) -> Line:
    i = row.indicator
    target = row.pace.target
    return Line(
        contestant=row.cell.contestant,
        indicator=row.cell.indicator,
        version=row.cell.row_version,
        said=said_of(row.cell),
        title=i.title.of(lang),
        who=row.contestant.title.of(lang) if office else "",
        unit=i.unit.of(lang),
        definition=i.definition.of(lang),
        before="" if row.before is None else number(row.before, lang),
        target="" if target is None else number(target, lang),
    )


def said_of(cell: ReportCell) -> Said:
    match cell.kind:
        case CellKind.NOT_YET:
            return Said("", "not_yet", cell.note)
        case CellKind.NOT_APPLICABLE:
            return Said("", "not_applicable", cell.note)
        case _:
            return Said(cell.text, "", cell.note)


def diff_of(page: Page, filled: Filled) -> Diff:
    """What a filled form would change.

    Raises
    ------
    QuestionRefused
        ``forms.other_report``; ``forms.seal``: what the form says of itself was changed; ``forms.rows``: the report
        asks for other figures by now.
    """
    report, form = page.report, filled.form
    if not any(
        constant_time_compare(form.seal, _seal(form, key))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ):
        raise QuestionRefused(Problem("forms.seal"))
    whose = (form.season, form.report, form.place, form.period)
    if whose != (report.season.key, str(report.pk), report.place.key, report.period):
        params = {"form_place": form.place, "form_period": form.period, "place": page.place, "period": report.period}
        raise QuestionRefused(Problem("forms.other_report", params))
    rows = {(r.cell.contestant, r.cell.indicator): r for r in page.rows}
    if set(rows) != {(a.line.contestant, a.line.indicator) for a in filled.answers}:
        raise QuestionRefused(Problem("forms.rows", {"asked": len(rows), "found": len(filled.answers)}))
    return Diff([_change(rows[a.line.contestant, a.line.indicator], a) for a in filled.answers])


def _change(row: Row, answer: Answer) -> Change:
    old, new = plain(said_of(row.cell)), answer.said
    does: Does
    if not answer.changed or old == new:
        does = "same"
    elif row.cell.row_version != answer.line.version:
        does = "conflict"
    elif (old.text, old.state) == (new.text, new.state):
        does = "note"
    elif not new.text and not new.state:
        does = "emptied"
    else:
        does = "changed" if old.text or old.state else "new"
    return Change(row, answer, does, old, read_typed(new.text, row.indicator))
