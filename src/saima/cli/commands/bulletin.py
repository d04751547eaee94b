"""``saima bulletin SEASON``: every form of a period's bulletin with its package, and its record if asked."""

from pathlib import Path
from typing import Final

from saima.cli.answers import day, existing_file, instant, whole_number
from saima.cli.grammar import Given
from saima.cli.issuing import issue_for, package_files, record_of
from saima.cli.output import Output
from saima.cli.question import end_of_day, evaluated, period_asked, seed_asked
from saima.cli.terminal import steps
from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.inputs import AsOf
from saima.files import check_record, load_season, record_published
from saima.files.packages import write_package
from saima.words import Text

_FORMS: Final = frozenset({".pdf", ".docx", ".xlsx", ".html", ".json", ".txt", ".csv", ".gz", ".7z", ".rar"})


def run(given: Given, out: Output) -> int:
    seed = seed_asked(given)
    dated = day(given.text("date"), "--date")
    typed = given.maybe("number")
    number = None if typed is None else whole_number(typed, "--number", least=1, most=99_999)
    key = None if given.maybe("sign") is None else existing_file(given.text("sign"), "--sign")
    known_at = None if given.maybe("known_at") is None else instant(given.text("known_at"), "--known-at")
    source, target = Path(given.text("season")), Path(given.text("out"))
    _check_target(target, source)
    if given.has("record") and not source.is_dir():
        raise QuestionRefused(Problem("cli.bulletin.record_folder", {"season": source}))
    bundle = load_season(given.text("season"))
    typed_reason = given.maybe("reason")
    if typed_reason is not None and not typed_reason.strip():
        raise QuestionRefused(Problem("cli.value_missing", {"option": "--reason"}))
    reason = Text(**{out.lang: typed_reason or ""})
    period = period_asked(bundle, given.maybe("period"), known_at)
    published = bundle.history.by_period.get(period)
    if reason and published is None:
        raise QuestionRefused(Problem("cli.bulletin.nothing_to_correct", {"period": period}))
    if dated < period.last_day:
        raise QuestionRefused(
            Problem("cli.bulletin.too_early", {"date": dated, "period": period, "ends": period.last_day})
        )
    if published and not reason and (dated, number or published.number) != (published.dated, published.number):
        named = {"period": period, "date": published.dated, "number": str(published.number)}
        raise QuestionRefused(Problem("cli.bulletin.already", named))
    if known_at is None:
        # What a bulletin can have known ends with its day; one already published keeps the cut it had.
        known_at = published.known_at if published and not reason else end_of_day(bundle, given.text("date"))
    evaluation = evaluated(bundle, AsOf(period, known_at), seed)
    issue = issue_for(bundle, evaluation, dated, number, reason)
    record = record_of(evaluation, issue)
    if given.has("record"):
        check_record(source, record)
    with steps() as progress:
        files = package_files(bundle, evaluation, issue, progress, key)
    write_package(files, target)
    out.say("cli.bulletin.done", period=period, number=str(issue.number), version=str(issue.version), out=target)
    for name in sorted(files):
        if not name.startswith(("season/", "data/")):
            out.write(f"  {name}")
    if given.has("record"):
        path = record_published(source, record)
        out.say("cli.bulletin.recorded", file=path)
    out.say("cli.bulletin.verify", out=target)
    return 0


def _check_target(target: Path, season: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise QuestionRefused(Problem("cli.folder_taken", {"folder": target}))
    if target.suffix.lower() in _FORMS:
        raise QuestionRefused(Problem("cli.bulletin.one_form", {"out": target}))
    if season.is_dir() and season.resolve() in target.resolve().parents:
        raise QuestionRefused(Problem("cli.bulletin.inside_season", {"out": target, "season": season}))
