"""A rule as the text of its file: one layout, so that the same rule always gives the same bytes."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from saima.engine.rules.figures import plain
from saima.engine.rules.rule import (
    ALWAYS,
    FORMULA_DECIMALS,
    Award,
    Body,
    Case,
    Condition,
    Group,
    Input,
    Item,
    Let,
    Members,
    Param,
    Points,
    Rule,
    Steps,
    Tiers,
    Version,
)
from saima.files.rules.schema import FORMAT, UNKNOWN
from saima.words import Text

Pairs = Mapping[str, object]


def write_rule(rule: Rule) -> str:
    """The text of a rule's file. ``parse_rule`` of it gives the same rule."""
    parts = [
        f"saima = {_value(FORMAT)}",
        _table("[rule]", _head(rule)),
        *(_table(f"[statuses.{_key(k)}]", {"title": t}) for k, t in rule.statuses.items()),
        *(_table(f"[inputs.{_key(k)}]", _input(i)) for k, i in rule.inputs.items()),
        *(_table(f"[params.{_key(k)}]", _param(p)) for k, p in rule.params.items()),
    ]
    if rule.lets:
        parts.append(_table("[let]", {k: _let(v) for k, v in rule.lets.items()}))
    parts += [_table("[[condition]]", _condition(c)) for c in rule.conditions]
    if rule.points is not None:
        parts += _points(rule.points)
    if rule.award is not None:
        parts.append(_table("[award]", _award(rule.award)))
    parts += [_table("[[case]]", _case(c, rule)) for c in rule.cases]
    return "\n\n".join(parts) + "\n"


def _head(rule: Rule) -> Pairs:
    return {
        "id": rule.id,
        "title": rule.title,
        "entity": rule.entity,
        "kind": rule.kind,
        "jurisdiction": rule.jurisdiction,
        "valid_from": _day(rule.valid_from),
        "valid_to": rule.valid_to,
        "status": rule.status,
        "sources": [{"title": s.title, "where": s.where, "grade": s.grade, "covers": s.covers} for s in rule.sources],
        "missing": list(rule.missing),
        "requires": list(rule.requires),
    }


def _input(i: Input) -> Pairs:
    number = i.type == "number"
    return {
        "title": i.title,
        "aka": i.aka,
        "unit": i.unit,
        "decimals": i.decimals or None,
        "least": i.least if number and i.least != -i.most else None,
        "most": i.most if number else None,
        "change": None if i.change == "none" else i.change,
        "note": i.note,
    }


def _param(p: Param) -> Pairs:
    return {"title": p.title, "aka": p.aka, "on": p.on, "unit": p.unit, "versions": [_version(v) for v in p.versions]}


def _version(v: Version) -> Pairs:
    return {"from": _day(v.start), "cite": v.cite, **_body(v.body)}


def _day(day: date) -> date | None:
    return None if day == ALWAYS else day


def _body(body: Body) -> Pairs:
    match body:
        case Steps(steps=steps):
            return {"steps": [{"upto": s.upto, "below": s.below, "value": s.value} for s in steps]}
        case Tiers(tiers=tiers):
            return {"tiers": [{"over": t.over, "rate": t.rate} for t in tiers]}
        case Members(codes=codes):
            return {"members": list(codes)}
        case value:
            return {"value": value}


def _let(v: Let) -> object:
    if not v.title and v.unit is None:
        return v.expression.text
    return {"expr": v.expression.text, "title": v.title, "unit": v.unit}


def _condition(c: Condition) -> Pairs:
    return {"id": c.id, "any": c.any, "expr": c.expression.text, "say": c.say, "raise": list(c.moves)}


def _points(points: Points) -> list[str]:
    parts = [_table("[points]", {"least": points.least, "any": points.any})]
    for group in points.groups:
        parts.append(_table("[[points.group]]", _group(group)))
        parts += [_table("[[points.group.item]]", _item(i)) for i in group.items]
    return parts


def _group(g: Group) -> Pairs:
    return {"id": g.id, "title": g.title, "most": g.most, "least": g.least, "nonzero": g.nonzero or None}


def _item(i: Item) -> Pairs:
    formula = not i.brackets and not i.bands
    return {
        "id": i.id,
        "title": i.title,
        "most": i.most,
        "best_of": i.best_of,
        "value" if formula else "by": i.by.text,
        "decimals": i.decimals if formula and i.decimals != FORMULA_DECIMALS else None,
        "brackets": [{"from": b.start, "points": b.points} for b in i.brackets],
        "bands": [{"from": b.start, "least": b.least, "most": b.most} for b in i.bands],
        "raise": list(i.moves),
    }


def _award(a: Award) -> Pairs:
    return {"amount": a.amount.text, "rounding": a.rounding, "unit": "yuan" if a.unit == 1 else "fen"}


def _case(c: Case, rule: Rule) -> Pairs:
    return {
        "note": c.note,
        "on": c.on if c.on != rule.usual_day else None,
        "held": sorted(c.held),
        "given": dict(c.given),
        "expect": {k: UNKNOWN if v is None else v for k, v in c.expect.items()},
    }


def _table(head: str, pairs: Pairs) -> str:
    """A table of its own lines; what is empty is left out, and lists of tables get a line for each."""
    lines = [head]
    for key, value in pairs.items():
        if _empty(value):
            continue
        if isinstance(value, list) and value and isinstance(value[0], (dict, Text)):
            lines += [f"{_key(key)} = [", *(f"  {_value(v)}," for v in value), "]"]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return "\n".join(lines)


def _empty(value: object) -> bool:
    return value is None or (not isinstance(value, (bool, int, Fraction, Decimal)) and not value)


def _key(key: str) -> str:
    plain_key = key.isascii() and key.replace("-", "a").replace("_", "a").isalnum()
    return key if plain_key else _quoted(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Text(en=en, zh=zh):
            return _inline({"en": en, "zh": zh}.items())
        case Fraction():
            return plain(value)
        case date():
            return value.isoformat()
        case str():
            return _quoted(value)
        case list():
            return f"[{', '.join(_value(v) for v in value)}]"
        case dict():
            return _inline(value.items())
        case _:
            return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _inline(pairs: Iterable[tuple[str, object]]) -> str:
    kept = [f"{_key(k)} = {_value(v)}" for k, v in pairs if not _empty(v)]
    return f"{{ {', '.join(kept)} }}" if kept else "{}"


def _quoted(text: str) -> str:
    """A text of TOML in double quotation marks."""
    marks = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(marks.get(c) or (c if c.isprintable() else _escaped(c)) for c in text) + '"'


def _escaped(c: str) -> str:
    return f"\\u{ord(c):04X}" if ord(c) < 0x10000 else f"\\U{ord(c):08X}"
