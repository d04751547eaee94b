"""The page of one plan: its tasks on a time line, quantities by month and week, what slips, and what was entered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saima.engine.errors import Refused
from saima.engine.model.periods import Period
from saima.engine.schedule import Mark, slip
from saima.press.charts.gantt import Bar, Gantt, gantt
from saima.press.sentences import figure_text, period_short, value_text
from saima.server.kit import written
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.standing import shown
from saima.server.response.models import Card, PlanCard, PlanVersion
from saima.server.response.queries.cards import cards_by_key, reasons_of
from saima.server.response.queries.plan_help import tasks_owned
from saima.server.response.queries.plans import (
    Content,
    PlanState,
    QuantityState,
    TaskLine,
    cards_of,
    entries_of,
    newest_version,
    state_of,
    title_of_task,
    versions_of,
)
from saima.server.response.views.plans import allowed, best_said, contestant_title, plan_seen
from saima.words import number, percent, say

MOST_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class TaskRow:
    code: str
    group: str  # the indicator, where the row above is about another one
    title: str
    owner: str
    days: int
    after: str
    start: str
    finish: str
    room: int | None  # working days it may still wait; None when it is done
    short: int  # working days too few
    critical: bool
    share: int
    overdue: bool
    note: str
    bar: Bar
    said: str


@dataclass(frozen=True, slots=True)
class QuantityRow:
    code: str
    title: str
    unit: str
    figure: str
    needed: str
    amount: str
    best: str
    months: Sequence[tuple[str, str, str, bool]]  # period, its name, amount, above the best step
    done: str
    done_typed: str
    due: str
    light: str
    marks: Sequence[Mark]
    missing: str  # what the months do not carry
    over: str
    seen: str  # what reports show since


@require_safe
def plan(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    found = plan_seen(request, key, pk)
    spec = season_of(newest(found.season))
    version, entries = newest_version(found), entries_of(found)
    state = state_of(found, spec, version, entries)
    layout = gantt(state.planned, state.now, state.done, state.today)
    bars = {b.code: b for b in layout.bars}
    owners = {c.code: c.title.of(lang()) for c in spec.contestants}
    editable = allowed(request, found, "plan.edit")
    given = cards_of(found)
    known = cards_by_key(found.season, [c.key for c in given])
    context = {
        "season": found.season,
        "plan": found,
        "state": state,
        "title": contestant_title(spec, found.contestant).of(lang()),
        "content": state.content,
        "version": version,
        "cards": [(c, known.get(c.key), _reason(c, known.get(c.key))) for c in given],
        "aim": _aim(state.content),
        "opened_said": say(
            "plan.opened",
            lang(),
            day=written.day(found.opened_at, lang(), found.season.time_zone),
            by=found.opened_by.name if found.opened_by else say("plan.program", lang()),
        ),
        "figures": _figures(state),
        "notices": _notices(state),
        "marks": [(m.now if m.issued == "red" else m.issued, _mark(m)) for m in state.marks[-26:]],
        "tasks": _tasks(state, bars, owners),
        "layout": layout,
        "months": [x for x, _ in layout.months],
        "head": _head(layout),
        "critical": [title_of_task(t, spec).of(lang()) for t in _critical(state)],
        "quantities": [q for q in (_quantity(one, state) for one in state.quantities) if q],
        "weeks": _weeks(state),
        "entries": [_entry(e, state) for e in reversed(entries)][:60],
        "versions": [(v, _did(v)) for v in versions_of(found)[:40]],
        "editable": editable,
        "undoable": editable and version.before is not None,
        **_asked(request, state),
        "enter_tasks": _enter_tasks(request, state, editable=editable),
        **(_editing(request, state) if editable else {}),
    }
    return render(request, "response/plan.html", context)


def _reason(given: PlanCard, card: Card | None) -> str:
    """Why a card was given, in the language of the page; of one from elsewhere what was typed."""
    return reasons_of(card)[0].said.of(lang()) if card else given.reason


def _aim(content: Content) -> str:
    kind, _, place = content.aim.partition(":")
    return say("plan.aim.place", lang(), place=place) if kind == "place" else say("plan.aim.targets", lang())


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str
    tone: str = ""


def _figures(state: PlanState) -> list[Figure]:
    done, due = state.done_0_1, state.due_0_1
    ahead = round((done - due) * 100)
    code = "plan.ahead" if ahead >= 0 else "plan.behind"
    found = [
        Figure(
            say("plan.done", lang()),
            percent(done, lang(), 0),
            say(code, lang(), points=abs(ahead), due=percent(due, lang(), 0)),
            "good" if round(done, 12) >= round(due, 12) else "bad",
        )
    ]
    deadline = written.day(state.planned.deadline, lang())
    if state.now is None:
        return [*found, Figure(say("plan.finish", lang()), say("plan.all_done", lang()), deadline, "good")]
    late = state.now.short_by
    note = say("plan.finish_late" if late else "plan.finish_room", lang(), days=late or _room(state), deadline=deadline)
    found.append(
        Figure(say("plan.finish", lang()), written.day(state.now.finish, lang()), note, "bad" if late else "good")
    )
    left = state.now.calendar.between(state.today, state.planned.deadline)
    found.append(
        Figure(
            say("plan.days_left", lang()), number(left, lang()), say("plan.days_needed", lang(), days=state.now.length)
        )
    )
    return found


def _room(state: PlanState) -> int:
    return min(s.total_float for s in state.now.tasks) if state.now else 0


def _notices(state: PlanState) -> list[str]:
    said = []
    if state.now and state.now.short_by:
        params = {"days": state.now.short_by, "deadline": written.day(state.planned.deadline, lang())}
        said.append(say("plan.infeasible", lang(), **params))
    if state.planned.unknown_years:
        years = (
            "、".join(map(str, state.planned.unknown_years))
            if lang() == "zh"
            else ", ".join(map(str, state.planned.unknown_years))
        )
        said.append(say("plan.no_calendar", lang(), years=years))
    return said


def _critical(state: PlanState) -> list[TaskLine]:
    path = state.now.critical_path if state.now else ()
    return [t for code in path if (t := state.content.task(code))]


def _mark(mark: Mark) -> str:
    return say(
        "plan.mark",
        lang(),
        day=written.day(mark.day, lang()),
        due=percent(mark.due, lang(), 0),
        done=percent(mark.done, lang(), 0),
        issued=say(f"light.{mark.issued}", lang()),
        now=say(f"light.{mark.now}", lang()),
    )


def _tasks(state: PlanState, bars: dict[str, Bar], owners: dict[str, str]) -> list[TaskRow]:
    """The tasks as they are written down, those of one indicator below its name."""
    rows, before = [], TaskLine("", 1)
    for line in state.content.tasks:
        rows.append(_task(line, before, state, bars[line.code], owners))
        before = line
    return rows


def _task(line: TaskLine, before: TaskLine, state: PlanState, bar: Bar, owners: dict[str, str]) -> TaskRow:
    s = state.planned.of(line.code)
    about = state.spec.indicator.get(line.about)
    group = about.title.of(lang()) if about and line.about != before.about else ""
    share = round(state.done.get(s.task.code, 0.0) * 100)
    now = next((n for n in state.now.tasks if n.task.code == s.task.code), None) if state.now else None
    title = s.task.title.of(lang())
    short = say(f"plan.step.{line.says}", lang()) if about and line.says else title
    code = "plan.bar.critical" if bar.critical else "plan.bar"
    return TaskRow(
        s.task.code,
        group,
        short,
        owners.get(line.owner, line.owner),
        s.task.days,
        _waits(line, before, state),
        _short(s.late_start, state),
        _short(s.late_finish, state),
        now.total_float if now else None,
        max(0, -now.total_float) if now else 0,
        bar.critical,
        share,
        share < 100 and s.late_finish < state.today,
        line.note,
        bar,
        say(
            code,
            lang(),
            task=title,
            start=written.day(s.late_start, lang()),
            finish=written.day(s.late_finish, lang()),
            share=share,
        ),
    )


def _waits(line: TaskLine, before: TaskLine, state: PlanState) -> str:
    """What a task waits for: nothing said where that is the row above, a number where names would fill the page."""
    if not line.after or line.after == (before.code,):
        return ""
    if len(line.after) > MOST_NAMED:
        return say("plan.after_many", lang(), count=len(line.after))
    return say("plan.after", lang(), tasks=tuple(state.planned.of(a).task.title for a in line.after))


def _short(day: date, state: PlanState) -> str:
    """A day without its year where that is the year of the plan's first day."""
    if day.year != state.planned.start.year:
        return written.day(day, lang())
    return say("plan.day_short", lang(), day=day.day, month=say(f"press.month.short.{day.month}", lang()))


