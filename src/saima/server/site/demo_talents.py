"""The demonstration's talents: people who do not exist, and two programmes of the report by name only."""

from datetime import date, datetime
from typing import Final

from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.registers.actions.talents import Campaign, programme_keep, talent_add, talent_event
from saima.server.site.demo_items import INVENTED

OFFICE: Final = "Talent Office 人才办"
# What the two of the report stand for is not known to anybody here: names, and nothing else.
_QUOTED: Final = "Wenzhou government site, 16 June 2021: a name, no contents 仅有名称"
# programme, name, arrived, employer, place, class, left
PEOPLE: Final = (
    (
        "kite",
        "Fictional Fern 虚构之蕨",
        "2024-09-02",
        "Paper Wing Sensing Institute 纸翼传感研究院",
        "crane",
        "lead 领军",
        "",
    ),
    ("kite", "Fictional Moss 虚构之苔", "2025-03-17", "Nine Lanterns Optics 九灯光学", "crane", "core 骨干", ""),
    ("kite", "Fictional Reed 虚构之苇", "2025-02-10", "Whistle Motors 雾笛电机", "whistle", "core 骨干", "2025-11-30"),
    ("kite", "Fictional Ivy 虚构之藤", "2026-01-12", "Moon Ferry Cells 月渡电芯", "ferry", "lead 领军", ""),
    ("kite", "Fictional Iris 虚构之鸢", "2026-04-20", "Kite String Software 风筝线软件", "crane", "core 骨干", ""),
    ("seed", "Fictional Clover 虚构之苜", "2025-07-01", "Glass Whale Services 玻璃鲸服务", "whale", "young 青年", ""),
    ("seed", "Fictional Thyme 虚构之芷", "2026-03-02", "Seaweed Film Works 海藻薄膜工坊", "whale", "young 青年", ""),
)


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T11:00:00+08:00")


def demo_talents() -> None:
    office = Place.objects.filter(key=OFFICE).first()
    kite = Campaign(
        "Kite Plan 风筝计划",
        "Leaders and core people of teams 团队带头人与骨干",
        INVENTED,
        office,
        date(2024, 1, 1),
        goal=10,
    )
    seed = Campaign(
        "Seed Plan 种子计划", "Young people in their first post 青年初次就业", INVENTED, office, date(2025, 1, 1)
    )
    with clock.at(_at("2024-01-08")):
        made = {k: programme_keep(key=k, campaign=c, by=None) for k, c in (("kite", kite), ("seed", seed))}
        for name in ("510", "1121"):
            programme_keep(key=name, campaign=Campaign(name, source=_QUOTED), by=None)
    for number, (programme, name, arrived, employer, place, level, left) in enumerate(PEOPLE, 1):
        with clock.at(_at(arrived)):
            talent = talent_add(
                programme=made[programme],
                arrived=date.fromisoformat(arrived),
                personal={"name": name, "id_number": f"DEMO-ID-{number:06d}", "contact": f"demo-{number}@example.org"},
                employer=employer,
                place=place,
                level=level,
                by=None,
            )
        if left:
            with clock.at(_at(left)):
                talent_event(talent=talent, what="left", on=date.fromisoformat(left), by=None)
