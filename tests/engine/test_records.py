"""Records made a column at a time are those made one by one."""

import pytest

from saima.engine.model.evaluation import NodeScore
from saima.engine.model.records import records


def test_records_are_those_made_one_by_one():
    made = records(NodeScore, contestant=["ash", "birch"], node=["overall", "overall"], score=[1.5, None])

    assert made == [NodeScore("ash", "overall", 1.5), NodeScore("birch", "overall", None)]
    assert records(NodeScore, contestant=[], node=[], score=[]) == []


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"contestant": ["ash"], "node": ["overall"]},
        {"contestant": ["ash"], "node": ["overall"], "score": [1.0, 2.0]},
        {"contestant": ["ash"], "node": ["overall"], "score": [1.0], "points": [1.0]},
    ],
)
def test_columns_that_are_no_whole_records_are_refused(columns):
    with pytest.raises(ValueError, match="NodeScore of columns"):
        records(NodeScore, **columns)
