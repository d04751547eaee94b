"""What registers give the demonstration from May on: eight indicators, its projects; and the large firms behind them.

Gazelles and high-tech titles are those of demo_firms. The rest is of five large firms in each park, invented like
all: their figures of January to April come to what the parks reported then, so that whoever follows an older figure to
the register finds what was published. Their codes are of a place that is not in use.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from saima.engine.model.periods import Period
from saima.files.kinds import Side
from saima.files.registers import check_sign
from saima.server.accounts.models import Person
from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.race.actions.drafts import draft_change, draft_propose
from saima.server.race.actions.feeds import feeds_read
from saima.server.race.actions.seasons import season_publish
from saima.server.race.models import Reading, Season, SideRow
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.projects import projects_of
from saima.server.race.queries.setup import setup_of
from saima.server.race.queries.setup_plain import Edit
from saima.server.registers.actions.importing import said_import
from saima.server.registers.actions.items import Entry, Step, item_add, item_figures, item_move
from saima.server.registers.actions.recording import Address, Fact, Name, Said, Status
from saima.server.site.demo_items import INVENTED

MAY: Final = Period.parse("2026-05")
# indicator -> feed and parameters
FED: Final[dict[str, tuple[str, str]]] = {
    "high_tech": ("registers.firms_recognised", "status=high-tech-enterprise"),
    "gazelles": ("registers.firms_holding", "status=gazelle"),
    "labs": ("registers.firms_recognised", "status=provincial-rd-platform"),
    "rd_spend": ("registers.fact_sum", "item=rd_spend;unit=100000000"),
    "rd_intensity": ("registers.fact_ratio", "by=revenue;item=rd_spend"),
    "patents": ("registers.fact_sum", "item=patents_granted"),
    "added_value": ("registers.fact_growth", "item=high_tech_added_value"),
    "fund": ("registers.fact_sum", "item=equity;unit=10000"),
}
# What the large firms come to in May, by park; January to April are as the folder has them.
_MAY: Final[dict[str, dict[str, str]]] = {
    "crane": {"labs": "5", "rd_spend": "10.62", "rd_intensity": "3.72", "patents": "211", "added_value": "12.2",
              "fund": "15659"},
    "whale": {"labs": "5", "rd_spend": "10.4", "rd_intensity": "3.61", "patents": "203", "added_value": "11.3",
              "fund": "15515"},
    "lantern": {"labs": "5", "rd_spend": "10.25", "rd_intensity": "3.6", "patents": "202", "added_value": "11.2",
                "fund": "16487"},
    "ferry": {"labs": "5", "rd_spend": "7.33", "rd_intensity": "2.37", "patents": "210", "added_value": "9.6",
              "fund": "9663"},
    "whistle": {"labs": "2", "rd_spend": "4.37", "rd_intensity": "3.08", "patents": "80", "added_value": "7.4",
                "fund": "5276"},
}  # fmt: skip
# stage of the season -> stage of the register
_STAGES: Final = {"signed": "reserve", "approved": "approved", "building": "started", "equipping": "topped"}
_PROJECTS: Final = "figure=monthly;stages=reserve:signed,started:building,topped:equipping,operating:running"
_SHARES: Final = (34, 25, 18, 13, 10)  # of the five firms, in percent
_ORDER: Final = "一二三四五"
_YUAN: Final = {"rd_spend": 100_000_000, "fund": 10_000}
_VALUE_A_MONTH: Final = Decimal(400_000_000)  # added value of a park's large firms last year, in yuan
_COMES_IN: Final = {1: "2026-02-03", 2: "2026-03-03", 3: "2026-04-03", 4: "2026-05-03", 5: "2026-06-01"}
Figures = Mapping[int, Decimal]  # month -> figure of the year so far


@dataclass(frozen=True, slots=True)
class _Park:
    key: str
    place: int
    title: str
    figures: Mapping[str, Figures]
    first: int  # number of its first firm

    def code(self, n: int) -> str:
        bare = f"919999{self.first + n:011d}"
        return bare + check_sign(bare)


def demo_large_firms() -> None:
    """The firms and their tables, month by month as they came in."""
    parks = list(_parks(Season.objects.get(key="demo-city")))
    with clock.at(_at("2026-01-12")):
        said_import(name="large-firms.csv", said=_there(parks), by=None)
    for month, day in _COMES_IN.items():
        facts = [fact for park in parks for fact in _facts(park, month)]
        held = [status for park in parks for status in _platforms(park, month)]
        with clock.at(_at(day)):
            said_import(name=f"large-firms-2026-{month:02}.csv", said=Said(facts=facts, statuses=held), by=None)


def demo_projects() -> None:
    """The projects of the race in the register of major projects: as far as each month's table told."""
    season = Season.objects.get(key="demo-city")
    told: dict[str, dict[int, dict[str, str]]] = {}
    for text in SideRow.objects.filter(season=season, table="project_readings").values_list("cells", flat=True):
        cells = json.loads(text)
        told.setdefault(cells["project"], {})[int(cells["period"][-2:])] = cells
    for project in projects_of(season):
        months = sorted(told[project.code].items())
        with clock.at(_at("2026-01-31", 9)):
            item = item_add(
                kind="major-project",
                code=project.code,
                values={"name": project.title.zh, "place": project.contestant, "source": INVENTED},
                step=_step(months[0][1]["stage"], 1),
                by=None,
            )
            item_figures(item=item, entries=_figures(months, "plan", "planned"), by=None, reason=INVENTED)
        before = months[0][1]["stage"]
        for n, (month, cells) in enumerate(months):
            with clock.at(_at(_COMES_IN[month], 9)):
                if cells["stage"] != before:
                    item_move(item=item, step=_step(cells["stage"], month), by=None)
                entries = _figures(months[: n + 1], "done", "invested")[-1:]
                item_figures(item=item, entries=entries, by=None, reason=INVENTED)
            before = cells["stage"]


