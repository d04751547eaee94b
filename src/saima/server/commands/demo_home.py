"""Whether a folder holds a demonstration, read without Django, and the day such a folder stands on."""

import os
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from saima.server.commands.home import DATABASE, existing, open_home
from saima.server.site.demo_day import CLOCK


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the folder: nothing of ours, a demonstration, or an installation that is none."""

    nothing: bool
    demo: bool = False
    last: datetime | None = None  # the last thing recorded there


def look(home: Path) -> Found:
    """What a folder holds, read without touching it."""
    if not home.exists() or (home.is_dir() and {p.name for p in home.iterdir()} <= {"serve.lock", "secret.key"}):
        return Found(nothing=True)
    if not (home / DATABASE).is_file():
        return Found(nothing=False)
    try:
        # Opened in any other way SQLite would put its log beside the file. With a log there, it holds the latest rows.
        how = "mode=ro" if (home / f"{DATABASE}-wal").exists() else "immutable=1"
        base = sqlite3.connect(f"{(home / DATABASE).as_uri()}?{how}", uri=True)
        try:
            tables = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "kit_installation" not in tables:
                return Found(nothing=not tables - {"django_migrations", "sqlite_sequence"})
            rows = base.execute("SELECT demo FROM kit_installation").fetchall()
            if not rows:  # killed while it was loaded: nothing is in it yet
                return Found(nothing=not base.execute("SELECT 1 FROM accounts_person LIMIT 1").fetchall())
            (last,) = base.execute("SELECT max(at) FROM kit_audit").fetchone()
            instant = datetime.fromisoformat(last).replace(tzinfo=UTC) if last else None
            return Found(nothing=False, demo=bool(rows[0][0]), last=instant)
        finally:
            base.close()
    except sqlite3.Error:
        return Found(nothing=False)


def clock_from(last: datetime | None) -> str:
    """When the demonstration's day goes on: after whatever was recorded, or it would lie in the future."""
    start = datetime.fromisoformat(CLOCK)
    if last is None or last < start:
        return start.isoformat()
    end = datetime.combine(start.date(), time(23, 59, 59), start.tzinfo)
    return min(last.astimezone(start.tzinfo) + timedelta(seconds=1), end).isoformat()


def open_existing(home: Path) -> None:
    """Open an installation that is there; a demonstration on its own day, so that nothing in it lies in its future."""
    existing(home)
    if not os.environ.get("DATABASE_URL") and (found := look(home)).demo:
        os.environ.setdefault("SAIMA_CLOCK", clock_from(found.last))
    open_home(home)
