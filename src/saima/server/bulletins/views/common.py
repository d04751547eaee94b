"""What pages of bulletins share: the season somebody may see, and one version found by its address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from saima.engine.errors import Refused
from saima.engine.model.periods import Period
from saima.files.packages.store import zipped
from saima.press.sentences import period_name
from saima.server.accounts.rules import held_by, may, require
from saima.server.bulletins.models import Bulletin, BulletinVersion, ReleasedFile
from saima.server.bulletins.queries.releases import files_of, versions_of
from saima.server.bulletins.rules import RULES
from saima.server.kit import blobs, downloads
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.visible import seasons_visible_to

# The bulletin's page brings its own style sheet inside; it may run nothing, load nothing and act for nobody.
PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox"
)
FORMS = ("bulletin.{}.html", "bulletin.{}.pdf", "summary.{}.pdf", "bulletin.{}.docx", "bulletin.{}.xlsx",
         "picture.{}.png", "headline.{}.txt", "chat.{}.txt")  # fmt: skip


def season_in(request: HttpRequest, key: str, action: str) -> Season:
    require(RULES, action, request.user, season=key)
    return get_object_or_404(seasons_visible_to(request.user), key=key)


def allowed(request: HttpRequest, key: str, action: str) -> bool:
    return may(RULES[action], held_by(request.user, season=key))


def version_in(season: Season, period: str, number: int | None = None, *, public: bool = False) -> BulletinVersion:
    """A version by its address; the newest where no number is given. What is not public is not there for the public."""
    found = versions_of(season).filter(bulletin__period=canonical_period(period))
    if public:
        found = found.filter(bulletin__visibility=Bulletin.Visibility.PUBLIC)
    if number is not None:
        found = found.filter(number=number)
    version = found.first()
    if version is None:
        raise Http404
    return version


def canonical_period(text: str) -> str:
    try:
        return str(Period.parse(text))
    except (Refused, ValueError):
        raise Http404 from None


def title_of(period: str) -> str:
    return period_name(Period.parse(period), lang())


def stem_of(version: BulletinVersion) -> str:
    """What files of a version are called: no two versions of a bulletin share a name."""
    bulletin = version.bulletin
    return f"{bulletin.season.key}-{bulletin.period}-v{version.number}"


def file_answer(version: BulletinVersion, path: str, *, inline: bool) -> HttpResponse:
    found = get_object_or_404(ReleasedFile.objects.select_related("blob"), version=version, path=path)
    name = f"{stem_of(version)}-{path.replace('/', '-')}"
    return downloads.serve_blob(found.blob, name=name, inline=inline)


def package_answer(version: BulletinVersion) -> HttpResponse:
    """Every released file as one zip that `saima verify` recomputes: the same bytes every time."""
    files = {f.path: blobs.get(f.blob_id) for f in files_of(version)}
    return downloads.serve(zipped(files), name=f"{stem_of(version)}-saima.zip", media_type="application/zip")


def page_answer(version: BulletinVersion, spoken: str) -> HttpResponse:
    """The bulletin's own page, under a policy of its own."""
    found = get_object_or_404(ReleasedFile, version=version, path=f"bulletin.{spoken}.html")
    answer = HttpResponse(blobs.get(found.blob_id))
    answer["Content-Security-Policy"] = PAGE_POLICY
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer
