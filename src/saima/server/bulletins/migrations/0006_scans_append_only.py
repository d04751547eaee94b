"""Stamped scans only grow."""

from typing import ClassVar

from django.db import migrations

from saima.server.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulletins", "0005_words_hands_and_scans"), ("kit", "0002_append_only")]
    operations: ClassVar = [append_only("bulletins_stampedscan")]
