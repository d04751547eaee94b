"""Triggers that make a table append-only on SQLite and PostgreSQL alike; a migration runs ``append_only``."""

from typing import Any

from django.db.migrations.operations.base import Operation

_SQLITE = """
CREATE TRIGGER {table}_no_{event} BEFORE {EVENT} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION saima_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION saima_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION saima_append_only()
"""


class Triggers(Operation):
    """Lets tables only grow. It asks no state of the models, so an empty database gets it in the same words."""

    reversible = True

    def __init__(self, *tables: str) -> None:
        self.tables = tables

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002 - as Django calls it
        self.make(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002 - as Django calls it
        postgres = schema_editor.connection.vendor == "postgresql"
        for table in self.tables:
            if postgres:
                for event in ("change", "truncate"):
                    schema_editor.execute(f"DROP TRIGGER {table}_no_{event} ON {table}", params=None)
            else:
                for event in ("update", "delete"):
                    schema_editor.execute(f"DROP TRIGGER {table}_no_{event}", params=None)

    def make(self, schema: Any) -> None:
        postgres = schema.connection.vendor == "postgresql"
        if postgres:
            schema.execute(_POSTGRES_FUNCTION, params=None)
        for table in self.tables:
            if postgres:
                schema.execute(_POSTGRES.format(table=table), params=None)
            else:
                for event in ("update", "delete"):
                    schema.execute(_SQLITE.format(table=table, event=event, EVENT=event.upper()), params=None)


def append_only(*tables: str) -> Triggers:
    """A migration operation that lets these tables only grow."""
    return Triggers(*tables)
