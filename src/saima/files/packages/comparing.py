"""Compares what a package says with what was recomputed: ranks exactly, scores closely, draws within their error."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

CLOSE: Final = 1e-9  # relative above 1, absolute below
STANDARD_ERRORS: Final = 5.0
PLACES: Final = 1  # by which an end of a drawn rank interval may differ
_PLACES_DRAWN: Final = frozenset({"rank_low", "rank_high", "low", "high", "median"})
_INTERVALS: Final = frozenset({"standings", "intervals"})
_WORDS: Final = frozenset({"text"})
_LATER: Final = frozenset({"schema", "engine_version"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where package and recomputation do not agree."""

    where: str
    packaged: str
    recomputed: str


def differences(
    packaged: Mapping[str, Any], recomputed: Mapping[str, Any], *, same_engine: bool
) -> Iterator[Difference]:
    """Every disagreement between two evaluations in JSON.

    Parameters
    ----------
    packaged, recomputed : ``saima.evaluation/1``. What only the recomputation has was added since; that is no fault.
    same_engine : whether both come from one version of the engine; else sentences may have been reworded since,
        and bands, which follow from draws, may lie one off.

    Yields
    ------
    Disagreements beyond: nothing for texts, counts and ranks; 1e-9 for scores and values; five of the stated
    standard errors for drawn probabilities; one place for the ends of drawn rank intervals.
    """
    errors = [u.get("error", 0.0) for u in packaged.get("uncertainty", []) if isinstance(u, Mapping)]
    drawn = STANDARD_ERRORS * max([0.0, *(e for e in errors if isinstance(e, (int, float)))])
    yield from _Comparison(drawn, same_engine).walk(packaged, recomputed, ())


@dataclass(frozen=True, slots=True)
class _Comparison:
    drawn: float
    same_engine: bool

    def walk(self, a: Any, b: Any, path: tuple[str, ...]) -> Iterator[Difference]:
        if len(path) == 1 and path[0] in _LATER:
            return
        if path and path[-1] in _WORDS and not self.same_engine:
            return
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            for key in a:
                if key in b:
                    yield from self.walk(a[key], b[key], (*path, key))
                else:
                    yield Difference(_name((*path, key)), _short(a[key]), "")
        elif _is_list(a) and _is_list(b):
            if len(a) != len(b):
                yield Difference(_name(path), f"[{len(a)}]", f"[{len(b)}]")
                return
            for n, (x, y) in enumerate(zip(a, b, strict=True)):
                yield from self.walk(x, y, (*path, str(n)))
        elif not self.agree(a, b, path):
            yield Difference(_name(path), _short(a), _short(b))

    def agree(self, a: Any, b: Any, path: tuple[str, ...]) -> bool:
        if isinstance(a, bool) or isinstance(b, bool) or not _is_number(a) or not _is_number(b):
            return bool(a == b) and type(a) is type(b)
        return bool(abs(a - b) <= self.allowed(a, b, path))

    def allowed(self, a: float, b: float, path: tuple[str, ...]) -> float:
        if path[0] == "uncertainty" and ("p_rank" in path or "p_ahead" in path):
            return self.drawn
        if path[0] in _INTERVALS and path[-1] in _PLACES_DRAWN:
            return float(PLACES)
        if path[-1] == "band":
            return 0.0 if self.same_engine else float(PLACES)
        if isinstance(a, int) and isinstance(b, int):
            return 0.0
        return CLOSE * max(1.0, abs(a), abs(b))


def record_differences(packaged: bytes, recomputed: bytes) -> Iterator[Difference]:
    """Disagreements between two records of a bulletin as CSV: cells as texts, numbers to 1e-9."""
    old, new = _rows(packaged), _rows(recomputed)
    for key in sorted(old.keys() | new.keys()):
        a, b = old.get(key, ""), new.get(key, "")
        if a != b and not _close_texts(a, b):
            yield Difference(" ".join(part for part in key if part), a, b)


def _rows(content: bytes) -> dict[tuple[str, ...], str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
    return {tuple(row[:-1]): row[-1] for row in rows if row}


def _close_texts(a: str, b: str) -> bool:
    try:
        x, y = float(a), float(b)
    except ValueError:
        return False
    return "." in a + b and abs(x - y) <= CLOSE * max(1.0, abs(x), abs(y))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _name(path: tuple[str, ...]) -> str:
    return "".join(f"[{p}]" if p.isdigit() else f".{p}" for p in path).lstrip(".")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
