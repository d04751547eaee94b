"""Addresses: exchange."""

from django.urls import URLPattern, path

from saima.server.response.views import exchange

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/exchange/", exchange.exchange, name="exchange"),
    path("s/<str:key>/exchange/new/", exchange.writing, name="exchange-new"),
    path("s/<str:key>/exchange/digest/", exchange.digest, name="exchange-digest"),
    path("s/<str:key>/exchange/<int:pk>/", exchange.note, name="exchange-note"),
    path("s/<str:key>/exchange/<int:pk>/mark/", exchange.mark, name="exchange-mark"),
]
