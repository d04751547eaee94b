from django.apps import AppConfig


class ResponseConfig(AppConfig):
    name = "saima.server.response"
    label = "response"
