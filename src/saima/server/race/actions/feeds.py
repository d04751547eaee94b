"""Asks the feeds of a season and keeps their answers: verified readings, and the rows behind them. Never an edit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.engine.model.digest import instant_text
from saima.engine.model.inputs import Reading as Given
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator
from saima.engine.model.season import Season as EngineSeason
from saima.feeds import Answer, Feed, ask, on_offer
from saima.files.cells import pairs_text
from saima.server.accounts.models import Person
from saima.server.kit import audit, blobs, clock
from saima.server.kit.models import Blob
from saima.server.race.actions.project_states import states_asked, states_store
from saima.server.race.enums import EDITABLE
from saima.server.race.models import FeedAnswer, Reading, Report, ReportCell, Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.feeds import (
    answer_key,
    answers_behind,
    asked_about,
    fed,
    fed_races,
    packed,
    published,
    rows_in,
    said_why,
)

log = structlog.get_logger("saima.feeds")
Slot = tuple[str, str]  # contestant, indicator


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question and what came of it."""

    indicator: Indicator
    feed: Feed | None
    answer: Answer | None
    problems: tuple[Problem, ...] = ()


def feeds_read(
    *, season: Season, period: Period, by: Person | None, known_at: datetime | None = None
) -> Sequence[FeedAnswer]:
    """Ask every feed of the season once, as it is known now; what changed since the last answer becomes a revision.

    A feed that has no answer, or fails, keeps what it said before; why is kept and holds up nothing else.

    Raises
    ------
    QuestionRefused
        ``feed.outside_window``: the period is not one of the season's.
    """
    spec = season_of(newest(season))
    if period.frequency != spec.frequency or period not in spec.window:
        params = {"period": str(period), "first": str(spec.window.first), "last": str(spec.window.last)}
        raise QuestionRefused(Problem("feed.outside_window", params))
    wanted, races = fed(spec, period), fed_races(spec)
    if not wanted and not races:
        return ()
    instant = known_at or clock.now()
    said = [_ask(spec, indicator, period, instant) for indicator in wanted]
    kept = [(one, _rows_kept(one)) for one in said]
    of_projects = [states_asked(season, race, period, instant) for race in races]
    with transaction.atomic():
        Season.objects.select_for_update().get(pk=season.pk)
        before = _newest(season, period, [i.code for i in wanted])
        made = [_store(season, period, one, rows, before, instant, by) for one, rows in kept]
        made += [states_store(season, period, one, instant, by) for one in of_projects]
        audit.record(
            by=by,
            action="feeds.read",
            object_type="season",
            object_key=season.key,
            period=str(period),
            known_at=instant_text(instant),
            figures=sum(a.figures for a in made),
            changed=sum(a.changed for a in made),
            unanswered=[a.indicator for a in made if a.problem],
        )
    return made


def feeds_read_for_cut(*, season: Season, period: Period, by: Person | None, known_at: datetime) -> None:
    """As ``feeds_read``, where a cut of a period is made that no bulletin has published yet."""
    spec = season_of(newest(season))
    if (fed(spec, period) or fed_races(spec)) and not published(season, period):
        feeds_read(season=season, period=period, by=by, known_at=known_at)


def rows_kept(*, season: Season, period: Period, known_at: datetime) -> Blob | None:
    """The rows behind all figures of a period that feeds gave by an instant, in one file; None where none did."""
    spec = season_of(newest(season))
    wanted = {i.code for i in fed(spec, period)} | {answer_key(n) for n in fed_races(spec)}
    found = {code: a for code, a in answers_behind(season, period, known_at).items() if code in wanted}
    if not found:
        return None
    whole = {
        code: {
            "feed": a.feed,
            "version": a.feed_version,
            "parameters": a.parameters,
            "known_at": instant_text(a.known_at),
            "figures": rows_in(str(a.rows_id)),
        }
        for code, a in sorted(found.items())
    }
    return blobs.put(_json(whole), "application/json")


