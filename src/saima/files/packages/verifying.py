"""Verifies a package offline: its files, its signature, its season's digests, and everything computed from them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from saima import __version__
from saima.engine.errors import Problem, Refused
from saima.engine.model.evaluation import Evaluation
from saima.engine.model.evaluation_json import to_json
from saima.engine.model.inputs import AsOf
from saima.engine.model.periods import Period
from saima.engine.race.evaluate import evaluate
from saima.engine.race.record import published_of
from saima.files.bundle import Bundle
from saima.files.content import FileContent
from saima.files.packages.comparing import Difference, differences, record_differences
from saima.files.packages.manifest import NAME, SCHEMA, SIGNATURE, canonical, described, digest_of
from saima.files.packages.signing import public_key, signer
from saima.files.packages.store import read_package
from saima.files.problems import shown
from saima.files.published import published_csv, published_name
from saima.files.reading import read_content
from saima.files.source import BytesSource, refused
from saima.words import Lang, Text, say

SHOWN: Final = 20  # differences that are named; more are counted
_DIGESTS: Final = ("spec_digest", "data_digest", "history_digest")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at: ``code`` is its sentence in the catalogue."""

    code: str
    ok: bool
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def sentence(self, lang: Lang) -> str:
        return say(self.code, lang, **self.params)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, in order; ``ok`` when nothing was wrong. Shows recomputation, not that inputs are true."""

    steps: tuple[Step, ...]

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)

    def sentences(self, lang: Lang) -> tuple[str, ...]:
        return tuple(step.sentence(lang) for step in self.steps)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the manifest says that a recomputation needs."""

    period: Period
    known_at: datetime | None
    seed: int
    number: int
    dated: date
    version: int
    engine_version: str
    content: Mapping[str, Any]


def verify_package(path: Path, key: str | Path | None = None) -> Verification:
    """Look at everything a package claims about itself, without a network.

    Parameters
    ----------
    path : a package: a zip or a folder.
    key : the public key the signature must be of, as 64 hexadecimal digits or a PEM file; None accepts any signer
        and names it.

    Returns
    -------
    Steps with sentences: files present and unchanged (every changed, missing and extra one named), signature,
    digests of season, data and history, chain, recomputation (ranks exactly, scores to 1e-9, drawn statistics within
    their stated error), engine versions, and what all this does not prove.

    Raises
    ------
    SeasonRefused
        There is no package to be read, or ``key`` is no key.
    """
    expected = None if key is None else public_key(key)
    path = Path(path).absolute()  # . has no name to be called by
    files = read_package(path)
    if not files.keys() & {NAME, SIGNATURE, "evaluation.json"}:
        raise refused("package.none", package=shown(path.name))
    if NAME not in files:
        return Verification((Step("verify.no_manifest", False, {"file": NAME}),))
    content = _manifest(files[NAME])
    if content is None:
        return Verification((Step("verify.manifest_changed", False, {"file": NAME}),))
    steps = [*_files(files, content["files"]), _signature(files, expected)]
    told = _told(content)
    if told is None:
        steps.append(Step("verify.manifest_unread", False, {"file": NAME, "schema": SCHEMA}))
    else:
        steps += _computed(files, told)
    steps.append(Step("verify.meaning", True))
    return Verification(tuple(steps))


