"""An empty database gets in one go what all migrations would have made, and one with rows is migrated."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as StepByStep
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

POSTGRES = """
SELECT 'column', table_name, column_name || ' ' || udt_name || ' ' || is_nullable || coalesce(column_default, '')
    || coalesce(character_maximum_length::text, '') || is_identity FROM information_schema.columns
    WHERE table_schema = 'public'
UNION ALL SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""


def said(one):
    """Everything the database says of its tables, whatever the order of their columns."""
    with one.cursor() as cursor:
        if one.vendor == "postgresql":
            cursor.execute(POSTGRES)
            # Migrations give a group's permissions eight bytes of number, models four: a table nobody uses here.
            return {tuple(row) for row in cursor.fetchall()} - {
                ("column", "auth_group_permissions", f"id int{size} NOYES") for size in (4, 8)
            }
        cursor.execute(
            "SELECT type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        )
        return {(kind, table, *parts(sql)) for kind, table, sql in cursor.fetchall()}


def parts(sql):
    """The definitions inside the outer brackets of a CREATE TABLE, sorted; other statements as they are."""
    if not sql.startswith("CREATE TABLE"):
        return (sql,)
    inside, depth, found = sql[sql.index("(") + 1 : sql.rindex(")")], 0, [""]
    for letter in inside:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return tuple(sorted(re.sub(r"\s+", " ", one).strip() for one in found))


@pytest.fixture
def empty(db, tmp_path):
    """empty("one"): another database without a table."""
    made = []

    def make(name):
        told = dict(settings.DATABASES["default"])
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "tables_{name}"')
            told["NAME"] = f"tables_{name}"
        else:
            told["NAME"] = tmp_path / f"{name}.sqlite3"
        connections.databases[name] = connections["default"].settings_dict | told
        made.append(name)
        return connections[name]

    yield make
    for name in made:
        connections[name].close()
        del connections.databases[name], connections[name]
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "tables_{name}"')


@pytest.mark.long
@pytest.mark.django_db(databases="__all__")
def test_both_ways_make_the_same_tables(empty, django_db_blocker):
    at_once, step_by_step = empty("at_once"), empty("step_by_step")

    with django_db_blocker.unblock():
        call_command("migrate", database="at_once", verbosity=0)
        call_command(StepByStep(), database="step_by_step", verbosity=0)

        assert said(at_once) == said(step_by_step)
        assert {found[0] for found in said(at_once)} >= {"index", "trigger"}
        assert set(MigrationRecorder(at_once).applied_migrations()) == set(
            MigrationRecorder(step_by_step).applied_migrations()
        )
