"""What a page shows of a released version, for its circle and for the public alike: read from what was released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from saima.engine.model.evaluation import Cell, Standing
from saima.engine.model.history import Published
from saima.engine.race.record import PlaceChanged
from saima.press import Issue
from saima.press.changes import figure_rows
from saima.press.sentences import (
    by_class,
    date_text,
    headline_parts,
    pace_text,
    period_short,
    scope_title,
    score_text,
    value_text,
)
from saima.server.bulletins.models import BulletinVersion
from saima.server.bulletins.queries.drafts import reason_of
from saima.server.bulletins.queries.releases import changes_of, files_of
from saima.server.bulletins.views.common import FORMS, stem_of, title_of
from saima.server.kit.context import lang
from saima.server.race.models import Season
from saima.server.race.queries.cuts import evaluation_of
from saima.server.race.queries.standing import Index
from saima.words import LANGS, Text, number, percent, say

MOST_LIGHTS: Final = 2500  # beyond, the workbook has them
MOST_NOT_RANKED: Final = 60


@dataclass(frozen=True, slots=True)
class PlaceShown:
    standing: Standing
    title: str
    score: str
    moved: int | None


@dataclass(frozen=True, slots=True)
class BandShown:
    places: Sequence[PlaceShown]
    said: str


@dataclass(frozen=True, slots=True)
class TableShown:
    scope: str
    title: str
    among: int
    bands: Sequence[BandShown]


@dataclass(frozen=True, slots=True)
class MarkShown:
    colour: str
    said: str


@dataclass(frozen=True, slots=True)
class LightShown:
    indicator: str
    colour: str
    value: str
    completion: str
    due: str
    why: str
    past: Sequence[MarkShown]


@dataclass(frozen=True, slots=True)
class LightsOf:
    title: str
    counts: Sequence[tuple[str, int]]
    rows: Sequence[LightShown]


@dataclass(frozen=True, slots=True)
class ChangeShown:
    title: str
    scope: str
    before: str
    after: str
    scores: str


@dataclass(frozen=True, slots=True)
class FileShown:
    path: str
    title: str
    size: int


def shown_version(version: BulletinVersion, records: Mapping[tuple[str, int], Published]) -> dict[str, Any]:
    """The context of one version's page."""
    evaluation = evaluation_of(version.evaluated)
    index = Index(evaluation)
    files = files_of(version)
    sizes = {f.path: f.blob.size for f in files}
    season = index.season
    cells = sum(1 for c in evaluation.cells if c.status != "not_applicable")
    return {
        "season": version.bulletin.season,
        "spec": season,
        "bulletin": version.bulletin,
        "version": version,
        "period_title": title_of(version.bulletin.period),
        "dated": date_text(version.dated, lang()),
        "words": _paragraphs(version),
        "headline": [("" if lang() == "zh" else " ").join(part) for part in headline_parts(evaluation, lang())],
        "tables": [t for scope in _scopes(index) for t in _tables(index, scope)],
        "lights": _lights(index) if cells <= MOST_LIGHTS else [],
        "lights_many": cells > MOST_LIGHTS,
        "threshold": number(season.light_from, lang(), 2),
        "not_ranked": _not_ranked(index),
        "reverses": evaluation.reverses_ranks,
        "changes": [change_shown(c, index) for c in changes_of(version, records)],
        "figures": figure_rows(evaluation, _issue(version, records), lang()),
        "reason": reason_of(version.draft).of(lang()),
        "groups": [
            (code, say(f"draft.lang.{code}", lang()), [
                FileShown(path, say(f"draft.form.{form.replace('.{}', '').replace('.', '_')}", lang()), sizes[path])
                for form in FORMS if (path := form.format(code)) in sizes
            ]) for code in LANGS
        ],
        "picture": f"picture.{lang()}.png" if f"picture.{lang()}.png" in sizes else "",
        "package_size": sum(sizes.values()),
        "package_name": f"{stem_of(version)}-saima.zip",
        "others": [p for p in sizes if p not in {f.format(code) for f in FORMS for code in LANGS}],
        "on_paper": evaluation.data_digest.removeprefix("sha256:")[:8],
    }  # fmt: skip


def _issue(version: BulletinVersion, records: Mapping[tuple[str, int], Published]) -> Issue:
    replaces = records.get((version.bulletin.period, version.number - 1))
    return Issue(version.bulletin.number, version.dated, version.number, replaces=replaces)


