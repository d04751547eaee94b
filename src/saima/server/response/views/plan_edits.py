"""Changes of a plan: tasks, months, deadline and help, what is done, undo and the end. Each comes back to its page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from saima.server.accounts.rules import person_of
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.response.actions.plans import (
    plan_close,
    plan_set,
    plan_undo,
    progress_enter,
    quantity_set,
    task_remove,
    task_save,
)
from saima.server.response.models import Plan
from saima.server.response.queries.plan_help import tasks_owned
from saima.server.response.queries.plans import TaskLine, content_of, newest_version
from saima.server.response.views.plans import plan_seen, version_seen
from saima.server.response.views.within import day_needed, day_typed
from saima.words import say


def _back(request: HttpRequest, plan: Plan, code: str, at: str = "", **params: object) -> HttpResponse:
    messages.success(request, say(code, lang(), **params))
    page = reverse("plan", kwargs={"key": plan.season.key, "pk": plan.pk})
    return redirect(f"{page}#{at}" if at else page)


@require_POST
def task(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Saves one task, adds one, or takes one out (``do=remove``)."""
    plan = plan_seen(request, key, pk, "plan.edit")
    seen = version_seen(plan, request.POST.get("seen", ""))
    code = request.POST.get("code", "")
    if request.POST.get("do") == "remove":
        task_remove(plan=plan, seen=seen, code=code, by=person_of(request))
        return _back(request, plan, "plan.task_removed", "tasks")
    known = content_of(newest_version(plan).content).task(code)
    typed = request.POST.get("title", "").strip()
    proposed = request.POST.get("proposed", "").strip()
    keeps = known is not None and bool(known.says) and typed == proposed
    line = TaskLine(
        code=code,
        days=whole(request.POST.get("days")),
        title="" if keeps else typed,
        says=known.says if known and keeps else "",
        about=known.about if known else "",
        after=tuple(request.POST.getlist("after")),
        owner=request.POST.get("owner", ""),
        not_before=_day(request, "not_before"),
        due=_day(request, "due"),
        note=request.POST.get("note", ""),
    )
    task_save(plan=plan, seen=seen, line=line, by=person_of(request))
    return _back(request, plan, "plan.task_saved", "tasks")


def _day(request: HttpRequest, name: str) -> str:
    found = day_typed(request, name)
    return found.isoformat() if found else ""


@require_POST
def settle(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """The deadline, and the help a department offers."""
    plan = plan_seen(request, key, pk, "plan.edit")
    plan_set(
        plan=plan,
        seen=version_seen(plan, request.POST.get("seen", "")),
        deadline=day_needed(request, "deadline"),
        help_offered=request.POST.get("help", ""),
        help_by=request.POST.get("help_by", ""),
        by=person_of(request),
    )
    return _back(request, plan, "plan.saved")


@require_POST
def months(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """What each month is to carry of one indicator."""
    plan = plan_seen(request, key, pk, "plan.edit")
    quantity_set(
        plan=plan,
        seen=version_seen(plan, request.POST.get("seen", "")),
        indicator=request.POST.get("indicator", ""),
        periods={n.removeprefix("p|"): str(v) for n, v in request.POST.items() if n.startswith("p|")},
        by=person_of(request),
    )
    return _back(request, plan, "plan.saved", "quantities")


@require_POST
def enter(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """What is done by now, of tasks and of quantities; an office says it of its own tasks alone."""
    plan = plan_seen(request, key, pk, "plan.enter")
    tasks = {n.removeprefix("t|"): str(v) for n, v in request.POST.items() if n.startswith("t|")}
    quantities = {n.removeprefix("q|"): str(v) for n, v in request.POST.items() if n.startswith("q|")}
    if quantities or not set(tasks) <= tasks_owned(request.user, plan.season, content_of(newest_version(plan).content)):
        plan_seen(request, key, pk, "plan.edit")
    note = request.POST.get("note", "")
    made = progress_enter(plan=plan, tasks=tasks, quantities=quantities, note=note, by=person_of(request))
    return _back(request, plan, "plan.entered", "done", count=len(made))


@require_POST
def undo(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    plan = plan_seen(request, key, pk, "plan.edit")
    plan_undo(plan=plan, seen=whole(request.POST.get("seen")), by=person_of(request))
    return _back(request, plan, "plan.undone")


@require_POST
def close(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Done, or dropped with a reason."""
    plan = plan_seen(request, key, pk, "plan.close")
    state = request.POST.get("state", "")
    plan_close(plan=plan, state=state, why=request.POST.get("why", ""), by=person_of(request))
    return _back(request, plan, "plan.closed_now")
