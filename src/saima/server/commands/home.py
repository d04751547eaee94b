"""The home folder of an installation: where it is, its secret key, and that only one server runs on it.

Read before Django: what is decided here goes into the environment that ``settings`` reads.
"""

import os
import secrets
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from saima.cli.grammar import Given
from saima.engine.errors import Problem, QuestionRefused
from saima.server.site.secret import SHORTEST_KEY, key_weakness

SETTINGS: Final = "saima.server.settings"
KEY_FILE: Final = "secret.key"
DATABASE: Final = "saima.sqlite3"


def home_asked(given: Given) -> Path:
    """--home, else SAIMA_HOME, else ./saima-home."""
    return Path(given.maybe("home") or os.environ.get("SAIMA_HOME") or "saima-home").resolve()


def made(home: Path) -> Path:
    """The folder, readable by its owner alone when it is new."""
    if not home.exists():
        home.mkdir(mode=0o700, parents=True)
    return home


def secret_of(home: Path, environment: MutableMapping[str, str]) -> str:
    """The secret key: of the environment, or of the home folder, where the first start makes one.

    Raises
    ------
    QuestionRefused
        ``serve.secret_known``, ``serve.secret_short``: a key others may guess.
    """
    file = home / KEY_FILE
    given = environment.get("SAIMA_SECRET_KEY", "")
    if given:
        key, where = given, "SAIMA_SECRET_KEY"
    else:
        if not file.exists():
            _write_key(file)
        key, where = file.read_text("utf-8").strip(), str(file)
    if weakness := key_weakness(key):
        raise QuestionRefused(Problem(weakness, {"where": where, "least": SHORTEST_KEY}))
    return key


def _write_key(file: Path) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(secrets.token_urlsafe(64) + "\n")
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def open_home(home: Path) -> None:
    """Make this process, and those it starts, one of the installation in that folder: environment, then Django.

    Raises
    ------
    QuestionRefused
        ``commands.other_user``, ``commands.no_database``; as ``secret_of``.
    """
    refuse_other_user(home)
    os.umask(0o077)  # whatever is written from here on is its owner's alone
    os.environ["SAIMA_HOME"] = str(home)
    os.environ["SAIMA_SECRET_KEY"] = secret_of(home, os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    from django.db import OperationalError, connection

    if connection.vendor != "sqlite":
        try:
            connection.ensure_connection()
        except OperationalError as fault:
            raise QuestionRefused(Problem("commands.no_database", {"reason": str(fault).strip()})) from None


def refuse_other_user(home: Path) -> None:
    """Files that root writes beside the database keep the server's own user out of it."""
    if sys.platform == "win32" or home.stat().st_uid == os.geteuid():
        return
    import pwd

    try:
        owner = pwd.getpwuid(home.stat().st_uid).pw_name
    except KeyError:
        owner = str(home.stat().st_uid)
    raise QuestionRefused(Problem("commands.other_user", {"home": home, "owner": owner}))


def existing(home: Path) -> Path:
    """A home that is there.

    Raises
    ------
    QuestionRefused
        ``commands.no_home``: no folder, or nothing of ours in it.
    """
    if not (home / DATABASE).is_file() and not os.environ.get("DATABASE_URL"):
        raise QuestionRefused(Problem("commands.no_home", {"home": home}))
    return home


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the home while a server runs on it, or while it is replaced; falls back when the process ends, however.

    Raises
    ------
    QuestionRefused
        ``commands.home_in_use``.
    """
    with (home / "serve.lock").open("a+b") as file:
        if not _locked(file):
            raise QuestionRefused(Problem("commands.home_in_use", {"home": home}))
        yield


def _locked(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
