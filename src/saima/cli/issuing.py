"""Which number and version a bulletin has, and its package, signed if asked."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.history import History, Published
from saima.engine.race import published_of
from saima.files import Bundle
from saima.files.packages import sign
from saima.press import Issue
from saima.press.bulletin import bulletin_files
from saima.words import Text

Progress = Callable[[int, int, str], None]  # files made, files in all, the one just made


def next_number(history: History, year: int) -> int:
    """One more than the highest number among the bulletins dated in that year."""
    return max((p.number for p in history.published if p.dated.year == year), default=0) + 1


def issue_for(bundle: Bundle, evaluation: Evaluation, dated: date, number: int | None, reason: Text) -> Issue:
    """The issue of a period: the one already published again, an erratum of it when there is a reason, or a new one."""
    published = bundle.history.by_period.get(evaluation.period)
    if published is None:
        return Issue(number or next_number(bundle.history, dated.year), dated)
    if reason:
        return Issue(number or published.number, dated, published.version + 1, reason, replaces=published)
    before = (p for p in bundle.history.published if p.period == published.period and p.version < published.version)
    replaces = max(before, key=lambda p: p.version, default=None)
    return Issue(number or published.number, dated, published.version, replaces=replaces)


def record_of(evaluation: Evaluation, issue: Issue) -> Published:
    return published_of(evaluation, number=issue.number, dated=issue.dated, version=issue.version)


def package_files(
    bundle: Bundle, evaluation: Evaluation, issue: Issue, progress: Progress, key: Path | None = None
) -> dict[str, bytes]:
    """Every file of a bulletin's package, and a signature over its manifest if there is a key to sign with."""
    files = bulletin_files(bundle, evaluation, issue, progress=progress)
    if key is not None:
        files["manifest.sig"] = sign(files["manifest.json"], key)
    return files
