"""Every preset at its boundaries. The firms and the answers are written by hand from what the sources say, not from the
rule files: each row changes a firm that just passes, and says what must come out."""

from datetime import date
from decimal import Decimal

import pytest

from saima.engine.errors import RuleRefused
from saima.engine.rules import evaluate_one
from saima.presets import presets

TODAY = date(2026, 3, 1)
YES, NO, OPEN = True, False, None
FEN = Decimal("0.01")
MILLION = 1_000_000


def verdict(rule, firm, on=TODAY, held=(), **change):
    return evaluate_one(presets()[rule], firm | change, on=on, held=frozenset(held))


# ---- technology SME: 60 points, staff points not zero ---------------------------------------------------------------

TECH_SME = {
    "resident_enterprise": True,
    "staff": 400,
    "tech_staff": 120,
    "sales": 100 * MILLION,
    "total_assets": 200 * MILLION,
    "rd_spend": 6 * MILLION,
    "costs": 90 * MILLION,
    "ip_class_1": 1,
    "ip_class_2": 0,
    "product_allowed": True,
    "clean_2y": True,
    "not_on_bad_list": True,
}


@pytest.mark.parametrize(
    ("change", "points", "eligible"),
    [
        ({}, 100, YES),
        # the three of the golden list
        ({"staff": 100, "tech_staff": 9}, 80, NO),
        ({"staff": 100, "tech_staff": 10, "rd_spend": 3 * MILLION}, 54, NO),
        ({"staff": 10_000, "tech_staff": 2_499, "rd_spend": 4_990_000, "ip_class_1": 0, "ip_class_2": 3}, 60, NO),
        ({"staff": 500, "tech_staff": 124, "rd_spend": 4_990_000, "ip_class_1": 0, "ip_class_2": 3}, 60, YES),
        # staff brackets, lower bound included
        ({"tech_staff": 119}, 96, YES),
        ({"tech_staff": 100}, 96, YES),
        ({"tech_staff": 99}, 92, YES),
        ({"tech_staff": 80}, 92, YES),
        ({"tech_staff": 79}, 88, YES),
        ({"tech_staff": 60}, 88, YES),
        ({"tech_staff": 59}, 84, YES),
        ({"tech_staff": 40}, 84, YES),
        ({"tech_staff": 39}, 80, NO),
        # R&D over sales
        ({"rd_spend": 6 * MILLION - FEN}, 90, YES),
        ({"rd_spend": 5 * MILLION}, 90, YES),
        ({"rd_spend": 5 * MILLION - FEN}, 80, YES),
        ({"rd_spend": 4 * MILLION}, 80, YES),
        ({"rd_spend": 3 * MILLION}, 70, YES),
        ({"rd_spend": 2 * MILLION}, 60, YES),
        ({"rd_spend": 2 * MILLION - FEN}, 50, NO),
        # or R&D over costs: the better of the two
        ({"rd_spend": 3 * MILLION, "costs": 10 * MILLION}, 100, YES),
        ({"rd_spend": 3 * MILLION - FEN, "costs": 10 * MILLION}, 90, YES),
        ({"rd_spend": 1 * MILLION, "costs": 10 * MILLION}, 60, YES),
        ({"rd_spend": 1 * MILLION - FEN, "costs": 10 * MILLION}, 50, NO),
        # intellectual property
        ({"ip_class_1": 0, "ip_class_2": 9}, 94, YES),
        ({"ip_class_1": 0, "ip_class_2": 4}, 94, YES),
        ({"ip_class_1": 0, "ip_class_2": 3}, 88, YES),
        ({"ip_class_1": 0, "ip_class_2": 2}, 82, YES),
        ({"ip_class_1": 0, "ip_class_2": 1}, 76, YES),
        ({"ip_class_1": 0, "ip_class_2": 0}, 70, YES),
        # entry
        ({"staff": 500, "tech_staff": 150}, 100, YES),
        ({"staff": 501, "tech_staff": 151}, 100, NO),
        ({"sales": 200 * MILLION, "rd_spend": 12 * MILLION}, 100, YES),
        ({"sales": 200 * MILLION + FEN, "rd_spend": 13 * MILLION}, 100, NO),
        ({"total_assets": 200 * MILLION + FEN}, 100, NO),
        ({"resident_enterprise": False}, 100, NO),
        ({"product_allowed": False}, 100, NO),
        ({"clean_2y": False}, 100, NO),
        ({"not_on_bad_list": False}, 100, NO),
        # missing is open, unless something fails anyway
        ({"tech_staff": None}, None, OPEN),
        ({"not_on_bad_list": None}, 100, OPEN),
        ({"tech_staff": None, "not_on_bad_list": False}, None, NO),
        ({"staff": 0, "tech_staff": 0}, None, OPEN),
    ],
)
def test_tech_sme(change, points, eligible):
    found = verdict("tech-sme", TECH_SME, **change)

    assert (found.points, found.eligible) == (points, eligible)


