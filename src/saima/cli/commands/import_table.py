"""``saima import TABLE``: propose what a table means, keep that as a file, and put the figures into a season."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from shlex import quote
from zoneinfo import ZoneInfo

from saima.cli.answers import existing_file, instant
from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.terminal import drawn
from saima.engine.errors import Problem, QuestionRefused, ReadingsRefused
from saima.engine.model.inputs import ALWAYS_KNOWN
from saima.files import Bundle, folder_files, load_season, write_folder
from saima.files.importing import (
    Grid,
    ImportResult,
    Mapping,
    apply,
    load_map,
    merge_counts,
    merge_into,
    propose,
    read_grid,
    save_map,
    show,
    start,
    summary,
)

CHANGED = ("readings.csv", "targets.csv")  # what an import can change in a season folder


def run(given: Given, out: Output) -> int:
    table = Path(given.text("table"))
    into, new = given.maybe("into"), given.maybe("new")
    if into is not None and new is not None:
        raise QuestionRefused(Problem("cli.import.into_or_new"))
    when = given.maybe("recorded_at")
    recorded_at = None if when is None else instant(when, "--recorded-at")
    bundle = None if into is None else _season_to_change(into, when, recorded_at)
    if new is not None and Path(new).exists() and any(Path(new).iterdir() if Path(new).is_dir() else [new]):
        raise QuestionRefused(Problem("cli.folder_taken", {"folder": new}))
    grid = read_grid(table)
    kept = given.maybe("map")
    if kept is not None:
        mapping = load_map(existing_file(kept, "--map"))
    else:
        mapping = _proposed(grid, table, bundle, out)
        if not given.has("yes") or (bundle is None and new is None):
            _how_to_go_on(table, into, new, out)
            return 0
    if bundle is not None and into is not None:
        result = apply(grid, mapping, bundle.season)
        _refuse_nothing(result, table)
        merged = merge_into(bundle, result, recorded_at=recorded_at or ALWAYS_KNOWN)
        _report(result, summary(result, out.lang, merge_counts(bundle, result)), out)
        written = _replace_changed(Path(into), bundle, merged)
        if written:
            out.say("cli.import.into_done", files=written, folder=into)
            _say_what_waits(bundle, mapping, result, out)
        else:
            out.say("cli.import.nothing_new", folder=into)
        return 0
    if new is None:
        raise QuestionRefused(Problem("cli.import.where"))
    season, result = start(grid, mapping, code=Path(new).name)
    _refuse_nothing(result, table)
    fresh = merge_into(Bundle(season), result, recorded_at=recorded_at or ALWAYS_KNOWN)
    write_folder(fresh, new)
    _report(result, summary(result, out.lang), out)
    out.say("cli.import.new_done", folder=new)
    return 0


def _season_to_change(into: str, typed: str | None, recorded_at: datetime | None) -> Bundle:
    if Path(into).exists() and not Path(into).is_dir():
        raise QuestionRefused(Problem("cli.import.into_folder", {"season": into}))
    if not Path(into).exists():
        raise QuestionRefused(Problem("cli.no_such_folder", {"option": "--into", "folder": into}))
    bundle = load_season(into)
    if not bundle.history.published:
        return bundle
    last = max(bundle.history.published, key=lambda p: p.known_at)
    named: dict[str, object] = {"season": bundle.season.title, "period": last.period, "typed": typed}
    if recorded_at is None:
        raise QuestionRefused(Problem("cli.import.recorded_needed", named))
    if recorded_at <= last.known_at:
        cut = last.known_at.astimezone(ZoneInfo(bundle.season.time_zone))
        raise QuestionRefused(Problem("cli.import.recorded_too_early", {**named, "cut": cut.isoformat()}))
    return bundle


def _proposed(grid: Grid, table: Path, bundle: Bundle | None, out: Output) -> Mapping:
    path = table.with_name(f"{table.stem}.map.toml")
    if path.exists():
        raise QuestionRefused(Problem("cli.import.map_there", {"map": path, "table": table}))
    mapping = propose(grid, None if bundle is None else bundle.season)
    out.write(drawn(lambda console: console.print(show(mapping, grid, out.lang))))
    save_map(mapping, path)
    out.say("cli.import.map_saved", map=path)
    return mapping


def _how_to_go_on(table: Path, into: str | None, new: str | None, out: Output) -> None:
    kept = quote(str(table.with_name(f"{table.stem}.map.toml")))
    code = "cli.import.next_into" if new is None else "cli.import.next_new"
    out.say(code, table=quote(str(table)), map=kept, folder=quote(new or into or "SEASON"))


def _refuse_nothing(result: ImportResult, table: Path) -> None:
    if not len(result.table) and not result.targets:
        if result.refused:
            raise ReadingsRefused(result.refused)
        raise ReadingsRefused(Problem("cli.import.nothing_placed", {"table": table.name}))


def _report(result: ImportResult, said: Sequence[str], out: Output) -> None:
    for sentence in said:
        out.write(sentence)
    for code, problems in (
        ("cli.import.refused", result.refused),
        ("cli.import.warnings", result.warnings),
        ("cli.import.skipped", result.skipped),
    ):
        if problems:
            out.say(code, count=str(len(problems)))
            for problem in problems:
                out.write(f"  {problem.sentence(out.lang)}")


def _say_what_waits(bundle: Bundle, mapping: Mapping, result: ImportResult, out: Output) -> None:
    """What was taken and has no effect yet, and what would give it one."""
    season = bundle.season
    if season.counts == "verified" and mapping.state != "verified" and len(result.table):
        out.say("cli.import.not_counted", season=season.title)
    if season.progress.against == "none" and any(p < season.window.first for p in result.coverage.periods):
        out.say("cli.import.past_unused", first=season.window.first)


def _replace_changed(folder: Path, before: Bundle, after: Bundle) -> tuple[str, ...]:
    """Rewrite only the tables the import changed; season.toml keeps its comments. Each file is whole at any moment."""
    old, new = folder_files(before), folder_files(after)
    changed = tuple(name for name in CHANGED if name in new and new[name] != old.get(name))
    for name in changed:
        part = folder / f".{name}.{os.getpid()}.part"
        try:
            part.write_bytes(new[name])
            part.replace(folder / name)
        finally:
            part.unlink(missing_ok=True)
    return changed
