"""Checks of seasons: versions, cuts and evaluations say what their digests say, and figures belong to something."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Count, F, Max, Min

from saima.engine.errors import Refused
from saima.engine.model.decimals import canonical
from saima.engine.model.digest import data_digest, history_digest, spec_digest
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.model.season import Season as EngineSeason
from saima.files.evaluations import read_evaluation
from saima.server.kit import blobs, clock
from saima.server.race.models import Cut, Evaluated, Reading, Season, SeasonVersion
from saima.server.race.queries.cuts import bundle_of_cut
from saima.server.race.queries.documents import bundle_of, newest, season_of
from saima.server.site.doctor.check import Kind, Severity, check

_UNREADABLE = (Refused, ValueError, KeyError, OSError)


@check("season_empty", Kind.DATA, Severity.WARNING)
def season_empty() -> Iterable[str]:
    yield from Season.objects.filter(versions=None, draft=None).order_by("key").values_list("key", flat=True)


@check("season_unreadable", Kind.DATA, Severity.ERROR)
def season_unreadable() -> Iterable[str]:
    """The newest version with all figures and tables together, as the engine is given them."""
    for season in Season.objects.exclude(versions=None).distinct():
        try:
            bundle_of(season)
        except _UNREADABLE:
            yield season.key


@check("version_changed", Kind.DATA, Severity.ERROR)
def version_changed() -> Iterable[str]:
    for version in SeasonVersion.objects.select_related("season"):
        try:
            found = spec_digest(season_of(version))
        except _UNREADABLE:
            found = ""
        if found != version.digest:
            yield f"{version.season.key} {version.number}"


@check("version_gap", Kind.DATA, Severity.ERROR)
def version_gap() -> Iterable[str]:
    numbered = SeasonVersion.objects.values("season__key").annotate(n=Count("id"), last=Max("number"))
    yield from numbered.exclude(n=F("last")).values_list("season__key", flat=True)


@check("version_alone", Kind.DATA, Severity.ERROR)
def version_alone() -> Iterable[str]:
    """Published by the one who proposed it, and not marked so."""
    alone = SeasonVersion.objects.filter(solo=False, published_by=F("proposed_by"))
    for key, number in alone.values_list("season__key", "number"):
        yield f"{key} {number}"


def _cut_name(cut: Cut) -> str:
    return f"{cut.season.key} {cut.period} {cut.number}"


@check("cut_changed", Kind.DATA, Severity.ERROR)
def cut_changed() -> Iterable[str]:
    for cut in Cut.objects.select_related("season", "version"):
        try:
            bundle = bundle_of_cut(cut)
            as_of = AsOf(Period.parse(cut.period), cut.known_at)
            found = (
                spec_digest(bundle.season),
                data_digest(bundle.readings, bundle.projects, as_of),
                history_digest(bundle.history),
            )
        except FileNotFoundError:  # said by blob_missing
            continue
        except _UNREADABLE:
            yield _cut_name(cut)
            continue
        if found != (cut.spec_digest, cut.data_digest, cut.history_digest) or cut.spec_digest != cut.version.digest:
            yield _cut_name(cut)


@check("cut_without_evaluation", Kind.DATA, Severity.ERROR)
def cut_without_evaluation() -> Iterable[str]:
    for cut in Cut.objects.filter(evaluations=None).select_related("season"):
        yield _cut_name(cut)


@check("evaluation_changed", Kind.DATA, Severity.ERROR)
def evaluation_changed() -> Iterable[str]:
    for evaluated in Evaluated.objects.select_related("cut", "cut__season"):
        cut = evaluated.cut
        try:
            said = read_evaluation(blobs.get(evaluated.result_id))
        except FileNotFoundError:
            continue
        except (*_UNREADABLE, TypeError, AttributeError):
            yield _cut_name(cut)
            continue
        digests = (said.spec_digest, said.data_digest, said.history_digest)
        if digests != (cut.spec_digest, cut.data_digest, cut.history_digest) or str(said.period) != cut.period:
            yield _cut_name(cut)


def _specs() -> Iterator[tuple[Season, EngineSeason]]:
    for season in Season.objects.exclude(versions=None).distinct():
        try:
            yield season, season_of(newest(season))
        except _UNREADABLE:  # said by season_unreadable
            continue


@check("reading_unknown", Kind.DATA, Severity.WARNING)
def reading_unknown() -> Iterable[str]:
    for season, spec in _specs():
        known = {c.code for c in spec.contestants}
        asked = {i.code for i in spec.indicators}
        for contestant, indicator in (
            Reading.objects.filter(season=season).values_list("contestant", "indicator").distinct()
        ):
            if contestant not in known or indicator not in asked:
                yield f"{season.key} {contestant} {indicator}"


@check("reading_gap", Kind.DATA, Severity.ERROR)
def reading_gap() -> Iterable[str]:
    """Revisions of one figure count up from their first without a gap."""
    slots = Reading.objects.values("season__key", "contestant", "indicator", "period").annotate(
        n=Count("id"), first=Min("revision"), last=Max("revision")
    )
    for row in slots.exclude(last=F("first") + F("n") - 1):
        yield f"{row['season__key']} {row['contestant']} {row['indicator']} {row['period']}"


@check("reading_no_number", Kind.DATA, Severity.ERROR)
def reading_no_number() -> Iterable[str]:
    rows = Reading.objects.values_list("season__key", "contestant", "indicator", "period", "value")
    for key, contestant, indicator, period, value in rows.iterator():
        if value and canonical(value) != value:
            yield f"{key} {contestant} {indicator} {period}: {value}"


@check("reading_period", Kind.DATA, Severity.ERROR)
def reading_period() -> Iterable[str]:
    for key, frequency, period in Reading.objects.values_list("season__key", "season__frequency", "period").distinct():
        try:
            if Period.parse(period).frequency == frequency:
                continue
        except (Refused, ValueError):
            pass
        yield f"{key} {period}"


@check("reading_ahead", Kind.DATA, Severity.WARNING)
def reading_ahead() -> Iterable[str]:
    """Recorded later than now: no cut counts it yet."""
    later = Reading.objects.filter(recorded_at__gt=clock.now() + timedelta(minutes=1))
    for key, contestant, indicator in later.values_list("season__key", "contestant", "indicator").distinct():
        yield f"{key} {contestant} {indicator}"
