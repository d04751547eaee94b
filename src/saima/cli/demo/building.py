"""Makes the demo's files: the bulletins of the example seasons as packages, and a page that leads to them."""

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from saima.cli.demo.index import Card, index_page
from saima.cli.demo.stamp import STAMP, stamp
from saima.cli.issuing import issue_for, package_files
from saima.cli.question import end_of_day, evaluated, filled
from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.examples import names
from saima.files import Bundle, load_season
from saima.words import LANGS, Lang, Text, say

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """One bulletin of the demo."""

    example: str
    bundle: Bundle
    period: Period

    @property
    def folder(self) -> str:
        return f"{self.example}/{self.period}"

    @property
    def state(self) -> Literal["published", "draft", "computed"]:
        history = self.bundle.history
        if self.period in history.by_period:
            return "published"
        return "draft" if history.published else "computed"


def shown() -> tuple[Shown, ...]:
    """Of each example the last published period, and the latest that has readings; the liveliest first."""
    found = []
    for name in names():
        bundle = load_season(name)
        periods = set(filled(bundle)[-1:]) | set(sorted(bundle.history.by_period)[-1:])
        found += [Shown(name, bundle, p) for p in sorted(periods)]
    return tuple(sorted(found, key=lambda s: (not s.bundle.history.published, s.example, s.period)))


def dated(bundle: Bundle, period: Period) -> date:
    """The date of a bulletin nobody published: the last day anything it shows ended, was recorded or was printed."""
    zone = ZoneInfo(bundle.season.time_zone)
    days = [period.last_day, *(r.published for r in bundle.readings.received)]
    seconds = bundle.readings.table.recorded_at
    if len(seconds):
        days.append(datetime.fromtimestamp(int(seconds.max()), UTC).astimezone(zone).date())
    return max(days)


def build(folder: Path, made_of: str, progress: Callable[[], AbstractContextManager[Progress]], lang: Lang) -> None:
    """Write the whole demo beside ``folder`` and put it there in one move; an older demo there is replaced.

    Parameters
    ----------
    progress : opens a bar and gives a function of (done, of how many, what).
    """
    files: dict[str, bytes] = {}
    cards: list[Card] = []
    everything = shown()
    with progress() as step:
        for n, one in enumerate(everything):
            doing = say("cli.demo.building", lang, season=one.bundle.season.title, period=one.period)
            step(n, len(everything), doing)
            published = one.bundle.history.by_period.get(one.period)
            day = published.dated if published else dated(one.bundle, one.period)
            known_at = published.known_at if published else end_of_day(one.bundle, day.isoformat())
            evaluation = evaluated(one.bundle, AsOf(one.period, known_at))
            issue = issue_for(one.bundle, evaluation, day, None, Text())
            package = package_files(one.bundle, evaluation, issue, _within(step, n, len(everything), doing))
            files |= {f"{one.folder}/{name}": content for name, content in package.items()}
            cards.append(Card(one.folder, evaluation, issue, one.state))
    for each in LANGS:
        files["index.html" if each == "en" else f"index.{each}.html"] = index_page(cards, folder.name, each).encode()
    _put(folder, files | {STAMP: stamp(made_of, files)})


def _within(step: Progress, bulletins: int, of: int, doing: str) -> Progress:
    """Progress over all bulletins from progress within one of them."""
    return lambda made, whole, name: step(bulletins * whole + made, of * whole, f"{doing}: {name}")


def _put(folder: Path, files: Mapping[str, bytes]) -> None:
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        for name, content in files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)
        if folder.exists():
            shutil.rmtree(folder)
        part.replace(folder)
    except OSError as fault:
        raise QuestionRefused(
            Problem("cli.system", {"file": folder, "reason": fault.strerror or type(fault).__name__})
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