def _step(stage: str, month: int) -> Step:
    papers = ("approval", "ground-level", "library", "acceptance")
    return Step(_STAGES[stage], date(2026, month, 20), dict.fromkeys(papers, "Demo paper 示例文件"))


def _figures(months: Sequence[tuple[int, Mapping[str, str]]], side: Side, name: str) -> list[Entry]:
    """What each month adds to a figure of the year so far."""
    whole = [Decimal(0), *(Decimal(cells[name]) for _month, cells in months)]
    return [
        Entry("monthly", f"2026-{month:02}", side, str(whole[n + 1] - whole[n])) for n, (month, _c) in enumerate(months)
    ]


def demo_feeds(people: Mapping[str, Person]) -> None:
    """From May on eight indicators are no longer reported: proposed by one steward, published by the other."""
    season = Season.objects.get(key="demo-city")
    if any(i.feed for i in season_of(newest(season)).indicators):
        return
    edits = [Edit("indicators", (i,), {"feed": f, "feed_parameters": p}) for i, (f, p) in FED.items()]
    edits.append(Edit("races", ("projects",), {"feed": "registers.projects", "feed_parameters": _PROJECTS}))
    why = "The registers count these since May; nobody types them again. 自5月起由台账提供，不再填报。"
    with clock.at(_at("2026-06-02", 8, 40)):
        seen = setup_of(season).seen
        draft_change(season=season, seen=seen, edits=edits, by=people["steward"], code="setup.did_edit")
        seen = setup_of(season).seen
        draft_propose(season=season, seen=seen, reason=why, by=people["steward"])
    with clock.at(_at("2026-06-02", 8, 45)):
        season_publish(season=season, seen=seen, by=people["steward2"])
    with clock.at(_at("2026-06-02", 8, 50)):
        feeds_read(season=season, period=MAY, by=people["steward"])


