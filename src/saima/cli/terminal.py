"""Rich output as text: as wide as the terminal, or 120 columns without colour where there is none."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

PLAIN_WIDTH: Final = 120


def drawn(draw: Callable[[Console], None]) -> str:
    """What ``draw`` prints. Into a file or a pipe it is the same on every machine."""
    seen = sys.stdout.isatty()
    held = StringIO()
    width = shutil.get_terminal_size((PLAIN_WIDTH, 40)).columns if seen else PLAIN_WIDTH
    console = Console(
        file=held,
        width=width,
        force_terminal=seen,
        color_system="auto" if seen else None,
        no_color=None if seen else True,
        legacy_windows=False,
        emoji=False,
        markup=False,
        highlight=False,
    )
    draw(console)
    return "\n".join(line.rstrip() for line in held.getvalue().split("\n"))


@contextmanager
def steps(total: int | None = None) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error: call with what is being done now; the bar is full at ``total`` calls.

    Where standard error is no terminal each step is a line.
    """
    console = Console(stderr=True, emoji=False, markup=False, highlight=False, legacy_windows=False)
    if not console.is_terminal:
        yield lambda text: print(text, file=sys.stderr)
        return
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        done = 0

        def step(text: str) -> None:
            nonlocal done
            bar.update(task, description=text, completed=done)
            done += 1

        yield step
