"""Reads a season being set up: its draft or newest version, what was seen, what stands in the way, what uses a code."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, QuerySet

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.season import Season as EngineSeason
from saima.server.kit.asked import whole
from saima.server.kit.models import Installation
from saima.server.race.models import DraftSave, Reading, Season, SeasonDraft, SeasonVersion
from saima.server.race.queries.documents import season_of
from saima.server.race.queries.setup_plain import Key, Plain, plain_of
from saima.words import Lang, say

BEGAN: Final = "setup.did_begin"
UNDONE: Final = "setup.did_undo"
REDONE: Final = "setup.did_redo"


@dataclass(frozen=True)
class Setup:
    """A season being set up. ``seen`` is what a save must name: v3 for version 3, 7 for the draft's state 7."""

    season: Season
    version: SeasonVersion | None
    draft: SeasonDraft | None
    files: Mapping[str, str]
    plain: Plain

    @property
    def seen(self) -> str:
        return seen_of(self.version, self.draft)


def seen_of(version: SeasonVersion | None, draft: SeasonDraft | None) -> str:
    if draft is not None:
        return str(draft.row_version)
    return f"v{version.number}" if version else ""


def setup_of(season: Season, *, with_draft: bool = True) -> Setup:
    """The draft where there is one and it may be shown, else the newest version."""
    version = newest_or_none(season)
    draft = SeasonDraft.objects.filter(season=season).first() if with_draft else None
    text = draft.files if draft else version.files if version else "{}"
    files = json.loads(text)
    return Setup(season, version, draft, files, plain_of(files) if files else Plain({}, {}))


def newest_or_none(season: Season) -> SeasonVersion | None:
    return season.versions.order_by("-number").first()


def files_seen(season: Season, seen: str) -> Mapping[str, str]:
    """The definition somebody looked at.

    Raises
    ------
    QuestionRefused
        ``setup.seen_unknown``: there never was such a state.
    """
    text: str | None = None
    if seen.startswith("v") and whole(seen[1:], -1) >= 0:
        text = season.versions.filter(number=whole(seen[1:])).values_list("files", flat=True).first()
    elif whole(seen, -1) >= 0:
        saves = DraftSave.objects.filter(season=season, row_version=whole(seen))
        text = saves.values_list("files", flat=True).first()
    if text is None:
        raise QuestionRefused(Problem("setup.seen_unknown", {"seen": seen[:40] or "-"}))
    found: Mapping[str, str] = json.loads(text)
    return found


def saves_of(season: Season) -> Sequence[DraftSave]:
    """The saves of the draft at hand, oldest first, without their contents."""
    rows: QuerySet[DraftSave] = (
        DraftSave.objects.filter(season=season).select_related("by").defer("files").order_by("row_version")
    )
    out: list[DraftSave] = []
    for save in rows:
        if did_code(save) == BEGAN:
            out = []
        out.append(save)
    return out


def steps_of(saves: Iterable[DraftSave]) -> tuple[list[DraftSave], list[DraftSave]]:
    """What undo and redo lead to: states that led here (the last is the present), and states taken back."""
    past: list[DraftSave] = []
    future: list[DraftSave] = []
    for save in saves:
        code = did_code(save)
        if code == UNDONE and len(past) > 1:
            future.append(past.pop())
        elif code == REDONE and future:
            past.append(future.pop())
        else:
            past.append(save)
            future = []
    return past, future


def did_code(save: DraftSave) -> str:
    return str(json.loads(save.what)["code"])


def did_sentence(save: DraftSave, lang: Lang) -> str:
    """What a save did, as a sentence."""
    said: dict[str, Any] = json.loads(save.what)
    code = said.pop("code")
    if "table" in said:
        said["table"] = say(f"setup.part.{said['table']}", lang)
    return say(code, lang, **said)


def solo_allowed(season: Season) -> bool:
    """Whether one person may propose and publish: the installation says so, or the season as it is published.

    A draft cannot allow it for itself; only before the first version its own word counts.
    """
    installation = Installation.objects.filter(id=1).first()
    if settings.SAIMA_SOLO or (installation is not None and installation.solo):
        return True
    version = newest_or_none(season)
    if version is not None:
        return season_of(version).solo
    draft = SeasonDraft.objects.filter(season=season).first()
    row = plain_of(json.loads(draft.files)).rows("values")[0] if draft else {}
    return row.get("solo", "yes") == "yes"


def readings_of(season: Season, table: str, key: Key) -> int:
    """How many recorded figures name a contestant or an indicator; nothing else is named by figures."""
    rows = Reading.objects.filter(season=season)
    if table == "contestants":
        return rows.filter(contestant=key[0]).count()
    return rows.filter(indicator=key[0]).count() if table == "indicators" else 0


def orphans_of(season: Season, defined: EngineSeason) -> tuple[Problem, ...]:
    """Codes that recorded figures name and a definition no longer has, with the number of figures."""
    out = []
    for table, known in (("contestants", defined.contestant), ("indicators", defined.indicator)):
        column = table[:-1]
        rows = Reading.objects.filter(season=season).exclude(**{f"{column}__in": list(known)})
        for code, count in rows.values_list(column).annotate(count=Count("id")).order_by(column):
            out.append(_in_use(table, str(code), int(count)))
    return tuple(out)


def _in_use(table: str, code: str, count: int) -> Problem:
    return Problem("setup.code_in_use", {"kind": table[:-1], "code": code, "count": count})


def in_use(season: Season, table: str, key: Key) -> Problem | None:
    """Why a row cannot be taken away: figures name it."""
    count = readings_of(season, table, key)
    return _in_use(table, key[0], count) if count else None
