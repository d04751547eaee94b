"""Pages of talents: who is here by code, one of them with what happened, what names them on asking, programmes."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.server.kit import clock, downloads, idempotency
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.places.queries import places_by_key, titles_by_key
from saima.server.registers.actions.talents import (
    Campaign,
    personal_change,
    personal_export,
    personal_show,
    programme_keep,
    talent_add,
    talent_erase,
    talent_event,
)
from saima.server.registers.models import Talent, TalentProgramme
from saima.server.registers.queries.sealing import ring
from saima.server.registers.queries.talent_checks import PERSONAL
from saima.server.registers.queries.talents import (
    TalentAt,
    events_of,
    looks_at,
    may_personal,
    programmes_counted,
    talents_visible_to,
)
from saima.server.registers.views.within import allowed, asked, day_needed, day_typed, days_asked, person, typed
from saima.words import say

PER_PAGE: Final = 50
EVENTS: Final = ("employer", "place", "level", "left", "back", "arrived")
COLUMNS: Final = ("code", "programme", "place", "employer", "level", "arrived", "left", "months")
SHOWN: Final = ("here", "left", "every")


def _narrowed(request: HttpRequest) -> tuple[list[TalentAt], list[TalentAt], dict[str, str]]:
    on, known = days_asked(request)
    every = talents_visible_to(request.user, on=on, known=known)
    given = {n: request.GET.get(n, "")[:80] for n in ("programme", "place", "show")}
    show = given["show"] if given["show"] in SHOWN else "every"
    found = [
        t
        for t in every
        if (not given["programme"] or t.programme.key == given["programme"])
        and (not given["place"] or t.place == given["place"])
        and (show == "every" or t.here == (show == "here"))
    ]
    return every, found, {**given, "show": show}


@require_safe
def talents(request: HttpRequest) -> HttpResponse:
    """Who came, by code: where, to whom, for how long; programmes with their goal beside what was reached."""
    asked(request, "talents.list")
    every, found, given = _narrowed(request)
    places = titles_by_key()
    on, known = days_asked(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [(t, places.get(t.place)) for t in page],
        "page": page,
        "given": given,
        "shown": SHOWN,
        "counted": programmes_counted(every, on or clock.today()),
        "places": [(k, v) for k, v in places.items() if any(t.place == k for t in every)],
        "on": request.GET.get("on", "") if on else "",
        "known": request.GET.get("known", "") if known else "",
        "may_write": bool(_programmes(request)),
        "may_programme": _writes_anywhere(request),
        "file_url": request.GET.urlencode(),
    }
    return render(request, "registers/talents/list.html", context)


def _programmes(request: HttpRequest) -> list[TalentProgramme]:
    """Programmes somebody may add people to."""
    rows = TalentProgramme.objects.select_related("office").order_by("key")
    return [p for p in rows if may_personal(request.user, p, "talent.write")]


def _writes_anywhere(request: HttpRequest) -> bool:
    try:
        asked(request, "talent.begin")
    except Refused:
        return False
    return True


@require_safe
def talents_file(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed; nothing in it names anybody."""
    asked(request, "talents.list")
    _, found, _ = _narrowed(request)
    places = titles_by_key()
    columns = [say("talents.column", lang(), talents_column=c) for c in COLUMNS]
    rows = (
        (
            t.code,
            t.programme.title,
            places[t.place].of(lang()) if t.place in places else t.place,
            t.employer,
            t.level,
            t.arrived.isoformat(),
            t.left.isoformat() if t.left else "",
            t.months,
        )
        for t in found
    )
    return downloads.csv_file(f"{say('talents.title', lang())}.csv", columns, rows)


@require_http_methods(["GET", "POST"])
def making(request: HttpRequest) -> HttpResponse:
    """GET: the form; POST: somebody who arrived."""
    asked(request, "talent.begin")
    programmes = _programmes(request)
    if request.method == "POST":
        wanted = next((p for p in programmes if p.key == typed(request, "programme")), None)
        if wanted is None:
            raise QuestionRefused(Problem("talents.no_programme", {"key": typed(request, "programme")[:60]}))
        code = idempotency.once(
            key=typed(request, "once"),
            by=person(request),
            action="talent.added",
            do=lambda: (
                talent_add(
                    programme=wanted,
                    arrived=day_needed(request, "arrived"),
                    personal={k: typed(request, k) for k in PERSONAL},
                    employer=typed(request, "employer"),
                    place=typed(request, "place"),
                    level=typed(request, "level"),
                    by=person(request),
                ).code
            ),
        )
        messages.success(request, say("talents.added", lang(), code=code))
        return redirect("talent", code=code)
    context = {
        "programmes": programmes,
        "places": titles_by_key(),
        "today": clock.today().isoformat(),
        "once": f"{clock.real().timestamp():.6f}",
        "personal": PERSONAL,
    }
    return render(request, "registers/talents/new.html", context)


