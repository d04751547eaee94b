"""The open data of a bulletin: CSV tables described twice, as CSVW and as a Frictionless data package."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.evaluation_json import dumps
from saima.engine.model.periods import Period
from saima.press.changes import figures_changed, places_changed
from saima.press.issue import Issue
from saima.press.sentences import bulletin_title, span_name
from saima.words import LANGS, Lang, Text, say

Kind = Literal["string", "integer", "number", "boolean", "date"]
Value = str | int | float | bool | None | Period | date

# Columns by table, with their kind. The words for them: doc.data.<column> in the catalogue.
TABLES: Final[Mapping[str, Mapping[str, Kind]]] = {
    "standings": {
        "scope": "string", "kind": "string", "class": "string", "contestant": "string", "contestant_en": "string",
        "contestant_zh": "string", "rank": "integer", "score": "number", "rank_low": "integer", "rank_high": "integer",
        "band": "integer", "previous": "integer", "tier": "string",
    },
    "cells": {
        "contestant": "string", "indicator": "string", "status": "string", "value": "number", "state": "string",
        "origin": "string", "target": "number", "baseline": "number", "completion": "number", "due": "number",
        "pace": "number", "ahead": "number", "light": "string", "score": "number", "weight": "number",
        "contribution": "number", "missing": "number", "required_rate": "number", "projected": "number",
        "projected_low": "number", "projected_high": "number", "p_target": "number", "base_index": "number",
        "note": "string",
    },
    "nodes": {
        "contestant": "string", "node": "string", "score": "number", "contribution": "number", "weight": "number",
        "available": "number", "base_index": "number",
    },
    "lights": {
        "contestant": "string", "subject": "string", "period": "string", "issued": "string", "now": "string",
    },
    "adjustments": {
        "kind": "string", "contestant": "string", "subject": "string", "before": "number", "after": "number",
        "effect": "number", "words_en": "string", "words_zh": "string",
    },
    "findings": {
        "key": "string", "severity": "string", "contestant": "string", "indicator": "string", "period": "string",
        "words_en": "string", "words_zh": "string", "waived": "string",
    },
    "changes": {
        "kind": "string", "contestant": "string", "subject": "string", "before": "number", "after": "number",
        "score_before": "number", "score_after": "number", "light_before": "string", "light_after": "string",
    },
    "medals": {
        "contestant": "string", "class": "string", "rank": "integer", "gold": "integer", "silver": "integer",
        "bronze": "integer",
    },
    "projects": {
        "project": "string", "project_en": "string", "project_zh": "string", "contestant": "string",
        "light": "string", "milestones_due": "integer", "milestones_on_time": "integer",
        "milestones_late": "integer", "investment_share": "number", "planned": "number", "invested": "number",
        "stage": "string", "mark": "number", "score": "number",
    },
    "weak_spots": {
        "contestant": "string", "shortfall": "number", "mean_shortfall": "number", "repaired_share": "number",
        "score": "number", "first": "boolean",
    },
    "intervals": {
        "contestant": "string", "scope": "string", "source": "string", "low": "integer", "high": "integer",
        "median": "integer",
    },
    "received": {
        "contestant": "string", "title_en": "string", "title_zh": "string", "period_text": "string",
        "rank": "integer", "among_en": "string", "among_zh": "string", "value": "string", "unit_en": "string",
        "unit_zh": "string", "source": "string", "published": "date", "url": "string",
    },
}  # fmt: skip
_DATATYPES: Final[Mapping[Kind, str]] = {
    "string": "string", "integer": "integer", "number": "double", "boolean": "boolean", "date": "date",
}  # fmt: skip


def data_package(evaluation: Evaluation, issue: Issue) -> dict[str, bytes]:
    """The files of the data package by name: tables, ``csvw.json``, ``datapackage.json``, ``README.md``.

    Numbers are written so that reading them back gives the same float; what does not exist is empty. Text that a
    spreadsheet would run as a formula is led by an apostrophe.
    """
    rows = _rows(evaluation) | {"changes": list(_changes(evaluation, issue))}
    files = {f"{name}.csv": _csv(columns, rows[name]) for name, columns in TABLES.items()}
    files["evaluation.json"] = dumps(evaluation).encode()
    files["csvw.json"] = _json(_csvw(evaluation, issue))
    files["datapackage.json"] = _json(_frictionless(evaluation, issue))
    files["README.md"] = _readme(evaluation, issue, {name: len(rows[name]) for name in TABLES}).encode()
    return dict(sorted(files.items()))


def _rows(evaluation: Evaluation) -> dict[str, list[tuple[Value, ...]]]:
    season = evaluation.season

    def title(code: str) -> tuple[str, str]:
        return _both(season.contestant[code].title)

    def words(entry: Any) -> tuple[str, str]:
        return say(entry.code, "en", **entry.params), say(entry.code, "zh", **entry.params)

    return {
        "standings": [
            (s.scope, s.kind, s.class_code, s.contestant, *title(s.contestant), s.rank, s.score, s.rank_low,
             s.rank_high, s.band, s.previous, s.tier)
            for s in evaluation.standings
        ],
        "cells": [tuple(getattr(c, name) for name in TABLES["cells"]) for c in evaluation.cells],
        "nodes": [tuple(getattr(n, name) for name in TABLES["nodes"]) for n in evaluation.nodes],
        "lights": [tuple(getattr(m, name) for name in TABLES["lights"]) for m in evaluation.lights],
        "adjustments": [
            (a.kind, a.contestant, a.subject, a.before, a.after, a.effect, *words(a)) for a in evaluation.adjustments
        ],
        "findings": [
            (f.key, f.severity, f.contestant, f.indicator, f.period, *words(f), f.waived) for f in evaluation.findings
        ],
        "medals": [(m.contestant, m.class_code, m.rank, m.gold, m.silver, m.bronze) for m in evaluation.medals],
        "projects": [
            (p.project.code, *_both(p.project.title), p.project.contestant, p.light, p.milestones_due,
             p.milestones_on_time, p.milestones_late, p.investment_share, p.planned, p.invested, p.stage, p.mark,
             p.score)
            for p in evaluation.projects
        ],
        "weak_spots": [tuple(getattr(w, name) for name in TABLES["weak_spots"]) for w in evaluation.weak_spots],
        "intervals": [tuple(getattr(i, name) for name in TABLES["intervals"]) for i in evaluation.intervals],
        "received": [
            (r.contestant, *_both(r.title), r.period_text, r.rank, *_both(r.among), r.value, *_both(r.unit), r.source,
             r.published, r.url)
            for r in evaluation.received
        ],
    }  # fmt: skip


def _changes(evaluation: Evaluation, issue: Issue) -> Iterator[tuple[Value, ...]]:
    """Of an erratum, every place and figure that differs from the version before."""
    for place in places_changed(evaluation, issue):
        a, b = place.before, place.after
        ranks = (a.rank if a else None, b.rank if b else None)
        scores = (a.score if a else None, b.score if b else None)
        yield "place", place.contestant, place.scope, *ranks, *scores, None, None
    for figure in figures_changed(evaluation, issue):
        was, now = figure.before, figure.after
        values = ((was.value if was else "") or None, (now.value if now else "") or None)
        lights = (was.light if was else None, now.light if now else None)
        yield "figure", figure.contestant, figure.subject, *values, None, None, *lights


def _both(text: Text) -> tuple[str, str]:
    return text.en, text.zh


def _csv(columns: Mapping[str, Kind], rows: list[tuple[Value, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_field(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _field(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return repr(value + 0.0)  # no negative zero
        case str():
            risky = value.startswith(("=", "+", "-", "@", "\t", "\r"))
            return f"'{value}" if risky and not _is_number(value) else value
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _title(evaluation: Evaluation, issue: Issue, lang: Lang) -> str:
    return say(
        "doc.data.title",
        lang,
        title=bulletin_title(evaluation.season),
        issue=say("doc.issue", lang, number=issue.number),
        period=span_name(evaluation.season, evaluation.period, lang),
    )


def _described(code: str) -> dict[str, str]:
    return {lang: say(code, lang) for lang in LANGS}


def _csvw(evaluation: Evaluation, issue: Issue) -> dict[str, Any]:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": {lang: _title(evaluation, issue, lang) for lang in LANGS},
        "dc:issued": {"@value": issue.dated.isoformat(), "@type": "xsd:date"},
        "dc:identifier": evaluation.data_digest,
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\n"]},
        "tables": [
            {
                "url": f"{name}.csv",
                "dc:description": _described(f"doc.data.table.{name}"),
                "tableSchema": {
                    "columns": [
                        {"name": column, "titles": [column], "dc:description": _described(f"doc.data.{column}"),
                         "datatype": _DATATYPES[kind]}
                        for column, kind in columns.items()
                    ]
                },
            }
            for name, columns in TABLES.items()
        ],
    }  # fmt: skip


def _frictionless(evaluation: Evaluation, issue: Issue) -> dict[str, Any]:
    season = evaluation.season
    return {
        "profile": "tabular-data-package",
        "name": f"{season.code}-{evaluation.period}-{issue.number}".lower(),
        "title": _title(evaluation, issue, "en"),
        "description": season.notice.en or season.notice.zh,
        "version": f"{issue.version}",
        "created": f"{issue.dated.isoformat()}T00:00:00Z",
        "id": evaluation.data_digest,
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "description": say(f"doc.data.table.{name}", "en"),
                "schema": {
                    "fields": [
                        {"name": column, "type": kind, "description": say(f"doc.data.{column}", "en")}
                        for column, kind in columns.items()
                    ],
                    "missingValues": [""],
                },
            }
            for name, columns in TABLES.items()
        ],
    }


def _readme(evaluation: Evaluation, issue: Issue, counts: Mapping[str, int]) -> str:
    parts = [_readme_part(evaluation, issue, counts, lang) for lang in LANGS]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _readme_part(evaluation: Evaluation, issue: Issue, counts: Mapping[str, int], lang: Lang) -> Iterator[str]:
    season = evaluation.season
    yield f"# {_one_line(_title(evaluation, issue, lang))}"
    yield ""
    if season.notice:
        yield f"> {_one_line(season.notice.of(lang))}"
        yield ""
    yield say("doc.data.intro", lang)
    yield ""
    for name, count in counts.items():
        yield f"- `{name}.csv` ({count}): {say(f'doc.data.table.{name}', lang)}"
    yield ""
    if season.source:
        yield say("doc.method.source", lang, source=_one_line(season.source.of(lang)))
        yield ""
    yield say("doc.method.verify", lang, version=evaluation.engine_version)


def _one_line(text: str) -> str:
    return " ".join(text.split())
