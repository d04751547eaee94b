"""Reads of the bulletins: drafts, and what was released."""

from saima.server.bulletins.queries.drafts import (
    artefacts_of,
    drafts_of,
    issue_of,
    media_type,
    next_number,
    published_of,
    somebody_works,
    words_of,
)
from saima.server.bulletins.queries.releases import (
    bulletin_held,
    files_of,
    is_replaced,
    newest_version,
    release_of,
    versions_all,
    versions_of,
)

__all__ = [
    "artefacts_of",
    "bulletin_held",
    "drafts_of",
    "files_of",
    "is_replaced",
    "issue_of",
    "media_type",
    "newest_version",
    "next_number",
    "published_of",
    "release_of",
    "somebody_works",
    "versions_all",
    "versions_of",
    "words_of",
]
