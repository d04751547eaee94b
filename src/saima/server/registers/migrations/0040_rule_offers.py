import django.db.models.deletion
import saima.server.kit.clock
from django.conf import settings
from django.db import migrations, models

from saima.server.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0030_long_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField(db_index=True, default=saima.server.kit.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offer", to="registers.rulesave"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        append_only("registers_ruleoffer"),
    ]
