"""The last counts of the ladder of a large register, kept in the home folder by the worker and shown until it has
counted anew. They follow from the register alone: no backup needs them."""

import os
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from itertools import starmap
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.conf import settings

from saima.presets import ladder
from saima.server.kit import clock
from saima.server.registers.models import Enterprise
from saima.server.registers.queries.ladder import Board, Spelled, Stands, board_of, boards, stamp, years_on

_NONE: Final = -1  # no place, no last day
_DAYS: Final = 8  # how many days' counts are kept
_BROKEN: Final = (OSError, ValueError, KeyError, zipfile.BadZipFile)  # a file of another version is counted anew


@dataclass(frozen=True, slots=True)
class Seen:
    """A board to show. ``counted_at`` is set while a newer one is being counted."""

    board: Board
    counted_at: datetime | None = None


def board_seen(on: date) -> Seen:
    """The ladder on a day: of a small register as it is now, of a large one as it was counted last."""
    now = stamp()
    if (found := boards.get((on, now))) is not None:
        return Seen(found)
    if (Enterprise.objects.order_by("-id").values_list("id", flat=True).first() or 0) <= settings.LADDER_AT_ONCE:
        return Seen(board_of(on))
    for path in _newest(on):
        try:
            said, counted_at, board = _read(path)
        except _BROKEN:
            continue
        if said == str(now) and board.on == on:
            return Seen(boards.put((on, now), board))
        return Seen(board, counted_at)
    return Seen(keep(on))


def keep(on: date) -> Board:
    """Count the ladder of a day and keep it for everybody; what is older than a week's counts goes."""
    said, counted_at, board = str(stamp()), clock.now(), board_of(on)
    folder = Path(settings.COUNTS)
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".part-")
    with os.fdopen(handle, "wb") as file:
        np.savez_compressed(file, **_arrays(board), said=np.array([said, counted_at.isoformat(), on.isoformat()]))
    Path(name).replace(folder / f"ladder-{on.isoformat()}.npz")
    for old in sorted(folder.glob("ladder-*.npz"), key=lambda p: p.stat().st_mtime)[:-_DAYS]:
        old.unlink(missing_ok=True)
    return board


def _newest(on: date) -> list[Path]:
    """Counts of the day itself, or of a day not long before."""
    files = sorted(Path(settings.COUNTS).glob("ladder-*.npz"), reverse=True)
    return [p for p in files if p.stem <= f"ladder-{on.isoformat()}"][:2]


def _arrays(board: Board) -> dict[str, Any]:
    places = [_NONE if p is None else p for p in board.rest]
    spelled = [
        (level, s.firm, s.since.toordinal(), _NONE if s.until is None else s.until.toordinal())
        for level, rung in enumerate(board.rungs)
        for s in board.spelled.get(rung.status, ())
    ]
    people = [
        (s.firm, *(_NONE if p is None else p for p in (s.place_before, s.place)), s.before, s.now) for s in board.people
    ]
    homes = [(firm, _NONE if place is None else place) for firm, place in board.homes.items()]
    rest = [(place, *counts) for place, counts in zip(places, board.rest.values(), strict=True)]
    tables = {"people": (people, 5), "spelled": (spelled, 4), "homes": (homes, 2), "rest": (rest, 5)}
    return {name: np.array(rows, np.int64).reshape(-1, width) for name, (rows, width) in tables.items()}


def _read(path: Path) -> tuple[str, datetime, Board]:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
        said, at, day = found["said"].tolist()
        people, spelled, homes, rest = (found[n].tolist() for n in ("people", "spelled", "homes", "rest"))
    on, rungs = date.fromisoformat(day), ladder()
    days: dict[int, date | None] = {n: date.fromordinal(n) for row in spelled for n in row[2:] if n != _NONE}
    days[_NONE] = None
    by_rung: dict[str, list[Spelled]] = {}
    for level, firm, since, until in spelled:
        by_rung.setdefault(rungs[level].status, []).append(Spelled(firm, days[since] or on, days[until]))
    stands = ((f, _place(a), _place(b), before, now) for f, a, b, before, now in people)
    return (
        said,
        datetime.fromisoformat(at),
        Board(
            on,
            years_on(on, -1),
            rungs,
            list(starmap(Stands, stands)),
            by_rung,
            {_place(place): (a, b, c, d) for place, a, b, c, d in rest},
            {firm: _place(place) for firm, place in homes},
        ),
    )


def _place(number: int) -> int | None:
    return None if number == _NONE else number
