"""Asks a feed where the projects of a race stand and keeps it as revisions of their readings. Marks of a meet stay."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from saima.engine.errors import Problem, Refused
from saima.engine.model.digest import instant_text
from saima.engine.model.periods import Period
from saima.engine.model.season import Node
from saima.feeds import ProjectFeed, ProjectState, ask_projects, on_offer
from saima.files.cells import pairs_text
from saima.server.accounts.models import Person
from saima.server.kit import blobs
from saima.server.kit.models import Blob
from saima.server.race.models import FeedAnswer, Season, SideRow
from saima.server.race.queries.documents import side_key
from saima.server.race.queries.feeds import answer_key, answers_behind, packed_states, rows_in, said_why
from saima.server.race.queries.projects import projects_of

log = structlog.get_logger("saima.feeds")
TABLE = "project_readings"
_SAID = ("planned", "invested", "stage")


@dataclass(frozen=True, slots=True)
class States:
    """One question about the projects of a race and what came of it."""

    race: Node
    feed: ProjectFeed | None
    states: Mapping[str, ProjectState] | None
    rows: Blob | None = None
    problems: tuple[Problem, ...] = ()


def states_asked(season: Season, race: Node, period: Period, known_at: datetime) -> States:
    """Ask; nothing is written but the file of the answer's rows."""
    feed: ProjectFeed | None = None
    try:
        feed = on_offer().project_feed(race.feed)
        found = ask_projects(
            feed,
            projects=[p.code for p in projects_of(season)],
            period=period,
            parameters=dict(race.feed_parameters),
            known_at=known_at,
        )
    except Refused as refused:
        return States(race, feed, None, problems=refused.problems)
    except Exception:
        # A fault of one source must not keep a month from being frozen; the log has it whole.
        log.exception("feed", feed=race.feed, race=race.code)
        return States(race, feed, None, problems=(Problem("feed.failed", {"feed": race.feed}),))
    text = json.dumps(packed_states(found), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return States(race, feed, found, blobs.put(text.encode(), "application/json"))


def states_store(season: Season, period: Period, one: States, known_at: datetime, by: Person | None) -> FeedAnswer:
    """The answer, and a revision for each project of which it says something else than the last answer did.

    In the caller's transaction, which tells.
    """
    key, made = answer_key(one.race), list[SideRow]()
    if one.states:
        before = answers_behind(season, period, known_at).get(key)
        earlier = rows_in(str(before.rows_id)) if before is not None else {}
        last = _last(season, period)
        for code, state in one.states.items():
            said = {name: getattr(state, name) for name in _SAID}
            if {n: earlier.get(code, {}).get(n) for n in _SAID} != said:
                made.append(_revision(season, period, code, said, last.get(code, {}), known_at))
        SideRow.objects.bulk_create(made)
    return FeedAnswer.objects.create(
        season=season,
        period=str(period),
        indicator=key,
        feed=one.race.feed,
        feed_version=one.feed.version if one.feed is not None else "",
        parameters=pairs_text(one.race.feed_parameters),
        known_at=known_at,
        figures=len(one.states or ()),
        changed=len(made),
        rows=one.rows,
        problem=said_why(one.problems),
        by=by,
    )


def _last(season: Season, period: Period) -> dict[str, dict[str, str]]:
    """The highest revision of each project's reading of a period."""
    found: dict[str, dict[str, str]] = {}
    for text in SideRow.objects.filter(season=season, table=TABLE).order_by("id").values_list("cells", flat=True):
        cells = json.loads(text)
        if cells["period"] == str(period):
            before = found.get(cells["project"], {})
            if int(cells.get("revision") or 1) >= int(before.get("revision") or 1):
                found[cells["project"]] = cells
    return found


def _revision(
    season: Season, period: Period, code: str, said: Mapping[str, str], last: Mapping[str, str], known_at: datetime
) -> SideRow:
    cells: dict[str, Any] = {
        **last,
        **said,
        "project": code,
        "period": str(period),
        "state": "verified",
        "revision": str(int(last.get("revision") or 1) + 1 if last else 1),
        "recorded_at": instant_text(known_at),
    }
    return SideRow(
        season=season,
        table=TABLE,
        key=side_key(TABLE, cells),
        cells=json.dumps({k: v for k, v in cells.items() if v != ""}, ensure_ascii=False, sort_keys=True),
        at=known_at,
    )
