"""What a report says at a moment, as canonical text, and that text read back."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from saima.server.race.models import Evidence, Report, ReportCell
from saima.server.race.queries.drafts import CellKey


def cells_of(report: Report) -> list[ReportCell]:
    return list(report.cells.order_by("id"))


def evidence_of(report: Report) -> list[Evidence]:
    """Files of a report that nobody took back."""
    return list(report.evidence.filter(withdrawn=None).order_by("id"))


def files_by_cell(evidence: Iterable[Evidence]) -> dict[CellKey, list[Evidence]]:
    found: dict[CellKey, list[Evidence]] = {}
    for e in evidence:
        found.setdefault((e.contestant, e.indicator), []).append(e)
    return found


def counts_by_cell(evidence: Iterable[Evidence]) -> dict[CellKey, int]:
    return {key: len(files) for key, files in files_by_cell(evidence).items()}


def content_of(cells: Iterable[ReportCell], evidence: Iterable[Evidence]) -> str:
    """Canonical JSON of cells and files: what says the same is the same text."""
    files = files_by_cell(evidence)
    said = [
        {
            "contestant": c.contestant,
            "indicator": c.indicator,
            "kind": c.kind,
            "text": c.text,
            "value": c.value,
            "note": c.note,
            "evidence": sorted([e.blob_id, e.name] for e in files.get((c.contestant, c.indicator), ())),
        }
        for c in sorted(cells, key=lambda c: (c.contestant, c.indicator))
    ]
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def said_in(content: str) -> Mapping[CellKey, dict[str, Any]]:
    """What each cell says in a content; nothing for an empty one."""
    return {(c["contestant"], c["indicator"]): c for c in json.loads(content)} if content else {}
