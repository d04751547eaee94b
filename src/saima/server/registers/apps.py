from collections.abc import Iterable

from django.apps import AppConfig

from saima.feeds import Offered, offer


def _offered() -> Iterable[Offered]:
    from saima.server.registers.feeds import OFFERED  # a start that asks no feed reads no rule

    return OFFERED


class RegistersConfig(AppConfig):
    name = "saima.server.registers"
    label = "registers"

    def ready(self) -> None:
        offer(_offered)
