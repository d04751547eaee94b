"""People: the list, one person, their roles, leave and password."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts import actions
from saima.server.accounts.enums import ASSIGNED, PLACED, Role
from saima.server.accounts.models import Assignment, Person
from saima.server.accounts.permissions import RULES
from saima.server.accounts.queries import people_listed, warnings_of
from saima.server.accounts.rules import held_by, may, person_of, require
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.places.queries import places_titled
from saima.words import say


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    require(RULES, "people.see", request.user)
    wanted, closed = request.GET.get("q", "").strip(), request.GET.get("closed") == "1"
    rows = people_listed(closed=closed, wanted=wanted)
    return render(
        request,
        "accounts/people.html",
        {
            "rows": rows,
            "q": wanted,
            "closed": closed,
            "titles": places_titled(),
            "may_manage": may(RULES["people.manage"], held_by(request.user)),
        },
    )


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    require(RULES, "people.manage", request.user)
    if request.method == "POST":
        person = actions.person_add(
            username=request.POST.get("username", ""),
            name=request.POST.get("name", ""),
            email=request.POST.get("email", "").strip(),
            phone=request.POST.get("phone", "").strip(),
            lang="en" if request.POST.get("lang") == "en" else "zh",
            password=None,
            by=person_of(request),
        )
        told = actions.password_set(person=person, by=person_of(request))
        return render(request, "accounts/password_told.html", {"person": person, "password": told})
    return render(request, "accounts/person_new.html", {})


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    require(RULES, "people.see", request.user)
    who = get_object_or_404(Person, pk=pk)
    roles = list(
        who.assignments.select_related("place", "standing_in_for", "given_by").order_by("-until", "role", "id")
    )
    row = next((r for r in people_listed(closed=not who.is_active) if r.person.pk == who.pk), None)
    return render(
        request,
        "accounts/person.html",
        {
            "who": who,
            "roles": roles,
            "current": {a.pk for a in row.roles} if row else set(),
            "two_factor": bool(row and row.two_factor),
            "warnings": warnings_of(who, row.roles, row.two_factor) if row else (),
            "all_roles": [r.value for r in ASSIGNED],
            "placed": [r.value for r in sorted(PLACED)],
            "titles": places_titled(),
            "others": Person.objects.filter(is_active=True).exclude(pk=pk).order_by("name"),
            "deputies": Assignment.objects.filter(standing_in_for=who).select_related("person").order_by("-until"),
            "mine": who.pk == request.user.pk,
        },
    )


@require_POST
def person_change(request: HttpRequest, pk: int) -> HttpResponse:
    require(RULES, "people.manage", request.user)
    who = get_object_or_404(Person, pk=pk)
    match request.POST.get("do"):
        case "details":
            actions.person_change(
                person=who,
                name=request.POST.get("name", ""),
                email=request.POST.get("email", "").strip(),
                phone=request.POST.get("phone", "").strip(),
                lang="en" if request.POST.get("lang") == "en" else "zh",
                by=person_of(request),
            )
        case "role":
            actions.role_give(
                person=who,
                role=_role(request),
                place_id=_place(request),
                since=_day(request, "since"),
                until=_day(request, "until"),
                by=person_of(request),
            )
        case "end":
            actions.role_end(
                assignment=get_object_or_404(Assignment, pk=whole(request.POST.get("assignment")), person=who),
                by=person_of(request),
            )
        case "leave":
            since, until = _day(request, "since"), _day(request, "until")
            if since is None or until is None:
                raise QuestionRefused(Problem("accounts.leave_days"))
            deputy = get_object_or_404(Person, pk=whole(request.POST.get("deputy")), is_active=True)
            actions.deputy_appoint(person=who, deputy=deputy, since=since, until=until, by=person_of(request))
        case "close":
            actions.person_close(person=who, by=person_of(request))
        case "reopen":
            actions.person_reopen(person=who, by=person_of(request))
        case "password":
            told = actions.password_set(person=who, by=person_of(request))
            return render(request, "accounts/password_told.html", {"person": who, "password": told})
        case _:
            raise QuestionRefused(Problem("accounts.do_what"))
    messages.success(request, say("accounts.saved", lang()))
    return redirect("person", pk=pk)


def _role(request: HttpRequest) -> Role:
    try:
        role = Role(request.POST.get("role", ""))
    except ValueError:
        role = Role.GUEST  # nobody is given it
    if role not in ASSIGNED:
        raise QuestionRefused(Problem("accounts.which_role"))
    return role


def _place(request: HttpRequest) -> int | None:
    text = request.POST.get("place", "").strip()
    if not text:
        return None
    if whole(text) not in places_titled():
        raise Http404
    return whole(text)


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuestionRefused(Problem("accounts.no_day", {"text": text})) from None
