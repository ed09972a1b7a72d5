"""What a person's fields may hold when somebody types them, and how two images of a person differ or become one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from balcao.brazil.addresses import InvalidCep, fold, format_cep, parse_cep
from balcao.brazil.documents import InvalidDocument, parse_document
from balcao.kernel.errors import ValidationFailedError
from balcao.modules.contacts.cleaning.cells import tidy
from balcao.modules.contacts.cleaning.emails import clean_email
from balcao.modules.contacts.cleaning.findings import CODES, Finding
from balcao.modules.contacts.cleaning.phones import clean_phone, kind_of, phone_key

Values = dict[str, Any]
TEXT_LIMITS: Final[Mapping[str, int]] = {
    "first_name": 120, "last_name": 120, "company": 200, "job_title": 120, "address": 255, "city": 120, "state": 60,
    "country": 60, "source": 120, "website": 255, "notes": 5000,
}  # fmt: skip
COLUMNS: Final = (
    "first_name", "last_name", "email", "phone", "company", "job_title", "address", "city", "state", "postal_code",
    "country", "source", "tags", "additional_emails", "additional_phones", "birthday", "document", "website", "notes",
    "extra",
)  # fmt: skip
"""What a person is made of; the rest of the row is derived from these or is the row's own business."""
MOST_TAGS, LONGEST_TAG, MOST_EXTRAS = 50, 60, 10
CPF_DIGITS: Final = 11


def blank_person() -> Values:
    """Every field empty."""
    return {
        **dict.fromkeys(COLUMNS, ""), "tags": [], "additional_emails": [], "additional_phones": [], "birthday": None,
        "extra": {},
    }  # fmt: skip


def clean_person(typed: Mapping[str, Any]) -> Values:
    """The fields that were given, in the form the table keeps. ValidationFailedError names all that do not fit.

    Further numbers in the telephone's field become further telephones, and the same goes for e-mails.
    """
    faults: dict[str, str] = {}
    clean: Values = {}
    for name, value in typed.items():
        rule = _RULES.get(name)
        if rule is not None:
            rule(name, value, clean, faults)
        elif name in TEXT_LIMITS:
            _text(name, value, clean, faults)
        else:
            raise AssertionError(f"{name} is no field of a person")
    if faults:
        raise ValidationFailedError(
            [{"pointer": f"/{name}", "message": text} for name, text in faults.items()]
        )
    return clean


def _text(name: str, value: str, clean: Values, faults: dict[str, str]) -> None:
    text = value.replace("\x00", "").strip() if name == "notes" else tidy(value.replace("\x00", ""))
    if len(text) > TEXT_LIMITS[name]:
        faults[name] = "This is too long."
    clean[name] = text.upper() if name == "state" and len(text) == 2 else text


def _said(findings: Iterable[Finding], otherwise: str) -> str:
    wrong = [CODES[finding.code].text for finding in findings if CODES[finding.code].level == "error"]
    return wrong[0] if wrong else otherwise


def _phone(name: str, value: str, clean: Values, faults: dict[str, str]) -> None:
    cell = clean_phone(value)
    numbers = [number.e164 for number in cell.numbers]
    if value.strip() and not numbers:
        faults[name] = _said(cell.findings, "Not a telephone number.")
    clean["phone"] = numbers[0] if numbers else ""
    if numbers[1:]:
        clean["additional_phones"] = _united(clean.get("additional_phones", []), numbers[1:], phone_key)


def _email(name: str, value: str, clean: Values, faults: dict[str, str]) -> None:
    # What somebody typed is never corrected behind their back: a mistyped domain is their decision.
    cell = clean_email(value, fix_domains=False)
    if value.strip() and not cell.value:
        faults[name] = _said(cell.findings, "Not an e-mail.")
    clean["email"] = cell.value
    if cell.extra:
        clean["additional_emails"] = _united(clean.get("additional_emails", []), cell.extra, str.lower)


def _emails(name: str, values: Iterable[str], clean: Values, faults: dict[str, str]) -> None:
    found: list[str] = []
    for value in values:
        cell = clean_email(value, fix_domains=False)
        if value.strip() and not cell.value:
            faults[name] = _said(cell.findings, "Not an e-mail.")
        found += [email for email in (cell.value, *cell.extra) if email]
    clean[name] = _united(clean.get(name, []), found, str.lower)
    _count(name, clean, faults)


def _phones(name: str, values: Iterable[str], clean: Values, faults: dict[str, str]) -> None:
    found: list[str] = []
    for value in values:
        cell = clean_phone(value)
        if value.strip() and not cell.numbers:
            faults[name] = _said(cell.findings, "Not a telephone number.")
        found += [number.e164 for number in cell.numbers]
    clean[name] = _united(clean.get(name, []), found, phone_key)
    _count(name, clean, faults)


