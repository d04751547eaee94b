"""Pages of tickets: the list and its table, one ticket with its steps, opening one, what each department owes."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.server.accounts.enums import Role
from saima.server.accounts.queries import people_with
from saima.server.kit import clock, downloads, idempotency
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.actions.tickets import About, Ask, Given, ticket_open, ticket_step
from saima.server.response.models import Ticket
from saima.server.response.models.tickets import ESCALATION
from saima.server.response.queries.circle import Circle, circle_of, own_places
from saima.server.response.queries.plan_help import helped_by
from saima.server.response.queries.tickets import (
    SHOWN,
    Filters,
    asked_of,
    counts_of,
    escalated_of,
    events_of,
    files_visible_to,
    finished_lately,
    open_of,
    owed_by,
    row_of,
    rows_of,
    steps_open,
    tickets_listed,
    tickets_visible_to,
)
from saima.server.response.views.within import (
    allowed,
    day_needed,
    day_typed,
    files_typed,
    held_in,
    near,
    person,
    place_needed,
    place_typed,
    season_for,
    typed,
)
from saima.words import Text, say

COLUMNS: Final = (
    *("number", "title", "what", "asked_by", "concerns", "owner"),
    *("opened", "due", "late", "state", "escalated", "rating"),
)
TONES: Final = {"close": "primary", "accept": "primary", "do": "primary", "hand_over": "primary"}


def _visible(request: HttpRequest, key: str, number: int) -> Ticket:
    season = season_for(request, key, "tickets.see")
    rows = tickets_visible_to(request.user, season)
    found: Ticket = get_object_or_404(
        rows.select_related("owner", "asked_by", "concerns", "season", "opened_by"), number=number
    )
    return found


@require_safe
def tickets(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "tickets.see")
    filters = Filters.of(request.GET)
    circle = circle_of(season)
    kept = urlencode({"show": filters.show, "office": filters.office, "wanted": filters.wanted})
    context = {
        "season": season,
        "rows": rows_of(tickets_listed(request.user, season, filters), season),
        "filters": filters,
        "counts": counts_of(request.user, season),
        "shown": SHOWN,
        "offices": circle.choices(),
        "may_open": allowed(request, season, "ticket.open"),
        "sees_all": allowed(request, season, "tickets.see_all"),
        "own": own_places(request.user, season, circle),
        "file_url": f"{reverse('tickets-file', args=[key])}?{kept}",
        "tabs": near(request, season, "deeds", "tickets"),
        "escalation": ESCALATION.days,
    }
    return render(request, "response/tickets/list.html", context)


@require_safe
def tickets_file(request: HttpRequest, key: str) -> HttpResponse:
    """The list as it is filtered, as a table for spreadsheets."""
    season = season_for(request, key, "tickets.see")
    found = rows_of(tickets_listed(request.user, season, Filters.of(request.GET)), season)
    columns = [say("ticket.column", lang(), ticket_column=c) for c in COLUMNS]
    bureau = say("ticket.bureau", lang())
    rows = [
        (
            r.ticket.number,
            r.ticket.title,
            r.ticket.what,
            r.asked_by.of(lang()) if r.asked_by else bureau,
            r.concerns.of(lang()) if r.concerns else "",
            r.owner.of(lang()),
            r.ticket.opened_at.date().isoformat(),
            r.ticket.due.isoformat(),
            r.late or "",
            say("ticket.state", lang(), ticket_state=r.ticket.state),
            r.ticket.escalated_at.date().isoformat() if r.ticket.escalated_at else "",
            r.ticket.rating or "",
        )
        for r in found
    ]
    return downloads.csv_file(f"{say('within.tab', lang(), within_tab='tickets')}-{key}.csv", columns, rows)


@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the form, filled in as far as the address says; POST: the ticket."""
    season = season_for(request, key, "ticket.open")
    circle = circle_of(season)
    if request.method == "POST":
        return _opened(request, season, circle)
    own = own_places(request.user, season, circle)
    about = _about_of(season, request.GET.get("about", ""), request.GET.get("indicator", ""))
    context = {
        "season": season,
        "asked": {n: request.GET.get(n, "") for n in ("title", "what", "owner", "concerns", "due", "from")},
        "about": about,
        "about_href": request.GET.get("address", "") or about.href,
        "about_said": about_said(season, about),
        "bureau": allowed(request, season, "ticket.coordinate"),
        "own": [(p.key, circle.titles[p.pk]) for p in own],
        "offices": circle.choices(),
        "zones": [(p.key, circle.titles[p.pk]) for p in circle.contestants],
        "today": clock.today(season.time_zone).isoformat(),
        "once": f"{clock.real().timestamp():.6f}",
    }
    return render(request, "response/tickets/open.html", context)


def _about_of(season: Season, about: str, indicator: str) -> About:
    """``about=card:12`` or ``indicator=doctors``: what the ticket is about, with the page of an indicator."""
    kind, _, key = about.partition(":")
    if not about and indicator:
        kind, key = "indicator", indicator
    if not key or kind not in ("card", "plan", "indicator", "project", "campaign", "chain", "item"):
        return About()
    href = reverse("indicator", args=[season.key, key]) if kind == "indicator" and "/" not in key else ""
    return About(kind, key[:120], href)