# ---- high-tech enterprise -------------------------------------------------------------------------------------------

HIGH_TECH = {
    "age": 1,
    "core_ip": True,
    "field_supported": True,
    "staff": 200,
    "tech_staff": 20,
    "sales": 50 * MILLION,
    "sales_3y": 120 * MILLION,
    "rd_spend_3y": 6 * MILLION,
    "rd_china_3y": Decimal(3600000),
    "total_income": 60 * MILLION,
    "high_tech_income": 36 * MILLION,
    "clean_last_year": True,
    # 7 + 7 + 7 + 6 + 2 = 29 of 30; 25 of 30; 6 of 6; 5; 6: 71
    "ip_level": 4,
    "given.ip_technical_level": 7,
    "ip_support": 4,
    "given.ip_core_support": 7,
    "ip_class_1": 1,
    "ip_class_2": 0,
    "given.ip_number": 7,
    "ip_developed": True,
    "ip_acquired": False,
    "given.ip_way": 6,
    "standards_work": True,
    "given.ip_standards": 2,
    "conversions_3y": 15,
    "given.conversions_a_year": 25,
    "rd_rules_points": 6,
    "rd_rest_points": 5,
    "growth_points_given": 6,
}
MIDDLE_SALES = {"sales": 200 * MILLION, "sales_3y": 500 * MILLION, "rd_china_3y": 12 * MILLION}
LARGE_SALES = {"sales": 200 * MILLION + FEN, "sales_3y": 500 * MILLION, "rd_china_3y": 12 * MILLION}


@pytest.mark.parametrize(
    ("change", "points", "eligible"),
    [
        ({}, 71, YES),
        ({"growth_points_given": 5}, 70, NO),  # more than 70, in whole points
        ({"age": Decimal("0.99")}, 71, NO),
        ({"core_ip": False}, 71, NO),
        ({"field_supported": False}, 71, NO),
        ({"tech_staff": 19}, 71, NO),
        ({"clean_last_year": False}, 71, NO),
        # R&D by size of last year's sales: 5 % to 50 million, 4 % to 200 million, then 3 %
        ({"rd_spend_3y": 6 * MILLION - FEN}, 71, NO),
        ({"sales": 50 * MILLION + FEN, "rd_spend_3y": Decimal(4800000)}, 71, YES),
        ({"sales": 50 * MILLION + FEN, "rd_spend_3y": Decimal("4799999.99")}, 71, NO),
        (MIDDLE_SALES | {"rd_spend_3y": 20 * MILLION}, 71, YES),
        (MIDDLE_SALES | {"rd_spend_3y": 20 * MILLION - FEN}, 71, NO),
        (LARGE_SALES | {"rd_spend_3y": 15 * MILLION}, 71, YES),
        (LARGE_SALES | {"rd_spend_3y": 15 * MILLION - FEN}, 71, NO),
        # shares of 60 %
        ({"rd_china_3y": Decimal("3599999.99")}, 71, NO),
        ({"high_tech_income": 36 * MILLION - FEN}, 71, NO),
        # the group of intellectual property is capped at 30
        ({"given.ip_technical_level": 8, "given.ip_core_support": 8, "given.ip_number": 8}, 72, YES),
        # bands by number: one of class I 7-8; five of class II 5-6; 3-4; 1-2; none
        ({"ip_class_1": 0, "ip_class_2": 5, "given.ip_number": 6}, 70, NO),
        ({"ip_class_1": 0, "ip_class_2": 4, "given.ip_number": 4}, 68, NO),
        ({"ip_class_1": 0, "ip_class_2": 2, "given.ip_number": 2}, 66, NO),
        ({"ip_class_1": 0, "ip_class_2": 0, "given.ip_number": None}, 64, NO),
        # what was not seen is entered by the experts; without it the score is open
        ({"rd_rest_points": None}, None, OPEN),
        ({"growth_points_given": None}, None, OPEN),
        ({"given.conversions_a_year": None}, None, OPEN),
        ({"growth_points_given": None, "tech_staff": 19}, None, NO),
    ],
)
def test_high_tech_enterprise(change, points, eligible):
    found = verdict("high-tech-enterprise", HIGH_TECH, **change)

    assert (found.points, found.eligible) == (points, eligible)


