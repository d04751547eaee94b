"""Answers of feeds and the rows behind a cut's figures, in tables that only grow."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import saima.server.kit.clock
from saima.server.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("kit", "0004_attempts"),
        ("race", "0005_report_verifier"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="CutRows",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cut",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fed", to="race.cut"
                    ),
                ),
                (
                    "rows",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kit.blob"),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="FeedAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.CharField(max_length=10)),
                ("indicator", models.CharField(max_length=80)),
                ("feed", models.CharField(max_length=80)),
                ("feed_version", models.CharField(blank=True, max_length=40)),
                ("parameters", models.TextField(blank=True)),
                ("known_at", models.DateTimeField()),
                ("figures", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=saima.server.kit.clock.now)),
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
                    "rows",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kit.blob"
                    ),
                ),
                (
                    "season",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="feed_answers", to="race.season"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["season", "period", "indicator"], name="feed_answer_of")]},
        ),
        append_only("race_cutrows", "race_feedanswer"),
    ]
