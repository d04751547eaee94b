from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "saima.server.kit"
    label = "kit"

    def ready(self) -> None:
        """Fields know how to be asked for one of very many values."""
        from saima.server.kit import lookups  # noqa: F401 - registers itself
