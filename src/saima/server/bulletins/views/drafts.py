"""Pages of drafts: asking for one, watching it being made, looking at it and taking its files away."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.periods import Period
from saima.files.packages.store import zipped
from saima.press.sentences import period_name
from saima.server.accounts.rules import held_by, may, require
from saima.server.bulletins.actions.drafts import MOST_REASON, MOST_WORDS, draft_make, draft_render
from saima.server.bulletins.actions.releases import release_run
from saima.server.bulletins.models import Artefact, Draft
from saima.server.bulletins.queries import (
    artefacts_of,
    drafts_of,
    next_number,
    published_of,
    somebody_works,
    words_of,
)
from saima.server.bulletins.tasks import draft_files, release_files
from saima.server.bulletins.views.common import FORMS, PAGE_POLICY, allowed
from saima.server.kit import blobs, clock, downloads
from saima.server.kit.context import lang
from saima.server.race.models import Cut, Season
from saima.server.race.queries.cuts import cut_in, cuts_of
from saima.server.race.queries.documents import season_of
from saima.server.race.queries.visible import seasons_visible_to
from saima.server.race.rules import RULES
from saima.words import LANGS, Text, say


def _season(request: HttpRequest, key: str, action: str) -> Season:
    require(RULES, action, request.user, season=key)
    return get_object_or_404(seasons_visible_to(request.user), key=key)


def _draft(request: HttpRequest, key: str, pk: int, action: str = "draft.see") -> Draft:
    season = _season(request, key, action)
    found: Draft = get_object_or_404(drafts_of(season), pk=pk)
    return found


def _may_make(request: HttpRequest, key: str) -> bool:
    return may(RULES["draft.make"], held_by(request.user, season=key))


@require_safe
def drafts(request: HttpRequest, key: str) -> HttpResponse:
    season = _season(request, key, "draft.see")
    cuts = _newest_by_period(cuts_of(season))
    today = clock.today(season.time_zone)
    asked = request.GET.get("period", "")
    chosen = next((c for c in cuts if c.period == asked), cuts[0] if cuts else None)
    published = published_of(season, Period.parse(chosen.period)) if chosen else None
    context = {
        "season": season,
        "drafts": [(d, period_name(Period.parse(d.evaluated.cut.period), lang())) for d in drafts_of(season)[:60]],
        "cuts": [(c, period_name(Period.parse(c.period), lang())) for c in cuts],
        "chosen": chosen,
        "published": published,
        "changed": published is not None and chosen is not None and published.data_digest != chosen.data_digest,
        "number": published.number if published else next_number(season, today.year),
        "today": (published.dated if published else today).isoformat(),
        "may_make": _may_make(request, key),
    }
    return render(request, "bulletins/drafts.html", context)


def _newest_by_period(cuts: Sequence[Cut]) -> list[Cut]:
    found: dict[str, Cut] = {}
    for cut in cuts:
        found.setdefault(cut.period, cut)
    return list(found.values())


@require_POST
def make(request: HttpRequest, key: str) -> HttpResponse:
    season = _season(request, key, "draft.make")
    cut = cut_in(season, _whole(request, "cut"))
    if cut is None:
        raise Http404
    by: Any = request.user
    reason = request.POST.get("reason", "")[:2000]
    draft = draft_make(cut=cut, number=_whole(request, "number"), dated=_day(request), reason=reason, by=by)
    if draft.state in (Draft.State.WAITING, Draft.State.FAILED):
        draft_files.enqueue(draft.pk)
    return redirect("draft", key=key, pk=draft.pk)


def _whole(request: HttpRequest, field: str) -> int:
    text = request.POST.get(field, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise QuestionRefused(Problem("draft.not_a_number", {"text": text[:40]}))
    return int(text)


def _day(request: HttpRequest) -> date:
    text = request.POST.get("dated", "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuestionRefused(Problem("draft.not_a_date", {"text": text[:40]})) from None


@dataclass(frozen=True, slots=True)
class FileRow:
    path: str
    title: str
    size: int


@require_safe
def draft(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    found = _draft(request, key, pk)
    sizes = {a.path: a.blob.size for a in artefacts_of(found)}
    spoken = request.GET.get("lang", lang())
    context = {
        **_state(request, found, key),
        "groups": [
            (say(f"draft.lang.{code}", lang()), [
                FileRow(path, say(f"draft.form.{form.replace('.{}', '').replace('.', '_')}", lang()), sizes[path])
                for form in FORMS if (path := form.format(code)) in sizes
            ]) for code in LANGS
        ],
        "others": [path for path in sizes if path not in {f.format(code) for f in FORMS for code in LANGS}],
        "whole_size": sum(sizes.values()),
        "spoken": spoken if spoken in LANGS else lang(),
        "fields": _fields(found),
        "languages": [(code, say(f"draft.lang.{code}", lang())) for code in LANGS],
    }  # fmt: skip
    return render(request, "bulletins/draft.html", context)


def _state(request: HttpRequest, found: Draft, key: str) -> dict[str, Any]:
    """What the page and its watched part say of the making. ``still``: how often it was asked without any progress."""
    still = _counted(request, "still")
    if _counted(request, "seen") != found.made:
        still = 0
    moving = found.state in (Draft.State.WAITING, Draft.State.MAKING, Draft.State.RELEASING)
    return {
        "season": found.evaluated.cut.season,
        "draft": found,
        "cut": found.evaluated.cut,
        "period_title": period_name(Period.parse(found.evaluated.cut.period), lang()),
        "moving": moving,
        "still": still + 1,
        "stuck": moving and (still >= 20 or (found.state == Draft.State.WAITING and not somebody_works())),
        "faults": json.loads(found.fault).get(lang(), []) if found.fault else [],
        "may_make": _may_make(request, key),
        "may_word": allowed(request, key, "bulletin.words") and not hasattr(found, "release"),
        "may_release": allowed(request, key, "bulletin.release"),
        "released": getattr(found, "release", None),
        "mine": found.last_hand_id == getattr(request.user, "pk", None),
    }


@dataclass(frozen=True, slots=True)
class WordsField:
    """One kind of words a steward may write, in both languages."""

    name: str
    title: str
    help: str
    most: int
    rows: int
    en: str
    zh: str


def _fields(found: Draft) -> list[WordsField]:
    words, head = words_of(found), season_of(found.evaluated.cut.version).masthead
    rows = {"opening": 4, "remarks": 6}
    fields = []
    for name, most in MOST_WORDS.items():
        said: Text = getattr(words, name)
        kept: Text = getattr(head, name, Text())
        help_ = say(f"draft.words.{name}_help", lang(), kept=kept.of(lang()) or "–")
        fields.append(
            WordsField(name, say(f"draft.words.{name}", lang()), help_, most, rows.get(name, 1), said.en, said.zh)
        )
    if found.version > 1:
        fields.append(
            WordsField("reason", say("draft.reason_label", lang()), "", MOST_REASON, 3, found.reason, found.reason_zh)
        )
    return fields


def _counted(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@require_safe
def progress(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    return render(request, "bulletins/parts/progress.html", _state(request, _draft(request, key, pk), key))


@require_POST
def again(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Give a draft that stands still to the worker once more, or make it here and now."""
    found = _draft(request, key, pk, "draft.make")
    if found.state == Draft.State.RELEASING:
        if request.POST.get("here"):
            release_run(draft_id=found.pk)
        else:
            release_files.enqueue(found.pk)
    elif request.POST.get("here"):
        draft_render(draft_id=found.pk)
    else:
        draft_files.enqueue(found.pk)
    return redirect("draft", key=key, pk=pk)


