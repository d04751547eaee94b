"""Addresses of the ground floor: for machines that watch this one."""

from django.urls import path

from saima.server.kit.health import healthz
from saima.server.kit.metrics import metrics

urlpatterns = [path("healthz", healthz, name="healthz"), path("metrics", metrics, name="metrics")]
