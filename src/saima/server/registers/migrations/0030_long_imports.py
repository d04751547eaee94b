"""Long lists of firms come in by the worker, part by part; what was brought in before came in at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0022_chains")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="doing",
            field=models.CharField(
                blank=True,
                choices=[("", "Nothing"), ("look", "Look"), ("record", "Record"), ("draw", "Draw")],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(model_name="import", name="done", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="import", name="lines", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="import", name="fault", field=models.TextField(blank=True)),
        migrations.AddField(model_name="import", name="began_at", field=models.DateTimeField(null=True)),
    ]
