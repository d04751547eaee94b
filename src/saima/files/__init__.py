"""Reading and writing a season: folder, workbook, package. Formats live here; arithmetic and looks do not."""

from saima.files.book_writing import workbook_bytes, write_workbook
from saima.files.bundle import Bundle
from saima.files.published import published_csv, published_name
from saima.files.reading import load_season, read_history
from saima.files.start import new_season
from saima.files.writing import check_record, folder_files, record_published, write_folder

__all__ = [
    "Bundle",
    "check_record",
    "folder_files",
    "load_season",
    "new_season",
    "published_csv",
    "published_name",
    "read_history",
    "record_published",
    "workbook_bytes",
    "write_folder",
    "write_workbook",
]
