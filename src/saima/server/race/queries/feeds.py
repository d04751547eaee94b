"""What feeds give a season, what they last said, and the rows behind a figure of a cut."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, cast

from django.db.models import Max

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator, Node
from saima.engine.model.season import Season as EngineSeason
from saima.feeds import Figure, Offered, ProjectState, Row, check_parameters, on_offer
from saima.feeds.feed import evidence_of
from saima.feeds.figures import How
from saima.files.cells import pairs_text
from saima.server.accounts.enums import Role
from saima.server.accounts.rules import held_by
from saima.server.kit import blobs, clock
from saima.server.places.queries import keys_of
from saima.server.race.models import Cut, CutRows, FeedAnswer, History, Season
from saima.server.race.queries.asked import applies
from saima.server.race.queries.deadlines import deadline
from saima.server.race.queries.documents import newest, season_of
from saima.words import LANGS, Lang, Text

OF_RACE: Final = "race:"
BEFORE: Final = timedelta(days=1)  # how long before the deadline the program asks by itself


def fed(spec: EngineSeason, period: Period) -> tuple[Indicator, ...]:
    """Indicators that a feed gives and that are due in the period."""
    return tuple(i for i in spec.indicators if i.feed and i.is_due(period))


def fed_races(spec: EngineSeason) -> tuple[Node, ...]:
    """Project races whose projects a feed knows."""
    return tuple(n for n in spec.nodes if n.feed)


def answer_key(race: Node) -> str:
    """What an answer about the projects of a race is kept under, beside codes of indicators."""
    return f"{OF_RACE}{race.code}"


def asked_about(spec: EngineSeason, indicator: Indicator, period: Period) -> tuple[str, ...]:
    """Contestants a feed is asked about."""
    return tuple(c.code for c in spec.contestants if c.races_in(period) and applies(indicator, c))


def feed_problems(spec: EngineSeason) -> tuple[Problem, ...]:
    """Indicators whose feed is not on offer or does not know their parameters."""
    offered, found = on_offer(), list[Problem]()
    named: tuple[Indicator | Node, ...] = (*spec.indicators, *spec.nodes)
    for one in named:
        if not one.feed:
            continue
        try:
            feed = offered.feed(one.feed) if isinstance(one, Indicator) else offered.project_feed(one.feed)
            check_parameters(feed, dict(one.feed_parameters))
        except ReadingsRefused as refused:
            for problem in refused.problems:
                why = Text(problem.sentence("en"), problem.sentence("zh"))
                found.append(Problem("setup.feed_refused", {"title": one.title, "why": why}))
    return tuple(found)


def said_why(problems: Sequence[Problem]) -> str:
    """Why there is no answer, in every language, as it is kept; empty where there is one."""
    if not problems:
        return ""
    return json.dumps({lang: " ".join(p.sentence(lang) for p in problems) for lang in LANGS}, ensure_ascii=False)


def feeds_offered(*, projects: bool = False) -> tuple[Offered, ...]:
    """The sources an indicator may name, or a race of projects."""
    offered = on_offer()
    return offered.of_projects if projects else tuple(offered.feed(name) for name in offered.names)


def feed_title(name: str) -> Text:
    """What a feed calls itself; its name where it is no longer on offer."""
    found = {f.name: f.title for f in on_offer().all}
    return found.get(name) or Text(name, name)


@dataclass(frozen=True, slots=True)
class FeedLine:
    """An indicator a feed gives, or a race of projects, and what the feed last said of a period."""

    title: Text
    parameters: str
    feed: Text
    answer: FeedAnswer | None

    def problem(self, lang: Lang) -> str:
        return str(json.loads(self.answer.problem)[lang]) if self.answer is not None and self.answer.problem else ""


def feed_lines(season: Season, period: Period) -> list[FeedLine]:
    """What the month's page says of feeds; two queries however many."""
    spec = season_of(newest(season))
    wanted: list[tuple[str, Indicator | Node]] = [(i.code, i) for i in fed(spec, period)]
    wanted += [(answer_key(n), n) for n in fed_races(spec)]
    if not wanted:
        return []
    last = _last(season, period, clock.now())
    return [
        FeedLine(one.title, pairs_text(one.feed_parameters), feed_title(one.feed), last.get(key)) for key, one in wanted
    ]


def _last(season: Season, period: Period, known_at: datetime) -> dict[str, FeedAnswer]:
    """The last answer of each indicator that was known at an instant."""
    rows = FeedAnswer.objects.filter(season=season, period=str(period), known_at__lte=known_at)
    newest_of = rows.values("indicator").annotate(last=Max("id")).values("last")
    return {a.indicator: a for a in FeedAnswer.objects.filter(pk__in=newest_of).select_related("by", "rows")}


