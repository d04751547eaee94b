"""Migrations: none missing, none without a name that says what, none with a number used twice, and they go back."""

import re
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OURS = [a for a in apps.get_app_configs() if a.name.startswith("saima.")]
FILES = [p for a in OURS for p in sorted(Path(a.path).glob("migrations/[0-9]*.py"))]


def test_no_migration_is_missing(db):
    said = StringIO()

    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, no_color=True)
    except SystemExit:
        pytest.fail(f"models have changed without a migration:\n{said.getvalue()}")


def test_names_say_what_and_numbers_are_used_once():
    assert FILES
    assert [p.name for p in FILES if not re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+\.py", p.name) or "_auto" in p.name] == []
    numbers = Counter((p.parent, p.name[:4]) for p in FILES)
    assert [f"{folder.parent.name} {number}" for (folder, number), n in numbers.items() if n > 1] == []


def test_each_app_has_one_line_of_migrations():
    assert MigrationLoader(None).detect_conflicts() == {}


def test_every_operation_can_be_taken_back():
    loader = MigrationLoader(None)
    ours = {key: m for key, m in loader.disk_migrations.items() if key[0] in {a.label for a in OURS}}

    assert [(key, op.describe()) for key, m in ours.items() for op in m.operations if not op.reversible] == []


def test_the_tables_are_those_of_the_models(db):
    there = set(connection.introspection.table_names())

    assert {m._meta.db_table for a in OURS for m in a.get_models()} - there == set()
