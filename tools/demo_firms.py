"""Invents the firms of demo-city's register, the same ones each time: names, codes and figures that are nobody's.

    python tools/demo_firms.py    write src/saima/examples/demo-city-firms/*.csv again

How many gazelles each park has month by month, and how many high-tech titles came in the first quarter of 2026, are
those of demo-city's readings; everything else is drawn from a fixed seed.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from saima.files.registers import check_sign

FOLDER = Path(__file__).resolve().parent.parent / "src" / "saima" / "examples" / "demo-city-firms"
PARKS = {"crane": 78, "whale": 68, "lantern": 66, "ferry": 52, "whistle": 36}
GAZELLES = {
    "crane": ("2024-11-20", "2024-11-20", "2024-11-20", "2025-07-18", "2026-03-16"),
    "whale": ("2024-11-20", "2024-11-20", "2024-11-20", "2025-07-18"),
    "lantern": ("2024-11-20", "2024-11-20", "2024-11-20", "2025-07-18"),
    "ferry": ("2024-11-20", "2024-11-20", "2025-07-18", "2026-04-14"),
    "whistle": ("2024-11-20", "2025-07-18"),
}
NEW_TITLES = {"crane": 7, "whale": 6, "lantern": 6, "ferry": 4, "whistle": 2}
FIRST = "青云月星霜松竹鹿鹤鲸灯雾雁潮岚露枫荻苔蓝"
SECOND = "桥庭梯舟笛弦屿溪塔铃帆棋茶砚伞镜门井笺羽"
TRADES = {
    "专用设备制造": ("精工", "智装"),
    "汽车零部件": ("车桥", "传动"),
    "软件和信息技术": ("软件", "数据"),
    "生物医药": ("生物", "医械"),
    "新材料": ("新材", "膜科"),
    "电子元器件": ("微电", "光电"),
    "仪器仪表": ("测控", "仪表"),
    "研究和试验发展": ("研试", "工研"),
}
YEARS = range(2021, 2026)
RECORDED = ("2026-01-10", "2026-02-05", "2026-03-05", "2026-04-07", "2026-05-08", "2026-06-01")
MARKS = ("resident_enterprise", "product_allowed", "clean_2y", "not_on_bad_list", "clean_last_year", "no_sharp_drop_3y")


def recorded(since: str) -> str:
    """The first day on which a list of that month was brought in."""
    due = (date.fromisoformat(since) + timedelta(days=5)).isoformat()
    return next((day for day in RECORDED if day >= due), RECORDED[-1])


def firm(draw: Random, number: int, park: str) -> dict[str, str]:
    first = f"919999MA{number:09d}"
    industry = draw.choice(list(TRADES))
    base = draw.choice((300, 600, 900, 2_000, 4_000, 9_000, 30_000)) * draw.uniform(0.8, 1.4)
    pace = draw.gauss(1.1, 0.09)
    found = {
        "uscc": first + check_sign(first),
        "name": f"{FIRST[number % 20]}{SECOND[number // 20 % 20]}{draw.choice(TRADES[industry])}（虚构）有限公司",
        "place": park,
        "industry": industry,
        "founded": date(draw.randint(2004, 2022), draw.randint(1, 12), draw.randint(1, 28)).isoformat(),
    }
    revenue = {y: round(base * pace ** (y - 2021) * draw.uniform(0.93, 1.07)) * 10_000 for y in YEARS}
    staff = max(6, round(revenue[2025] / draw.uniform(600_000, 1_100_000)))
    share = draw.choice((0.018, 0.027, 0.034, 0.042, 0.055, 0.066, 0.08))
    for y in YEARS:
        found[f"revenue@{y}"] = str(revenue[y])
    for y in (2023, 2024, 2025):
        found[f"sales@{y}"] = str(revenue[y])
        found[f"rd_spend@{y}"] = str(round(revenue[y] * share * draw.uniform(0.9, 1.1), -2).__floor__())
    latest = revenue[2025]
    found |= {
        "staff@2021": str(max(5, round(staff * draw.uniform(0.5, 0.95)))),
        "staff@2025": str(staff),
        "tech_staff@2025": str(round(staff * draw.choice((0.06, 0.12, 0.18, 0.27, 0.35)))),
        "total_assets@2025": str(round(latest * draw.uniform(0.7, 1.6), -4).__floor__()),
        "total_debt@2025": str(round(latest * draw.uniform(0.2, 0.9), -4).__floor__()),
        "costs@2025": str(round(latest * draw.uniform(0.75, 0.97), -4).__floor__()),
        "profit@2024": str(round(revenue[2024] * draw.uniform(-0.02, 0.12), -4).__floor__()),
        "profit@2025": str(round(latest * draw.uniform(-0.02, 0.13), -4).__floor__()),
        "main_revenue@2023": str(round(revenue[2023] * 0.93, -4).__floor__()),
        "main_revenue@2025": str(round(latest * draw.uniform(0.85, 0.97), -4).__floor__()),
        "high_tech_income@2025": str(round(latest * draw.uniform(0.4, 0.85), -4).__floor__()),
        "total_income@2025": str(latest),
        "tax_paid@2025": str(round(latest * draw.uniform(0.02, 0.06), -4).__floor__()),
        "ip_class_1@2025": str(draw.choice((0, 0, 0, 1, 1, 2, 5))),
        "ip_class_2@2025": str(draw.choice((0, 1, 2, 3, 4, 6, 9))),
        "core_ip@2025": str(int(draw.random() < 0.7)),
        "field_supported@2025": str(int(draw.random() < 0.8)),
    }
    found |= {f"{mark}@2025": "1" for mark in MARKS}
    found["size_class"] = (
        "large" if staff >= 1_000 else "medium" if staff >= 300 else "small" if staff >= 20 else "micro"
    )
    if latest >= 20_000_000:
        for month in (2, 3, 4):
            part = month / 12
            found[f"output@2025-{month:02}"] = str(
                round(latest / pace * part * draw.uniform(0.9, 1.05), -4).__floor__()
            )
            found[f"output@2026-{month:02}"] = str(round(latest * part * draw.uniform(0.92, 1.1), -4).__floor__())
    if draw.random() < 0.08:  # some have not told everything
        for key in draw.sample(["rd_spend@2025", "tech_staff@2025", "ip_class_1@2025", "staff@2025"], 2):
            found.pop(key)
    return found


def statuses(draw: Random, firms: Sequence[dict[str, str]]) -> Iterable[tuple[str, str, str, str, str, str]]:
    """code, status, since, until, batch, day on which it was recorded."""
    for park in PARKS:
        own = [f for f in firms if f["place"] == park]
        by_growth = sorted(own, key=lambda f: -int(f["revenue@2025"]) / int(f["revenue@2021"]))
        for f, since in zip(by_growth, GAZELLES[park], strict=False):
            yield f["uscc"], "gazelle", since, "", "", recorded(since)
        titled = draw.sample(own, len(own) // 3)
        for n, f in enumerate(titled):
            since = f"2026-0{1 + n % 3}-{12 + n:02}" if n < NEW_TITLES[park] else f"{2023 + n % 3}-12-08"
            until = f"{int(since[:4]) + 3}{since[4:]}"
            yield f["uscc"], "high-tech-enterprise", since, until, "", recorded(since)
        for f in draw.sample(own, len(own) // 2):
            yield f["uscc"], "tech-sme", f"2025-0{draw.randint(3, 9)}-15", "2026-01-01", "2025", RECORDED[0]
        for f in draw.sample(own, len(own) * 2 // 5):
            month = draw.randint(1, 5)
            since = f"2026-0{month}-18"
            yield f["uscc"], "tech-sme", since, "2027-01-01", f"2026-{month}", recorded(since)
        for f in draw.sample(own, len(own) // 4):
            yield f["uscc"], "innovative-sme", f"{draw.choice((2024, 2025))}-08-30", "", "", RECORDED[0]
        for f in titled[: len(titled) // 3]:
            yield f["uscc"], "specialised-sme", f"{draw.choice((2023, 2024, 2025))}-10-21", "", "", RECORDED[0]
        yield titled[0]["uscc"], "little-giant", "2025-09-12", "", "", RECORDED[0]
        for f in own:
            if "output@2026-04" in f:
                yield f["uscc"], "above-scale-industry", "2025-01-01", "", "", RECORDED[0]
        lost = titled[-1]["uscc"]
        since = f"{2023 + (len(titled) - 1) % 3}-12-08"
        yield lost, "high-tech-enterprise", since, "2026-04-20", "", "2026-05-08"


def events(draw: Random, firms: Sequence[dict[str, str]]) -> Iterable[tuple[str, str, str, str, str]]:
    """code, what (place or name), its value, since, day on which it was recorded."""
    parks = list(PARKS)
    for n, f in enumerate(draw.sample(firms, 6)):
        to = parks[(parks.index(f["place"]) + 1 + n % 3) % len(parks)]
        yield f["uscc"], "place", to, f"2026-0{2 + n % 3}-01", ("2026-03-05", "2026-04-07", "2026-05-08")[n % 3]
    for n, f in enumerate(draw.sample(firms, 4)):
        yield f["uscc"], "name", f["name"].replace("（虚构）", "集团（虚构）"), f"2026-0{1 + n}-10", RECORDED[n + 1]


def write(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)


def main() -> None:
    draw = Random(20260602)  # noqa: S311 - invented figures
    firms, number = [], 0
    for park, count in PARKS.items():
        for _ in range(count):
            firms.append(firm(draw, number, park))
            number += 1
    columns = list(dict.fromkeys(key for f in firms for key in f))
    write("firms.csv", columns, ([f.get(c, "") for c in columns] for f in firms))
    write("statuses.csv", ("uscc", "status", "since", "until", "batch", "recorded"), statuses(draw, firms))
    write("events.csv", ("uscc", "what", "value", "since", "recorded"), events(draw, firms))


if __name__ == "__main__":
    main()
