"""Writes the draft of a season: rows changed, taken back, thrown away. Every state is kept; nobody is overwritten."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.race.models import DraftSave, Season, SeasonDraft
from saima.server.race.queries.setup import (
    BEGAN,
    REDONE,
    UNDONE,
    files_seen,
    in_use,
    newest_or_none,
    saves_of,
    steps_of,
)
from saima.server.race.queries.setup_fields import TABLES
from saima.server.race.queries.setup_plain import Edit, Key, Plain, edited, files_of, plain_of, tidied
from saima.words import template

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Clash:
    """One cell two people changed: what is there now, and what was sent."""

    table: str
    key: Key
    field: str
    theirs: str
    mine: str


class DraftConflict(QuestionRefused):
    """Somebody else changed the same cell in the meantime; both values are told, nothing is written."""

    status = 409

    def __init__(self, clashes: Sequence[Clash], seen: str) -> None:
        self.clashes = tuple(clashes)
        self.seen = seen  # the state a save must name to go on from here
        super().__init__(
            Problem(
                "setup.conflict", {"key": " ".join(c.key) or c.table, "theirs": c.theirs or "-", "mine": c.mine or "-"}
            )
            for c in clashes
        )


@transaction.atomic
def draft_change(
    *, season: Season, seen: str, edits: Sequence[Edit], by: Person, code: str = "setup.did_edit"
) -> SeasonDraft | None:
    """Rows of the draft as they shall be; the first change of a published season begins its draft.

    Only cells that differ from what was seen are written, so two people can work on one season at once.

    Raises
    ------
    DraftConflict
        A cell changed here was changed by somebody else since ``seen``.
    QuestionRefused
        ``setup.seen_unknown``; ``setup.code_in_use``: a row to be taken away has figures.
    """
    draft, files = _locked(season)
    now, then = plain_of(files), plain_of(files_seen(season, seen))
    clashes: list[Clash] = []
    wanted: list[Edit] = []
    for edit in map(tidied, edits):
        mine = _against(edit, then, now, clashes)
        if mine is not None:
            wanted.append(mine)
        if edit.cells is None and (problem := in_use(season, edit.table, edit.key)):
            raise QuestionRefused(problem)
    if clashes:
        raise DraftConflict(clashes, str(draft.row_version) if draft else _version_seen(season))
    made = files_of(edited(now, wanted))
    if made == files:
        return draft
    first = edits[0]
    return _save(season, draft, made, by, code=code, table=first.table, key=" ".join(first.key), count=len(wanted))


def _against(edit: Edit, then: Plain, now: Plain, clashes: list[Clash]) -> Edit | None:
    """What of an edit is new against what was seen; None where nothing is. Clashes are added."""
    before, present = then.row(edit.table, edit.key), now.row(edit.table, edit.key)
    if edit.cells is None:
        if present is None:
            return None
        clashes.extend(
            Clash(edit.table, edit.key, name, present.get(name, ""), "")
            for name in sorted(set(present) | set(before or {}))
            if present.get(name, "") != (before or {}).get(name, "")
        )
        return edit
    mine = {n: v for n, v in edit.cells.items() if v != (before or {}).get(n, "")}
    if present is None and before is not None:
        clashes.extend(Clash(edit.table, edit.key, n, "", v) for n, v in mine.items())
        return None
    here = present or {}
    clashes.extend(
        Clash(edit.table, edit.key, n, here.get(n, ""), v)
        for n, v in mine.items()
        if here.get(n, "") not in (v, (before or {}).get(n, ""))
    )
    return Edit(edit.table, edit.key, mine) if mine or before is None else None


@transaction.atomic
def draft_row_add(*, season: Season, seen: str, table: str, cells: Mapping[str, str], by: Person) -> Key:
    """A new row; gives its key.

    Raises
    ------
    QuestionRefused
        ``setup.key_needed``: an entry that tells rows apart is empty; ``setup.key_taken``: such a row is there.
    """
    names = TABLES[table].keys
    cells = tidied(Edit(table, (), cells)).cells or {}
    key = tuple(cells.get(n, "") for n in names)
    empty = [n for n, part in zip(names, key, strict=True) if not part]
    if empty:
        raise QuestionRefused(Problem("setup.key_needed", {"entry": template(f"setup.field.{empty[0]}")}))
    _, files = _locked(season)
    if plain_of(files).row(table, key) is not None:
        raise QuestionRefused(Problem("setup.key_taken", {"key": " ".join(key)}))
    draft_change(season=season, seen=seen, edits=[Edit(table, key, cells)], by=by, code="setup.did_add")
    return key


@transaction.atomic
def draft_row_remove(*, season: Season, seen: str, table: str, key: Key, by: Person) -> None:
    """Take a row away, and with a contestant or an indicator its targets.

    Raises
    ------
    DraftConflict
        Somebody changed the row since ``seen``.
    QuestionRefused
        ``setup.code_in_use``: figures name it; end the contestant, or show the indicator without scoring it.
    """
    _, files = _locked(season)
    edits = [Edit(table, key, None)]
    if table in ("contestants", "indicators"):
        at = ("contestants", "indicators").index(table)
        edits += [Edit("targets", k, None) for k in plain_of(files).keyed("targets") if k[at] == key[0]]
    draft_change(season=season, seen=seen, edits=edits, by=by, code="setup.did_remove")


@transaction.atomic
def draft_step(*, season: Season, back: bool, by: Person) -> SeasonDraft:
    """Undo the last change, or redo the one undone last.

    Raises
    ------
    QuestionRefused
        ``setup.nothing_to_undo``, ``setup.nothing_to_redo``.
    """
    draft, _ = _locked(season)
    past, future = steps_of(saves_of(season))
    if draft is None or (len(past) < 2 if back else not future):
        raise QuestionRefused(Problem("setup.nothing_to_undo" if back else "setup.nothing_to_redo"))
    state = past[-2] if back else future[-1]
    return _save(season, draft, json.loads(state.files), by, code=UNDONE if back else REDONE)


@transaction.atomic
def draft_return(*, season: Season, to: int, by: Person) -> SeasonDraft:
    """The draft as it was at one of its states; the states since then stay in the list.

    Raises
    ------
    QuestionRefused
        ``setup.seen_unknown``.
    """
    draft, _ = _locked(season)
    state = next((s for s in saves_of(season) if s.row_version == to), None)
    if draft is None or state is None:
        raise QuestionRefused(Problem("setup.seen_unknown", {"seen": str(to)}))
    return _save(season, draft, json.loads(state.files), by, code="setup.did_return", to=str(to))


@transaction.atomic
def draft_discard(*, season: Season, seen: str, by: Person) -> None:
    """Throw the draft away; the newest version stands as it is.

    Raises
    ------
    QuestionRefused
        ``setup.discard_first``: nothing was ever published; ``setup.moved_on``: somebody saved since ``seen``.
    """
    draft, _ = _locked(season)
    if draft is None:
        return
    check_seen(draft, seen)
    if draft.base_id is None:
        raise QuestionRefused(Problem("setup.discard_first"))
    draft.delete()
    audit.record(by=by, action="draft.discarded", object_type="season", object_key=season.key, state=seen)


@transaction.atomic
def draft_propose(*, season: Season, seen: str, reason: str, by: Person) -> SeasonDraft:
    """Put the draft before a second person. Any further change takes the proposal back.

    Raises
    ------
    QuestionRefused
        ``setup.reason_needed``, ``setup.no_draft``, ``setup.moved_on``.
    """
    draft, _ = _locked(season)
    if draft is None:
        raise QuestionRefused(Problem("setup.no_draft"))
    check_seen(draft, seen)
    if not reason.strip():
        raise QuestionRefused(Problem("setup.reason_needed"))
    draft.proposed_by, draft.proposed_reason = by, reason.strip()
    draft.save(update_fields=["proposed_by", "proposed_reason"])
    audit.record(
        by=by, action="draft.proposed", object_type="season", object_key=season.key, state=seen, reason=reason.strip()
    )
    return draft


def check_seen(draft: SeasonDraft, seen: str) -> None:
    """Raise when somebody saved since: what was looked at is not what would be published or thrown away."""
    if str(draft.row_version) != seen:
        raise QuestionRefused(Problem("setup.moved_on", {"seen": seen or "-", "state": str(draft.row_version)}))


def draft_begin(*, season: Season, files: Mapping[str, str], by: Person | None) -> SeasonDraft:
    """The first draft of a season of which nothing is published; inside the transaction that makes the season."""
    return _save(season, None, files, by, code=BEGAN)


def _locked(season: Season) -> tuple[SeasonDraft | None, Mapping[str, str]]:
    """The draft (or None) and the definition to go on from; nobody else writes it until the transaction ends."""
    Season.objects.select_for_update().get(pk=season.pk)
    draft = SeasonDraft.objects.filter(season=season).first()
    version = None if draft else newest_or_none(season)
    files: Mapping[str, str] = json.loads(draft.files if draft else version.files if version else "{}")
    return draft, files


def _version_seen(season: Season) -> str:
    version = newest_or_none(season)
    return f"v{version.number}" if version else ""


def _save(
    season: Season, draft: SeasonDraft | None, files: Mapping[str, str], by: Person | None, *, code: str, **said: object
) -> SeasonDraft:
    if draft is None and code != BEGAN:
        version = newest_or_none(season)
        draft = _save(season, None, json.loads(version.files) if version else files, by, code=BEGAN)
    text = json.dumps(dict(files), ensure_ascii=False, sort_keys=True)
    last = (
        DraftSave.objects.filter(season=season).order_by("-row_version").values_list("row_version", flat=True).first()
    )
    number = (last or 0) + 1
    if draft is None:
        draft = SeasonDraft(season=season, base=newest_or_none(season))
    draft.files, draft.row_version = text, number
    draft.proposed_by, draft.proposed_reason = None, ""
    draft.updated_by, draft.updated_at = by, clock.now()
    draft.save()
    what = {"code": code} | {n: v[:_LONGEST] if isinstance(v, str) else v for n, v in said.items()}
    DraftSave.objects.create(
        season=season, row_version=number, what=json.dumps(what, ensure_ascii=False), files=text, by=by
    )
    audit.record(by=by, action="draft.saved", object_type="season", object_key=season.key, state=number, **what)
    return draft
