"""Pages of the ladder: the board, the firms behind each of its numbers, and the goals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.rules import NotAllowed, held_by, may, person_of, require
from saima.server.kit import clock, leases
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.kit.downloads import csv_file
from saima.server.places.queries import places_titled
from saima.server.registers.actions.ladder import goal_set
from saima.server.registers.models import Enterprise
from saima.server.registers.models.firm_items import statuses
from saima.server.registers.queries.ladder import (
    AWAY,
    REGISTERED,
    Board,
    Flow,
    firms_by_name,
    registered_rows,
    stamp,
    years_on,
)
from saima.server.registers.queries.ladder_goals import Against, against, goals_of
from saima.server.registers.queries.ladder_kept import board_seen
from saima.server.registers.queries.ladder_near import Near, Short, near_kept, near_misses, shorts
from saima.server.registers.rules import RULES
from saima.server.registers.tasks import ladder_count
from saima.server.registers.views.ladder_drawing import ladder_svg
from saima.server.registers.views.rulebook import day_in
from saima.words import number, say

FLOWS: Final = ("came", "climbed_in", "fell_in", "climbed_out", "fell_out", "closed")
SHOWN: Final = 5
ROWS: Final = 50
MOST_SORTED: Final = 5_000
ASKED_SECONDS: Final = 900  # after which a count that never came is asked for again


@dataclass(frozen=True, slots=True)
class Seeing:
    """Whose firms somebody sees one by one: anybody's, or those of some places."""

    any: bool
    places: frozenset[int]

    def at(self, place: int | str | None) -> bool:
        return self.any or (isinstance(place, int) and place in self.places)


