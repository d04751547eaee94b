"""``saima demo``: an installation with the example seasons and people of every role, on this machine alone."""

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from rich.table import Table

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.terminal import table_text
from saima.engine.errors import Problem, QuestionRefused
from saima.server.commands import database, parts
from saima.server.commands.demo_home import Found, clock_from, look
from saima.server.commands.home import alone, made, open_home
from saima.server.commands.serve import LOCAL, asked_port, serve
from saima.words import Lang, say

PORT: Final = 8765


def run(given: Given, out: Output) -> int:
    home = home_of_demo(given.maybe("home"))
    port = asked_port(given)
    # Whatever else this machine serves: a demonstration has its own database, names and day.
    for name in ("DATABASE_URL", "SAIMA_HOSTS", "SAIMA_HTTPS", "SAIMA_DEBUG", "SAIMA_SECRET_KEY"):
        os.environ.pop(name, None)
    os.environ.setdefault("SAIMA_LOG", "warning")
    found = look(home)
    if not found.nothing and not found.demo:
        raise QuestionRefused(Problem("demo.not_a_demo", {"home": home}))
    made(home)
    with alone(home):
        if given.has("reset"):
            clear(home)
            found = look(home)
        _load(home, found, out)
        chosen = parts.free_port(LOCAL, port, PORT) if not given.has("no_serve") else 0
        out.write(table_text(people(out.lang)))
        out.say("demo.where", home=home)
        out.flush()
        if given.has("no_serve"):
            return 0
        return serve(parts.Plan(LOCAL, chosen, 1, background=True), out)


def home_of_demo(typed: str | None) -> Path:
    """--home, or a folder among those this machine may clear: what is in it can be made again."""
    if typed:
        return Path(typed).resolve()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "saima" / "demo"


def clear(home: Path) -> None:
    """Empty a demonstration's folder; the lock we hold stays."""
    for path in home.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != "serve.lock":
            path.unlink()


def _load(home: Path, found: Found, out: Output) -> None:
    os.environ["SAIMA_CLOCK"] = clock_from(found.last)
    os.environ["SAIMA_DEMO"] = "1"
    open_home(home)
    from django.db import transaction

    from saima.server.accounts.models import Person
    from saima.server.kit.models import Installation
    from saima.server.site.demo import demo_load, demo_publish

    database.bring_up(home, out)
    if Installation.objects.filter(demo=True).exists():
        return
    if Person.objects.exists():
        raise QuestionRefused(Problem("demo.not_a_demo", {"home": home}))
    out.say("demo.loading")
    out.flush()
    with transaction.atomic():  # killed on the way, the next start begins again
        demo_load()
        demo_publish()


def people(lang: Lang) -> Table:
    """The people of the demonstration: whom to sign in as, and for which place."""
    from saima.server.places.models import Place
    from saima.server.places.queries import titles_of
    from saima.server.site.demo import PASSWORD, PEOPLE

    places = {p.key: p for p in Place.objects.all()}
    titles = titles_of(places.values())
    table = Table(show_edge=False, pad_edge=False)
    for code in ("demo.column_username", "demo.column_role", "demo.column_place", "demo.column_password"):
        table.add_column(say(code, lang))
    for someone in PEOPLE:
        role = say("accounts.role_name", lang, role=someone.role.value)
        place = places.get(someone.place)
        table.add_row(someone.username, role, titles[place.pk].of(lang) if place else "", PASSWORD)
    return table