@pytest.mark.parametrize(
    ("rd_spend_3y", "college_staff", "on", "eligible"),
    [
        (7_200_000, 60, date(2015, 12, 31), YES),  # 6 % and 30 % of the older version
        (Decimal("7199999.99"), 60, date(2015, 12, 31), NO),
        (7_200_000, 59, date(2015, 12, 31), NO),
        (6_000_000, None, date(2016, 1, 1), YES),
    ],
)
def test_high_tech_enterprise_of_the_older_version(rd_spend_3y, college_staff, on, eligible):
    firm = HIGH_TECH | {"rd_spend_3y": rd_spend_3y, "rd_china_3y": rd_spend_3y, "college_staff": college_staff}

    assert verdict("high-tech-enterprise", firm, on=on).eligible is eligible


@pytest.mark.parametrize(
    ("conversions", "least", "most"), [(15, 25, 30), (12, 19, 24), (9, 13, 18), (6, 7, 12), (3, 1, 6), (2, 0, 0)]
)
def test_judges_of_a_high_tech_enterprise_stay_in_the_band(conversions, least, most):
    firm = HIGH_TECH | {"conversions_3y": conversions}

    for chosen in (least, most):
        found = verdict("high-tech-enterprise", firm, **{"given.conversions_a_year": chosen})
        assert found.scores["conversions_a_year"] == chosen
    for chosen in (least - 1, most + 1):
        with pytest.raises(RuleRefused):
            verdict("high-tech-enterprise", firm, **{"given.conversions_a_year": chosen})


# ---- gazelles -------------------------------------------------------------------------------------------------------

HUANGPU = {"age": 12, "revenue": 17_280_000, "revenue_1": 17_000_000, "revenue_3": 10_000_000}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),  # 1,000 -> 1,728 is exactly 20 % a year
        ({"revenue": 17_270_000}, NO),  # 1,727 is 19.977 %
        ({"revenue": 17_280_000 - FEN}, NO),
        ({"revenue_3": 10_000_000 - FEN}, NO),
        ({"revenue_1": 17_280_000}, NO),  # the last year must be positive
        ({"age": 5, "revenue": 500 * MILLION + FEN, "revenue_1": 500 * MILLION, "revenue_3": 0}, YES),
        ({"age": 5, "revenue": 500 * MILLION + FEN, "revenue_1": 500 * MILLION, "revenue_3": 400 * MILLION}, YES),
        ({"age": 5, "revenue": 500 * MILLION, "revenue_1": 400 * MILLION, "revenue_3": 400 * MILLION}, NO),
        ({"age": 6, "revenue": 600 * MILLION, "revenue_1": 400 * MILLION, "revenue_3": 500 * MILLION}, NO),
        ({"age": 10, "revenue": 1000 * MILLION + FEN, "revenue_1": 900 * MILLION, "revenue_3": 900 * MILLION}, YES),
        ({"age": 10, "revenue": 1000 * MILLION, "revenue_1": 900 * MILLION, "revenue_3": 900 * MILLION}, NO),
        (
            {
                "age": Decimal("10.01"),
                "revenue": 1001 * MILLION,
                "revenue_1": 900 * MILLION,
                "revenue_3": 900 * MILLION,
            },
            NO,
        ),
        ({"revenue_3": None}, OPEN),
    ],
)
def test_gazelle_huangpu(change, eligible):
    assert verdict("gazelle-huangpu", HUANGPU, **change).eligible is eligible


CULTIVATED = {"age": 12, "revenue": 8_640_000, "revenue_1": 8_000_000, "revenue_3": 5_000_000, "equity_to_round_a": 0}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        ({"revenue": 8_640_000 - FEN}, NO),
        ({"revenue_3": 5_000_000 - FEN}, NO),
        ({"revenue_1": 8_640_000}, NO),
        ({"revenue": 7_500_000, "revenue_1": 5_000_000}, YES),  # 50 % in the year
        ({"revenue": 7_500_000 - FEN, "revenue_1": 5_000_000}, NO),
        ({"revenue": 5_000_000, "revenue_1": 1_000_000}, YES),
        ({"revenue": 5_000_000 - FEN, "revenue_1": 1_000_000}, NO),
        ({"revenue": 0, "age": 5, "equity_to_round_a": 50 * MILLION}, YES),
        ({"revenue": 0, "age": 5, "equity_to_round_a": 50 * MILLION - FEN}, NO),
        ({"revenue": 0, "age": Decimal("5.01"), "equity_to_round_a": 50 * MILLION}, NO),
    ],
)
def test_cultivated_gazelle_huangpu(change, eligible):
    assert verdict("gazelle-huangpu-cultivated", CULTIVATED, **change).eligible is eligible


