"""The demonstration's firms, and eight indicators that registers give from May on. All firms are invented.

Their figures are those the parks reported for January to April, so that whoever follows an older figure to the
register finds what was published. Codes are of a place that is not in use, so they can be nobody's.
"""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Final

from saima.engine.model.periods import Period
from saima.files.registers import check_sign
from saima.server.accounts.models import Person
from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.race.actions.drafts import draft_change, draft_propose
from saima.server.race.actions.feeds import feeds_read
from saima.server.race.actions.seasons import season_publish
from saima.server.race.models import Reading, Season
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.setup import setup_of
from saima.server.race.queries.setup_plain import Edit
from saima.server.registers.actions.recording import Address, Fact, Name, Said, Status, record_all

MAY: Final = Period.parse("2026-05")
# indicator -> feed and parameters
FED: Final[dict[str, tuple[str, str]]] = {
    "high_tech": ("registers.firms_recognised", "status=high-tech-enterprise"),
    "gazelles": ("registers.firms_holding", "status=gazelle"),
    "labs": ("registers.firms_recognised", "status=provincial-rd-platform"),
    "rd_spend": ("registers.fact_sum", "item=rd_spend;unit=100000000"),
    "rd_intensity": ("registers.fact_ratio", "by=revenue;item=rd_spend"),
    "added_value": ("registers.fact_growth", "item=high_tech_added_value"),
    "scale_firms": ("registers.firms_holding", "status=above-scale-industry"),
    "fund": ("registers.fact_sum", "item=equity;unit=10000"),
}
_STATUS: Final = {
    "gazelles": "gazelle",
    "scale_firms": "above-scale-industry",
    "labs": "provincial-rd-platform",
    "high_tech": "high-tech-enterprise",
}
_HELD_BEFORE: Final = frozenset({"gazelles", "scale_firms"})  # levels: most held it before the year began
# What the register says of May, by park; January to April are as the folder has them.
_MAY: Final[dict[str, dict[str, str]]] = {
    "crane": {"high_tech": "7", "gazelles": "5", "labs": "5", "scale_firms": "165", "fund": "15659",
              "rd_spend": "10.62", "rd_intensity": "3.72", "added_value": "12.2"},
    "whale": {"high_tech": "6", "gazelles": "4", "labs": "5", "scale_firms": "173", "fund": "15515",
              "rd_spend": "10.4", "rd_intensity": "3.61", "added_value": "11.3"},
    "lantern": {"high_tech": "6", "gazelles": "4", "labs": "5", "scale_firms": "169", "fund": "16487",
                "rd_spend": "10.25", "rd_intensity": "3.6", "added_value": "11.2"},
    "ferry": {"high_tech": "4", "gazelles": "4", "labs": "5", "scale_firms": "123", "fund": "9663",
              "rd_spend": "7.33", "rd_intensity": "2.37", "added_value": "9.6"},
    "whistle": {"high_tech": "2", "gazelles": "2", "labs": "2", "scale_firms": "87", "fund": "5276",
                "rd_spend": "4.37", "rd_intensity": "3.08", "added_value": "7.4"},
}  # fmt: skip
_REPORTING: Final = 24  # firms of a park that report figures every month
_FUNDED: Final = 8  # of them, those that were given capital
_YUAN: Final = {"rd_spend": 100_000_000, "fund": 10_000}
_SHARES: Final = (9, 7, 6, 5, 4, 3, 2, 2, 1, 1)
Figures = Mapping[str, Mapping[int, Decimal]]  # indicator -> month -> figure


@dataclass(frozen=True, slots=True)
class _Park:
    key: str
    place: int
    title: str
    figures: Figures
    first: int  # number of its first firm

    def code(self, n: int) -> str:
        bare = f"919999{self.first + n:011d}"
        return bare + check_sign(bare)


def demo_firms() -> None:
    """The firms, month by month as their tables came in on the third of the next one; May's on the first of June."""
    season = Season.objects.get(key="demo-city")
    parks = list(_parks(season))
    with clock.at(_at("2026-01-05")):
        for park in parks:
            record_all(Said(*_there(park)), reason="Demonstration 演示")
    for month in range(1, 6):
        with clock.at(_at(f"2026-{month + 1:02}-03" if month < 5 else "2026-06-01")):
            facts = [fact for park in parks for fact in _facts(park, month)]
            held = [status for park in parks for status in _statuses(park, month)]
            record_all(Said(facts=facts, statuses=held), reason="Demonstration 演示")


