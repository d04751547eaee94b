"""Django's own commands where Saima does them otherwise."""
