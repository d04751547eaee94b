"""Whether one person may do here what otherwise takes two."""

from django.conf import settings

from saima.server.kit.models import Installation


def is_solo() -> bool:
    """The installation declares itself solo, by its environment or in its own row."""
    return bool(settings.SAIMA_SOLO) or Installation.objects.filter(solo=True).exists()
