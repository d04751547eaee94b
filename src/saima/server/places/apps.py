from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "saima.server.places"
    label = "places"