def about_said(season: Season, about: About) -> str:
    """What a ticket is about in words: an indicator by its title, anything else by its key."""
    if not about.kind:
        return ""
    known = season_of(newest(season)).indicator if about.kind == "indicator" else {}
    name: Any = known[about.key].title if about.key in known else Text(about.key, about.key)
    return say("ticket.about", lang(), about_kind=about.kind, name=name)


def _opened(request: HttpRequest, season: Season, circle: Circle) -> HttpResponse:
    about = _about_of(season, typed(request, "about"), "")
    ask = Ask(
        title=typed(request, "title"),
        what=typed(request, "what"),
        owner=place_needed(request, "owner", circle),
        due=day_needed(request, "due"),
        asked_by=place_typed(request, "from", circle),
        concerns=place_typed(request, "concerns", circle),
        about=About(about.kind, about.key, typed(request, "address")),
        files=files_typed(request),
    )
    number = idempotency.once(
        key=typed(request, "once"),
        by=person(request),
        action="ticket.open",
        do=lambda: str(ticket_open(season=season, ask=ask, by=person(request)).number),
    )
    messages.success(request, say("ticket.opened", lang(), number=number))
    return redirect("ticket", key=season.key, number=int(number))


@require_safe
def ticket(request: HttpRequest, key: str, number: int) -> HttpResponse:
    found = _visible(request, key, number)
    row = row_of(found)
    steps = steps_open(request.user, found)
    circle = circle_of(found.season)
    about = About(found.about_kind, found.about_key, found.about_href)
    nobody = not people_with(Role.DATA_OWNER, place_id=found.owner_id) and not people_with(
        Role.REPORTER, place_id=found.owner_id
    )
    context = {
        "season": found.season,
        "ticket": found,
        "row": row,
        "steps": [(s, s.name, TONES.get(s.name, "")) for s in steps],
        "events": events_of(found),
        "about": about,
        "about_said": about_said(found.season, about),
        "places": [(p.key, circle.titles[p.pk]) for p in circle.offices if p.pk != found.owner_id]
        + [(p.key, circle.titles[p.pk]) for p in circle.contestants if p.pk != found.owner_id],
        "nobody": nobody,
        "ratings": range(5, 0, -1),
        "may_department": _may_department(request, found.season, found.owner_id),
        "escalation": ESCALATION.days,
    }
    return render(request, "response/tickets/ticket.html", context)


@require_POST
def step(request: HttpRequest, key: str, number: int) -> HttpResponse:
    found = _visible(request, key, number)
    circle = circle_of(found.season)
    rating = whole(typed(request, "rating"))
    given = Given(
        words=typed(request, "words"),
        files=files_typed(request),
        rating=rating or None,
        owner=place_typed(request, "owner", circle),
        due=day_typed(request, "due"),
    )
    name = typed(request, "step")
    done = ticket_step(ticket=found, name=name, seen=whole(typed(request, "seen")), by=person(request), given=given)
    messages.success(request, say("ticket.stepped", lang(), number=done.number, state_said=_state_said(done)))
    if not tickets_visible_to(request.user, found.season).filter(pk=found.pk).exists():
        return redirect("tickets", key=key)  # handed over to somebody else
    return redirect("ticket", key=key, number=number)


def _state_said(ticket: Ticket) -> str:
    return say("ticket.state", lang(), ticket_state=ticket.state)


@require_safe
def proof(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    season = season_for(request, key, "tickets.see")
    found = get_object_or_404(files_visible_to(request.user, season), pk=pk)
    return downloads.serve_blob(found.blob, name=found.name, inline=True)


def _may_department(request: HttpRequest, season: Season, place: int) -> bool:
    return allowed(request, season, "tickets.see_all") or place in held_in(request, season).places


@require_safe
def departments(request: HttpRequest, key: str) -> HttpResponse:
    """Every department beside the others: what it owes, how fast it answers, how its work was rated."""
    season = season_for(request, key, "tickets.see_all")
    circle = circle_of(season)
    context = {
        "season": season,
        "rows": owed_by(season, circle.places),
        "escalated": escalated_of(season),
        "escalation": ESCALATION.days,
        "tabs": near(request, season, "deeds"),
    }
    return render(request, "response/tickets/departments.html", context)


@require_safe
def department(request: HttpRequest, key: str, place: str) -> HttpResponse:
    """What one department owes in tickets and plans, what it did lately, what it asked of others."""
    season = season_for(request, key, "tickets.see")
    circle = circle_of(season)
    office = circle.by_key.get(place)
    if office is None or not _may_department(request, season, office.pk):
        raise Http404
    context = {
        "season": season,
        "office": office,
        "title": circle.titles[office.pk],
        "owed": next(iter(owed_by(season, [office])), None),
        "open": open_of(season, office),
        "plans": helped_by(season, season_of(newest(season)), {office.key}),
        "lately": finished_lately(season, office),
        "asked": asked_of(season, office),
        "sees_all": allowed(request, season, "tickets.see_all"),
    }
    return render(request, "response/tickets/department.html", context)
