"""Addresses: the ladder board."""

from django.urls import URLPattern, path

from saima.server.registers.views import ladder

urlpatterns: list[URLPattern] = [
    path("registers/ladder/", ladder.board, name="ladder"),
    path("registers/ladder/firms/", ladder.firms, name="ladder-firms"),
    path("registers/ladder/goal/", ladder.goal, name="ladder-goal"),
]
