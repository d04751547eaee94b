"""What came of the demonstration's bulletins: cards, a plan, what demo_deeds tells, an appeal with its erratum.

Told by the actions people take, on the days they would have taken them; nothing is written past them. All is invented.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django_tasks import task

from saima.server.accounts.models import Person
from saima.server.bulletins.actions.drafts import draft_render
from saima.server.bulletins.actions.past import past_release
from saima.server.bulletins.actions.releases import bulletin_release
from saima.server.bulletins.models import Bulletin
from saima.server.bulletins.queries import newest_version
from saima.server.kit import blobs, clock
from saima.server.kit.models import Blob
from saima.server.kit.steps import run_step
from saima.server.places.models import Place
from saima.server.race.models import Season
from saima.server.race.queries.cuts import history_of
from saima.server.response.actions.appeals import (
    Proof,
    Subject,
    appeal_erratum,
    appeal_hear,
    appeal_make,
    appeal_uphold,
)
from saima.server.response.actions.cards import card_acknowledge, card_answer, response_rules_set
from saima.server.response.actions.close import follow_releases
from saima.server.response.actions.plans import plan_open, progress_enter
from saima.server.response.models import Card
from saima.server.response.queries.card_rules import PRESETS
from saima.server.response.queries.plans import content_of
from saima.server.response.queries.plans import newest_version as newest_plan
from saima.server.site.demo_deeds import TALENT, demo_deeds
from saima.server.site.demo_registers import demo_feeds, demo_large_firms, demo_projects
from saima.server.site.demo_reports import pdf_line

RUN: Final = "demonstration"
ZONE: Final = ZoneInfo("Asia/Shanghai")


@contextmanager
def _day(month: int, day: int, hour: int = 10) -> Iterator[None]:
    with clock.at(datetime.combine(date(2026, month, day), time(hour), ZONE)):
        yield


@dataclass
class Cast:
    """The season, who acts, and the places they act for."""

    season: Season
    people: dict[str, Person] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    @classmethod
    def called(cls) -> "Cast":
        people = {p.username: p for p in Person.objects.all()}
        return cls(Season.objects.get(key="demo-city"), people, {p.key: p for p in Place.objects.all()})


@task()
def demo_story() -> None:
    """Tell the story from where it stands; told to its end, nothing happens."""
    cast = Cast.called()
    for name, tell in STORY.items():
        run_step(RUN, name, lambda tell=tell: tell(cast), together=False)  # type: ignore[misc]


def _rules(cast: Cast) -> None:
    with _day(1, 15):
        response_rules_set(
            season=cast.season,
            cards=PRESETS["usual"],
            appeal_days=15,
            reason="Agreed with the five parks. 经五个园区商定。",
            by=cast.people["steward"],
        )


def _bulletins(cast: Cast) -> None:
    """Each month is released on its day, and what follows from it follows."""
    for period, record in sorted(history_of(cast.season).by_period.items()):
        with clock.at(datetime.combine(record.dated, time(18), ZONE)):
            past_release(season_id=cast.season.pk, visibility=Bulletin.Visibility.PUBLIC.value, until=str(period))
            follow_releases()


def _red_cards(cast: Cast, contestant: str) -> list[Card]:
    return list(Card.objects.filter(season=cast.season, contestant=contestant, colour="red").order_by("-period", "pk"))


def _plan(cast: Cast) -> None:
    """Fog Whistle Park answers its red card, and plans backwards from the end of the year."""
    whistle = cast.people["whistle"]
    cards = _red_cards(cast, "whistle")[:3]
    with _day(5, 11):
        for card in cards:
            card_acknowledge(card=card, by=whistle)
    with _day(5, 12):
        plan = plan_open(
            season=cast.season,
            contestant="whistle",
            cards=[(card.key, card.indicator or card.contestant) for card in cards],
            help_offered="Two recruiting fairs and a desk for postdocs. 两场招聘会和博士后服务专窗。",
            help_by=TALENT,
            by=whistle,
        )
        for card in cards[:1]:
            card_answer(card=card, text="A plan is under way, backwards from 31 December. 已制定倒排计划。", by=whistle)
    codes = [t.code for t in content_of(newest_plan(plan).content).tasks]
    for (month, day), shares in {(5, 20): (60, 20), (6, 1): (100, 45, 10)}.items():
        with _day(month, day):
            progress_enter(plan=plan, tasks={c: str(s) for c, s in zip(codes, shares, strict=False)}, by=whistle)


def _paper(name: str) -> list[tuple[Blob, str]]:
    return [(blobs.put(pdf_line(f"Demonstration: {name}"), "application/pdf"), f"{name}.pdf")]


def _deeds(_cast: Cast) -> None:
    demo_deeds()


def _appeal(cast: Cast) -> None:
    """Moon Ferry Park appeals a figure of April; it is upheld, and the bulletin has a second version."""
    people, season = cast.people, cast.season
    version = newest_version(season, "2026-04")
    if version is None:
        raise LookupError("April of the demonstration is not released")
    with _day(5, 13):
        blob, name = _paper("recognition")[0]
        appeal = appeal_make(
            version=version,
            place=cast.places["ferry"],
            subject=Subject(indicator="labs"),
            text="The salt-proof coating centre was recognised on 28 April; the notice came on 12 May. "
            "耐盐涂层中心已于4月28日获认定，文件5月12日送达。",
            value="4",
            files=[Proof(blob, name)],
            by=people["ferry"],
        )
    with _day(5, 14):
        words = "The park showed the notice; the Science Bureau confirms its date. 园区出示认定文件，科技局确认日期。"
        appeal_hear(appeal=appeal, text=words, by=people["verifier2"])
    with _day(5, 15):
        words = "Recognised in April, so it counts in April. 4月认定，应计入4月。"
        appeal_uphold(appeal=appeal, text=words, value="4", by=people["verifier2"])
        draft = draft_render(draft_id=appeal_erratum(appeal=appeal, by=people["steward"]).pk)
    with _day(5, 18):
        bulletin_release(draft=draft, by=people["steward2"])
        follow_releases()


def _large_firms(_cast: Cast) -> None:
    demo_large_firms()


def _projects(_cast: Cast) -> None:
    demo_projects()


def _feeds(cast: Cast) -> None:
    demo_feeds(cast.people)


STORY: Final[dict[str, Callable[[Cast], None]]] = {
    "rules": _rules,
    "bulletins": _bulletins,
    "plan": _plan,
    "deeds": _deeds,
    "appeal": _appeal,
    "large firms": _large_firms,
    "projects": _projects,
    "feeds": _feeds,
}
