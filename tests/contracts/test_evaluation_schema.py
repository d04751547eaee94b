"""The JSON of an evaluation keeps its shape: the shipped schema is the types', and what is given follows it."""

import json

import jsonschema
import pytest
from evaluation_schema import text

from saima.engine.model import evaluation_json
from saima.engine.model.inputs import AsOf
from saima.engine.race import evaluate
from saima.examples import names
from saima.files import load_season

TOP_LEVEL_OF_VERSION_1 = {
    "schema", "season", "period", "spec_digest", "data_digest", "history_digest", "engine_version", "seed",
    "standings", "indicators", "adjustments", "findings", "received",
}  # fmt: skip
STANDING_OF_VERSION_1 = {
    "scope", "kind", "class", "contestant", "rank", "score", "rank_low", "rank_high", "band",
}  # fmt: skip
INDICATOR_OF_VERSION_1 = {
    "contestant", "indicator", "value", "target", "completion", "due", "pace", "light", "score", "contribution",
}  # fmt: skip


def test_the_shipped_schema_is_that_of_the_types():
    assert json.dumps(evaluation_json.schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n" == text()


def test_version_one_keeps_every_field_it_promised():
    shipped = evaluation_json.schema()
    entry = {name: shipped["properties"][name]["items"]["required"] for name in ("standings", "indicators")}

    assert set(shipped["required"]) >= TOP_LEVEL_OF_VERSION_1
    assert set(entry["standings"]) >= STANDING_OF_VERSION_1
    assert set(entry["indicators"]) >= INDICATOR_OF_VERSION_1


@pytest.mark.parametrize("name", names())
def test_every_example_follows_the_schema_and_has_no_nan(name):
    bundle = load_season(name)
    period = max(p for p in bundle.readings.periods if p in bundle.season.window)
    found = evaluate(bundle.season, bundle.readings, bundle.projects, bundle.history, AsOf(period), 2026)

    said = json.loads(evaluation_json.dumps(found), parse_constant=pytest.fail)

    shortened = {key: value[:200] if isinstance(value, list) else value for key, value in said.items()}
    jsonschema.validate(shortened, evaluation_json.schema())
