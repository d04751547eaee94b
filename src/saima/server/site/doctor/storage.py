"""Checks of what lies below everything: files, the audit chain, the tables that only grow, the database itself."""

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from saima.server.kit import audit, blobs
from saima.server.kit.models import AppendOnly, Audit, AuditHead, Blob
from saima.server.site.doctor.check import Kind, Severity, check

LEAST_FREE: Final = 1 << 30
_HOUR: Final = 3600


@check("blob_missing", Kind.DATA, Severity.ERROR)
def blob_missing() -> Iterable[str]:
    for digest in Blob.objects.order_by("created_at").values_list("pk", flat=True).iterator():
        if not blobs.path_of(digest).is_file():
            yield digest[:12]


@check("blob_changed", Kind.DATA, Severity.ERROR)
def blob_changed() -> Iterable[str]:
    for digest in Blob.objects.order_by("created_at").values_list("pk", flat=True).iterator():
        try:
            blobs.get(digest)
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            yield digest[:12]


@check("blob_stray", Kind.DATA, Severity.WARNING)
def blob_stray() -> Iterable[str]:
    """Files nobody knows; a young one may belong to a transaction that is not through."""
    known = set(Blob.objects.values_list("pk", flat=True))
    for path in sorted(Path(settings.BLOBS).glob("*/*")):
        with suppress(FileNotFoundError):  # renamed meanwhile: somebody has just put it in its place
            if path.name not in known and time.time() - path.stat().st_mtime > _HOUR:
                yield path.name[:12]


@check("audit_chain", Kind.DATA, Severity.ERROR)
def audit_chain() -> Iterable[str]:
    if (row := audit.first_broken()) is not None:
        yield f"{row.pk} {row.action}"


@check("audit_head", Kind.DATA, Severity.ERROR)
def audit_head() -> Iterable[str]:
    last = Audit.objects.order_by("-id").values_list("digest", flat=True).first() or ""
    head = AuditHead.objects.values_list("digest", flat=True).first() or ""
    if last != head:
        yield f"{last[:12]} / {head[:12]}"


@check("trigger_missing", Kind.DATA, Severity.ERROR)
def trigger_missing() -> Iterable[str]:
    """Tables that only grow, and no longer refuse a change in the database itself."""
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            if postgres
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        there = {name for (name,) in cursor.fetchall()}
    for model in apps.get_models():
        if issubclass(model, AppendOnly):
            table = model._meta.db_table  # noqa: SLF001 - documented by Django
            events = ("change",) if postgres else ("update", "delete")
            if any(f"{table}_no_{event}" not in there for event in events):
                yield table


@check("database_damaged", Kind.DATA, Severity.ERROR)
def database_damaged() -> Iterable[str]:
    """Pages that cannot be read, and rows that point at nothing. PostgreSQL keeps the latter out by itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(20)")
        yield from (text for (text,) in cursor.fetchall() if text != "ok")
        cursor.execute("PRAGMA foreign_key_check")
        for table, row, parent, _number in cursor.fetchmany(100):
            yield f"{table} {row} -> {parent}"


@check("migration_missing", Kind.DATA, Severity.ERROR)
def migration_missing() -> Iterable[str]:
    executor = MigrationExecutor(connection)
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"{migration.app_label}.{migration.name}"


@check("database_unsafe", Kind.CONTROL, Severity.ERROR)
def database_unsafe() -> Iterable[str]:
    """Settings under which a power cut loses what was confirmed."""
    if connection.vendor == "sqlite":
        wanted = {"synchronous": {"2", "3"}, "journal_mode": {"wal", "memory"}}  # memory: a database of tests
        statement = "PRAGMA {}"
    else:
        wanted = {"fsync": {"on"}, "synchronous_commit": {"on", "remote_apply", "remote_write", "local"}}
        wanted["full_page_writes"] = {"on"}
        statement = "SHOW {}"
    with connection.cursor() as cursor:
        for name, good in wanted.items():
            cursor.execute(statement.format(name))
            (value,) = cursor.fetchone()
            if str(value).lower() not in good:
                yield f"{name} = {value}"


@check("disk_full", Kind.CONTROL, Severity.ERROR)
def disk_full() -> Iterable[str]:
    free = shutil.disk_usage(settings.HOME).free
    if free < LEAST_FREE:
        yield f"{free >> 20} MB"
