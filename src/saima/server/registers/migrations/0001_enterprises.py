import django.db.models.deletion
import saima.server.kit.clock
import uuid
from django.conf import settings
from django.db import migrations, models

from saima.server.kit.triggers import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kit', '0004_attempts'),
        ('places', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Enterprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('uscc', models.CharField(max_length=18, unique=True)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('name_key', models.CharField(blank=True, db_index=True, max_length=200)),
                ('industry', models.CharField(blank=True, max_length=200)),
                ('size_class', models.CharField(blank=True, max_length=20)),
                ('founded', models.DateField(null=True)),
                ('closed', models.DateField(null=True)),
                ('listed', models.BooleanField(default=True)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='registers.enterprise')),
                ('place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
            ],
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('name', models.CharField(max_length=200)),
                ('mapping', models.TextField(blank=True)),
                ('result', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('undone', 'Undone'), ('dropped', 'Dropped')], default='proposed', max_length=10)),
                ('at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('row_version', models.PositiveIntegerField(default=0)),
                ('blob', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kit.blob')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='EnterpriseStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('status', models.CharField(max_length=60)),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('void', models.BooleanField(default=False)),
                ('batch', models.CharField(blank=True, max_length=100)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statuses', to='registers.enterprise')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registers.import')),
            ],
        ),
        migrations.CreateModel(
            name='EnterpriseName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('name', models.CharField(max_length=200)),
                ('key', models.CharField(db_index=True, max_length=200)),
                ('since', models.DateField(null=True)),
                ('alias', models.BooleanField(default=False)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='names', to='registers.enterprise')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registers.import')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EnterpriseMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='registers.enterprise')),
                ('into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registers.enterprise')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registers.import')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EnterpriseFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('item', models.CharField(max_length=60)),
                ('period', models.CharField(blank=True, max_length=10)),
                ('value', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='registers.enterprise')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registers.import')),
            ],
        ),
        migrations.CreateModel(
            name='EnterpriseAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('text', models.CharField(blank=True, max_length=300)),
                ('since', models.DateField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addresses', to='registers.enterprise')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registers.import')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Doubt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('renamed', 'Renamed'), ('no_code', 'No Code'), ('near_name', 'Near Name'), ('wrong_code', 'Wrong Code')], max_length=10)),
                ('line', models.CharField(max_length=40)),
                ('uscc', models.CharField(blank=True, max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('candidate', models.CharField(blank=True, max_length=18)),
                ('choice', models.CharField(blank=True, choices=[('', 'Open'), ('same', 'Same'), ('other', 'Other'), ('left', 'Left')], default='', max_length=10)),
                ('at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enterprise', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registers.enterprise')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='doubts', to='registers.import')),
            ],
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('headers', models.CharField(db_index=True, max_length=64)),
                ('mapping', models.TextField()),
                ('at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(max_length=1000)),
                ('at', models.DateTimeField(default=saima.server.kit.clock.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Spell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(max_length=60)),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spells', to='registers.enterprise')),
            ],
        ),
        migrations.AddIndex(
            model_name='enterprise',
            index=models.Index(fields=['listed', 'uscc'], name='enterprise_by_code'),
        ),
        migrations.AddIndex(
            model_name='enterprise',
            index=models.Index(fields=['place', 'uscc'], name='enterprise_by_place'),
        ),
        migrations.AddIndex(
            model_name='enterprise',
            index=models.Index(fields=['industry', 'uscc'], name='enterprise_by_industry'),
        ),
        migrations.AddIndex(
            model_name='enterprise',
            index=models.Index(fields=['size_class', 'uscc'], name='enterprise_by_size'),
        ),
        migrations.AddIndex(
            model_name='enterprisestatus',
            index=models.Index(fields=['status', 'since'], name='status_by_day'),
        ),
        migrations.AddIndex(
            model_name='enterprisefact',
            index=models.Index(fields=['enterprise', 'item', 'period'], name='fact_of_firm'),
        ),
        migrations.AddIndex(
            model_name='enterprisefact',
            index=models.Index(fields=['item', 'period'], name='fact_by_item'),
        ),
        migrations.AddIndex(
            model_name='doubt',
            index=models.Index(fields=['source', 'kind', 'choice'], name='doubt_of_import'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('person', 'name'), name='saved_view_once'),
        ),
        migrations.AddIndex(
            model_name='spell',
            index=models.Index(fields=['status', 'enterprise'], name='spell_by_status'),
        ),
        migrations.AddConstraint(
            model_name='spell',
            constraint=models.UniqueConstraint(fields=('enterprise', 'status', 'since'), name='spell_once'),
        ),
        append_only(
            "registers_enterprisename",
            "registers_enterpriseaddress",
            "registers_enterprisefact",
            "registers_enterprisestatus",
            "registers_enterprisemerge",
        ),
    ]
