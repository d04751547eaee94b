"""Writes a season as canonical files: the same season gives the same bytes, and nothing is left half written."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from saima.engine.model.history import Published
from saima.files.bundle import Bundle
from saima.files.csvtext import csv_bytes
from saima.files.plain_document import Plain, document
from saima.files.plain_tables import tables
from saima.files.published import published_csv, published_name
from saima.files.source import refused


def folder_files(bundle: Bundle) -> dict[str, bytes]:
    """The canonical files of a season by their path in the folder, sorted by path.

    Rows are sorted by code point, numbers canonical, instants in UTC, line ends LF, encoding UTF-8. Columns and
    files that say nothing are left out; choices are spelt out, so that another release's defaults change nothing.
    """
    files = {"season.toml": toml_bytes(document(bundle.season, bundle.projects))}
    for name, (columns, rows) in tables(bundle).items():
        files[f"{name}.csv"] = csv_bytes(columns, rows)
    for published in bundle.history.published:
        files[published_name(published)] = published_csv(published)
    return dict(sorted(files.items()))


def toml_bytes(plain: Plain) -> bytes:
    """A document as TOML: keys first, then ``[tables]``, then ``[[lists of tables]]``; small tables inline."""
    lines = [f"{key} = {_value(value)}" for key, value in plain.items() if not _is_section(key, value)]
    for key, value in plain.items():
        if _is_section(key, value):
            lines += _section(key, value)
    return ("\n".join(lines) + "\n").encode()


_SECTIONS = frozenset({"masthead", "node", "progress", "uncertainty", "integrity"})


def _is_section(key: str, value: Any) -> bool:
    return key in _SECTIONS or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _section(key: str, value: Any) -> list[str]:
    lines: list[str] = []
    heads = [(f"[[{key}]]", v) for v in value] if isinstance(value, list) else [(f"[{key}]", value)]
    for head, part in heads:
        lines += ["", head]
        lines += [f"{k} = {_value(v)}" for k, v in part.items() if not _is_section("", v)]
        for inner, v in part.items():
            if _is_section("", v):
                lines += _section(f"{key}.{inner}", v)
    return lines


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case dict():
            return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
        case list():
            return "[" + ", ".join(_value(v) for v in value) + "]"
        case _:
            return repr(value)


def write_folder(bundle: Bundle, path: str | Path) -> None:
    """Write a season folder, whole or not at all.

    Raises
    ------
    SeasonRefused
        The folder is there and not empty, or cannot be written.
    """
    write_files(folder_files(bundle), Path(path))


def write_files(files: Mapping[str, bytes], path: Path) -> None:
    """Write files into a new folder, whole or not at all: into a sibling first, which is then renamed."""
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise refused("files.folder_not_empty" if path.is_dir() else "files.file_in_the_way", path.name)

    def fill(part: Path) -> None:
        for name, content in files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)

    _whole_or_not(path, fill)


def write_file(content: bytes, path: Path) -> None:
    """Write one new file, whole or not at all.

    Raises
    ------
    SeasonRefused
        The file is already there, or cannot be written.
    """
    if path.exists():
        raise refused("files.file_exists", path.name)
    _whole_or_not(path, lambda part: part.write_bytes(content))


def record_published(folder: Path, published: Published) -> Path:
    """Add the record of a bulletin to a season folder and say where it is. The same record again changes nothing.

    Raises
    ------
    SeasonRefused
        Another record of that period and version is already there: a correction is a new version.
    """
    path = folder / published_name(published)
    check_record(folder, published)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        write_file(published_csv(published), path)
    return path


def check_record(folder: Path, published: Published) -> None:
    """Raise what ``record_published`` would, and write nothing."""
    path = folder / published_name(published)
    if path.exists() and path.read_bytes() != published_csv(published):
        raise refused("files.record_exists", published_name(published), version=published.version)


def _whole_or_not(path: Path, fill: Callable[[Path], object]) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fill(part)
        if path.is_dir():
            path.rmdir()  # it is empty; renaming onto a folder works on some systems only
        part.replace(path)
    except OSError:
        raise refused("files.cannot_write", path.name) from None
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            with suppress(OSError):
                part.unlink()
