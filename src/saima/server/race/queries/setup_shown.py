"""A definition as pages show it: entries with labels and choices; problems with the place where they are mended."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from saima.engine.errors import Problem
from saima.engine.race.projects import PARAMETERS as OF_PROJECTS
from saima.engine.race.scores import PARAMETERS
from saima.server.race.queries.feeds import feeds_offered
from saima.server.race.queries.setup_changes import Change, title_of
from saima.server.race.queries.setup_fields import (
    GROUPS,
    SECTIONS,
    TABLES,
    VALUES,
    Field,
    group_of,
    section_of,
    table_of,
)
from saima.server.race.queries.setup_plain import Cells, Key, Plain, key_of
from saima.words import Lang, Text, codes, say, template

NODES: Final = ("overall", "races", "groups")
_SAME: Final = {"overall_aggregate": "aggregate"}


@dataclass(frozen=True)
class Shown:
    """One entry of a form."""

    field: Field
    value: str
    label: str
    help: str
    options: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def wide(self) -> bool:
        return self.field.kind in ("long", "steps")


@dataclass(frozen=True)
class Found:
    """A problem and where it is mended; ``href`` is empty where no page can mend it."""

    sentence: str
    section: str = ""
    table: str = ""
    key: Key = ()
    field: str = ""
    href: str = ""


def label_of(field: str, lang: Lang) -> str:
    return say(f"setup.field.{field}", lang)


def value_text(table: str, field: str, value: str, plain: Plain, lang: Lang) -> str:
    """A value as people read it: a choice in words, a code by its title."""
    if not value:
        return ""
    found = table_of(VALUES if table in GROUPS else table).field(field)
    return dict(options_of(found, plain, lang)).get(value, value)


def options_of(field: Field, plain: Plain, lang: Lang) -> tuple[tuple[str, str], ...]:
    """What a choice or a reference may be, with words."""
    if field.kind == "choice":
        return tuple((v, _choice(field.name, v, lang)) for v in field.choices)
    if field.kind == "yes_no":
        return tuple((v, _choice("yes_no", v, lang)) for v in ("yes", "no"))
    if field.kind != "ref":
        return ()
    return tuple(references(field.refers, plain, lang))


def _choice(field: str, value: str, lang: Lang) -> str:
    if field == "rule":
        return say(f"choice.rule.{value}", lang)
    if field == "frequency":
        return say(f"choice.frequency.{value}", lang)
    return say(f"setup.value.{_SAME.get(field, field)}.{value or 'inherit'}", lang)


def references(refers: str, plain: Plain, lang: Lang) -> Iterable[tuple[str, str]]:
    """Codes of a table with their titles; ``nodes`` are the overall node, races and groups."""
    if refers == "nodes":
        yield "overall", template("files.overall").of(lang)
        for name in ("races", "groups"):
            yield from references(name, plain, lang)
        return
    if refers in ("feeds", "project_feeds"):
        offered = feeds_offered(projects=refers == "project_feeds")
        yield from ((f.name, f"{f.title.of(lang)} ({f.name})") for f in offered)
        return
    column = "curve" if refers == "curves" else "code"
    seen: dict[str, str] = {}
    for row in plain.rows(refers):
        code = row.get(column) or ""
        title = title_of(row).of(lang)
        seen[code] = title or seen.get(code, "")
    for code, title in seen.items():
        yield code, f"{title} ({code})" if title and title != code else code


def fields_shown(
    plain: Plain, table: str, cells: Cells, lang: Lang, *, wanted: Sequence[Field], errors: Mapping[str, Sequence[str]]
) -> list[Shown]:
    """The entries of a form with their present values."""
    known = set(codes())
    out = []
    for field in wanted:
        value = cells.get(field.name) or ""
        options = options_of(field, plain, lang)
        if options and field.kind == "ref":
            extra = (("*", say("setup.everybody", lang)),) if (table, field.name) == ("targets", "contestant") else ()
            options = (("", say("setup.none", lang)), *extra, *options)
        if options and value not in {o for o, _ in options}:
            options = ((value, value or say("setup.by_itself", lang)), *options)
        if field.kind == "steps" or (field.kind == "list" and not field.refers):
            value = value.replace("; ", "\n")  # one a line
        code = f"setup.help.{field.name}"
        out.append(
            Shown(
                field,
                value,
                label_of(field.name, lang),
                say(code, lang) if code in known else "",
                options,
                tuple(errors.get(field.name, ())),
            )
        )
    return out


def fields_for(table: str, cells: Cells) -> list[Field]:
    """The entries a row has: of a score rule or a race only the numbers it reads, and any others it holds."""
    if table == "indicators":
        return [table_of(table).field(name) for name in _INDICATOR]
    rule, race = cells.get("rule", ""), cells.get("race", "")
    known = set(PARAMETERS.get(rule, {})) if table == "scores" else set()  # type: ignore[call-overload]
    if rule in ("goalposts", "efficacy"):
        known |= {"low", "high"}
    if table == "races" and race == "projects":
        known = set(OF_PROJECTS)
    stepped = rule in ("table", "bands")
    out = []
    for field in table_of(table).fields:
        if table == "races" and field.name in ("feed", "feed_parameters") and race != "projects":
            continue
        if field.name.startswith("param_") and field.name[6:] not in known and not cells.get(field.name):
            continue
        if table == "scores" and field.name in ("steps", "on") and not stepped and not cells.get("steps"):
            continue
        out.append(field)
    return out


_INDICATOR: Final = (
    *("code", "title_zh", "title_en", "node", "weight", "score", "better", "measure", "unit_zh", "unit_en", "scale"),
    *(
        "decimals",
        "due_months",
        "when_not_due",
        "curve",
        "owner",
        "evidence",
        "expected_day",
        "feed",
        "feed_parameters",
    ),
    *(
        "low",
        "high",
        "role",
        "applies_to",
        "transform",
        "denominator",
        "per",
        "noise",
        "noise_size",
        "source_zh",
        "source_en",
        "order",
    ),
    *("definition_zh", "definition_en"),
)
"""An indicator's entries in the order people fill them in."""


