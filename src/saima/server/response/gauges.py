"""Numbers of what leaves that whoever watches the server may ask for."""

from django.db.models import Count

from saima.server.kit.metrics import gauge
from saima.server.kit.models import Outbox
from saima.server.response.actions.messages import BY_MAIL, BY_ROBOT
from saima.server.response.models import Delivery


@gauge("saima_deliveries", "Messages to people and groups that wait or were given up, by way and state.", label="way")
def deliveries() -> dict[str, float]:
    states = (Outbox.State.WAITING, Outbox.State.FAILED)
    rows = Delivery.objects.order_by().filter(outbox__state__in=states).values_list("outbox__kind", "outbox__state")
    counted = {f"{kind} {state}": n for kind, state, n in rows.annotate(n=Count("pk"))}
    return {f"{way} {state}": counted.get(f"{way} {state}", 0) for way in (BY_MAIL, BY_ROBOT) for state in states}
