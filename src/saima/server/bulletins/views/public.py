"""What anybody may read without an account: public bulletins, their archive, every form, and a feed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from saima.engine.model.periods import Period
from saima.press import Issue
from saima.press.sentences import erratum_sentence, period_name
from saima.server.bulletins.models import Bulletin, BulletinVersion
from saima.server.bulletins.queries.drafts import reason_of
from saima.server.bulletins.queries.releases import public_bulletins, records_of
from saima.server.bulletins.queries.signing import public_key_here
from saima.server.bulletins.views.common import file_answer, package_answer, page_answer, title_of, version_in
from saima.server.bulletins.views.showing import season_title, shown_version
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.looked_up import seasons_among
from saima.words import LANGS, Lang, say

IN_FEED = 60


def _rows(bulletins: Sequence[Bulletin]) -> list[dict[str, Any]]:
    rows = []
    for bulletin in bulletins:
        versions = list(bulletin.versions.all())
        rows.append(
            {
                "bulletin": bulletin,
                "season_title": _title(bulletin.season),
                "title": title_of(bulletin.period),
                "versions": [
                    (v, reason_of(v.draft).of(lang()) if v.number > 1 else "") for v in versions
                ],
            }
        )  # fmt: skip
    return rows


def _title(season: Season) -> str:
    return season_title(season).of(lang())


def _season(key: str) -> Season:
    """A season with something public; any other is not there."""
    return get_object_or_404(seasons_among(public_bulletins().values("season")), key=key)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    found = list(public_bulletins())
    seasons: dict[str, dict[str, Any]] = {}
    for bulletin in found:
        seasons.setdefault(
            bulletin.season.key, {"season": bulletin.season, "title": _title(bulletin.season), "bulletins": []}
        )["bulletins"].append(bulletin)
    shown = [{**s, "rows": _rows(s["bulletins"]), "organisation": _organisation(s["season"])} for s in seasons.values()]
    return render(
        request, "bulletins/public/index.html", {"seasons": shown, "spoken": lang(), "key": public_key_here()}
    )


def _organisation(season: Season) -> str:
    return season_of(newest(season)).masthead.organisation.of(lang())


@require_safe
def archive(request: HttpRequest, key: str) -> HttpResponse:
    season = _season(key)
    context = {
        "public_season": season,
        "title": _title(season),
        "organisation": _organisation(season),
        "rows": _rows(list(public_bulletins().filter(season=season))),
        "spoken": lang(),
    }
    return render(request, "bulletins/public/archive.html", context)


@require_safe
def bulletin(request: HttpRequest, key: str, period: str, number: int | None = None) -> HttpResponse:
    version = _version(key, period, number)
    shown = shown_version(version, records_of(version.bulletin.season))
    versions = BulletinVersion.objects.filter(bulletin=version.bulletin_id).order_by("-number")
    context = {
        **shown,
        "public_season": shown.pop("season"),
        "title": _title(version.bulletin.season),
        "organisation": shown["spec"].masthead.organisation.of(lang()),
        "notice": shown["spec"].notice.of(lang()),
        "versions": list(versions),
        "newest": version.number == max(v.number for v in versions),
        "public": True,
    }
    context.pop("season", None)
    return render(request, "bulletins/public/bulletin.html", context)


def _version(key: str, period: str, number: int | None = None) -> BulletinVersion:
    return version_in(_season(key), period, number, public=True)


@require_safe
def file(request: HttpRequest, key: str, period: str, number: int, path: str) -> HttpResponse:
    return file_answer(_version(key, period, number), path, inline=bool(request.GET.get("inline")))


@require_safe
def package(request: HttpRequest, key: str, period: str, number: int) -> HttpResponse:
    del request
    return package_answer(_version(key, period, number))


@require_safe
def page(request: HttpRequest, key: str, period: str, number: int, spoken: str) -> HttpResponse:
    del request
    return page_answer(_version(key, period, number), spoken)


class Releases(Feed):  # type: ignore[type-arg]
    """Every public version as an entry, the newest first: of the installation, or of one season."""

    feed_type = Atom1Feed
    spoken: Lang

    def get_object(self, request: HttpRequest, spoken: str, key: str = "") -> Season | None:
        del request
        if spoken not in LANGS:
            raise Http404
        self.language = "zh-Hans" if spoken == "zh" else "en"
        self.spoken = LANGS[LANGS.index(spoken)]
        return _season(key) if key else None

    def title(self, obj: Season | None) -> str:
        if obj is None:
            return say("public.feed", self.spoken)
        return say("public.feed_of", self.spoken, season=season_title(obj))

    def link(self, obj: Season | None) -> str:
        return reverse("public-season", kwargs={"key": obj.key}) if obj else reverse("public")

    def items(self, obj: Season | None) -> Sequence[BulletinVersion]:
        found = BulletinVersion.objects.filter(bulletin__visibility=Bulletin.Visibility.PUBLIC)
        if obj is not None:
            found = found.filter(bulletin__season=obj)
        return list(found.select_related("bulletin__season", "draft").order_by("-id")[:IN_FEED])

    def item_title(self, item: BulletinVersion) -> str:
        bulletin = item.bulletin
        code = "public.item_erratum" if item.number > 1 else "public.item"
        return say(
            code,
            self.spoken,
            season=season_title(bulletin.season),
            number=bulletin.number,
            period=period_name(Period.parse(bulletin.period), self.spoken),
            version=item.number,
        )

    def item_description(self, item: BulletinVersion) -> str:
        if item.number == 1:
            return say("public.item_said", self.spoken, digest=item.manifest_digest)
        issue = Issue(item.bulletin.number, item.dated, item.number, reason_of(item.draft))
        return erratum_sentence(issue, self.spoken)

    def item_link(self, item: BulletinVersion) -> str:
        bulletin = item.bulletin
        given = {"key": bulletin.season.key, "period": bulletin.period, "number": item.number}
        return reverse("public-version", kwargs=given)

    def item_pubdate(self, item: BulletinVersion) -> datetime:
        return item.at

    def item_updateddate(self, item: BulletinVersion) -> datetime:
        return item.at


@require_safe
def feed(request: HttpRequest, spoken: str, key: str = "") -> HttpResponse:
    answer: HttpResponse = Releases()(request, spoken=spoken, key=key)
    return answer
