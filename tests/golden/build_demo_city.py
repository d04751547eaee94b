"""Builds the example season demo-city, all of it invented: ``python tests/golden/build_demo_city.py``.

The seed is fixed and the months January to April are evaluated and recorded by the engine itself, each with what was
known at its own cut. The clock of the demo stands at 2 June 2026.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from demo_spec import (
    APPROVAL_TO_TRIAL,
    CURVES,
    GROUPS,
    INDICATORS,
    PARKS,
    SCORES,
    STAGES,
    WORKS,
    Measured,
    Park,
)
from folder import EXAMPLES, table, write

from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.evaluate import evaluate
from saima.engine.race.record import published_of
from saima.files import load_season
from saima.files.published import published_csv, published_name

SEED = 20260602
CHINA = timezone(timedelta(hours=8))
CUTS = {m: datetime(2026, m + 1, 7, 18, tzinfo=CHINA) for m in range(1, 5)}
DATED = {m: date(2026, m + 1, 8) for m in range(1, 5)}
NOTICE = (
    "Demo City and its five parks do not exist. All names and figures are invented. The clock stands at 2 June 2026.",
    "示例市及其五个园区均为虚构，名称和数字全部为编造。演示时钟停在2026年6月2日。",
)
INVENTED = ("Invented for the demonstration", "为演示而编造")

SEASON = f"""\
# A fictional city with five fictional parks: the whole story of a season in one folder.
# Built by tests/golden/build_demo_city.py. Nothing here stands for a real body.
saima = "season/1"
code = "demo-city"
title = {{ en = "Demo City 2026 (fictional)", zh = "示例市2026赛季（虚构）" }}
frequency = "month"
window = ["2026-01", "2026-12"]
time_zone = "Asia/Shanghai"
missing = "floor"
floor_score = 0
minimum_share = 0.5
weights = "percent"
overall = "composite"
counts = "verified"
rank_classes = "together"
decimals = 2
tie_breakers = ["race:indicators", "medals"]
light_from = 1.0
base_period = "2025-12"
illustrative = true
publishers = ["Steward One", "Steward Two"]
solo = false

[notice]
en = "{NOTICE[0]}"
zh = "{NOTICE[1]}"

[source]
en = "{INVENTED[0]}"
zh = "{INVENTED[1]}"

[masthead]
organisation = {{ en = "Innovation Office of Demo City (fictional)", zh = "示例市创新办公室（虚构）" }}
bulletin_title = {{ en = "Bulletin of the horse race", zh = "赛马通报" }}
document_number = "示创赛〔{{year}}〕{{number}}号"
addressees = {{ en = "The five parks and the offices concerned", zh = "各园区、市级有关单位" }}
copies = {{ en = "City leadership", zh = "市领导" }}
signatory = {{ en = "Innovation Office of Demo City (fictional)", zh = "示例市创新办公室（虚构）" }}
contact = {{ en = "Steward's desk, extension 000", zh = "赛马工作专班，分机000" }}

[[classes]]
code = "core"
title = {{ en = "Core parks", zh = "核心园区" }}
order = 1

[[classes]]
code = "growing"
title = {{ en = "Growing parks", zh = "成长园区" }}
order = 2

[node]
aggregate = "arithmetic"

[[races]]
code = "indicators"
title = {{ en = "Indicator race", zh = "赛指标" }}
race = "indicators"
weight = 65
order = 1

[[races]]
code = "projects"
title = {{ en = "Project race", zh = "赛项目" }}
race = "projects"
weight = 25
order = 2

[[races]]
code = "weak-spots"
title = {{ en = "Weak-spot race", zh = "补短板" }}
race = "weak_spots"
weight = 10
order = 3

@GROUPS@
{SCORES}
[[tiers]]
code = "excellent"
title = {{ en = "Excellent", zh = "优秀" }}
at_least = 90

[[tiers]]
code = "good"
title = {{ en = "Good", zh = "良好" }}
at_least = 80

[[tiers]]
code = "fair"
title = {{ en = "Fair", zh = "一般" }}
at_least = 65

[[tiers]]
code = "behind"
title = {{ en = "Behind", zh = "较差" }}
at_least = 0

