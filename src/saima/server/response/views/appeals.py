"""Pages of appeals: making one, the list, and one with its timeline and what each side may do."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.press.sentences import period_name, scope_title, value_text
from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by, person_of, require
from saima.server.bulletins.models import BulletinVersion, Draft
from saima.server.bulletins.queries import newest_version, release_of, versions_of
from saima.server.bulletins.tasks import draft_files
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.kit.downloads import serve_blob
from saima.server.kit.uploads import received_all
from saima.server.places.models import Place
from saima.server.places.queries import keys_of, places_by_key
from saima.server.race.models import Season
from saima.server.race.queries.cuts import evaluation_of
from saima.server.race.queries.documents import newest, season_of
from saima.server.response.actions.appeals import (
    Proof,
    Subject,
    appeal_add,
    appeal_erratum,
    appeal_hear,
    appeal_make,
    appeal_reject,
    appeal_uphold,
    appeal_withdraw,
)
from saima.server.response.models import Appeal, AppealFile
from saima.server.response.models.appeals import UNDECIDED
from saima.server.response.queries.appeals import (
    appeal_told,
    appeals_visible_to,
    could_decide,
    deadline_of,
    had_part,
    may_still_appeal,
)
from saima.server.response.queries.cards import cards_of, reasons_of
from saima.server.response.rules import RULES
from saima.server.response.views.cards import contestant_title, indicator_title
from saima.server.response.views.within import allowed, near, season_for
from saima.words import say

PILLS: Final = {"open": "amber", "heard": "blue", "upheld": "green", "rejected": "red", "withdrawn": "grey"}
MARKS: Final = {"open": "warn", "heard": "", "upheld": "good", "rejected": "bad", "withdrawn": ""}
STEPS: Final = {  # what a form may ask for -> the rule for it
    "add": "appeal.add",
    "hear": "appeal.hear",
    "uphold": "appeal.decide",
    "reject": "appeal.decide",
    "withdraw": "appeal.withdraw",
    "erratum": "appeal.correct",
}


def _subject_title(spec: EngineSeason, about: str, indicator: str, scope: str) -> str:
    """What an appeal is about, in words."""
    match about:
        case Appeal.About.READING:
            return say("appeal.about_reading", lang(), indicator=indicator_title(spec, indicator))
        case Appeal.About.CARD:
            return say("appeal.about_card", lang(), indicator=indicator_title(spec, indicator))
        case _:
            try:
                title = scope_title(scope, spec).of(lang())
            except KeyError:  # typed into an address
                title = scope
            return say("appeal.about_standing", lang(), scope_name=title)


@require_safe
def appeals(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "appeal.list")
    spec = season_of(newest(season))
    rows = [
        (a, contestant_title(spec, a.contestant), _about(spec, a), PILLS[a.state])
        for a in appeals_visible_to(request.user, season)
    ]
    own = bool(held_by(request.user, season=season.key).roles.get(Role.REPORTER))
    latest = versions_of(season).first()
    context = {
        "season": season,
        "tabs": near(request, season, "cards", "appeals"),
        "rows": rows,
        "own": own,
        "latest": latest,
        "may_open": own and latest is not None and may_still_appeal(latest),
        "until": deadline_of(latest) if latest else None,
    }
    return render(request, "response/appeals.html", context)


def _about(spec: EngineSeason, appeal: Any) -> str:
    indicator = appeal.card.indicator if appeal.card is not None else appeal.indicator
    return _subject_title(spec, appeal.about, indicator, appeal.scope)


@require_http_methods(["GET", "POST"])
def appeal_open(request: HttpRequest, key: str) -> HttpResponse:
    """``about`` reading, standing or card; ``contestant``, ``period``, and ``indicator``, ``scope`` or ``card``."""
    season = season_for(request, key, "appeal.list")
    place, version, subject = _asked(request, season)
    require(RULES, "appeal.open", request.user, place=place.pk, season=season.key)
    if request.method == "POST":
        proofs = [Proof(f.keep(), f.name) for f in received_all(request)]
        made = appeal_make(
            version=version,
            place=place,
            subject=subject,
            text=request.POST.get("text", ""),
            value=request.POST.get("value", ""),
            files=proofs,
            by=person_of(request),
        )
        return redirect("appeal", key=key, pk=made.pk)
    spec = season_of(newest(season))
    indicator = subject.card.indicator if subject.card else subject.indicator
    cell = evaluation_of(version.evaluated).by_cell.get((place.key, subject.indicator))
    known = spec.indicator.get(subject.indicator)
    context = {
        "season": season,
        "version": version,
        "place": place,
        "who": contestant_title(spec, place.key),
        "about": _subject_title(spec, subject.about, indicator, subject.scope),
        "kind": subject.about.value,
        "subject": subject,
        "said": reasons_of(subject.card)[0].said.of(lang()) if subject.card else "",
        "figure": value_text(cell.value, known, lang()) if cell is not None and known is not None else "",
        "unit": known.unit.of(lang()) if known is not None else "",
        "period_title": period_name(Period.parse(version.bulletin.period), lang()),
        "until": deadline_of(version),
        "over": not may_still_appeal(version),
    }
    return render(request, "response/appeal_open.html", context)


def _asked(request: HttpRequest, season: Season) -> tuple[Place, BulletinVersion, Subject]:
    """Who objects, to which version, about what; what is not said is one's own place and the newest release.

    Raises
    ------
    QuestionRefused
        ``appeal.nothing_released``.
    Http404
        No such card or contestant.
    """
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("about") == Appeal.About.CARD:
        card = get_object_or_404(cards_of(season), pk=whole(asked.get("card")))
        if card.place is None:
            raise Http404
        version = newest_version(season, card.period)
        return card.place, version or card.version, Subject(card=card)
    own = keys_of(held_by(request.user, season=season.key).roles.get(Role.REPORTER, frozenset()))
    contestant = asked.get("contestant", "") or next(iter(sorted(own)), "")
    place = places_by_key([contestant]).get(contestant)
    if place is None:
        raise Http404
    period = asked.get("period", "")
    found = newest_version(season, period) if period else versions_of(season).first()
    if found is None:
        raise QuestionRefused(Problem("appeal.nothing_released"))
    if asked.get("about") == Appeal.About.READING:
        return place, found, Subject(indicator=asked.get("indicator", "")[:80] or "-")
    return place, found, Subject(scope=asked.get("scope", "")[:100] or "overall")


def _appeal(request: HttpRequest, key: str, pk: int) -> tuple[Season, Any]:
    """Of others' appeals nobody learns that they are there."""
    season = season_for(request, key, "appeal.list")
    return season, get_object_or_404(appeals_visible_to(request.user, season), pk=pk)


