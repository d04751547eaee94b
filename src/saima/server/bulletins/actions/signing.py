"""Makes the installation's key at its first release, and signs manifests with it."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from saima.files.packages import make_key, public_key, sign
from saima.server.bulletins.queries.signing import key_path


def signed(manifest: bytes) -> tuple[bytes, str]:
    """The signature file over a manifest and the public key it is of; the same manifest gives the same bytes."""
    path = key_there()
    return sign(manifest, path), public_key(path)


def key_there() -> Path:
    """The key's file. Made whole under another name and then linked, so that of two at once one counts."""
    path = key_path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            make_key(part)
            with suppress(FileExistsError):
                os.link(part, path)
                part.with_name(part.name + ".pub").replace(path.with_name(path.name + ".pub"))
        finally:
            part.unlink(missing_ok=True)
            part.with_name(part.name + ".pub").unlink(missing_ok=True)
    return path
