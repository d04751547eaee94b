"""``saima backup``: everything of an installation in one file, while it runs."""

from pathlib import Path

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.engine.errors import Problem, QuestionRefused
from saima.server.commands.demo_home import open_existing
from saima.server.commands.home import KEY_FILE, home_asked


def run(given: Given, out: Output) -> int:
    home = home_asked(given)
    file = Path(given.text("file"))
    if not file.parent.is_dir():
        raise QuestionRefused(Problem("backup.no_folder", {"folder": file.parent}))
    open_existing(home)
    from saima.server.commands.dump import backup, told

    secret = home / KEY_FILE if given.has("with_secret") else None
    if secret is not None and not secret.is_file():
        raise QuestionRefused(Problem("backup.no_secret", {"file": secret}))
    made = backup(file, secret=secret)
    told(made)
    out.say("backup.done", file=file, rows=made.rows, blobs=made.blobs, sha256=made.sha256)
    out.say("backup.with_secret" if made.secret else "backup.without_secret")
    if made.missing:
        out.say("backup.missing", count=len(made.missing), first=made.missing[0][:12])
        return 1
    return 0
