"""Writes everything of an installation into one file while people go on working: one snapshot of the tables, all files.

A backup is a ZIP archive: ``tables/*.jsonl`` (rows by their fields, so that it comes back on either database),
``blobs/*``, and ``manifest.json`` with the SHA-256 of every part. How it comes back: archive.py, load.py.
"""

import base64
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader

from saima import __version__
from saima.engine.errors import Problem, QuestionRefused
from saima.server.commands.archive import MANIFEST, SCHEMA, SECRET
from saima.server.kit import audit, blobs, clock

LEFT_OUT: Final = frozenset({"sessions.session", "kit.lease"})  # of this moment and this machine
_ALIAS: Final = "snapshot"
_CHUNK: Final = 2_000
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written."""

    file: Path
    sha256: str
    rows: int
    blobs: int
    missing: tuple[str, ...]  # blobs whose file is gone or changed
    audit_head: str
    secret: bool


def backup(file: Path, *, secret: Path | None) -> Backup:
    """Write a backup, whole or not at all. ``secret``: a key file to put into it.

    Raises
    ------
    QuestionRefused
        ``backup.file_there``; ``backup.newer``: the database belongs to a later Saima.
    """
    if file.exists():
        raise QuestionRefused(Problem("backup.file_there", {"file": file}))
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:40]}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w+b") as out:
            made = _written(out, file, secret)
            out.flush()
            os.fsync(out.fileno())
            out.seek(0)
            whole = sha256()
            while piece := out.read(_PIECE):
                whole.update(piece)
        part.rename(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Backup(file, whole.hexdigest(), *made, secret=secret is not None)


def told(made: Backup, *, by: Any = None) -> None:
    """Enter a backup into the audit trail: `saima doctor` asks it how old the last one is."""
    with transaction.atomic():
        audit.record(
            by=by,
            action="backup.made",
            object_type="backup",
            object_key=made.file.name[:200],
            sha256=made.sha256,
            rows=made.rows,
            blobs=made.blobs,
            audit_head=made.audit_head,
        )


def _written(out: IO[bytes], file: Path, secret: Path | None) -> tuple[int, int, tuple[str, ...], str]:
    parts: dict[str, dict[str, object]] = {}
    tables: dict[str, int] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive, _snapshot():
        loader = MigrationLoader(connections[_ALIAS])
        applied = _applied(loader, file)
        states = loader.project_state(applied).apps.get_models(include_auto_created=True)
        models: dict[str, Any] = {m._meta.label_lower: m for m in states}  # noqa: SLF001 - documented by Django
        head, kept, installation = "", [], ""
        for label in sorted(set(models) - LEFT_OUT):
            name = f"tables/{label}.jsonl"
            with _part(archive, name, parts) as write:
                tables[label] = _table(models[label], write)
        if "kit.blob" in models:
            kept = list(models["kit.blob"].objects.using(_ALIAS).order_by("pk").values_list("pk", flat=True))
            head = next(iter(models["kit.audithead"].objects.using(_ALIAS).values_list("digest", flat=True)), "")
            found = models["kit.installation"].objects.using(_ALIAS).values_list("uuid", flat=True)
            installation = str(next(iter(found), ""))
        missing = tuple(digest for digest in kept if not _blob(archive, digest, parts))
        if secret is not None:
            with _part(archive, SECRET, parts) as write:
                write(secret.read_bytes())
        manifest = {
            "schema": SCHEMA,
            "saima": __version__,
            "made_at": clock.real().isoformat(timespec="seconds"),
            "installation": installation,
            "database": connections[_ALIAS].vendor,
            "migrations": sorted(f"{app}.{name}" for app, name in applied),
            "audit": {"rows": tables.get("kit.audit", 0), "head": head},
            "tables": tables,
            "missing": missing,
            "parts": parts,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return sum(tables.values()), len(kept) - len(missing), missing, head


@contextmanager
def _snapshot() -> Iterator[None]:
    """A connection of its own inside one reading transaction: it sees one instant, and nobody waits for it."""
    of = deepcopy(connections.settings["default"])
    sqlite = connections["default"].vendor == "sqlite"
    if sqlite:
        # IMMEDIATE would keep every writer waiting until the last row is out.
        of["OPTIONS"] = {**of.get("OPTIONS", {}), "transaction_mode": "DEFERRED"}
    connections.settings[_ALIAS] = of
    try:
        with transaction.atomic(using=_ALIAS):
            if not sqlite:
                with connections[_ALIAS].cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        connections[_ALIAS].close()
        del connections[_ALIAS]
        del connections.settings[_ALIAS]


def _applied(loader: MigrationLoader, file: Path) -> list[tuple[str, str]]:
    """What the database has behind it; the tables are read as those migrations left them."""
    applied = sorted(loader.applied_migrations)
    if unknown := [n for n in applied if n not in loader.graph.nodes]:
        raise QuestionRefused(Problem("backup.newer", {"file": file, "migration": ".".join(unknown[0])}))
    return applied


@contextmanager
def _part(archive: zipfile.ZipFile, name: str, parts: dict[str, dict[str, object]]) -> Iterator[Any]:
    """A part of the archive that is written piece by piece; its digest goes among ``parts``."""
    digest, size = sha256(), 0

    def write(content: bytes) -> None:
        nonlocal size
        digest.update(content)
        size += len(content)
        stream.write(content)

    with archive.open(name, "w", force_zip64=True) as stream:
        yield write
    parts[name] = {"sha256": digest.hexdigest(), "bytes": size}


def _table(model: Any, write: Any) -> int:
    """All rows by primary key, one JSON list a line, led by the names of the fields."""
    names = [f.attname for f in model._meta.concrete_fields]  # noqa: SLF001 - documented by Django
    write(_line(names))
    count = 0
    rows = model.objects.using(_ALIAS).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=_CHUNK):
        write(_line([_plain(v) for v in row]))
        count += 1
    return count


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    """A value as JSON has it; the field it belongs to knows the way back."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _blob(archive: zipfile.ZipFile, digest: str, parts: dict[str, dict[str, object]]) -> bool:
    """Copy a file that is there and unchanged; whether it was."""
    name = f"blobs/{digest}"
    try:
        content = blobs.get(digest)
    except (OSError, ValueError):
        return False
    # Evidence is pictures and archives for the most part: packing them again costs time and gains nothing.
    archive.writestr(name, content, compress_type=zipfile.ZIP_STORED)
    parts[name] = {"sha256": digest, "bytes": len(content)}
    return True
