from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "saima.server.kit"
    label = "kit"
