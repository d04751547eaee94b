"""The same ladder in OpenFisca-core, written by hand as one writes it there: a variable per condition.

Its amounts are 32-bit floats, as OpenFisca has them, so a firm exactly on a threshold may fall on the other side. Dated
figures are OpenFisca's own parameters. Missing figures do not exist there: every input is given.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

YEAR = "2026"
_NAMES = re.compile(r'\bv\("([^"]+)"\)')
RUNGS = ("tech_sme", "innovative_sme", "specialised_sme", "small_giant", "high_tech")
Firms = Callable[[str, object], np.ndarray]


@dataclass(frozen=True)
class Asked:
    """What a formula may ask: other variables, and the parameters of the year."""

    firms: Firms
    period: object
    now: object

    def __call__(self, name: str) -> np.ndarray:
        return self.firms(name, self.period)


Formula = Callable[[Asked], np.ndarray]

PARAMETERS = {
    "rd_floor": {
        kind: {"description": kind, "values": {"2008-01-01": {"value": old}, "2016-01-01": {"value": new}}}
        for kind, old, new in (("small", 0.06, 0.05), ("middle", 0.04, 0.04), ("large", 0.03, 0.03))
    }
}


def _over(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """A ratio; 0 where there is nothing below the line, which fails every "at least"."""
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)


def _steps(x: np.ndarray, bounds: list[float], points: list[float]) -> np.ndarray:
    """Points by lower bound, included; ``points`` begins with what lies under the first bound."""
    return np.asarray(points, np.float32)[np.searchsorted(np.asarray(bounds, np.float32), x, side="right")]


def _ladder() -> dict[str, Formula]:
    f: dict[str, Formula] = {}
    # technology SME
    f["ts_resident"] = lambda v: v("resident_enterprise")
    f["ts_staff"] = lambda v: v("staff") <= 500
    f["ts_sales"] = lambda v: v("sales") <= 2e8
    f["ts_assets"] = lambda v: v("total_assets") <= 2e8
    f["ts_product"] = lambda v: v("product_allowed")
    f["ts_conduct"] = lambda v: v("clean_2y")
    f["ts_list"] = lambda v: v("not_on_bad_list")
    f["ts_staff_points"] = lambda v: _steps(
        _over(v("tech_staff"), v("staff")), [0.10, 0.15, 0.20, 0.25, 0.30], [0, 4, 8, 12, 16, 20]
    )
    f["ts_rd_points"] = lambda v: np.maximum(
        _steps(_over(v("rd_spend"), v("sales")), [0.02, 0.03, 0.04, 0.05, 0.06], [0, 10, 20, 30, 40, 50]),
        _steps(_over(v("rd_spend"), v("costs")), [0.10, 0.15, 0.20, 0.25, 0.30], [0, 10, 20, 30, 40, 50]),
    )
    f["ts_ip_points"] = lambda v: np.maximum(
        np.where(v("ip_class_1") >= 1, 30, 0), _steps(v("ip_class_2"), [1, 2, 3, 4], [0, 6, 12, 18, 24])
    ).astype(np.float32)
    f["ts_points"] = lambda v: v("ts_staff_points") + v("ts_rd_points") + v("ts_ip_points")
    f["tech_sme"] = lambda v: (
        v("ts_resident")
        & v("ts_staff")
        & v("ts_sales")
        & v("ts_assets")
        & v("ts_product")
        & v("ts_conduct")
        & v("ts_list")
        & (v("ts_staff_points") > 0)
        & (v("ts_points") >= 60)
    )
    # innovative SME
    f["is_ip"] = lambda v: np.select(
        [v("ip_high_value") >= 1, v("ip_class_1_own") >= 1, v("ip_class_1") >= 1, v("ip_class_2") >= 1],
        [20, 15, 10, 5],
        0,
    ).astype(np.float32)
    f["is_rd"] = lambda v: _steps(_over(v("rd_spend"), v("revenue")), [0.01, 0.02, 0.03, 0.05], [0, 5, 10, 15, 20])
    f["is_growth"] = lambda v: _steps(
        _over(v("revenue"), v("revenue_1")) - 1, [0, 0.05, 0.10, 0.15], [0, 5, 10, 15, 20]
    )
    f["is_debt"] = lambda v: _steps(-_over(v("total_debt"), v("total_assets")), [-0.75, -0.55], [0, 5, 10])
    f["is_points"] = lambda v: v("is_ip") + v("is_rd") + v("is_growth") + v("is_debt") + v("specialisation_points")
    f["is_scored"] = lambda v: (
        (v("is_ip") + v("is_rd") >= 20)
        & (v("is_growth") + v("is_debt") >= 15)
        & (v("specialisation_points") >= 15)
        & (v("is_points") >= 60)
    )
    f["is_equity"] = lambda v: v("equity_3y") >= 5e6
    f["innovative_sme"] = lambda v: (
        v("is_scored") | v("award_3y") | v("title_in_force") | v("recognised_rd_body") | v("is_equity")
    )
    # specialised SME
    f["ss_niche"] = lambda v: v("niche_years") >= 2
    f["ss_rd"] = lambda v: v("rd_spend") >= 1e6
    f["ss_rd_share"] = lambda v: _over(v("rd_spend"), v("revenue")) >= 0.03
    f["ss_size"] = lambda v: (v("revenue") >= 1e7) | (v("equity_2y") >= 2e7)
    f["ss_mean"] = lambda v: (v("rd_spend") + v("rd_spend_1")) / 2 >= 1e7
    f["ss_equity"] = lambda v: v("equity_2y") >= 6e7
    f["ss_scored"] = lambda v: v("score") >= 60
    f["specialised_sme"] = lambda v: (
        v("ss_niche")
        & v("ss_rd")
        & v("ss_rd_share")
        & v("ss_size")
        & (v("ss_scored") | v("award_ranked") | v("ss_mean") | v("ss_equity") | v("maker_china_3y"))
    )
    # little giant as advertised for 2026
    f["sg_size"] = lambda v: v("revenue") >= 5e7
    f["sg_main"] = lambda v: _over(v("main_revenue"), v("revenue")) >= 0.9
    f["sg_growth"] = lambda v: (v("revenue_2") > 0) & (v("revenue") >= v("revenue_2") * 1.1025)
    f["sg_debt"] = lambda v: _over(v("total_debt"), v("total_assets")) <= 0.75
    f["sg_rd"] = lambda v: v("rd_spend") + v("rd_spend_1") >= 1.2e7
    f["sg_rd_share"] = lambda v: (
        (_over(v("rd_spend"), v("revenue")) >= 0.03) & (_over(v("rd_spend_1"), v("revenue_1")) >= 0.03)
    )
    f["sg_ip"] = lambda v: (v("ip_class_1") >= 4) | v("national_award_top3_3y")
    f["sg_market"] = lambda v: (v("national_share") >= 0.1) | (v("national_rank") <= 3)
    f["sg_scored"] = lambda v: v("score") >= 60
    f["small_giant"] = lambda v: (
        v("sg_size")
        & v("sg_main")
        & v("sg_growth")
        & v("sg_debt")
        & v("sg_rd")
        & v("sg_rd_share")
        & v("sg_ip")
        & v("sg_market")
        & v("chain_role")
        & v("sg_scored")
    )
    # high-tech enterprise; the judges' points are inputs
    f["ht_age"] = lambda v: v("age") >= 1
    f["ht_staff"] = lambda v: _over(v("tech_staff"), v("staff")) >= 0.1
    f["ht_rd_floor"] = lambda v: np.select(
        [v("sales") <= 5e7, v("sales") <= 2e8], [v.now.rd_floor.small, v.now.rd_floor.middle], v.now.rd_floor.large
    ).astype(np.float32)
    f["ht_rd"] = lambda v: _over(v("rd_spend_3y"), v("sales_3y")) >= v("ht_rd_floor")
    f["ht_china"] = lambda v: _over(v("rd_china_3y"), v("rd_spend_3y")) >= 0.6
    f["ht_income"] = lambda v: _over(v("high_tech_income"), v("total_income")) >= 0.6
    f["ht_conduct"] = lambda v: v("clean_last_year")
    f["ht_points"] = lambda v: (
        np.minimum(
            v("given.ip_technical_level")
            + v("given.ip_core_support")
            + v("given.ip_number")
            + v("given.ip_way")
            + v("given.ip_standards"),
            30,
        )
        + v("given.conversions_a_year")
        + v("rd_rules_points")
        + v("rd_rest_points")
        + v("growth_points_given")
    )
    f["high_tech"] = lambda v: (
        v("ht_age")
        & v("core_ip")
        & v("field_supported")
        & v("ht_staff")
        & v("ht_rd")
        & v("ht_china")
        & v("ht_income")
        & v("ht_conduct")
        & (v("ht_points") >= 71)
    )
    return f


def _input(name: str, dtype: np.dtype, entity: object) -> type[Variable]:
    kind = bool if dtype == np.bool_ else float
    return type(name, (Variable,), {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR})


def _computed(name: str, entity: object, formula: Formula, *, truth: bool) -> type[Variable]:
    def evaluated(firms: Firms, period: object, parameters: Callable[[object], object]) -> np.ndarray:
        return formula(Asked(firms, period, parameters(period)))

    kind = bool if truth else float
    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "formula": evaluated}
    return type(name, (Variable,), body)


def simulation(figures: Mapping[str, np.ndarray]) -> Simulation:
    """OpenFisca's system with the ladder, and the firms' figures set as inputs."""
    firm = build_entity(key="firm", plural="firms", label="Firms", is_person=True)
    system = TaxBenefitSystem([firm])
    system.parameters = ParameterNode("", data=PARAMETERS)
    for name, values in figures.items():
        system.add_variable(_input(name, values.dtype, firm))
    for name, formula in _ladder().items():
        number = name.endswith("points") or name in {"is_ip", "is_rd", "is_growth", "is_debt", "ht_rd_floor"}
        system.add_variable(_computed(name, firm, formula, truth=not number))
    count = len(next(iter(figures.values())))
    made = SimulationBuilder().build_default_simulation(system, count=count)
    for name, values in figures.items():
        made.set_input(name, YEAR, values)
    return made


def asked_for() -> list[str]:
    """The figures the formulas ask for, as they stand in this file."""
    here = _ladder()
    return sorted({name for name in _NAMES.findall(Path(__file__).read_text("utf-8")) if name not in here})


def rungs(figures: Mapping[str, np.ndarray]) -> dict[str, int]:
    """How many firms stand on each rung."""
    made = simulation(figures)
    return {name: int(made.calculate(name, YEAR).sum()) for name in RUNGS}
