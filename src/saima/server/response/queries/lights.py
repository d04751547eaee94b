"""Reads lights: as issued by each version, and what they have become by the newest release."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from django.db.models import Max

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.history import Colour
from saima.engine.race.lights import strip
from saima.server.bulletins.models import BulletinVersion
from saima.server.bulletins.queries import versions_of
from saima.server.race.models import Season
from saima.server.race.queries.cuts import evaluation_of, history_of
from saima.server.race.queries.recorded import last_published
from saima.server.response.models import Light
from saima.words import Text

PROJECT = "project:"


@dataclass(frozen=True, slots=True)
class Mark:
    """One light. ``versions``: what each released version said, where an erratum said otherwise than the first."""

    period: str
    issued: Colour
    now: Colour
    versions: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """The lights of one contestant and subject, one of each period of the strip; None where there was none."""

    contestant: str
    subject: str
    contestant_title: Text
    subject_title: Text
    kind: Literal["indicator", "project"]
    marks: tuple[Mark | None, ...]


@dataclass(frozen=True, slots=True)
class Lights:
    """Every strip of a season. ``version``: the release by which they stand as now; None when nothing is released."""

    version: BulletinVersion | None
    evaluation: Evaluation | None
    periods: tuple[str, ...]
    rows: tuple[Row, ...]


def lights_of(season: Season) -> Lights:
    """All strips, by the newest version of the newest released period; kept until something more is published."""
    version = versions_of(season).first()
    if version is None:
        return Lights(None, None, (), ())
    published = last_published(season)
    issued = Light.objects.filter(version__bulletin__season=season).aggregate(last=Max("id"))["last"]
    return _lights(_Asked(season, version), (published, issued, version.evaluated.result_id))


@dataclass(frozen=True)
class _Asked:
    """A season and a release as a key of what was worked out before."""

    season: Season
    version: BulletinVersion

    def __hash__(self) -> int:
        return hash((self.season.pk, self.version.pk, self.version.chain_digest))


@lru_cache(maxsize=8)
def _lights(asked: _Asked, knowledge: Hashable) -> Lights:
    del knowledge  # only tells answers apart
    season, version = asked.season, asked.version
    evaluation = evaluation_of(version.evaluated)
    marks = strip(evaluation, history_of(season))
    differing = _differing(season)
    periods = tuple(str(p) for p in sorted({m.period for m in marks}))
    found: dict[tuple[str, str], dict[str, Mark]] = {}
    for m in marks:
        said = differing.get((str(m.period), m.contestant, m.subject), ())
        found.setdefault((m.contestant, m.subject), {})[str(m.period)] = Mark(str(m.period), m.issued, m.now, said)
    spec = evaluation.season
    projects = {p.project.code: p.project.title for p in evaluation.projects}
    subjects = {i.code: i.title for i in spec.indicators} | {PROJECT + c: t for c, t in projects.items()}
    order = {code: n for n, code in enumerate(subjects)}
    contestants = {c.code: (n, c.title) for n, c in enumerate(spec.contestants)}
    known = [key for key in found if key[0] in contestants and key[1] in subjects]
    return Lights(
        version,
        evaluation,
        periods,
        tuple(
            Row(
                who,
                what,
                contestants[who][1],
                subjects[what],
                "project" if what.startswith(PROJECT) else "indicator",
                tuple(found[who, what].get(p) for p in periods),
            )
            for who, what in sorted(known, key=lambda key: (contestants[key[0]][0], order[key[1]]))
        ),
    )


def _differing(season: Season) -> Mapping[tuple[str, str, str], tuple[tuple[int, str], ...]]:
    """What the versions of a period said, of the lights about which they do not agree."""
    rows = Light.objects.filter(version__bulletin__season=season).exclude(subject_type=Light.Subject.ACTION)
    errata = rows.filter(version__number__gt=1).values("version__bulletin")
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for row in rows.filter(version__bulletin__in=errata).select_related("version").order_by("version__number"):
        subject = PROJECT + row.subject if row.subject_type == Light.Subject.PROJECT else row.subject
        found.setdefault((row.period, row.contestant, subject), []).append((row.version.number, row.colour))
    return {key: tuple(said) for key, said in found.items() if len({colour for _, colour in said}) > 1}


def lights_issued(version: BulletinVersion) -> Sequence[Light]:
    """What a released version said."""
    return list(Light.objects.filter(version=version).order_by("contestant", "subject_type", "subject"))
