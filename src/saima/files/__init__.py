"""Reading and writing a season: folder, workbook, package. Formats live here; arithmetic and looks do not."""

from saima.files.bundle import Bundle
from saima.files.reading import load_season

__all__ = ["Bundle", "load_season"]
