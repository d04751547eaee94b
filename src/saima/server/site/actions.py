"""Makes, renews and revokes the signed addresses of walls."""

import ipaddress
from typing import Final

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.models import Person
from saima.server.kit import audit, clock
from saima.server.race.models import Season
from saima.server.site.models import Wall

MOST_WALLS: Final = 50  # of a season that are in use
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@transaction.atomic
def wall_make(*, season: Season, title: str, networks: str, by: Person | None) -> Wall:
    """A new address for a screen.

    Raises
    ------
    QuestionRefused
        ``wall.title_missing``, ``wall.network``, ``wall.networks_many``, ``wall.most``.
    """
    name = " ".join(title.split())[:100]
    if not name:
        raise QuestionRefused(Problem("wall.title_missing"))
    kept = _networks(networks)
    if Wall.objects.filter(season=season, revoked_at=None).count() >= MOST_WALLS:
        raise QuestionRefused(Problem("wall.most", {"most": MOST_WALLS}))
    wall = Wall.objects.create(season=season, title=name, networks=kept, made_by=by)
    _told(wall, "wall.made", by, networks=kept)
    return wall


@transaction.atomic
def wall_renew(*, wall: Wall, by: Person | None) -> Wall:
    """A new address for the same screen; the one before opens nothing from now on.

    Raises
    ------
    QuestionRefused
        ``wall.revoked``.
    """
    current = Wall.objects.select_for_update().get(pk=wall.pk)
    if current.revoked_at is not None:
        raise QuestionRefused(Problem("wall.revoked", {"title": current.title}))
    current.version += 1
    current.save(update_fields=["version"])
    _told(current, "wall.renewed", by)
    return current


@transaction.atomic
def wall_revoke(*, wall: Wall, by: Person | None) -> None:
    """The address opens nothing from now on; twice is once."""
    current = Wall.objects.select_for_update().get(pk=wall.pk)
    if current.revoked_at is not None:
        return
    current.revoked_at = clock.now()
    current.version += 1
    current.save(update_fields=["revoked_at", "version"])
    _told(current, "wall.revoked", by)


def _told(wall: Wall, action: str, by: Person | None, **more: object) -> None:
    audit.record(
        by=by,
        action=action,
        object_type="wall",
        object_key=f"{wall.season.key} {wall.pk}",
        title=wall.title,
        version=wall.version,
        **more,
    )


def _networks(text: str) -> str:
    """Networks as typed, with commas or spaces between, in the one way they are kept.

    Raises
    ------
    QuestionRefused
        ``wall.network``: names the part that is none.
    """
    found: list[Network] = []
    for part in text.replace(",", " ").replace("，", " ").replace("、", " ").split():
        try:
            found.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            raise QuestionRefused(Problem("wall.network", {"text": part[:60]})) from None
    kept = ",".join(str(n) for n in dict.fromkeys(found))
    if len(kept) > 500:
        raise QuestionRefused(Problem("wall.networks_many", {"count": len(found)}))
    return kept
