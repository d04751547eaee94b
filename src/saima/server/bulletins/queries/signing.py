"""Where the installation's key lies, and its public half: what others compare a signature with."""

from pathlib import Path
from typing import Final

from django.conf import settings

from saima.engine.errors import Refused
from saima.files.packages import public_key

KEY: Final = "bulletin.key"


def key_path() -> Path:
    """In the home folder beside the secret key, and like that one in no backup."""
    return Path(settings.HOME) / KEY


def public_key_here() -> str:
    """64 hexadecimal digits; empty before the first release made a key."""
    path = key_path()
    if not path.is_file():
        return ""
    try:
        return public_key(path)
    except Refused:
        return ""