STANDARD_GAZELLE = {
    "age": 15,
    "revenue": 20_736_000,
    "revenue_4": 10_000_000,
    "staff": 120,
    "staff_4": 100,
    "no_sharp_drop_3y": True,
}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),  # 1.2 to the power of 4 is 2.0736
        ({"revenue": 20_736_000 - FEN}, NO),
        ({"revenue_4": 10_000_000 - FEN}, NO),
        ({"age": Decimal("15.01")}, NO),
        ({"revenue": 0, "staff": 28_561, "staff_4": 10_000}, YES),  # 1.3 to the power of 4 is 2.8561
        ({"revenue": 0, "staff": 28_560, "staff_4": 10_000}, NO),
        ({"revenue": 0, "staff": 1_000, "staff_4": 99}, NO),
        ({"revenue": 1000 * MILLION, "revenue_4": 900 * MILLION, "age": 10}, YES),
        ({"revenue": 1000 * MILLION - FEN, "revenue_4": 900 * MILLION, "age": 10}, NO),
        ({"revenue": 1000 * MILLION, "revenue_4": 900 * MILLION, "age": Decimal("10.01")}, NO),
        ({"revenue": 1000 * MILLION, "revenue_4": 900 * MILLION, "age": 10, "no_sharp_drop_3y": False}, NO),
        ({"no_sharp_drop_3y": None}, YES),
    ],
)
def test_gazelle_of_the_national_standard(change, eligible):
    assert verdict("gazelle-gbt-41464", STANDARD_GAZELLE, **change).eligible is eligible


ZHENGZHOU = {"age": 10, "revenue": 12_000_000, "revenue_1": 10_000_000, "profit": 0, "profit_1": 1_000_000}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        ({"age": Decimal("10.01")}, NO),
        ({"revenue": 12_000_000 - FEN}, NO),
        ({"revenue": 12_000_000 - FEN, "profit": 1_100_000}, YES),
        ({"revenue": 12_000_000 - FEN, "profit": 1_100_000 - FEN}, NO),
        ({"revenue": 10_000_000, "revenue_1": 8_000_000}, YES),
        ({"revenue": 10_000_000 - FEN, "revenue_1": 8_000_000}, NO),
        ({"revenue": 50_000_000 - FEN, "revenue_1": 42_000_000}, NO),  # 19.05 % of the lower class's 20 %
        ({"revenue": 50_000_000, "revenue_1": 42_000_000}, YES),  # and of the upper class's 15 %
        ({"revenue": 57_500_000, "revenue_1": 50_000_000}, YES),
        ({"revenue": 57_500_000 - FEN, "revenue_1": 50_000_000}, NO),
        # the source breaks off at 100 million
        ({"revenue": 100_000_000 - FEN, "revenue_1": 80_000_000}, YES),
        ({"revenue": 100_000_000, "revenue_1": 80_000_000}, OPEN),
        ({"revenue": 100_000_000, "revenue_1": 80_000_000, "age": 11}, NO),
    ],
)
def test_potential_gazelle_zhengzhou(change, eligible):
    assert verdict("gazelle-zhengzhou-potential", ZHENGZHOU, **change).eligible is eligible


# ---- innovative, specialised, little giant --------------------------------------------------------------------------

INNOVATIVE = {
    "ip_high_value": 0,
    "ip_class_1_own": 0,
    "ip_class_1": 0,
    "ip_class_2": 1,
    "rd_spend": 3 * MILLION,
    "revenue": 100 * MILLION,
    "revenue_1": 100 * MILLION,
    "total_debt": 55 * MILLION,
    "total_assets": 100 * MILLION,
    "specialisation_points": 25,
    "award_3y": False,
    "title_in_force": False,
    "recognised_rd_body": False,
    "equity_3y": 0,
}


