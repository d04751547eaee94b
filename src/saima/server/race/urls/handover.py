"""Address of the handover."""

from django.urls import URLPattern, path

from saima.server.race.views.handover import handover

urlpatterns: list[URLPattern] = [path("people/<int:pk>/handover/", handover, name="handover")]
