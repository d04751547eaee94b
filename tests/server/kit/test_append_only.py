"""Tables that only grow refuse UPDATE and DELETE in the database itself, whoever asks."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from saima.server.kit import clock
from saima.server.kit.models import AppendOnly, Audit, Blob

TABLES = sorted((m for m in apps.get_models() if issubclass(m, AppendOnly)), key=lambda m: m._meta.label)
SAMPLES = {"CharField": "x", "TextField": "x", "BooleanField": True}


def a_row(model):
    """A row of any model, whatever its fields ask for; what it points to is another such row or the first one there."""
    found = model.objects.first()
    if found is not None:
        return found
    fields = {}
    for field in model._meta.concrete_fields:
        if field.primary_key and field.get_internal_type() == "BigAutoField":
            continue
        if field.is_relation:
            fields[field.name] = None if field.null else a_row(field.related_model)
        elif field.has_default():
            continue
        elif "Date" in field.get_internal_type():
            fields[field.name] = clock.now()
        else:
            fields[field.name] = SAMPLES.get(field.get_internal_type(), 1)
    made = model(**fields)
    made.save()
    return made


def refused(statement, *params):
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_the_list_is_not_empty():
    assert {"kit.Audit", "kit.Blob", "kit.Step", "race.Reading", "race.Submission", "race.Cut"} <= {
        m._meta.label for m in TABLES
    }


@pytest.mark.parametrize("model", TABLES, ids=lambda m: m._meta.label)
def test_the_database_refuses_to_change_or_delete_a_row(demo, model):
    row = a_row(model)
    table, key = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(model._meta.pk.column)
    before = list(model.objects.values_list())

    refused(f"UPDATE {table} SET {key} = {key} WHERE {key} = %s", row.pk)
    refused(f"DELETE FROM {table} WHERE {key} = %s", row.pk)
    refused(f"DELETE FROM {table}")

    assert list(model.objects.values_list()) == before


@pytest.mark.parametrize("model", TABLES, ids=lambda m: m._meta.label)
def test_so_do_queries_and_rows(demo, model):
    row = a_row(model)
    field = next(f.name for f in model._meta.concrete_fields if not f.is_relation)

    for change in (
        lambda: model.objects.filter(pk=row.pk).update(**{field: getattr(row, field)}),
        lambda: model.objects.filter(pk=row.pk)._raw_delete(model.objects.db),
    ):
        with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
            change()
    with pytest.raises(TypeError, match="only grows"):
        row.save()
    with pytest.raises(TypeError, match="only grows"):
        row.delete()


def test_a_row_written_over_another_is_refused(demo):
    kept = Blob.objects.first() or Blob(sha256="a" * 64, size=1, media_type="text/plain")
    kept.save() if kept._state.adding else None
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    more = "" if connection.vendor == "sqlite" else " ON CONFLICT (sha256) DO UPDATE SET size = 2"

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"{verb} INTO kit_blob (sha256, size, media_type, created_at) VALUES (%s, 2, 'x', %s){more}",
            [kept.sha256, clock.now()],
        )

    assert Blob.objects.get(pk=kept.pk).size == kept.size


def test_postgresql_refuses_to_empty_a_table(demo):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE: its DELETE is refused")

    refused(f"TRUNCATE {Audit._meta.db_table} CASCADE")
