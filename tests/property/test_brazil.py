"""Laws that hold for every input of the Brazilian rules and of money, whatever the numbers are."""

import string
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from balcao.brazil.addresses import city_of_cep, fold, format_cep, haversine_metres, parse_cep, uf_of_cep
from balcao.brazil.currency import InvalidAmount, cents_to_decimal, format_brl, parse_brl, pix_amount
from balcao.brazil.documents import (
    Document,
    DocumentKind,
    InvalidDocument,
    cnpj_check_digits,
    cpf_check_digits,
    format_document,
    parse_document,
)
from balcao.brazil.phones import (
    InvalidPhone,
    format_phone,
    is_mobile,
    mask_phone,
    parse_phone,
    same_whatsapp_number,
)
from balcao.brazil.pix_code import InvalidPixCode, PixCode, crc16, decode, encode_static
from balcao.brazil.pix_keys import InvalidPixKey, PixKeyKind, validate_key
from balcao.kernel.money import percent_floor, round_half_up_div, split_by_weight

law = settings(deadline=None)

CAPITALS = {
    "Rio Branco": "AC",
    "Maceió": "AL",
    "Manaus": "AM",
    "Macapá": "AP",
    "Salvador": "BA",
    "Fortaleza": "CE",
    "Brasília": "DF",
    "Vitória": "ES",
    "Goiânia": "GO",
    "São Luís": "MA",
    "Belo Horizonte": "MG",
    "Campo Grande": "MS",
    "Cuiabá": "MT",
    "Belém": "PA",
    "João Pessoa": "PB",
    "Recife": "PE",
    "Teresina": "PI",
    "Curitiba": "PR",
    "Rio de Janeiro": "RJ",
    "Natal": "RN",
    "Porto Velho": "RO",
    "Boa Vista": "RR",
    "Porto Alegre": "RS",
    "Florianópolis": "SC",
    "Aracaju": "SE",
    "São Paulo": "SP",
    "Palmas": "TO",
}
cents = st.integers(min_value=0, max_value=10**12 - 1)
signed_cents = st.integers(min_value=-(10**12), max_value=10**12)
cpf_bases = st.text(string.digits, min_size=9, max_size=9)
cnpj_bases = st.text(string.digits + string.ascii_uppercase, min_size=12, max_size=12)
area_codes = st.sampled_from(["11", "21", "38", "47", "55", "61", "79", "85", "99"])
mobiles = st.builds("+55{}9{}".format, area_codes, st.from_regex(r"[0-9]{8}", fullmatch=True))
landlines = st.builds("+55{}{}".format, area_codes, st.from_regex(r"[2-5][0-9]{7}", fullmatch=True))
phones = mobiles | landlines
keys = st.one_of(
    cpf_bases.map(lambda base: base + cpf_check_digits(base)).filter(lambda cpf: len(set(cpf)) > 1),
    cnpj_bases.map(lambda base: base + cnpj_check_digits(base)).filter(lambda cnpj: len(set(cnpj)) > 1),
    phones,
    st.uuids().map(str),
    st.from_regex(r"[a-z0-9][a-z0-9.+]{0,20}@[a-z0-9]{1,10}\.com\.br", fullmatch=True),
)
printable = st.text(string.ascii_letters + string.digits + ".,&/-", min_size=1)


def outcome(read: Callable[[str], Any], text: str, refusal: type[Any]) -> tuple[Any, str]:
    """What was read and no reason, or nothing and the reason of the refusal; any other error is a failure."""
    try:
        return read(text), ""
    except refusal as error:
        return None, error.reason


@law
@given(signed_cents, st.booleans())
def test_reais_read_back_what_was_written(amount: int, nbsp: bool) -> None:
    assert parse_brl(format_brl(amount, nbsp=nbsp)) == amount


@law
@given(signed_cents)
def test_decimals_are_exact(amount: int) -> None:
    assert cents_to_decimal(amount) * 100 == amount


@law
@given(st.integers(min_value=1, max_value=10**12 - 1))
def test_pix_amounts_read_as_the_same_money(amount: int) -> None:
    text = pix_amount(amount)
    assert len(text) <= 13
    assert Fraction(text) * 100 == amount


@law
@given(st.text() | st.text("0123456789.,-R$ ", max_size=12))
def test_reading_money_answers_or_refuses_with_a_reason(text: str) -> None:
    amount, reason = outcome(parse_brl, text, InvalidAmount)
    assert reason.startswith("amount_") or parse_brl(format_brl(amount)) == amount


@law
@given(cents, st.integers(min_value=0, max_value=10_000))
def test_a_share_never_exceeds_its_base_nor_its_exact_value(amount: int, basis_points: int) -> None:
    share = percent_floor(amount, basis_points)
    exact = Fraction(amount * basis_points, 10_000)
    assert exact - 1 < share <= exact
    assert share <= amount


