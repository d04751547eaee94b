from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "saima.server.accounts"
    label = "accounts"
