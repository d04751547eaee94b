"""Addresses: plans, the breakdown of targets, the next season."""

from django.urls import URLPattern, path

from saima.server.response.views import plan_edits
from saima.server.response.views.breakdown import breakdown, breakdown_file
from saima.server.response.views.next_season import next_season
from saima.server.response.views.plan import plan
from saima.server.response.views.plans import begin, plans

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/plans/", plans, name="plans"),
    path("s/<str:key>/plans/open/", begin, name="plan-open"),
    path("s/<str:key>/plans/<int:pk>/", plan, name="plan"),
    path("s/<str:key>/plans/<int:pk>/task/", plan_edits.task, name="plan-task"),
    path("s/<str:key>/plans/<int:pk>/settle/", plan_edits.settle, name="plan-settle"),
    path("s/<str:key>/plans/<int:pk>/months/", plan_edits.months, name="plan-months"),
    path("s/<str:key>/plans/<int:pk>/enter/", plan_edits.enter, name="plan-enter"),
    path("s/<str:key>/plans/<int:pk>/undo/", plan_edits.undo, name="plan-undo"),
    path("s/<str:key>/plans/<int:pk>/close/", plan_edits.close, name="plan-close"),
    path("s/<str:key>/breakdown/", breakdown, name="breakdown"),
    path("s/<str:key>/breakdown.csv", breakdown_file, name="breakdown-file"),
    path("s/<str:key>/next/", next_season, name="next-season"),
]
