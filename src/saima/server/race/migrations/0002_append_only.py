"""Tables of the race that only grow."""

from typing import ClassVar

from django.db import migrations

from saima.server.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("race", "0001_tables"), ("kit", "0002_append_only")]
    operations: ClassVar = [
        append_only(
            "race_seasonversion",
            "race_draftsave",
            "race_submission",
            "race_cellmessage",
            "race_reading",
            "race_evidence",
            "race_evidencewithdrawn",
            "race_verdict",
            "race_siderow",
            "race_cut",
            "race_evaluated",
            "race_history",
        )
    ]
