"""Where a season's bytes come from: a folder or a zip. Nothing is read before its size is known to be bearable."""

import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Protocol

from saima.engine.errors import Problem, Refused, SeasonRefused
from saima.files.problems import shown

MOST_BYTES: Final = 256 * 1024 * 1024
MOST_LINES: Final = 2_000_000
MOST_ENTRIES: Final = 10_000
MOST_UNPACKED: Final = 1024 * 1024 * 1024
MOST_RATIO: Final = 300  # unpacked to packed; tables of text pack 5 to 50 times
_CHUNK: Final = 1 << 20


class Source(Protocol):
    """Named files, as ``names`` lists them: paths relative to the season, with forward slashes."""

    @property
    def label(self) -> str: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def odd(self) -> tuple[str, ...]:
        """What is there and is no file that can be read: folders, links to nothing, pipes, devices."""

    def size(self, name: str) -> int: ...

    def open(self, name: str) -> BinaryIO: ...


@dataclass(frozen=True)
class FolderSource:
    """A season folder on disk."""

    root: Path
    label: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The files of the folder and of its ``published``, sorted by code point."""
        return self._named(files=True)

    @property
    def odd(self) -> tuple[str, ...]:
        return self._named(files=False)

    def _named(self, *, files: bool) -> tuple[str, ...]:
        past = self.root / "published"
        entries = [*self.root.iterdir(), *(past.iterdir() if past.is_dir() else ())]
        return tuple(sorted(p.relative_to(self.root).as_posix() for p in entries if p.is_file() == files))

    def size(self, name: str) -> int:
        return (self.root / name).stat().st_size

    def open(self, name: str) -> BinaryIO:
        return (self.root / name).open("rb")


@dataclass(frozen=True)
class BytesSource:
    """Files in memory, such as those of an unpacked zip."""

    files: Mapping[str, bytes]
    label: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    @property
    def odd(self) -> tuple[str, ...]:
        return ()

    def size(self, name: str) -> int:
        return len(self.files[name])

    def open(self, name: str) -> BinaryIO:
        return BytesIO(self.files[name])


def unpacked(path: Path, *, what: str, under: str = "") -> dict[str, bytes]:
    """The files of a zip below ``under``, read into memory within the limits on count, size and ratio.

    Raises
    ------
    SeasonRefused
        Broken, encrypted, too many entries, too large, packed suspiciously well, or an entry that leaves the zip.
    """
    packed = path.stat().st_size
    if packed > MOST_BYTES:
        raise refused("files.too_large", path.name, mb=packed // 2**20 + 1, most=MOST_BYTES // 2**20)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir()]
            check_entries(archive.infolist(), path.name, packed)
            wanted = [e for e in entries if e.filename.startswith(under)]
            return {e.filename.removeprefix(under): archive.read(e) for e in wanted}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise refused("files.broken_zip", path.name, what=what) from None


def check_entries(entries: list[zipfile.ZipInfo], file: str, packed: int) -> None:
    """Refuse a zip by its directory alone, before anything is unpacked."""
    if len(entries) > MOST_ENTRIES:
        raise refused("files.zip_entries", file, count=len(entries), most=MOST_ENTRIES)
    total = sum(e.file_size for e in entries)
    if total > MOST_UNPACKED:
        raise refused("files.zip_unpacked", file, mb=total // 2**20 + 1, most=MOST_UNPACKED // 2**20)
    if total > 2**24 and total > MOST_RATIO * max(packed, 1):
        raise refused("files.zip_ratio", file, ratio=total // max(packed, 1), most=MOST_RATIO)
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        path = PurePosixPath(name)
        link = stat.S_ISLNK(entry.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name or link:
            raise refused("files.zip_leaves", file, entry=shown(name))
        if entry.flag_bits & 0x1:
            raise refused("files.zip_encrypted", file, entry=shown(name))
        if name in seen:
            raise refused("files.zip_twice", file, entry=shown(name))
        seen.add(name)


def refused(code: str, file: str = "", line: int = 0, column: str = "", **params: object) -> Refused:
    return SeasonRefused(Problem(code, params, file, line, column))
