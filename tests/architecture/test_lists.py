"""One shape of lists: whoever can read one list of the API can read them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from balcao.cli.reference.contract import openapi_document

BOUNDS: Final = {"total", "limit", "offset"}
# Lists that are read in another way, and what that is.
OTHERWISE: Final = {
    "Rows": "rows of a file by their number: `start` and `next_start`",
    "Duplicates": "groups by the number of their first row: `start` and `next_start`",
    "AuditFeed": "a feed that grows while it is read: `next_cursor`",
    "DeliveryPage": "a feed that grows while it is read: `next_cursor`",
}
Schema = Mapping[str, Any]


def _answers() -> Iterator[tuple[str, Schema, set[str]]]:
    """Each operation that answers `items`: its address, the answer's schema, what it may be asked in the query."""
    document = openapi_document()
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            asked = {item["name"] for item in operation.get("parameters", ()) if item["in"] == "query"}
            for status, response in operation["responses"].items():
                for content in response.get("content", {}).values() if status.startswith("2") else ():
                    found = content.get("schema", {})
                    schema = schemas[found["$ref"].rpartition("/")[2]] if "$ref" in found else found
                    assert schema.get("type") != "array", f"{method.upper()} {path} answers a bare list"
                    if schema.get("properties", {}).get("items", {}).get("type") == "array":
                        yield f"{method.upper()} {path}", schema, asked


def test_every_list_says_how_much_there_is_and_which_part_this_is() -> None:
    lists = list(_answers())
    assert len(lists) > 30
    for address, schema, asked in lists:
        if schema["title"] in OTHERWISE:
            continue
        assert set(schema["properties"]) >= BOUNDS, (
            f"{address} answers no {BOUNDS - set(schema['properties'])}"
        )
        assert set(schema["required"]) >= BOUNDS, address
        if address.startswith("GET "):
            assert asked >= {"limit", "offset"}, f"{address} takes no limit and offset"


def test_the_exceptions_are_still_there() -> None:
    assert {schema["title"] for _, schema, _ in _answers()} >= set(OTHERWISE)