def _found(request: HttpRequest, code: str) -> tuple[Talent, TalentAt]:
    here = next(iter(talents_visible_to(request.user, codes=[code])), None)
    row = Talent.objects.select_related("programme", "secret").filter(code=code).first()
    if row is None or here is None:
        raise Http404
    return row, here


@require_safe
def talent(request: HttpRequest, code: str) -> HttpResponse:
    asked(request, "talents.list")
    row, here = _found(request, code)
    return _page(request, row, here, {})


def _page(request: HttpRequest, row: Talent, here: TalentAt, opened: dict[str, str]) -> HttpResponse:
    """One of them. ``opened`` is what names them, for this one answer only."""
    places = titles_by_key()
    context = {
        "talent": here,
        "place": places.get(here.place),
        "events": [(e, places[e.value].of(lang()) if e.value in places else e.value) for e in events_of(row.code)],
        "may_personal": may_personal(request.user, row.programme),
        "may_write": may_personal(request.user, row.programme, "talent.write"),
        "may_erase": allowed(request, "talent.erase"),
        "opened": [(k, opened.get(k, "")) for k in PERSONAL] if opened else [],
        "looks": looks_at(row.code) if may_personal(request.user, row.programme) or _audits(request) else [],
        "erased_at": row.secret.erased_at,
        "doing": EVENTS,
        "places": places,
        "today": clock.today().isoformat(),
        "key_missing": _key_missing(row),
    }
    response = render(request, "registers/talents/talent.html", context)
    if opened:
        response["Cache-Control"] = "private, no-store"
    return response


def _audits(request: HttpRequest) -> bool:
    from saima.server.accounts.permissions import RULES as ACCOUNTS
    from saima.server.accounts.rules import held_by, may

    return may(ACCOUNTS["audit.see"], held_by(request.user))


def _key_missing(row: Talent) -> str:
    """Why what names somebody cannot be read, if so."""
    if not row.secret.sealed:
        return ""
    try:
        known = ring().names
    except Refused as refused:
        return refused.sentences(lang())[0]
    if row.secret.key not in known:
        return Problem("sealing.other_key", {"key": row.secret.key}).sentence(lang())
    return ""


@require_POST
def do(request: HttpRequest, code: str) -> Any:
    """What somebody does: ``do`` is event, show, change, export or erase."""
    asked(request, "talents.list")
    row, here = _found(request, code)
    wanted, purpose = typed(request, "do"), typed(request, "purpose")
    by = person(request)
    if wanted == "show":
        return _page(request, row, here, personal_show(talent=row, purpose=purpose, by=by))
    if wanted == "export":
        content = personal_export(talent=row, purpose=purpose, by=by)
        return downloads.serve(content, name=f"{code}.json", media_type="application/json")
    if wanted == "event":
        talent_event(
            talent=row,
            what=typed(request, "what"),
            on=day_needed(request, "on"),
            value=typed(request, "place") if typed(request, "what") == "place" else typed(request, "value"),
            reason=typed(request, "reason"),
            by=by,
        )
    elif wanted == "change":
        personal_change(talent=row, personal={k: typed(request, k) for k in PERSONAL}, by=by)
    elif wanted == "erase":
        talent_erase(talent=row, purpose=purpose, by=by)
    else:
        raise QuestionRefused(Problem("items.no_deed", {"deed": wanted[:40]}))
    messages.success(request, say("talents.kept", lang(), code=code))
    return redirect("talent", code=code)


@require_http_methods(["GET", "POST"])
def programmes(request: HttpRequest) -> HttpResponse:
    """GET: every programme as users filled it in; POST: one of them, new or changed."""
    asked(request, "talent.begin")
    if request.method == "POST":
        offices = places_by_key([typed(request, "office")])
        programme_keep(
            key=typed(request, "key"),
            campaign=Campaign(
                title=typed(request, "title"),
                about=typed(request, "about"),
                source=typed(request, "source"),
                office=offices.get(typed(request, "office")),
                since=day_typed(request, "since"),
                until=day_typed(request, "until"),
                goal=_goal(typed(request, "goal")),
            ),
            by=person(request),
        )
        messages.success(request, say("talents.programme_kept", lang(), title=typed(request, "title")[:120]))
        return redirect("talent-programmes")
    found = _programmes(request)
    context = {"programmes": found, "places": titles_by_key(), "bureau": allowed(request, "talent.write")}
    return render(request, "registers/talents/programmes.html", context)


def _goal(text: str) -> int | None:
    found = whole(text)
    if found > 10_000_000:
        raise QuestionRefused(Problem("talents.goal_large", {"goal": text[:20]}))
    return found or None
