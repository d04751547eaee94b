"""The keys personal data are sealed with: where they lie, which are there, which rows need which."""

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db.models import Count

from saima.files.sealing import Ring, ring_of
from saima.server.registers.models import TalentSecret


def key_path() -> Path:
    return Path(settings.PERSONAL_KEY)


def ring() -> Ring:
    """The keys of this installation. Raises as ``ring_of``."""
    return ring_of(key_path())


def sealed_by_key() -> Mapping[str, int]:
    """How many people's data are sealed with each key."""
    rows = TalentSecret.objects.exclude(key="").values_list("key").annotate(count=Count("pk")).order_by("key")
    return dict(rows)
