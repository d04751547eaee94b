"""Numbers of the race that whoever watches the server may ask for."""

from django.db.models import Count

from saima.server.kit.metrics import gauge
from saima.server.race.enums import ReportState
from saima.server.race.models import Report


@gauge("saima_reports", "Reports by state.", label="state")
def reports() -> dict[str, float]:
    counted = dict(Report.objects.order_by().values_list("state").annotate(Count("id")))
    return {state.value: counted.get(state.value, 0) for state in ReportState}
