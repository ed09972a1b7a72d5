"""Which changes of the API are said to break programs outside."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from balcao.cli.reference.contract import breaking, contract_text

THING = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"enum": ["b", "a"]},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
    },
}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things": {
            "post": {
                "parameters": [{"in": "query", "name": "loud", "schema": {"type": "boolean"}}],
                "requestBody": {"content": {"application/json": {"schema": THING}}},
                "responses": {
                    "201": {
                        "content": {
                            "application/json": {"schema": {"anyOf": [deepcopy(THING), {"type": "null"}]}}
                        }
                    },
                    "409": {},
                },
            }
        }
    },
    "components": {
        "schemas": {"Part": {"type": "object", "properties": {"part": {"$ref": "#/components/schemas/Part"}}}}
    },
}


def changed(change: Any) -> str:
    document = deepcopy(DOCUMENT)
    change(document["paths"]["/things"]["post"], document)
    return contract_text(document)


BEFORE = contract_text(DOCUMENT)


def test_the_contract_is_readable() -> None:
    lines = BEFORE.splitlines()
    assert lines[0] == "/things POST"
    assert {"  < body.id: string:uuid required", "  < query.loud: boolean", "  > 201.kind: (a|b)"} <= set(
        lines
    )
    assert "  > 201.parts[].part: object" in lines
    assert not [line for line in lines if "409" in line]


def test_nothing_breaks_when_nothing_or_only_more_is_promised() -> None:
    def more(operation: Any, document: Any) -> None:
        operation["responses"]["201"]["content"]["application/json"]["schema"]["anyOf"][0]["properties"][
            "new"
        ] = {"type": "string"}
        operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["extra"] = {
            "type": "string"
        }
        operation["requestBody"]["content"]["application/json"]["schema"]["required"] = []
        document["paths"]["/others"] = {
            "get": {"parameters": [{"in": "path", "name": "x", "required": True}]}
        }

    assert breaking(BEFORE, BEFORE) == []
    assert breaking(BEFORE, changed(more)) == []


def test_less_in_an_answer_breaks() -> None:
    def less(operation: Any, _: Any) -> None:
        del operation["responses"]["201"]["content"]["application/json"]["schema"]["anyOf"][0]["properties"][
            "kind"
        ]

    assert breaking(BEFORE, changed(less)) == ["gone: /things POST > 201.kind: (a|b)"]


def test_more_in_a_request_breaks() -> None:
    def more(operation: Any, _: Any) -> None:
        operation["requestBody"]["content"]["application/json"]["schema"]["required"] = ["id", "kind"]

    assert breaking(BEFORE, changed(more)) == ["demanded: /things POST < body.kind: (a|b) required"]


def test_a_field_or_a_door_that_goes_breaks() -> None:
    def no_query(operation: Any, _: Any) -> None:
        operation["parameters"] = []

    def no_door(_: Any, document: Any) -> None:
        document["paths"] = {}

    assert breaking(BEFORE, changed(no_query)) == ["gone: /things POST < query.loud: boolean"]
    assert "gone: /things POST" in breaking(BEFORE, changed(no_door))
