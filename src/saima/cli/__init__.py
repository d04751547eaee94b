"""The command line: arguments in, sentences and files out. What it prints is worded in ``words``, decided elsewhere."""

from saima.cli.shell import main

__all__ = ["main"]
