"""The demonstration's items: platforms, parks, projects, honours of a city that does not exist. All invented."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.registers.actions.items import (
    Entry,
    Step,
    item_add,
    item_change,
    item_figures,
    item_line,
    item_move,
)

INVENTED: Final = "Invented for the demonstration 为演示虚构"
_PAPER: Final = "Demo paper 示例文件 {n}"


@dataclass(frozen=True, slots=True)
class Made:
    """An item: kind, name and place; its other fields; the stages it went through; figures, planned and done."""

    kind: str
    name: str
    place: str
    values: Mapping[str, str]
    stages: Sequence[tuple[str, str]]  # stage, since
    figures: Sequence[tuple[str, str, str, str]] = ()  # figure, period, plan, done
    lines: Sequence[tuple[str, Mapping[str, str]]] = ()
    later: Sequence[tuple[str, Mapping[str, str]]] = field(default_factory=tuple)  # from a day on


PLATFORMS: Final = (
    Made(
        "platform",
        "Paper Wing Sensing Institute 纸翼传感研究院",
        "crane",
        {"type": "institute", "operator": "Paper Wing Operations 纸翼运营", "field": "sensing 智能传感"},
        (("building", "2024-03-01"), ("running", "2025-02-20")),
        (("investment", "2025", "3600", "3480"), ("investment", "2026", "2400", "910"), ("staff", "2025", "", "64")),
        (
            ("partners", {"who": "Cloud Ink University 云墨大学", "part": "university", "since": "2024-03-01"}),
            ("partners", {"who": "919999MA000000017F", "part": "builds", "since": "2024-06-15"}),
            (
                "evaluations",
                {"year": "2024", "points": "84.5", "rule": "bands-85-60", "source": "Demo notice 示例公告"},
            ),
            ("evaluations", {"year": "2025", "points": "85", "rule": "bands-85-60", "source": "Demo notice 示例公告"}),
        ),
        (("2025-06-30", {"level": "city"}), ("2026-03-20", {"level": "provincial"})),
    ),
    Made(
        "platform",
        "Glass Whale Incubator 玻璃鲸孵化器",
        "whale",
        {"type": "incubator", "level": "city", "operator": "Glass Whale Services 玻璃鲸服务"},
        (("running", "2023-09-10"),),
        (("investment", "2026", "600", "340"),),
        (
            ("evaluations", {"year": "2025", "grade": "good", "source": "Demo notice 示例公告"}),
            (
                "problems",
                {"what": "A quarter of the floor stands empty 四分之一场地空置", "owner": "whale", "due": "2026-05-15"},
            ),
        ),
    ),
    Made(
        "platform",
        "Moon Ferry Testing Complex 月渡检测服务综合体",
        "ferry",
        {"type": "service-complex", "operator": "Moon Ferry Testing 月渡检测"},
        (("planned", "2025-11-05"), ("building", "2026-02-18")),
        (("investment", "2026", "5200", "1260"),),
        (("partners", {"who": "Long Corridor Bureau of Weights 长廊计量所", "part": "supports"}),),
    ),
    Made(
        "platform",
        "Fog Whistle Laboratory of Quiet Motors 雾笛静音电机实验室",
        "whistle",
        {"type": "laboratory", "operator": "Whistle Motors 雾笛电机"},
        (("planned", "2026-01-12"),),
        (("investment", "2026", "1800", ""),),
    ),
)
PARKS: Final = (
    Made(
        "park",
        "Folded Paper Science Park 折纸科技园",
        "crane",
        {"level": "provincial", "land": "412", "operator": "Paper Wing Operations 纸翼运营"},
        (("building", "2023-05-10"), ("open", "2025-09-28")),
        (
            *(
                ("investment", p, plan, done)
                for p, plan, done in (
                    ("2025Q3", "5000", "5200"),
                    ("2025Q4", "5200", "4900"),
                    ("2026Q1", "4000", "4150"),
                    ("2026Q2", "4600", "1900"),
                    ("2026Q3", "4600", ""),
                    ("2026Q4", "3800", ""),
                )
            ),
            ("floor", "2025Q3", "58000", "58000"),
            ("floor", "2026Q4", "64000", ""),
        ),
        (
            ("phases", {"what": "Phase one 一期", "start": "2023-05-10", "due": "2025-09-30", "done": "2025-09-28"}),
            ("phases", {"what": "Phase two 二期", "start": "2025-11-01", "due": "2027-03-31"}),
            ("buildings", {"what": "A", "use": "Sensing laboratories 传感实验楼", "floor": "21000", "phase": "1"}),
            ("buildings", {"what": "B", "use": "Talent harbour 人才港", "floor": "18500", "phase": "1"}),
            ("buildings", {"what": "C", "use": "Service and display 展示服务", "floor": "18500", "phase": "1"}),
            ("tenants", {"who": "Paper Wing Sensing Institute 纸翼传感研究院", "building": "A", "since": "2025-10-08"}),
            ("tenants", {"who": "919999MA000000017F", "building": "A", "since": "2025-11-20"}),
            ("tenants", {"who": "Kite String Software 风筝线软件", "building": "B", "since": "2026-01-15"}),
            (
                "problems",
                {
                    "what": "Power for building C 楼宇C供电容量不足",
                    "owner": "Science Bureau 科技局",
                    "due": "2026-06-20",
                },
            ),
        ),
    ),
    Made(
        "park",
        "Lighthouse Yard 灯塔园",
        "lantern",
        {"level": "city", "land": "186"},
        (("planned", "2025-12-01"),),
        (("investment", "2026Q3", "2200", ""), ("investment", "2026Q4", "3000", "")),
        (("phases", {"what": "Phase one 一期", "start": "2026-08-01", "due": "2028-06-30"}),),
    ),
)
PROJECTS: Final = (
    Made(
        "major-project",
        "Smart Sensor Line 智能传感生产线",
        "crane",
        {"level": "provincial", "class": "industry", "builder": "Paper Wing Sensors 纸翼传感", "total": "42000"},
        (("approved", "2025-04-15"), ("started", "2025-08-20"), ("topped", "2026-04-30")),
        (
            ("investment", "2025Q3", "4000", "4300"),
            ("investment", "2025Q4", "6000", "6100"),
            ("investment", "2026Q1", "7000", "7200"),
            ("investment", "2026Q2", "8000", "5100"),
            ("investment", "2026Q3", "9000", ""),
            ("investment", "2026Q4", "8000", ""),
        ),
        (
            (
                "milestones",
                {"what": "Ground level 出正负零", "due": "2025-08-31", "done": "2025-08-20", "proof": "Photo 照片 7"},
            ),
            (
                "milestones",
                {"what": "Topped out 结顶", "due": "2026-04-30", "done": "2026-04-30", "proof": "Photo 照片 31"},
            ),
            ("milestones", {"what": "First machine 首台设备进场", "due": "2026-05-25"}),
            ("milestones", {"what": "Trial run 试生产", "due": "2026-10-31"}),
            (
                "problems",
                {
                    "what": "Customs holds two machines 两台设备滞留海关",
                    "owner": "Science Bureau 科技局",
                    "due": "2026-05-30",
                },
            ),
        ),
    ),
    Made(
        "major-project",
        "Tidal Battery Works 潮汐电池厂",
        "ferry",
        {"level": "city", "class": "industry", "builder": "Moon Ferry Cells 月渡电芯", "total": "31000"},
        (("reserve", "2025-06-01"), ("approved", "2026-03-02")),
        (
            ("investment", "2026Q2", "1500", "200"),
            ("investment", "2026Q3", "4000", ""),
            ("investment", "2026Q4", "5500", ""),
        ),
        (
            ("milestones", {"what": "Land handed over 交地", "due": "2026-04-15"}),
            ("milestones", {"what": "Ground level 出正负零", "due": "2026-09-30"}),
        ),
    ),
    Made(
        "major-project",
        "Harbour of Quiet Machines 静音装备港",
        "whistle",
        {"level": "provincial", "class": "platform", "builder": "Whistle Motors 雾笛电机", "total": "18000"},
        (("approved", "2024-02-10"), ("started", "2024-06-30"), ("operating", "2026-01-20")),
        (
            ("investment", "2025Q4", "3000", "3100"),
            ("investment", "2026Q1", "2500", "2700"),
            ("investment", "2026Q2", "2000", "1400"),
        ),
        (("milestones", {"what": "Full production 达产", "due": "2026-12-31"}),),
    ),
)
OTHERS: Final = (
    Made(
        "introduced",
        "Seaweed film 海藻薄膜",
        "whale",
        {
            "type": "achievement",
            "event": "Demo Founders Day 2025 示例创业日",
            "event-day": "2025-10-18",
            "origin": "abroad 海外",
        },
        (("met", "2025-10-18"), ("signed", "2025-11-30"), ("landed", "2026-02-25")),
        (("investment", "2026", "800", "260"),),
        later=(("2026-02-25", {"firm": "Seaweed Film Works 海藻薄膜工坊"}),),
    ),
    Made(
        "introduced",
        "Mooncake robot 月饼机器人",
        "ferry",
        {
            "type": "project",
            "event": "Demo Founders Day 2025 示例创业日",
            "event-day": "2025-10-18",
            "origin": "home 国内",
        },
        (("met", "2025-10-18"), ("signed", "2026-01-09"), ("landed", "2026-03-14"), ("incubated", "2026-05-06")),
        (("investment", "2026", "450", "300"),),
    ),
    Made(
        "introduced",
        "Listening bridge 听桥监测",
        "lantern",
        {"type": "project", "event": "Demo Contest 2026 示例大赛", "event-day": "2026-04-22", "origin": "home 国内"},
        (("met", "2026-04-22"), ("signed", "2026-05-20")),
    ),
    Made(
        "honour",
        "Leading firm of the province that does not exist 虚构省领军企业",
        "crane",
        {"holder": "Paper Wing Sensors 纸翼传感", "granted-by": "Demo Province 示例省", "level": "provincial"},
        (("granted", "2026-03-10"),),
    ),
    Made(
        "standing",
        "Third of eight in technology contracts 技术合同额第三",
        "",
        {"rank": "3", "among": "8 demo cities 示例城市", "period": "2025", "granted-by": "Demo Province 示例省"},
        (("published", "2026-02-28"),),
    ),
)


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00")


def demo_items() -> None:
    """Kept as they came to be: each stage on its day, figures after the period they belong to."""
    places = set(Place.objects.values_list("key", flat=True))
    for one in (*PLATFORMS, *PARKS, *PROJECTS, *OTHERS):
        _make(one, one.place if one.place in places else "")


def _make(one: Made, place: str) -> None:
    (first, since), *more = one.stages
    proof = dict.fromkeys(("approval", "recognition", "permit", "document", "agreement"), _PAPER.format(n=1))
    proof |= dict.fromkeys(("acceptance", "ground-level", "registered"), _PAPER.format(n=2)) | {"library": "DEMO-0001"}
    values = {"name": one.name, "place": place, "source": INVENTED, **one.values}
    with clock.at(_at(since)):
        item = item_add(
            kind=one.kind, code="", values=values, step=Step(first, date.fromisoformat(since), proof), by=None
        )
    for stage, day in more:
        with clock.at(_at(day)):
            item_move(item=item, step=Step(stage, date.fromisoformat(day), proof), by=None)
    for day, changed in one.later:
        with clock.at(_at(day)):
            item_change(item=item, values=changed, since=date.fromisoformat(day), reason=INVENTED, by=None)
    with clock.at(_at(one.stages[-1][1]) + timedelta(days=1)):
        for listing, columns in one.lines:
            item_line(item=item, listing=listing, values=columns, by=None, reason=INVENTED)
        plans = [Entry(f, p, "plan", v) for f, p, v, _ in one.figures if v]
        item_figures(item=item, entries=plans, by=None, reason=INVENTED)
    done = [Entry(f, p, "done", v) for f, p, _, v in one.figures if v]
    with clock.at(datetime.fromisoformat("2026-05-28T10:00:00+08:00")):
        item_figures(item=item, entries=done, by=None, reason=INVENTED)