@pytest.mark.parametrize(
    ("change", "points", "eligible"),
    [
        ({}, 60, YES),  # 5 + 15, 5 + 10, 25
        ({"specialisation_points": 24}, 59, NO),
        # each group has a least of its own: 20, 15 and 15
        ({"rd_spend": 3 * MILLION - FEN, "specialisation_points": 30}, 60, NO),
        ({"revenue": 100 * MILLION - FEN, "rd_spend": 5 * MILLION, "specialisation_points": 30}, 65, NO),
        ({"specialisation_points": 14, "ip_high_value": 1, "rd_spend": 5 * MILLION}, 69, NO),
        ({"specialisation_points": 15, "ip_high_value": 1, "rd_spend": 5 * MILLION}, 70, YES),
        # intellectual property
        ({"ip_high_value": 1, "ip_class_1": 1}, 75, YES),
        ({"ip_class_1_own": 1, "ip_class_1": 1}, 70, YES),
        ({"ip_class_1": 1}, 65, YES),
        ({"ip_class_2": 0}, 55, NO),
        # R&D over revenue
        ({"rd_spend": 5 * MILLION}, 65, YES),
        ({"rd_spend": 5 * MILLION - FEN}, 60, YES),
        ({"rd_spend": 2 * MILLION}, 55, NO),
        ({"rd_spend": 1 * MILLION}, 50, NO),
        ({"rd_spend": 1 * MILLION - FEN}, 45, NO),
        # growth of revenue
        ({"revenue_1": 80 * MILLION, "revenue": 92 * MILLION}, 75, YES),
        ({"revenue_1": 80 * MILLION, "revenue": 92 * MILLION - FEN}, 70, YES),
        ({"revenue_1": 80 * MILLION, "revenue": 88 * MILLION}, 70, YES),
        ({"revenue_1": 80 * MILLION, "revenue": 84 * MILLION}, 65, YES),
        ({"revenue_1": 80 * MILLION, "revenue": 84 * MILLION - FEN}, 60, YES),
        # debt ratio
        ({"total_debt": 55 * MILLION + FEN}, 55, NO),
        ({"total_debt": 75 * MILLION, "specialisation_points": 30, "revenue_1": 90 * MILLION}, 70, YES),
        ({"total_debt": 75 * MILLION + FEN, "specialisation_points": 30, "revenue_1": 90 * MILLION}, 65, YES),
        # one of four facts suffices
        ({"specialisation_points": 0, "award_3y": True}, 35, YES),
        ({"specialisation_points": 0, "title_in_force": True}, 35, YES),
        ({"specialisation_points": 0, "recognised_rd_body": True}, 35, YES),
        ({"specialisation_points": 0, "equity_3y": 5 * MILLION}, 35, YES),
        ({"specialisation_points": 0, "equity_3y": 5 * MILLION - FEN}, 35, NO),
        # the table of specialisation was not seen
        ({"specialisation_points": None}, None, OPEN),
        ({"specialisation_points": None, "title_in_force": True}, None, YES),
    ],
)
def test_innovative_sme(change, points, eligible):
    found = verdict("innovative-sme", INNOVATIVE, **change)

    assert (found.points, found.eligible) == (points, eligible)


SPECIALISED = {
    "niche_years": 2,
    "rd_spend": 1 * MILLION,
    "rd_spend_1": 0,
    "revenue": 10 * MILLION,
    "equity_2y": 0,
    "score": 60,
    "award_ranked": False,
    "maker_china_3y": False,
}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        ({"niche_years": Decimal("1.99")}, NO),
        ({"rd_spend": 1 * MILLION - FEN}, NO),
        ({"revenue": 50 * MILLION, "rd_spend": Decimal(1500000)}, YES),
        ({"revenue": 50 * MILLION, "rd_spend": Decimal("1499999.99")}, NO),
        ({"revenue": 10 * MILLION - FEN}, NO),
        ({"revenue": 10 * MILLION - FEN, "equity_2y": 20 * MILLION}, YES),
        ({"revenue": 10 * MILLION - FEN, "equity_2y": 20 * MILLION - FEN}, NO),
        ({"score": Decimal("59.99")}, NO),
        ({"score": 0, "award_ranked": True}, YES),
        ({"score": 0, "rd_spend": 15 * MILLION, "rd_spend_1": 5 * MILLION}, YES),
        ({"score": 0, "rd_spend": 15 * MILLION, "rd_spend_1": 5 * MILLION - FEN}, NO),
        ({"score": 0, "equity_2y": 60 * MILLION}, YES),
        ({"score": 0, "equity_2y": 60 * MILLION - FEN}, NO),
        ({"score": 0, "maker_china_3y": True}, YES),
        ({"score": None}, OPEN),
        ({"score": None, "maker_china_3y": True}, YES),
    ],
)
def test_specialised_sme(change, eligible):
    assert verdict("specialised-sme", SPECIALISED, **change).eligible is eligible