def _head(layout: Gantt) -> list[tuple[float, str]]:
    apart = 0.07  # names closer than this would run into each other
    found: list[tuple[float, str]] = []
    for x, day in layout.months:
        if (not found or x - found[-1][0] >= apart) and x < 1 - apart / 2:
            found.append((x, say(f"press.month.short.{day.month}", lang())))
    return found


def _quantity(one: QuantityState, state: PlanState) -> QuantityRow | None:
    what = state.spec.indicator.get(one.line.indicator)
    if what is None:
        return None
    grain = 10.0**-what.decimals  # a whole step above a best of 2.7 is no more than a rounding
    best, over = float(one.line.best), round(one.placed - one.amount, 9)
    due = one.marks[-1].due * sum(w.amount for w in one.weeks) if one.marks else 0.0
    return QuantityRow(
        what.code,
        what.title.of(lang()),
        what.unit.of(lang()),
        figure_text(float(one.line.figure), what, lang()) if one.line.figure else "",
        figure_text(float(one.line.needed), what, lang()),
        figure_text(one.amount, what, lang()),
        best_said(best, what) if best > 0 else "",
        [(p, _column(p, one), a, best > 0 and float(a) >= best + grain - 1e-9) for p, a in one.line.periods],
        figure_text(one.done, what, lang()),
        f"{one.done:.15g}",
        figure_text(due, what, lang()),
        one.light,
        one.marks[-26:],
        figure_text(-over, what, lang()) if over < 0 else "",
        figure_text(over, what, lang()) if over > 0 else "",
        _reported(one, state),
    )


