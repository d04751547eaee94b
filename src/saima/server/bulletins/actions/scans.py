"""Takes in the stamped print of a released version. It is bound to that version and only ever added to."""

from django.db import transaction

from saima.server.accounts.models import Person
from saima.server.bulletins.models import BulletinVersion, StampedScan
from saima.server.kit import audit
from saima.server.kit.uploads import Sent


def scan_add(*, version: BulletinVersion, sent: Sent, by: Person | None) -> StampedScan:
    """Keep a scan; the same file again is the scan that is there. What was kept before stays beside it."""
    blob = sent.keep()
    with transaction.atomic():
        scan, made = StampedScan.objects.get_or_create(
            version=version, blob=blob, defaults={"name": sent.name, "by": by}
        )
        if made:
            bulletin = version.bulletin
            audit.record(
                by=by,
                action="bulletin.scanned",
                object_type="bulletin",
                object_key=f"{bulletin.season.key} {bulletin.period} {bulletin.number}",
                version=version.number,
                file=sent.name,
                sha256=blob.sha256,
            )
    return scan
