"""The demonstration's seasons and people in a database of their own; each test sees them fresh.

``demo``, ``person`` and ``signed_in`` stay inside the test's process and transaction. ``desk`` is a whole installation
on disk with a server process, for browsers, kill -9 and many writers at once.
"""

import os
import shutil
import uuid
from time import monotonic

import pytest
from desk import Desk, with_database
from django.conf import settings
from django.db import connection
from django.test import Client

from saima.server.accounts.models import Person
from saima.server.kit import blobs, clock
from saima.server.kit.models import Blob
from saima.server.race.models import Season
from saima.server.site.demo import demo_load

POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_collection_modifyitems(config, items):
    """A desk is copied from the test database, so that one is made even when no other test asks for it.

    On PostgreSQL what says nothing of the database is left out (decision 34): commands that start an installation of
    their own do so on SQLite either way, and a page looks the same whatever stands behind it.
    """
    left_out = []
    for item in items:
        desk = "make_desk" in getattr(item, "fixturenames", ())
        if desk:
            item.add_marker(pytest.mark.django_db)
        own = "commands" in item.path.parts and not desk
        if POSTGRES and (own or item.get_closest_marker("looks")):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Once per session: migrate, then load what `saima demo` loads."""
    clock._STARTED = monotonic()  # it ran while tests were collected
    with django_db_blocker.unblock():
        demo_load()
    yield
    if connection.vendor == "postgresql":
        # While playwright runs, Django keeps a second connection for the context of its event loop; nobody closes it,
        # and a database with somebody inside cannot be dropped.
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def _morning(monkeypatch):
    """The demonstration's clock runs from nine; every test begins a minute later, however many ran before it."""
    monkeypatch.setattr(clock, "_STARTED", monotonic() - 60)


@pytest.fixture
def demo(db):
    """The season demo-city: April published, May coming in, the clock at 2 June 2026."""
    return Season.objects.get(key="demo-city")


@pytest.fixture
def person(db):
    """person("steward"): somebody of the demonstration by sign-in name."""
    return lambda username: Person.objects.get(username=username)


@pytest.fixture
def signed_in(person):
    """signed_in("crane"): a browser of that person; signed_in() one of nobody."""

    def client(username: str = "", lang: str = "en") -> Client:
        made = Client()
        made.cookies["saima_lang"] = "en" if lang == "en" else "zh-hans"
        if username:
            made.force_login(person(username))
        return made

    return client


@pytest.fixture(scope="session")
def make_desk(django_db_setup, django_db_blocker, tmp_path_factory):
    """make_desk(): another installation with the demonstration, as many as wanted; ended after the session."""
    postgres = connection.vendor == "postgresql"
    template = tmp_path_factory.mktemp("desk")
    made = []

    def database(name, source):
        """A copy of a whole database on the PostgreSQL of the tests."""
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        return with_database(os.environ["DATABASE_URL"], name)

    if postgres:
        frozen = f"desk_template_{uuid.uuid4().hex[:12]}"
        with django_db_blocker.unblock():
            connection.close()  # nobody may be inside a database that is copied
        database(frozen, connection.settings_dict["NAME"])
    else:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(template / "saima.sqlite3")])
    with django_db_blocker.unblock():
        kept = [blobs.path_of(digest) for digest in Blob.objects.values_list("pk", flat=True)]
    for path in kept:  # not what other tests put there and took back
        copy = template / "blobs" / path.relative_to(settings.BLOBS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)

    def make() -> Desk:
        home = shutil.copytree(template, tmp_path_factory.mktemp("home"), dirs_exist_ok=True)
        desk = Desk(home, database(f"desk_{uuid.uuid4().hex[:12]}", frozen)) if postgres else Desk(home)
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.kill9()


@pytest.fixture
def desk(make_desk):
    """A fresh installation: .home, .url (starts the server), .visitor("crane"), .kill9(), .restart(), .python(code)."""
    desk = make_desk()
    yield desk
    desk.kill9()