def answers_behind(season: Season, period: Period, known_at: datetime) -> dict[str, FeedAnswer]:
    """By indicator, the last answer that held figures and was known at the instant."""
    rows = FeedAnswer.objects.filter(season=season, period=str(period), known_at__lte=known_at, rows__isnull=False)
    newest_of = rows.values("indicator").annotate(last=Max("id")).values("last")
    return {a.indicator: a for a in FeedAnswer.objects.filter(pk__in=newest_of)}


def published(season: Season, period: Period) -> bool:
    """Whether a bulletin of the period is out: then nobody asks feeds of it unless a person wants to know."""
    return History.objects.filter(season=season, period=str(period)).exists()


def period_before_deadline(season: Season) -> Period | None:
    """The period whose reports are due within a day, when its feeds have not been asked in that day."""
    now, today = clock.now(), clock.today(season.time_zone)
    spec = season_of(newest(season))
    ended = [p for p in spec.window if p.last_day < today]
    if not ended or not (fed(spec, ended[-1]) or fed_races(spec)) or published(season, ended[-1]):
        return None
    due = deadline(season, ended[-1]).due_at
    if not due - BEFORE <= now < due:
        return None
    asked = FeedAnswer.objects.filter(season=season, period=str(ended[-1]), at__gte=due - BEFORE)
    return None if asked.exists() else ended[-1]


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind one figure of a cut, as the feed gave them."""

    feed: str
    feed_version: str
    parameters: str
    known_at: str
    figure: Figure
    evidence: str  # what a reading made of these rows says


def packed(answer: Mapping[str, Figure]) -> dict[str, Any]:
    """Figures with their rows as JSON can hold them."""
    return {
        code: {
            "value": f.value,
            "how": f.how,
            "rows": [[r.key, r.label.en, r.label.zh, r.value, r.of, r.since, r.source] for r in f.rows],
        }
        for code, f in sorted(answer.items())
    }


def packed_states(states: Mapping[str, ProjectState]) -> dict[str, Any]:
    """Where projects stand, with the rows behind it, as JSON can hold it."""
    return {
        code: {
            "planned": s.planned,
            "invested": s.invested,
            "stage": s.stage,
            "rows": [[r.key, r.label.en, r.label.zh, r.value, r.of, r.since, r.source] for r in s.rows],
        }
        for code, s in sorted(states.items())
    }


def _figure(said: Mapping[str, Any]) -> Figure:
    return Figure(said["value"], _rows(said["rows"]), cast(How, said["how"]))


def _rows(said: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    return tuple(Row(key, Text(en, zh), value, since, source, of) for key, en, zh, value, of, since, source in said)


@lru_cache(maxsize=4)
def rows_in(sha256: str) -> Mapping[str, Any]:
    """What a blob of rows holds, read once per process."""
    found: Mapping[str, Any] = json.loads(blobs.get(sha256))
    return found


@dataclass(frozen=True, slots=True)
class _Named:
    """Enough of a feed that may be gone to say what its rows' digest is."""

    name: str
    version: str
    title: Text
    parameters: tuple[Any, ...] = ()
    rows_for: frozenset[str] = frozenset()


def rows_behind(cut: Cut, contestant: str, indicator: str) -> Behind | None:
    """The rows behind a figure as they were frozen with the cut; None where no feed gave it."""
    kept = CutRows.objects.filter(cut=cut).first()
    said = rows_in(kept.rows_id).get(indicator) if kept is not None else None
    if said is None or contestant not in said["figures"]:
        return None
    figure = _figure(said["figures"][contestant])
    name, version = said["feed"], said["version"]
    evidence = evidence_of(_Named(name, version, Text(name, name)), figure)
    return Behind(name, version, said["parameters"], said["known_at"], figure, evidence)


@dataclass(frozen=True, slots=True)
class BehindProject:
    """Where a register said a project stands when a cut was made, with its rows."""

    feed: str
    feed_version: str
    parameters: str
    known_at: str
    state: ProjectState


def state_behind(cut: Cut, project: str) -> BehindProject | None:
    """What was frozen with the cut of a project; None where no register gave it."""
    kept = CutRows.objects.filter(cut=cut).first()
    for key, said in (rows_in(kept.rows_id) if kept is not None else {}).items():
        found = said["figures"].get(project) if key.startswith(OF_RACE) else None
        if found is not None:
            state = ProjectState(found["planned"], found["invested"], found["stage"], _rows(found["rows"]))
            return BehindProject(said["feed"], said["version"], said["parameters"], said["known_at"], state)
    return None


def may_see_rows(person: Any, season: Season, contestant: str, feed: str) -> bool:
    """Whom the source itself lets see its rows; who reports for a contestant sees its own. A feed that is gone can no
    longer say, so only the bureau and auditors see what it left."""
    held = held_by(person, season=season.key)
    offered: Sequence[frozenset[str]] = [f.rows_for for f in on_offer().all if f.name == feed]
    allowed = offered[0] if offered else frozenset({Role.STEWARD.value, Role.AUDITOR.value})
    if any(role.value in allowed for role in held.roles):
        return True
    return contestant in keys_of(held.roles.get(Role.REPORTER, frozenset()))
