"""The types of the Python client: every schema of the API's document as a TypedDict, in `models.py`."""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from balcao.cli.reference.client_names import pascal, schema_name
from balcao.cli.reference.client_text import WIDTH, docstring, generated

_LITERAL_WIDTH: Final = 60
_PAGE: Final = {"items", "total", "limit", "offset"}
_PLAIN: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
Schema = Mapping[str, Any]


@dataclass(slots=True)
class Types:
    """What the schemas are called (`prefix` before it), and the types met on the way that had no name of their own."""

    schemas: Mapping[str, Schema]
    prefix: str = ""
    met: dict[str, str] = field(default_factory=dict[str, str])

    def type_of(self, schema: Schema, name: str) -> str:
        """The annotation of a schema; `name` is for what needs one and has none."""
        if "$ref" in schema:
            return self._referred(str(schema["$ref"]).rpartition("/")[2])
        options: tuple[Schema, ...] = (*schema.get("anyOf", ()), *schema.get("oneOf", ()))
        if options:
            return _union(self.type_of(option, name) for option in options)
        if "enum" in schema or "const" in schema:
            return self._literal(schema.get("enum") or [schema["const"]], name)
        kind = schema.get("type", "")
        if kind == "array":
            return f"list[{self.type_of(schema.get('items', {}), f'{name}Item')}]"
        if kind == "object":
            return self._object(schema, name)
        return _PLAIN.get(str(kind), "Any")

    def _referred(self, key: str) -> str:
        schema = self.schemas[key]
        if is_page(schema):
            return f"Page[{self.type_of(schema['properties']['items']['items'], schema_name(key))}]"
        return self.prefix + schema_name(key) if is_class(schema) else self.type_of(schema, schema_name(key))

    def _object(self, schema: Schema, name: str) -> str:
        if schema.get("properties"):
            self.met[name] = self.typed_dict(schema, name)
            return self.prefix + name
        values: list[Any] = [*schema.get("patternProperties", {}).values()]
        values.append(schema.get("additionalProperties"))
        described: list[Schema] = [one for one in values if isinstance(one, dict) and one]
        return f"dict[str, {self.type_of(described[0], f'{name}Value') if described else 'Any'}]"

    def _literal(self, values: list[Any], name: str) -> str:
        constants = [_constant(value) for value in values]
        text = f"Literal[{', '.join(constants)}]"
        if len(text) <= _LITERAL_WIDTH:
            return text
        if len(f"{name} = {text}") > WIDTH:
            text = "Literal[\n" + "".join(f"    {constant},\n" for constant in constants) + "]"
        self.met[name] = f"{name} = {text}\n"
        return self.prefix + name

    def typed_dict(self, schema: Schema, name: str) -> str:
        """The class of an object; fields that may be left out say so."""
        required = set(schema.get("required", ()))
        inside = Types(self.schemas, met=self.met)
        fields: dict[str, str] = {}
        for key, part in schema["properties"].items():
            kind = inside.type_of(part, pascal(name, key))
            fields[key] = kind if key in required else f"NotRequired[{kind}]"
        if any(not key.isidentifier() or keyword.iskeyword(key) for key in fields):
            # Quoted, for these are evaluated where they stand, before what they may name.
            quoted = {key: kind.replace('"', "'") for key, kind in fields.items()}
            lines = "".join(f'        "{key}": "{kind}",\n' for key, kind in quoted.items())
            return f'{name} = TypedDict(\n    "{name}",\n    {{\n{lines}    }},\n)\n'
        said = docstring(str(schema.get("description", "")), 4)
        lines = "".join(f"    {key}: {kind}\n" for key, kind in fields.items())
        return f"class {name}(TypedDict):\n{said}{chr(10) if said else ''}{lines}"


def is_page(schema: Schema) -> bool:
    """Whether it is a page of a list and nothing else; those are one type for all."""
    return set(schema.get("properties", ())) == _PAGE and "items" in schema["properties"]["items"]


def is_class(schema: Schema) -> bool:
    """Whether it becomes a class; a form with a file does not, its fields are arguments."""
    fields: Mapping[str, Schema] = schema.get("properties", {})
    return schema.get("type") == "object" and bool(fields) and not is_page(schema) and not is_form(schema)


def is_form(schema: Schema) -> bool:
    """Whether it is a form with a file."""
    return any(map(is_upload, schema.get("properties", {}).values()))


def is_upload(schema: Schema) -> bool:
    """Whether it is a file."""
    return schema.get("format") == "binary" or "contentMediaType" in schema


def models_file(schemas: Mapping[str, Schema], met: Mapping[str, str]) -> str:
    """The text of `models.py`; `met` are the types of requests and answers that the document does not name."""
    types = Types(schemas, met=dict(met))
    named = {schema_name(key): schema for key, schema in schemas.items() if is_class(schema)}
    assert len(named) == sum(map(is_class, schemas.values())), "two schemas of one name"
    found = {name: types.typed_dict(schema, name) for name, schema in named.items()}
    assert not set(found) & set(types.met), "two types of one name"
    body = "\n\n".join(text for _, text in sorted((found | types.met).items()))
    return generated(
        "The bodies and answers of the API as types: plain dictionaries at run time.",
        {"typing": ("Any", "Literal", "NotRequired", "TypedDict"), "balcao_client.pages": ("Page",)},
        body,
    )


def _union(parts: Iterable[str]) -> str:
    """Types joined by |, each once; null comes last."""
    found = set(parts)
    return " | ".join(sorted(found, key=lambda part: (part == "None", part))) if "Any" not in found else "Any"


def _constant(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
