"""Puts a bulletin together: which number and version it has, its products, the season it comes from, its manifest."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.evaluation_json import dumps
from saima.engine.model.history import History, Published
from saima.engine.race import published_of
from saima.files import Bundle, folder_files, published_csv, published_name
from saima.files.packages import manifest_bytes, sign
from saima.press import Issue, bulletin_files
from saima.words import LANGS, Text

Progress = Callable[[str], None]


def next_number(history: History, year: int) -> int:
    """One more than the highest number among the bulletins dated in that year."""
    return max((p.number for p in history.published if p.dated.year == year), default=0) + 1


def issue_for(bundle: Bundle, evaluation: Evaluation, dated: date, number: int | None, reason: Text) -> Issue:
    """The issue of a period: the one already published again, an erratum of it when there is a reason, or a new one."""
    published = bundle.history.by_period.get(evaluation.period)
    if published is None:
        return Issue(number or next_number(bundle.history, dated.year), dated)
    if reason:
        return Issue(number or published.number, dated, published.version + 1, reason)
    return Issue(number or published.number, dated, published.version)


def record_of(evaluation: Evaluation, issue: Issue) -> Published:
    return published_of(evaluation, number=issue.number, dated=issue.dated, version=issue.version)


def package_files(
    bundle: Bundle, evaluation: Evaluation, issue: Issue, progress: Progress, key: Path | None = None
) -> Mapping[str, bytes]:
    """Every file of a bulletin's package: products, season, evaluation, record, manifest, and a signature if asked."""
    files = dict(bulletin_files(bundle, evaluation, issue, LANGS, progress))
    files |= {f"season/{name}": content for name, content in folder_files(bundle).items()}
    record = record_of(evaluation, issue)
    files["evaluation.json"] = dumps(evaluation).encode()
    files[f"record/{published_name(record).removeprefix('published/')}"] = published_csv(record)
    manifest = manifest_bytes(
        files,
        evaluation,
        bundle.history,
        number=issue.number,
        dated=issue.dated,
        version_of_issue=issue.version,
        reason=issue.reason,
    )
    files["manifest.json"] = manifest
    if key is not None:
        files["manifest.sig"] = sign(manifest, key)
    return files