@require_safe
def file(request: HttpRequest, key: str, pk: int, path: str) -> HttpResponse:
    found = _draft(request, key, pk)
    artefact = get_object_or_404(Artefact.objects.select_related("blob"), draft=found, path=path)
    name = _draft_name(found, path.replace("/", "-"))
    return downloads.serve_blob(artefact.blob, name=name, inline=bool(request.GET.get("inline")))


@require_safe
def package(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Every file as one zip that `saima verify` recomputes."""
    found = _draft(request, key, pk)
    if found.state != Draft.State.READY:
        raise Http404
    files = {a.path: blobs.get(a.blob_id) for a in artefacts_of(found)}
    return downloads.serve(zipped(files), name=_draft_name(found, "saima.zip"), media_type="application/zip")


def _draft_name(found: Draft, name: str) -> str:
    cut = found.evaluated.cut
    return f"{say('draft.mark', lang())}-{cut.season.key}-{cut.period}-{name}"


@require_safe
def preview(request: HttpRequest, key: str, pk: int, spoken: str) -> HttpResponse:
    """The bulletin's page for a sandboxed frame, under a policy of its own."""
    found = _draft(request, key, pk)
    artefact = get_object_or_404(Artefact, draft=found, path=f"bulletin.{spoken}.html")
    answer = HttpResponse(blobs.get(artefact.blob_id))
    answer["Content-Security-Policy"] = PAGE_POLICY
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Cache-Control"] = "private, no-store"
    return answer
