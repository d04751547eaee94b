"""The CSV files as rows of text: what both the canonical files and the sheets of a workbook are written from."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from saima.engine.model.inputs import ORIGINS, STATES, Projects, Readings, ReadingTable
from saima.engine.model.periods import Period
from saima.engine.model.season import Contestant, Curve, Indicator
from saima.files.bundle import Bundle
from saima.files.cells import instant_text, number_text, pairs_text, tidy
from saima.files.figures import instant_texts
from saima.files.rows import columns_of, mandatory_of
from saima.words import Text

Cells = Mapping[str, str]
Square = tuple[tuple[str, ...], list[tuple[str, ...]]]  # columns, rows


def tables(bundle: Bundle) -> dict[str, Square]:
    """Table name -> columns and rows, sorted by code point; columns and tables that say nothing are left out."""
    season, readings, projects = bundle.season, bundle.readings, bundle.projects
    made: dict[str, list[Cells]] = {
        "contestants": [_contestant(c) for c in season.contestants],
        "indicators": [_indicator(i) for i in season.indicators],
        "targets": [
            {
                "contestant": t.contestant,
                "indicator": t.indicator,
                "target": number_text(t.target),
                "baseline": number_text(t.baseline),
                "owner": t.owner,
                "note": t.note,
            }
            for t in season.targets
        ],
        "curves": [row for c in season.curves for row in _curve(c)],
        **_beside(readings),
        **_work(projects),
    }
    written = {name: _squared(name, rows) for name, rows in made.items() if rows or name in _ALWAYS}
    if len(readings.table):
        written["readings"] = _figures(readings.table)
    return written


_ALWAYS: Final = frozenset({"contestants", "indicators"})


def _squared(name: str, rows: list[Cells]) -> Square:
    needed = mandatory_of(name)
    columns = tuple(c for c in columns_of(name) if c in needed or any(r.get(c) for r in rows))
    return columns, sorted(tuple(tidy(r.get(c, "")) for c in columns) for r in rows)


def _both(name: str, text: Text) -> dict[str, str]:
    return {f"{name}_en": text.en, f"{name}_zh": text.zh}


def _contestant(c: Contestant) -> Cells:
    return {
        "code": c.code,
        **_both("title", c.title),
        "kind": c.kind,
        "class": c.class_code,
        "parent": c.parent,
        "tags": ";".join(c.tags),
        "ranked": _yes_no(c.ranked),
        **_both("reason", c.reason),
        "since": _period(c.since),
        "until": _period(c.until),
        "order": str(c.order),
    }


def _indicator(i: Indicator) -> Cells:
    return {
        "code": i.code,
        **_both("title", i.title),
        "better": i.better,
        "measure": i.measure,
        "node": i.node,
        "weight": number_text(i.weight),
        "score": i.score,
        **_both("unit", i.unit),
        "scale": number_text(i.scale),
        "decimals": str(i.decimals),
        "role": i.role,
        "low": number_text(i.low),
        "high": number_text(i.high),
        "due_months": ";".join(str(m) for m in i.due_months),
        "when_not_due": i.when_not_due,
        "curve": i.curve,
        "transform": i.transform,
        "denominator": i.denominator,
        "per": number_text(i.per),
        "applies_to": ";".join(i.applies_to),
        "noise": i.noise.kind,
        "noise_size": number_text(i.noise.size),
        "owner": i.owner,
        **_both("source", i.source),
        **_both("definition", i.definition),
        "evidence": i.evidence,
        "expected_day": str(i.expected_day),
        "order": str(i.order),
        "feed": i.feed,
        "feed_parameters": pairs_text(i.feed_parameters),
    }


def _curve(c: Curve) -> Iterable[Cells]:
    return (
        {"curve": c.code, **_both("title", c.title), "period": str(period), "share": number_text(share)}
        for period, share in c.shares
    )


def _figures(table: ReadingTable) -> Square:
    """The readings, column by column: there may be a million."""
    periods = [str(p) for p in table.periods]
    note, evidence = dict(table.note), dict(table.evidence)
    size = len(table)
    held = {
        "contestant": [table.contestants[n] for n in table.contestant.tolist()],
        "indicator": [table.indicators[n] for n in table.indicator.tolist()],
        "period": [periods[n] for n in table.period.tolist()],
        "value": list(table.text),
        "state": [STATES[n] for n in table.state.tolist()],
        "revision": [str(n) for n in table.revision.tolist()],
        "recorded_at": instant_texts(table.recorded_at),
        "origin": [ORIGINS[n] for n in table.origin.tolist()],
        "note": [tidy(note.get(n, "")) for n in range(size)],
        "evidence": [tidy(evidence.get(n, "")) for n in range(size)],
    }
    needed = mandatory_of("readings")
    columns = tuple(c for c in columns_of("readings") if c in needed or any(held[c]))
    return columns, sorted(zip(*(held[c] for c in columns), strict=True))


def _beside(readings: Readings) -> dict[str, list[Cells]]:
    return {
        "corrections": [
            {
                "contestant": c.contestant,
                "indicator": c.indicator,
                "period": str(c.period),
                "action": c.action,
                "value": c.value,
                "to_indicator": c.to_indicator,
                "reason": c.reason,
                "source": c.source,
                "recorded_at": instant_text(c.recorded_at),
            }
            for c in readings.corrections
        ],
        "given_scores": [
            {
                "contestant": g.contestant,
                "node": g.node,
                "period": str(g.period),
                "score": number_text(g.score),
                "source": g.source,
                "recorded_at": instant_text(g.recorded_at),
            }
            for g in readings.given_scores
        ],
        "waivers": [
            {"finding": w.finding, "reason": w.reason, "by": w.by, "recorded_at": instant_text(w.recorded_at)}
            for w in readings.waivers
        ],
        "received": [
            {
                "contestant": r.contestant,
                **_both("title", r.title),
                "period_text": r.period_text,
                "source": r.source,
                "published": r.published.isoformat(),
                "rank": "" if r.rank is None else str(r.rank),
                **_both("among", r.among),
                "value": r.value,
                **_both("unit", r.unit),
                "indicator": r.indicator,
                "url": r.url,
                **_both("note", r.note),
            }
            for r in readings.received
        ],
    }


def _work(projects: Projects) -> dict[str, list[Cells]]:
    return {
        "projects": [
            {
                "code": p.code,
                **_both("title", p.title),
                "contestant": p.contestant,
                "level": p.level,
                **_both("unit", p.unit),
                "total": number_text(p.total),
                "weight": number_text(p.weight),
                "order": str(p.order),
            }
            for p in projects.projects
        ],
        "milestones": [
            {
                "project": m.project,
                "code": m.code,
                **_both("title", m.title),
                "due": m.due.isoformat(),
                "done": _day(m.done),
                "weight": number_text(m.weight),
                "recorded_at": instant_text(m.recorded_at),
                "evidence": m.evidence,
            }
            for m in projects.milestones
        ],
        "project_readings": [
            {
                "project": r.project,
                "period": str(r.period),
                "planned": number_text(r.planned),
                "invested": number_text(r.invested),
                "stage": r.stage,
                "mark": number_text(r.mark),
                "state": r.state,
                "revision": str(r.revision),
                "recorded_at": instant_text(r.recorded_at),
            }
            for r in projects.readings
        ],
    }


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _period(period: Period | None) -> str:
    return "" if period is None else str(period)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
