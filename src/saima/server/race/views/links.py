"""Pages of links for people without an account: the steward's list, and the door such a link opens."""

from typing import Final

import segno
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.rules import held_by, may, require
from saima.server.places.queries import title_of
from saima.server.race.actions.links import MOST_DAYS, Made, link_make, link_open, link_revoke
from saima.server.race.guest import LENT
from saima.server.race.models import EntryLink, Report
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.links import link_by_key, links_of, state_of
from saima.server.race.queries.visible import reports_visible_to
from saima.server.race.rules import RULES
from saima.server.race.views.reports import person, visible_report

MOST_WRONG: Final = 20  # keys that open nothing, from one address within the time below
WITHIN: Final = 10 * 60  # seconds


def qr(text: str) -> SafeString:
    """A QR code as plain SVG, without style or script."""
    drawn = segno.make(text, error="m").svg_inline(scale=4, border=2, omitsize=True, svgclass="qr-code", lineclass=None)
    return mark_safe(drawn)  # noqa: S308 - drawn by segno: numbers and colours, none of the text


@never_cache
@require_http_methods(["GET", "POST"])
def links(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: every link of the report; POST: a new one, whose address is shown on this answer and never again."""
    one = visible_report(request, pk)
    require(RULES, "report.link", request.user, place=one.place_id, season=one.season.key)
    made = None
    if request.method == "POST":
        require(RULES, "report.link", request.user, place=one.place_id, state=one.state, season=one.season.key)
        made = link_make(
            report=one,
            for_whom=request.POST.get("for_whom", ""),
            days=_days(request.POST.get("days", "")),
            by=person(request),
        )
    return _shown(request, one, made)


def _shown(request: HttpRequest, one: Report, made: Made | None) -> HttpResponse:
    address = request.build_absolute_uri(reverse("entry-link", args=[made.key])) if made else ""
    held = held_by(request.user, season=one.season.key)
    context = {
        "report": one,
        "season": one.season,
        "place": title_of(one.place),
        "links": links_of(one),
        "made": made.link if made else None,
        "address": address,
        "qr": qr(address) if address else "",
        "may_make": may(RULES["report.link"], held, place=one.place_id, state=one.state),
        "most_days": MOST_DAYS,
    }
    return render(request, "race/forms/links.html", context)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise QuestionRefused(Problem("links.days", {"days": text[:20] or "-", "most": MOST_DAYS}))
    return int(text)


@require_POST
def revoke(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    one = visible_report(request, pk)
    require(RULES, "report.link", request.user, place=one.place_id, season=one.season.key)
    link_revoke(link=get_object_or_404(EntryLink, report=one, pk=link), by=person(request))
    return redirect("report-links", pk=pk)


@never_cache
@require_http_methods(["GET", "POST"])
def go(request: HttpRequest, key: str) -> HttpResponse:
    """What the link is for; opening it (POST) begins a session that can do nothing but fill in that report."""
    counted = f"entry-link-wrong:{request.META.get('REMOTE_ADDR', '')}"
    if cache.get(counted, 0) >= MOST_WRONG:
        return _unknown(request, often=True)
    link = link_by_key(key)
    if link is None:
        cache.add(counted, 0, WITHIN)
        cache.incr(counted)
        return _unknown(request, often=False)
    state = state_of(link)
    if state != "living":
        return render(request, "race/forms/link_over.html", {"state": state}, status=410)
    has_account = request.user.is_authenticated
    if request.method == "POST" and not has_account:
        link_open(link=link)
        request.session.flush()  # nothing of who sat here before
        request.session[LENT] = link.pk
        return redirect("report", pk=link.report_id)
    context = {
        "link": link,
        "report": link.report,
        "place": title_of(link.report.place),
        "spec": season_of(newest(link.report.season)),
        "signed_in": getattr(request.user, "name", "") if has_account else "",
        "own": has_account and reports_visible_to(request.user).filter(pk=link.report_id).exists(),
    }
    return render(request, "race/forms/link_start.html", context)


def _unknown(request: HttpRequest, *, often: bool) -> HttpResponse:
    context = {"often": often, "minutes": WITHIN // 60}
    return render(request, "race/forms/link_unknown.html", context, status=429 if often else 404)
