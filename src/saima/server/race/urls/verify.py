"""Addresses: verify."""

from django.urls import URLPattern, path

from saima.server.race.views import verify

urlpatterns: list[URLPattern] = [
    path("verify/", verify.queue_page, name="verify-queue"),
    path("verify/several/", verify.several, name="verify-several"),
    path("verify/<int:pk>/", verify.review_page, name="verify"),
    path("verify/<int:pk>/report/", verify.report_verdict, name="verify-report"),
    path("verify/<int:pk>/cell/<int:cell>/", verify.cell_verdict, name="verify-cell"),
]
