"""Addresses: tickets."""

from django.urls import URLPattern, path

from saima.server.response.views import tickets

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/tickets/", tickets.tickets, name="tickets"),
    path("s/<str:key>/tickets.csv", tickets.tickets_file, name="tickets-file"),
    path("s/<str:key>/tickets/open/", tickets.opening, name="ticket-open"),
    path("s/<str:key>/tickets/<int:number>/", tickets.ticket, name="ticket"),
    path("s/<str:key>/tickets/<int:number>/step/", tickets.step, name="ticket-step"),
    path("s/<str:key>/tickets/file/<int:pk>/", tickets.proof, name="ticket-file"),
    path("s/<str:key>/departments/", tickets.departments, name="departments"),
    path("s/<str:key>/departments/<str:place>/", tickets.department, name="department"),
]
