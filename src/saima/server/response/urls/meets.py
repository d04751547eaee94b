"""Addresses: meets."""

from django.urls import URLPattern, path

from saima.server.response.views import meets

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/meets/", meets.meets, name="meets"),
    path("s/<str:key>/meets/new/", meets.planning, name="meet-new"),
    path("s/<str:key>/meets/<int:number>/", meets.meet, name="meet"),
    path("s/<str:key>/meets/<int:number>/change/", meets.change, name="meet-change"),
    path("s/<str:key>/meets/<int:number>/progress/", meets.progress, name="meet-progress"),
    path("s/<str:key>/meets/<int:number>/act/", meets.act, name="meet-act"),
    path("s/<str:key>/meets/<int:number>/judges/", meets.judge_add, name="meet-judge-add"),
    path("s/<str:key>/meets/<int:number>/judge/", meets.judging, name="meet-judge"),
    path("judge/<str:key>/", meets.link, name="judge-link"),
]
