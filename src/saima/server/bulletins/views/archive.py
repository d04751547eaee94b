"""The archive of a season: every bulletin, its versions and all their forms, and the stamped scans."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from saima.server.accounts.rules import held_by, may, person_of
from saima.server.bulletins.actions.releases import bulletin_show
from saima.server.bulletins.actions.scans import scan_add
from saima.server.bulletins.models import Bulletin, BulletinVersion, StampedScan
from saima.server.bulletins.queries.drafts import reason_of
from saima.server.bulletins.queries.releases import archive_of, changes_of, records_of, scans_of
from saima.server.bulletins.views.common import (
    allowed,
    file_answer,
    package_answer,
    page_answer,
    season_in,
    title_of,
    version_in,
)
from saima.server.bulletins.views.showing import shown_version
from saima.server.kit import downloads, uploads
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.rules import RULES as RACE

SCANS: Final = frozenset({uploads.Kind.PDF, uploads.Kind.JPEG, uploads.Kind.PNG})


def archive_rows(season: Season) -> list[dict[str, Any]]:
    """One row a bulletin with its versions; errata with the places they changed."""
    bulletins = archive_of(season)
    records = records_of(season) if any(len(b.versions.all()) > 1 for b in bulletins) else {}
    names = {c.code: c.title for c in season_of(newest(season)).contestants}
    rows = []
    for bulletin in bulletins:
        versions = []
        for version in bulletin.versions.all():
            version.bulletin = bulletin
            changed = [
                (
                    names[c.contestant].of(lang()) if c.contestant in names else c.contestant,
                    c.before and c.before.rank,
                    c.after and c.after.rank,
                )
                for c in (changes_of(version, records) if version.number > 1 else ())
                if c.scope == "overall" and c.moved
            ]
            versions.append((version, reason_of(version.draft).of(lang()) if version.number > 1 else "", changed))
        rows.append({"bulletin": bulletin, "title": title_of(bulletin.period), "versions": versions})
    return rows


@require_safe
def bulletins(request: HttpRequest, key: str) -> HttpResponse:
    season = season_in(request, key, "bulletin.see")
    context = {
        "season": season,
        "rows": archive_rows(season),
        "may_draft": may(RACE["draft.see"], held_by(request.user, season=key)),
    }
    return render(request, "bulletins/archive.html", context)


@require_safe
def bulletin(request: HttpRequest, key: str, period: str, number: int | None = None) -> HttpResponse:
    season = season_in(request, key, "bulletin.see")
    version = version_in(season, period, number)
    context = {
        **shown_version(version, records_of(season)),
        "versions": _siblings(version),
        "newest": version.number == max(v.number for v in _siblings(version)),
        "scans": scans_of(version),
        "may_scan": allowed(request, key, "bulletin.scan"),
        "may_show": allowed(request, key, "bulletin.show"),
    }
    return render(request, "bulletins/bulletin.html", context)


def _siblings(version: BulletinVersion) -> list[BulletinVersion]:
    return list(BulletinVersion.objects.filter(bulletin=version.bulletin_id).order_by("-number"))


@require_safe
def file(request: HttpRequest, key: str, period: str, number: int, path: str) -> HttpResponse:
    season = season_in(request, key, "bulletin.see")
    return file_answer(version_in(season, period, number), path, inline=bool(request.GET.get("inline")))


@require_safe
def package(request: HttpRequest, key: str, period: str, number: int) -> HttpResponse:
    return package_answer(version_in(season_in(request, key, "bulletin.see"), period, number))


@require_safe
def page(request: HttpRequest, key: str, period: str, number: int, spoken: str) -> HttpResponse:
    return page_answer(version_in(season_in(request, key, "bulletin.see"), period, number), spoken)


@require_POST
def scan(request: HttpRequest, key: str, period: str, number: int) -> HttpResponse:
    """Take in the stamped print, as PDF or picture."""
    version = version_in(season_in(request, key, "bulletin.scan"), period, number)
    scan_add(version=version, sent=uploads.received(request, allowed=SCANS), by=person_of(request))
    return redirect("bulletin-version", key=key, period=version.bulletin.period, number=number)


@require_safe
def scan_file(request: HttpRequest, key: str, period: str, number: int, pk: int) -> HttpResponse:
    version = version_in(season_in(request, key, "bulletin.see"), period, number)
    found = get_object_or_404(StampedScan.objects.select_related("blob"), version=version, pk=pk)
    return downloads.serve_blob(found.blob, name=found.name, inline=bool(request.GET.get("inline")))


@require_POST
def show(request: HttpRequest, key: str, period: str) -> HttpResponse:
    """Open a bulletin to the public, or keep it in its circle."""
    version = version_in(season_in(request, key, "bulletin.show"), period)
    found: Bulletin = version.bulletin
    bulletin_show(bulletin=found, visibility=request.POST.get("visibility", ""), by=person_of(request))
    return redirect("bulletin", key=key, period=found.period)
