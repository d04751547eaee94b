"""Makes the key personal data are sealed with, and exchanges it."""

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.files.sealing import Ring, ring_grown, ring_made, ring_shortened, seal, unseal
from saima.server.accounts.models import Person
from saima.server.kit import audit, locks
from saima.server.registers.models import TalentSecret, TalentTable
from saima.server.registers.queries.sealing import key_path, sealed_by_key


def ring_there() -> Ring:
    """The keys; the first person whose data are kept makes the first.

    Raises
    ------
    QuestionRefused
        ``sealing.no_key``: people's data are sealed already and their key is gone; no other is made in its place.
    """
    path = key_path()
    if not path.exists() and sealed_by_key():
        raise QuestionRefused(Problem("sealing.no_key", {"file": path.name}))
    return ring_made(path)


@transaction.atomic
def keys_rotate(*, by: Person | None) -> int:
    """A new key in front, and everything sealed anew with it; how many. The keys before stay until they are dropped.

    Raises
    ------
    QuestionRefused
        As ``ring_there`` and ``unseal``; then nothing is sealed anew, and the new key stays unused.
    """
    ring_there()
    ring = ring_grown(key_path())
    rows = locks.locked(TalentSecret.objects.exclude(key="").select_related("talent").order_by("pk"))
    TalentTable.objects.all().delete()  # tables that wait to be taken are brought again
    count = 0
    for row in rows:
        about = f"talent {row.talent.uuid}"
        row.sealed = seal(ring, unseal(ring, row.sealed, about), about)
        row.key = ring.names[0]
        row.save(update_fields=["sealed", "key"])
        count += 1
    audit.record(
        by=by, action="keys.rotated", object_type="keys", object_key=ring.names[0], sealed=count, before=ring.names[1:]
    )
    return count


@transaction.atomic
def keys_drop_old(*, by: Person | None) -> tuple[str, ...]:
    """Take out keys nothing is sealed with any more; which. Backups made before still need them: keep a copy first."""
    before = ring_there().names
    kept = ring_shortened(key_path(), frozenset(sealed_by_key())).names
    dropped = tuple(n for n in before if n not in kept)
    if dropped:
        audit.record(by=by, action="keys.dropped", object_type="keys", object_key=kept[0], dropped=dropped)
    return dropped