[[constraints]]
code = "rd-intensity"
title = {{ en = "R&D intensity far below target", zh = "研发投入强度明显未达标" }}
action = "demote"
when = "completion_below"
indicators = ["rd_intensity"]
threshold = 0.7

[[constraints]]
code = "last-two"
title = {{ en = "Last place in two months running", zh = "连续两个月末位" }}
action = "summon"
when = "bottom"
threshold = 1
consecutive = 2

[progress]
against = "last_year"

[uncertainty]
draws = 4000
weight_spread = 0.25
unverified_factor = 2.0
resolved_at = 0.95

[[uncertainty.alternatives]]
choice = "aggregation"
code = "geometric"
title = {{ en = "Geometric mean of the groups", zh = "各组几何平均" }}
node = "indicators"
aggregate = "geometric"

[[uncertainty.alternatives]]
choice = "short-board"
code = "mean"
title = {{ en = "R&D group by its mean, not its shortest board", zh = "研发组取均值而非短板" }}
node = "rd"
aggregate = "arithmetic"

[integrity]
outlier_score = 5.0
bunching_share = 1.0
@STAGES@"""

# Where a park departs from its usual strength: share of what is due that it has reached.
ALONG: dict[tuple[str, str], tuple[float, float, float, float, float]] = {
    ("crane", "smes"): (0.70, 0.88, 1.03, 1.06, 1.07),
    ("crane", "rd_spend"): (1.0, 1.02, 1.04, 1.06, 1.06),
    ("whale", "doctors"): (1.08, 1.06, 1.05, 1.06, 1.05),
    ("whale", "fund"): (0.94, 0.93, 0.92, 0.94, 0.95),
    ("lantern", "fund"): (1.04, 1.05, 1.04, 1.05, 1.06),
    ("lantern", "doctors"): (0.97, 0.95, 0.96, 0.95, 0.97),
    ("ferry", "patents"): (1.15, 1.18, 1.2, 1.22, 1.2),
    ("ferry", "teams"): (0.9, 1.0, 1.05, 1.08, 1.05),
    ("whistle", "teams"): (1.0, 0.5, 0.67, 0.75, 0.8),
    ("whistle", "smes"): (0.75, 0.8, 0.82, 0.84, 0.9),
    ("whistle", "energy"): (0.95, 0.95, 0.94, 0.95, 0.95),
    ("whistle", "fund"): (0.9, 0.92, 0.95, 0.7, 0.85),
}
# Figures written out because the story needs them so, January to May.
EXACT: dict[tuple[str, str], tuple[str, str, str, str, str]] = {
    ("crane", "gazelles"): ("4", "4", "5", "5", "5"),
    ("whale", "gazelles"): ("4", "4", "4", "4", "4"),
    ("lantern", "gazelles"): ("4", "4", "4", "4", "4"),
    ("ferry", "gazelles"): ("3", "3", "3", "4", "4"),
    ("whistle", "gazelles"): ("2", "2", "2", "2", "2"),
    ("crane", "labs"): ("1", "2", "3", "4", "5"),
    ("whale", "labs"): ("1", "2", "3", "4", "5"),
    ("lantern", "labs"): ("1", "2", "3", "4", "5"),
    ("ferry", "labs"): ("1", "2", "3", "3", "5"),
    ("whistle", "labs"): ("0", "1", "1", "1", "2"),
    ("crane", "high_tech"): ("", "", "7", "7", "7"),
    ("whale", "high_tech"): ("", "", "6", "6", "6"),
    ("lantern", "high_tech"): ("", "", "6", "6", "6"),
    ("ferry", "high_tech"): ("", "", "4", "4", "4"),
    ("whistle", "high_tech"): ("", "", "2", "2", "2"),
    ("crane", "shared"): ("", "", "62.4", "", ""),
    ("whale", "shared"): ("", "", "63.5", "", ""),
    ("lantern", "shared"): ("", "", "62.8", "", ""),
    ("ferry", "shared"): ("", "", "58.6", "", ""),
    ("whistle", "shared"): ("", "", "50.2", "", ""),
    ("crane", "rd_intensity"): ("", "3.62", "3.66", "3.71", "3.7"),
    ("whale", "rd_intensity"): ("", "3.58", "3.61", "3.6", "3.62"),
    ("lantern", "rd_intensity"): ("", "3.55", "3.57", "3.6", "3.61"),
    ("ferry", "rd_intensity"): ("", "2.32", "2.34", "2.35", "2.38"),
    ("whistle", "rd_intensity"): ("", "3.02", "3.05", "3.08", "3.1"),
    ("crane", "added_value"): ("", "11.6", "12.1", "12.4", "12.2"),
    ("whale", "added_value"): ("", "10.9", "11.2", "11", "11.3"),
    ("lantern", "added_value"): ("", "10.5", "108", "11.1", "11.2"),
    ("ferry", "added_value"): ("", "9.1", "9.4", "9.8", "9.6"),
    ("whistle", "added_value"): ("", "6.2", "6.8", "7.1", "7.4"),
    ("crane", "pilot"): ("", "", "", "1", "1"),
    ("whale", "pilot"): ("", "", "", "1", "1"),
    ("lantern", "pilot"): ("", "", "", "1", "1"),
    ("ferry", "pilot"): ("", "", "", "0", "1"),
    ("crane", "tickets"): ("1", "2", "2", "3", "4"),
    ("whale", "tickets"): ("0", "1", "2", "3", "4"),
    ("lantern", "tickets"): ("1", "1", "3", "3", "4"),
    ("ferry", "tickets"): ("1", "2", "3", "4", "5"),
    ("whistle", "tickets"): ("2", "4", "7", "11", "13"),
}
# Office by office and park by park, what May looks like on 2 June: what is not named here is verified.
MAY: dict[tuple[str, str], str] = {
    **{(park.code, code): "" for park in PARKS for code in ("rd_spend", "rd_intensity")},
    **{("whale", code): "reported" for code in ("teams", "doctors", "graduates", "smes", "labs", "patents", "tickets")},
    **{("lantern", code): "" for code in ("teams", "doctors", "graduates", "smes", "gazelles", "labs", "patents")},
    ("lantern", "fund"): "reported",
    ("ferry", "teams"): "rejected",
    ("ferry", "graduates"): "reported",
    ("ferry", "patents"): "reported",
    ("whistle", "teams"): "reported",
    ("whistle", "doctors"): "",
    ("whistle", "graduates"): "not_applicable",
    ("whistle", "smes"): "rejected",
    ("whistle", "labs"): "reported",
}
NOTES = {
    ("ferry", "teams", 5): "Two contracts are not signed yet; please attach them.",
    ("whistle", "smes", 5): "The list contains twelve firms of another park.",
    ("whistle", "graduates", 5): "The park's graduate desk is closed for rebuilding in May.",
    ("whistle", "doctors", 4): "Sent after the deadline.",
    ("whistle", "fund", 4): "One investment was cancelled and booked back.",
}
# How a year's work falls on its months, turned by a different number of months for every cell.
UNEVEN = (0.5, 1.5, 1.0, 0.4, 1.6, 1.2, 0.6, 1.4, 0.8, 1.3, 0.7, 1.0)
SWINGS = {"added_value": 0.24, "rd_intensity": 0.1, "energy": 0.1, "shared": 0.06}
OWNED_BY_OFFICES = {"rd_spend", "rd_intensity", "added_value", "scale_firms", "energy", "loans", "tickets"}


def due(indicator: Measured, month: int) -> float:
    if indicator.curve:
        return max((share for m, share in CURVES[indicator.curve][2] if m <= month), default=0.0)
    return month / 12


def target(indicator: Measured, park: Park) -> float | None:
    if isinstance(indicator.targets, tuple):
        return indicator.targets[PARKS.index(park)]
    return indicator.targets


def shown(value: float, indicator: Measured) -> str:
    text = f"{value:.{indicator.decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def this_year(indicator: Measured, park: Park, dice: random.Random) -> Iterator[tuple[int, str]]:
    """January to May 2026; figures of the kind that only grows never fall unless the story says so."""
    last = indicator.last_year[PARKS.index(park)]
    highest = 0.0
    for month in range(1, 6):
        wobble = 1 + 0.02 * (dice.random() - 0.5)
        if (park.code, indicator.code) in EXACT:
            text = EXACT[park.code, indicator.code][month - 1]
            if text:
                yield month, text
            continue
        if indicator.months and str(month) not in indicator.months.split(";"):
            continue
        along = ALONG.get((park.code, indicator.code), (park.strength,) * 5)[month - 1] * wobble
        goal = target(indicator, park)
        if indicator.measure == "completion":
            value = 100 * due(indicator, month) * along
        elif indicator.based and goal is not None:
            value = last + (goal - last) * due(indicator, month) * along
        elif indicator.better == "lower":
            value = last * (2 - along)
        else:
            value = (goal or last) * due(indicator, month) * along
        if indicator.measure == "cumulative" and (park.code, indicator.code) not in ALONG:
            value = highest = max(value, highest)
        yield month, shown(value, indicator)


def past(indicator: Measured, park: Park, dice: random.Random) -> Iterator[tuple[int, str]]:
    """The twelve months of 2025."""
    last = indicator.last_year[PARKS.index(park)]
    turn = int(12 * dice.random())
    done = 0.0
    for month in range(1, 13):
        swing = 1 + SWINGS.get(indicator.code, 0) * (dice.random() - 0.5) * (month < 12)
        if indicator.months and str(month) not in indicator.months.split(";"):
            continue
        if indicator.curve and indicator.measure in {"cumulative", "count"}:
            yield (
                month,
                shown(last * due(indicator, month) * (1 + 0.06 * (dice.random() - 0.5) * (month < 12)), indicator),
            )
        elif indicator.measure in {"cumulative", "count", "completion"}:
            step = UNEVEN[(month + turn) % 12]
            done += step if indicator.measure == "count" else 0.6 + 0.4 * step
            yield month, shown(last * done / 12, indicator)
        elif indicator.code == "gazelles":
            yield month, shown(last - (month <= 6), indicator)
        elif indicator.based:
            yield month, shown(last * (0.93 + 0.07 * month / 12), indicator)
        elif indicator.code != "pilot":
            yield month, shown(last * swing, indicator)


def readings(dice: random.Random) -> list[dict[str, object]]:
    rows = []
    for indicator in INDICATORS:
        for park in PARKS:
            key = (park.code, indicator.code)
            origin = "owner" if indicator.code in OWNED_BY_OFFICES else "reported"
            base = {"contestant": park.code, "indicator": indicator.code, "origin": origin}
            for month, text in past(indicator, park, dice):
                when = datetime(2026, 1, 10, 10, tzinfo=CHINA)
                rows.append({**base, "period": f"2025-{month:02d}", "value": text, "recorded_at": when.isoformat()})
            if indicator.applies_to and indicator.applies_to not in park.tags.split(";"):
                continue
            for month, text in this_year(indicator, park, dice):
                state = MAY.get(key, "verified") if month == 5 else "verified"
                if not state:
                    continue
                evidence = ""
                if indicator.evidence == "always" or (indicator.evidence == "if_positive" and float(text) > 0):
                    evidence = f"{park.code}-{indicator.code}-2026-{month:02d}.pdf"
                    evidence = "" if state == "rejected" else evidence
                row = {
                    **base,
                    "period": f"2026-{month:02d}",
                    "value": "" if state == "not_applicable" else text,
                    "state": state,
                    "recorded_at": recorded(park, indicator, month, dice).isoformat(),
                    "note": NOTES.get((*key, month), ""),
                    "evidence": evidence,
                }
                rows += revised(row, park.code, indicator.code, month)
    return rows


def recorded(park: Park, indicator: Measured, month: int, dice: random.Random) -> datetime:
    hour, minute = 9 + int(8 * dice.random()), int(60 * dice.random())
    if (park.code, indicator.code, month) == ("whistle", "doctors", 4):
        return datetime(2026, 5, 12, hour, minute, tzinfo=CHINA)
    day = 2 if month == 5 else 2 + int(4 * dice.random())
    return datetime(2026, month + 1, day, hour, minute, tzinfo=CHINA)


def revised(row: dict[str, object], park: str, indicator: str, month: int) -> list[dict[str, object]]:
    """The cells that were looked at twice: lowered on the evidence, or revised after the bulletin was out."""
    if (park, indicator, month) == ("lantern", "patents", 3):
        first = {**row, "value": "139", "state": "reported", "revision": 1, "note": "", "evidence": ""}
        again = {
            **row,
            "revision": 2,
            "recorded_at": datetime(2026, 4, 6, 16, 20, tzinfo=CHINA).isoformat(),
            "note": "Lowered on the evidence: applications had been counted as grants.",
        }
        return [first, again]
    if (park, indicator, month) == ("whale", "patents", 4):
        again = {
            **row,
            "value": str(int(str(row["value"])) - 6),
            "revision": 2,
            "recorded_at": datetime(2026, 5, 20, 10, 5, tzinfo=CHINA).isoformat(),
            "note": "Six grants belong to May; found after the April bulletin.",
        }
        return [{**row, "revision": 1}, again]
    return [row]


def season_toml() -> str:
    groups = "\n".join(
        f'[[groups]]\ncode = "{code}"\nparent = "indicators"\ntitle = {{ en = "{en}", zh = "{zh}" }}\n'
        f'weight = {weight}\naggregate = "{aggregate}"\norder = {order}\n'
        for order, (code, en, zh, weight, aggregate) in enumerate(GROUPS, start=1)
    )
    stages = "".join(
        f'\n[[project_stages]]\ncode = "{code}"\ntitle = {{ en = "{en}", zh = "{zh}" }}\npoints = {points}\n'
        for code, en, zh, points in STAGES
    )
    return SEASON.replace("@GROUPS@", groups).replace("@STAGES@", stages)


def indicator_rows() -> Iterator[dict[str, object]]:
    for order, i in enumerate(INDICATORS, start=1):
        yield {
            "code": i.code,
            "title_en": i.en,
            "title_zh": i.zh,
            "better": i.better,
            "measure": i.measure,
            "node": i.node,
            "weight": i.weight,
            "score": i.score,
            "unit_en": i.unit[0],
            "unit_zh": i.unit[1],
            "scale": i.scale,
            "decimals": i.decimals,
            "low": i.low,
            "high": i.high,
            "due_months": i.months,
            "when_not_due": "hold" if i.hold else "leave_out",
            "curve": i.curve,
            "applies_to": i.applies_to,
            "noise": i.noise[0],
            "noise_size": i.noise[1],
            "owner": i.owner,
            "source_en": INVENTED[0],
            "source_zh": INVENTED[1],
            "definition_en": i.definition[0],
            "definition_zh": i.definition[1],
            "evidence": i.evidence or "none",
            "expected_day": i.expected_day,
            "order": order,
        }


def target_rows() -> Iterator[dict[str, object]]:
    for i in INDICATORS:
        for park in PARKS:
            goal = target(i, park)
            if goal is not None:
                yield {
                    "contestant": park.code,
                    "indicator": i.code,
                    "target": shown(goal, i),
                    "baseline": shown(i.last_year[PARKS.index(park)], i) if i.based else "",
                    "owner": i.owner,
                }


def project_tables() -> dict[str, str]:
    projects, milestones, states = [], [], []
    for order, w in enumerate(WORKS, start=1):
        projects.append(
            {
                "code": w.code,
                "title_en": w.en,
                "title_zh": w.zh,
                "contestant": w.park,
                "level": "city",
                "unit_en": "10,000 yuan",
                "unit_zh": "万元",
                "total": w.total,
                "order": order,
            }
        )
        for (code, en, zh), (by, done) in zip(APPROVAL_TO_TRIAL, w.steps, strict=True):
            when = datetime.fromisoformat(f"{done}T17:00:00").replace(tzinfo=CHINA) if done else None
            milestones.append(
                {
                    "project": w.code,
                    "code": code,
                    "title_en": en,
                    "title_zh": zh,
                    "due": by,
                    "done": done,
                    "recorded_at": when.isoformat() if when else "2026-01-02T09:00:00+08:00",
                    "evidence": f"{w.code}-{code}.pdf" if done else "",
                }
            )
        for month in range(1, 6):
            planned = round(w.total * 0.9 * month / 12)
            states.append(
                {
                    "project": w.code,
                    "period": f"2026-{month:02d}",
                    "planned": planned,
                    "invested": round(planned * w.along[month - 1]),
                    "stage": w.stages[month - 1],
                    "mark": w.mark if month >= 4 else "",
                    "state": "verified" if month < 5 else "reported",
                    "recorded_at": datetime(2026, month + 1, 2 if month == 5 else 4, 11, tzinfo=CHINA).isoformat(),
                }
            )
    return {
        "projects.csv": table(
            ("code", "title_en", "title_zh", "contestant", "level", "unit_en", "unit_zh", "total", "order"), projects
        ),
        "milestones.csv": table(
            ("project", "code", "title_en", "title_zh", "due", "done", "recorded_at", "evidence"), milestones
        ),
        "project_readings.csv": table(
            ("project", "period", "planned", "invested", "stage", "mark", "state", "recorded_at"), states
        ),
    }


def inputs() -> dict[str, str]:
    """The folder without what the bulletins fixed."""
    dice = random.Random(SEED)
    return {
        "season.toml": season_toml(),
        "contestants.csv": table(
            ("code", "title_en", "title_zh", "kind", "class", "tags", "order"),
            (
                {
                    "code": p.code,
                    "title_en": p.en,
                    "title_zh": p.zh,
                    "kind": "zone",
                    "class": p.group,
                    "tags": p.tags,
                    "order": n,
                }
                for n, p in enumerate(PARKS, start=1)
            ),
        ),
        "indicators.csv": table(tuple(next(indicator_rows())), indicator_rows()),
        "targets.csv": table(("contestant", "indicator", "target", "baseline", "owner"), target_rows()),
        "curves.csv": table(
            ("curve", "title_en", "title_zh", "period", "share"),
            (
                {"curve": code, "title_en": en, "title_zh": zh, "period": f"2026-{m:02d}", "share": share}
                for code, (en, zh, shares) in CURVES.items()
                for m, share in shares
            ),
        ),
        "readings.csv": table(
            (
                *("contestant", "indicator", "period", "value", "state", "revision", "recorded_at", "origin"),
                *("note", "evidence"),
            ),
            readings(dice),
        ),
        "corrections.csv": table(
            ("contestant", "indicator", "period", "action", "value", "reason", "source", "recorded_at"),
            [
                {
                    "contestant": "lantern",
                    "indicator": "added_value",
                    "period": "2026-03",
                    "action": "set",
                    "value": "10.8",
                    "reason": "The decimal point was lost in typing: 108 for 10.8.",
                    "source": "Statistics Office, note of 6 April 2026 (invented)",
                    "recorded_at": datetime(2026, 4, 6, 15, 0, tzinfo=CHINA).isoformat(),
                }
            ],
        ),
        "waivers.csv": table(
            ("finding", "reason", "by", "recorded_at"),
            [
                {
                    "finding": "outlier:whistle:fund:2026-04",
                    "reason": "Same matter as the falling figure, which stays open: one investment was booked back.",
                    "by": "Steward One",
                    "recorded_at": datetime(2026, 5, 7, 11, 30, tzinfo=CHINA).isoformat(),
                }
            ],
        ),
        "received.csv": table(
            (
                *("contestant", "title_en", "title_zh", "period_text", "source", "published", "rank", "among_en"),
                *("among_zh", "note_en", "note_zh"),
            ),
            [
                {
                    "contestant": "crane",
                    "title_en": "Park review of 2025",
                    "title_zh": "2025年度园区考评",
                    "period_text": "2025",
                    "source": "Bulletin of the province above (invented)",
                    "published": "2026-02-20",
                    "rank": 7,
                    "among_en": "31 invented parks",
                    "among_zh": "31个虚构园区",
                    "note_en": "Invented, like everything here.",
                    "note_zh": "与本例其他内容一样为虚构。",
                }
            ],
        ),
        **project_tables(),
    }


def build(folder: Path) -> None:
    """Writes the folder and lets the engine publish January to April into it, one after the other."""
    files = inputs()
    write(folder, files)
    for month, cut in CUTS.items():
        bundle = load_season(folder)
        as_of = AsOf(Period.of("month", 2026, month), cut.astimezone(UTC))
        found = evaluate(bundle.season, bundle.readings, bundle.projects, bundle.history, as_of, SEED)
        published = published_of(found, number=month, dated=DATED[month])
        files[published_name(published)] = published_csv(published).decode("utf-8")
        write(folder, files)


if __name__ == "__main__":
    build(EXAMPLES / "demo-city")
