"""Seals personal data with keys that lie in a file of their own, and opens it again. AES-256-GCM.

A ring is a text file, newest key first; what is sealed names its key, so that a ring can grow a new one and what was
sealed before still opens. ``about`` is bound into the seal: what was sealed for one row opens for no other.
"""

import base64
import binascii
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from saima.engine.errors import Problem, QuestionRefused
from saima.files.problems import shown

HEAD: Final = "saima-personal-key/1"
_MARK: Final = "s1"
_NONCE: Final = 12
_MOST: Final = 16_384


@dataclass(frozen=True, slots=True)
class Ring:
    """Keys by their names, the newest first. Never printed: its text is only the names."""

    keys: tuple[tuple[str, bytes], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.keys)

    def __repr__(self) -> str:
        return f"Ring({', '.join(self.names)})"


def ring_of(path: Path) -> Ring:
    """The keys in a file.

    Raises
    ------
    QuestionRefused
        ``sealing.no_key``: there is no such file; ``sealing.no_ring``: it holds no keys of ours.
    """
    try:
        if path.stat().st_size > _MOST:
            raise QuestionRefused(Problem("sealing.no_ring", {"file": path.name}))
        lines = path.read_text("ascii").split("\n")
    except FileNotFoundError:
        raise QuestionRefused(Problem("sealing.no_key", {"file": path.name})) from None
    except (OSError, UnicodeDecodeError):
        raise QuestionRefused(Problem("sealing.no_ring", {"file": path.name})) from None
    try:
        found = tuple(_key(line) for line in lines[1:] if line)
    except ValueError:
        found = ()
    if lines[0] != HEAD or not found:
        raise QuestionRefused(Problem("sealing.no_ring", {"file": path.name}))
    return Ring(found)


def _key(line: str) -> tuple[str, bytes]:
    name, _, text = line.partition(" ")
    key = bytes.fromhex(text)
    if len(key) != 32 or name != _name(key):
        raise ValueError(name)
    return name, key


def _name(key: bytes) -> str:
    return sha256(b"saima personal key" + key).hexdigest()[:8]


def ring_made(path: Path) -> Ring:
    """The keys in the file, made with a first one where there is none. Of two at once one counts."""
    if not path.exists():
        _write(path, (_new(),), fresh=True)
    return ring_of(path)


def ring_grown(path: Path) -> Ring:
    """The ring with a new key in front: what is sealed from now on is sealed with that one."""
    ring = ring_of(path)
    _write(path, (_new(), *ring.keys), fresh=False)
    return ring_of(path)


def ring_shortened(path: Path, keep: frozenset[str]) -> Ring:
    """The ring without keys nobody needs: those in ``keep`` and the newest stay."""
    ring = ring_of(path)
    _write(path, tuple(k for n, k in enumerate(ring.keys) if n == 0 or k[0] in keep), fresh=False)
    return ring_of(path)


def _new() -> tuple[str, bytes]:
    key = secrets.token_bytes(32)
    return _name(key), key


def _write(path: Path, keys: tuple[tuple[str, bytes], ...], *, fresh: bool) -> None:
    """Whole under another name, readable by its owner alone from the first byte, then put in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    text = "\n".join([HEAD, *(f"{name} {key.hex()}" for name, key in keys)]) + "\n"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if fresh:
            with suppress(FileExistsError):
                os.link(part, path)
        else:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def seal(ring: Ring, content: bytes, about: str) -> str:
    """The content sealed with the newest key, as text that can stand in a database."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    name, key = ring.keys[0]
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, content, about.encode())
    return f"{_MARK}.{name}.{base64.b64encode(nonce + sealed).decode('ascii')}"


def key_named(sealed: str) -> str:
    """The name of the key something was sealed with.

    >>> key_named("s1.0a1b2c3d.AAAA")
    '0a1b2c3d'
    """
    return sealed.split(".")[1] if sealed.count(".") == 2 else ""


def unseal(ring: Ring, sealed: str, about: str) -> bytes:
    """What was sealed.

    Raises
    ------
    QuestionRefused
        ``sealing.other_key``: its key is not in the ring; ``sealing.broken``: it was changed, or sealed for another.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    mark, _, rest = sealed.partition(".")
    name, _, text = rest.partition(".")
    key = dict(ring.keys).get(name)
    if mark != _MARK:
        raise QuestionRefused(Problem("sealing.broken"))
    if key is None:
        raise QuestionRefused(Problem("sealing.other_key", {"key": shown(name, 16)}))
    try:
        raw = base64.b64decode(text, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], about.encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise QuestionRefused(Problem("sealing.broken")) from None
