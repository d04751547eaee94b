"""Addresses: the public self-check."""

from django.urls import URLPattern, path

from saima.server.registers.views import checking

urlpatterns: list[URLPattern] = [
    path("check/", checking.index, name="check"),
    path("check/<str:key>/", checking.rule, name="check-rule"),
]