def _column(period: str, one: QuantityState) -> str:
    """A month by its short name where all months of the plan lie in one year."""
    found, first = Period.parse(period), Period.parse(one.line.periods[0][0])
    last = Period.parse(one.line.periods[-1][0])
    return period_short(found, lang()) if first.year == last.year else written.period(period, lang())


def _reported(one: QuantityState, state: PlanState) -> str:
    """The figure of the newest cut, where it is newer than the one the plan was made from."""
    found = shown(state.plan.season)
    if found is None or found.cut is None or found.cut.pk == state.plan.cut_id:
        return ""
    cell = found.evaluation.by_cell.get((state.plan.contestant, one.line.indicator))
    if cell is None or cell.value is None:
        return ""
    what = state.spec.indicator[one.line.indicator]
    return say(
        "plan.reported",
        lang(),
        period=written.period(str(found.period), lang()),
        figure=value_text(cell.value, what, lang()),
    )


@dataclass(frozen=True, slots=True)
class WeekRow:
    first: date
    last: date
    days: int
    here: bool
    amounts: Sequence[str]


def _weeks(state: PlanState) -> list[WeekRow]:
    """Weeks down, quantities across; from the plan's first day on."""
    known = [q for q in state.quantities if q.line.indicator in state.spec.indicator]
    if not known:
        return []
    rows = []
    for n, week in enumerate(known[0].weeks):
        amounts = [
            figure_text(q.weeks[n].amount, state.spec.indicator[q.line.indicator], lang()) if n < len(q.weeks) else ""
            for q in known
        ]
        rows.append(WeekRow(week.first, week.last, week.days, week.first <= state.today <= week.last, amounts))
    return rows


