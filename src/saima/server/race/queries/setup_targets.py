"""Targets as a grid with what is not covered and what does not add up; weights as a tree with its sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical
from saima.engine.race.scores import ON_BASELINE, ON_COMPLETION, ON_TARGET
from saima.server.kit.asked import order
from saima.server.race.queries.setup_fields import VALUES
from saima.server.race.queries.setup_plain import Cells, Edit, Plain
from saima.words import Lang, template

MOST_CELLS: Final = 1_500
_ADDING: Final = frozenset({"cumulative", "count"})
_WANT: Final = {"percent": Decimal(100), "share": Decimal(1)}


def _title(row: Cells, lang: Lang) -> str:
    first, second = ("title_en", "title_zh") if lang == "en" else ("title_zh", "title_en")
    return row.get(first) or row.get(second) or row.get("code") or ""


@dataclass(frozen=True)
class TargetCell:
    """One target: ``missing`` where the score rule asks for one and there is none."""

    name: str  # of its entry in the form
    label: str
    value: str
    baseline: str
    owner: str
    shared: str  # the target for everybody that stands in
    missing: bool
    key: tuple[str, ...] = ()  # of its row, where there is one


@dataclass(frozen=True)
class TargetRow:
    """The targets of one indicator, contestant by contestant."""

    code: str
    title: str
    unit: str
    owner: str
    cells: tuple[TargetCell, ...]
    asked: int
    covered: int
    gaps: tuple[tuple[str, str, str], ...]  # who, what it is to reach, what its parts add up to


@dataclass(frozen=True)
class TargetGrid:
    contestants: tuple[tuple[str, str], ...]
    rows: tuple[TargetRow, ...]
    choices: tuple[tuple[str, str], ...]  # indicators to choose from where the whole grid is too large
    chosen: str


def grid_of(plain: Plain, lang: Lang, chosen: str = "") -> TargetGrid:
    """The grid; of a large season one indicator at a time."""
    contestants = sorted(plain.rows("contestants"), key=_placed)
    indicators = sorted(
        (r for r in plain.rows("indicators") if (r.get("role") or "scored") != "denominator"), key=_placed
    )
    targets = plain.keyed("targets")
    choices: tuple[tuple[str, str], ...] = ()
    if len(contestants) * len(indicators) > MOST_CELLS:
        choices = tuple((i["code"], _title(i, lang)) for i in indicators)
        chosen = chosen if chosen in dict(choices) else choices[0][0]
        indicators = [i for i in indicators if i["code"] == chosen]
    asks = _asks(plain)
    rows = tuple(_row(i, contestants, targets, asks, lang) for i in indicators)
    return TargetGrid(tuple((c["code"], _title(c, lang)) for c in contestants), rows, choices, chosen)


def _placed(row: Cells) -> tuple[int, str]:
    return (order(row.get("order")), row.get("code") or "")


def _asks(plain: Plain) -> frozenset[str]:
    """Codes of score rules that read a target."""
    reading = ON_COMPLETION | ON_TARGET
    return frozenset(
        r.get("code", "")
        for r in plain.rows("scores")
        if r.get("rule") in reading or (r.get("rule") in ("table", "bands") and r.get("on", "value") != "value")
    )


def needs_baseline(plain: Plain, indicator: Cells) -> bool:
    rule = plain.row("scores", (indicator.get("score") or "",))
    return rule is not None and rule.get("rule") in ON_BASELINE


def _row(
    indicator: Cells,
    contestants: Sequence[Cells],
    targets: dict[tuple[str, ...], Cells],
    asks: frozenset[str],
    lang: Lang,
) -> TargetRow:
    code = indicator.get("code") or ""
    fixed = indicator.get("measure") in ("completion", "yes-no")
    asked = (indicator.get("role") or "scored") == "scored" and indicator.get("score") in asks and not fixed
    tags = set((indicator.get("applies_to") or "").split(";")) - {""}
    shared = (targets.get(("*", code)) or {}).get("target") or ""
    cells = []
    for c in contestants:
        row = targets.get((c["code"], code)) or {}
        value = row.get("target") or ""
        mine = asked and (not tags or bool(tags & set((c.get("tags") or "").split(";"))))
        cells.append(
            TargetCell(
                f"t|{c['code']}|{code}",
                f"{_title(indicator, lang)} - {_title(c, lang)}",
                value,
                row.get("baseline") or "",
                row.get("owner") or "",
                shared if not value else "",
                mine and not value and not shared,
                (c["code"], code) if row else (),
            )
        )
    wanted = [c for c, has in zip(cells, contestants, strict=True) if asked and has]
    return TargetRow(
        code,
        _title(indicator, lang),
        indicator.get(f"unit_{lang}") or indicator.get("unit_en") or indicator.get("unit_zh") or "",
        _owner(cells) or indicator.get("owner") or "",
        tuple(cells),
        len(wanted),
        sum(not c.missing for c in wanted),
        _gaps(contestants, cells, lang) if indicator.get("measure") in _ADDING else (),
    )


def _owner(cells: Sequence[TargetCell]) -> str:
    named = sorted({c.owner for c in cells if c.owner})
    return "; ".join(named)


def _gaps(contestants: Sequence[Cells], cells: Sequence[TargetCell], lang: Lang) -> tuple[tuple[str, str, str], ...]:
    """Where a contestant has parts, all of them with targets, that do not add up to its own."""
    value = {c["code"]: cell.value for c, cell in zip(contestants, cells, strict=True)}
    out = []
    for whole in contestants:
        parts = [value[c["code"]] for c in contestants if c.get("parent") == whole["code"]]
        mine = canonical(value[whole["code"]]) if value[whole["code"]] else None
        numbers = [canonical(p) for p in parts if p]
        if mine is None or not parts or None in numbers:
            continue
        total = sum((Decimal(n) for n in numbers if n), Decimal(0))
        if total != Decimal(mine):
            out.append((_title(whole, lang), mine, f"{total:f}"))
    return tuple(out)


def pasted(plain: Plain, text: str) -> list[Edit]:
    """Targets from a block copied out of a spreadsheet: names across, names down, in either direction.

    Raises
    ------
    QuestionRefused
        ``setup.paste_*``, each with line and column: a name the season does not have, a figure that is no number.
    """
    lines = [line.split("\t") for line in text.strip("\r\n").splitlines()]
    lines = [[cell.strip() for cell in line] for line in lines if any(cell.strip() for cell in line)]
    if len(lines) < 2 or len(lines[0]) < 2:
        raise QuestionRefused(Problem("setup.paste_shape"))
    who, what = _names(plain, "contestants"), _names(plain, "indicators")
    across, down = lines[0][1:], [line[0] for line in lines[1:]]
    turned = sum(_plain(n) in what for n in across) > sum(_plain(n) in who for n in across)
    top, side = (what, who) if turned else (who, what)
    problems: list[Problem] = []
    heads = [_found(n, top, problems, 1, c) for c, n in enumerate(across, 2)]
    sides = [_found(n, side, problems, r, 1) for r, n in enumerate(down, 2)]
    edits = []
    for r, line in enumerate(lines[1:], 2):
        for c, cell in enumerate(line[1:], 2):
            head, name = heads[c - 2] if c - 2 < len(heads) else "", sides[r - 2]
            if not cell or not head or not name:
                continue
            number = canonical(cell.replace(",", "").replace("，", ""))
            if number is None:
                problems.append(Problem("setup.paste_number", {"line": r, "column": c, "seen": cell[:40]}))
                continue
            key = (name, head) if turned else (head, name)
            edits.append(Edit("targets", key, {"target": number}))
    if problems:
        raise QuestionRefused(problems)
    return edits


def _names(plain: Plain, table: str) -> dict[str, str]:
    found: dict[str, str] = {"*": "*"} if table == "contestants" else {}
    for row in plain.rows(table):
        for column in ("title_en", "title_zh", "code"):
            if row.get(column):
                found[_plain(row[column])] = row["code"]
    return found


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _found(name: str, known: dict[str, str], problems: list[Problem], line: int, column: int) -> str:
    if not name:
        return ""
    code = known.get(_plain(name), "")
    if not code:
        problems.append(Problem("setup.paste_name", {"line": line, "column": column, "seen": name[:40]}))
    return code


@dataclass(frozen=True)
class Weighted:
    """A node or an indicator of the weight tree. ``total`` is the sum below a node, ``wanted`` what it must be."""

    depth: int
    table: str
    code: str
    title: str
    name: str  # of its entry in the form
    weight: str
    total: str = ""
    wanted: str = ""
    joins: bool = True


def tree_of(plain: Plain, lang: Lang) -> list[Weighted]:
    """Overall, races, groups and indicators with their weights, parents first."""
    values = plain.rows(VALUES)[0]
    wanted = _WANT.get(values.get("weights") or "percent")
    composite = (values.get("overall") or "composite") == "composite"
    nodes: list[tuple[str, str, Cells]] = [("races", "overall", r) for r in plain.rows("races")]
    nodes += [("groups", r.get("parent") or "", r) for r in plain.rows("groups")]
    scored = [r for r in plain.rows("indicators") if (r.get("role") or "scored") == "scored"]
    out: list[Weighted] = []

    def below(code: str) -> list[tuple[str, Cells]]:
        found = [(t, r) for t, up, r in nodes if up == code]
        return sorted(found, key=lambda f: _placed(f[1])) + [
            ("indicators", r) for r in sorted(scored, key=_placed) if r.get("node") == code
        ]

    def add(depth: int, table: str, row: Cells, *, weighed: bool) -> None:
        code = row.get("code") or ""
        parts = below(code) if table != "indicators" else []
        total = _sum(parts)
        plain_race = table != "races" or (row.get("race") or "indicators") == "indicators"
        joined = not parts or wanted is None or total == wanted
        out.append(
            Weighted(
                depth,
                table,
                code,
                _title(row, lang),
                f"w|{table}|{code}" if weighed else "",
                (row.get("weight") or "1") if weighed else "",
                _shown(total) if parts else "",
                _shown(wanted) if parts and wanted is not None else "",
                joined and (bool(parts) or table == "indicators" or not plain_race),
            )
        )
        for kind, part in parts:
            if depth < 8:
                add(depth + 1, kind, part, weighed=True)

    if composite:
        overall = template("files.overall")
        add(0, "overall", {"code": "overall", "title_en": overall.en, "title_zh": overall.zh}, weighed=False)
    else:
        for _, _, row in sorted((n for n in nodes if n[0] == "races"), key=lambda n: _placed(n[2])):
            add(0, "races", row, weighed=False)
    return out


def _sum(parts: Sequence[tuple[str, Cells]]) -> Decimal | None:
    total = Decimal(0)
    for _, row in parts:
        number = canonical(row.get("weight") or "1")
        if number is None:
            return None
        total += Decimal(number)
    return total


def _shown(total: Decimal | None) -> str:
    return "?" if total is None else f"{total:f}"


def posted_edits(posted: Mapping[str, str]) -> list[Edit]:
    """Rows from the entries of a grid: ``t|contestant|indicator`` a target, ``w|table|code`` a weight,
    ``c|curve|period`` the share of a curve; an emptied share takes its row away.
    """
    out = []
    for name, typed in posted.items():
        head, *rest = name.split("|")
        value = typed.strip()
        if head == "t" and len(rest) == 2:
            out.append(Edit("targets", (rest[0], rest[1]), {"target": value}))
        elif head == "w" and len(rest) == 2 and rest[0] in ("races", "groups", "indicators"):
            out.append(Edit(rest[0], (rest[1],), {"weight": value}))
        elif head == "c" and len(rest) == 2:
            out.append(Edit("curves", (rest[0], rest[1]), {"share": value} if value else None))
    return out
