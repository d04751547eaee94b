from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    name = "saima.server.bulletins"
    label = "bulletins"
