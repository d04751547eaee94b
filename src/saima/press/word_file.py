"""A Word file as bytes that depend on its words alone: members dated alike, and its own table of typefaces."""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # what a zip can say at the least
Fallbacks = Mapping[str, tuple[str, str]]  # typeface -> the one to take where it is not installed, and its family


def undated(document: bytes, fallbacks: Fallbacks) -> bytes:
    """The same package with every member dated alike, so that equal words are equal bytes, and with its own fonts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in old.namelist():
            if name != "docProps/thumbnail.jpeg":  # a picture of the template's empty page
                new.writestr(_member(name), _part(name, old.read(name), fallbacks), zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _part(name: str, content: bytes, fallbacks: Fallbacks) -> bytes:
    if name == "word/fontTable.xml":
        return _font_table(fallbacks)
    if name == "_rels/.rels":
        return re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", content)
    return content


def _font_table(fallbacks: Fallbacks) -> bytes:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:family w:val="{family}"/></w:font>'
        for name, (other, family) in fallbacks.items()
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{space}">{fonts}</w:fonts>'.encode()
    )


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, EARLIEST)
    member.create_system, member.external_attr = 3, 0o600 << 16
    return member
