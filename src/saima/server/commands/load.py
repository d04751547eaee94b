"""Brings a checked backup back into an empty database and home: tables as they were, files, then what is newer."""

import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from saima.engine.errors import Problem, QuestionRefused
from saima.server.commands.archive import BLOB, Told
from saima.server.kit import audit, blobs
from saima.server.kit.adding import add_rows, plain
from saima.server.kit.management.commands.migrate import make_tables
from saima.server.kit.models import Audit


def load(archive: zipfile.ZipFile, told: Told, file: Path) -> None:
    """Fill the empty database and the home of this process.

    Raises
    ------
    QuestionRefused
        ``restore.newer``: made by a later Saima; ``restore.database_in_use``: the database has tables;
        ``restore.chain``: the audit trail does not end as the manifest says.
    """
    if connection.introspection.table_names():
        raise QuestionRefused(Problem("restore.database_in_use", {"database": connection.settings_dict["NAME"]}))
    executor = MigrationExecutor(connection)
    nodes = list(told.migrations)
    if unknown := [n for n in nodes if n not in executor.loader.graph.nodes]:
        raise QuestionRefused(
            Problem("restore.newer", {"file": file, "saima": told.saima, "migration": ".".join(unknown[0])})
        )
    if set(executor.loader.graph.nodes) <= set(nodes):
        make_tables(connection)  # without the rows that migrate adds: the backup brings them
    else:
        executor.migrate(_ends(executor.loader.graph, nodes))
    apps = executor.loader.project_state(nodes).apps
    models = {m._meta.label_lower: m for m in apps.get_models(include_auto_created=True)}  # noqa: SLF001 - documented by Django
    with transaction.atomic():
        for label in told.tables:
            _fill(models[label], archive, f"tables/{label}.jsonl")
        for sql in connection.ops.sequence_reset_sql(no_style(), [models[label] for label in told.tables]):
            with connection.cursor() as cursor:
                cursor.execute(sql)
    _files(archive, told)
    call_command("migrate", verbosity=0, interactive=False)
    _same_chain(told, file)


def _ends(graph: Any, nodes: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The last migration of each app: a target that others follow would be taken for a way back."""
    known = set(nodes)
    return [n for n in nodes if not any(c.key[0] == n[0] and c.key in known for c in graph.node_map[n].children)]


def _fill(model: Any, archive: zipfile.ZipFile, name: str) -> None:
    """Rows as they were: nothing is set to today, no default steps in. Rows that migrations made give way."""
    fields = {f.attname: f for f in model._meta.concrete_fields}  # noqa: SLF001 - documented by Django
    if model.objects.exists():
        model.objects.all().delete()
    with archive.open(name) as stream:
        columns = [fields[c] for c in json.loads(stream.readline())]
        add_rows(model, [c.attname for c in columns], _rows(columns, stream))


def _rows(columns: Sequence[Any], lines: Iterable[bytes]) -> Iterator[list[Any]]:
    changing = [(n, c.to_python) for n, c in enumerate(columns) if not plain(c)]
    for line in lines:
        row = json.loads(line)
        if len(row) != len(columns):
            raise ValueError(f"a row of {len(row)} values for {len(columns)} columns")
        for n, change in changing:
            row[n] = change(row[n])
        yield row


def _files(archive: zipfile.ZipFile, told: Told) -> None:
    """The blobs, by content, into the home folder; synced, since nothing else holds them."""
    for name in told.parts:
        if found := BLOB.fullmatch(name):
            path = blobs.path_of(found[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                out.write(archive.read(name))
                out.flush()
                os.fsync(out.fileno())


def _same_chain(told: Told, file: Path) -> None:
    last = Audit.objects.order_by("-id").values_list("digest", flat=True).first() or ""
    if audit.first_broken() is not None or last != told.audit_head or Audit.objects.count() != told.audit_rows:
        raise QuestionRefused(Problem("restore.chain", {"file": file}))
