"""Checks that whatever a row or key refers to is there: contestants, indicators, nodes, rules, curves, tags."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from saima.files.checking import Loc, nearest, path_text
from saima.files.content import Written
from saima.files.document import OVERALL, Document
from saima.files.problems import LISTED, Collector, shown
from saima.files.rows import Row

Rows = Sequence[tuple[int, Row]]
Known = Mapping[str, frozenset[str]]  # kind -> codes; a kind that could not be read is not there

# table -> column -> kind of thing it names
_NAMED: Final[dict[str, dict[str, str]]] = {
    "contestants": {"class": "class", "parent": "contestant"},
    "indicators": {
        "node": "node",
        "score": "rule",
        "curve": "curve",
        "denominator": "indicator",
        "applies_to": "tag",
    },
    "targets": {"contestant": "contestant", "indicator": "indicator"},
    "corrections": {"contestant": "contestant", "indicator": "indicator", "to_indicator": "indicator"},
    "given_scores": {"contestant": "contestant", "node": "node"},
    "received": {"contestant": "contestant", "indicator": "indicator"},
    "projects": {"contestant": "contestant"},
    "milestones": {"project": "project"},
    "project_readings": {"project": "project", "stage": "stage"},
}
_ONCE: Final[dict[str, tuple[str, ...]]] = {
    "contestants": ("code",),
    "indicators": ("code",),
    "targets": ("contestant", "indicator"),
    "curves": ("curve", "period"),
    "corrections": ("contestant", "indicator", "period", "recorded_at"),
    "given_scores": ("contestant", "node", "period", "recorded_at"),
    "waivers": ("finding", "recorded_at"),
    "projects": ("code",),
    "milestones": ("project", "code"),
    "project_readings": ("project", "period", "revision"),
}


def check_rows(table: str, file: str, rows: Rows, known: Known, found: Collector) -> None:
    """Report keys that stand twice and names of things that are not there."""
    first: dict[tuple[object, ...], int] = {}
    key = _ONCE.get(table, ())
    named = {c: k for c, k in _NAMED.get(table, {}).items() if k in known}
    for line, row in rows:
        if found.gave_up(file):
            return
        values = tuple(getattr(row, c) for c in key)
        if key and first.setdefault(values, line) != line:
            said = tuple(str(v) for v in values)
            found.add("files.row_twice", file=file, line=line, column=key[0], key=key, value=said, first=first[values])
        for column, kind in named.items():
            held = getattr(row, "class_code" if column == "class" else column)
            for name in (held,) if isinstance(held, str) else held:
                if name and name not in known[kind] and not (table == "targets" and name == "*"):
                    report_unknown(kind, name, known[kind], found, file=file, line=line, column=column)


def report_unknown(
    kind: str, name: str, known: frozenset[str], found: Collector, *, file: str, line: int, column: str
) -> None:
    near = nearest(name, known) if found.within(file) < LISTED else None  # comparing with all names takes long
    if near is None:
        found.add(f"files.unknown_{kind}", file=file, line=line, column=column, value=shown(name))
    else:
        found.add(f"files.unknown_{kind}_near", file=file, line=line, column=column, value=shown(name), near=near)


def check_document(document: Document, written: Written, known: Known, found: Collector) -> None:
    """The same for season.toml."""
    for loc, kind, name in _named_in(document):
        if kind in known and name and name not in known[kind]:
            report_unknown(
                kind, name, known[kind], found, file=written.file, line=written.line(loc), column=path_text(loc)
            )
    for loc, value in _odd_tie_breakers(document):
        found.add(
            "files.tie_breaker", file=written.file, line=written.line(loc), column=path_text(loc), value=shown(value)
        )
    seen: dict[tuple[str, str], Loc] = {("node", OVERALL): ("node",)}
    for loc, group, code in _coded_in(document):
        if (group, code) not in seen:
            seen[group, code] = loc
        elif group == "node" and code == OVERALL:
            found.add(
                "files.code_reserved", file=written.file, line=written.line(loc), column=path_text(loc), code=code
            )
        else:
            found.add(
                "files.code_twice",
                file=written.file,
                line=written.line(loc),
                column=path_text(loc),
                code=code,
                first=written.line(seen[group, code]),
            )


def _named_in(document: Document) -> Iterator[tuple[Loc, str, str]]:
    for n, group in enumerate(document.groups):
        yield ("groups", n, "parent"), "node", group.parent
    for n, constraint in enumerate(document.constraints):
        for code in constraint.indicators:
            yield ("constraints", n, "indicators"), "indicator", code
    for n, alternative in enumerate(document.uncertainty.alternatives):
        yield ("uncertainty", "alternatives", n, "node"), "node", alternative.node
    for n, relation in enumerate(document.integrity.relations):
        yield ("integrity", "relations", n, "whole"), "indicator", relation.whole
        for code in relation.parts:
            yield ("integrity", "relations", n, "parts"), "indicator", code
    for text in document.tie_breakers:
        kind, _, name = text.partition(":")
        if kind in {"indicator", "group", "race"}:
            yield ("tie_breakers",), "indicator" if kind == "indicator" else kind, name


def _odd_tie_breakers(document: Document) -> Iterator[tuple[Loc, str]]:
    for text in document.tie_breakers:
        kind, colon, name = text.partition(":")
        if text not in {"medals", "progress"} and not (kind in {"indicator", "group", "race"} and colon and name):
            yield ("tie_breakers",), text


def _coded_in(document: Document) -> Iterator[tuple[Loc, str, str]]:
    """Place, what its code must be unique among, and the code."""
    for n, c in enumerate(document.classes):
        yield ("classes", n, "code"), "class", c.code
    for n, r in enumerate(document.races):
        yield ("races", n, "code"), "node", r.code
    for n, g in enumerate(document.groups):
        yield ("groups", n, "code"), "node", g.code
    for n, s in enumerate(document.scores):
        yield ("scores", n, "code"), "rule", s.code
    for n, t in enumerate(document.tiers):
        yield ("tiers", n, "code"), "tier", t.code
    for n, k in enumerate(document.constraints):
        yield ("constraints", n, "code"), "constraint", k.code
    for n, a in enumerate(document.uncertainty.alternatives):
        yield ("uncertainty", "alternatives", n, "code"), f"alternative of {a.choice}", a.code
    for n, x in enumerate(document.integrity.relations):
        yield ("integrity", "relations", n, "code"), "relation", x.code
    for n, p in enumerate(document.project_stages):
        yield ("project_stages", n, "code"), "stage", p.code
