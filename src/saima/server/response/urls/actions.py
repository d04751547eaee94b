"""Addresses: actions and battles."""

from django.urls import URLPattern, path

from saima.server.response.views import battles

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/actions/", battles.campaigns, name="campaigns"),
    path("s/<str:key>/actions/new/", battles.drawing_up, name="campaign-new"),
    path("s/<str:key>/actions/lights/", battles.lights, name="campaign-lights"),
    path("s/<str:key>/actions/<int:pk>/", battles.campaign, name="campaign"),
    path("s/<str:key>/actions/<int:pk>/change/", battles.change, name="campaign-change"),
    path("s/<str:key>/actions/<int:pk>/add/", battles.step_add, name="campaign-step-add"),
    path("s/<str:key>/actions/<int:pk>/word/", battles.word, name="campaign-word"),
    path("s/<str:key>/actions/<int:pk>/<int:number>/turn/", battles.step_turn, name="campaign-step-turn"),
    path("s/<str:key>/actions/file/<int:pk>/", battles.file, name="campaign-file"),
]
