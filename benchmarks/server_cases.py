"""What the server does with a million readings: taking them in, writing them into a backup, bringing them back."""

import csv
import io
import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from installations import SAIMA, installation, open_here
from made_seasons import readings_of, season_of
from saima.engine.model.inputs import Readings
from saima.engine.model.season import Season
from saima.files import Bundle

Run = Callable[[], object]
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_OPEN = ExitStack()  # installations last as long as the process of the case


def _opened(database: str) -> dict[str, str]:
    """The environment of a new installation, which this process is from now on."""
    env, _ = _OPEN.enter_context(installation(database))
    os.environ.update(env)
    open_here()
    return env


def _million() -> tuple[Season, Readings]:
    season = season_of(500, 56)
    return season, readings_of(season, 36, missing=0.0)


def csv_of(readings: Readings) -> bytes:
    """The readings as a file somebody sends."""
    table, text = readings.table, io.StringIO()
    out = csv.writer(text)
    out.writerow(["contestant", "indicator", "period", "value"])
    periods = [str(p) for p in table.periods]
    codes = (table.contestant.tolist(), table.indicator.tolist(), table.period.tolist())
    for c, i, p, value in zip(*codes, table.text, strict=True):
        out.writerow([table.contestants[c], table.indicators[i], periods[p], value])
    return text.getvalue().encode()


def season_arrives(database: str) -> Callable[[], Run]:
    """From a season read into memory to rows."""

    def prepare() -> Run:
        _opened(database)
        from saima.server.race.actions.seasons import season_import

        season, readings = _million()
        return lambda: season_import(bundle=Bundle(season, readings), by=None)

    return prepare


def file_arrives(database: str) -> Callable[[], Run]:
    """From the bytes of a file, every line read and judged, to rows."""

    def prepare() -> Run:
        _opened(database)
        from saima.server.accounts.actions import person_add, role_give
        from saima.server.accounts.enums import Role
        from saima.server.race.actions.bulk import figures_bring
        from saima.server.race.actions.seasons import season_import
        from saima.server.race.models import Season as Stored
        from saima.server.race.queries.bulk_reading import lines_read

        season, readings = _million()
        season_import(bundle=Bundle(season), by=None)
        steward = person_add(username="steward", name="Steward", password=None, by=None)
        role_give(person=steward, role=Role.STEWARD, by=None, place_id=None)
        content = b"\n".join(csv_of(readings).split(b"\n")[:1_000_001])

        def run() -> object:
            lines = lines_read(content, is_json=False)
            return figures_bring(season=Stored.objects.get(), lines=lines, by=steward, source="readings.csv")

        return run

    return prepare


def _filled(database: str) -> dict[str, str]:
    env = _opened(database)
    from django.db import connections

    from saima.server.race.actions.seasons import season_import

    season, readings = _million()
    season_import(bundle=Bundle(season, readings), by=None)
    connections.close_all()
    return env


def _saima(env: dict[str, str], *arguments: str) -> None:
    done = subprocess.run([*SAIMA, *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"saima {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")


def backup(database: str) -> Callable[[], Run]:
    def prepare() -> Run:
        env, number = _filled(database), count()
        folder = _OPEN.enter_context(tempfile.TemporaryDirectory(prefix="saima-bench-"))
        home = env["SAIMA_HOME"]
        return lambda: _saima(env, "backup", str(Path(folder) / f"{next(number)}.zip"), "--home", home)

    return prepare


def restore(database: str) -> Callable[[], Run]:
    def prepare() -> Run:
        env, number = _filled(database), count()
        folder = Path(_OPEN.enter_context(tempfile.TemporaryDirectory(prefix="saima-bench-")))
        file = str(folder / "backup.zip")
        _saima(env, "backup", file, "--home", env["SAIMA_HOME"])

        def run() -> object:
            name = f"again{next(number)}"
            there = env | {"SAIMA_HOME": str(folder / name)}
            if database == "postgresql":
                there["DATABASE_URL"] = _another(env["DATABASE_URL"], name)
            return _saima(there, "restore", file, "--home", there["SAIMA_HOME"])

        return run

    return prepare


def _another(url: str, name: str) -> str:
    """The address of another, empty database of the same server."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    return re.sub(r"^(postgres\w*://[^/]*)/[^?]*", rf"\1/{name}", url)
