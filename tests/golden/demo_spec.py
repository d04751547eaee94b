"""What the fictional season demo-city is made of; build_demo_city makes the monthly figures."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Park:
    code: str
    en: str
    zh: str
    group: str
    strength: float  # how far along it usually is, as a share of what is due
    tags: str = "pilot"


PARKS = (
    Park("crane", "Paper Crane Park", "纸鹤园", "core", 1.05),
    Park("whale", "Glass Whale Park", "玻璃鲸园", "core", 1.00),
    Park("lantern", "Nine Lanterns Park", "九灯园", "core", 1.00),
    Park("ferry", "Moon Ferry Park", "月渡园", "growing", 0.97),
    Park("whistle", "Fog Whistle Park", "雾笛园", "growing", 0.88, ""),
)

EVEN = tuple((m, round(m / 12, 4)) for m in range(1, 13))
CURVES = {
    "spring": (
        "Spring enrolment",
        "春季入库",
        ((1, 0.1), (2, 0.2), (3, 0.35), (4, 0.5), (5, 0.6), (6, 0.7), (8, 0.8), (10, 0.9), (12, 1)),
    ),
    "batches": ("Three recognition batches", "三批认定", ((3, 0.1), (6, 0.4), (9, 0.7), (12, 1))),
    "steady": ("Even growth over the year", "全年均匀增长", (*EVEN[:-1], (12, 1))),
    "april": ("Due by the end of April", "4月底前完成", ((4, 1),)),
}

SCORES = """\
[[scores]]
code = "pace"
rule = "pace"
params = { full = 100, cap = 1.1, over_slope = 0.5 }

[[scores]]
code = "capped"
rule = "completion"
params = { full = 100, cap = 1.2, over_slope = 0.5 }

[[scores]]
code = "gradual"
rule = "goalposts"

[[scores]]
code = "efficacy"
rule = "efficacy"

[[scores]]
code = "per_unit"
rule = "points_per_unit"
params = { points = 20, cap = 100 }

[[scores]]
code = "steps"
rule = "bands"
params = { below = 20 }
steps = [[0.6, 60], [0.9, 80], [1, 100]]
on = "pace"

[[scores]]
code = "growth_table"
rule = "table"
steps = [[0, 40], [5, 60], [10, 80], [20, 100]]

[[scores]]
code = "guarded_growth"
rule = "growth"
params = { low = -5, high = 5, small_base = 5 }

[[scores]]
code = "pilot"
rule = "milestone"
params = { full = 100, late = 0.5 }

