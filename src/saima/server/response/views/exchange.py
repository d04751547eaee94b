"""Pages of the exchange: notes on what worked, one of them with its figures, writing one, the week's digest."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.server.kit import clock, idempotency
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.actions.exchange import MOST_INDICATORS, Written, note_mark, note_withdraw, note_write
from saima.server.response.models import ExchangeNote
from saima.server.response.queries.circle import circle_of, own_places
from saima.server.response.queries.exchange import (
    exchange_digest,
    notes_listed,
    notes_visible_to,
    pace_said,
    rows_of,
)
from saima.server.response.views.within import (
    allowed,
    day_needed,
    held_in,
    near,
    person,
    place_needed,
    season_for,
    typed,
)
from saima.words import say


@require_safe
def exchange(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "exchange.see")
    indicator = request.GET.get("indicator", "")
    rows = rows_of(notes_listed(request.user, season, indicator), season)
    context = {
        "season": season,
        "rows": [(r, [said for one in r.indicators if (said := pace_said(one, lang()))]) for r in rows],
        "indicators": [(i.code, i.title) for i in season_of(newest(season)).indicators],
        "indicator": indicator,
        "may_write": allowed(request, season, "exchange.write"),
        "tabs": near(request, season, "deeds", "exchange"),
    }
    return render(request, "response/exchange/list.html", context)


@require_http_methods(["GET", "POST"])
def writing(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "exchange.write")
    circle = circle_of(season)
    if request.method == "POST":
        place = place_needed(request, "place", circle)
        zone = any(place.pk == c.pk for c in circle.contestants)
        written = Written(
            title=typed(request, "title"),
            what=typed(request, "what"),
            advice=typed(request, "advice"),
            started=day_needed(request, "started"),
            indicators=request.POST.getlist("indicator"),
            contestant=place.key if zone else typed(request, "contestant"),
        )
        pk = idempotency.once(
            key=typed(request, "once"),
            by=person(request),
            action="exchange.write",
            do=lambda: str(note_write(season=season, place=place, written=written, by=person(request)).pk),
        )
        return redirect("exchange-note", key=key, pk=int(pk))
    bureau = allowed(request, season, "campaign.make")
    own = circle.places if bureau else own_places(request.user, season, circle)
    context = {
        "season": season,
        "own": [(p.key, circle.titles[p.pk]) for p in own],
        "office": bureau or any(p.pk == o.pk for p in own for o in circle.offices),
        "zones": [(p.key, circle.titles[p.pk]) for p in circle.contestants],
        "indicators": [(i.code, i.title) for i in season_of(newest(season)).indicators],
        "chosen": request.GET.get("indicator", ""),
        "most": MOST_INDICATORS,
        "today": clock.today(season.time_zone).isoformat(),
        "once": f"{clock.real().timestamp():.6f}",
    }
    return render(request, "response/exchange/form.html", context)


def _note(request: HttpRequest, key: str, pk: int) -> ExchangeNote:
    season: Season = season_for(request, key, "exchange.see")
    rows = notes_visible_to(request.user, season).select_related("season")
    found: ExchangeNote = get_object_or_404(rows, pk=pk)
    return found


@require_safe
def note(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    found = _note(request, key, pk)
    season = found.season
    (row,) = rows_of(ExchangeNote.objects.filter(pk=found.pk), season)
    circle = circle_of(season)
    own = [p for p in own_places(request.user, season, circle) if p.pk != found.place_id]
    context = {
        "season": season,
        "note": found,
        "row": row,
        "beside": [(one, pace_said(one, lang())) for one in row.indicators],
        "own": [(p.key, circle.titles[p.pk]) for p in own],
        "marks": found.marks.select_related("by").order_by("id"),
        "may_withdraw": found.withdrawn_at is None
        and (
            allowed(request, season, "ticket.act", found.place_id) or found.place_id in held_in(request, season).places
        ),
    }
    return render(request, "response/exchange/note.html", context)


@require_POST
def mark(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Thanks, adopted, or taken back."""
    found = _note(request, key, pk)
    do = typed(request, "do")
    if do == "withdraw":
        note_withdraw(note=found, by=person(request))
        messages.success(request, say("exchange.withdrawn", lang()))
        return redirect("exchange", key=key)
    place = place_needed(request, "place", circle_of(found.season))
    note_mark(note=found, place=place, kind=do, words=typed(request, "words"), by=person(request))
    return redirect("exchange-note", key=key, pk=pk)


@require_safe
def digest(request: HttpRequest, key: str) -> HttpResponse:
    """The text of the last seven days, or of as many as asked, to copy or to be sent."""
    season = season_for(request, key, "exchange.see")
    days = min(max(whole(request.GET.get("days"), 7), 1), 366)
    until = clock.today(season.time_zone) + timedelta(days=1)
    texts = exchange_digest(season, until - timedelta(days=days), until)
    context = {"season": season, "digest": texts[lang()], "days": days}
    return render(request, "response/exchange/digest.html", context)
