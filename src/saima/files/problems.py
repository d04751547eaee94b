"""Collects what is wrong with a source, so that a person sees all of it at once and not only the first."""

from collections import Counter
from typing import Final

from saima.engine.errors import HistoryRefused, Problem, ReadingsRefused, Refused, SeasonRefused

LISTED: Final = 50  # problems shown; the rest is counted
_GIVE_UP: Final = 1_000  # problems in one file after which nobody is helped by reading on
_READINGS: Final = frozenset(
    {
        "readings",
        "corrections",
        "given_scores",
        "waivers",
        "received",
        "projects",
        "milestones",
        "project_readings",
    }
)


def shown(value: object, most: int = 40) -> str:
    """A value as it can stand in a sentence: one line, printable, not too long.

    Examples
    --------
    >>> shown("a" * 50, 5), shown("two\\nlines")
    ('aaaaa…', 'two lines')
    """
    text = "".join(c if c.isprintable() else " " for c in str(value)[: most + 1])
    return text[:most] + "…" if len(text) > most else text


class Collector:
    """Problems found so far, by file and line."""

    def __init__(self) -> None:
        self._found: dict[Problem, int] = {}
        self._by_file: Counter[str] = Counter()
        self._stopped = False

    def add(self, code: str, /, *, file: str = "", line: int = 0, column: str = "", **params: object) -> None:
        self._by_file[file] += 1
        if self._by_file[file] > _GIVE_UP:
            self._stopped = True
            return
        self._found.setdefault(_Seen(code, params, file, line, column), len(self._found))

    def take(self, refused: Refused) -> None:
        for p in refused.problems:
            self.add(p.code, file=p.file, line=p.line, column=p.column, **p.params)

    def gave_up(self, file: str) -> bool:
        """Whether this file has so many problems that reading on helps nobody."""
        return self._by_file[file] >= _GIVE_UP

    def within(self, file: str) -> int:
        return self._by_file[file]

    def raise_if_any(self) -> None:
        """Raise the refusal that fits the files concerned, listing the first 50 problems.

        Raises
        ------
        SeasonRefused, ReadingsRefused, HistoryRefused
            Whichever describes the first room concerned: the season itself, what is known beside it, the past.
        """
        if listed := self.listed():
            raise _kind({p.file for p in self._found})(listed)

    def listed(self) -> list[Problem]:
        """The first 50 problems, those of one file together by line, and how many more there are."""
        found: list[Problem] = list(self._found)
        files = {p.file: n for n, p in reversed(list(enumerate(found)))}
        found.sort(key=lambda p: (files[p.file], p.line))
        listed = found[:LISTED]
        more = len(found) - len(listed)
        if self._stopped:
            listed.append(Problem("files.many_more", {"count": more, "most": _GIVE_UP}))
        elif more:
            listed.append(Problem("files.more", {"count": more}))
        return listed


class _Seen(Problem):
    """A problem that can be looked up, so that the same one is not listed twice."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash((self.code, self.file, self.line, self.column))


def _kind(files: set[str]) -> type[Refused]:
    rooms = {_room(f) for f in files}
    if "season" in rooms:
        return SeasonRefused
    return ReadingsRefused if "readings" in rooms else HistoryRefused


def _room(file: str) -> str:
    if "published" in file:
        return "history"
    table = file.rsplit("[", 1)[-1].rstrip("]").rsplit("/", 1)[-1].removesuffix(".csv")
    return "readings" if table in _READINGS else "season"
