"""The product and option forms of the panel: rows that grow and shrink, text to bodies of the API, messages to fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from balcao.kernel.errors import DomainError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.validation_words import message_of
from balcao.modules.store.pages.panel_forms import Form

Model = TypeVar("Model", bound=BaseModel)
Row = dict[str, str]
ROWS_MAX = 120

SKU_FIELDS = ("id", "name", "price", "active")
LINK_FIELDS = ("group_id", "min", "max")
OPTION_FIELDS = ("id", "name", "price", "max", "active")
BLANKS: Mapping[str, Row] = {
    "sku": {"id": "", "name": "", "price": "", "active": "1"},
    "link": {"group_id": "", "min": "0", "max": "1"},
    "option": {"id": "", "name": "", "price": "", "max": "1", "active": "1"},
}
# How the lists of a body are called in the form, and their fields that have another name there.
_LISTS = {"skus": "sku", "option_groups": "link", "options": "option"}
_FIELDS = {"price_cents": "price", "max_per_item": "max", "is_active": "active"}


class FieldTexts(dict[str, str]):
    """Messages by field; a field without one has None, so that templates may ask for any."""

    def __missing__(self, _name: str) -> None:
        return None


@dataclass(slots=True)
class Draft:
    """What stands in a form: single values, and rows by kind. `errors` are texts by field, `problem` one for it all."""

    values: dict[str, str]
    rows: dict[str, list[Row]]
    errors: FieldTexts = field(default_factory=FieldTexts)
    problem: str | None = None


def read_rows(form: Form, kind: str, fields: Sequence[str]) -> list[Row]:
    """The rows `kind-0-…`, `kind-1-…` in order. A box that is not ticked is an empty text."""
    pattern = re.compile(rf"{kind}-(\d{{1,4}})-\w+")
    numbers = {int(match[1]) for name in form.values if (match := pattern.fullmatch(name))}
    return [
        {name: form.values.get(f"{kind}-{number}-{name}", "").strip() for name in fields}
        for number in sorted(numbers)[:ROWS_MAX]
    ]


def take_step(step: str, rows: dict[str, list[Row]]) -> None:
    """Changes the rows as a button says: `sku-add`, `sku-remove-2`, `sku-up-2`, `sku-down-2`. Others do nothing."""
    match = re.fullmatch(r"(sku|link|option)-(add|remove|up|down)(?:-(\d{1,4}))?", step)
    if match is None or match[1] not in rows:
        return
    kind, action, at = match[1], match[2], int(match[3] or 0)
    listed = rows[kind]
    if action == "add" and len(listed) < ROWS_MAX:
        listed.append(dict(BLANKS[kind]))
    elif at < len(listed):
        if action == "remove":
            del listed[at]
        other = at - 1 if action == "up" else at + 1
        if action in {"up", "down"} and 0 <= other < len(listed):
            listed[at], listed[other] = listed[other], listed[at]


def without_blanks(kind: str, rows: Sequence[Row]) -> list[Row]:
    """Rows somebody wrote something into; an empty one left at the end is no mistake."""
    telling = {"sku": ("id", "name", "price"), "link": ("group_id",), "option": ("id", "name", "price")}[kind]
    return [row for row in rows if any(row[name] for name in telling)]


def cents_of(form: Form, row: Row, name: str, *, empty: int | None) -> int | None:
    """The amount in a row's price field; a fault is marked under `name`."""
    line = Form({name: row["price"]}, {}, form.faults)
    cents = line.money(name, empty=empty)
    if cents is None and not row["price"]:
        form.fault(name, "Write an amount such as 12,90.")
    return cents


def number_of(form: Form, row: Row, key: str, name: str, high: int) -> int:
    """The whole number in a row's field; a fault is marked under `name`."""
    return Form({name: row[key]}, {}, form.faults).whole(name, 0, high, empty=0)


def fill(model: type[Model], body: Mapping[str, Any], words: Translator, draft: Draft) -> Model | None:
    """The body as the API takes it; None with texts beside the fields when it does not fit."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        for item in error.errors():
            name = field_name("/".join(str(part) for part in item["loc"]))
            draft.errors.setdefault(name, message_of(words, dict(item)))
        return None


def field_name(pointer: str) -> str:
    """The field of the form a JSON pointer means: "/skus/1/price_cents" is "sku-1-price"."""
    parts = pointer.strip("/").split("/")
    if len(parts) == 3 and parts[0] in _LISTS:
        return f"{_LISTS[parts[0]]}-{parts[1]}-{_FIELDS.get(parts[2], parts[2])}"
    return "sku-0-price" if parts == ["price_cents"] else parts[0]


def note_refusal(draft: Draft, error: DomainError, words: Translator) -> None:
    """Puts a verb's refusal where it belongs: beside fields when it names them, else on top."""
    listed: list[dict[str, str]] = error.ext.get("errors", [])
    for item in listed:
        draft.errors.setdefault(field_name(item["pointer"]), words(item["message"]))
    if not listed:
        draft.problem = words(error.message, **error.params)


def note_faults(draft: Draft, form: Form, words: Translator) -> None:
    """Takes over what the reading of the form marked."""
    for name, message in form.faults.items():
        draft.errors.setdefault(name, words(message))


def money_text(cents: int) -> str:
    """Centavos as one types them: 1290 is "12,90"."""
    return f"{cents // 100},{cents % 100:02d}"
