"""Addresses: forms."""

from django.urls import URLPattern, path

from saima.server.race.views import bulk, forms, links, printing, reminders

urlpatterns: list[URLPattern] = [
    path("report/<int:pk>/form.xlsx", forms.form_file, name="report-form"),
    path("report/<int:pk>/form/", forms.form, name="report-form-upload"),
    path("report/<int:pk>/form/<slug:sha256>/", forms.look, name="report-form-look"),
    path("report/<int:pk>/print/", printing.sheet, name="report-print"),
    path("report/<int:pk>/receipt/<int:number>.pdf", printing.receipt_pdf, name="report-receipt-pdf"),
    path("report/<int:pk>/proof/<int:number>/", printing.proof, name="report-proof"),
    path("report/<int:pk>/links/", links.links, name="report-links"),
    path("report/<int:pk>/links/<int:link>/withdraw/", links.revoke, name="report-link-revoke"),
    path("go/<str:key>/", links.go, name="entry-link"),
    path("s/<str:key>/reminders/", reminders.reminders, name="reminders"),
    path("s/<str:key>/figures/", bulk.figures, name="figures"),
    path("s/<str:key>/figures/out/<slug:form>/", bulk.out, name="figures-out"),
    path("s/<str:key>/figures/<slug:sha256>/", bulk.look, name="figures-look"),
    path("s/<str:key>/figures/<slug:sha256>/objections.csv", bulk.objections, name="figures-objections"),
]
