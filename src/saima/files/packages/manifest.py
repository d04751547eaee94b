"""The manifest: what a bulletin is, what it was made from and with, and the digest of every other file."""

import json
import platform
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final

from saima.engine.model.digest import instant_text
from saima.engine.model.evaluation import Evaluation
from saima.engine.model.history import History
from saima.files.published import published_csv, published_name
from saima.words import Text

NAME: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
SCHEMA: Final = "saima.manifest/1"
LIBRARIES: Final = ("numpy", "python-docx", "scipy", "typst", "vl-convert-python", "xlsxwriter")


def manifest_bytes(
    files: Mapping[str, bytes],
    evaluation: Evaluation,
    history: History,
    *,
    number: int,
    dated: date,
    version_of_issue: int = 1,
    reason: Text | None = None,
) -> bytes:
    """Canonical bytes of the manifest over ``files``; its own ``digest`` is over everything else it says."""
    reason = reason or Text()
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "season": evaluation.season.code,
        "period": str(evaluation.period),
        "number": number,
        "dated": dated.isoformat(),
        "version": version_of_issue,
        "reason": {"en": reason.en, "zh": reason.zh},
        "known_at": None if evaluation.known_at is None else instant_text(evaluation.known_at),
        "seed": evaluation.seed,
        "spec_digest": evaluation.spec_digest,
        "data_digest": evaluation.data_digest,
        "history_digest": evaluation.history_digest,
        "engine_version": evaluation.engine_version,
        "python_version": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "chain": _chain(evaluation, history),
        "files": {name: described(content) for name, content in files.items()},
    }
    return canonical(content | {"digest": digest_of(content)})


def _chain(evaluation: Evaluation, history: History) -> dict[str, str] | None:
    """The bulletin before this one, by the digest of the record it fixed; None for a first one."""
    before = history.before(evaluation.period)
    if not before:
        return None
    last = before[-1]
    return {"record": published_name(last), "sha256": sha256(published_csv(last)).hexdigest()}


def described(content: bytes) -> dict[str, object]:
    """What the manifest says of one file."""
    return {"sha256": sha256(content).hexdigest(), "bytes": len(content)}


def canonical(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical manifest without its own digest."""
    return sha256(canonical({k: v for k, v in content.items() if k != "digest"})).hexdigest()
