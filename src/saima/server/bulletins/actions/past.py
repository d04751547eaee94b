"""Brings bulletins of a season published elsewhere into the archive: the same numbers, dates and records."""

from saima.engine.model.periods import Period
from saima.server.bulletins.actions.drafts import draft_make
from saima.server.bulletins.actions.releases import bulletin_release
from saima.server.bulletins.models import BulletinVersion
from saima.server.bulletins.queries.releases import newest_version
from saima.server.kit.steps import run_step
from saima.server.race.models import Cut
from saima.server.race.queries.cuts import cut_with, history_of
from saima.server.race.queries.looked_up import season_known


def past_release(*, season_id: int, visibility: str, until: str = "") -> tuple[BulletinVersion, ...]:
    """Release every period on record that is no bulletin here yet, the oldest first, from the cut it was frozen in.

    A step of its own for each: killed and run again it goes on where it stood. A period of which no cut gives the
    record that is there is left out, as is any after ``until``.
    """
    season = season_known(season_id)
    made = []
    for period, published in sorted(history_of(season).by_period.items()):
        cut = cut_with(season, str(period), published.data_digest)
        if cut is None or published.version > 1 or (until and str(period) > until):
            continue

        def release(cut: Cut = cut, number: int = published.number, period: Period = period) -> str:
            record = history_of(season).by_period[period]
            draft = draft_make(cut=cut, number=number, dated=record.dated, by=None)
            return str(bulletin_release(draft=draft, by=None, visibility=visibility).pk)

        run_step(f"past {season.pk}", str(period), release, together=False)
        if (version := newest_version(season, str(period))) is not None:
            made.append(version)
    return tuple(made)
