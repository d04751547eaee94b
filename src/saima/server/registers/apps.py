from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "saima.server.registers"
    label = "registers"

    def ready(self) -> None:
        from saima.feeds import offer
        from saima.server.registers.feeds import OFFERED

        offer(*OFFERED)
