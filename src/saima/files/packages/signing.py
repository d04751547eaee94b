"""Ed25519 keys and signatures over a manifest, and with it over every file it lists."""

import json
import os
import re
from pathlib import Path
from typing import Final

from saima.engine.errors import Refused
from saima.files.problems import shown
from saima.files.source import refused
from saima.files.writing import write_file

SCHEMA: Final = "saima.signature/1"
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SIGNED: Final = re.compile(r"[0-9a-f]{128}", re.ASCII)
_MOST_KEY: Final = 16_384


def make_key(path: Path) -> str:
    """Write a new private key as PEM to ``path``, its public half to ``path`` with ``.pub`` added, and name it.

    Returns
    -------
    The public key as 64 hexadecimal digits: what others compare a signature with.

    Raises
    ------
    SeasonRefused
        One of the two files is already there: no key is ever written over.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public_path = path.with_name(path.name + ".pub")
    if public_path.exists():
        raise refused("files.file_exists", public_path.name)
    key = Ed25519PrivateKey.generate()
    _write_secret(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()), path)
    public = key.public_key()
    write_file(public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo), public_path)
    return public.public_bytes_raw().hex()


def _write_secret(content: bytes, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Readable by its owner alone from the first byte on.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
    except FileExistsError:
        raise refused("files.file_exists", path.name) from None
    except OSError:
        raise refused("files.cannot_write", path.name) from None


def sign(manifest: bytes, key_path: Path) -> bytes:
    """The signature file over a manifest: JSON with the public key and the signature.

    Raises
    ------
    SeasonRefused
        The file holds no Ed25519 private key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_key_bytes(key_path), None)
    except (ValueError, TypeError):
        raise refused("package.no_private_key", key_path.name) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise refused("package.no_private_key", key_path.name)
    return signature_bytes(key.public_key().public_bytes_raw().hex(), key.sign(manifest).hex())


def signature_bytes(public: str, signature: str) -> bytes:
    content = {"schema": SCHEMA, "algorithm": "Ed25519", "public_key": public, "signature": signature}
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def signer(manifest: bytes, signature: bytes) -> str | None:
    """The public key that signed exactly this manifest, as 64 hexadecimal digits; None when nobody did."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        said = json.loads(signature)
        public, signed = str(said["public_key"]), str(said["signature"])
    except (ValueError, TypeError, KeyError):
        return None
    if not _HEX.fullmatch(public) or not _SIGNED.fullmatch(signed) or signature != signature_bytes(public, signed):
        return None
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signed), manifest)
    except (InvalidSignature, ValueError):
        return None
    return public


def public_key(key: str | Path) -> str:
    """The public key somebody expects: 64 hexadecimal digits, or a PEM file with a public or a private key.

    Raises
    ------
    SeasonRefused
        Neither of them.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
        load_pem_public_key,
    )

    text = str(key).strip().lower()
    if _HEX.fullmatch(text):
        return text
    path = Path(key)
    content = _key_bytes(path)
    try:
        found = load_pem_private_key(content, None) if b"PRIVATE" in content else load_pem_public_key(content)
    except (ValueError, TypeError):
        raise refused("package.no_public_key", path.name) from None
    if isinstance(found, Ed25519PrivateKey):
        found = found.public_key()
    if not isinstance(found, Ed25519PublicKey):
        raise refused("package.no_public_key", path.name)
    return found.public_bytes_raw().hex()


def _key_bytes(path: Path) -> bytes:
    missing: Refused = refused("package.key_not_there", key=shown(path.name))
    try:
        if path.stat().st_size > _MOST_KEY:
            raise refused("package.no_private_key", path.name)
        return path.read_bytes()
    except (OSError, ValueError):
        raise missing from None
