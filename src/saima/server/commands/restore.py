"""``saima restore``: a backup back into an empty folder, checked before and after; or a trial of that."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.engine.errors import Problem, QuestionRefused
from saima.server.commands.archive import opened
from saima.server.commands.demo_home import open_existing
from saima.server.commands.home import KEY_FILE, existing, home_asked, open_home

_OWN: Final = ("DATABASE_URL", "SAIMA_HOME", "SAIMA_SECRET_KEY", "SAIMA_CLOCK")  # of the installation, not of a trial
_AGAIN: Final = "from saima.cli import main; raise SystemExit(main())"


def run(given: Given, out: Output) -> int:
    file = Path(given.text("file")).resolve()
    if given.has("try"):
        return _tried(file, home_asked(given), out)
    if given.maybe("home") is None:
        raise QuestionRefused(Problem("restore.home_needed"))
    return _restored(file, home_asked(given), out)


def _restored(file: Path, home: Path, out: Output) -> int:
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise QuestionRefused(Problem("restore.not_empty", {"home": home}))
    home.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=home.parent, prefix=f".{home.name}.", suffix=".part"))
    try:
        code = _into(part, file, home, out)
        if home.exists():
            home.rmdir()
        part.rename(home)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return code


def _into(part: Path, file: Path, home: Path, out: Output) -> int:
    with opened(file) as (archive, told):
        if told.secret:
            os.umask(0o077)
            (part / KEY_FILE).write_bytes(archive.read(KEY_FILE))
        open_home(part)
        from django.db import connections, transaction

        from saima.server.commands.load import load

        load(archive, told, file)
    from saima.server.commands.doctor import examined
    from saima.server.kit import audit, clock
    from saima.server.kit.models import Audit, Installation

    last = Audit.objects.order_by("-id").first()
    demo = Installation.objects.filter(demo=True).exists()
    # A demonstration goes on from its last row: a row of today would lie far behind its day.
    with clock.at(last.at if demo and last else clock.now()), transaction.atomic():
        audit.record(
            by=None,
            action="backup.restored",
            object_type="backup",
            object_key=file.name[:200],
            made_at=told.made_at,
            audit_head=told.audit_head,
        )
    out.say("restore.done", home=home, rows=sum(told.tables.values()), made_at=told.made_at)
    out.say("restore.with_secret" if told.secret else "restore.without_secret")
    code = examined(out, "data")
    connections.close_all()  # SQLite puts its log into the database before the folder moves
    return code


def _tried(file: Path, home: Path, out: Output) -> int:
    """Restore in a process of its own, since one process is of one installation; then note it in this one."""
    existing(home)
    with opened(file) as (_, told):
        pass
    environment = {k: v for k, v in os.environ.items() if k not in _OWN}
    with tempfile.TemporaryDirectory(prefix="saima-try-") as folder:
        arguments = ("restore", str(file), "--home", str(Path(folder) / "home"), "--lang", out.lang)
        ran = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-c", _AGAIN, *arguments], env=environment, check=False, capture_output=True, text=True
        )
    out.write(ran.stdout + ran.stderr)
    if ran.returncode != 0:
        return ran.returncode
    open_existing(home)
    from django.db import transaction

    from saima.server.kit import audit
    from saima.server.kit.models import Installation

    if str(Installation.objects.get(id=1).uuid) != told.installation:
        raise QuestionRefused(Problem("restore.other_installation", {"file": file, "home": home}))
    with transaction.atomic():
        audit.record(
            by=None, action="backup.tested", object_type="backup", object_key=file.name[:200], made_at=told.made_at
        )
    out.say("restore.tested", home=home)
    return 0
