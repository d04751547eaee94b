"""The page on which somebody's open reports go to somebody else."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from saima.server.accounts.models import Person
from saima.server.accounts.permissions import RULES
from saima.server.accounts.queries import people_open
from saima.server.accounts.rules import person_of, require
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.places.queries import places_titled
from saima.server.race.actions.handover import items_hand_over, open_items_of
from saima.words import say


@require_http_methods(["GET", "POST"])
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    require(RULES, "people.hand_over", request.user)
    who = get_object_or_404(Person, pk=pk)
    if request.method == "POST":
        to = get_object_or_404(Person, pk=whole(request.POST.get("to")))
        count = items_hand_over(person=who, to=to, by=person_of(request))
        messages.success(request, say("handover.done", lang(), count=count, name=to.name))
        return redirect("person", pk=pk)
    return render(
        request,
        "race/handover/handover.html",
        {
            "who": who,
            "items": list(open_items_of(who)),
            "titles": places_titled(),
            "others": people_open().exclude(pk=pk),
        },
    )
