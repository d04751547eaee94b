"""What a package carries of a season: what was known at the cut, and nothing that came in later."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from saima.engine.model.inputs import AsOf, Projects, Readings, ReadingTable
from saima.files.bundle import Bundle


def cut_of(bundle: Bundle, as_of: AsOf) -> Bundle:
    """The bundle as of a cut: an evaluation of it says the same, and no unpublished later figure leaves the house."""
    readings, projects = bundle.readings, bundle.projects
    return Bundle(
        bundle.season,
        Readings(
            table=_rows(readings.table, as_of),
            corrections=_known(readings.corrections, as_of),
            given_scores=_known(readings.given_scores, as_of),
            waivers=_known(readings.waivers, as_of),
            received=readings.received,
        ),
        Projects(
            projects=projects.projects,
            milestones=_known(projects.milestones, as_of),
            readings=_known(projects.readings, as_of),
            stages=projects.stages,
        ),
        bundle.history.until(as_of.period),
    )


def _known(rows: Iterable[Any], as_of: AsOf) -> tuple[Any, ...]:
    def known(recorded_at: datetime) -> bool:
        return as_of.known_at is None or recorded_at <= as_of.known_at

    return tuple(r for r in rows if known(r.recorded_at) and getattr(r, "period", as_of.period) <= as_of.period)


def _rows(table: ReadingTable, as_of: AsOf) -> ReadingTable:
    in_time = np.array([p <= as_of.period for p in table.periods], bool)
    keep = in_time[table.period] if len(table) else np.zeros(0, bool)
    if as_of.known_at is not None:
        keep &= table.recorded_at <= int(as_of.known_at.timestamp())
    rows = np.flatnonzero(keep)
    kept = {int(old): new for new, old in enumerate(rows)}
    return replace(
        table,
        contestant=table.contestant[rows],
        indicator=table.indicator[rows],
        period=table.period[rows],
        value=table.value[rows],
        text=tuple(table.text[n] for n in kept),
        state=table.state[rows],
        revision=table.revision[rows],
        recorded_at=table.recorded_at[rows],
        origin=table.origin[rows],
        note={kept[n]: text for n, text in table.note.items() if n in kept},
        evidence={kept[n]: text for n, text in table.evidence.items() if n in kept},
    )
