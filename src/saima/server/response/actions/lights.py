"""Issues lights: what a released version says of every subject, kept once and for all."""

from django.db import transaction

from saima.engine.race.lights import issued_by
from saima.server.bulletins.models import BulletinVersion
from saima.server.bulletins.queries import bulletin_held
from saima.server.kit import audit
from saima.server.race.queries.cuts import evaluation_of
from saima.server.response.models import Light
from saima.server.response.queries.lights import PROJECT


def lights_issue(*, version: BulletinVersion) -> int:
    """Keep the lights of a released version; how many there are. Killed or run again, there is one set."""
    evaluation = evaluation_of(version.evaluated)
    issued = issued_by(evaluation.cells, evaluation.projects)
    period = str(evaluation.period)
    with transaction.atomic():
        bulletin_held(version)
        there = Light.objects.filter(version=version).count()
        if there or not issued:
            return there
        made = Light.objects.bulk_create(
            Light(
                version=version,
                subject_type=Light.Subject.PROJECT if what.startswith(PROJECT) else Light.Subject.INDICATOR,
                subject=what.removeprefix(PROJECT),
                contestant=who,
                period=period,
                colour=colour,
            )
            for (who, what), colour in sorted(issued.items())
        )
        audit.record(
            by=None,
            action="lights.issued",
            object_type="bulletin",
            object_key=f"{version.bulletin.season.key} {period} {version.bulletin.number}",
            version=version.number,
            red=sum(light.colour == Light.Colour.RED for light in made),
            lights=len(made),
        )
    return len(made)
