"""The page of lights: every subject's strip of months, as issued and as now."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from saima.engine.model.periods import Period
from saima.press.sentences import period_name, period_short
from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by
from saima.server.kit.context import lang
from saima.server.places.queries import keys_of
from saima.server.race.queries.cuts import frozen_periods
from saima.server.response.queries.lights import Lights, Mark, Row, lights_of
from saima.server.response.views.within import near, season_for
from saima.words import number, say

ALL = "all"


@dataclass(frozen=True, slots=True)
class Shown:
    """One light on the page. ``said`` is the whole sentence, ``short`` stands below the shape."""

    mark: Mark
    said: str
    short: str
    url: str


@dataclass(frozen=True, slots=True)
class Strip:
    title: str
    url: str
    cells: Sequence[Shown | None]


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    strips: Sequence[Strip]


@require_safe
def lights(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "light.see")
    found = lights_of(season)
    contestant, indicator = _asked(request, found)
    linked = {str(p) for p in frozen_periods(season)} if found.rows else set()
    rows = [r for r in found.rows if contestant in (ALL, r.contestant) and indicator in ("", r.subject)]
    spec = found.evaluation.season if found.evaluation else None
    context = {
        "season": season,
        "found": found,
        "tabs": near(request, season, "cards", "lights"),
        "tables": _tables(key, rows, linked, one=bool(indicator)),
        "periods": [(period_short(p, lang()), period_name(p, lang())) for p in map(Period.parse, found.periods)],
        "contestants": _choices([(r.contestant, r.contestant_title.of(lang())) for r in found.rows], contestant),
        "subjects": _choices([(r.subject, r.subject_title.of(lang())) for r in found.rows], indicator),
        "everybody": contestant == ALL,
        "threshold": number(spec.light_from, lang(), 2) if spec else "",
        "newest": period_name(Period.parse(found.version.bulletin.period), lang()) if found.version else "",
    }
    return render(request, "response/lights.html", context)


def _asked(request: HttpRequest, found: Lights) -> tuple[str, str]:
    """Contestant and subject to show: one's own contestant or the first, unless somebody chose."""
    there = list(dict.fromkeys(r.contestant for r in found.rows))
    subjects = {r.subject for r in found.rows}
    indicator = request.GET.get("indicator", "")
    indicator = indicator if indicator in subjects else ""
    chosen = request.GET.get("contestant", "")
    if chosen in there or chosen == ALL:
        return chosen, indicator
    if indicator or not there:
        return ALL, indicator
    own = keys_of(held_by(request.user).roles.get(Role.REPORTER, frozenset()))
    return next((c for c in there if c in own), there[0]), ""


def _choices(known: Sequence[tuple[str, str]], chosen: str) -> list[tuple[str, str, bool]]:
    return [(code, title, code == chosen) for code, title in dict(known).items()]


def _tables(key: str, rows: Sequence[Row], linked: set[str], *, one: bool) -> list[Table]:
    """By contestant; of one indicator its contestants side by side."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.subject_title.of(lang()) if one else row.contestant_title.of(lang()), []).append(row)
    return [Table(title, [_strip(key, r, linked, one=one) for r in found]) for title, found in groups.items()]


def _strip(key: str, row: Row, linked: set[str], *, one: bool) -> Strip:
    title = row.contestant_title if one else row.subject_title
    whole = row.kind == "indicator"
    url = "" if one or not whole else f"{reverse('lights', args=[key])}?{urlencode({'indicator': row.subject})}"
    cells = [None if m is None else _shown(key, row, m, linked if whole else set()) for m in row.marks]
    return Strip(title.of(lang()), url, cells)


def _shown(key: str, row: Row, mark: Mark, linked: set[str]) -> Shown:
    name = {"period": period_name(Period.parse(mark.period), lang())}
    if mark.issued == mark.now:
        said = say("light.mark_same", lang(), **name, light=mark.issued)
        short = say("light.name", lang(), light=mark.issued)
    else:
        said = say("light.mark_changed", lang(), **name, issued_light=mark.issued, now_light=mark.now)
        short = say("light.mark_short", lang(), issued_light=mark.issued, now_light=mark.now)
    if mark.versions:
        versions = tuple(say("light.mark_version", lang(), number=n, light=colour) for n, colour in mark.versions)
        said = say("light.mark_errata", lang(), said=said, versions=versions)
    url = ""
    if mark.period in linked:
        url = reverse("why", args=[key, row.contestant, row.subject]) + f"?period={mark.period}"
    return Shown(mark, said, short, url)