GIANT_2022 = {
    "niche_years": 3,
    "main_revenue": 88_200_000,
    "main_revenue_2": 80_000_000,  # 80 million x 1.05 x 1.05 = 88.2 million
    "revenue": 126_000_000,  # 70 % of it is 88.2 million
    "revenue_1": 110_000_000,
    "total_debt": 70,
    "total_assets": 100,
    "core_systems": 1,
    "certified": True,
    "national_share": Decimal("0.1"),
    "own_brand": True,
    "rd_spend": 3_780_000,
    "rd_spend_1": 3_300_000,
    "rd_staff": 50,
    "staff": 100,
    "equity_2y": 0,
    "rd_body": True,
    "ip_class_1": 2,
    "chain_and_product": True,
}
SMALL = {
    "revenue": 50 * MILLION - FEN,
    "main_revenue": 40 * MILLION,
    "main_revenue_2": 30 * MILLION,
    "equity_2y": 80 * MILLION,
    "rd_spend": 20 * MILLION,
    "rd_spend_1": 10 * MILLION,
}
MIDDLE = {
    "revenue": 50 * MILLION,
    "revenue_1": 40 * MILLION,
    "main_revenue": 40 * MILLION,
    "main_revenue_2": 30 * MILLION,
    "rd_spend": 3 * MILLION,
    "rd_spend_1": 2_400_000,
}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        ({"niche_years": Decimal("2.99")}, NO),
        ({"revenue": 126_000_001, "rd_spend": 4 * MILLION}, NO),
        ({"main_revenue_2": 80_000_000 + FEN}, NO),
        ({"total_debt": Decimal("70.01")}, NO),
        ({"core_systems": 0}, NO),
        ({"certified": False}, NO),
        ({"national_share": Decimal("0.0999")}, NO),
        ({"own_brand": False}, NO),
        ({"rd_body": False}, NO),
        ({"ip_class_1": 1}, NO),
        # 3 % from 100 million on, in each of the two years
        ({"rd_spend": 3_780_000 - FEN}, NO),
        ({"rd_spend_1": 3_300_000 - FEN}, NO),
        # 6 % from 50 to 100 million
        (MIDDLE, YES),
        (MIDDLE | {"rd_spend": 3 * MILLION - FEN}, NO),
        (MIDDLE | {"rd_spend_1": 2_400_000 - FEN}, NO),
        # below 50 million: money and people instead
        (SMALL, YES),
        (SMALL | {"equity_2y": 80 * MILLION - FEN}, NO),
        (SMALL | {"rd_spend_1": 10 * MILLION - FEN}, NO),
        (SMALL | {"rd_staff": 49}, NO),
        # what was named but not seen is the office's word
        ({"chain_and_product": None}, OPEN),
        ({"chain_and_product": False}, NO),
    ],
)
def test_little_giant_of_2022(change, eligible):
    assert verdict("small-giant-2022", GIANT_2022, **change).eligible is eligible


GIANT_2026 = {
    "revenue": 88_200_000,
    "revenue_1": 84_000_000,
    "revenue_2": 80_000_000,
    "main_revenue": 79_380_000,
    "total_debt": 75,
    "total_assets": 100,
    "rd_spend": 6_000_000,
    "rd_spend_1": 6_000_000,
    "ip_class_1": 4,
    "national_award_top3_3y": False,
    "national_share": Decimal("0.1"),
    "national_rank": 9,
    "chain_role": True,
    "score": 60,
}
FIFTY = {
    "revenue": 50 * MILLION,
    "revenue_1": 48 * MILLION,
    "revenue_2": 45 * MILLION,
    "main_revenue": 45 * MILLION,
}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        (FIFTY, YES),
        (FIFTY | {"revenue": 50 * MILLION - FEN}, NO),
        ({"main_revenue": 79_380_000 - FEN}, NO),
        ({"revenue_2": 80_000_000 + FEN}, NO),
        ({"total_debt": Decimal("75.01")}, NO),
        ({"rd_spend_1": 6_000_000 - FEN}, NO),
        ({"rd_spend": 9_480_000, "rd_spend_1": 2_520_000}, YES),  # 3 % of 84 million
        ({"rd_spend": 9_490_000, "rd_spend_1": 2_520_000 - FEN}, NO),
        ({"ip_class_1": 3}, NO),
        ({"ip_class_1": 0, "national_award_top3_3y": True}, YES),
        ({"national_share": Decimal("0.0999")}, NO),
        ({"national_share": Decimal("0.0999"), "national_rank": 3}, YES),
        ({"national_share": Decimal("0.0999"), "national_rank": 4}, NO),
        ({"chain_role": False}, NO),
        ({"score": Decimal("59.99")}, NO),
        ({"score": None}, OPEN),
    ],
)
def test_little_giant_as_advertised_for_2026(change, eligible):
    assert verdict("small-giant-2026", GIANT_2026, **change).eligible is eligible


