"""Makes drafts: asks for one, renders every form outside any transaction, and keeps all files at once or none."""

import json
from datetime import date
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.engine.model.periods import Period
from saima.press import Words
from saima.press.bulletin import bulletin_files
from saima.server.accounts.models import Person
from saima.server.bulletins.models import Artefact, Draft
from saima.server.bulletins.queries import issue_of, media_type, published_of, words_of
from saima.server.kit import audit, blobs, locks
from saima.server.race.actions.cuts import cut_evaluated
from saima.server.race.models import Cut
from saima.server.race.queries.cuts import bundle_of_cut, evaluation_of
from saima.words import LANGS, Text, say

MOST_NUMBER = 99_999
MOST_WORDS: Final = {"opening": 2000, "remarks": 4000, "addressees": 300, "copies": 300, "signatory": 120}
MOST_REASON: Final = 2000
_MADE: Final = (Draft.State.READY, Draft.State.RELEASING)


def draft_make(
    *, cut: Cut, number: int, dated: date, reason: str = "", reason_zh: str = "", by: Person | None
) -> Draft:
    """Ask for a draft. The same cut, number and date again give the draft that is there.

    Of a period already published the draft is an erratum: the number it has, the next version, and why.

    Raises
    ------
    SeasonRefused, ReadingsRefused, HistoryRefused
        The cut cannot be evaluated.
    QuestionRefused
        ``draft.number``, ``draft.too_early``, ``draft.published``.
    """
    if not 1 <= number <= MOST_NUMBER:
        raise QuestionRefused(Problem("draft.number", {"number": number, "most": MOST_NUMBER}))
    period = Period.parse(cut.period)
    if dated < period.last_day:
        params: dict[str, object] = {
            "dated": dated.isoformat(),
            "period": cut.period,
            "ends": period.last_day.isoformat(),
        }
        raise QuestionRefused(Problem("draft.too_early", params))
    evaluated = cut_evaluated(cut=cut)
    version = 1
    if (published := published_of(cut.season, period)) is not None:
        again = published.data_digest == cut.data_digest
        if (not again and not reason.strip()) or number != published.number:
            there = {"period": cut.period, "number": published.number, "dated": published.dated.isoformat()}
            raise QuestionRefused(Problem("draft.published", there))
        version = published.version if again and not reason.strip() else published.version + 1
    with transaction.atomic():
        draft, made = Draft.objects.get_or_create(
            evaluated=evaluated,
            number=number,
            dated=dated,
            defaults={"by": by, "version": version, "reason": reason.strip(), "reason_zh": reason_zh.strip()},
        )
        if made:
            audit.record(
                by=by,
                action="draft.made",
                object_type="draft",
                object_key=f"{cut.season.key} {cut.period} {number}",
                cut=cut.number,
                dated=dated,
                reason=reason.strip(),
            )
    return draft


def draft_render(*, draft_id: int) -> Draft:
    """Make every file of a draft. Killed and run again, or run twice, it is made once.

    What cannot be made is said on the draft, in both languages; a fault of the program is raised as well.
    """
    draft = Draft.objects.select_related("evaluated", "evaluated__cut").get(pk=draft_id)
    if draft.state in _MADE:
        return draft
    here = Draft.objects.filter(pk=draft_id, row_version=draft.row_version).exclude(state__in=_MADE)
    here.update(state=Draft.State.MAKING, made=0, fault="")

    def told(made: int, whole: int, _name: str) -> None:
        here.update(made=made, whole=whole)

    try:
        bundle = bundle_of_cut(draft.evaluated.cut)
        files = bulletin_files(bundle, evaluation_of(draft.evaluated), issue_of(draft), progress=told)
    except Refused as refused:
        _fail(draft, {lang: list(refused.sentences(lang)) for lang in LANGS})
        return Draft.objects.get(pk=draft_id)
    except Exception:
        _fail(draft, {lang: [say("draft.broke", lang)] for lang in LANGS})
        raise
    kept = [(path, blobs.put(content, media_type(path))) for path, content in files.items()]
    with transaction.atomic():
        seen = draft.row_version
        draft = Draft.objects.select_for_update().get(pk=draft_id)
        if draft.state in _MADE or draft.row_version != seen:  # somebody was as quick, or wrote other words meanwhile
            return draft
        Artefact.objects.filter(draft=draft).delete()
        Artefact.objects.bulk_create(Artefact(draft=draft, path=path, blob=blob) for path, blob in kept)
        draft.state, draft.fault = Draft.State.READY, ""
        draft.save(update_fields=["state", "fault"])
    return draft


