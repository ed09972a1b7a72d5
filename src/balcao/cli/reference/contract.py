"""The API's contract as lines: what every request may and must carry, and what every answer promises.

`docs/reference/contract.txt` keeps it, so a change of the API shows in its difference: a promise of an answer that went,
or a demand on a request that came, breaks programs outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from tempfile import gettempdir
from typing import Any, Final

from balcao.kernel.settings import Settings
from balcao.kernel.web.app import create_app
from balcao.registry import build_runtime

_METHODS: Final = ("get", "put", "post", "patch", "delete")
_DEPTH: Final = 8
Schema = Mapping[str, Any]
# An operation and one thing about it; the operation alone has an empty second part.
Line = tuple[str, str]


@cache
def openapi_document() -> Mapping[str, Any]:
    """The document of /openapi.json, made without a database, once: it takes seconds."""
    settings = Settings.model_validate({"auth_secret": "-" * 32, "data_dir": gettempdir()})
    runtime = build_runtime(settings, "postgresql://nobody@localhost/nothing")
    return create_app(runtime).openapi()


def contract_text(document: Mapping[str, Any] | None = None) -> str:
    """The file of the contract: each operation with what goes in (<) and what comes out (>) below it."""
    lines = sorted(set(_lines(openapi_document() if document is None else document)))
    return "\n".join(f"  {detail}" if detail else name for name, detail in lines) + "\n"


def breaking(before: str, after: str) -> list[str]:
    """What programs written against `before` may stumble over: answers that promise less, requests that demand more."""
    old, new = set(_parsed(before)), set(_parsed(after))
    operations = {name for name, _ in old}
    fields = {(name, _field(detail)) for name, detail in new}
    gone = [
        f"gone: {name} {detail}".rstrip()
        for name, detail in sorted(old - new)
        # What a request may carry stays allowed in a wider form; what an answer promises stays as it was.
        if not detail.startswith("<") or (name, _field(detail)) not in fields
    ]
    more = [
        f"demanded: {name} {detail}"
        for name, detail in sorted(new - old)
        if detail.startswith("<") and detail.endswith(" required") and name in operations
    ]
    return gone + more


def _field(detail: str) -> str:
    return detail.partition(": ")[0]


def _parsed(text: str) -> Iterator[Line]:
    name = ""
    for line in text.splitlines():
        if line.startswith("  "):
            yield name, line.strip()
        else:
            name = line
            yield name, ""


def _lines(document: Mapping[str, Any]) -> Iterator[Line]:
    schemas: Mapping[str, Schema] = document.get("components", {}).get("schemas", {})
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                name = f"{path} {method.upper()}"
                yield name, ""
                yield from ((name, detail) for detail in _details(operations[method], schemas))


def _details(operation: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        must = " required" if parameter.get("required") else ""
        yield f"< {parameter['in']}.{parameter['name']}: {_kind(parameter.get('schema', {}), schemas)}{must}"
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"< {media}"
        yield from (
            f"< {line}" for line in _fields("body", content.get("schema", {}), schemas, requests=True)
        )
    for status, answer in operation.get("responses", {}).items():
        if status.startswith("2"):
            yield f"> {status}"
            for content in answer.get("content", {}).values():
                schema = content.get("schema", {})
                yield from (f"> {line}" for line in _fields(status, schema, schemas, requests=False))


def _fields(
    place: str, schema: Schema, schemas: Mapping[str, Schema], *, requests: bool, depth: int = 0
) -> Iterator[str]:
    schema = _resolved(schema, schemas)
    if depth > _DEPTH:
        return
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _fields(place, part, schemas, requests=requests, depth=depth + 1)
    if "items" in schema:
        yield from _fields(f"{place}[]", schema["items"], schemas, requests=requests, depth=depth + 1)
    wanted = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        must = " required" if requests and name in wanted else ""
        yield f"{place}.{name}: {_kind(field, schemas)}{must}"
        yield from _fields(f"{place}.{name}", field, schemas, requests=requests, depth=depth + 1)


def _kind(schema: Schema, schemas: Mapping[str, Schema]) -> str:
    """The type in one word, with the values it is limited to."""
    schema = _resolved(schema, schemas)
    options = (*schema.get("anyOf", ()), *schema.get("oneOf", ()))
    if options:
        return "|".join(sorted({_kind(option, schemas) for option in options}))
    if "enum" in schema:
        return "(" + "|".join(sorted(str(value) for value in schema["enum"])) + ")"
    if "const" in schema:
        return f"({schema['const']})"
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"{_kind(schema.get('items', {}), schemas)}[]"
    return f"{kind}:{schema['format']}" if "format" in schema else kind


def _resolved(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    while "$ref" in schema:
        schema = schemas[str(schema["$ref"]).rpartition("/")[2]]
    return schema
