"""Whatever is sealed under AUTH_SECRET is known to `balcao reseal`: what it does not know is lost with the former secret."""

from __future__ import annotations

from sqlalchemy import LargeBinary

from balcao.cli.reseal import sealed_columns
from balcao.kernel.db.models import Base
from balcao.registry import MODULES


def test_every_sealed_column_is_declared_once_with_what_its_purpose_reads() -> None:
    binary = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    ]
    places = sealed_columns(MODULES)
    assert sorted((place.table, place.column) for place in places) == sorted(binary)
    for place in places:
        columns = Base.metadata.tables[place.table].columns
        assert {"id", "tenant_id", *place.needs} <= set(columns.keys())
