"""Addresses: messages."""

from django.urls import URLPattern, path

from saima.server.response.views import messages as views

urlpatterns: list[URLPattern] = [
    path("messages/", views.messages_page, name="messages"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("messages/choices/", views.choices, name="message-choices"),
    path("messages/sent/", views.deliveries_page, name="deliveries"),
    path("messages/robots/", views.robots, name="robots"),
    path("messages/robots/<int:pk>/", views.robot, name="robot"),
]