def _count(name: str, clean: Values, faults: dict[str, str]) -> None:
    if len(clean[name]) > MOST_EXTRAS:
        faults[name] = "Ten at most."


def _postal_code(name: str, value: str, clean: Values, faults: dict[str, str]) -> None:
    clean[name] = ""
    if value.strip():
        try:
            clean[name] = format_cep(parse_cep(value))
        except InvalidCep:
            faults[name] = "A CEP has eight digits, such as 01310-100."


def _document(name: str, value: str, clean: Values, faults: dict[str, str]) -> None:
    clean[name] = ""
    if value.strip():
        try:
            clean[name] = parse_document(value).value
        except InvalidDocument:
            faults[name] = "Not a CPF or CNPJ: look at its digits again."


def _birthday(name: str, value: date | None, clean: Values, faults: dict[str, str]) -> None:
    if value is not None and value.year < 1900:
        faults[name] = "This date cannot be a birthday."
    clean[name] = value


def _tags(name: str, values: Iterable[str], clean: Values, faults: dict[str, str]) -> None:
    clean[name] = tags_of(values)
    if len(clean[name]) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in clean[name]):
        faults[name] = "Fifty tags at most, of up to 60 characters."


Rule = Callable[[str, Any, Values, dict[str, str]], None]
_RULES: Final[Mapping[str, Rule]] = {
    "email": _email, "phone": _phone, "additional_emails": _emails, "additional_phones": _phones,
    "postal_code": _postal_code, "document": _document, "birthday": _birthday, "tags": _tags,
}  # fmt: skip


def tags_of(values: Iterable[str]) -> list[str]:
    """Tags as they are kept: split at commas, semicolons and bars, a full stop becomes a blank, no repeats."""
    found: dict[str, str] = {}
    for value in values:
        for part in re.split(r"[,;|\n]", value.replace("\x00", "")):
            tag = tidy(part.replace(".", " ")).lstrip("#=+@").strip()
            if tag:
                found.setdefault(tag.casefold(), tag)
    return list(found.values())


def _united(first: Iterable[str], second: Iterable[str], key: Callable[[str], str]) -> list[str]:
    found: dict[str, str] = {}
    for value in (*first, *second):
        found.setdefault(key(value), value)
    return list(found.values())


def derived(values: Mapping[str, Any]) -> Values:
    """The columns that follow from others, for a whole person."""
    phone = values["phone"]
    return {
        "name_key": fold(f"{values['first_name']} {values['last_name']}"),
        "phone_key": phone_key(phone) if phone else "",
        "phone_kind": kind_of(phone) if phone else "",
    }


def settled(values: Values) -> Values:
    """A whole person without a number or e-mail among the further ones that is the main one already."""
    email, phone = values["email"], values["phone"]
    values["additional_emails"] = [item for item in values["additional_emails"] if item.lower() != email]
    key = phone_key(phone) if phone else ""
    values["additional_phones"] = [item for item in values["additional_phones"] if phone_key(item) != key]
    return values


def keys_of(values: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The further (kind, value) by which a person is found: e-mails and telephones besides the main ones."""
    keys = {("email", email.lower()) for email in values["additional_emails"]}
    return keys | {("phone", phone_key(phone)) for phone in values["additional_phones"]}


def merged_person(keep: Mapping[str, Any], other: Mapping[str, Any]) -> Values:
    """One person out of two: what `keep` has stays, what it lacks comes from `other`, lists and notes are united."""
    person = {name: keep[name] or other[name] for name in COLUMNS}
    person["extra"] = {**other["extra"], **keep["extra"]}
    person["tags"] = tags_of([*keep["tags"], *other["tags"]])
    emails = [other["email"]] if other["email"] else []
    phones = [other["phone"]] if other["phone"] else []
    person["additional_emails"] = _united(
        keep["additional_emails"], [*emails, *other["additional_emails"]], str.lower
    )
    person["additional_phones"] = _united(
        keep["additional_phones"], [*phones, *other["additional_phones"]], phone_key
    )
    if keep["notes"] and other["notes"] and other["notes"] not in keep["notes"]:
        person["notes"] = f"{keep['notes']}\n{other['notes']}"[: TEXT_LIMITS["notes"]]
    return settled(person)


def as_json(value: Any) -> Any:
    """A field as an image of a change keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def from_json(name: str, value: Any) -> Any:
    """A field out of an image."""
    if name == "birthday":
        return date.fromisoformat(value) if value else None
    return value


def masked_document(document: str) -> str:
    """A CPF that may be shown: ***.982.247-**. A CNPJ is public and shown whole."""
    if len(document) == CPF_DIGITS:
        return f"***.{document[3:6]}.{document[6:9]}-**"
    if len(document) == 14:
        return f"{document[:2]}.{document[2:5]}.{document[5:8]}/{document[8:12]}-{document[12:]}"
    return document


def full_name(first: str, last: str) -> str:
    """First and last name together."""
    return f"{first} {last}".strip()
