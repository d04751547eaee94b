"""Addresses: the close of a month."""

from django.urls import URLPattern, path

from saima.server.response.views import close

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/close/", close.latest, name="close-latest"),
    path("s/<str:key>/close/<str:period>/", close.month, name="close"),
    path("s/<str:key>/close/<str:period>/steps/", close.steps, name="close-steps"),
    path("s/<str:key>/close/<str:period>/go/", close.go, name="close-go"),
    path("s/<str:key>/close/<str:period>/anew/", close.anew, name="close-anew"),
]