def _at(day: str, hour: int = 16, minute: int = 0) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:00+08:00")


def _parks(season: Season) -> Iterator[_Park]:
    spec = season_of(newest(season))
    places = {p.key: p for p in Place.objects.filter(key__in=_MAY)}
    for n, (key, may) in enumerate(_MAY.items()):
        figures: dict[str, dict[int, Decimal]] = {code: {} for code in may}
        rows = Reading.objects.filter(season=season, contestant=key, indicator__in=may, period__lt=str(MAY))
        for row in rows.exclude(value="").order_by("period", "revision"):
            figures[row.indicator][int(row.period[-2:])] = Decimal(row.value)
        for code, value in may.items():
            figures[code][MAY.index] = Decimal(value)
        yield _Park(key, places[key].pk, spec.contestant[key].title.zh, figures, 100 * (n + 1))


def _there(parks: Sequence[_Park]) -> Said:
    """Names, places and size; above scale since 2022."""
    long_ago = date(2020, 1, 1)
    each = [(park, n, park.code(n)) for park in parks for n in range(len(_SHARES))]
    return Said(
        [Name(code, f"{park.title}重点企业{_ORDER[n]}（虚构）", long_ago) for park, n, code in each],
        [Address(code, park.place, long_ago) for park, _n, code in each],
        [Fact(code, "size_class", "", "large") for _park, _n, code in each],
        [Status(code, "above-scale-industry", date(2022, 1, 1)) for _park, _n, code in each],
    )


def _platforms(park: _Park, month: int) -> Iterator[Status]:
    """Firms whose platform was recognised in the month, so that as many were as the figure says."""
    figures = park.figures["labs"]
    before = max((int(v) for m, v in figures.items() if m < month), default=0)
    for n in range(before, int(figures.get(month, before))):
        yield Status(park.code(n), "provincial-rd-platform", date(2026, month, 12), batch=f"2026-{month:02}")


def _facts(park: _Park, month: int) -> Iterator[Fact]:
    """Figures of a month such that those of the year so far come to what the figure says."""
    figures, period = park.figures, f"2026-{month:02}"
    yield from _split(park, "rd_spend", period, _added(figures["rd_spend"], month) * _YUAN["rd_spend"])
    yield from _split(park, "revenue", period, _added(_revenue(park), month))
    yield from _split(park, "patents_granted", period, _added(figures["patents"], month))
    yield from _split(park, "equity", period, _added(figures["fund"], month) * _YUAN["fund"])
    first = min(figures["added_value"])
    was = {m: _VALUE_A_MONTH * m for m in figures["added_value"]}
    now = {m: was[m] * (100 + growth) / 100 for m, growth in figures["added_value"].items()}
    if month >= first:
        yield from _split(park, "high_tech_added_value", period, _added(now, month))
        yield from _split(park, "high_tech_added_value", f"2025-{month:02}", _added(was, month))


def _revenue(park: _Park) -> Figures:
    """Revenue of the year so far of which the spending is the share that is said, in whole yuan."""
    spent, share = park.figures["rd_spend"], park.figures["rd_intensity"]
    return {m: (v * _YUAN["rd_spend"] * 100 / share[m]).quantize(Decimal(1)) for m, v in spent.items() if m in share}


def _added(figures: Figures, month: int) -> Decimal:
    """What a month adds to a figure of the year so far; January of statistics comes with February."""
    if month not in figures:
        return Decimal(0)
    return figures[month] - figures.get(max((m for m in figures if m < month), default=0), Decimal(0))


def _split(park: _Park, item: str, period: str, amount: Decimal) -> Iterator[Fact]:
    """An amount over the park's firms, in whole pieces; the first bears what is left over."""
    if not amount:
        return
    parts = [int(amount * share / 100) for share in _SHARES]
    parts[0] += int(amount) - sum(parts)
    yield from (Fact(park.code(n), item, period, str(part)) for n, part in enumerate(parts))
