"""Reads a backup: what it says of itself, and whether every part is still what was written. Without Django."""

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from saima.engine.errors import Problem, QuestionRefused

SCHEMA: Final = "saima-backup/1"
MANIFEST: Final = "manifest.json"
SECRET: Final = "secret.key"  # noqa: S105 - the name of a part
BLOB: Final = re.compile(r"blobs/([0-9a-f]{64})")
_TABLE: Final = re.compile(r"tables/([a-z0-9_]+\.[a-z0-9_]+)\.jsonl")
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Told:
    """What a backup says of itself."""

    saima: str
    made_at: str
    installation: str
    migrations: tuple[tuple[str, str], ...]
    audit_rows: int
    audit_head: str
    tables: Mapping[str, int]
    missing: tuple[str, ...]
    parts: Mapping[str, str]  # name -> SHA-256

    @property
    def secret(self) -> bool:
        return SECRET in self.parts


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Told]]:
    """A backup whose every part is what its manifest says.

    Raises
    ------
    QuestionRefused
        ``restore.no_file``, ``restore.not_ours``, ``restore.later_schema``, ``restore.changed`` for each part that
        differs, is missing, or stands there unnamed.
    """
    if not file.is_file():
        raise QuestionRefused(Problem("restore.no_file", {"file": file}))
    try:
        with zipfile.ZipFile(file) as archive:
            told = _told(archive, file)
            if changed := _changed(archive, told):
                raise QuestionRefused(Problem("restore.changed", {"file": file, "part": name}) for name in changed[:20])
            yield archive, told
    except (zipfile.BadZipFile, NotImplementedError, EOFError):
        raise QuestionRefused(Problem("restore.not_ours", {"file": file})) from None


def _told(archive: zipfile.ZipFile, file: Path) -> Told:
    try:
        said = json.loads(archive.read(MANIFEST))
        schema = str(said["schema"])
        if schema != SCHEMA and schema.startswith(SCHEMA.partition("/")[0]):
            raise QuestionRefused(Problem("restore.later_schema", {"file": file, "saima": str(said.get("saima"))}))
        if schema != SCHEMA:
            raise QuestionRefused(Problem("restore.not_ours", {"file": file}))
        app_and_name = [m.partition(".") for m in said["migrations"]]
        return Told(
            saima=str(said["saima"]),
            made_at=str(said["made_at"]),
            installation=str(said["installation"]),
            migrations=tuple((app, name) for app, _, name in app_and_name),
            audit_rows=int(said["audit"]["rows"]),
            audit_head=str(said["audit"]["head"]),
            tables={str(k): int(v) for k, v in said["tables"].items()},
            missing=tuple(said["missing"]),
            parts={str(k): str(v["sha256"]) for k, v in said["parts"].items()},
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise QuestionRefused(Problem("restore.not_ours", {"file": file})) from None


def _changed(archive: zipfile.ZipFile, told: Told) -> list[str]:
    names = archive.namelist()
    wrong = [n for n in names if n not in told.parts and n != MANIFEST]
    wrong += [n for n in told.parts if not (_TABLE.fullmatch(n) or BLOB.fullmatch(n) or n == SECRET)]
    wrong += sorted({n for n in names if names.count(n) > 1}) if len(set(names)) < len(names) else []
    there = set(names)
    for name, expected in told.parts.items():
        if name not in there or _digest(archive, name) != expected:
            wrong.append(name)
    wrong += [f"tables/{label}.jsonl" for label in told.tables if f"tables/{label}.jsonl" not in told.parts]
    return wrong


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    found = sha256()
    try:
        with archive.open(name) as stream:
            while piece := stream.read(_PIECE):
                found.update(piece)
    except (zipfile.BadZipFile, EOFError, OSError):
        return ""
    return found.hexdigest()
