"""The demonstration's deeds: tickets between departments, two battles, a note on what worked, a meet. All invented."""

from datetime import date, datetime
from typing import Final

from saima.engine.model.periods import Period
from saima.server.accounts.models import Person
from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.race.models import Season
from saima.server.response.actions.battles import (
    Drawn,
    Told,
    campaign_draw_up,
    campaign_lights_issue,
    campaign_step_add,
    campaign_step_turn,
)
from saima.server.response.actions.exchange import Written, note_mark, note_write
from saima.server.response.actions.meets import (
    Planned,
    marks_save,
    meet_close,
    meet_item_add,
    meet_judge_add,
    meet_minutes,
    meet_plan,
    meet_start,
)
from saima.server.response.actions.tickets import About, Ask, Given, ticket_open, ticket_step, tickets_escalate
from saima.server.response.models import Campaign, Ticket

TALENT: Final = "Talent Office 人才办"
SCIENCE: Final = "Science Bureau 科技局"
# step, due, done on, told on, confirmed on; the last three empty: not done
QUAY: Final = (
    ("移交场地 Site handed over", "2026-02-20", "2026-03-12", "2026-03-12", "2026-03-16"),
    ("订购中试线 Pilot line ordered", "2026-03-25", "2026-03-24", "2026-03-24", "2026-03-27"),
    ("主设备到位 Main equipment in place", "2026-04-30", "", "", ""),
    ("试运行 Trial run", "2026-08-31", "", "", ""),
)
PORT: Final = (
    ("公布岗位 Posts published", "2026-03-15", "2026-03-10", "2026-03-10", "2026-03-11"),
    ("首批入驻 First team moves in", "2026-05-20", "2026-05-18", "2026-05-18", "2026-05-20"),
    ("年度验收 Review of the year", "2026-11-30", "", "", ""),
)
MARKS: Final = {  # judge -> marks by presentation: route, progress, telling
    "Judge Ash 白蜡": (("91", "88", "85"), ("82", "80", "78"), ("76", "81", "84")),
    "Judge Birch 白桦": (("88", "90", "83.5"), ("85", "79", "80"), ("80", "78", "82")),
    "Judge Cedar 雪松": (("93", "86", "90"), ("78", "84", "75"), ("74", "80", "88")),
    "Judge Elm 榆": (("85", "84", "80"), ("88", "86", "84"), ("79", "75", "80")),
    "Judge Fir 冷杉": (("96", "94", "92"), ("70", "72", "68"), ("82", "85", "86")),
}


def _at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02d}:00:00+08:00")


def demo_deeds() -> None:
    """Everything of the room of deeds that a demonstration shows. No figure of the race is touched."""
    season = Season.objects.get(key="demo-city")
    people = {p.username: p for p in Person.objects.all()}
    places = {p.key: p for p in Place.objects.all()}
    _tickets(season, people, places)
    _battles(season, people, places)
    _exchange(season, people, places)
    _meet(season, people, places)


def _step(ticket: Ticket, name: str, by: Person, day: str, given: Given) -> Ticket:
    with clock.at(_at(day)):
        return ticket_step(ticket=ticket, name=name, seen=ticket.row_version, by=by, given=given)


def _tickets(season: Season, people: dict[str, Person], places: dict[str, Place]) -> None:
    """One between two departments that is overdue and was shown to the leader; one of a park, done and rated."""
    with clock.at(_at("2026-05-06")):
        overdue = ticket_open(
            season=season,
            ask=Ask(
                title="博士后名单比对 Match the list of postdocs",
                what="请提供企业研究院在站博士后名单，逐人核对。\nTheir names, one by one.",
                owner=places[SCIENCE],
                due=date(2026, 5, 27),
                asked_by=places[TALENT],
                about=About("indicator", "doctors", "/s/demo-city/i/doctors/"),
            ),
            by=people["talent"],
        )
        rated = ticket_open(
            season=season,
            ask=Ask(
                title="人才公寓指标 Flats for newcomers",
                what="纸鹤园新引进团队需人才公寓12套。\nTwelve flats for the teams that came in spring.",
                owner=places[TALENT],
                due=date(2026, 5, 22),
                asked_by=places["crane"],
                concerns=places["crane"],
            ),
            by=people["crane"],
        )
    _step(overdue, "accept", people["science"], "2026-05-07", Given())
    rated = _step(rated, "accept", people["talent"], "2026-05-08", Given())
    said = "12套已分配，见分配单。 Twelve flats are assigned, see the list."
    rated = _step(rated, "do", people["talent"], "2026-05-20", Given(words=said))
    _step(rated, "close", people["crane"], "2026-05-21", Given(words="很快。 Quick, thank you.", rating=5))
    with clock.at(_at("2026-05-31", 8)):
        tickets_escalate(season=season)


