"""The words to remind people with, ready to be copied, and the note that they were reminded."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from saima.server.accounts.rules import require
from saima.server.kit.context import lang
from saima.server.race.actions.forms import reminders_mark
from saima.server.race.queries.reminders import rounds_of
from saima.server.race.queries.visible import reports_visible_to, seasons_visible_to
from saima.server.race.rules import RULES
from saima.server.race.views.reports import person
from saima.words import say


@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest, key: str) -> HttpResponse:
    season = get_object_or_404(seasons_visible_to(request.user), key=key)
    require(RULES, "report.remind", request.user, season=season.key)
    if request.method == "POST":
        chosen = [n for n in request.POST.getlist("report") if n.isascii() and n.isdigit() and len(n) < 19]
        reports = reports_visible_to(request.user).filter(season=season, pk__in=chosen).select_related("place")
        count = reminders_mark(reports=list(reports), by=person(request))
        messages.success(request, say("reminder.marked", lang(), count=count))
        return redirect("reminders", key=key)
    rounds = rounds_of(season, lambda r: request.build_absolute_uri(reverse("report", args=[r.pk])))
    return render(request, "race/forms/reminders.html", {"season": season, "rounds": rounds})
