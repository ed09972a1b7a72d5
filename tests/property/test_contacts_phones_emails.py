"""Whatever stands in a cell: no exception, only well-formed numbers and addresses, and a code for every change."""

import re
from datetime import datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from balcao.modules.contacts.cleaning.emails import clean_email
from balcao.modules.contacts.cleaning.findings import CODES
from balcao.modules.contacts.cleaning.phone_numbers import AREA_CODES
from balcao.modules.contacts.cleaning.phones import clean_phone, kind_of, phone_key

E164 = re.compile(r"\+[1-9]\d{7,14}")
EMAIL = re.compile(
    r"[a-z0-9_][a-z0-9_.+!#$%&'*/=?^`{|}~-]{0,63}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+"
)
AREAS = st.sampled_from(sorted(AREA_CODES))
MOBILES = st.from_regex(r"9[0-9]{8}", fullmatch=True)
LANDLINES = st.from_regex(r"[2-5][0-9]{7}", fullmatch=True)

phoneish = st.lists(
    st.sampled_from(
        ["11", "(21)", "0", "00", "55", "+", "+55", "0xx", "98765-4321", "9", "8765", "4321", "3456-7890", "7891", " ", "/", ",",
         ";", "e", "ou", "ramal 12", "r.", "x", "O", "Maria", "-", ".", "(", ")", "1.1987E+10", "\n", "#", "10/05/2023", "18h",
         "0800", "4004", "+351 912 345 678", "٣", "９", "º", "@", "wa.me/", "cpf", "24h", "\u200b", "&", "99999-9999", ".0", "DDD"]
    ),
    max_size=12,
).map("".join)  # fmt: skip
emailish = st.lists(
    st.sampled_from(
        ["maria", "joão", "@", "@gmail.com", "gmail", ".", "com", "br", ",", ";", " ", "<", ">", "(", ")", '"', "'", "=", "-", "+",
         "hotmial.com", ".con", "mailto:", "E-mail", "Ana", "/", "e", "\n", "xn--", "açúcar.com.br", "teste", "x", "sem", "_", "%",
         "\u200b", "😀", "＠", "..", "#", "&amp;", "a" * 30, "\ue000", "contato", "!", "?", "|", "*", "`", "~"]
    ),
    max_size=10,
).map("".join)  # fmt: skip
cells = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.datetimes(), st.dates(), st.text(max_size=60),
    st.integers(10**7, 10**14), phoneish, emailish,
)  # fmt: skip


def is_changed(cell, values):
    return [str(value) for value in values] != ([] if cell is None or cell == "" else [cell])


@settings(deadline=None, max_examples=600)
@given(
    cells,
    st.sampled_from(["", "11", "20", "x"]),
    st.sampled_from(["", "21", "055", "?"]),
    st.sampled_from(["", "55", "351", "0"]),
)
@example("1" * 5000, "", "", "")
def test_phones_of_any_cell(cell, default_ddd, ddd, ddi):
    found = clean_phone(cell, default_ddd=default_ddd, ddd=ddd, ddi=ddi)
    assert all(finding.code in CODES for finding in found.findings)
    for number in found.numbers:
        assert E164.fullmatch(number.e164)
        assert kind_of(number.e164) == number.kind
        assert phonenumbers.is_valid_number(phonenumbers.parse(number.e164))
    assert len({number.e164 for number in found.numbers}) == len(found.numbers)
    if found.numbers and is_changed(cell, [number.e164 for number in found.numbers]):
        assert found.findings
    if not found.numbers and any(character in "123456789" for character in str(cell) if cell is not None):
        assert any(CODES[finding.code].level == "error" for finding in found.findings) or "@" in str(cell)


@settings(deadline=None, max_examples=300)
@given(cells)
def test_clean_phones_stay_as_they_are(cell):
    for number in clean_phone(cell).numbers:
        again = clean_phone(number.e164)
        assert again.numbers == (number,)
        assert [finding.code for finding in again.findings] in ([], ["PHONE_SUSPECT_REPEATED"])


@settings(deadline=None, max_examples=300)
@given(
    AREAS,
    st.one_of(MOBILES, LANDLINES),
    st.sampled_from(["", "55", "+55 ", "0", "0055", "0xx", "015", "+55 (0) "]),
)
def test_every_way_to_write_a_number_gives_the_same_one(area, local, prefix):
    assume(len(set(local)) > 1)
    head, tail = local[:-4], local[-4:]
    for text in (
        f"{prefix}{area}{local}",
        f"{prefix}({area}) {head}-{tail}",
        f"{prefix}{area} {head}.{tail} (Ana)",
        f"{prefix}{area} {head} {tail}",
    ):
        assert [number.e164 for number in clean_phone(text).numbers] == [f"+55{area}{local}"], text


@settings(deadline=None, max_examples=300)
@given(AREAS, st.from_regex(r"[6-9][0-9]{7}", fullmatch=True))
def test_forms_with_and_without_the_ninth_digit_meet(area, local):
    assume(len(set(local)) > 1)
    old, new = (
        clean_phone(f"({area}) {local[:4]}-{local[4:]}"),
        clean_phone(f"({area}) 9{local[:4]}-{local[4:]}"),
    )
    assert old.numbers == new.numbers
    assert phone_key(f"+55{area}{local}") == phone_key(f"+55{area}9{local}") == phone_key(new.numbers[0].e164)


@settings(deadline=None, max_examples=800)
@given(cells, st.booleans())
@example("a&copy@gmail.com;", True)
def test_emails_of_any_cell(cell, fix_domains):
    found = clean_email(cell, fix_domains=fix_domains)
    values = [value for value in (found.value, *found.extra) if value]
    assert all(finding.code in CODES for finding in found.findings)
    assert len(set(values)) == len(values)
    for value in values:
        assert EMAIL.fullmatch(value), value
        assert len(value) <= 254
        try:
            assert validate_email(value, check_deliverability=False).ascii_email == value
        except EmailNotValidError as error:  # pragma: no cover - only when the rule is wrong
            raise AssertionError(value) from error
    if values and is_changed(cell, values):
        assert found.findings
    if not values and isinstance(cell, str) and re.search(r"[a-z]@[a-z]", cell):
        assert any(CODES[finding.code].level == "error" for finding in found.findings)


@settings(deadline=None, max_examples=400)
@given(emailish)
def test_clean_emails_stay_as_they_are(cell):
    found = clean_email(cell)
    for value in (found.value, *found.extra):
        again = clean_email(value)
        assert (again.value, again.extra) == (value, ())
        assert {finding.code for finding in again.findings} <= {
            "EMAIL_ROLE",
            "EMAIL_DISPOSABLE",
            "EMAIL_DOMAIN_SUGGESTED",
        }


def test_moments_are_neither():
    moment = datetime(2024, 5, 3, 12, 30)
    assert not clean_phone(moment, default_ddd="11").numbers
    assert not clean_email(moment).value