@require_safe
def appeal(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    season, found = _appeal(request, key, pk)
    spec, told = season_of(newest(season)), appeal_told(found)
    steps = [
        step
        for step, action in STEPS.items()
        if allowed(request, season, action, place=found.place_id, state=found.state)
    ]
    part = had_part(found) if "uphold" in steps else {}
    known = spec.indicator.get(found.indicator)
    erratum = told.drafts[0].draft if told.drafts else None
    released = release_of(erratum) if erratum else None
    why = ""
    if known is not None:
        why = reverse("why", args=[key, found.contestant, found.indicator]) + f"?period={found.version.bulletin.period}"
    context = {
        "season": season,
        "tabs": near(request, season, "cards", "appeals"),
        "appeal": found,
        "who": contestant_title(spec, found.contestant),
        "about": _about(spec, found),
        "pill": PILLS[found.state],
        "frozen": _figure(spec, found.indicator, found.reading.value) if found.reading else "",
        "wanted": _figure(spec, found.indicator, found.value),
        "value": found.value,
        "events": [
            (e, MARKS[e.kind], _figure(spec, found.indicator, e.reading.value) if e.reading else "")
            for e in told.events
        ],
        "files": told.files,
        "drafts": told.drafts,
        "released": released,
        "steps": [s for s in steps if _offered(s, found, told.drafts)],
        "part": request.user.pk in part,
        "others": could_decide(found)[:4] if request.user.pk in part else [],
        "why_url": why,
        "card_url": reverse("card", args=[key, found.card_id]) if found.card_id else "",
        "may_draft": held_by(request.user, season=season.key).has(Role.STEWARD, Role.LEADER, Role.AUDITOR),
        "undecided": found.state in UNDECIDED,
    }
    return render(request, "response/appeal.html", context)


def _figure(spec: EngineSeason, indicator: str, value: str) -> str:
    known = spec.indicator.get(indicator)
    return value_text(float(value), known, lang()) if value and known is not None else value


def _offered(step: str, found: Any, drafts: Any) -> bool:
    """What still makes sense: an erratum that is not drafted yet."""
    return step != "erratum" or (not drafts and found.about != Appeal.About.CARD)


@require_POST
def step(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """``do``: add (files), hear, uphold (with ``value``), reject, withdraw, erratum; with ``text``."""
    season, found = _appeal(request, key, pk)
    do, text, by = request.POST.get("do", ""), request.POST.get("text", ""), person_of(request)
    if do not in STEPS:
        raise QuestionRefused(Problem("appeal.no_step"))
    require(RULES, STEPS[do], by, place=found.place_id, season=season.key)
    match do:
        case "add":
            appeal_add(appeal=found, files=[Proof(f.keep(), f.name) for f in received_all(request)], by=by)
        case "hear":
            appeal_hear(appeal=found, text=text, by=by)
        case "uphold":
            appeal_uphold(appeal=found, text=text, value=request.POST.get("value", ""), by=by)
            if found.about != Appeal.About.CARD:
                _make(appeal_erratum(appeal=found, by=by))
        case "reject":
            appeal_reject(appeal=found, text=text, by=by)
        case "withdraw":
            appeal_withdraw(appeal=found, text=text, by=by)
        case _:
            _make(appeal_erratum(appeal=found, by=by))
    return redirect("appeal", key=key, pk=pk)


def _make(draft: Draft) -> None:
    if draft.state in (Draft.State.WAITING, Draft.State.FAILED):
        draft_files.enqueue(draft.pk)


@require_safe
def file(request: HttpRequest, key: str, pk: int, number: int) -> HttpResponse:
    _season, found = _appeal(request, key, pk)
    one = get_object_or_404(AppealFile.objects.select_related("blob"), appeal=found.pk, pk=number)
    return serve_blob(one.blob, name=one.name, inline=bool(request.GET.get("inline")))
