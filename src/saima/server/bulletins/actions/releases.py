"""Releases bulletins: renders final files outside any transaction, then publishes all of them at once or none."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from django.db import transaction
from django.db.models import F

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.engine.model.history import Published
from saima.engine.model.periods import Period
from saima.engine.race.record import published_of as record_of
from saima.files.packages.manifest import NAME as MANIFEST
from saima.files.packages.manifest import SIGNATURE
from saima.press.bulletin import bulletin_files
from saima.server.accounts.models import Person
from saima.server.bulletins.actions.signing import signed
from saima.server.bulletins.models import Bulletin, BulletinVersion, Draft, ReleasedFile
from saima.server.bulletins.queries import issue_of, media_type
from saima.server.bulletins.queries.releases import link_of, next_in_line, stale
from saima.server.kit import audit, blobs, locks
from saima.server.kit.models import Blob, Installation
from saima.server.kit.solo import is_solo
from saima.server.race.actions.publishing import record_publish
from saima.server.race.queries.cuts import bundle_of_cut, evaluation_of
from saima.words import LANGS, Text, say

Progress = Callable[[int, int, str], object]
_VISIBLE: Final = frozenset(Bulletin.Visibility.values)


def release_ask(*, draft: Draft, visibility: str = Bulletin.Visibility.CIRCLE, by: Person) -> Draft:
    """Ask for the release of a draft: everything that could stand in its way is looked at now, a task does the rest.

    Asked twice it is asked once; of a draft that is released nothing changes.

    Raises
    ------
    QuestionRefused
        As ``bulletin_release``.
    """
    with transaction.atomic():
        found = locks.locked(Draft.objects.filter(pk=draft.pk)).get()
        if hasattr(found, "release") or found.state == Draft.State.RELEASING:
            return found
        check_release(found, by)
        found.state, found.asked_by, found.fault, found.made = Draft.State.RELEASING, by, "", 0
        found.visibility = visibility if visibility in _VISIBLE else Bulletin.Visibility.CIRCLE
        found.save()
        audit.record(
            by=by,
            action="bulletin.release_asked",
            object_type="draft",
            object_key=_key(found),
            version=found.version,
            visibility=found.visibility,
        )
    return found


def release_run(*, draft_id: int) -> BulletinVersion | None:
    """Do what ``release_ask`` asked for. Killed and run again, or run twice, it is released once.

    What stands in the way is said on the draft, in both languages; a fault of the program is raised as well.
    """
    draft = Draft.objects.select_related("evaluated__cut__season", "asked_by").get(pk=draft_id)
    if (there := BulletinVersion.objects.filter(draft=draft).first()) is not None:
        return there
    asked = Draft.objects.filter(pk=draft_id, state=Draft.State.RELEASING)
    if draft.state != Draft.State.RELEASING:
        return None

    def told(made: int, whole: int, _name: str) -> None:
        asked.update(made=made, whole=whole)

    try:
        return bulletin_release(draft=draft, by=draft.asked_by, visibility=draft.visibility, progress=told)
    except Refused as refused:
        _back(draft_id, {lang: list(refused.sentences(lang)) for lang in LANGS})
    except Exception:
        _back(draft_id, {lang: [say("release.broke", lang)] for lang in LANGS})
        raise
    return None


def _back(draft_id: int, sentences: Mapping[str, list[str]]) -> None:
    asked = Draft.objects.filter(pk=draft_id, state=Draft.State.RELEASING)
    asked.update(state=Draft.State.READY, made=F("whole"), fault=json.dumps(sentences, ensure_ascii=False))


def check_release(draft: Draft, by: Person | None) -> None:
    """Refuse what may not be released now.

    Raises
    ------
    QuestionRefused
        ``release.not_ready``; ``release.second_person``, ``release.nobody_checked``: who had the draft in hand last
        may not release it alone; ``release.taken``: this or a later version of the period is out; ``release.stale``:
        the record of an earlier period has changed since the cut; ``release.number_taken``.
    """
    number, cut = draft.number, draft.evaluated.cut
    if by is not None:
        if draft.state not in (Draft.State.READY, Draft.State.RELEASING):
            raise QuestionRefused(Problem("release.not_ready", {"number": number}))
        if draft.last_hand_id in (None, by.pk) and not is_solo():
            code = "release.second_person" if draft.last_hand_id else "release.nobody_checked"
            raise QuestionRefused(Problem(code, {"number": number}))
    if (other := next_in_line(draft)) is not None:
        params: dict[str, object] = {"number": number, "version": other.number, "period": cut.period}
        raise QuestionRefused(Problem("release.taken", params))
    if stale(cut):
        raise QuestionRefused(Problem("release.stale", {"number": number, "period": cut.period, "cut": cut.number}))
    same = Bulletin.objects.filter(season=cut.season, year=draft.dated.year, number=number).exclude(period=cut.period)
    if (taken := same.first()) is not None:
        params = {"number": number, "year": taken.year, "period": taken.period}
        raise QuestionRefused(Problem("release.number_taken", params))


def bulletin_release(
    *,
    draft: Draft,
    by: Person | None,
    visibility: str = "",
    progress: Progress | None = None,
) -> BulletinVersion:
    """Release a draft. Released before, the version that is there comes back and nothing changes.

    ``visibility`` empty: as its earlier versions, and for a first one the circle.

    ``by`` None is the program itself: the demonstration's past, or a season brought in from elsewhere. It needs no
    files of the draft and nobody beside it.

    Raises
    ------
    QuestionRefused
        As ``check_release``.
    """
    if (there := BulletinVersion.objects.filter(draft=draft).first()) is not None:
        return there
    check_release(draft, by)
    alone = by is not None and draft.last_hand_id in (None, by.pk)
    files, record, key = final_files(draft, progress)
    return _publish(draft, files, record, key, by, visibility, solo=alone)


def final_files(draft: Draft, progress: Progress | None = None) -> tuple[Mapping[str, Blob], Published, str]:
    """The files as they will be released with their signature, kept by content, the record they fix, the key.

    Takes seconds and holds no lock.
    """
    evaluation = evaluation_of(draft.evaluated)
    drafted = issue_of(draft)
    issue = replace(drafted, draft=False, reason=drafted.reason if drafted.version > 1 else Text())
    files = bulletin_files(bundle_of_cut(draft.evaluated.cut), evaluation, issue, progress=progress)
    signature, key = signed(files[MANIFEST])
    files[SIGNATURE] = signature
    record = record_of(evaluation, number=issue.number, dated=issue.dated, version=issue.version)
    return {path: blobs.put(content, media_type(path)) for path, content in files.items()}, record, key


def _publish(
    draft: Draft,
    files: Mapping[str, Blob],
    record: Published,
    key: str,
    by: Person | None,
    visibility: str,
    *,
    solo: bool,
) -> BulletinVersion:
    cut = draft.evaluated.cut
    manifest = files[MANIFEST].sha256
    seen = draft.row_version
    with transaction.atomic():
        Installation.objects.get_or_create(id=1)
        Installation.objects.select_for_update().get(id=1)  # one chain: one release at a time
        if (there := BulletinVersion.objects.filter(draft=draft).first()) is not None:
            return there
        draft = locks.locked(Draft.objects.filter(pk=draft.pk)).get()
        if draft.row_version != seen:
            raise QuestionRefused(Problem("release.not_ready", {"number": draft.number}))
        check_release(draft, by)  # once more: while the files were made somebody may have been quicker
        bulletin, made = Bulletin.objects.get_or_create(
            season=cut.season,
            period=cut.period,
            defaults={
                "number": draft.number,
                "year": draft.dated.year,
                "visibility": visibility or Bulletin.Visibility.CIRCLE,
            },
        )
        last = BulletinVersion.objects.order_by("-id").first()
        previous = last.chain_digest if last else ""
        version = BulletinVersion.objects.create(
            bulletin=bulletin,
            number=draft.version,
            evaluated=draft.evaluated,
            draft=draft,
            dated=draft.dated,
            reason=draft.reason or draft.reason_zh,
            manifest_digest=manifest,
            chain_previous=previous,
            chain_digest=link_of(previous, manifest),
            public_key=key,
            made_by_id=draft.last_hand_id,
            released_by=by,
            solo=solo,
        )
        ReleasedFile.objects.bulk_create(
            ReleasedFile(version=version, path=path, blob=blob) for path, blob in sorted(files.items())
        )
        record_publish(season=cut.season, record=record, by=by)
        Draft.objects.filter(pk=draft.pk).update(state=Draft.State.READY, fault="")
        audit.record(
            by=by,
            action="bulletin.released",
            object_type="bulletin",
            object_key=_key(draft),
            version=draft.version,
            reason=draft.reason or draft.reason_zh,
            manifest=manifest,
            visibility=bulletin.visibility if made or not by else visibility or bulletin.visibility,
            solo=solo,
        )
        if not made and by is not None and visibility and bulletin.visibility != visibility:
            bulletin_show(bulletin=bulletin, visibility=visibility, by=by)
    return version


def bulletin_show(*, bulletin: Bulletin, visibility: str, by: Person | None) -> Bulletin:
    """Who may see a bulletin and all of its versions: the people of the season, or anybody.

    Raises
    ------
    QuestionRefused
        ``bulletin.no_visibility``: neither of the two.
    """
    if visibility not in _VISIBLE:
        raise QuestionRefused(Problem("bulletin.no_visibility", {"text": visibility[:40]}))
    with transaction.atomic():
        found = locks.locked(Bulletin.objects.filter(pk=bulletin.pk)).get()
        if found.visibility == visibility:
            return found
        before, found.visibility = found.visibility, visibility
        found.save(update_fields=["visibility"])
        audit.record(
            by=by,
            action="bulletin.shown",
            object_type="bulletin",
            object_key=f"{found.season.key} {found.period} {found.number}",
            before=before,
            after=visibility,
        )
    return found


def _key(draft: Draft) -> str:
    cut = draft.evaluated.cut
    return f"{cut.season.key} {Period.parse(cut.period)} {draft.number}"
