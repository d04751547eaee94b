"""A very small season on the desk, quick to print: three contestants, three months of figures, nothing published."""

from datetime import date

from small_race import readings
from small_race import season as small

from saima.engine.model.periods import Period
from saima.files import Bundle
from saima.server.bulletins.actions.drafts import draft_make
from saima.server.bulletins.models import Draft
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.actions.seasons import season_import
from saima.server.race.models import Reading, Season

DAYS = {"2026-01": date(2026, 2, 8), "2026-02": date(2026, 3, 8), "2026-03": date(2026, 4, 8)}


def small_season() -> Season:
    season_import(bundle=Bundle(small(), readings()), by=None)
    return Season.objects.get(key="small")


def drafted(season: Season, period: str, *, by=None, number: int = 0, reason: str = "") -> Draft:
    """A draft of what is known now, ready without its files: a release makes its own."""
    cut = cut_freeze(season=season, period=Period.parse(period), by=None)
    made = draft_make(cut=cut, number=number or list(DAYS).index(period) + 1, dated=DAYS[period], reason=reason, by=by)
    Draft.objects.filter(pk=made.pk).update(state=Draft.State.READY)
    made.refresh_from_db()
    return made


def corrected(season: Season, period: str, value: str = "30") -> None:
    """Ash counted too few: a later revision puts it ahead of elm."""
    Reading.objects.create(
        season=season, contestant="ash", indicator="firms", period=period, revision=9, value=value, state="verified",
        origin="reported",
    )  # fmt: skip
