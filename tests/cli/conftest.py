"""A season of the bureau's own to work on, and the command line as a function."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from saima.cli import main
from saima.files import new_season


@dataclass(frozen=True)
class Run:
    """How a command went."""

    code: int
    out: str
    err: str


@pytest.fixture
def saima(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Run]:
    """Run a command inside an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Run:
        code = main([str(a) for a in arguments], {})
        said = capsys.readouterr()
        return Run(code, said.out, said.err)

    return run


@pytest.fixture
def season(tmp_path: Path) -> Path:
    """The small season ``saima new`` writes: three contestants, four indicators, January to April 2026."""
    folder = tmp_path / "ours"
    new_season(folder, "en")
    return folder
