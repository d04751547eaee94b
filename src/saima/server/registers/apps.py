from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "saima.server.registers"
    label = "registers"
