"""Two clocks: what a firm showed on a day, as it was known at an instant; columns as rules ask for them."""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from saima.engine.rules import evaluate_one, plan_bulk
from saima.files.registers import check_sign
from saima.presets import presets
from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.registers.actions.enterprises import (
    enterprise_add,
    enterprise_merge,
    enterprise_move,
    enterprise_rename,
    fact_record,
    status_record,
    status_withdraw,
)
from saima.server.registers.models import Enterprise, EnterpriseFact
from saima.server.registers.queries.columns import register_at
from saima.server.registers.queries.statuses import holding

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 2)


def code_of(number: int) -> str:
    """A code of nobody: its place is not in use."""
    first = f"919999{number:011d}"[:17]
    return first + check_sign(first)


@contextmanager
def on(day: str):
    with clock.at(datetime.fromisoformat(f"{day}T09:00:00+08:00")):
        yield


def instant(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T23:00:00+08:00").astimezone(UTC)


@pytest.fixture
def firm(demo):
    with on("2026-02-01"):
        return enterprise_add(
            uscc=code_of(1), name="示例一号科技有限公司", place=Place.objects.get(key="crane"), by=None
        )


def said(firm, item, period, value, day="2026-02-01"):
    with on(day):
        fact_record(enterprise=firm, item=item, period=period, value=value, reason="told", by=None)


def shown(firm, key, known=None, day=JUNE):
    found = register_at(day, known, [key], only=[firm.pk])
    return found.columns[key][0]


def test_a_later_figure_counts_only_from_when_it_was_known(firm):
    said(firm, "revenue", "2025", "1000", "2026-03-01")
    said(firm, "revenue", "2025", "1200", "2026-05-20")

    assert shown(firm, "revenue") == "1200"
    assert shown(firm, "revenue", instant("2026-05-19")) == "1000"
    assert shown(firm, "revenue", instant("2026-02-28")) is None


def test_lags_sums_and_marks_as_rules_name_them(firm):
    said(firm, "founded", "", "2024-03-05")
    for period, value in (("2025", "300.5"), ("2024", "200")):
        said(firm, "sales", period, value)
    said(firm, "ip_class_1", "2025", "2")
    said(firm, "ip_class_1", "2026-04", "3")
    said(firm, "clean_2y", "2023", "1")

    found = register_at(JUNE, keys=["sales", "sales_1", "sales_2", "sales_3y", "age", "ip_class_1", "clean_2y"])
    row = found.ids.index(firm.pk)

    assert {k: v[row] for k, v in found.columns.items()} == {
        "sales": "300.5",
        "sales_1": "200",
        "sales_2": None,
        "sales_3y": "500.5",  # the firm is younger than three years
        "age": "2.24",
        "ip_class_1": "3",
        "clean_2y": None,  # three years old
    }


def test_bulk_and_one_firm_agree_on_the_same_register(firm):
    figures = {"staff": "100", "tech_staff": "25", "sales": "20000000", "rd_spend": "1000000", "costs": "9000000"}
    marks = {"resident_enterprise": "1", "product_allowed": "1", "clean_2y": "1", "not_on_bad_list": "1"}
    for item, value in {**figures, **marks, "total_assets": "5000000", "ip_class_1": "0", "ip_class_2": "2"}.items():
        said(firm, item, "2025", value)
    rule = presets()["tech-sme"]

    found = register_at(JUNE, keys=rule.inputs)
    row = found.ids.index(firm.pk)
    verdict = evaluate_one(rule, found.given(row), on=JUNE, held=found.held_by(row))
    bulk = plan_bulk(rule, on=JUNE).columns(found.frame(), ["id"]).collect().filter(id=firm.pk).row(0, named=True)

    assert (verdict.state, verdict.points) == ("eligible", Decimal(68))
    assert (bulk["eligible"], bulk["points"], bulk["refused"]) == (True, 68, False)


def test_a_status_is_held_from_its_day_until_it_is_withdrawn_as_known_then(firm):
    with on("2026-03-10"):
        status_record(enterprise=firm, status="tech-sme", since=date(2026, 1, 15), reason="batch 1", by=None)
    with on("2026-05-30"):
        status_withdraw(enterprise=firm, status="tech-sme", on=date(2026, 5, 1), reason="moved", by=None)

    def holds(day, known=None):
        return firm.uscc in [h.uscc for h in holding("tech-sme", day, known)]

    assert [holds(date(2026, 1, 14)), holds(date(2026, 1, 15)), holds(date(2026, 4, 30)), holds(date(2026, 5, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert holds(date(2026, 5, 1), instant("2026-05-29"))
    assert not holds(date(2026, 2, 1), instant("2026-03-09"))


def test_a_relocation_moves_the_count_from_its_day_and_nets_to_zero_above(firm):
    with on("2026-03-01"):
        status_record(enterprise=firm, status="gazelle", since=date(2026, 1, 1), reason="list", by=None)
    crane, whale = Place.objects.get(key="crane"), Place.objects.get(key="whale")
    before = len(holding("gazelle", JUNE))
    with on("2026-05-01"):
        enterprise_move(enterprise=firm, place=whale, since=date(2026, 4, 1), reason="new hall", by=None)

    def at(place, day, known=None):
        return firm.uscc in [h.uscc for h in holding("gazelle", day, known, [place.pk])]

    assert (at(crane, date(2026, 3, 31)), at(whale, date(2026, 3, 31))) == (True, False)
    assert (at(crane, JUNE), at(whale, JUNE)) == (False, True)
    assert at(crane, date(2026, 4, 15), instant("2026-04-30"))
    assert len(holding("gazelle", JUNE)) == before
    assert Enterprise.objects.get(pk=firm.pk).place == whale


def test_a_merge_counts_two_records_once_and_can_be_undone(firm):
    with on("2026-02-02"):
        other = enterprise_add(uscc=code_of(2), name="示例一号", by=None)
    said(firm, "revenue", "2025", "1000")
    said(other, "revenue", "2025", "7")
    said(other, "staff", "2025", "12")
    with on("2026-03-01"):
        enterprise_merge(enterprise=other, into=firm, reason="one firm", by=None)

    merged = (shown(firm, "revenue"), shown(firm, "staff"), len(register_at(JUNE, keys=[], only=[firm.pk, other.pk])))
    earlier = len(register_at(JUNE, instant("2026-02-27"), keys=[], only=[firm.pk, other.pk]))
    listed = Enterprise.objects.get(pk=other.pk).listed
    with on("2026-04-01"):
        enterprise_merge(enterprise=Enterprise.objects.get(pk=other.pk), into=None, reason="two after all", by=None)

    assert (merged, earlier, listed) == (("1000", "12", 1), 2, False)
    assert (shown(firm, "staff"), Enterprise.objects.get(pk=other.pk).listed) == (None, True)


def test_a_name_holds_from_its_day(firm):
    with on("2026-03-01"):
        enterprise_rename(enterprise=firm, name="示例改名科技", since=date(2026, 2, 20), reason="registry", by=None)

    def called(day, known=None):
        return register_at(day, known, [], only=[firm.pk]).names

    assert called(date(2026, 2, 19)) == ["示例一号科技有限公司"]
    assert called(JUNE) == ["示例改名科技"]
    assert called(JUNE, instant("2026-02-28")) == ["示例一号科技有限公司"]


def test_what_was_said_of_a_firm_is_only_added_to(firm):
    said(firm, "revenue", "2025", "1000")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        EnterpriseFact.objects.filter(enterprise=firm).update(value="1")
