"""Brings the database of a home up to this program, with a backup before anything in it changes."""

from pathlib import Path

from saima.cli.output import Output


def bring_up(home: Path, out: Output) -> None:
    """Run the migrations that are missing; an installation that has data is backed up first."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not missing:
        return
    if executor.loader.applied_migrations:
        from saima.server.commands.dump import backup
        from saima.server.kit import clock

        folder = home / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"before-update-{clock.real():%Y%m%d-%H%M%S}.saima-backup.zip"
        backup(file, secret=None)
        out.say("serve.backed_up", file=file)
    out.say("serve.preparing")
    out.flush()
    call_command("migrate", verbosity=0, interactive=False)


def close() -> None:
    """Leave the database to the processes that are started now."""
    from django.db import connections

    connections.close_all()
