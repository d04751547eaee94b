"""Brings a season in or begins one, and publishes its versions: definition, figures and tables as rows, places."""

import json
from collections.abc import Container, Mapping

from django.db import IntegrityError, transaction

from saima.engine.errors import Problem, QuestionRefused, ReadingsRefused, SeasonRefused
from saima.engine.model.digest import spec_digest
from saima.engine.model.season import Season as EngineSeason
from saima.engine.race.check import check_season
from saima.files import Bundle, published_csv, published_name
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.places.actions import place_ensure, place_rename
from saima.server.places.models import Place
from saima.server.places.queries import names_by_key, titles_of
from saima.server.race.actions.drafts import check_seen, draft_begin
from saima.server.race.actions.feeds import cells_leave_to_feeds
from saima.server.race.actions.storing import Slot, readings_store
from saima.server.race.models import History, Reading, Season, SeasonDraft, SeasonVersion, SideRow
from saima.server.race.queries.documents import (
    bundle_of,
    definition_of,
    read_definition,
    season_of,
    side_key,
    side_rows_of,
)
from saima.server.race.queries.feeds import feed_problems
from saima.server.race.queries.setup import newest_or_none, orphans_of, solo_allowed
from saima.words import LANGS, Text


@transaction.atomic
def season_import(
    *,
    bundle: Bundle,
    by: Person | None,
    reason: str = "",
    source: str = "",
    cells: Mapping[Slot, str] | None = None,
) -> SeasonVersion:
    """A new season from a folder, workbook, package or mapped table: version 1, every revision, every side row.

    ``cells`` says from which cell of the source a figure was read, where that is known.

    Raises
    ------
    SeasonRefused
        ``season.already_here``: a season of that code is here; or what ``check_season`` finds.
    """
    problems = check_season(bundle.season)
    if problems:
        raise SeasonRefused(problems)
    spec = bundle.season
    season = _made(spec)
    version = SeasonVersion.objects.create(
        season=season,
        number=1,
        files=json.dumps(definition_of(bundle), ensure_ascii=False, sort_keys=True),
        digest=spec_digest(spec),
        reason=reason,
        proposed_by=by,
        published_by=by,
        solo=True,
    )
    places_ensure(bundle=bundle, by=by)
    readings_store(season=season, table=bundle.readings.table, by=by, source=source, cells=cells or {})
    side = side_rows_of(bundle)
    SideRow.objects.bulk_create(
        SideRow(
            season=season,
            table=name,
            key=side_key(name, cells),
            cells=json.dumps(cells, ensure_ascii=False, sort_keys=True),
            by=by,
        )
        for name, rows in side.items()
        for cells in rows
    )
    for published in bundle.history.published:
        History.objects.create(
            season=season,
            period=str(published.period),
            version=published.version,
            name=published_name(published),
            content=published_csv(published).decode(),
            by=by,
        )
    audit.record(
        by=by,
        action="season.imported",
        object_type="season",
        object_key=season.key,
        readings=len(bundle.readings.table),
        digest=version.digest,
        source=source,
    )
    return version


@transaction.atomic
def season_begin(
    *, files: Mapping[str, str], by: Person | None, source: str = "", like: Season | None = None
) -> Season:
    """A season of which nothing is published yet: its definition is the draft, and may still hold gaps.

    ``like``: a season whose due days it takes over.

    Raises
    ------
    SeasonRefused
        ``season.already_here``, or everything that keeps the files from being read at all.
    """
    season = _made(read_definition(files).season)
    if like is not None:
        season.due_day, season.late_until_day = like.due_day, like.late_until_day
        season.save(update_fields=["due_day", "late_until_day"])
    draft_begin(season=season, files=files, by=by)
    audit.record(by=by, action="season.begun", object_type="season", object_key=season.key, source=source)
    return season


def _made(spec: EngineSeason) -> Season:
    if Season.objects.filter(key=spec.code).exists():
        raise SeasonRefused(Problem("season.already_here", {"code": spec.code, "title": spec.title}))
    return Season.objects.create(
        key=spec.code,
        title_en=spec.title.en,
        title_zh=spec.title.zh,
        frequency=spec.frequency,
        time_zone=spec.time_zone,
        illustrative=spec.illustrative,
    )


