"""Packages on disk: a folder or a zip of the same files; equal files give an equal zip."""

import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from saima.files.problems import shown
from saima.files.source import MOST_ENTRIES, MOST_UNPACKED, refused, unpacked
from saima.files.writing import write_file, write_files

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # what a zip can say at the least


def write_package(files: Mapping[str, bytes], out: Path) -> None:
    """Write a package whole or not at all: a zip when ``out`` ends with ``.zip``, else a folder.

    Parameters
    ----------
    files : content by path inside the package, with forward slashes.
    out : an absent zip, or an absent or empty folder.

    Raises
    ------
    SeasonRefused
        Something is already there, or cannot be written.
    """
    if out.suffix.lower() == ".zip":
        write_file(zipped(files), out)
    else:
        write_files(files, out)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip with sorted members, one date and one permission for all, so that equal files are equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in sorted(files.items()):
            member = zipfile.ZipInfo(name, EARLIEST)
            member.create_system, member.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def read_package(path: Path) -> dict[str, bytes]:
    """The files of a package by their path inside it, sorted.

    Raises
    ------
    SeasonRefused
        No package there; a broken or suspicious zip; an entry that leaves the package or is a link; too much of it.
    """
    if path.is_dir():
        return dict(_folder(path))
    if not path.is_file():
        raise refused("package.not_there", package=shown(path.name))
    return dict(sorted(unpacked(path, what="zip").items()))


def _folder(root: Path) -> Iterator[tuple[str, bytes]]:
    entries = sorted(root.rglob("*"), key=lambda p: p.relative_to(root).as_posix())
    if len(entries) > MOST_ENTRIES:
        raise refused("package.too_many", package=root.name, count=len(entries), most=MOST_ENTRIES)
    total = 0
    for entry in entries:
        name = entry.relative_to(root).as_posix()
        if entry.is_symlink():
            raise refused("package.link", package=root.name, entry=shown(name))
        if entry.is_dir():
            continue
        if not entry.is_file():
            raise refused("package.odd", package=root.name, entry=shown(name))
        total += entry.stat().st_size
        if total > MOST_UNPACKED:
            raise refused("package.too_large", package=root.name, most=MOST_UNPACKED // 2**20)
        yield name, entry.read_bytes()
