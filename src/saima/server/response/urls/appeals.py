"""Addresses: appeals."""

from django.urls import URLPattern, path

from saima.server.response.views import appeals

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/appeals/", appeals.appeals, name="appeals"),
    path("s/<str:key>/appeals/open/", appeals.appeal_open, name="appeal-open"),
    path("s/<str:key>/appeals/<int:pk>/", appeals.appeal, name="appeal"),
    path("s/<str:key>/appeals/<int:pk>/step/", appeals.step, name="appeal-step"),
    path("s/<str:key>/appeals/<int:pk>/files/<int:number>/", appeals.file, name="appeal-file"),
]