def season_publish(*, season: Season, seen: str, by: Person, reason: str = "") -> SeasonVersion:
    """The draft becomes the next version: proposed by one person, published by another, or by one who may do both.

    Raises
    ------
    SeasonRefused, ReadingsRefused, HistoryRefused
        What does not hold together, in itself or with the figures and tables that are there.
    QuestionRefused
        ``setup.no_draft``, ``setup.moved_on``, ``setup.nothing_changed``, ``setup.not_proposed``,
        ``setup.second_person``, ``setup.reason_needed``, ``setup.other_code``; ``setup.code_in_use`` for each code
        that figures name and the draft lacks.
    """
    draft = SeasonDraft.objects.filter(season=season).first()
    if draft is None:
        raise QuestionRefused(Problem("setup.no_draft"))
    check_seen(draft, seen)
    alone = solo_allowed(season)
    if not alone and draft.proposed_by_id is None:
        raise QuestionRefused(Problem("setup.not_proposed"))
    if not alone and draft.proposed_by_id == by.pk:
        raise QuestionRefused(Problem("setup.second_person"))
    why = draft.proposed_reason or reason.strip()
    if not why:
        raise QuestionRefused(Problem("setup.reason_needed"))
    spec = _publishable(season, draft)
    with transaction.atomic():
        Season.objects.select_for_update().get(pk=season.pk)
        again = SeasonDraft.objects.filter(pk=draft.pk).first()
        if again is None:  # somebody published or discarded it while the engine read
            raise QuestionRefused(Problem("setup.no_draft"))
        check_seen(again, seen)
        if orphans := orphans_of(season, spec):  # of figures that came in while the engine read
            raise QuestionRefused(orphans)
        last = newest_or_none(season)
        version = SeasonVersion.objects.create(
            season=season,
            number=(last.number if last else 0) + 1,
            files=draft.files,
            digest=spec_digest(spec),
            reason=why,
            proposed_by=draft.proposed_by or by,
            published_by=by,
            solo=draft.proposed_by_id in (None, by.pk),
        )
        for name, value in (
            ("title_en", spec.title.en),
            ("title_zh", spec.title.zh),
            ("frequency", spec.frequency),
            ("time_zone", spec.time_zone),
            ("illustrative", spec.illustrative),
        ):
            setattr(season, name, value)
        season.save(update_fields=["title_en", "title_zh", "frequency", "time_zone", "illustrative"])
        before = season_of(last) if last else None
        places = places_ensure(bundle=Bundle(spec), by=by, known=before.contestant if before else ())
        _rename(spec, before, places, by)
        cells_leave_to_feeds(season=season, spec=spec, by=by)
        draft.delete()
        audit.record(
            by=by,
            action="season.published",
            object_type="season",
            object_key=season.key,
            number=version.number,
            digest=version.digest,
            solo=version.solo,
            reason=why,
        )
    return version


def _publishable(season: Season, draft: SeasonDraft) -> EngineSeason:
    """The draft as a season, read together with everything recorded so far."""
    files = json.loads(draft.files)
    bundle = read_definition(files)
    if problems := check_season(bundle.season):
        raise SeasonRefused(problems)
    spec = bundle.season
    if unfed := feed_problems(spec):
        raise SeasonRefused(unfed)
    if spec.code != season.key:
        raise QuestionRefused(Problem("setup.other_code", {"code": spec.code, "key": season.key}))
    if draft.base is not None and definition_of(bundle) == json.loads(draft.base.files):
        raise QuestionRefused(Problem("setup.nothing_changed"))
    other = spec.frequency != season.frequency
    if other and (count := Reading.objects.filter(season=season).count()):
        raise QuestionRefused(Problem("setup.frequency_in_use", {"count": count}))
    if orphans := orphans_of(season, spec):
        raise QuestionRefused(orphans)
    bundle_of(season, SeasonVersion(files=draft.files))
    return spec


