"""One firm: what is known of it over time, its rung and what it misses; and what the bureau records by hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.rules import require
from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.registers.actions.enterprises import (
    code_checked,
    enterprise_add,
    enterprise_merge,
    enterprise_move,
    enterprise_rename,
    fact_record,
    status_record,
    status_withdraw,
)
from saima.server.registers.actions.firm_files import MOST
from saima.server.registers.models import Enterprise, EnterpriseFile
from saima.server.registers.models.firm_items import items, statuses
from saima.server.registers.queries.firm import firm_of, merges_of, namesakes
from saima.server.registers.queries.firm_files import files_of
from saima.server.registers.queries.rungs import advice_of, ladder_of
from saima.server.registers.queries.seeing import enterprises_visible_to
from saima.server.registers.rules import RULES
from saima.server.registers.views.common import (
    allowed,
    day_needed,
    day_typed,
    person,
    place_typed,
    places_offered,
    said,
    typed,
)


def _firm(request: HttpRequest, uscc: str) -> Enterprise:
    require(RULES, "enterprise.list", request.user)
    found: Enterprise = get_object_or_404(enterprises_visible_to(request.user).select_related("place"), uscc=uscc)
    return found


@require_safe
def firm(request: HttpRequest, uscc: str) -> HttpResponse:
    require(RULES, "enterprise.list", request.user)
    into = enterprises_visible_to(request.user).filter(merged__uscc=uscc).first()
    if into is not None:
        return redirect("enterprise", uscc=into.uscc)
    found = _firm(request, uscc)
    today = clock.today()
    ladder = ladder_of(found.pk, today)
    wanted = request.GET.get("rung", "")
    asked = next((r for r in ladder.rungs if r.status == wanted and r.rule is not None), ladder.next)
    may_edit = allowed(request, "enterprise.edit")
    known, files = items(), files_of(found)
    context = {
        "firm": found,
        "known": firm_of(found),
        "ladder": ladder,
        "asked": asked,
        "advice": advice_of(asked, lang()) if asked is not None else None,
        "no_rule": [r.title.of(lang()) for r in ladder.rungs if r.rule is None],
        "may_rules": allowed(request, "rulebook.see"),
        "may_edit": may_edit,
        "may_see_imports": allowed(request, "enterprise.imports"),
        "merges": merges_of(found),
        "files": [f for f in files if not hasattr(f, "withdrawn")],
        "files_withdrawn": [f for f in files if hasattr(f, "withdrawn")],
        "may_file": allowed(request, "enterprise.file", found.place_id),
        "may_withdrawn": allowed(request, "enterprise.files_withdrawn"),
        "file_kinds": EnterpriseFile.Kind.values,
        "files_most": MOST,
        "today": today.isoformat(),
    }
    if may_edit:
        context |= {
            "items": [(k, i.title) for k, i in known.items()],
            "statuses": statuses().items(),
            "places": places_offered(),
            "last_year": str(today.year - 1),
            "namesakes": namesakes(found),
        }
    return render(request, "registers/enterprises/firm.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    require(RULES, "enterprise.edit", request.user)
    if request.method == "POST":
        made = enterprise_add(
            uscc=typed(request, "uscc"),
            name=typed(request, "name"),
            place=place_typed(request, "place"),
            reason=typed(request, "reason"),
            by=person(request),
        )
        return redirect("enterprise", uscc=made.uscc)
    return render(request, "registers/enterprises/new.html", {"places": places_offered()})


@require_POST
def record(request: HttpRequest, uscc: str) -> HttpResponse:
    """``do``: fact, status, withdraw, rename, move, merge or part; each with ``reason``."""
    require(RULES, "enterprise.edit", request.user)
    found = _firm(request, uscc)
    reason, by = typed(request, "reason"), person(request)
    match typed(request, "do"):
        case "fact":
            item, period, value = (typed(request, n) for n in ("item", "period", "value"))
            fact_record(enterprise=found, item=item, period=period, value=value, reason=reason, by=by)
        case "status":
            status_record(
                enterprise=found,
                status=typed(request, "status"),
                since=day_needed(request, "since"),
                until=day_typed(request, "until"),
                batch=typed(request, "batch"),
                reason=reason,
                by=by,
            )
        case "withdraw":
            status, on = typed(request, "status"), day_needed(request, "on")
            status_withdraw(enterprise=found, status=status, on=on, reason=reason, by=by)
        case "rename":
            since = day_typed(request, "since")
            enterprise_rename(enterprise=found, name=typed(request, "name"), since=since, reason=reason, by=by)
        case "move":
            place = place_typed(request, "place")
            if place is None:
                raise QuestionRefused(Problem("register.no_place", {"text": "-"}))
            since = day_needed(request, "since")
            enterprise_move(
                enterprise=found, place=place, since=since, text=typed(request, "text"), reason=reason, by=by
            )
        case "merge":
            enterprise_merge(enterprise=found, into=_other(typed(request, "into")), reason=reason, by=by)
            said(request, "enterprise.merged_said", name=found.name)
            return redirect("enterprise", uscc=_other(typed(request, "into")).uscc)
        case "part":
            other = get_object_or_404(Enterprise, uscc=typed(request, "other"), merged_into=found)
            enterprise_merge(enterprise=other, into=None, reason=reason, by=by)
        case _:
            raise QuestionRefused(Problem("register.no_step"))
    said(request, "enterprise.recorded", name=found.name)
    return redirect("enterprise", uscc=found.uscc)


def _other(uscc: str) -> Enterprise:
    code = code_checked(uscc)
    found = Enterprise.objects.filter(uscc=code, listed=True).first()
    if found is None:
        raise QuestionRefused(Problem("enterprise.not_there", {"code": code}))
    return found