def _entry(entry: Any, state: PlanState) -> tuple[Any, str]:
    if entry.kind == "task":
        line = state.content.task(entry.code)
        title = title_of_task(line, state.spec).of(lang()) if line else entry.code
        return entry, say("plan.entered_task", lang(), task=title, share=entry.value)
    what = state.spec.indicator.get(entry.code)
    title = what.title.of(lang()) if what else entry.code
    amount = value_text(float(entry.value), what, lang()) if what else entry.value
    return entry, say("plan.entered_quantity", lang(), indicator=title, amount=amount)


def _did(version: PlanVersion) -> str:
    try:
        what = json.loads(version.what)
    except ValueError:  # cut off where it was too long
        return ""
    code = what.pop("code")
    return say(code, lang(), **what)


def _asked(request: HttpRequest, state: PlanState) -> dict[str, Any]:
    """What slips: the question's form, and its answer when it was asked."""
    if state.now is None:
        return {"may_ask": False}
    found: dict[str, Any] = {
        "may_ask": True,
        "late_choices": [(s.task.code, s.task.title.of(lang())) for s in state.now.tasks],
        "late": request.GET.get("late", ""),
        "late_days": request.GET.get("days", "5"),
    }
    if not found["late"]:
        return found
    try:
        answer = slip(state.now, found["late"], whole(found["late_days"]))
    except Refused as refused:
        return {**found, "slip_refused": refused.sentences(lang())}
    code = "plan.slip_past" if answer.past else "plan.slip_kept"
    params = {
        "task": answer.title,
        "days": answer.days,
        "finish": written.day(answer.finish, lang()),
        "deadline": written.day(state.planned.deadline, lang()),
        "past": answer.past or answer.left,
    }
    moved = [
        (m.title.of(lang()), m.by, m.finish, m.past, (line.owner if (line := state.content.task(m.code)) else ""))
        for m in answer.moved
    ]
    owners = {c.code: c.title.of(lang()) for c in state.spec.contestants}
    return {
        **found,
        "slip": answer,
        "slip_said": say(code, lang(), **params),
        "slip_moved": [(t, by, finish, past, owners.get(o, o)) for t, by, finish, past, o in moved],
    }


def _enter_tasks(request: HttpRequest, state: PlanState, *, editable: bool) -> list[tuple[str, str, str]]:
    """Tasks of which this person may say how much is done: all of them, or those of their office."""
    if not editable and not allowed(request, state.plan, "plan.enter"):
        return []
    own = () if editable else tasks_owned(request.user, state.plan.season, state.content)
    return [
        (t.code, title_of_task(t, state.spec).of(lang()), f"{state.done.get(t.code, 0.0) * 100:g}")
        for t in state.content.tasks
        if editable or t.code in own
    ]


def _editing(request: HttpRequest, state: PlanState) -> dict[str, Any]:
    """The form that is open on the page, if one is."""
    found: dict[str, Any] = {"helpers": sorted({i.owner for i in state.spec.indicators if i.owner})}
    asked = request.GET.get("task", "")
    if asked:
        line = state.content.task(asked)
        found["task_form"] = line or TaskLine("", 5, owner=state.plan.contestant)
        found["task_title"] = title_of_task(line, state.spec).of(lang()) if line else ""
        found["task_others"] = [
            (t.code, title_of_task(t, state.spec).of(lang()), bool(line and t.code in line.after))
            for t in state.content.tasks
            if t.code != asked
        ]
        owners = {state.plan.contestant: contestant_title(state.spec, state.plan.contestant).of(lang())}
        found["task_owners"] = [*owners.items(), *((o, o) for o in found["helpers"])]
    found["months_of"] = request.GET.get("months", "")
    return found
