"""From an OpenAPI document to a Postman collection (format 2.1.0). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
METHODS: Final = ("get", "post", "put", "patch", "delete")
MAX_DEPTH: Final = 6
PROBLEM: Final = "application/problem+json"


def postman_collection(document: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """A collection with one folder per tag; variables `base_url`, `token` and `tenant`."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document.get("paths", {}).items():
        for method in METHODS:
            operation = operations.get(method)
            if operation is not None:
                tag = (operation.get("tags") or ["other"])[0]
                folders.setdefault(tag, []).append(_item(document, path, method, operation))
    return {
        "info": {
            "name": document["info"]["title"],
            "schema": SCHEMA,
            "description": document["info"].get("description", ""),
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [
            {"key": "base_url", "value": base_url.rstrip("/")},
            {"key": "token", "value": ""},
            {"key": "tenant", "value": ""},
        ],
        "item": [{"name": tag, "item": items} for tag, items in sorted(folders.items())],
    }


def _item(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> dict[str, Any]:
    parameters = operation.get("parameters", [])
    request: dict[str, Any] = {
        "method": method.upper(),
        "description": operation.get("description", ""),
        "header": [{"key": "X-Tenant", "value": "{{tenant}}"}, *_headers(parameters)],
        "url": _url(path, parameters),
    }
    body = _body(document, operation)
    if body is not None:
        request["body"] = body
    return {
        "name": operation.get("summary") or f"{method.upper()} {path}",
        "request": request,
        "response": list(_refusals(document, operation, request)),
    }


def _refusals(
    document: Mapping[str, Any], operation: Mapping[str, Any], request: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The documented refusals, as Postman's saved answers."""
    for status, response in operation.get("responses", {}).items():
        examples = response.get("content", {}).get(PROBLEM, {}).get("examples", {})
        for name, example in examples.items():
            if status.isdigit():
                yield {
                    "name": f"{status} {name}",
                    "originalRequest": {"method": request["method"], "url": request["url"]["raw"]},
                    "code": int(status),
                    "_postman_previewlanguage": "json",
                    "header": [{"key": "Content-Type", "value": PROBLEM}],
                    "body": json.dumps(_resolved(document, example)["value"], ensure_ascii=False, indent=2),
                }


def _headers(parameters: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"key": parameter["name"], "value": "", "disabled": not parameter.get("required", False)}
        for parameter in parameters
        if parameter["in"] == "header"
    ]


def _url(path: str, parameters: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Postman writes `:name` where OpenAPI writes `{name}`."""
    written = re.sub(r"\{(\w+)\}", r":\1", path)
    return {
        "raw": f"{{{{base_url}}}}{written}",
        "host": ["{{base_url}}"],
        "path": written.strip("/").split("/"),
        "query": [
            {"key": parameter["name"], "value": "", "disabled": not parameter.get("required", False)}
            for parameter in parameters
            if parameter["in"] == "query"
        ],
        "variable": [
            {"key": parameter["name"], "value": ""} for parameter in parameters if parameter["in"] == "path"
        ],
    }


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        media = content["application/json"]
        example = media.get("example", _sample(document, media.get("schema", {}), 0))
        raw = json.dumps(example, ensure_ascii=False, indent=2)
        return {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
    if "multipart/form-data" in content:
        schema = _resolved(document, content["multipart/form-data"].get("schema", {}))
        fields = [
            {"key": name, "type": "file" if _is_file(document, field) else "text", "value": None}
            for name, field in schema.get("properties", {}).items()
        ]
        return {"mode": "formdata", "formdata": fields}
    return None


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref", "")
    if not reference.startswith("#/"):
        return schema
    found: Any = document
    for part in reference[2:].split("/"):
        found = found[part]
    return found


def _is_file(document: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    found = _resolved(document, schema)
    found = _resolved(document, found["items"]) if "items" in found else found
    return found.get("format") == "binary" or "contentMediaType" in found


def _sample(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:
    """The example of a schema, or a value of its shape."""
    schema = _resolved(document, schema)
    if "example" in schema:
        return schema["example"]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _sample(document, schema[several][0], depth + 1)
    if depth < MAX_DEPTH and schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: _sample(document, field, depth + 1) for name, field in properties.items()}
    if depth < MAX_DEPTH and schema.get("type") == "array":
        return [_sample(document, schema.get("items", {}), depth + 1)]
    if "enum" in schema:
        return schema["enum"][0]
    return schema.get(
        "default", {"integer": 1, "number": 1, "boolean": False, "string": ""}.get(schema.get("type", ""))
    )