def seeing(request: HttpRequest) -> Seeing:
    held = held_by(request.user)
    rule = RULES["ladder.firms"]
    own = [held.roles[r] for r, reach in rule.roles.items() if reach == "own" and r in held.roles]
    return Seeing(may(rule, held), frozenset().union(*own) if own else frozenset())


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the board, and where its firms are listed, for who may see them."""

    value: int
    href: str = ""


class _Linker:
    def __init__(self, request: HttpRequest, board: Board, place: int | str | None, places: Mapping[int, str]) -> None:
        self._seeing, self._board, self._place, self._places = seeing(request), board, place, places

    def number(self, value: int, what: str, rung: str, place: int | str | None = None) -> Number:
        where = self._place if place is None else place
        if not value or not self._seeing.at(where):
            return Number(value)
        asked = {"what": what, "rung": rung, "on": self._board.on.isoformat()}
        if where != "all":
            asked["place"] = str(where)
        return Number(value, f"{reverse('ladder-firms')}?{urlencode(asked)}")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    require(RULES, "ladder.see", request.user)
    today = clock.today()
    on = min(day_in(request.GET.get("on", ""), today) or today, today)
    seen_board = board_seen(on)
    found = seen_board.board
    if seen_board.counted_at is not None:
        _counted_anew(on)
    titles = {n: t.of(lang()) for n, t in places_titled().items()}
    place = _place(request.GET.get("place", ""), found)
    link = _Linker(request, found, place, titles)
    names = [say("ladder.registered", lang()), *(statuses()[r.status].of(lang()) for r in found.rungs)]
    keys = ["registered", *(r.status for r in found.rungs)]
    flows = [found.flow(level, place) for level in range(len(names))]
    near = near_misses(on) if request.GET.get("near") else near_kept(on)
    seen = seeing(request)
    context = {
        "board": found,
        "counted_at": seen_board.counted_at,
        "on": found.on,
        "today": today,
        "place": place,
        "place_title": titles.get(place) if isinstance(place, int) else None,
        "places": [(p, titles[p]) for p in found.places if p is not None and p in titles],
        "rows": [
            _row(name, key, flow, link) for name, key, flow in reversed(list(zip(names, keys, flows, strict=True)))
        ],
        "flow_names": FLOWS,
        "moves": any(f.moved_in or f.moved_out for f in flows) and place != "all",
        "drawing": _drawing(found, names, flows, place),
        "by_place": _by_place(found, names, keys, link, titles),
        "place_names": [titles.get(p or 0, say("whatif.nowhere", lang())) for p in found.places],
        "near": None if near is None else [_near(n, link, place, seen, titles, on) for n in near if n.rule],
        "no_rule": [] if near is None else [statuses()[n.rung.status].of(lang()) for n in near if not n.rule],
        "goals": _goals(found),
        "kept": _kept(found, link),
        "kept_first": years_on(on, -2),
        "kept_last": years_on(on, -1),
        "may_goal": may(RULES["ladder.goal"], held_by(request.user)),
        "rungs": [(r.status, statuses()[r.status].of(lang())) for r in found.rungs],
        "counts_only": not seen.any,
    }
    page = "near" if getattr(request, "htmx", False) else "board"
    return render(request, f"registers/ladder/{page}.html", context)


def _counted_anew(on: date) -> None:
    """Ask the worker once for each state of the register."""
    asked = f"ladder:{on}:{sha256(str(stamp()).encode()).hexdigest()[:16]}"
    if leases.take(asked, leases.holder(), seconds=ASKED_SECONDS):
        ladder_count.enqueue(on.isoformat())


def _place(text: str, board: Board) -> int | str:
    number_ = whole(text)
    return number_ if number_ in board.places else "all"


def _row(name: str, key: str, flow: Flow, link: _Linker) -> dict[str, Any]:
    counts = asdict(flow)
    return {
        "name": name,
        "key": key,
        "flow": flow,
        "holds": link.number(flow.holds, "holds", key),
        "holds_before": flow.holds_before,
        "change": flow.holds - flow.holds_before,
        "before": link.number(flow.before, "before", key),
        "now": link.number(flow.now, "now", key),
        "flows": [(what, link.number(counts[what], what, key)) for what in FLOWS],
    }


def _drawing(board: Board, names: Sequence[str], flows: Sequence[Flow], place: int | str) -> Any:
    steps = board.steps(place)
    climbed = sum(n for (a, b), n in steps.items() if b > a >= REGISTERED)
    fell = sum(n for (a, b), n in steps.items() if a > b >= REGISTERED and a != AWAY)
    return ladder_svg(names, [f.now for f in flows], steps, say("ladder.drawing", lang(), climbed=climbed, fell=fell))


def _by_place(
    board: Board, names: Sequence[str], keys: Sequence[str], link: _Linker, titles: Mapping[int, str]
) -> list[tuple[str, list[tuple[Number, int]]]]:
    found = []
    for level in reversed(range(len(names))):
        cells = []
        for place in board.places:
            flow = board.flow(level, place)
            where = place if place is not None else "none"
            cells.append((link.number(flow.holds, "holds", keys[level], where), flow.holds_before))
        found.append((names[level], cells))
    del titles
    return found


def _near(
    near: Near, link: _Linker, place: int | str, seen: Seeing, titles: Mapping[int, str], on: date
) -> dict[str, Any]:
    status = near.rung.status
    theirs = [f for f in near.near if seen.at(near.places[f]) and place in ("all", near.places[f])]
    found = shorts(near, theirs[:SHOWN], lang(), on, advice=True)
    return {
        "name": statuses()[status].of(lang()),
        "rule": near.rule,
        "version": near.version,
        "near": link.number(near.count("near", place), "near", status),
        "reach": link.number(near.count("reach", place), "reach", status),
        "unfilled": link.number(near.count("unfilled", place), "unfilled", status),
        "shorts": [(s, titles.get(s.place or 0, "")) for s in found],
    }


def _goals(board: Board) -> list[dict[str, Any]]:
    return [
        {"name": statuses()[rung].of(lang()), "found": found, "share": found.share, "due_share": _due_share(found)}
        for rung, goal in goals_of().items()
        if (found := against(board, goal))
    ]


def _due_share(found: Against) -> float:
    return (found.due - found.goal.base) / max(found.target - found.goal.base, 1)


def _kept(board: Board, link: _Linker) -> list[dict[str, Any]]:
    rows = []
    for rung in board.rungs:
        found = board.retention(rung.status)
        lost = len(found.got) - len(found.kept)
        rows.append(
            {
                "name": statuses()[rung.status].of(lang()),
                "got": link.number(len(found.got), "got", rung.status, "all"),
                "kept": link.number(len(found.kept), "kept", rung.status, "all"),
                "lost": link.number(lost, "lost", rung.status, "all"),
                "share": found.share,
            }
        )
    return rows


# The firms behind a number


@require_safe
def firms(request: HttpRequest) -> HttpResponse:
    """The firms behind a number of the board, for the bureau; of a zone for its people."""
    require(RULES, "ladder.see", request.user)
    seen = seeing(request)
    today = clock.today()
    on = min(day_in(request.GET.get("on", ""), today) or today, today)
    found = board_seen(on).board
    what, rung = request.GET.get("what", ""), request.GET.get("rung", "")
    levels = {"registered": REGISTERED, **{r.status: n for n, r in enumerate(found.rungs, 1)}}
    level, at = levels.get(rung, -1), request.GET.get("place", "")
    place = None if at == "none" else _place(at, found)
    if not seen.at(place):
        if not seen.places:
            raise NotAllowed(Problem("accounts.not_allowed"))
        raise Http404
    rows = _behind(found, what, level, place)
    if rows is None:
        raise Http404
    titles = {n: t.of(lang()) for n, t in places_titled().items()}
    name = say("ladder.registered", lang()) if level == REGISTERED else statuses()[rung].of(lang())
    title = say("ladder.behind", lang(), ladder_what=what, rung=name)
    if request.GET.get("form") == "csv":
        every = _found(rows)
        return _csv(every, title, titles, _lacks(every, what, rung, on))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    shown = _found(page.object_list)
    lacks = _lacks(shown, what, rung, on)
    context = {
        "title": title,
        "on": on,
        "page": page,
        "rows": [(e, titles.get(e.place_id or 0, ""), lacks.get(e.pk)) for e in shown],
        "near": what == "near",
        "place_title": titles.get(place) if isinstance(place, int) else None,
        "asked": request.GET.urlencode(),
    }
    return render(request, "registers/ladder/firms.html", context)


def _lacks(firms: Iterable[Enterprise], what: str, rung: str, on: date) -> dict[int, Short]:
    """What each of some firms lacks for a rung; nothing but of those that are near."""
    if what != "near":
        return {}
    near = next(n for n in near_misses(on) if n.rung.status == rung)
    return {s.firm: s for s in shorts(near, [e.pk for e in firms], lang(), on, advice=False)}


def _behind(board: Board, what: str, level: int, place: int | str | None) -> Any:
    """Ids of firms, or a query of them, that a page is cut from; None where there is no such number."""
    if level < 0:
        return None
    if what in {"near", "reach", "unfilled"} and level:
        near = near_misses(board.on)[level - 1]
        wanted = getattr(near, what)
        ids = [f for f in wanted if place in ("all", near.places[f])]
        return ids if what == "near" else _by_name(ids)
    if what in {"got", "kept", "lost"} and level:
        found = board.retention(board.rungs[level - 1].status)
        kept = set(found.kept)
        chosen = {"got": found.got, "kept": found.kept, "lost": [f for f in found.got if f not in kept]}[what]
        return _by_name([f for f in chosen if place == "all" or board.homes.get(f) == place])
    people = board.firms(what, level)
    if people is not None:
        then = what in {"before", "closed", "climbed_out", "fell_out"}
        ids = [p.firm for p in people if place in ("all", p.place_before if then else p.place)]
        return _by_name(ids)
    if level != REGISTERED:
        return None
    rows = registered_rows(what, board)
    if rows is None:
        return None
    at = Q() if place == "all" else Q(place_id=place)
    return rows.filter(at).order_by("uscc")  # by the index: there may be a million


def _by_name(ids: Sequence[int]) -> Sequence[int]:
    """In the order of names; where there are very many, in the order in which they came."""
    if len(ids) > MOST_SORTED:
        return sorted(ids)
    return list(firms_by_name(ids).values_list("pk", flat=True))


def _found(rows: Any) -> list[Enterprise]:
    """The firms themselves, of ids in their order."""
    if not isinstance(rows, list):
        return list(rows)
    by_id: dict[int, Enterprise] = {}
    for start in range(0, len(rows), 5_000):
        by_id |= {e.pk: e for e in firms_by_name(rows[start : start + 5_000])}
    return [by_id[i] for i in rows if i in by_id]


def _csv(rows: Sequence[Enterprise], title: str, titles: Mapping[int, str], lacks: Mapping[int, Short]) -> HttpResponse:
    columns = [say("whatif.column", lang(), whatif_column=c) for c in ("uscc", "name", "place")]
    if lacks:
        columns += [say("check.column", lang(), check_column=c) for c in ("what", "have", "need", "short")]

    body = []
    for e in rows:
        short = lacks.get(e.pk)
        said = [short.what, short.have, short.need, short.short] if short else [""] * 4
        body.append([e.uscc, e.name, titles.get(e.place_id or 0, ""), *(said if lacks else [])])
    return csv_file(f"{title}.csv", columns, body)


# Goals


@require_POST
def goal(request: HttpRequest) -> HttpResponse:
    """The bureau sets a goal for a rung."""
    require(RULES, "ladder.goal", request.user)
    year = request.POST.get("base_year", "")
    if not year.strip().isdigit():
        raise QuestionRefused(Problem("ladder.goal_numbers", {"year": clock.today().year}))
    made = goal_set(
        rung=request.POST.get("rung", ""),
        base_year=whole(year),
        base=whole(request.POST.get("base")),
        times=request.POST.get("times", ""),
        years=whole(request.POST.get("years")),
        source=request.POST.get("source", ""),
        by=person_of(request),
    )
    name = statuses()[made.rung].of(lang())
    messages.success(request, say("ladder.goal_kept", lang(), rung=name, base=number(made.base, lang())))
    return redirect("ladder")
