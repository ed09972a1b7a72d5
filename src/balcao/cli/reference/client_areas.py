"""The methods of the Python client: every operation of the API, area by area, for programs that wait and for asyncio."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from balcao.cli.reference.client_names import method_name, pascal, word
from balcao.cli.reference.client_text import UNBROKEN, bracketed, docstring, generated
from balcao.cli.reference.client_types import Types, is_upload

API: Final = "/api/v1"
_METHODS: Final = ("get", "put", "post", "patch", "delete")
_JSON: Final = "application/json"
_FORM: Final = "multipart/form-data"
_STREAM: Final = "text/event-stream"
_SIGNED: Final = {"X-Signature", "X-Timestamp"}
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "collections.abc": ("AsyncGenerator", "Generator"),
    "typing": ("Any", "Literal"),
    "balcao_client": ("models",),
    "balcao_client.calls": ("Id", "Moment", "Upload", "new_key"),
    "balcao_client.events": ("Event",),
    "balcao_client.files": ("AsyncFile", "File"),
    "balcao_client.pages": ("Page",),
    "balcao_client.sending": ("Area", "AsyncArea"),
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a method, and where it goes: path, query, header, body or form."""

    name: str
    sent_as: str
    kind: str
    place: str
    is_required: bool
    about: str = ""

    def declared(self) -> str:
        """As it stands in the signature."""
        if self.is_required:
            return f"{self.name}: {self.kind}"
        return f"{self.name}: {self.kind}{'' if self.kind == 'Any' else ' | None'} = None"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a method is made of; `answer` is an annotation, `way` one of json, file and events."""

    area: str
    name: str
    method: str
    path: str
    about: str
    answer: str
    way: str
    arguments: tuple[Argument, ...] = field(default=())
    is_signed: bool = False

    def of(self, *places: str) -> list[Argument]:
        """The arguments that go there, those that have to be given first."""
        found = [argument for argument in self.arguments if argument.place in places]
        return sorted(found, key=lambda argument: (places.index(argument.place), not argument.is_required))


def operations(document: Mapping[str, Any], types: Types) -> list[Operation]:
    """Every operation of the API in the order of its document; two only where a body may be a file as well."""
    return [
        operation
        for path, methods in document["paths"].items()
        for method in _METHODS
        if method in methods
        for operation in _operation(method, path.removeprefix(API), methods[method], types)
    ]


def _operation(method: str, path: str, stated: Mapping[str, Any], types: Types) -> Iterator[Operation]:
    area, name = word(stated["tags"][0]), method_name(method, path)
    title = pascal(area, name)
    parameters = stated.get("parameters", ())
    is_signed = {item["name"] for item in parameters} >= _SIGNED
    answer, way = _answer(stated["responses"], types, title)
    arguments = [_parameter(item, types, title) for item in parameters if item["name"] not in _SIGNED]
    if is_signed:
        arguments.append(Argument("secret", "", "str", "header", is_required=True))
    bare = Operation(
        area, name, method.upper(), path, stated["description"], answer, way, tuple(arguments), is_signed
    )
    content: Mapping[str, Any] = stated.get("requestBody", {}).get("content", {})
    if _JSON in content or not content:
        body = [_body(content[_JSON]["schema"], stated["requestBody"], types, title)] if content else []
        yield replace(bare, arguments=(*arguments, *body))
    if _FORM in content:
        fields = _form_fields(content[_FORM]["schema"], types, title)
        yield replace(
            bare, name=f"{name}_from_file" if _JSON in content else name, arguments=(*arguments, *fields)
        )


def _body(schema: Mapping[str, Any], stated: Mapping[str, Any], types: Types, title: str) -> Argument:
    kind = types.type_of(schema, f"{title}Body")
    return Argument("body", "", _without_null(kind), "body", bool(stated.get("required")))


def _form_fields(schema: Mapping[str, Any], types: Types, title: str) -> Iterator[Argument]:
    form = types.schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    for name, part in form["properties"].items():
        kind = "Upload" if is_upload(part) else _without_null(types.type_of(part, pascal(title, name)))
        about = "" if kind == "Upload" and len(form["properties"]) == 1 else part.get("description", "")
        yield Argument(_spoken(name), name, kind, "form", name in form.get("required", ()), about)


def _parameter(stated: Mapping[str, Any], types: Types, title: str) -> Argument:
    name, place = stated["name"], stated["in"]
    schema = stated.get("schema", {})
    options = [schema, *schema.get("anyOf", ())]
    formats = {option.get("format") for option in options}
    if "uuid" in formats:
        kind = "Id"
    elif formats & {"date", "date-time"}:
        kind = "Moment"
    else:
        kind = _without_null(types.type_of(schema, pascal(title, name)))
    spoken = _spoken(re.sub("^X-", "", name))
    return Argument(spoken, name, kind, place, bool(stated.get("required")), stated.get("description", ""))


def _spoken(name: str) -> str:
    plain = word(name)
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def _without_null(kind: str) -> str:
    return kind.removesuffix(" | None")


def _answer(responses: Mapping[str, Any], types: Types, title: str) -> tuple[str, str]:
    """What a success is, and how it is fetched."""
    media = {
        kind: stated
        for status, answer in responses.items()
        if status.startswith("2")
        for kind, stated in answer.get("content", {}).items()
    }
    if _STREAM in media:
        return "Generator[Event]", "events"
    if media and _JSON not in media:
        return "File", "file"
    kinds = {
        types.type_of(content[_JSON]["schema"], f"{title}Answer") if content else "None"
        for status, answer in responses.items()
        if status.startswith("2")
        for content in (answer.get("content", {}),)
    }
    return " | ".join(sorted(kinds, key=lambda kind: (kind == "None", kind))), "json"


def method_text(operation: Operation, *, waits: bool) -> str:
    """The method of an operation; with `waits` the one that waits, otherwise the one for asyncio."""
    is_async = not waits and operation.way == "json"
    answer = operation.answer if waits or is_async else f"Async{operation.answer}"
    known = [*operation.of("path", "body"), *operation.of("form", "query", "header")]
    first = [item.declared() for item in known if item.place in {"path", "body"} or item.kind == "Upload"]
    more = [item.declared() for item in known if item.declared() not in first]
    parts = ["self", *first, *(["*", *more] if more else [])]
    start = "async def" if is_async else "def"
    text = bracketed(f"{start} {operation.name}", parts, f" -> {answer}:", 4) + _about(operation)
    for place in ("form", "query", "headers"):
        text += _dictionary(place, operation)
    returned = "" if answer == "None" else "return "
    before = f"{returned}{'await ' if is_async else ''}self._send.{'signed' if operation.is_signed else operation.way}"
    return text + bracketed(before, _sent(operation), "", 8)


def _about(operation: Operation) -> str:
    notes = [f"`{item.name}`: {item.about.rstrip('.')}." for item in operation.arguments if item.about]
    said = f"{operation.about} `{operation.method}{UNBROKEN}{operation.path}`"
    return docstring("\n\n".join([said, " ".join(notes)]), 8)


def _dictionary(place: str, operation: Operation) -> str:
    found = [item for item in operation.of(place.removesuffix("s")) if not _is_key(item)]
    if not found or operation.is_signed:
        return ""
    items = [f'"{item.sent_as}": {item.name}' for item in found]
    line = f"        {place} = {{{', '.join(items)}}}\n"
    if len(line) <= 111:
        return line
    return f"        {place} = {{\n" + "".join(f"            {item},\n" for item in items) + "        }\n"


def _is_key(argument: Argument) -> bool:
    return argument.sent_as == "Idempotency-Key"


def _sent(operation: Operation) -> list[str]:
    path = '"' + re.sub(r"\{\w+\}", "{}", operation.path) + '"'
    if operation.is_signed:
        return [path, "body", "secret"]
    parts = [f'"{operation.method}"'] if operation.way == "json" else []
    parts += [path, *(item.name for item in operation.of("path"))]
    parts += ["body=body"] if operation.of("body") else []
    parts += [f"{place}={place}" for place in ("form", "query", "headers") if _dictionary(place, operation)]
    if any(map(_is_key, operation.arguments)):
        parts.append("idempotency_key=idempotency_key or new_key()")
    return parts


def area_file(area: str, found: Sequence[Operation]) -> str:
    """The text of one area's file."""
    assert len({operation.name for operation in found}) == len(found), f"two methods of one name in {area}"
    classes = [
        f"class {prefix}{pascal(area)}({prefix}Area):\n"
        + "\n".join(method_text(operation, waits=not prefix) for operation in found)
        for prefix in ("", "Async")
    ]
    about = f"{area.replace('_', ' ').capitalize()}: {len(found)} operations."
    return generated(about, _NAMES, "\n\n".join(classes))


def areas_file(areas: Sequence[str]) -> str:
    """The text of the file with all areas together."""
    names: dict[str, Sequence[str]] = {
        f"balcao_client.api.{area}": sorted([f"Async{pascal(area)}", pascal(area)]) for area in areas
    }
    names["balcao_client.sending"] = ("AsyncSender", "Sender")
    classes = [
        f'class {prefix}Areas:\n    """The parts of the API."""\n\n    def __init__(self, send: {prefix}Sender) -> None:\n'
        + "".join(f"        self.{area} = {prefix}{pascal(area)}(send)\n" for area in areas)
        for prefix in ("", "Async")
    ]
    return generated("All areas of the API.", names, "\n\n".join(classes))
