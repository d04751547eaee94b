from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "saima.server.api"
    label = "api"
