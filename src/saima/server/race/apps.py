from django.apps import AppConfig


class RaceConfig(AppConfig):
    name = "saima.server.race"
    label = "race"