def href_of(season: str, table: str, key: Key = (), field: str = "") -> str:
    """The page where a table, one of its rows, or a single choice is edited."""
    section = section_of(group_of(field) if table == VALUES else table)
    page = reverse("season-section", args=[season, section])
    if table == VALUES or table in GROUPS:
        return f"{page}#{field}" if field else page
    if not key or table == "targets":
        return f"{page}#{table}"
    return row_href(season, table, key)


def row_href(season: str, table: str, key: Key) -> str:
    return f"{reverse('season-row', args=[season, table])}?{urlencode([('k', part) for part in key])}"


def found_problems(season: str, plain: Plain, problems: Iterable[Problem], lang: Lang) -> list[Found]:
    """Problems as sentences, each with the page and the entry that mend it."""
    out = []
    for problem in problems:
        table, key, field = _place(problem, plain)
        section = "" if not table else section_of(group_of(field) if table == VALUES else table)
        href = href_of(season, table, key, field) if table else ""
        out.append(Found(problem.sentence(lang), section, table, key, field, href))
    return out


def _place(problem: Problem, plain: Plain) -> tuple[str, Key, str]:
    if problem.file:
        return _in_file(problem, plain)
    return _in_season(problem, plain)


def _in_file(problem: Problem, plain: Plain) -> tuple[str, Key, str]:
    """A row by its line in a CSV file, or an entry by its path in season.toml."""
    name = problem.file.removesuffix(".csv")
    if name in TABLES:
        rows = plain.rows(name)
        at = problem.line - 2
        return name, key_of(name, rows[at]) if 0 <= at < len(rows) else (), problem.column
    path = problem.column.replace("[", ".").replace("]", "").split(".")
    for table in TABLES.values():
        deep = len(table.path)
        if table.path and tuple(path[:deep]) == table.path and len(path) > deep and path[deep].isdecimal():
            rows, at = plain.rows(table.name), int(path[deep])
            found = [f.name for f in table.fields if f.at == tuple(path[deep + 1 :])]
            return table.name, key_of(table.name, rows[at]) if at < len(rows) else (), "".join(found)
    for field in table_of(VALUES).fields:
        if field.at[: len(path)] == tuple(path):
            return VALUES, (), field.name
    return "", (), ""


