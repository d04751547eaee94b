"""Addresses: lights and cards."""

from django.urls import URLPattern, path

from saima.server.response.views import cards, lights

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/lights/", lights.lights, name="lights"),
    path("s/<str:key>/cards/", cards.cards, name="cards"),
    path("s/<str:key>/cards/rules/", cards.rules, name="card-rules"),
    path("s/<str:key>/cards/<int:pk>/", cards.card, name="card"),
    path("s/<str:key>/cards/<int:pk>/step/", cards.step, name="card-step"),
]
