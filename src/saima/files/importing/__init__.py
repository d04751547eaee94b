"""Imports the tables people already have. The door: read, propose, keep the mapping, apply, merge, show.

``read_grid -> propose (or load_map) -> apply -> merge_into``; nothing is written here but the mapping file.
"""

from saima.files.importing.applying import apply
from saima.files.importing.grid import Cell, Grid, Sheet
from saima.files.importing.mapping import Alias, Column, Mapping, SheetMap, dump_map, load_map, parse_map, save_map
from saima.files.importing.merging import Counts, merge_counts, merge_into
from saima.files.importing.propose import propose
from saima.files.importing.reading import grid_in, read_grid
from saima.files.importing.result import Coverage, ImportResult
from saima.files.importing.showing import show, summary
from saima.files.importing.starting import start

__all__ = [
    "Alias",
    "Cell",
    "Column",
    "Counts",
    "Coverage",
    "Grid",
    "ImportResult",
    "Mapping",
    "Sheet",
    "SheetMap",
    "apply",
    "dump_map",
    "grid_in",
    "load_map",
    "merge_counts",
    "merge_into",
    "parse_map",
    "propose",
    "read_grid",
    "save_map",
    "show",
    "start",
    "summary",
]