def _paragraphs(version: BulletinVersion) -> dict[str, list[str]]:
    from saima.server.bulletins.queries.drafts import words_of

    words = words_of(version.draft)
    return {
        name: [line for line in getattr(words, name).of(lang()).splitlines() if line.strip()]
        for name in ("opening", "remarks")
    }


def _scopes(index: Index) -> Sequence[str]:
    """The overall standing; of a season without one, each indicator that ranks somebody."""
    return ("overall",) if "overall" in index.scopes else index.scopes[:20]


def _tables(index: Index, scope: str) -> list[TableShown]:
    season = index.season
    tables = []
    for title, rows in by_class(season, index.standings(scope)):
        bands: list[list[PlaceShown]] = []
        for s in rows:
            moved = None if s.previous is None else s.previous - s.rank
            place = PlaceShown(
                s, season.contestant[s.contestant].title.of(lang()), score_text(s.score, season, lang()), moved
            )
            if bands and bands[-1][0].standing.band == s.band:
                bands[-1].append(place)
            else:
                bands.append([place])
        named = "" if scope == "overall" else scope_title(scope, season).of(lang())
        tables.append(
            TableShown(
                named,
                title.of(lang()),
                len(rows),
                [BandShown(b, say("bulletin.band", lang(), count=len(b)) if len(b) > 1 else "") for b in bands],
            )
        )
    return tables


def _lights(index: Index) -> list[LightsOf]:
    order = {s.contestant: s.rank for s in index.standings("overall")}
    contestants = sorted(
        (c for c in index.season.contestants if c.code in index.of_contestant),
        key=lambda c: (order.get(c.code, 10**6), c.order, c.code),
    )
    found = []
    for contestant in contestants:
        rows = [_light(index, cell) for cell in index.of_contestant[contestant.code] if cell.status != "not_applicable"]
        counts = [(colour, sum(r.colour == colour for r in rows)) for colour in ("green", "red", "none")]
        found.append(LightsOf(contestant.title.of(lang()), [(c, n) for c, n in counts if n], rows))
    return found


def _light(index: Index, cell: Cell) -> LightShown:
    season = index.season
    indicator = season.indicator[cell.indicator]
    marks = index.lights.get((cell.contestant, cell.indicator), ())
    past = [
        MarkShown(
            m.now,
            say("bulletin.mark" if m.issued == m.now else "bulletin.mark_changed", lang(),
                period=period_short(m.period, lang()), light=m.issued, now=say(f"light.{m.now}", lang())),
        )
        for m in marks if m.period < index.evaluation.period
    ]  # fmt: skip
    return LightShown(
        indicator=indicator.title.of(lang()),
        colour=cell.light,
        value=value_text(cell.value, indicator, lang()),
        completion="" if cell.completion is None else percent(cell.completion, lang()),
        due="" if cell.due is None else percent(cell.due, lang()),
        why=_why(cell, season.light_from),
        past=past,
    )


def _why(cell: Cell, threshold: float) -> str:
    """The threshold beside every light, and where the figure stands against it."""
    bound = number(threshold, lang(), 2)
    if cell.light == "none":
        known = cell.value is not None
        return say("bulletin.no_share", lang()) if known else say(f"press.status.{cell.status}", lang())
    if cell.pace is None:
        return say("bulletin.light_bound", lang(), threshold=bound)
    return say("bulletin.light_why", lang(), pace=pace_text(cell.pace, threshold, lang()), threshold=bound)


def _not_ranked(index: Index) -> list[str]:
    there = [n for n in index.evaluation.not_ranked if n.scope in ("overall", *_scopes(index))]
    return [say(n.code, lang(), **n.params) for n in there[:MOST_NOT_RANKED]]


def change_shown(change: PlaceChanged, index: Index) -> ChangeShown:
    known = index.season.contestant.get(change.contestant)
    return ChangeShown(
        title=known.title.of(lang()) if known else change.contestant,
        scope="" if change.scope == "overall" else scope_title(change.scope, index.season).of(lang()),
        before="–" if change.before is None else str(change.before.rank),
        after="–" if change.after is None else str(change.after.rank),
        scores="{} → {}".format(
            *("–" if s is None else score_text(s.score, index.season, lang()) for s in (change.before, change.after))
        ),
    )


def season_title(season: Season) -> Text:
    return Text(season.title_en, season.title_zh) or Text(season.key, season.key)
