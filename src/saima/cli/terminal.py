"""Rich output as text: as wide as the terminal, or 120 columns without colour where there is none."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

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


def table_text(table: Table) -> str:
    """What a table looks like there."""
    return drawn(lambda console: console.print(table))


@contextmanager
def steps() -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on standard error: call with how many are done, of how many, and what is being done.

    Where standard error is no terminal nothing is shown: the command says at its end what it made.
    """
    console = Console(stderr=True, emoji=False, markup=False, highlight=False, legacy_windows=False)
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.completed}/{task.total} {task.description}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, whole, text: bar.update(task, completed=done, total=whole, description=text)
