"""What a draft would change: its definition against the newest version in words, and today's standing by both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from saima.engine.errors import Refused
from saima.engine.model.evaluation import Evaluation
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race import evaluate
from saima.files import Bundle
from saima.server.kit import clock
from saima.server.race.models import Season, SeasonVersion
from saima.server.race.queries.cuts import SEED, Knowledge, knowledge_of
from saima.server.race.queries.documents import bundle_of
from saima.server.race.queries.setup_fields import TABLES, VALUES, group_of, section_of, table_of
from saima.server.race.queries.setup_plain import Cells, Key, Plain
from saima.words import Text


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of the definition: ``kind`` added (the row is new), removed, or changed from ``old`` to ``new``."""

    section: str
    table: str
    key: Key
    title: Text
    kind: str
    field: str = ""
    old: str = ""
    new: str = ""


def changes_of(before: Plain, after: Plain) -> tuple[Change, ...]:
    """Every difference of two definitions, section by section."""
    out: list[Change] = []
    old, new = before.rows(VALUES)[0], after.rows(VALUES)[0]
    for field in table_of(VALUES).fields:
        if old.get(field.name, "") != new.get(field.name, ""):
            group = group_of(field.name)
            out.append(
                Change(
                    section_of(group),
                    group,
                    (),
                    Text(),
                    "changed",
                    field.name,
                    old.get(field.name, ""),
                    new.get(field.name, ""),
                )
            )
    for name in TABLES:
        out += _rows(name, before.keyed(name), after.keyed(name))
    return tuple(out)


def _rows(name: str, old: Mapping[Key, Cells], new: Mapping[Key, Cells]) -> list[Change]:
    out: list[Change] = []
    section = section_of(name)
    for key in sorted(set(old) | set(new)):
        was, now = old.get(key), new.get(key)
        title = title_of(now or was or {})
        if was is None or now is None:
            out.append(Change(section, name, key, title, "removed" if now is None else "added"))
            continue
        for field in table_of(name).fields:
            a, b = was.get(field.name) or "", now.get(field.name) or ""
            if a != b:
                out.append(Change(section, name, key, title, "changed", field.name, a, b))
    return out


def title_of(row: Cells) -> Text:
    return Text(row.get("title_en") or "", row.get("title_zh") or "")


@dataclass(frozen=True, slots=True)
class Moved:
    """One contestant in one standing: where it stands by the newest version and by the draft. 0 is not ranked."""

    scope: str
    contestant: str
    title: Text
    rank: int
    new_rank: int
    score: float | None
    new_score: float | None

    @property
    def differs(self) -> bool:
        return self.rank != self.new_rank or self.score != self.new_score


@dataclass(frozen=True)
class Effect:
    """What the draft would do to the standing of a period. ``refused`` says why one of the two has none."""

    period: Period
    moved: tuple[Moved, ...] = ()
    titles: Mapping[str, Text] | None = None
    refused: Refused | None = None


_LOOKED_BACK: Final = 3
_DRAWS: Final = 100


def periods_with_figures(bundle: Bundle) -> tuple[Period, ...]:
    """The periods of the window for which there are figures, the latest first."""
    window = bundle.season.window
    same = [p for p in bundle.readings.table.periods if p.frequency == window.first.frequency]
    return tuple(sorted((p for p in same if p in window), reverse=True))


def effect_of(season: Season, version: SeasonVersion, files: str) -> Effect | None:
    """Newest version and draft evaluated on the same figures; None while there are no figures.

    A draft that does not hold together has no standing; what stands in its way is in ``refused``. Asked again before
    anything came in, it is the same answer.
    """
    return _effect(season.pk, version.pk, files, knowledge_of(season))


@lru_cache(maxsize=8)
def _effect(season_id: int, version_id: int, files: str, knowledge: Knowledge) -> Effect | None:
    del knowledge  # only tells answers apart
    season, version = Season.objects.get(pk=season_id), SeasonVersion.objects.get(pk=version_id)
    before = bundle_of(season, version)
    periods = periods_with_figures(before)
    if not periods:
        return None
    period = periods[0]
    try:
        old = _evaluated(before, AsOf(period, clock.now()))
        for earlier in periods[1:_LOOKED_BACK]:
            if old.standing():
                break
            # Of a month that is only coming in nobody is ranked yet: the one before says more.
            period, old = earlier, _evaluated(before, AsOf(earlier, clock.now()))
        as_of = AsOf(period, clock.now())
        new = _evaluated(bundle_of(season, SeasonVersion(files=files), as_of=as_of), as_of)
    except Refused as refused:
        return Effect(period, refused=refused)
    return Effect(period, _moved(old, new), {n.code: n.title for n in (*old.season.nodes, *new.season.nodes)})


def _evaluated(bundle: Bundle, as_of: AsOf) -> Evaluation:
    # Only places and scores are compared, and no draw moves those: a few are enough.
    doubt = replace(bundle.season.uncertainty, draws=_DRAWS, alternatives=())
    season = replace(bundle.season, uncertainty=doubt)
    return evaluate(season, bundle.readings, bundle.projects, bundle.history, as_of, SEED)


def _moved(old: Evaluation, new: Evaluation) -> tuple[Moved, ...]:
    """The overall standing where both have one, else race by race."""
    scopes = list(dict.fromkeys(s.scope for s in (*new.standings, *old.standings) if s.kind == "level"))
    overall = [s for s in scopes if s == "overall"]
    out: list[Moved] = []
    titles = {c.code: c.title for c in (*old.season.contestants, *new.season.contestants)}
    for scope in overall or [s for s in scopes if s.startswith("race:")] or scopes:
        was = {s.contestant: s for s in old.standing(scope)}
        now = {s.contestant: s for s in new.standing(scope)}
        for code in dict.fromkeys([*now, *was]):
            a, b = was.get(code), now.get(code)
            out.append(
                Moved(
                    scope,
                    code,
                    titles[code],
                    a.rank if a else 0,
                    b.rank if b else 0,
                    a.score if a else None,
                    b.score if b else None,
                )
            )
    return tuple(out)
