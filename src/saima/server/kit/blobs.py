"""Keeps files by the SHA-256 of their bytes in the home folder: written whole, synced and renamed, never changed."""

import os
import sys
import tempfile
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings

from saima.server.kit.models import Blob

_PART: Final = ".part-"


def put(content: bytes, media_type: str) -> Blob:
    """Keep a file; the same content again gives the blob that is there."""
    digest = sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=_PART)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
            _sync_folder(path.parent)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    found = Blob.objects.filter(sha256=digest).first()
    if found is not None:
        return found
    Blob.objects.bulk_create([Blob(sha256=digest, size=len(content), media_type=media_type)], ignore_conflicts=True)
    return Blob.objects.get(sha256=digest)


def get(digest: str) -> bytes:
    """The bytes of a blob.

    Raises
    ------
    FileNotFoundError
        The home folder has lost it: `saima doctor` names every such file.
    ValueError
        The bytes are not those of the digest.
    """
    content = path_of(digest).read_bytes()
    if sha256(content).hexdigest() != digest:
        raise ValueError(f"blob {digest[:12]}: its bytes have changed")
    return content


def sweep(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Remove what writers that were killed left half written; how many. Kept files are never touched."""
    before = time.time() - older_than.total_seconds()
    left = [p for p in Path(settings.BLOBS).glob(f"*/{_PART}*") if p.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _sync_folder(folder: Path) -> None:
    """A new name outlives a power cut only when its folder has been written, too; Windows does that by itself."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def path_of(digest: str) -> Path:
    return Path(settings.BLOBS) / digest[:2] / digest
