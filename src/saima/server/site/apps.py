from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "saima.server.site"
    label = "saima_site"
