"""Addresses: reports."""

from django.urls import URLPattern, path

from saima.server.race.views import report_evidence, report_submit, reports

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/reports/", reports.report_list, name="reports"),
    path("s/<str:key>/reports/open/", reports.open_period, name="reports_open"),
    path("report/<int:pk>/", reports.report, name="report"),
    path("report/<int:pk>/save/", reports.save, name="report_save"),
    path("report/<int:pk>/cell/<int:cell>/", reports.cell, name="report_cell"),
    path("report/<int:pk>/paste/<int:cell>/", reports.paste, name="report_paste"),
    path("report/<int:pk>/assign/", reports.assign, name="report_assign"),
    path("report/<int:pk>/submit/", report_submit.review, name="report_submit"),
    path("report/<int:pk>/receipt/<int:number>/", report_submit.receipt, name="report_receipt"),
    path("report/<int:pk>/evidence/<int:cell>/", report_evidence.files, name="report_evidence"),
    path("evidence/<int:pk>/", report_evidence.show, name="evidence_file"),
    path("evidence/<int:pk>/withdraw/", report_evidence.withdraw, name="evidence_withdraw"),
]