@transaction.atomic
def cells_leave_to_feeds(*, season: Season, spec: EngineSeason, by: Person) -> int:
    """Reports that are still being written no longer ask for what a feed gives. What was typed stays in the trail.

    A report that asks for nothing any more is gone, unless somebody wrote or sent files about it.
    """
    codes = [i.code for i in spec.indicators if i.feed]
    rows = ReportCell.objects.filter(report__season=season, report__state__in=EDITABLE, indicator__in=codes)
    reports = Report.objects.filter(pk__in=rows.values("report"), submissions=None)
    count = 0
    for report in reports:
        gone = list(report.cells.filter(indicator__in=codes))
        audit.record(
            by=by,
            action="report.left_to_feeds",
            object_type="report",
            object_key=str(report.pk),
            typed=[[c.contestant, c.indicator, c.text, c.note] for c in gone],
        )
        count += len(gone)
        ReportCell.objects.filter(pk__in=[c.pk for c in gone]).delete()
        if any(kept.exists() for kept in (report.cells, report.messages, report.evidence)):
            report.row_version += 1
            report.save(update_fields=["row_version"])
        else:
            report.delete()
    return count


def _ask(spec: EngineSeason, indicator: Indicator, period: Period, known_at: datetime) -> _Asked:
    feed: Feed | None = None
    try:
        feed = on_offer().feed(indicator.feed)
        answer = ask(
            feed,
            indicator=indicator,
            contestants=asked_about(spec, indicator, period),
            period=period,
            parameters=dict(indicator.feed_parameters),
            known_at=known_at,
        )
    except Refused as refused:
        return _Asked(indicator, feed, None, refused.problems)
    except Exception:
        # A fault of one source must not keep a month from being frozen; the log has it whole.
        log.exception("feed", feed=indicator.feed, indicator=indicator.code)
        return _Asked(indicator, feed, None, (Problem("feed.failed", {"feed": indicator.feed}),))
    return _Asked(indicator, feed, answer)


def _rows_kept(one: _Asked) -> Blob | None:
    return None if one.answer is None else blobs.put(_json(packed(one.answer.figures)), "application/json")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _newest(season: Season, period: Period, codes: Sequence[str]) -> dict[Slot, tuple[Reading, Reading | None]]:
    """By cell: the last revision of any origin, and the last one a feed gave."""
    found: dict[Slot, tuple[Reading, Reading | None]] = {}
    rows = Reading.objects.filter(season=season, period=str(period), indicator__in=codes)
    for r in rows.order_by("revision"):
        key = (r.contestant, r.indicator)
        last_fed = r if r.origin == "feed" else found.get(key, (r, None))[1]
        found[key] = (r, last_fed)
    return found


def _store(
    season: Season,
    period: Period,
    one: _Asked,
    rows: Blob | None,
    before: Mapping[Slot, tuple[Reading, Reading | None]],
    known_at: datetime,
    by: Person | None,
) -> FeedAnswer:
    code, made = one.indicator.code, list[Reading]()
    if one.answer is not None:
        given = {r.contestant: r for r in one.answer.readings}
        gone = {who for (who, what), (_, last) in before.items() if what == code and last and who not in given}
        for who in sorted({*given, *gone}):
            last, last_fed = before.get((who, code), (None, None))
            reading = _revision(season, one.indicator, period, who, given.get(who), last, last_fed, known_at)
            if reading is not None:
                made.append(reading)
        Reading.objects.bulk_create(made)
    return FeedAnswer.objects.create(
        season=season,
        period=str(period),
        indicator=code,
        feed=one.indicator.feed,
        feed_version=one.feed.version if one.feed is not None else "",
        parameters=pairs_text(one.indicator.feed_parameters),
        known_at=known_at,
        figures=len(one.answer.readings) if one.answer is not None else 0,
        changed=len(made),
        rows=rows,
        problem=said_why(one.problems),
        by=by,
    )


def _revision(
    season: Season,
    indicator: Indicator,
    period: Period,
    contestant: str,
    given: Given | None,
    last: Reading | None,
    last_fed: Reading | None,
    known_at: datetime,
) -> Reading | None:
    """The next revision; None where the feed says what it said before, whatever a person has corrected since."""
    value = "" if given is None else given.value
    evidence = "" if given is None else given.evidence
    state = "withdrawn" if given is None else "verified"
    if last_fed is not None and (last_fed.value, last_fed.evidence, last_fed.state) == (value, evidence, state):
        return None
    return Reading(
        season=season,
        contestant=contestant,
        indicator=indicator.code,
        period=str(period),
        revision=(last.revision if last is not None else 0) + 1,
        value=value,
        state=state,
        origin="feed",
        evidence=evidence,
        recorded_at=known_at,
        source=indicator.feed,
    )
