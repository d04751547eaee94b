"""What Prometheus may ask: requests by route and status, jobs, the outbox, and gauges that apps register.

Numbers that stand in the database are asked for when somebody reads them. Requests are counted by the process that
answers; where several do, PROMETHEUS_MULTIPROC_DIR names the folder in which they put their counts together.
"""

import hmac
import ipaddress
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import autodiscover_modules
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from saima.server.kit import clock
from saima.server.kit.models import JobRun, Outbox

Counted = Callable[[], Mapping[str, float]]  # label value -> number
_registry: Final = CollectorRegistry()
_requests: Final = Histogram(
    "saima_request_seconds",
    "Requests by route, method and status, and how long they took.",
    ("route", "method", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_registry,
)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def request_done(request: HttpRequest, status: int, seconds: float) -> None:
    method = request.method if request.method in _METHODS else "other"
    _requests.labels(route_of(request), method, str(status)).observe(seconds)


def route_of(request: HttpRequest) -> str:
    """The pattern of an address, without the parts that may tell who or be a secret."""
    match = request.resolver_match
    if match is not None:
        return f"/{match.route}"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


class _Asked(Collector):
    """Gauges counted when they are asked for."""

    def __init__(self) -> None:
        self.gauges: dict[str, tuple[str, str, Counted]] = {}

    def collect(self) -> Iterator[Metric]:
        for name, (text, label, count) in self.gauges.items():
            family = GaugeMetricFamily(name, text, labels=[label])
            for value, number in count().items():
                family.add_metric([value], number)
            yield family


_asked: Final = _Asked()
_registry.register(_asked)


def gauge(name: str, text: str, *, label: str) -> Callable[[Counted], Counted]:
    """Register numbers by one label; apps do it in their ``gauges.py``."""

    def register(count: Counted) -> Counted:
        _asked.gauges[name] = (text, label, count)
        return count

    return register


@gauge("saima_outbox_messages", "Messages of the outbox by state.", label="state")
def _outbox() -> dict[str, float]:
    counted = dict(Outbox.objects.values_list("state").annotate(Count("id")))
    return {state.value: counted.get(state.value, 0) for state in Outbox.State}


@gauge("saima_job_failures_last_day", "Runs of jobs that failed in the last 24 hours, by job.", label="job")
def _failures() -> dict[str, float]:
    since = clock.real() - timedelta(days=1)
    runs = JobRun.objects.order_by()
    failed = runs.filter(outcome=JobRun.Outcome.FAILED, started_at__gte=since).values_list("job").annotate(Count("id"))
    return dict.fromkeys(runs.values_list("job", flat=True).distinct(), 0.0) | dict(failed)


def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine, or whoever brings the token; to everybody else there is no such page."""
    if not _may(request):
        raise Http404
    autodiscover_modules("gauges")
    registry = _registry
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        registry.register(_asked)
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    try:
        here = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        here = False
    return here and not passed_on
