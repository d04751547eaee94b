"""From a draft to a release: its words, that somebody checked it, and the question before it is out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from saima.engine.errors import Refused
from saima.engine.race.record import changed_places, published_of
from saima.press import Words
from saima.server.accounts.rules import person_of
from saima.server.bulletins.actions.drafts import MOST_WORDS, draft_check, draft_words
from saima.server.bulletins.actions.releases import check_release, release_ask
from saima.server.bulletins.models import Bulletin, Draft
from saima.server.bulletins.queries import drafts_of
from saima.server.bulletins.queries.releases import later_released, records_of
from saima.server.bulletins.tasks import draft_files, release_files
from saima.server.bulletins.views.common import season_in, title_of
from saima.server.bulletins.views.showing import change_shown
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.kit.solo import is_solo
from saima.server.race.queries.cuts import evaluation_of, newer_cut
from saima.server.race.queries.standing import Index
from saima.words import Text


def _draft(request: HttpRequest, key: str, pk: int, action: str) -> Draft:
    season = season_in(request, key, action)
    found: Draft = get_object_or_404(drafts_of(season), pk=pk)
    return found


@require_POST
def words(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Keep the words; the files are made anew by the worker."""
    found = _draft(request, key, pk, "bulletin.words")
    typed = {name: _typed(request, name) for name in MOST_WORDS}
    reason = _typed(request, "reason") if "reason.en" in request.POST else None
    kept = draft_words(
        draft=found,
        words=Words(**typed),
        reason=reason,
        seen=whole(request.POST.get("seen")),
        by=person_of(request),
    )
    if kept.state == Draft.State.WAITING:
        draft_files.enqueue(kept.pk)
    return redirect("draft", key=key, pk=pk)


def _typed(request: HttpRequest, name: str) -> Text:
    both = (request.POST.get(f"{name}.{code}", "") for code in ("en", "zh"))
    return Text(*(text.replace("\r\n", "\n").strip() for text in both))


@require_POST
def check(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    found = _draft(request, key, pk, "bulletin.words")
    draft_check(draft=found, by=person_of(request))
    return redirect("draft", key=key, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """What is about to be released, by whom and for whom; the second press asks for it."""
    found = _draft(request, key, pk, "bulletin.release")
    if hasattr(found, "release"):
        return redirect("bulletin", key=key, period=found.evaluated.cut.period)
    if request.method == "POST":
        kept = release_ask(draft=found, visibility=request.POST.get("visibility", ""), by=person_of(request))
        if kept.state == Draft.State.RELEASING:
            release_files.enqueue(kept.pk)
        return redirect("draft", key=key, pk=pk)
    return render(request, "bulletins/release.html", _question(request, found))


def _question(request: HttpRequest, found: Draft) -> dict[str, Any]:
    cut = found.evaluated.cut
    season = cut.season
    problems: list[str] = []
    try:
        check_release(found, person_of(request))
    except Refused as refused:
        problems = list(refused.sentences(lang()))
    evaluation = evaluation_of(found.evaluated)
    records = records_of(season)
    before = records.get((cut.period, found.version - 1)) if found.version > 1 else None
    if before is None:
        earlier = [p for (period, _), p in sorted(records.items()) if period < cut.period]
        before = earlier[-1] if earlier else None
    after = published_of(evaluation, number=found.number, dated=found.dated, version=found.version)
    index = Index(evaluation)
    bulletin = Bulletin.objects.filter(season=season, period=cut.period).first()
    return {
        "season": season,
        "draft": found,
        "cut": cut,
        "period_title": title_of(cut.period),
        "problems": problems,
        "alone": is_solo() and found.last_hand_id in (None, getattr(request.user, "pk", None)),
        "visibility": bulletin.visibility if bulletin else Bulletin.Visibility.CIRCLE,
        "changes": [change_shown(c, index) for c in changed_places(before, after) if c.moved] if before else [],
        "before": before,
        "first": before is None,
        "newer": newer_cut(cut),
        "later": [(v.bulletin.number, title_of(v.bulletin.period)) for v in later_released(season, cut.period)]
        if found.version > 1
        else [],
    }