@law
@given(signed_cents, st.integers(min_value=1, max_value=10_000))
def test_rounding_is_to_the_nearest_and_halves_go_up(dividend: int, divisor: int) -> None:
    difference = round_half_up_div(dividend, divisor) - Fraction(dividend, divisor)
    assert Fraction(-1, 2) < difference <= Fraction(1, 2)


@law
@given(st.data(), st.lists(st.integers(min_value=0, max_value=10**10), min_size=1, max_size=100))
def test_a_split_is_exact_fair_and_within_each_line(data: st.DataObject, weights: list[int]) -> None:
    assume(sum(weights) > 0)
    total = data.draw(st.integers(min_value=0, max_value=sum(weights)))
    parts = split_by_weight(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert 0 <= part <= weight


@law
@given(
    st.integers(min_value=0, max_value=10**6), st.integers(min_value=1, max_value=100), st.integers(1, 10**6)
)
def test_equal_weights_differ_by_one_at_most_and_the_earlier_is_larger(
    total: int, lines: int, weight: int
) -> None:
    parts = split_by_weight(total, [weight] * lines)
    assert list(parts) == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


@law
@given(cpf_bases)
def test_a_cpf_survives_its_mask(base: str) -> None:
    cpf = base + cpf_check_digits(base)
    assume(len(set(cpf)) > 1)
    document = Document(DocumentKind.CPF, cpf)
    assert parse_document(cpf) == parse_document(format_document(document)) == document


@law
@given(cnpj_bases)
def test_a_cnpj_survives_its_mask_and_lower_case(base: str) -> None:
    cnpj = base + cnpj_check_digits(base)
    assume(len(set(cnpj)) > 1)
    document = Document(DocumentKind.CNPJ, cnpj)
    assert parse_document(format_document(document)) == parse_document(cnpj.lower()) == document


def _refused(text: str) -> bool:
    try:
        parse_document(text)
    except InvalidDocument:
        return True
    return False


def _replaced(text: str, position: int, character: str) -> str:
    return text[:position] + character + text[position + 1 :]


# Changing one digit moves the first sum by a weight times the change, never a multiple of 11, so the first check
# digit moves too; only remainders 0 and 1 share a digit, 0. Hence the guarantee holds where that digit is not 0.
@law
@given(cpf_bases, st.integers(min_value=0, max_value=8), st.sampled_from(string.digits))
def test_one_wrong_digit_in_a_cpf_is_caught(base: str, position: int, digit: str) -> None:
    cpf = base + cpf_check_digits(base)
    assume(cpf[9] != "0" and digit != cpf[position])
    assert _refused(_replaced(cpf, position, digit))


@law
@given(cpf_bases, st.integers(min_value=9, max_value=10), st.sampled_from(string.digits))
def test_one_wrong_check_digit_in_a_cpf_is_always_caught(base: str, position: int, digit: str) -> None:
    cpf = base + cpf_check_digits(base)
    assume(digit != cpf[position])
    assert _refused(_replaced(cpf, position, digit))


# With letters the values of two characters may differ by a multiple of 11 (as "A" and "L"): those are excluded.
@law
@given(
    cnpj_bases,
    st.integers(min_value=0, max_value=11),
    st.sampled_from(string.digits + string.ascii_uppercase),
)
def test_one_wrong_character_in_a_cnpj_is_caught(base: str, position: int, character: str) -> None:
    cnpj = base + cnpj_check_digits(base)
    assume(cnpj[12] != "0" and (ord(character) - ord(cnpj[position])) % 11 != 0)
    assert _refused(_replaced(cnpj, position, character))


@law
@given(cnpj_bases, st.integers(min_value=12, max_value=13), st.sampled_from(string.digits))
def test_one_wrong_check_digit_in_a_cnpj_is_always_caught(base: str, position: int, digit: str) -> None:
    cnpj = base + cnpj_check_digits(base)
    assume(digit != cnpj[position])
    assert _refused(_replaced(cnpj, position, digit))


@law
@given(st.text() | st.text("0123456789.-/AZaz ", max_size=18))
def test_reading_a_document_answers_or_refuses_with_a_reason(text: str) -> None:
    document, reason = outcome(parse_document, text, InvalidDocument)
    assert reason.startswith("document_") or parse_document(format_document(document)) == document


@law
@given(phones)
def test_a_phone_survives_its_display(e164: str) -> None:
    assert parse_phone(e164) == parse_phone(format_phone(e164)) == parse_phone(e164[1:]) == e164
    assert parse_phone("0" + e164[3:]) == parse_phone("00" + e164[1:]) == e164


@law
@given(mobiles)
def test_a_mobile_without_its_ninth_digit_is_the_same_whatsapp(e164: str) -> None:
    assume(e164[6] in "6789")
    old = e164[1:5] + e164[6:]
    assert is_mobile(e164)
    assert parse_phone(old) == e164
    assert same_whatsapp_number(e164, old)


@law
@given(landlines)
def test_a_fixed_line_is_never_a_mobile(e164: str) -> None:
    assert not is_mobile(e164)
    assert not same_whatsapp_number(e164, f"{e164[:5]}9{e164[5:]}")


@law
@given(phones)
def test_a_mask_shows_no_more_than_area_and_last_four(e164: str) -> None:
    masked = mask_phone(e164)
    assert sum(character.isdigit() for character in masked) == 6


@law
@given(st.text() | st.text("0123456789+-() ", max_size=20))
def test_reading_a_phone_answers_or_refuses_with_a_reason(text: str) -> None:
    e164, reason = outcome(parse_phone, text, InvalidPhone)
    assert reason.startswith("phone_") or parse_phone(e164) == e164


@law
@given(st.integers(min_value=1, max_value=99_999_999))
def test_a_cep_survives_its_mask_and_a_capital_lies_in_its_state(number: int) -> None:
    cep = f"{number:08d}"
    assert parse_cep(format_cep(cep)) == cep
    city = city_of_cep(cep)
    assert city is None or uf_of_cep(cep) == CAPITALS[city]


@law
@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert "  " not in once
    assert once == once.strip()


latitudes = st.floats(min_value=-90, max_value=90)
longitudes = st.floats(min_value=-180, max_value=180)


@law
@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_symmetric_and_never_more_than_half_round(a: float, b: float, c: float, d: float) -> None:
    there = haversine_metres(a, b, c, d)
    assert 0 <= there <= 20_015_087
    assert there == pytest.approx(haversine_metres(c, d, a, b), rel=1e-6, abs=1e-6)


@law
@given(keys)
def test_every_made_key_is_read_as_itself(key: str) -> None:
    kind, normalised = validate_key(key)
    assert normalised == key
    assert validate_key(f" {key.upper() if kind is not PixKeyKind.PHONE else key} ") == (kind, key)


@law
@given(st.text() | keys.map(lambda key: key[:-1]))
def test_reading_a_key_answers_or_refuses_with_a_reason(text: str) -> None:
    read, reason = outcome(validate_key, text, InvalidPixKey)
    assert reason.startswith(("pix_key_", "document_", "phone_")) or validate_key(read[1]) == read


@law
@given(
    keys,
    printable.map(lambda text: text[:25]),
    printable.map(lambda text: text[:15]),
    st.none() | st.integers(min_value=1, max_value=10**12 - 1),
    st.none() | st.text(string.ascii_letters + string.digits, min_size=1, max_size=25),
    st.none() | st.text(string.ascii_letters, min_size=1, max_size=8),
    st.none() | st.booleans(),
)
def test_a_pix_code_reads_back_what_was_written(
    key: str,
    name: str,
    city: str,
    amount: int | None,
    txid: str | None,
    message: str | None,
    single_use: bool | None,
) -> None:
    code = encode_static(key, name, city, amount, txid, message, single_use=single_use)
    assert decode(code) == PixCode(
        key=key,
        url=None,
        message=message,
        amount_cents=amount,
        receiver_name=name,
        city=city,
        postal_code=None,
        txid=txid,
        merchant_category="0000",
        single_use=single_use,
    )


@law
@given(keys, st.text(min_size=1), st.text(min_size=1))
def test_a_pix_code_is_plain_ascii_within_its_limits(key: str, name: str, city: str) -> None:
    code, reason = outcome(lambda text: encode_static(key, text, city), name, InvalidPixCode)
    if code is None:
        assert reason in {"pix_name", "pix_city"}
        return
    assert code.isascii()
    assert code.isprintable()
    assert len(decode(code).receiver_name) <= 25
    assert len(decode(code).city) <= 15


@law
@given(keys, st.data())
def test_one_changed_character_is_always_refused(key: str, data: st.DataObject) -> None:
    code = encode_static(key, "Padaria", "Recife", 7514, "PED1")
    position = data.draw(st.integers(min_value=0, max_value=len(code) - 1))
    character = data.draw(st.sampled_from(string.ascii_letters + string.digits))
    assume(character != code[position])
    with pytest.raises(InvalidPixCode):
        decode(_replaced(code, position, character))


@law
@given(st.text(max_size=80) | st.text("0123456789BRbr.govix", max_size=80))
def test_reading_a_code_never_fails_in_another_way(text: str) -> None:
    sealed = f"{text}6304{crc16(f'{text}6304'.encode(errors='surrogatepass'))}"
    for code in (text, sealed):
        read, reason = outcome(decode, code, InvalidPixCode)
        assert reason.startswith("pix_") or read.receiver_name
