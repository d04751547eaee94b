"""A very small season with a package made of it: three contestants, two indicators, one period published before."""

from datetime import UTC, date, datetime

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.evaluation_json import dumps
from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Reading, Readings, ReadingTable
from saima.engine.model.periods import Period, Span
from saima.engine.model.season import Contestant, Indicator, Node, ScoreRule, Season, Target, Uncertainty
from saima.engine.race.evaluate import evaluate
from saima.engine.race.record import published_of
from saima.files import Bundle, folder_files, published_csv
from saima.files.packages import manifest_bytes
from saima.words import Text

JANUARY, FEBRUARY, MARCH = (Period.of("month", 2026, m) for m in (1, 2, 3))
CUT = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
VALUES = {"oak": (10, 22), "elm": (8, 19), "ash": (4, 9)}


def season() -> Season:
    whole = Span(JANUARY, Period.of("month", 2026, 12))
    return Season(
        code="small",
        title=Text("Small race", "小型赛"),
        frequency="month",
        window=whole,
        targets_cover=whole,
        missing="floor",
        contestants=tuple(Contestant(c, Text(c.title(), c), order=n) for n, c in enumerate(VALUES)),
        indicators=(
            Indicator("firms", Text("Firms", "企业"), "higher", "cumulative", "race", 60.0, "done", decimals=0),
            Indicator("growth", Text("Growth", "增速"), "higher", "growth", "race", 40.0, "done", decimals=1),
        ),
        nodes=(
            Node("overall", Text("Overall", "综合"), "overall"),
            Node("race", Text("Indicators", "赛指标"), "race", "overall", 100.0),
        ),
        score_rules=(ScoreRule("done", "completion", {"full": 100.0, "cap": 1.2}),),
        targets=(Target("*", "firms", 120.0), Target("*", "growth", 9.0)),
        uncertainty=Uncertainty(draws=200),
        illustrative=True,
        notice=Text("Fictional.", "虚构。"),
    )


def readings(until: int = 3) -> Readings:
    rows = []
    for contestant, firms in VALUES.items():
        for month in range(1, until + 1):
            period = Period.of("month", 2026, month)
            at = datetime(2026, month + 1, 4, tzinfo=UTC)
            count = firms[month - 1] if month <= len(firms) else 99
            rows += [
                Reading(contestant, "firms", period, str(count), recorded_at=at),
                Reading(contestant, "growth", period, str(count / 4), recorded_at=at),
            ]
    return Readings(ReadingTable.of(rows))


def bundle() -> Bundle:
    """January published, February to be published, March already reported."""
    empty = Bundle(season(), readings())
    january = evaluated(empty, JANUARY)
    return Bundle(
        season(), readings(), history=History((published_of(january, number=1, dated=date(2026, 2, 8), known_at=CUT),))
    )


def evaluated(source: Bundle, period: Period = FEBRUARY) -> Evaluation:
    return evaluate(source.season, source.readings, source.projects, source.history, AsOf(period, CUT), 7)


def package(source: Bundle | None = None) -> dict[str, bytes]:
    """As a bulletin makes it, with one printed form."""
    source = source or bundle()
    found = evaluated(source)
    record = published_of(found, number=2, dated=date(2026, 3, 8))
    files = {f"season/{name}": content for name, content in folder_files(source).items()}
    files["evaluation.json"] = dumps(found).encode()
    files["record/2026-02.csv"] = published_csv(record)
    files["bulletin.en.html"] = b"<!doctype html>\n"
    files["manifest.json"] = manifest_bytes(files, found, source.history, number=2, dated=date(2026, 3, 8))
    return files


def resealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files under a manifest that agrees with them: what a forger without the key can do."""
    others = {n: c for n, c in files.items() if n not in {"manifest.json", "manifest.sig"}}
    source = bundle()
    made = manifest_bytes(others, evaluated(source), source.history, number=2, dated=date(2026, 3, 8))
    return others | {"manifest.json": made}
