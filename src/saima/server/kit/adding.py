"""Adds very many rows at once, past the models: as fast as each database takes them, in the caller's transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

from django.db import connection, models

_PLAIN: Final = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)
_KEPT: Final = 10_000  # of each column's instants and days: they repeat from row to row


def add_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows of values in the order of ``names`` (``season_id``, not ``season``); no default steps in.

    For tables that grow by a million rows: ``bulk_create`` takes ten times as long over its objects and expressions.
    ``same``: further columns with one value for every row.
    """
    columns: list[Any] = [model._meta.get_field(name) for name in names]  # noqa: SLF001 - documented by Django
    ready = _ready(columns, rows)
    if same:
        more: list[Any] = [model._meta.get_field(name) for name in same]  # noqa: SLF001 - documented by Django
        tail = tuple(c.get_db_prep_save(v, connection) for c, v in zip(more, same.values(), strict=True))
        columns, ready = [*columns, *more], ((*row, *tail) for row in ready)
    quoted = ", ".join(connection.ops.quote_name(c.column) for c in columns)
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - documented by Django
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                connection.wrap_database_errors,
                cursor.cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy,
            ):
                for row in ready:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            sql = f"INSERT INTO {table} ({quoted}) VALUES ({places})"  # noqa: S608 - our own names
            cursor.executemany(sql, cast(Any, ready))  # a generator will do, whatever its stub says


def _ready(columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows with every value as the database's own driver takes it."""
    changing = [(n, change) for n, c in enumerate(columns) if (change := _change(c)) is not None]
    if not changing:
        yield from rows
        return
    for row in rows:
        made = list(row)
        for n, change in changing:
            made[n] = change(made[n])
        yield made


def plain(column: Any) -> bool:
    """Whether a column's values are texts, whole numbers or truth values, the same to Python and to the database."""
    while column.remote_field is not None:
        column = column.target_field
    return isinstance(column, _PLAIN)


def _change(column: Any) -> Callable[[Any], Any] | None:
    if plain(column):
        return None

    def change(value: Any) -> Any:
        return column.get_db_prep_save(value, connection)

    return lru_cache(maxsize=_KEPT)(change) if isinstance(column, models.DateField) else change