def _manifest(raw: bytes) -> dict[str, Any] | None:
    """The manifest when it is exactly what was written: canonical bytes that agree with their own digest."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("files"), dict):
        return None
    if content.get("digest") != digest_of(content) or canonical(content) != raw:
        return None
    return content


def _told(content: Mapping[str, Any]) -> _Told | None:
    try:
        known = content["known_at"]
        return _Told(
            period=Period.parse(content["period"]),
            known_at=None if known is None else datetime.fromisoformat(known),
            seed=int(content["seed"]),
            number=int(content["number"]),
            dated=date.fromisoformat(content["dated"]),
            version=int(content["version"]),
            engine_version=str(content["engine_version"]),
            content=content,
        )
    except (KeyError, TypeError, ValueError, AttributeError, Refused):
        return None


def _files(files: Mapping[str, bytes], listed: Mapping[str, Any]) -> Iterator[Step]:
    wrong = False
    for name in sorted(files.keys() | listed.keys()):
        if name in {NAME, SIGNATURE}:
            continue
        code = ""
        if name not in files:
            code = "verify.file_missing"
        elif name not in listed:
            code = "verify.file_extra"
        elif listed[name] != described(files[name]):
            code = "verify.file_changed"
        if code:
            wrong = True
            yield Step(code, False, {"file": name})
    if not wrong:
        yield Step("verify.files", True, {"count": len(listed)})


def _signature(files: Mapping[str, bytes], expected: str | None) -> Step:
    if SIGNATURE not in files:
        return Step(
            "verify.unsigned_expected" if expected else "verify.unsigned", expected is None, {"file": SIGNATURE}
        )
    by = signer(files[NAME], files[SIGNATURE])
    if by is None:
        return Step("verify.signature_wrong", False, {"file": SIGNATURE})
    if expected is None:
        return Step("verify.signed", True, {"key": by})
    if by != expected:
        return Step("verify.signed_by_other", False, {"key": by, "expected": expected})
    return Step("verify.signed_as_expected", True, {"key": by})


def _computed(files: Mapping[str, bytes], told: _Told) -> Iterator[Step]:
    try:
        bundle = _season(files)
        found = evaluate(
            bundle.season,
            bundle.readings,
            bundle.projects,
            bundle.history,
            AsOf(told.period, told.known_at),
            told.seed,
        )
    except Refused as refusal:
        for problem in refusal.problems[:SHOWN]:
            yield _refused(problem)
        return
    if told.engine_version != __version__:
        yield Step("verify.other_engine", True, {"packaged": told.engine_version, "here": __version__})
    wrong = [name for name in _DIGESTS if told.content.get(name) != getattr(found, name)]
    for name in wrong:
        yield Step(f"verify.{name}", False, {"packaged": told.content.get(name), "recomputed": getattr(found, name)})
    if not wrong:
        yield Step("verify.digests", True)
    yield from _chain(files, told)
    yield from _recomputed(files, told, found)


def _season(files: Mapping[str, bytes]) -> Bundle:
    inside = {name.removeprefix("season/"): f for name, f in files.items() if name.startswith("season/")}
    return read_content(FileContent(BytesSource(inside, "season/")))


def _refused(problem: Problem) -> Step:
    where = ":".join(str(p) for p in (problem.file, problem.line or "", problem.column) if p) or "season"
    said = Text(say(problem.code, "en", **problem.params), say(problem.code, "zh", **problem.params))
    return Step("verify.refused", False, {"where": where, "said": said})


def _chain(files: Mapping[str, bytes], told: _Told) -> Iterator[Step]:
    chain = told.content.get("chain")
    if chain is None:
        return
    name = f"season/{chain.get('record')}" if isinstance(chain, dict) else ""
    if name not in files or sha256(files[name]).hexdigest() != chain.get("sha256"):
        yield Step("verify.chain_broken", False, {"file": name})
    else:
        yield Step("verify.chain", True, {"file": name})


def _recomputed(files: Mapping[str, bytes], told: _Told, found: Evaluation) -> Iterator[Step]:
    packaged = _evaluation(files)
    if packaged is None:
        yield Step("verify.evaluation_unread", False, {"file": "evaluation.json"})
        return
    same = packaged.get("engine_version") == __version__ == told.engine_version
    # Through JSON once, so that both sides are the same kinds of lists and numbers.
    apart = [*differences(packaged, json.loads(json.dumps(to_json(found))), same_engine=same)]
    if packaged.get("engine_version") != told.engine_version:
        apart.append(Difference("engine_version", str(packaged.get("engine_version")), told.engine_version))
    record = published_of(found, number=told.number, dated=told.dated, version=told.version)
    name = "record/" + published_name(record).removeprefix("published/")
    own = [*record_differences(files.get(name, b""), published_csv(record))]
    for file, several in (("evaluation.json", apart), (name, own)):
        for d in several[:SHOWN]:
            params = {"file": file, "where": d.where, "packaged": d.packaged, "recomputed": d.recomputed}
            yield Step("verify.differs", False, params)
        if len(several) > SHOWN:
            yield Step("verify.differs_more", False, {"file": file, "count": len(several) - SHOWN})
    if not apart and not own:
        draws = max((u.draws for u in found.uncertainty), default=0)
        yield Step("verify.recomputed_drawn" if draws else "verify.recomputed", True, _counts(found, draws))


def _counts(found: Evaluation, draws: int) -> dict[str, object]:
    error = max((u.error for u in found.uncertainty), default=0.0)
    return {"standings": len(found.standings), "cells": len(found.cells), "draws": draws, "error": error}


def _evaluation(files: Mapping[str, bytes]) -> dict[str, Any] | None:
    try:
        content = json.loads(files["evaluation.json"])
    except (KeyError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