_BY_KIND: Final = {
    "contestant": "contestants",
    "indicator": "indicators",
    "score": "scores",
    "curve": "curves",
    "class": "classes",
    "tier": "tiers",
    "constraint": "constraints",
    "relation": "relations",
    "alternative": "alternatives",
}
_ONE: Final[Mapping[str, tuple[str, str]]] = {
    "season.target": ("targets", "target"),
    "season.baseline": ("targets", "baseline"),
    "season.tie_breaker": (VALUES, "tie_breakers"),
    "season.progress": (VALUES, "progress_against"),
    "season.span": (VALUES, "window_first"),
    "season.nobody": ("contestants", ""),
    "season.no_overall": (VALUES, "overall"),
    "season.weak_spots_without": ("indicators", ""),
}


def _in_season(problem: Problem, plain: Plain) -> tuple[str, Key, str]:
    """What a sentence of ``check_season`` speaks of."""
    params = dict(problem.params)
    for head, (table, field) in _ONE.items():
        if problem.code.startswith(head):
            return table, (), field
    if "season.weight" in problem.code or problem.code in ("season.empty_node", "season.circle"):
        return "races", (), ""
    kind, code = str(params.get("kind", "")), str(params.get("owner") or params.get("code") or "")
    if kind == "tie_breaker":
        return VALUES, (), "tie_breakers"
    if kind in _BY_KIND and code:
        name = _BY_KIND[kind]
        return name, (code,) if len(TABLES[name].keys) == 1 else (), str(params.get("field", ""))
    for kind, name in _BY_KIND.items():
        if kind in params:
            key = _named(plain, name, params[kind])
            if key:
                return name, key, ""
    if {"node", "race"} & set(params):
        return "races", (), ""
    return "", (), ""


def _named(plain: Plain, name: str, said: Any) -> Key:
    """The key of the row whose code or title a sentence names."""
    if len(TABLES[name].keys) > 1:
        return ()
    for key, row in plain.keyed(name).items():
        if said == key[0] or (isinstance(said, Text) and title_of(row) == said):
            return key
    return ()


def changes_shown(changes: Iterable[Change], before: Plain, after: Plain, lang: Lang) -> list[dict[str, Any]]:
    """Differences in words, one entry per section."""
    out: dict[str, list[dict[str, Any]]] = {}
    for c in changes:
        out.setdefault(c.section, []).append(
            {
                "what": say(f"setup.part.{c.table}", lang),
                "title": c.title.of(lang) or " ".join(c.key),
                "key": " ".join(c.key),
                "kind": c.kind,
                "label": label_of(c.field, lang) if c.field else "",
                "old": value_text(c.table, c.field, c.old, before, lang) if c.field else "",
                "new": value_text(c.table, c.field, c.new, after, lang) if c.field else "",
            }
        )
    return [{"section": say(f"setup.section.{s}", lang), "rows": out[s]} for s in SECTIONS if s in out]


def nested(
    rows: Sequence[Cells], code: Callable[[Cells], str], parent: Callable[[Cells], str]
) -> list[tuple[int, Cells]]:
    """Rows below their parents, with their depth; rows whose parent is not there stand at the top."""
    known = {code(r) for r in rows}
    below: dict[str, list[Cells]] = {}
    for row in rows:
        up = parent(row)
        below.setdefault(up if up in known and up != code(row) else "", []).append(row)
    out: list[tuple[int, Cells]] = []
    seen: set[str] = set()

    def walk(at: str, depth: int) -> None:
        for row in below.get(at, ()):
            if code(row) not in seen:
                seen.add(code(row))
                out.append((depth, row))
                walk(code(row), depth + 1)

    walk("", 0)
    out += [(0, r) for r in rows if code(r) not in seen]  # a circle of parents
    return out
