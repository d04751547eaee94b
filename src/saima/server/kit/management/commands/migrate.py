"""``migrate``: an empty database gets its tables at once, another by the migrations it lacks.

Migrations walk through every state the tables ever had, which takes a dozen seconds; an empty database has no row to
carry through them. tests/server/kit/test_tables.py holds both ways to the same tables, indexes and triggers.
"""

from typing import Any

from django.apps import apps
from django.core.management.commands import migrate
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from saima.server.kit.triggers import Triggers


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        asked = any(
            options[name] for name in ("app_label", "migration_name", "plan", "check_unapplied", "fake", "prune")
        )
        if asked or connection.introspection.table_names():
            super().handle(*args, **options)
            return
        make_tables(connection)
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def make_tables(connection: Any) -> None:
    """Tables as the models have them, the triggers of the migrations, and their record: all of it or nothing."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    migrations = [migration for migration, _back in plan]
    labels = {migration.app_label for migration in migrations}
    models: list[Any] = [m for m in apps.get_models() if m._meta.app_label in labels]  # noqa: SLF001 - documented by Django
    with connection.schema_editor() as schema:
        for model in (*models, executor.recorder.Migration):
            if model._meta.can_migrate(connection):  # noqa: SLF001 - as Django's own operations ask
                schema.create_model(model)
        for migration in migrations:
            for operation in migration.operations:
                if isinstance(operation, Triggers):
                    operation.make(schema)
            executor.recorder.record_applied(migration.app_label, migration.name)