# ---- single champion ------------------------------------------------------------------------------------------------

CHAMPION = {
    "niche_products": 2,
    "niche_revenue": 70,
    "revenue": 100,
    "global_rank": 3,
    "field_years": 10,
    "new_product": False,
}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        ({"niche_products": 1}, YES),
        ({"niche_products": 0}, NO),
        ({"niche_products": 3}, NO),
        ({"niche_revenue": 70 - FEN}, NO),
        ({"global_rank": 4}, NO),
        ({"field_years": Decimal("9.99")}, NO),
        ({"field_years": 3, "new_product": True}, YES),
        ({"field_years": Decimal("2.99"), "new_product": True}, NO),
    ],
)
def test_single_champion_of_the_first_text(change, eligible):
    assert verdict("single-champion-first", CHAMPION, on=date(2021, 4, 30), **change).eligible is eligible


@pytest.mark.parametrize(
    ("change", "held", "eligible"),
    [
        ({}, ["provincial-single-champion"], YES),
        ({}, [], NO),
        ({"global_rank": 4}, ["provincial-single-champion"], NO),
        ({"field_years": Decimal("9.99")}, ["provincial-single-champion"], NO),
        ({"field_years": 3, "new_product": True}, ["provincial-single-champion"], YES),
        ({"clean_3y": False}, ["provincial-single-champion"], NO),
    ],
)
def test_single_champion_of_2023_must_be_the_provinces(change, held, eligible):
    firm = {"global_rank": 3, "field_years": 10, "new_product": False, "clean_3y": True}

    assert verdict("single-champion-2023", firm, on=date(2023, 2, 1), held=held, **change).eligible is eligible


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        ({"global_rank": 4}, NO),
        ({"global_rank": 4, "national_rank": 1}, YES),
        ({"rd_spend": 3 - FEN}, NO),
        ({"core_ip": False}, NO),
        ({"no_accident_3y": False}, NO),
    ],
)
def test_single_champion_of_2025(change, eligible):
    firm = {
        "global_rank": 3,
        "national_rank": 2,
        "rd_spend": 3,
        "revenue": 100,
        "core_ip": True,
        "no_accident_3y": True,
    }

    assert verdict("single-champion-2025", firm, **change).eligible is eligible


# ---- incubators -----------------------------------------------------------------------------------------------------

INCUBATOR = {
    "operating_years": 3,
    "statistics_years": 2,
    "own_area": 10_000,
    "incubatee_area": 7_500,
    "seed_fund": 5 * MILLION,
    "incubatees": 30,
    "incubatees_funded": 3,
    "funding_cases": 3,
    "relief": False,
}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        ({"operating_years": Decimal("2.99")}, NO),
        ({"statistics_years": 1}, NO),
        ({"own_area": 10_000 - FEN}, NO),
        ({"incubatee_area": 7_500 - FEN}, NO),
        ({"seed_fund": 5 * MILLION - FEN}, NO),
        ({"incubatees": 31}, NO),
        ({"funding_cases": 2}, NO),
        ({"relief": None}, YES),
        # 20 % off for remote areas: 8,000 square metres; 2.4 cases are 3
        ({"own_area": 8_000, "relief": True}, YES),
        ({"own_area": 8_000 - FEN, "relief": True}, NO),
        ({"own_area": 8_000, "relief": None}, OPEN),
        ({"funding_cases": 2, "relief": True}, NO),
    ],
)
def test_incubator_national(change, eligible):
    assert verdict("incubator-national", INCUBATOR, **change).eligible is eligible


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, NO),
        ({"hte_on_record": True}, YES),
        ({"venture_money": 5 * MILLION}, NO),
        ({"venture_money": 5 * MILLION + FEN}, YES),
        ({"revenue_2y": 10 * MILLION}, NO),
        ({"revenue_2y": 10 * MILLION + FEN}, YES),
        ({"acquired_or_listed": True}, YES),
        ({"acquired_or_listed": None}, OPEN),
    ],
)
def test_graduate_of_an_incubator_meets_one_of_four(change, eligible):
    firm = {"hte_on_record": False, "venture_money": 0, "revenue_2y": 0, "acquired_or_listed": False}

    assert verdict("incubator-graduate", firm, **change).eligible is eligible


