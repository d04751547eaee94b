"""The leader's one page on paper."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from saima.engine.model.periods import Period
from saima.press.issue import Issue
from saima.press.pdf import render_pdf
from saima.server.accounts.rules import require
from saima.server.bulletins.queries import files_of, newest_version, next_number, published_of
from saima.server.kit import clock, downloads
from saima.server.kit.context import lang
from saima.server.race.queries.standing import shown
from saima.server.race.queries.visible import seasons_visible_to
from saima.server.race.rules import RULES
from saima.words import LANGS, say


@require_safe
def summary(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """One A4 page of a period: as it was released; before that, what the newest cut says, marked as a draft."""
    require(RULES, "draft.see", request.user, season=key)
    season = get_object_or_404(seasons_visible_to(request.user), key=key)
    wanted = request.GET.get("lang", "")
    spoken = next((code for code in LANGS if code == wanted), lang())
    at = Period.parse(period)
    version = newest_version(season, str(at))
    if version is not None and not request.GET.get("preview"):
        kept = next((f for f in files_of(version) if f.path == f"summary.{spoken}.pdf"), None)
        if kept is None:
            raise Http404
        name = f"{season.key}-{at}-summary.{spoken}.pdf"
        return downloads.serve_blob(kept.blob, name=name, inline=True)
    found = shown(season, str(at))
    if found is None:
        return HttpResponse(status=404)
    today = clock.today(season.time_zone)
    was = published_of(season, at)
    number, dated = (was.number, was.dated) if was else (next_number(season, today.year), max(today, at.last_day))
    issue = Issue(number, dated, draft=True)
    content = render_pdf(found.evaluation, issue, spoken, "summary")
    name = f"{say('draft.mark', spoken)}-{season.key}-{at}-summary.{spoken}.pdf"
    return downloads.serve(content, name=name, media_type="application/pdf")
