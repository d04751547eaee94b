"""The tables of bulletins: drafts that may still change, and what was released and never changes."""

from saima.server.bulletins.models.drafts import Artefact, Draft
from saima.server.bulletins.models.releases import Bulletin, BulletinVersion, ReleasedFile, StampedScan

__all__ = ["Artefact", "Bulletin", "BulletinVersion", "Draft", "ReleasedFile", "StampedScan"]
