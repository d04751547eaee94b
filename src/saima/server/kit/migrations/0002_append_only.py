"""Tables of the ground floor that only grow."""

from typing import ClassVar

from django.db import migrations

from saima.server.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kit", "0001_tables")]
    operations: ClassVar = [append_only("kit_blob", "kit_audit", "kit_step")]