def draft_words(*, draft: Draft, words: Words, reason: Text | None = None, seen: int, by: Person | None) -> Draft:
    """Keep the words of a draft that is not released; its files are then made anew. The same words change nothing.

    Raises
    ------
    QuestionRefused
        ``draft.words_long``: which, how long and how long at most; ``draft.released``: it is out already;
        ``draft.reason_missing``: an erratum says why.
    Conflict
        Somebody else changed them after they were seen.
    """
    reason = reason or Text(draft.reason, draft.reason_zh)
    _check_words(words, reason)
    with transaction.atomic():
        found = locks.locked(Draft.objects.filter(pk=draft.pk)).get()
        if hasattr(found, "release") or found.state == Draft.State.RELEASING:
            raise QuestionRefused(Problem("draft.released", {"number": found.number}))
        if found.version > 1 and not reason:
            raise QuestionRefused(Problem("draft.reason_missing", {"number": found.number}))
        there, kept = words_of(found), Text(found.reason, found.reason_zh)
        if (there, kept) == (words, reason):
            return found
        name = found.hand.name if found.hand else ""
        locks.check(found, seen, locks.Both(say("draft.words", "zh"), words.opening.zh, there.opening.zh, name))
        found.words = json.dumps(
            {name: [(t := getattr(words, name)).en, t.zh] for name in MOST_WORDS}, ensure_ascii=False
        )
        found.reason, found.reason_zh = reason.en, reason.zh
        found.hand, found.state, found.fault = by, Draft.State.WAITING, ""
        found.row_version += 1
        found.save()
        audit.record(
            by=by,
            action="draft.worded",
            object_type="draft",
            object_key=_key(found),
            words=json.loads(found.words),
            reason=[reason.en, reason.zh],
        )
    return found


def draft_check(*, draft: Draft, by: Person) -> Draft:
    """Take a draft the program prepared into one's own hand: somebody read it, a second person may release it."""
    with transaction.atomic():
        found = locks.locked(Draft.objects.filter(pk=draft.pk)).get()
        if hasattr(found, "release") or found.state == Draft.State.RELEASING:
            raise QuestionRefused(Problem("draft.released", {"number": found.number}))
        if found.hand_id == by.pk:
            return found
        found.hand = by
        found.save(update_fields=["hand"])
        audit.record(by=by, action="draft.checked", object_type="draft", object_key=_key(found))
    return found


def _key(draft: Draft) -> str:
    cut = draft.evaluated.cut
    return f"{cut.season.key} {cut.period} {draft.number}"


def _check_words(words: Words, reason: Text) -> None:
    long = [
        (name, len(text), most)
        for name, most, both in (
            *((n, m, getattr(words, n)) for n, m in MOST_WORDS.items()),
            ("reason", MOST_REASON, reason),
        )
        for text in (both.en, both.zh)
        if len(text) > most
    ]
    if long:
        raise QuestionRefused(
            Problem("draft.words_long", {"words": name, "length": length, "most": most}) for name, length, most in long
        )


def _fail(draft: Draft, sentences: dict[str, list[str]]) -> None:
    fault = json.dumps(sentences, ensure_ascii=False)
    here = Draft.objects.filter(pk=draft.pk, row_version=draft.row_version).exclude(state__in=_MADE)
    here.update(state=Draft.State.FAILED, fault=fault)
