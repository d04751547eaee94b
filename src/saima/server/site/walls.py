"""Reads addresses of walls: what stands in them, which wall one opens, and from where it may be asked."""

import ipaddress
from typing import Final

from django.conf import settings
from django.core import signing
from django.db.models import F, QuerySet
from django.http import HttpRequest

from saima.server.race.models import Season
from saima.server.site.models import Wall

LOCAL: Final = ("127.0.0.1", "::1")
_SIGNER: Final = signing.Signer(salt="saima.wall")


def walls_of(season: Season) -> QuerySet[Wall]:
    """Those in use first, the newest of them on top."""
    found = Wall.objects.filter(season=season).select_related("made_by")
    return found.order_by(F("revoked_at").desc(nulls_first=True), "-id")


def signed(wall: Wall) -> str:
    """What stands in the address: the wall and the version of its address, and a signature over both."""
    return _SIGNER.sign(f"{wall.pk}.{wall.version}")


def wall_by(text: str, came_from: str) -> Wall | None:
    """The wall an address opens for a screen in that network; None for every reason not to, all alike."""
    try:
        number, _, version = _SIGNER.unsign(text).partition(".")
    except signing.BadSignature:
        return None
    found = Wall.objects.select_related("season").filter(pk=number, version=version, revoked_at=None).first()
    return found if found is not None and _from_there(found, came_from) else None


def came_from(request: HttpRequest) -> str:
    """The address of the screen: as the proxy on this machine tells it, where the installation stands behind one."""
    asked = str(request.META.get("REMOTE_ADDR", ""))
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told if settings.HTTPS and told and asked in LOCAL else asked


def _from_there(wall: Wall, came_from: str) -> bool:
    if not wall.networks:
        return True
    try:
        asked = ipaddress.ip_address(came_from)
    except ValueError:
        return False
    return any(asked in ipaddress.ip_network(n) for n in wall.networks.split(","))