HUIZHOU = {
    "own_area": 2_000,
    "incubatee_area": 1_500,
    "incubator_staff": 5,
    "incubator_professionals": 4,
    "mentors": 3,
    "incubatees": 10,
    "special_field": False,
    "incubatees_in_field": 0,
    "seed_fund": 5 * MILLION,
    "incubatees_funded": 1,
    "services": 2,
    "relief": False,
}
SPECIAL = {"special_field": True, "incubatees": 8, "incubatees_in_field": 6}


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        ({"own_area": 2_000 - FEN}, NO),
        ({"incubatee_area": 1_500 - FEN}, NO),
        ({"incubator_staff": 4, "incubator_professionals": 4}, NO),
        ({"incubator_professionals": 3}, NO),
        ({"mentors": 2}, NO),
        ({"incubatees": 15}, YES),  # one mentor for five
        ({"incubatees": 16}, NO),
        ({"incubatees": 9}, NO),
        (SPECIAL, YES),
        (SPECIAL | {"incubatees": 7}, NO),
        (SPECIAL | {"incubatees_in_field": 5}, NO),
        ({"seed_fund": 5 * MILLION - FEN}, NO),
        ({"incubatees_funded": 0}, NO),
        ({"services": 1}, NO),
        # 20 % off in two counties
        ({"own_area": 1_600, "incubator_staff": 4, "incubatees": 8, "relief": True}, YES),
        ({"own_area": 1_600 - FEN, "relief": True}, NO),
        ({"incubatees": 7, "relief": True}, NO),
        (SPECIAL | {"incubatees": 7, "relief": True}, YES),
        (SPECIAL | {"incubatees": 6, "relief": True}, NO),
    ],
)
def test_incubator_huizhou(change, eligible):
    assert verdict("incubator-huizhou", HUIZHOU, **change).eligible is eligible


# ---- technology centres ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({"score": 100}, YES),
        ({"score": 60}, YES),
        ({"score": Decimal("59.99")}, NO),
        ({"score": 90, "revenue": 100 * MILLION - FEN}, NO),
        ({"score": 90, "hard_conditions_met": False}, NO),
        ({"score": 90, "hard_conditions_met": None}, OPEN),
        ({"score": None}, OPEN),
    ],
)
def test_technology_centre_guangdong(change, eligible):
    centre = {"revenue": 100 * MILLION, "hard_conditions_met": True}

    assert verdict("technology-centre-guangdong", centre, **change).eligible is eligible


@pytest.mark.parametrize(
    ("change", "eligible"),
    [
        ({}, YES),
        ({"sales": 100 * MILLION - FEN}, NO),
        ({"is_high_tech": False, "sales": 200 * MILLION}, YES),
        ({"is_high_tech": False, "sales": 200 * MILLION - FEN}, NO),
        ({"rd_spend": 8 * MILLION - FEN}, NO),
        ({"equipment": 8 * MILLION - FEN}, NO),
        ({"centre_staff": 49}, NO),
        ({"city_centre_years": Decimal("0.99")}, NO),
    ],
)
def test_technology_centre_of_the_jiangsu_type(change, eligible):
    centre = {
        "is_high_tech": True,
        "sales": 100 * MILLION,
        "rd_spend": 8 * MILLION,
        "equipment": 8 * MILLION,
        "centre_staff": 50,
        "city_centre_years": 1,
    }

    assert verdict("technology-centre-jiangsu-type", centre, **change).eligible is eligible


@pytest.mark.parametrize(
    ("score", "before", "late", "eligible"),
    [
        (85, 60, 0, YES),
        (60, 65, 0, YES),
        (Decimal("59.99"), 90, 0, NO),
        (Decimal("64.99"), Decimal("64.99"), 0, NO),  # weak twice in a row
        (60, 60, 0, NO),
        (65, 60, 0, YES),
        (60, Decimal("59.99"), 0, YES),
        (85, 85, 1, YES),
        (85, 85, Decimal("1.01"), NO),
        (60, None, 0, OPEN),
        (85, None, 0, YES),
    ],
)
def test_evaluation_of_a_technology_centre_of_the_jiangsu_type(score, before, late, eligible):
    centre = {"score": score, "score_1": before, "report_months_late": late}

    assert verdict("technology-centre-jiangsu-type-evaluation", centre).eligible is eligible
