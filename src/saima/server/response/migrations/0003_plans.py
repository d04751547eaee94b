"""Plans: their cards, versions and progress only grow."""

import django.db.models.deletion
import saima.server.kit.clock
from django.conf import settings
from django.db import migrations, models

from saima.server.kit.triggers import append_only


class Migration(migrations.Migration):

    dependencies = [
        ("response", "0002_appeals"),
        ('kit', '0002_append_only'),
        ('places', '0001_tables'),
        ('race', '0005_report_verifier'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contestant', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dropped', 'Dropped')], default='open', max_length=10)),
                ('opened_at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_why', models.TextField(blank=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cut', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='race.cut')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='places.place')),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='race.season')),
            ],
        ),
        migrations.CreateModel(
            name='PlanCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=300)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='response.plan')),
            ],
        ),
        migrations.CreateModel(
            name='PlanProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('task', 'Task'), ('quantity', 'Quantity')], max_length=10)),
                ('code', models.CharField(max_length=80)),
                ('value', models.CharField(max_length=40)),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='progress', to='response.plan')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PlanVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('before', models.PositiveIntegerField(null=True)),
                ('what', models.CharField(max_length=300)),
                ('content', models.TextField()),
                ('at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='response.plan')),
            ],
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('season', 'contestant'), name='plan_open_once'),
        ),
        migrations.AddConstraint(
            model_name='plancard',
            constraint=models.UniqueConstraint(fields=('plan', 'key'), name='plan_card_once'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.UniqueConstraint(fields=('plan', 'number'), name='plan_version_once'),
        ),
        append_only('response_plancard', 'response_planversion', 'response_planprogress'),
    ]
