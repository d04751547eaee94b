"""A figure that adds up over the year and is below what it was."""

from collections.abc import Iterator

from saima.engine.integrity.context import Context
from saima.engine.model.evaluation import Finding


def falling(context: Context) -> Iterator[Finding]:
    """Cumulative figures and counts below the last figure of the same cycle. Error: one of the two is wrong."""
    before, _ = context.before
    wrong = context.grows & (context.now < before)
    yield from context.found("falling", "error", wrong, "falling", value=context.now, before=before)
