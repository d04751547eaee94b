"""What the answer to one saved cell holds: the rows it may change, and what others typed lately. Nothing more."""

import re
from dataclasses import replace

import pytest

from saima.engine.model.season import Relation
from saima.server.race.actions.reports import Entry, cell_save
from saima.server.race.models import Report
from saima.server.race.queries.documents import newest, season_of
from saima.server.race.queries.drafts import touched_by


@pytest.fixture
def lantern(demo):
    return Report.objects.get(season=demo, place__key="lantern", period="2026-05")


def saved(client, cell, text):
    at = f"/report/{cell.report_id}/cell/{cell.pk}/"
    answer = client.post(at, {f"t{cell.pk}": text, f"v{cell.pk}": cell.row_version}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return {int(n) for n in re.findall(r'data-cell="(\d+)"', answer.content.decode())}


def test_answer_holds_the_row_and_those_that_follow_from_it(lantern, signed_in):
    cell = lantern.cells.get(indicator="smes")
    indicators = touched_by(season_of(newest(lantern.season)), {"smes"})
    expected = set(lantern.cells.filter(indicator__in=indicators).values_list("pk", flat=True))
    assert saved(signed_in("lantern"), cell, "230") == expected
    assert cell.pk in expected
    assert len(expected) < lantern.cells.count()


def test_what_somebody_else_typed_lately_stands_in_the_answer_too(lantern, signed_in, person):
    cell, other = lantern.cells.get(indicator="smes"), lantern.cells.get(indicator="doctors")
    assert other.pk not in saved(signed_in("lantern"), cell, "230")
    cell_save(
        report=lantern,
        contestant="lantern",
        indicator="doctors",
        entry=Entry("99"),
        seen=other.row_version,
        by=person("steward"),
    )
    cell.refresh_from_db()
    assert other.pk in saved(signed_in("lantern"), cell, "231")


def test_relations_and_denominators_reach_other_rows(demo):
    spec = season_of(newest(demo))
    first, second, third = (i.code for i in spec.indicators[:3])
    relation = replace(spec.integrity, relations=(Relation("r", "sum", first, (second,)),))
    divided = tuple(
        replace(i, denominator=first) if i.code == third else replace(i, denominator="") for i in spec.indicators
    )
    spec = replace(spec, integrity=relation, indicators=divided)
    assert touched_by(spec, {first}) == {first, second, third}
    assert touched_by(spec, {second}) == {first, second}
    assert touched_by(spec, {third}) == {third}
