"""Pages of what-if: a draft against the version in force over the whole register, and the list of it."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saima.engine.rules import Rule
from saima.server.accounts.rules import require
from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.kit.downloads import csv_file
from saima.server.places.queries import places_titled
from saima.server.registers.models import BookRule, RuleVersion
from saima.server.registers.queries.rule_whatif import CHANGES, Firm, WhatIf, whatif
from saima.server.registers.queries.rulebook import (
    draft_of,
    drafted,
    first_change,
    newest_save,
    rule_of,
    rule_row,
    version_at,
)
from saima.server.registers.rules import RULES
from saima.server.registers.views.rulebook import day_in
from saima.words import number, say

MOST: Final = 15  # rows of one list on the page; the file has all
LISTS: Final = ("gains", "loses", "money", "open")


def _asked(request: HttpRequest, key: str) -> tuple[BookRule, Rule, RuleVersion | None, WhatIf]:
    require(RULES, "rulebook.whatif", request.user)
    row = rule_row(key)
    draft = draft_of(row) if row else None
    if row is None or draft is None:
        raise Http404
    found = drafted(newest_save(draft).text)
    if found.rule is None or found.problems:
        raise Http404
    today = clock.today()
    now = version_at(key, today)
    usual = first_change(rule_of(now.text) if now else None, found.rule, today)
    on = day_in(request.GET.get("on", ""), usual) or usual
    before = version_at(key, on)
    return row, found.rule, before, whatif(rule_of(before.text) if before else None, found.rule, on)


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    row, rule, before, found = _asked(request, key)
    titles = {n: t.of(lang()) for n, t in places_titled().items()}
    context = {
        "row": row,
        "rule": rule,
        "before": before,
        "found": found,
        "on": found.on,
        "lists": [(name, _shown(found.those(name)[:MOST], rule, titles), found.counts.get(name, 0)) for name in LISTS],
        "places": [(titles.get(p.place or 0, say("whatif.nowhere", lang())), p) for p in found.places],
        "lacking": [(_title(rule, key_), count) for key_, count in found.lacking],
        "money": [number(fen / 100, lang(), 0) for fen in (found.whole.money_before, found.whole.money_after)],
        "most": MOST,
    }
    return render(request, "registers/rules/whatif.html", context)


def _shown(firms: list[Firm], rule: Rule, titles: Mapping[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "firm": f,
            "place": titles.get(f.place or 0, ""),
            "lacks": [_title(rule, key) for key in f.lacks],
        }
        for f in firms
    ]


def _title(rule: Rule, key: str) -> str:
    wanted = rule.inputs.get(key)
    items = {i.judged: i.title for i in rule.points.items} if rule.points else {}
    title = wanted.title if wanted else items.get(key)
    return (title.of(lang()) if title else "") or key


@require_safe
def file(request: HttpRequest, key: str) -> HttpResponse:
    """Every firm, or those of one change, as CSV."""
    _row, rule, _before, found = _asked(request, key)
    change = request.GET.get("change", "")
    if change and change not in CHANGES:
        raise Http404
    spoken = lang()
    titles = {n: t.of(spoken) for n, t in places_titled().items()}
    rows = [
        (
            f.uscc,
            f.name,
            titles.get(f.place or 0, ""),
            say("whatif.change", spoken, whatif_change=f.change),
            _told(f.before),
            _told(f.after),
            "" if f.money_before is None else f"{f.money_before / 100:.2f}",
            "" if f.money_after is None else f"{f.money_after / 100:.2f}",
            " · ".join(_title(rule, k) for k in f.lacks),
        )
        for f in found.firms
        if not change or f.change == change
    ]
    names = ("uscc", "name", "place", "change", "before", "after", "money_before", "money_after", "lacks")
    columns = [say("whatif.column", spoken, whatif_column=name) for name in names]
    return csv_file(f"{key}-{found.on}.csv", columns, rows)


def _told(value: bool | None) -> str:
    return say("rulebook.yes_no", lang(), yes_no={True: "yes", False: "no", None: "unknown"}[value])
