"""A small season on disk, and a way to edit it and ask what is wrong with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from saima.engine.errors import Problem, Refused
from saima.files import load_season, new_season


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "season"
    new_season(path, "en")
    return path


Edit = Callable[[str, str, str], int]


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace a text that stands exactly once in a file; gives the line on which it stood."""

    def change(file: str, old: str, new: str) -> int:
        path = folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, (old, text.count(old))
        path.write_bytes(text.replace(old, new).encode())
        return text[: text.index(old)].count("\n") + 1

    return change


def problems_of(source: Path) -> tuple[Problem, ...]:
    """What keeps a source from being read; every one of them must have a sentence in both languages."""
    with pytest.raises(Refused) as refused:
        load_season(source)
    for problem in refused.value.problems:
        assert problem.sentence("en")
        assert problem.sentence("zh")
    return refused.value.problems


@pytest.fixture
def problems(folder: Path) -> Callable[[], list[tuple[str, str, int, str]]]:
    """Code, file, line and column of all that is wrong with the folder."""
    return lambda: [(p.code, p.file, p.line, p.column) for p in problems_of(folder)]