def _battles(season: Season, people: dict[str, Person], places: dict[str, Place]) -> None:
    """One behind, with a red month that turned yellow and two that stayed red; one on course."""
    with clock.at(_at("2026-02-02")):
        quay = campaign_draw_up(
            season=season,
            drawn=Drawn(
                kind="battle",
                title="月渡中试线攻坚战 Moon Ferry pilot line",
                goal="年底前中试线投入使用。\nThe pilot line is in use before the year ends.",
                lead=places[SCIENCE],
                responsible=places["ferry"],
                supervising=None,
                starts=date(2026, 2, 1),
                ends=date(2026, 12, 31),
            ),
            by=people["steward"],
        )
        port = campaign_draw_up(
            season=season,
            drawn=Drawn(
                kind="battle",
                title="云上人才港攻坚战 Cloud talent port",
                goal="引进三支领军团队。\nThree leading teams have moved in.",
                lead=places[TALENT],
                responsible=places["crane"],
                supervising=places[SCIENCE],
                starts=date(2026, 2, 1),
                ends=date(2026, 12, 31),
            ),
            by=people["steward"],
        )
        steps = [
            (campaign_step_add(campaign=c, title=title, due=date.fromisoformat(due), by=people["steward"]), rest)
            for c, rows in ((quay, QUAY), (port, PORT))
            for title, due, *rest in rows
        ]
    tellers: dict[int, tuple[Person, Person]] = {
        quay.pk: (people["ferry"], people["steward2"]),
        port.pk: (people["crane"], people["science"]),
    }
    for step, (day, told, confirmed) in steps:
        if not day:
            continue
        teller, confirmer = tellers[step.campaign_id]
        said = Told("现场照片已附。 As the photo shows.", done_on=date.fromisoformat(day))
        with clock.at(_at(told)):
            there = campaign_step_turn(step=step, name="report", seen=step.row_version, by=teller, told=said)
        with clock.at(_at(confirmed)):
            campaign_step_turn(step=there, name="confirm", seen=there.row_version, by=confirmer)
    _lights(season, quay)


def _lights(season: Season, campaign: Campaign) -> None:
    """Each month is given its light on the first of the next."""
    month = Period.of("month", campaign.starts.year, campaign.starts.month)
    while month <= Period.of("month", 2026, 5):
        after = month.next()
        with clock.at(_at(f"{after}-01", 9)):
            campaign_lights_issue(season=season, period=month, by=None)
        month = after


def _exchange(season: Season, people: dict[str, Person], places: dict[str, Place]) -> None:
    with clock.at(_at("2026-05-29")):
        note = note_write(
            season=season,
            place=places["crane"],
            written=Written(
                title="一个窗口服务人才 One desk for newcomers",
                what="一名专员办理落户、住房、子女入学全部事项。\nOne person settles all of it.",
                advice="专员须能当场答复。 The person must be able to decide on the spot.",
                started=date(2026, 2, 16),
                indicators=("doctors",),
                contestant="crane",
            ),
            by=people["crane"],
        )
    with clock.at(_at("2026-06-01")):
        note_mark(note=note, place=places["whale"], kind="adopted", words="六月起照做。", by=people["whale"])
        note_mark(note=note, place=places[TALENT], kind="thanks", by=people["talent"])


def _meet(season: Season, people: dict[str, Person], places: dict[str, Place]) -> None:
    """A closed meet of three projects; its marks wait to be given to the project race."""
    with clock.at(_at("2026-05-25")):
        meet = meet_plan(
            season=season,
            planned=Planned(
                title="二季度项目比拼会 Second-quarter meet",
                held_on=date(2026, 5, 28),
                period="2026-05",
                criteria=(("技术路线 Route", 40), ("实际进展 Progress", 40), ("现场讲解 Telling", 20)),
                rule="trimmed",
                where="演示市会议中心 Demo City hall",
                chair=people["leader"],
            ),
            by=people["steward"],
        )
        for project, park, title in (
            ("crane-sensor", "crane", "潮灯传感器产线 Tide lamp sensor line"),
            ("whale-motor", "whale", "静音电机工厂 Quiet motor works"),
        ):
            meet_item_add(meet=meet, title=title, unit=places[park], project=project, by=people["steward"])
        meet_item_add(meet=meet, title="九灯园 Nine Lanterns Park", unit=places["lantern"], by=people["steward"])
        judges = [meet_judge_add(meet=meet, name=name, by=people["steward"]).judge for name in MARKS]
    with clock.at(_at("2026-05-28", 14)):
        meet_start(meet=meet, by=people["leader"])
    items, criteria = list(meet.items.order_by("number")), list(meet.criteria.order_by("number"))
    with clock.at(_at("2026-05-28", 15)):
        for judge in judges:
            given = {
                (item.pk, c.pk): mark
                for item, marks in zip(items, MARKS[judge.name], strict=True)
                for c, mark in zip(criteria, marks, strict=True)
            }
            marks_save(judge=judge, marks=given)
    with clock.at(_at("2026-05-28", 16)):
        meet_close(meet=meet, by=people["leader"])
        meet.refresh_from_db()
        said = "会议听取三项展示，评委打分后公布成绩。\nThree presentations were heard, marked and announced."
        meet_minutes(meet=meet, text=said, seen=meet.row_version, by=people["leader"])