[[scores]]
code = "tickets"
rule = "deduction"
params = { full = 100, per_unit = 10 }
"""

GROUPS = (
    ("talent", "Talent", "人才", 18, "arithmetic"),
    ("firms", "Enterprises", "企业", 20, "arithmetic"),
    ("platforms", "Platforms", "平台", 14, "arithmetic"),
    ("rd", "Research and development", "研发", 20, "minimum"),
    ("growth", "Growth", "增长", 14, "arithmetic"),
    ("finance", "Finance and service", "金融与服务", 14, "arithmetic"),
)


@dataclass(frozen=True)
class Measured:
    code: str
    en: str
    zh: str
    node: str
    weight: float
    measure: str
    score: str
    unit: tuple[str, str]
    targets: tuple[float, ...] | float | None  # per park, for everybody, or none
    last_year: tuple[float, ...]  # value at the end of 2025, per park
    decimals: int = 0
    better: str = "higher"
    scale: int = 1
    low: float | None = None
    high: float | None = None
    months: str = ""
    hold: bool = False
    curve: str = ""
    applies_to: str = ""
    noise: tuple[str, float] = ("none", 0)
    owner: str = ""
    evidence: str = ""
    expected_day: int = 0
    based: bool = False  # the target starts from last year's end
    definition: tuple[str, str] = field(default=("", ""))


STATISTICS = "2;3;4;5;6;7;8;9;10;11;12"
TALENT, SCIENCE, STATS, MONEY, SERVICE = (
    "Talent Office 人才办",
    "Science Bureau 科技局",
    "Statistics Office 统计办",
    "Finance Office 金融办",
    "Service Centre 服务中心",
)

INDICATORS = (
    Measured("teams", "High-level teams introduced", "引进高层次人才团队", "talent", 40, "count", "pace",
             ("teams", "个"), (24, 24, 24, 18, 12), (21, 22, 21, 16, 15),
             noise=("none", 0), owner=TALENT, evidence="if_positive", expected_day=3),
    Measured("doctors", "Doctors hired by enterprises", "企业引进博士", "talent", 35, "cumulative", "pace",
             ("persons", "人"), (240, 260, 250, 180, 120), (210, 236, 224, 160, 112),
             noise=("relative", 0.03), owner=TALENT, expected_day=3),
    Measured("graduates", "Graduates who stay to work", "留用高校毕业生", "talent", 25, "completion", "pace",
             ("% of the year's task", "占全年任务%"), None, (101, 103, 98, 96, 91), decimals=1,
             noise=("relative", 0.02), owner=TALENT, expected_day=3,
             definition=("The task itself is not public.", "任务数不公开。")),
    Measured("high_tech", "High-tech enterprises recognised", "新认定高新技术企业", "firms", 35, "count", "pace",
             ("firms", "家"), (60, 60, 60, 40, 30), (52, 55, 54, 36, 27), months="3;6;9;12", hold=True,
             curve="batches", noise=("none", 0), owner=SCIENCE, expected_day=4),
    Measured("smes", "Technology SMEs enrolled", "科技型中小企业入库", "firms", 35, "cumulative", "pace",
             ("firms", "家"), (360, 340, 350, 260, 200), (330, 322, 318, 240, 182), curve="spring",
             noise=("relative", 0.02), owner=SCIENCE, expected_day=4),
    Measured("gazelles", "Gazelle enterprises", "瞪羚企业", "firms", 30, "level", "per_unit",
             ("firms", "家"), None, (4, 4, 4, 3, 2), noise=("none", 0), owner=SCIENCE, expected_day=4),
    Measured("labs", "Provincial platforms recognised", "新增省级创新平台", "platforms", 60, "count", "steps",
             ("platforms", "个"), (12, 12, 12, 12, 6), (10, 11, 11, 10, 5),
             noise=("none", 0), owner=SCIENCE, evidence="if_positive", expected_day=4),
    Measured("shared", "Large instruments open to others", "大型仪器开放共享率", "platforms", 40, "share", "capped",
             ("%", "%"), 60, (61, 63, 62, 58, 52), decimals=1, months="3;6;9;12",
             noise=("absolute", 1.5), owner=SCIENCE, expected_day=4),
    Measured("rd_spend", "Enterprise R&D spending", "企业研发投入", "rd", 40, "cumulative", "pace",
             ("100 million yuan", "亿元"), (24, 25.2, 24.6, 18, 12), (21.9, 23.2, 22.4, 16.6, 11.2), decimals=2,
             scale=100_000_000, months=STATISTICS, noise=("relative", 0.03), owner=STATS, expected_day=5),
    Measured("rd_intensity", "R&D spending, share of revenue", "研发投入强度", "rd", 30, "share", "efficacy",
             ("%", "%"), 3.5, (3.65, 3.55, 3.5, 2.4, 3.05), decimals=2, low=2, high=4,
             months=STATISTICS, noise=("absolute", 0.1), owner=STATS, expected_day=5),
    Measured("patents", "Invention patents granted", "发明专利授权", "rd", 30, "cumulative", "pace",
             ("patents", "件"), (480, 500, 490, 420, 220), (450, 466, 452, 402, 204),
             noise=("relative", 0.02), owner=SCIENCE, expected_day=5),
    Measured("added_value", "Growth of high-tech added value", "高新技术产业增加值增速", "growth", 45, "growth",
             "growth_table", ("%", "%"), 9, (11.2, 10.8, 10.4, 9.2, 7.1), decimals=1, months=STATISTICS,
             noise=("absolute", 0.8), owner=STATS, expected_day=5),
    Measured("scale_firms", "Firms above the designated size", "规模以上科技企业", "growth", 30, "level",
             "guarded_growth", ("firms", "家"), (172, 180, 176, 128, 90), (160, 168, 164, 120, 85), curve="steady",
             noise=("none", 0), owner=STATS, expected_day=5, based=True),
    Measured("energy", "Energy per 10,000 yuan of output", "万元产值能耗", "growth", 25, "level", "gradual",
             ("tce", "吨标准煤"), 0.4, (0.375, 0.38, 0.385, 0.395, 0.43), decimals=3, better="lower", low=0.6, high=0.3,
             noise=("relative", 0.02), owner=STATS, expected_day=5),
    Measured("loans", "Technology loans outstanding", "科技贷款余额", "finance", 30, "level", "pace",
             ("100 million yuan", "亿元"), (132, 141, 138, 96, 66), (120, 128, 125, 87, 60), decimals=1,
             scale=100_000_000, curve="steady", noise=("relative", 0.005), owner=MONEY, expected_day=5, based=True),
    Measured("fund", "Venture capital invested", "创投基金投资额", "finance", 30, "cumulative", "pace",
             ("10,000 yuan", "万元"), (36000, 39000, 37500, 24000, 15000), (33400, 36800, 34900, 22100, 13900),
             scale=10_000, noise=("relative", 0.02), owner=MONEY, expected_day=5),
    Measured("pilot", "Pilot for sharing research results accepted", "成果共享改革试点通过验收", "finance", 20,
             "yes-no", "pilot", ("", ""), None, (0, 0, 0, 0, 0), curve="april", applies_to="pilot", owner=SCIENCE,
             evidence="always", expected_day=5),
    Measured("tickets", "Overdue coordination tickets", "逾期协同事项", "finance", 20, "count", "tickets",
             ("tickets", "件"), (12, 12, 12, 12, 12), (14, 15, 16, 17, 19), better="lower",
             noise=("poisson", 0), owner=SERVICE, expected_day=2),
)  # fmt: skip


@dataclass(frozen=True)
class Work:
    """A project: total and monthly plan in 10,000 yuan, how far along it is, and when its steps were due and done."""

    code: str
    park: str
    en: str
    zh: str
    total: int
    along: tuple[float, ...]  # invested against plan, January to May
    steps: tuple[tuple[str, str], ...]  # (due, done or empty) of approval, start, topping-out, trial run
    stages: tuple[str, ...]  # stage at the end of January to May
    mark: int  # of the April meet


APPROVAL_TO_TRIAL = (
    ("approval", "Approval", "项目获批"),
    ("start", "Construction starts", "开工建设"),
    ("frame", "Main building finished", "主体完工"),
    ("trial", "Trial run", "试运行"),
)
STAGES = (
    ("signed", "Signed", "签约", 20),
    ("approved", "Approved", "获批", 40),
    ("building", "Under construction", "在建", 60),
    ("equipping", "Equipment going in", "设备安装", 80),
    ("running", "Running", "投产", 100),
)
_FAST = ("approved", "building", "building", "equipping", "equipping")
_EVEN = ("approved", "approved", "building", "building", "building")
_SLOW = ("signed", "signed", "approved", "approved", "building")

WORKS = (
    Work("crane-sensor", "crane", "Tide lamp sensor line", "潮灯传感器产线", 52000, (1.02, 1.05, 1.04, 1.06, 1.05),
         (("2026-01-20", "2026-01-15"), ("2026-02-28", "2026-02-20"), ("2026-04-30", "2026-04-22"), ("2026-09-30", "")),
         _FAST, 92),
    Work("crane-port", "crane", "Cloud talent port", "云上人才港", 36000, (0.95, 1.0, 1.02, 1.03, 1.03),
         (("2026-01-31", "2026-01-30"), ("2026-03-31", "2026-03-25"), ("2026-08-31", ""), ("2026-12-20", "")),
         _EVEN, 86),
    Work("crane-forge", "crane", "Cold forging laboratory", "冷锻实验室", 18000, (1.0, 0.97, 1.01, 1.0, 1.02),
         (("2026-02-10", "2026-02-09"), ("2026-04-15", "2026-04-12"), ("2026-10-31", ""), ("2026-12-31", "")),
         _EVEN, 84),
    Work("whale-motor", "whale", "Quiet motor works", "静音电机工厂", 48000, (1.0, 1.02, 1.0, 1.01, 1.02),
         (("2026-01-15", "2026-01-14"), ("2026-03-10", "2026-03-10"), ("2026-07-31", ""), ("2026-11-30", "")),
         _FAST, 88),
    Work("whale-data", "whale", "Whale song data hall", "鲸歌数据厅", 30000, (0.98, 0.99, 1.0, 0.99, 1.0),
         (("2026-02-28", "2026-02-26"), ("2026-04-20", "2026-04-20"), ("2026-09-30", ""), ("2026-12-31", "")),
         _EVEN, 85),
    Work("whale-yard", "whale", "Shared workshop yard", "共享工坊", 12000, (1.0, 1.0, 0.96, 0.98, 1.0),
         (("2026-03-15", "2026-03-13"), ("2026-05-20", "2026-05-18"), ("2026-10-31", ""), ("2026-12-31", "")),
         _SLOW, 80),
    Work("lantern-optics", "lantern", "Lantern optics line", "灯影光学产线", 45000, (1.01, 1.0, 1.02, 1.0, 1.01),
         (("2026-01-31", "2026-01-28"), ("2026-03-20", "2026-03-18"), ("2026-08-15", ""), ("2026-12-10", "")),
         _FAST, 87),
    Work("lantern-chip", "lantern", "Packaging pilot line", "封装中试线", 32000, (0.99, 1.0, 0.98, 1.0, 1.0),
         (("2026-02-15", "2026-02-15"), ("2026-04-10", "2026-04-18"), ("2026-09-15", ""), ("2026-12-31", "")),
         _EVEN, 86),
    Work("ferry-boat", "ferry", "Electric ferry base", "电动渡船基地", 40000, (0.9, 0.94, 0.97, 1.0, 1.01),
         (("2026-02-10", "2026-02-25"), ("2026-04-10", "2026-04-08"), ("2026-10-15", ""), ("2026-12-31", "")),
         _EVEN, 83),
    Work("ferry-coating", "ferry", "Salt-proof coating centre", "耐盐涂层中心", 15000, (1.0, 1.01, 1.0, 0.99, 1.0),
         (("2026-01-25", "2026-01-25"), ("2026-03-31", "2026-03-30"), ("2026-08-31", ""), ("2026-11-30", "")),
         _EVEN, 82),
    Work("whistle-fog", "whistle", "Fog sensing field station", "雾感知外场站", 14000, (0.7, 0.74, 0.8, 0.85, 0.9),
         (("2026-01-31", "2026-02-20"), ("2026-03-31", ""), ("2026-09-30", ""), ("2026-12-31", "")),
         _SLOW, 74),
    Work("whistle-pump", "whistle", "Silent pump works", "静音水泵工厂", 22000, (0.82, 0.85, 0.9, 0.92, 0.95),
         (("2026-02-28", "2026-02-28"), ("2026-04-30", ""), ("2026-10-31", ""), ("2026-12-31", "")),
         _SLOW, 77),
)  # fmt: skip
