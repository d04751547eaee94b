"""What a bulletin fixes of an evaluation, the compact state later months build on; and what an erratum changed."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class PlaceChanged:
    """A contestant whose place or score differs between two versions; None where it had none."""

    scope: str
    contestant: str
    before: RankThen | None
    after: RankThen | None

    @property
    def moved(self) -> bool:
        """Whether the place differs, not its score alone."""
        return (self.before and self.before.rank) != (self.after and self.after.rank)


@dataclass(frozen=True, slots=True)
class FigureChanged:
    """A contestant and indicator (or project) whose figure or light differs; None where there was none."""

    contestant: str
    subject: str
    before: CellThen | None
    after: CellThen | None


def changed_places(before: Published, after: Published) -> tuple[PlaceChanged, ...]:
    """Places and scores that changed: of the overall level standing, or of each scope where there is none overall."""
    keys = [k for k in {**after.ranks, **before.ranks} if k[1] == "level"]
    found = [
        PlaceChanged(scope, who, a, b)
        for scope, kind, who in [k for k in keys if k[0] == "overall"] or keys
        for a, b in [(before.ranks.get((scope, kind, who)), after.ranks.get((scope, kind, who)))]
        if (a and (a.rank, round(a.score, 9))) != (b and (b.rank, round(b.score, 9)))
    ]
    return tuple(sorted(found, key=lambda c: (c.scope, c.after.rank if c.after else 10**6, c.contestant)))


def changed_figures(before: Published, after: Published) -> tuple[FigureChanged, ...]:
    """Figures and lights that changed, by contestant and subject; none where the record before holds places alone."""
    if not before.cells:
        return ()
    return tuple(
        FigureChanged(who, subject, a, b)
        for who, subject in sorted({*before.cells, *after.cells})
        for a, b in [(before.cells.get((who, subject)), after.cells.get((who, subject)))]
        if (a and (a.value, a.light)) != (b and (b.value, b.light))
    )
