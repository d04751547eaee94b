"""The breakdown of targets: by indicator or by contestant, what nobody carries, who has not signed; as CSV too."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from saima.engine.race.breakdown import Breakdown, Part
from saima.press.sentences import figure_text
from saima.server.accounts.rules import held_by, may
from saima.server.kit import downloads
from saima.server.kit.context import lang
from saima.server.race.rules import RULES as RACE_RULES
from saima.server.response.queries.breakdown import targets_broken_down
from saima.server.response.views.within import season_for
from saima.words import percent, say


@dataclass(frozen=True, slots=True)
class PartRow:
    code: str
    title: str
    depth: int
    target: str
    owner: str
    no_owner: bool
    shared: bool
    missing: bool
    parts: str
    uncovered: str
    over: str
    without: tuple[str, ...]
    share: str


@dataclass(frozen=True, slots=True)
class Block:
    """One heading with its lines: an indicator with contestants, or a contestant with indicators."""

    code: str
    title: str
    unit: str
    total: str
    adds_up: bool
    rows: tuple[PartRow, ...]
    troubles: int


@require_safe
def breakdown(request: HttpRequest, key: str) -> HttpResponse:
    season = season_for(request, key, "breakdown.see")
    spec, found = targets_broken_down(season)
    chosen = request.GET.get("indicator", "")
    who = request.GET.get("contestant", "")
    if who in spec.contestant:
        blocks = [_of_contestant(found, who, spec.contestant[who].title.of(lang()))]
    else:
        blocks = [_of_indicator(b) for b in found if not chosen or b.indicator.code == chosen]
    if request.GET.get("only") == "gaps":
        blocks = [b for b in blocks if b.troubles]
    counts = {
        "uncovered": sum(p.gap is not None and p.gap > 0 for b in found for p in b.parts),
        "over": sum(p.gap is not None and p.gap < 0 for b in found for p in b.parts),
        "missing": sum(len(b.missing) for b in found),
        "without_owner": sum(len(b.without_owner) for b in found),
    }
    context = {
        "season": season,
        "blocks": blocks,
        "by_contestant": who in spec.contestant,
        "counts": [(say(f"breakdown.{name}", lang()), count) for name, count in counts.items()],
        "any": any(p.target is not None for b in found for p in b.parts),
        "indicators": [(b.indicator.code, b.indicator.title.of(lang())) for b in found],
        "contestants": [(c.code, c.title.of(lang())) for c in spec.contestants],
        "chosen": chosen,
        "who": who,
        "only": request.GET.get("only", ""),
        "parents": any(c.parent for c in spec.contestants),
        "may_mend": may(RACE_RULES["season.edit"], held_by(request.user, season=key)),
    }
    return render(request, "response/plan_breakdown.html", context)


def _of_indicator(found: Breakdown) -> Block:
    what = found.indicator
    any_ = any(p.target is not None or p.missing for p in found.parts)
    rows = tuple(_row(p, found, p.title.of(lang()), p.contestant, p.depth) for p in found.parts) if any_ else ()
    total = "" if found.total is None else figure_text(found.total, what, lang())
    return Block(what.code, what.title.of(lang()), what.unit.of(lang()), total, found.adds_up, rows, _troubles(rows))


def _of_contestant(found: Iterable[Breakdown], who: str, title: str) -> Block:
    rows = tuple(
        _row(p, b, b.indicator.title.of(lang()), b.indicator.code, 0)
        for b in found
        for p in b.parts
        if p.contestant == who
    )
    return Block(who, title, "", "", True, rows, _troubles(rows))


def _troubles(rows: tuple[PartRow, ...]) -> int:
    return sum(bool(r.missing or r.no_owner or r.uncovered or r.over or r.without) for r in rows)


def _row(part: Part, found: Breakdown, title: str, code: str, depth: int) -> PartRow:
    what, gap = found.indicator, part.gap or 0.0
    return PartRow(
        code,
        title,
        min(depth, 2),
        "" if part.target is None else figure_text(part.target, what, lang()),
        part.owner,
        part.target is not None and not part.owner,
        part.shared,
        part.missing,
        "" if part.parts is None else figure_text(part.parts, what, lang()),
        figure_text(gap, what, lang()) if gap > 0 else "",
        figure_text(-gap, what, lang()) if gap < 0 else "",
        tuple(t.of(lang()) for t in part.without),
        "" if part.share is None else percent(part.share, lang()),
    )


@require_safe
def breakdown_file(request: HttpRequest, key: str) -> HttpResponse:
    """Every line of the breakdown as CSV, in the page's language."""
    season = season_for(request, key, "breakdown.see")
    spec, found = targets_broken_down(season)
    columns = [
        say(f"breakdown.column.{name}", lang())
        for name in (
            "indicator_code", "indicator", "unit", "contestant_code", "contestant", "parent",
            "target", "owner", "parts", "gap", "without",
        )
    ]  # fmt: skip
    rows = [
        (
            b.indicator.code,
            b.indicator.title.of(lang()),
            b.indicator.unit.of(lang()),
            p.contestant,
            p.title.of(lang()),
            spec.contestant[p.contestant].parent,
            p.target,
            p.owner,
            p.parts,
            p.gap,
            "; ".join(t.of(lang()) for t in p.without),
        )
        for b in found
        for p in b.parts
    ]
    return downloads.csv_file(f"{season.key}-breakdown.csv", columns, rows)
