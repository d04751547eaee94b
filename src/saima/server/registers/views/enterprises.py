"""The list of firms, narrowed by its address; as a file; and lists somebody keeps under a name."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from saima.server.accounts.rules import require
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.kit.downloads import csv_file
from saima.server.registers.actions.views import view_drop
from saima.server.registers.actions.views import view_keep as keep
from saima.server.registers.models.firm_items import SIZES, items, statuses
from saima.server.registers.queries.listing import (
    SHOWN,
    Filters,
    file_rows,
    industries,
    page_of,
    places_there,
    views_of,
)
from saima.server.registers.rules import RULES
from saima.server.registers.views.common import allowed, person, typed
from saima.words import Text, say


@require_safe
def enterprises(request: HttpRequest) -> HttpResponse:
    require(RULES, "enterprise.list", request.user)
    wanted = Filters.of(request.GET)
    page = page_of(request.user, wanted, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    known = items()
    context = {
        "page": page,
        "wanted": wanted,
        "query": wanted.query,
        "places": places_there(request.user),
        "industries": industries(),
        "sizes": SIZES,
        "statuses": statuses().items(),
        "items": [(k, known[k].title) for k in known if known[k].number],
        "heads": [known[k].title for k in SHOWN],
        "views": views_of(request.user),
        "may_import": allowed(request, "enterprise.import"),
        "may_see_imports": allowed(request, "enterprise.imports"),
        "may_add": allowed(request, "enterprise.edit"),
    }
    return render(request, "registers/enterprises/list.html", context)


@require_safe
def file(request: HttpRequest) -> HttpResponse:
    require(RULES, "enterprise.list", request.user)
    wanted, spoken = Filters.of(request.GET), lang()
    known = items()
    heads = [
        say("enterprise.code", spoken),
        say("enterprise.name", spoken),
        say("enterprise.place", spoken),
        known["industry"].title.of(spoken),
        known["size_class"].title.of(spoken),
        say("enterprise.statuses", spoken),
        *(known[k].title.of(spoken) for k in SHOWN),
    ]
    rows = [
        (r.uscc, r.name, r.place.of(spoken) if r.place else "", r.industry, _size(r.size), _joined(r.held), *r.figures)
        for r in file_rows(request.user, wanted)
    ]
    return csv_file("enterprises.csv", heads, rows)


def _joined(held: Sequence[Text]) -> str:
    return "; ".join(t.of(lang()) for t in held)


def _size(key: str) -> str:
    return say("enterprise.size", lang(), firm_size=key) if key else ""


@require_POST
def view_keep(request: HttpRequest) -> HttpResponse:
    """``do``: keep (``name``, ``query``) or drop (``view``)."""
    require(RULES, "enterprise.list", request.user)
    query = typed(request, "query")
    if typed(request, "do") == "drop":
        view_drop(pk=whole(typed(request, "view")), by=person(request))
    else:
        query = Filters.of(_asked(query)).query
        keep(name=typed(request, "name"), query=query, by=person(request))
    return redirect(f"{reverse('enterprises')}?{query}" if query else reverse("enterprises"))


def _asked(query: str) -> dict[str, str]:
    return dict(parse_qsl(query[:2_000]))