def _rename(spec: EngineSeason, before: EngineSeason | None, places: Mapping[str, Place], by: Person | None) -> None:
    """A contestant whose title changed has another name from today on; earlier days keep the earlier one."""
    called = titles_of(places.values())
    for c in spec.contestants:
        old = before.contestant.get(c.code) if before else None
        if old is None or old.title == c.title:
            continue
        place = places[c.code]
        for lang in LANGS:
            if c.title.of(lang) != called[place.pk].of(lang):
                place_rename(place=place, lang=lang, name=c.title.of(lang), since=clock.today(spec.time_zone), by=by)


@transaction.atomic
def season_due_days(*, season: Season, due_day: int, late_until_day: int, seen: tuple[int, int], by: Person) -> Season:
    """Until which day of the month after a period a report is on time, and until which late.

    Raises
    ------
    QuestionRefused
        ``setup.due_days``: not days from 1 to 28 in this order; ``setup.conflict``: somebody else changed them.
    """
    row = Season.objects.select_for_update().get(pk=season.pk)
    here = (row.due_day, row.late_until_day)
    if here != seen:
        theirs, mine = (f"{a}, {b}" for a, b in (here, (due_day, late_until_day)))
        raise QuestionRefused(Problem("setup.conflict", {"key": season.key, "theirs": theirs, "mine": mine}))
    if not 1 <= due_day <= late_until_day <= 28:
        raise QuestionRefused(Problem("setup.due_days", {"due": due_day, "late": late_until_day}))
    row.due_day, row.late_until_day = due_day, late_until_day
    row.save(update_fields=["due_day", "late_until_day"])
    audit.record(
        by=by,
        action="season.due_days",
        object_type="season",
        object_key=season.key,
        due_day=due_day,
        late_until_day=late_until_day,
    )
    return row


def places_ensure(*, bundle: Bundle, by: Person | None, known: Container[str] = ()) -> dict[str, Place]:
    """Places of the contestants, and of the offices that own indicators, by code or office name.

    ``known`` are the contestants the season already had: theirs may have got another name.

    Raises
    ------
    SeasonRefused
        ``season.other_place``: the code of a new contestant is that of a place nobody ever called so.
    """
    called = names_by_key(c.code for c in bundle.season.contestants)
    strangers = [
        c
        for c in bundle.season.contestants
        if c.code in called and c.code not in known and not {c.title.en, c.title.zh} & called[c.code]
    ]
    if strangers:
        raise SeasonRefused(
            Problem(
                "season.other_place",
                {"code": c.code, "contestant": c.title, "names": tuple(sorted(called[c.code]))},
                column="code",
            )
            for c in strangers
        )
    found = {
        c.code: place_ensure(key=c.code, title=c.title, kind=c.kind, order=c.order, by=by)
        for c in bundle.season.contestants
    }
    for n, owner in enumerate(sorted({i.owner for i in bundle.season.indicators if i.owner})):
        found[owner] = place_ensure(key=owner[:80], title=Text(owner, owner), kind="office", order=1_000 + n, by=by)
    return found


@transaction.atomic
def readings_add(
    *, season: Season, bundle: Bundle, known: int, by: Person | None, source: str, cells: Mapping[Slot, str]
) -> int:
    """Add the rows of the bundle's figures from number ``known`` on; gives how many.

    Raises
    ------
    ReadingsRefused
        ``setup.figures_moved``: one of these revisions was recorded by somebody else in the meantime.
    """
    Season.objects.select_for_update().get(pk=season.pk)
    try:
        with transaction.atomic():
            table = bundle.readings.table
            readings_store(season=season, table=table, by=by, source=source, cells=cells, first=known)
    except IntegrityError:
        raise ReadingsRefused(Problem("setup.figures_moved", {"file_name": source})) from None
    count = len(bundle.readings.table) - known
    audit.record(
        by=by, action="figures.imported", object_type="season", object_key=season.key, readings=count, source=source
    )
    return count
