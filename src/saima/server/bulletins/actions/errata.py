"""What follows from a correction: later months already released are computed anew, as drafts for people to look at."""

from collections.abc import Sequence

from saima.engine.model.periods import Period
from saima.press.sentences import period_name
from saima.server.bulletins.actions.drafts import draft_make
from saima.server.bulletins.models import BulletinVersion, Draft
from saima.server.bulletins.queries.drafts import reason_of
from saima.server.bulletins.queries.releases import later_released, stale
from saima.server.race.actions.cuts import cut_freeze
from saima.words import Lang, Text, say


def later_recompute(*, version: BulletinVersion) -> Sequence[Draft]:
    """Drafts of every later period whose bulletin stands on a record that this version changed; mostly none.

    The figures are those known now. Run again it finds the drafts it made: the same cut, number and date.

    Raises
    ------
    SeasonRefused, ReadingsRefused, HistoryRefused
        The engine cannot evaluate a later period.
    """
    bulletin = version.bulletin
    reason = Text(_because(version, "en"), _because(version, "zh"))
    drafts = []
    for later in later_released(bulletin.season, bulletin.period):
        if not stale(later.evaluated.cut):
            continue
        cut = cut_freeze(season=bulletin.season, period=Period.parse(later.bulletin.period), by=None)
        draft = draft_make(
            cut=cut,
            number=later.bulletin.number,
            dated=max(version.dated, later.dated),
            reason=reason.en,
            reason_zh=reason.zh,
            by=None,
        )
        drafts.append(draft)
    return drafts


def _because(version: BulletinVersion, lang: Lang) -> str:
    period = period_name(Period.parse(version.bulletin.period), lang)
    return say("erratum.follows", lang, number=version.bulletin.number, period=period, reason=reason_of(version.draft))
