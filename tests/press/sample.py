"""Hand-made evaluations for the press tests: a fictional city, a season without standings, a very large one.

The arithmetic is only as good as a picture needs; the engine's own tests prove the engine.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

from saima.engine.model.evaluation import (
    Adjustment,
    Cell,
    Evaluation,
    Finding,
    Gap,
    GapPart,
    Importance,
    Interval,
    LightMark,
    Medals,
    NodeScore,
    NotRanked,
    ProjectResult,
    Proposal,
    RankPoint,
    ScopeUncertainty,
    Series,
    Standing,
    WeakSpot,
)
from saima.engine.model.inputs import Project, Received
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import (
    Constraint,
    Contestant,
    Indicator,
    Masthead,
    Node,
    ScoreRule,
    Season,
    Target,
    Tier,
    Uncertainty,
)
from saima.press.issue import Issue
from saima.words import Text

ISSUE = Issue(number=4, dated=date(2026, 5, 8))
ERRATUM = Issue(
    number=4,
    dated=date(2026, 5, 20),
    version=2,
    reason=Text("The talent figure of Reed Lake was counted twice.", "苇湖人才数据重复计数。"),
)

PARKS = (
    ("willow", Text("Willow Bay", "柳湾园区")),
    ("cedar", Text("Cedar Hill", "松岭园区")),
    ("stone", Text("Stone Ford", "石渡园区")),
    ("maple", Text("Maple Grove", "枫林园区")),
    ("reed", Text("Reed Lake", "苇湖园区")),
)
_PEOPLE, _ITEMS, _MONEY, _PER_CENT = Text("people", "人"), Text("items", "项"), Text("10k yuan", "万元"), Text("%", "%")
# code, title, node, weight, measure, unit, year target, April values in the order of PARKS
INDICATORS = (
    ("talent", Text("High-level talent", "高层次人才"), "talent_pool", 30.0, "cumulative", _PEOPLE, 120.0,
     (62, 58, 47, 41, 29)),
    ("graduates", Text("Graduates settled", "引进大学生"), "talent_pool", 10.0, "cumulative", _PEOPLE, 900.0,
     (360, 345, 338, 270, None)),
    ("projects_signed", Text("Major projects signed", "重大项目签约"), "growth_drive", 20.0, "cumulative", _ITEMS, 10.0,
     (6, 5, 4, 4, 2)),
    ("investment", Text("R&D investment", "研发投入"), "growth_drive", 20.0, "cumulative", _MONEY, 84000.0,
     (33600, 30100, 29400, 26800, 21000)),
    ("value_added", Text("High-tech value added, growth", "高新技术产业增加值增速"), "growth_drive", 10.0, "growth",
     _PER_CENT, 9.0, (11.2, 9.4, 9.1, 7.7, 6.9)),
    ("labs", Text("Laboratories approved", "实验室认定"), "growth_drive", 10.0, "count", _ITEMS, 3.0, (1, 2, 1, 1, 0)),
)  # fmt: skip
DUE = {"value_added": 1.0}
APRIL = Period.of("month", 2026, 4)
OTHER_RACES = {
    "willow": (92.0, 100.0),
    "cedar": (86.0, 96.0),
    "stone": (90.0, 93.0),
    "maple": (75.0, 83.0),
    "reed": (51.0, 55.0),
}
BEFORE = {
    "willow": (2, 2, 2),
    "cedar": (1, 1, 1),
    "stone": (4, 3, 3),
    "maple": (3, 4, 4),
    "reed": (5, 5, 5),
}
BANDS = {"willow": 1, "cedar": 2, "stone": 2, "maple": 3, "reed": 4}
ANY_CODE = "period.unknown"  # any catalogue code with one parameter, {text}
RANGES = {"willow": (1, 1), "cedar": (2, 3), "stone": (2, 3), "maple": (4, 4), "reed": (5, 5)}


def season() -> Season:
    whole = Span(Period.of("month", 2026, 1), Period.of("month", 2026, 12))
    return Season(
        code="sample-2026",
        title=Text("Lakeside City 2026", "湖滨市2026赛季"),
        frequency="month",
        window=whole,
        targets_cover=whole,
        missing="floor",
        contestants=tuple(Contestant(c, t, order=n) for n, (c, t) in enumerate(PARKS)),
        indicators=tuple(
            Indicator(
                code=code,
                title=title,
                better="higher",
                measure=measure,
                node=node,
                weight=weight,
                score="capped",
                unit=unit,
                decimals=1 if unit is _PER_CENT else 0,
                order=n,
            )
            for n, (code, title, node, weight, measure, unit, _, _) in enumerate(INDICATORS)
        ),
        nodes=(
            Node("overall", Text("Overall", "综合"), "overall"),
            Node("indicators", Text("Indicator race", "赛指标"), "race", "overall", 80.0, order=1),
            Node("talent_pool", Text("Talent", "人才"), "group", "indicators", 40.0, order=2),
            Node("growth_drive", Text("Growth", "发展动能"), "group", "indicators", 60.0, order=3),
            Node("projects", Text("Project race", "赛项目"), "race", "overall", 10.0, race="projects", order=4),
            Node("weak_spots", Text("Weak-spot race", "补短板"), "race", "overall", 10.0, race="weak_spots", order=5),
        ),
        score_rules=(ScoreRule("capped", "completion", {"full": 100.0, "cap": 1.2}),),
        targets=tuple(Target("*", row[0], row[6]) for row in INDICATORS),
        tiers=(
            Tier("excellent", Text("Excellent", "优秀"), 90.0),
            Tier("good", Text("Good", "良好"), 75.0),
            Tier("watch", Text("To be watched", "关注"), 0.0),
        ),
        constraints=(
            Constraint("talent_floor", Text("Talent far behind", "人才滞后"), "summon", "pace_below", ("talent",), 0.8),
        ),
        uncertainty=Uncertainty(draws=10_000),
        masthead=Masthead(
            organisation=Text("Science Bureau of Lakeside City", "湖滨市科技局"),
            bulletin_title=Text("Innovation Horse-Race Bulletin", "科技创新“赛马”通报"),
            document_number="湖科赛〔{year}〕{number}号",
            addressees=Text("All parks", "各园区管委会"),
            signatory=Text("Science Bureau", "湖滨市科技局"),
        ),
        notice=Text(
            "Fictional city. Every name and figure is invented.", "虚构城市，名称和数字均为虚构，不指向任何真实单位。"
        ),
        illustrative=True,
    )


def _cell(park: int, row: tuple) -> Cell:
    code, _, _, weight, _, _, target, values = row
    value, due = values[park], DUE.get(code, 1 / 3)
    share = weight * 0.8 / 100
    if value is None:
        return Cell(PARKS[park][0], code, "late", target=target, due=due, light="red", score=0.0, weight=share)
    completion = value / target
    pace = completion / due
    score = min(pace, 1.2) * 100
    cumulative = code not in DUE and code != "labs"
    return Cell(
        contestant=PARKS[park][0],
        indicator=code,
        status="present",
        value=float(value),
        text=str(value),
        state="reported" if (park, code) == (3, "investment") else "verified",
        origin="correction" if (park, code) == (4, "talent") else "reported",
        target=target,
        completion=completion,
        due=due,
        pace=pace,
        ahead=completion - due,
        light="green" if pace >= 1 else "red",
        score=score,
        weight=share,
        contribution=score * share,
        missing=max(0.0, 1 - pace),
        required_rate=(target - value) / 8 if cumulative else None,
        projected=value * 2.8 if cumulative else None,
        projected_low=value * 2.5 if cumulative else None,
        projected_high=value * 3.1 if cumulative else None,
        p_target=min(0.99, max(0.02, pace / 2)) if cumulative else None,
    )


def _gap(pair: tuple[str, str], cells: tuple[Cell, ...], totals: dict[str, float]) -> Gap:
    """The arithmetic gap of two neighbours, indicator by indicator and race by race."""
    points = {c.indicator: {o.contestant: o.contribution for o in cells if o.indicator == c.indicator} for c in cells}
    parts = [GapPart("indicator", code, by[pair[0]] - by[pair[1]]) for code, by in points.items()]
    for n, race in enumerate(("projects", "weak_spots")):
        parts.append(GapPart("race", race, 0.1 * (OTHER_RACES[pair[0]][n] - OTHER_RACES[pair[1]][n])))
    return Gap(*pair, totals[pair[0]] - totals[pair[1]], tuple(parts))


def evaluation() -> Evaluation:
    spec = season()
    cells = tuple(_cell(n, row) for n in range(len(PARKS)) for row in INDICATORS)
    nodes, standings, ranks = [], [], []
    totals: dict[str, float] = {}
    order = [c for c, _ in PARKS]
    for contestant in order:
        own = [c for c in cells if c.contestant == contestant]
        given = sum(c.contribution for c in own)
        projects, weak = OTHER_RACES[contestant]
        total = totals[contestant] = given + (projects + weak) * 0.1
        nodes.append(NodeScore(contestant, "overall", total, total, 1.0))
        nodes.append(NodeScore(contestant, "indicators", given / 0.8, given, 0.8))
        for group, share in (("talent_pool", 0.32), ("growth_drive", 0.48)):
            part = sum(c.contribution for c in own if spec.indicator[c.indicator].node == group)
            nodes.append(NodeScore(contestant, group, part / share, part, share))
        nodes.append(NodeScore(contestant, "projects", projects, projects * 0.1, 0.1))
        nodes.append(NodeScore(contestant, "weak_spots", weak, weak * 0.1, 0.1))
    for scope in ("overall", "race:indicators", "group:talent_pool", "group:growth_drive", "indicator:talent"):
        for n, contestant in enumerate(order):
            low, high = RANGES[contestant]
            standings.append(
                Standing(
                    scope, "level", "", contestant, n + 1, totals[contestant], low, high, BANDS[contestant],
                    BEFORE[contestant][-1],
                    "" if scope != "overall" else ("excellent", "good", "good", "watch", "watch")[n],
                )
            )  # fmt: skip
    for n, contestant in enumerate(("stone", "willow", "reed", "cedar", "maple")):
        standings.append(Standing("overall", "progress", "", contestant, n + 1, 12.5 - 3 * n, n + 1, n + 1, n + 1))
    for contestant in order:
        for month, rank in enumerate((*BEFORE[contestant], order.index(contestant) + 1), 1):
            at = Period.of("month", 2026, month)
            ranks.append(RankPoint(contestant, "overall", "level", at, rank, totals[contestant] - 4 + month))
    talent = tuple(
        Series(c, "talent", tuple(v * m / 4 for m in (1, 2, 3, 4)), tuple(v * m / 480 for m in (1, 2, 3, 4)))
        for (c, _), v in zip(PARKS, INDICATORS[0][7], strict=True)
    )
    lights = (
        LightMark("reed", "talent", APRIL.next(-1), "red", "red"),
        LightMark("reed", "talent", APRIL, "red", "red"),
        LightMark("maple", "talent", APRIL.next(-1), "red", "yellow"),
        LightMark("maple", "talent", APRIL, "green", "green"),
        LightMark("willow", "talent", APRIL.next(-1), "green", "green"),
        LightMark("willow", "talent", APRIL, "green", "green"),
    )
    return Evaluation(
        season=spec,
        period=APRIL,
        known_at=datetime(2026, 5, 6, 1, 0, tzinfo=UTC),
        seed=20260508,
        engine_version="0.1.0",
        spec_digest="sha256:" + "1a" * 32,
        data_digest="sha256:" + "2b" * 32,
        history_digest="sha256:" + "3c" * 32,
        standings=tuple(standings),
        not_ranked=(),
        cells=cells,
        nodes=tuple(nodes),
        gaps=tuple(_gap(pair, cells, totals) for pair in pairwise(order)),
        lights=lights,
        adjustments=(
            Adjustment("cap", "willow", "talent", 155.0, 120.0, -8.4, ANY_CODE, {"text": "cap"}),
            Adjustment("correction", "reed", "talent", 31.0, 29.0, -0.6, ANY_CODE, {"text": "correction"}),
        ),
        findings=(
            Finding("f-1", "error", "reed", "graduates", APRIL, ANY_CODE, {"text": "zero for missing"}),
            Finding("f-2", "warning", "maple", "investment", APRIL, ANY_CODE, {"text": "jump"}, waived="Paid late."),
        ),
        medals=tuple(
            Medals(c, "", n + 1, *won)
            for n, (c, won) in enumerate(
                zip(order, ((5, 1, 0), (1, 5, 0), (0, 1, 5), (0, 0, 1), (0, 0, 0)), strict=True)
            )
        ),
        proposals=(
            Proposal(
                "talent_floor", Text("Talent far behind", "人才严重滞后"), "summon", "reed", ANY_CODE, {"text": "x"}, 5
            ),
        ),
        projects=(
            ProjectResult(
                Project("harbour", Text("Harbour test field", "港口试验场"), "willow", "city", _MONEY, 5000.0),
                "green", 2, 2, 0, 1.05, 1600.0, 1680.0, "", 88.0, 92.0,
            ),
            ProjectResult(
                Project("tower", Text("Sensor works", "传感器工厂"), "reed", "county", _MONEY, 9000.0),
                "red", 3, 1, 2, 0.7, 3000.0, 2100.0, "", None, 51.0,
            ),
        ),
        weak_spots=(
            WeakSpot("willow", 0.0, 0.0, None, 100.0, first=False),
            WeakSpot("maple", 0.04, 0.06, 0.5, 83.0, first=False),
            WeakSpot("reed", 0.22, 0.2, 0.1, 55.0, first=False),
        ),
        intervals=tuple(Interval(c, "overall", "all", *RANGES[c], n + 1) for n, c in enumerate(order)),
        uncertainty=(
            ScopeUncertainty(
                "overall",
                tuple(order),
                (
                    (0.96, 0.03, 0.01, 0.0, 0.0),
                    (0.03, 0.52, 0.45, 0.0, 0.0),
                    (0.01, 0.45, 0.54, 0.0, 0.0),
                    (0.0, 0.0, 0.0, 0.99, 0.01),
                    (0.0, 0.0, 0.0, 0.01, 0.99),
                ),
                (
                    (0.5, 0.96, 0.98, 1.0, 1.0),
                    (0.04, 0.5, 0.53, 1.0, 1.0),
                    (0.02, 0.47, 0.5, 1.0, 1.0),
                    (0.0, 0.0, 0.0, 0.5, 0.99),
                    (0.0, 0.0, 0.0, 0.01, 0.5),
                ),
                10_000,
                0.005,
                ("weights", "weights_flat", "noise"),
            ),
        ),
        importance=tuple(Importance(row[0], row[3] * 0.8 / 100, 0.16, 0.1, 0.2) for row in INDICATORS),
        periods=tuple(APRIL.next(n) for n in (-3, -2, -1, 0)),
        series=talent,
        ranks=tuple(ranks),
        received=(),
    )  # fmt: skip


def without_standings() -> Evaluation:
    """As when only a few quoted facts are known: no place, most cells unknown, standings received from above."""
    full = evaluation()
    spec = replace(full.season, overall="none", tiers=(), notice=Text(), illustrative=False)
    known = {("willow", "talent"), ("willow", "projects_signed")}
    return replace(
        full,
        season=spec,
        standings=(),
        nodes=(),
        cells=tuple(
            c
            if (c.contestant, c.indicator) in known
            else Cell(c.contestant, c.indicator, "late", target=c.target if c.contestant == "willow" else None)
            for c in full.cells
        ),
        lights=(),
        medals=(),
        projects=(),
        weak_spots=(),
        intervals=(),
        uncertainty=(),
        importance=(),
        series=(),
        ranks=(),
        received=(
            Received(
                "willow",
                Text("Talent task of the year", "高层次人才年度任务"),
                "January–April 2026",
                "Notice of the regional office",
                date(2026, 5, 16),
                1,
                Text("one zone, five parks", "一区五园"),
                "64.9",
                _PER_CENT,
                "talent",
                "https://example.org/notice",
            ),
        ),
    )


def large(contestants: int = 156, indicators: int = 88) -> Evaluation:
    """Very many contestants and indicators, level measures without targets, as an index of countries has."""
    year = Period.of("year", 2018)
    spec = Season(
        code="large",
        title=Text("A large index", "大型指数"),
        frequency="year",
        window=Span(year, year),
        targets_cover=Span(year, year),
        missing="exclude",
        contestants=tuple(
            Contestant(f"c{n:03}", Text(f"Country {n:03}", f"国家{n:03}"), order=n, ranked=n < contestants)
            for n in range(contestants + 5)
        ),
        indicators=tuple(
            Indicator(f"i{n:02}", Text(f"Indicator {n:02}", f"指标{n:02}"), "higher", "level", "overall", score="z")
            for n in range(indicators)
        ),
        nodes=(Node("overall", Text("Overall", "综合"), "overall"),),
        score_rules=(ScoreRule("z", "goalposts"),),
        weights="relative",
    )
    cells, standings, nodes = [], [], []
    for n in range(contestants):
        code, base = f"c{n:03}", 95 - 60 * n / contestants
        scores = [base + (n * 7 + k * 13) % 11 - 5 for k in range(indicators)]
        for k, score in enumerate(scores):
            if (n + k) % 9 == 0:
                cells.append(Cell(code, f"i{k:02}", "late"))
            else:
                cells.append(
                    Cell(code, f"i{k:02}", "present", value=score * 3, score=score, weight=1 / indicators,
                         contribution=score / indicators, state="verified")
                )  # fmt: skip
        standings.append(
            Standing("overall", "level", "", code, n + 1, base, max(1, n - 3), min(contestants, n + 5), n // 4 + 1)
        )
        nodes.append(NodeScore(code, "overall", base, base, 1.0))
    return Evaluation(
        season=spec,
        period=year,
        known_at=None,
        seed=1,
        engine_version="0.1.0",
        spec_digest="sha256:" + "4d" * 32,
        data_digest="sha256:" + "5e" * 32,
        history_digest="sha256:" + "6f" * 32,
        standings=tuple(standings),
        not_ranked=tuple(NotRanked("overall", f"c{contestants + n:03}", ANY_CODE, {"text": "x"}) for n in range(5)),
        cells=tuple(cells),
        nodes=tuple(nodes),
    )


def hostile() -> Evaluation:
    """The same city, every typed text replaced by something a browser would run."""
    full = evaluation()
    spec = full.season
    bad = Text("<script>alert(1)</script>&\"'", "<img src=x onerror=alert(1)>{0}")
    return replace(
        full,
        season=replace(
            spec,
            title=bad,
            notice=bad,
            source=bad,
            contestants=tuple(replace(c, title=bad) for c in spec.contestants),
            indicators=tuple(replace(i, title=bad, unit=bad) for i in spec.indicators),
            nodes=tuple(replace(n, title=bad) for n in spec.nodes),
            tiers=tuple(replace(t, title=bad) for t in spec.tiers),
            masthead=Masthead(bad, bad, "<b>{year}</b>{number}", bad, bad, bad, bad),
        ),
        spec_digest="<script>",
    )


__all__ = ["APRIL", "ERRATUM", "ISSUE", "evaluation", "hostile", "large", "season", "without_standings"]