def demo_feeds(people: Mapping[str, Person]) -> None:
    """From May on eight indicators are no longer reported: proposed by one steward, published by the other."""
    season = Season.objects.get(key="demo-city")
    if any(i.feed for i in season_of(newest(season)).indicators):
        return
    edits = [Edit("indicators", (i,), {"feed": f, "feed_parameters": p}) for i, (f, p) in FED.items()]
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
        figures: dict[str, dict[int, Decimal]] = {code: {} for code in FED}
        rows = Reading.objects.filter(season=season, contestant=key, indicator__in=FED, period__lt=str(MAY))
        for row in rows.exclude(value="").order_by("revision"):
            figures[row.indicator][int(row.period[-2:])] = Decimal(row.value)
        for code, value in may.items():
            figures[code][MAY.index] = Decimal(value)
        yield _Park(key, places[key].pk, spec.contestant[key].title.zh, figures, 1_000 * (n + 1))


def _size(park: _Park) -> int:
    return int(max(park.figures["scale_firms"].values()))


def _there(park: _Park) -> tuple[list[Name], list[Address], list[Fact], list[Status]]:
    """Names and places, and who was above scale or a gazelle before the year began."""
    since = date(2020, 1, 1)
    names = [Name(park.code(n), f"{park.title}示例{n + 1:03}号科技有限公司（虚构）", since) for n in range(_size(park))]
    held = [
        Status(park.code(n), _STATUS[code], date(2025, 3, 1), batch="2025")
        for code in sorted(_HELD_BEFORE)
        for n in range(_at_start(park, code))
    ]
    return names, [Address(name.uscc, park.place, since) for name in names], [], held


def _at_start(park: _Park, code: str) -> int:
    return int(park.figures[code][min(park.figures[code])])


def _statuses(park: _Park, month: int) -> Iterator[Status]:
    """Who came to hold a status in the month, or no longer does, so that as many hold it as the figure says."""
    for code, status in _STATUS.items():
        start = _at_start(park, code) if code in _HELD_BEFORE else 0
        known = {0: start} | {m: int(v) for m, v in park.figures[code].items()}
        before = known[max(m for m in known if m < month)]
        now = known.get(month, before)
        first, last = date(2026, month, 12), date(2026, month, calendar.monthrange(2026, month)[1])
        yield from (Status(park.code(n), status, first, batch=f"2026-{month:02}") for n in range(before, now))
        yield from (Status(park.code(n), status, _since(park, code, n), last) for n in range(now, before))


def _since(park: _Park, code: str, n: int) -> date:
    """When a firm came to hold the status it loses."""
    if code in _HELD_BEFORE and n < _at_start(park, code):
        return date(2025, 3, 1)
    reached = next(m for m, v in sorted(park.figures[code].items()) if v > n)
    return date(2026, reached, 12)


def _facts(park: _Park, month: int) -> Iterator[Fact]:
    """Figures of a month such that those of the year so far come to what the figure says."""
    spent = _grown(park.figures["rd_spend"], month) * _YUAN["rd_spend"]
    if spent:
        yield from _split(park, "rd_spend", f"2026-{month:02}", spent, _REPORTING)
        yield from _split(park, "revenue", f"2026-{month:02}", _grown(_revenue(park), month), _REPORTING)
    yield from _split(park, "equity", f"2026-{month:02}", _grown(park.figures["fund"], month) * _YUAN["fund"], _FUNDED)
    base = Decimal(_size(park)) * 1_000_000
    growth = {m: base * _months_together(park, m) * (100 + g) / 100 for m, g in park.figures["added_value"].items()}
    if month in growth:
        yield from _split(park, "high_tech_added_value", f"2026-{month:02}", _grown(growth, month), _REPORTING)
        was = base * (_months_together(park, month) - _months_together(park, month - 1))
        yield from _split(park, "high_tech_added_value", f"2025-{month:02}", was, _REPORTING)


def _months_together(park: _Park, month: int) -> int:
    """Months of the year so far of which a figure came out: January comes with February."""
    return month if month >= min(park.figures["added_value"]) else 0


def _revenue(park: _Park) -> dict[int, Decimal]:
    """Revenue of the year so far of which the spending is the share that is said, in whole yuan."""
    spent, share = park.figures["rd_spend"], park.figures["rd_intensity"]
    return {m: (v * _YUAN["rd_spend"] * 100 / share[m]).quantize(Decimal(1)) for m, v in spent.items() if m in share}


def _grown(figures: Mapping[int, Decimal], month: int) -> Decimal:
    """What a month adds to a figure that runs through the year."""
    if month not in figures:
        return Decimal(0)
    return figures[month] - figures.get(max((m for m in figures if m < month), default=0), Decimal(0))


def _split(park: _Park, item: str, period: str, amount: Decimal, firms: int) -> Iterator[Fact]:
    """An amount over some firms, unevenly, in whole yuan; the first bears what is left over."""
    shares: Sequence[int] = [_SHARES[n % len(_SHARES)] for n in range(firms)]
    parts = [int(amount * share / sum(shares)) for share in shares]
    parts[0] += int(amount) - sum(parts)
    for n, part in zip(count(), parts, strict=False):
        yield Fact(park.code(n), item, period, str(part))
