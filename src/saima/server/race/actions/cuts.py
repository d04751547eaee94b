"""Freezes a month: everything known of it at an instant, and what the engine says of that. No arithmetic here."""

import io
import zipfile
from datetime import datetime

from django.db import transaction

from saima.engine.model.digest import data_digest, history_digest
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race import evaluate
from saima.files import Bundle, folder_files
from saima.files.evaluations import evaluation_bytes
from saima.files.packages import cut_of
from saima.server.accounts.models import Person
from saima.server.kit import audit, blobs, clock
from saima.server.race.actions.feeds import feeds_read_for_cut, rows_kept
from saima.server.race.models import Cut, CutRows, Evaluated, Season
from saima.server.race.queries.cuts import SEED, bundle_of_cut
from saima.server.race.queries.documents import bundle_of, newest


def cut_freeze(*, season: Season, period: Period, by: Person | None, known_at: datetime | None = None) -> Cut:
    """Freeze what is known of a period, feeds asked first. The same content again gives the cut that is there.

    A ``known_at`` asks nobody anew: it freezes what was known then, as does a period whose bulletin is out.

    Files are written first and the rows last, together: a freeze that is killed leaves no cut at all.

    Raises
    ------
    SeasonRefused, ReadingsRefused, HistoryRefused
        The engine cannot evaluate it; nothing is written.
    """
    version = newest(season)
    instant = known_at or clock.now()
    if known_at is None:
        feeds_read_for_cut(season=season, period=period, by=by, known_at=instant)
    as_of = AsOf(period, instant)
    bundle = cut_of(bundle_of(season, version, as_of=as_of), as_of)
    digests = {
        "spec_digest": version.digest,
        "data_digest": data_digest(bundle.readings, bundle.projects, as_of),
        "history_digest": history_digest(bundle.history),
    }
    same = Cut.objects.filter(season=season, period=str(period), **digests).order_by("-number")
    if (found := same.first()) is not None:
        return found
    evaluation = evaluate(bundle.season, bundle.readings, bundle.projects, bundle.history, as_of, SEED)
    kept = blobs.put(_zipped(bundle), "application/zip")
    result = blobs.put(evaluation_bytes(evaluation), "application/json")
    rows = rows_kept(season=season, period=period, known_at=instant)
    with transaction.atomic():
        Season.objects.select_for_update().get(pk=season.pk)
        if (found := same.first()) is not None:  # somebody froze the same while the engine ran
            return found
        last = Cut.objects.filter(season=season, period=str(period)).order_by("-number").first()
        cut = Cut.objects.create(
            season=season,
            version=version,
            period=str(period),
            number=(last.number if last else 0) + 1,
            known_at=instant,
            bundle=kept,
            by=by,
            **digests,
        )
        if rows is not None:
            CutRows.objects.create(cut=cut, rows=rows)
        Evaluated.objects.create(cut=cut, engine_version=evaluation.engine_version, seed=evaluation.seed, result=result)
        audit.record(
            by=by,
            action="cut.frozen",
            object_type="cut",
            object_key=f"{season.key} {period} {cut.number}",
            **digests,
        )
    return cut


def cut_evaluated(*, cut: Cut) -> Evaluated:
    """The newest evaluation of a cut; one is made where there is none.

    Raises
    ------
    SeasonRefused, ReadingsRefused, HistoryRefused
        The engine cannot evaluate what was frozen.
    """
    found = Evaluated.objects.filter(cut=cut).order_by("-id").first()
    if found is not None:
        return found
    b, as_of = bundle_of_cut(cut), AsOf(Period.parse(cut.period), cut.known_at)
    evaluation = evaluate(b.season, b.readings, b.projects, b.history, as_of, SEED)
    result = blobs.put(evaluation_bytes(evaluation), "application/json")
    made, _ = Evaluated.objects.get_or_create(
        cut=cut, engine_version=evaluation.engine_version, seed=evaluation.seed, defaults={"result": result}
    )
    return made


def cuts_of_published(*, season: Season, by: Person | None) -> tuple[Cut, ...]:
    """Freeze each published period that was never frozen here, as it was known when it was published.

    For a season that comes from a folder or from another installation: its bulletins are there, its cuts are not.
    """
    history = bundle_of(season).history
    frozen = set(Cut.objects.filter(season=season).values_list("period", flat=True))
    return tuple(
        cut_freeze(season=season, period=period, by=by, known_at=published.known_at)
        for period, published in sorted(history.by_period.items())
        if str(period) not in frozen
    )


def _zipped(bundle: Bundle) -> bytes:
    """The canonical files as a package others can evaluate; same bundle, same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in folder_files(bundle).items():
            archive.writestr(zipfile.ZipInfo(f"season/{name}", (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()
