"""Tells whether built pages are current: by Saima's version, everything it is made of, and the digest of each page."""

import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

from saima import __version__

STAMP: Final = "demo.json"


def made_of() -> str:
    """One digest of the program and its example seasons: SHA-256 over names and bytes, sorted by code point."""
    root = Path(str(files("saima")))
    found = hashlib.sha256(__version__.encode())
    for path in sorted(root.rglob("*"), key=lambda p: p.relative_to(root).as_posix()):
        if path.is_file() and "__pycache__" not in path.parts:
            content = path.read_bytes()
            found.update(f"\n{path.relative_to(root).as_posix()} {len(content)}\n".encode())
            found.update(content)
    return found.hexdigest()


def is_current(folder: Path, made: str) -> bool:
    """Whether the folder holds exactly what this program built, unchanged."""
    try:
        stamp = json.loads((folder / STAMP).read_text("utf-8"))
        if stamp["made_of"] != made:
            return False
        return all(digest(folder / name) == found for name, found in stamp["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def is_ours(folder: Path) -> bool:
    """Whether the folder may be replaced: it is not there, empty, or was built by a demo before."""
    return not folder.exists() or (folder.is_dir() and ((folder / STAMP).is_file() or not any(folder.iterdir())))


def stamp(made: str, pages: Mapping[str, bytes]) -> bytes:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(pages.items())}
    return (json.dumps({"made_of": made, "files": digests}, indent=1, sort_keys=True) + "\n").encode()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
