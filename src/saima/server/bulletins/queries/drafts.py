"""Reads drafts: which number the next has, which issue a draft is of, whether anybody is there to make it."""

import json
from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet

from saima.engine.model.history import Published
from saima.engine.model.periods import Period
from saima.press import Issue, Words
from saima.server.bulletins.models import Artefact, Draft
from saima.server.kit import clock
from saima.server.kit.models import Lease
from saima.server.kit.tasks import ALIVE
from saima.server.race.models import Season
from saima.server.race.queries.cuts import history_of
from saima.words import Text

MEDIA: Final = {
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
    "toml": "application/toml",
    "txt": "text/plain",
    "svg": "image/svg+xml",
    "png": "image/png",
}


def drafts_of(season: Season) -> QuerySet[Draft]:
    """Newest first, with the cut each was made from."""
    found = Draft.objects.filter(evaluated__cut__season=season)
    related = ("by", "hand", "release", "evaluated", "evaluated__cut", "evaluated__cut__season")
    return found.select_related(*related).order_by("-id")


def artefacts_of(draft: Draft) -> Sequence[Artefact]:
    return list(Artefact.objects.filter(draft=draft).select_related("blob").order_by("path"))


def published_of(season: Season, period: Period) -> Published | None:
    """What the newest version of a published bulletin of the period fixed."""
    return history_of(season).by_period.get(period)


def next_number(season: Season, year: int) -> int:
    """One more than the highest number published or drafted with a date in that year."""
    published = [p.number for p in history_of(season).published if p.dated.year == year]
    drafted = drafts_of(season).filter(dated__year=year).values_list("number", flat=True)
    return max([*published, *drafted], default=0) + 1


def issue_of(draft: Draft) -> Issue:
    """The issue a draft is of, an erratum with what the version before it fixed."""
    replaces = None
    if draft.version > 1:
        cut = draft.evaluated.cut
        before = (cut.period, draft.version - 1)
        replaces = next((p for p in history_of(cut.season).published if (str(p.period), p.version) == before), None)
    words = words_of(draft)
    return Issue(draft.number, draft.dated, draft.version, reason_of(draft), draft=True, words=words, replaces=replaces)


def reason_of(draft: Draft) -> Text:
    """Why an erratum is released; what was typed in one language stands in for the other."""
    return Text(draft.reason or draft.reason_zh, draft.reason_zh or draft.reason)


def words_of(draft: Draft) -> Words:
    """What people wrote for this bulletin."""
    kept: dict[str, list[str]] = json.loads(draft.words) if draft.words else {}
    return Words(**{name: Text(*both) for name, both in kept.items()})


def somebody_works() -> bool:
    """Whether a worker gave a sign of life lately."""
    return Lease.objects.filter(name=ALIVE, until__gt=clock.real()).exists()


def media_type(path: str) -> str:
    return MEDIA.get(path.rpartition(".")[2], "application/octet-stream")
