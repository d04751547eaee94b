"""What a bulletin fixes of an evaluation: the compact state later months build on."""

from datetime import UTC, date, datetime

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.history import CellThen, Published, RankThen


def published_of(
    evaluation: Evaluation, *, number: int, dated: date, version: int = 1, known_at: datetime | None = None
) -> Published:
    """The entry for history.

    ``known_at`` is the instant of the cut; without one the evaluation's own, or else the end of the bulletin's date:
    a record must say up to when readings counted, or later revisions would change what was published.
    """
    instant = known_at or evaluation.known_at or datetime(dated.year, dated.month, dated.day, 23, 59, 59, tzinfo=UTC)
    cells = {
        (c.contestant, c.indicator): CellThen(c.light, c.text, c.completion, c.due, c.due_weight, c.missing)
        for c in evaluation.cells
    }
    for p in evaluation.projects:
        cells[p.project.contestant, f"project:{p.project.code}"] = CellThen(p.light, "", None, None, 0.0, 0.0)
    ranks: dict[tuple[str, str, str], RankThen] = {
        (s.scope, s.kind, s.contestant): RankThen(s.rank, s.score) for s in evaluation.standings
    }
    return Published(
        period=evaluation.period,
        known_at=instant,
        dated=dated,
        number=number,
        version=version,
        spec_digest=evaluation.spec_digest,
        data_digest=evaluation.data_digest,
        cells=cells,
        ranks=ranks,
    )
