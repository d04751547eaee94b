"""A season as one file that Saima reads back: its canonical folder in a zip. The same season gives the same bytes."""

import io
import zipfile
from typing import Final

from saima.files import Bundle, folder_files

MEDIA_ZIP: Final = "application/zip"
_STAMP: Final = (1980, 1, 1, 0, 0, 0)


def season_zip(bundle: Bundle) -> bytes:
    """The folder below ``season/``, as packages have it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in folder_files(bundle).items():
            entry = zipfile.ZipInfo(f"season/{name}", _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()
