"""Laws of the rules for cells that hold for whatever a person or a program may have written in them."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from balcao.brazil.addresses import UFS, uf_of_cep
from balcao.brazil.documents import (
    InvalidDocument,
    cnpj_check_digits,
    cpf_check_digits,
    parse_cnpj,
    parse_cpf,
)
from balcao.modules.contacts.cleaning.cells import cell_text, is_placeholder, tidy
from balcao.modules.contacts.cleaning.countries import COUNTRY_CODES
from balcao.modules.contacts.cleaning.dates import DateOrder, clean_date, date_order
from balcao.modules.contacts.cleaning.documents import clean_cnpj, clean_cpf, clean_cpf_cnpj, is_cnpj, is_cpf
from balcao.modules.contacts.cleaning.encoding_repair import repair_encoding
from balcao.modules.contacts.cleaning.findings import CODES, Cell, Cleaned
from balcao.modules.contacts.cleaning.links import clean_instagram, clean_website
from balcao.modules.contacts.cleaning.names import clean_full_name, clean_name_part
from balcao.modules.contacts.cleaning.places import (
    clean_city,
    clean_country,
    clean_postal_code,
    clean_state,
    uf_of_postal_code,
)
from balcao.modules.contacts.cleaning.tags import clean_tags
from balcao.modules.contacts.cleaning.texts import clean_choice, clean_notes, clean_text

law = settings(deadline=None)

TODAY = date(2026, 11, 23)
FRAGMENTS = (
    "Maria", "SILVA", "joão", "da", "DE", "e", "ii", "IV", "LTDA", "ME", "S/A", "Dr.", "sra", "D.", "Prof.ª", "Mª", "Jr.", "MBA",
    "JosÃ©", "Ã£", "Ã", "Â", "├ú", "√©", "&amp;", "&#61;", "&", ";", ",", "|", ":::", ".", "..", "-", " - ", "–", "=", "+", "@", "＝",
    "＠", "'", "’", '"', "(", ")", "[", "]", "/", "\\", "?", "!", "*", "_", "#", "\t", "\n", "\r\n", "\x00", "\x1f", "\x81", "\u200b",
    "\u00ad", "\u00a0", "\ufeff", "😀", "👩\u200d👧", "🇧🇷", "\ufffd", "İ", "ı", "ß", "ǆ", "Ω", "Ж", "中", "١", "１", "ﬁ", "𝓜", "ª", "º",
    "0", "1", "12", "1990", "13083-970", "52998224725", "11 98765-4321", "a@b.com", "www.", ".com", "http://", "x.com.br", "SP",
    "São Paulo", "Brasil", "n/a", "não tem", "x", "12.0", "1E+10", "mai", "25/12", " ", "  ",
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=30),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=2)), max_size=8).map("".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=6).map(" ".join),
    st.builds(lambda text, times: text * times, st.sampled_from(FRAGMENTS), st.integers(1, 2_000)),
)
cells = st.one_of(
    texts, st.none(), st.booleans(), st.integers(), st.floats(), st.datetimes(), st.dates(), st.integers(-1, 99_999_999)
)  # fmt: skip


def _city(cell: Cell) -> Cleaned:
    found = clean_city(cell)
    return Cleaned(found.city, (), found.findings)


def _last_name(cell: Cell) -> Cleaned:
    return clean_name_part(cell, is_last=True)


def _date(cell: Cell) -> Cleaned:
    return clean_date(cell, DateOrder.DAY_FIRST, today=TODAY)


ONE_LINE: dict[str, Callable[[Cell], Cleaned]] = {
    "text": clean_text,
    "first name": clean_name_part,
    "last name": _last_name,
    "city": _city,
    "state": clean_state,
    "tags": clean_tags,
    "website": clean_website,
    "instagram": clean_instagram,
    "CEP": clean_postal_code,
    "country": clean_country,
    "choice": clean_choice,
    "date": _date,
    "CPF": clean_cpf,
    "CNPJ": clean_cnpj,
    "CPF or CNPJ": clean_cpf_cnpj,
}
RULES = ONE_LINE | {"notes": clean_notes}


def _is_safe(value: str) -> bool:
    """No spreadsheet takes it for a formula, whether or not it folds wide letters."""
    return not value or unicodedata.normalize("NFKC", value)[0] not in "=+-@\t\r\n"


@pytest.mark.parametrize("name", RULES)
@given(cell=cells)
@example(cell="\ud800")
@example(cell="=&#61;1")
@example(cell="＝JosÃ©")
@law
def test_every_rule_takes_every_cell(name: str, cell: Cell) -> None:
    rule = RULES[name]
    value, extra, findings = rule(cell)
    assert all(finding.code in CODES for finding in findings)
    # A note keeps its signs; the files that leave put an apostrophe before it.
    assert _is_safe(value) or name == "notes"
    assert value == value.strip()
    value.encode()
    assert not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", value)
    if name in ONE_LINE:
        assert "\n" not in value and "\t" not in value and "\r" not in value
    if value and value != cell_text(cell) and (cell is not None or name != "country"):
        assert findings or (name == "country" and is_placeholder(tidy(repair_encoding(cell_text(cell)))))
    again = rule(value)
    # An empty country is Brazil.
    assert again.value == value or (name == "country" and not value)
    lasting = {"STATE_UNKNOWN", "TEXT_LETTERS_LOST", "NAME_LOOKS_COMPANY", "CITY_STATE_SPLIT"}
    if name == "notes":
        lasting.add("CELL_FORMULA_NEUTRALIZED")
    assert not {finding.code for finding in again.findings} - lasting
    assert extra == tuple(dict.fromkeys(extra))


@given(cell=cells)
@law
def test_what_is_emptied_without_a_word_was_nothing(cell: Cell) -> None:
    for rule in (clean_text, clean_notes):
        value, _, findings = rule(cell)
        if not value and not findings:
            assert is_placeholder(tidy(re.sub(r"[^\w!-~]", " ", repair_encoding(cell_text(cell)))))


@given(cell=cells)
@law
def test_a_whole_name_is_safe_and_stays_as_it_is(cell: Cell) -> None:
    name = clean_full_name(cell)
    assert _is_safe(name.first) and _is_safe(name.last) and _is_safe(name.note)
    assert all(finding.code in CODES for finding in name.findings)
    assert " " not in name.first and (name.first or not name.last)
    assert len(f"{name.first} {name.last}") <= 256
    whole = f"{name.first} {name.last}".strip()
    assert not whole or whole == cell_text(cell) or name.findings
    again = clean_full_name(whole)
    assert (again.first, again.last) == (name.first, name.last)


simple_names = st.lists(
    st.sampled_from(
        [
            "maria",
            "JOÃO",
            "Ana-Maria",
            "d'ávila",
            "D'ÁVILA",
            "da",
            "DE",
            "Von",
            "E",
            "silva",
            "SOUZA",
            "Neto",
            "ME",
            "me",
            "Mei",
            "ltda",
            "II",
            "iv",
            "dr",
            "Sra",
            "dona",
            "sem",
            "NÃO",
            "Na",
            "x",
            "b.",
            "C.",
            "Ó",
            "ñ",
            "McDonald",
        ]
    ),
    min_size=1,
    max_size=5,
).map(" ".join)


@given(text=simple_names)
@law
def test_the_short_way_through_a_name_leads_where_the_long_one_does(text: str) -> None:
    # A character nobody sees keeps a text off the short way.
    quick, long = clean_full_name(text), clean_full_name("\u200b" + text)
    assert quick._replace(findings=()) == long._replace(findings=())
    for is_last in (False, True):
        part = clean_name_part(text, is_last=is_last)
        assert part.value == clean_name_part("\u200b" + text, is_last=is_last).value


portuguese = st.text("abcdeêéáãçõúíóôâ ABÁÉÍÓÚÂÊÔÃÕÇÀ'-", min_size=1, max_size=30)


@given(text=portuguese, encoding=st.sampled_from(["latin-1", "cp850", "mac_roman"]))
@law
def test_accents_broken_once_or_twice_come_back(text: str, encoding: str) -> None:
    assume(not text.isascii())
    broken = text.encode().decode(encoding)
    # A grave capital A alone looks like what somebody may have typed.
    assume(
        encoding != "latin-1" or repair_encoding(broken) != broken or len(re.findall("[à-ÿÁ-Ý]", text)) == 0
    )
    assert repair_encoding(broken) == text
    if encoding == "latin-1":
        assert repair_encoding(broken.encode().decode(encoding)) == text


@given(text=portuguese)
@law
def test_whole_accents_are_left_alone(text: str) -> None:
    assert repair_encoding(text) is text


@given(digits=st.integers(0, 10**11 - 1))
@law
def test_cpf_agrees_with_the_register(digits: int) -> None:
    for text in (f"{digits:011d}", f"{digits:011d}"[:9] + cpf_check_digits(f"{digits:011d}"[:9])):
        try:
            expected = parse_cpf(text)
        except InvalidDocument:
            expected = ""
        assert clean_cpf(text).value == expected
        assert clean_cpf(f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}").value == expected
        assert is_cpf(text) == bool(expected)
        if text[2:8] != "000000" and int(text) >= 10**7:
            assert clean_cpf(int(text)).value == expected


@given(base=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12), wrong=st.booleans())
@law
def test_cnpj_agrees_with_the_register(base: str, wrong: bool) -> None:
    digits = cnpj_check_digits(base)
    text = base + (f"{(int(digits) + 1) % 100:02d}" if wrong else digits)
    try:
        expected = parse_cnpj(text)
    except InvalidDocument:
        expected = ""
    assume(not base.startswith(("CPF", "CNPJ", "MF", "DOC", "N")))
    assert is_cnpj(text) == bool(expected)
    assert clean_cnpj(text).value == expected
    assert (
        clean_cnpj(f"{text[:2]}.{text[2:5]}.{text[5:8]}/{text[8:12]}-{text[12:]}".lower()).value == expected
    )


@given(cep=st.integers(1_000_000, 99_999_999))
@law
def test_any_cep_in_any_dress(cep: int) -> None:
    expected = f"{cep:08d}"[:5] + "-" + f"{cep:08d}"[5:]
    for cell in (cep, float(cep), f"{cep:08d}", expected, f"CEP: {expected[:2]}.{expected[2:]}", f"{cep}.0"):
        assert clean_postal_code(cell).value == expected
    assert uf_of_postal_code(expected) == (uf_of_cep(f"{cep:08d}") or "")


@given(day=st.dates(date(1900, 1, 1), TODAY))
@law
def test_any_birthday_in_any_dress(day: date) -> None:
    months = ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"]
    day_first = (
        f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d.%m.%Y}", f"{day:%d-%m-%Y 10:30}", day.isoformat(), f"{day:%Y/%m/%d}",
        f"{day.day} de {months[day.month - 1]}. de {day.year}", f"{day:%B %d, %Y}", f"{day:%d%m%Y}", f"{day:%Y%m%d}",
        datetime(day.year, day.month, day.day, 8), day,
    )  # fmt: skip
    for cell in day_first:
        assert clean_date(cell, DateOrder.DAY_FIRST, today=TODAY).value == day.isoformat()
    assert clean_date(f"{day:%m/%d/%Y}", DateOrder.MONTH_FIRST, today=TODAY).value == day.isoformat()
    if day >= date(1900, 3, 1):
        serial = (day - date(1899, 12, 30)).days
        assert clean_date(serial, DateOrder.UNSEEN, today=TODAY).value == day.isoformat()
        assert clean_date(serial + 0.5, DateOrder.UNSEEN, today=TODAY).value == day.isoformat()
    if day > date(1904, 1, 1):
        serial = (day - date(1904, 1, 1)).days
        assert clean_date(serial, DateOrder.UNSEEN, is_1904=True, today=TODAY).value == day.isoformat()


@given(days=st.lists(st.dates(date(1900, 1, 1), TODAY), min_size=1))
@law
def test_a_column_written_in_one_order_is_never_read_in_another(days: list[date]) -> None:
    assert date_order(f"{day:%d/%m/%Y}" for day in days) in (DateOrder.DAY_FIRST, DateOrder.ASSUMED)
    assert date_order(f"{day:%m/%d/%Y}" for day in days) in (DateOrder.MONTH_FIRST, DateOrder.ASSUMED)


@given(cell=cells, order=st.sampled_from(DateOrder), is_1904=st.booleans())
@law
def test_a_birthday_is_a_day_of_a_living_person(cell: Cell, order: DateOrder, is_1904: bool) -> None:
    value = clean_date(cell, order, is_1904=is_1904, today=TODAY).value
    assert not value or date(1900, 1, 1) <= date.fromisoformat(value) <= TODAY
    anyday = clean_date(cell, order, is_1904=is_1904, is_birthday=False, today=TODAY).value
    assert not anyday or date.fromisoformat(anyday) + timedelta(0)


@given(cell=cells)
@law
def test_places_and_links_come_from_closed_shapes(cell: Cell) -> None:
    assert re.fullmatch(r"(?:[0-9]{5}-[0-9]{3})?", clean_postal_code(cell).value)
    assert clean_country(cell).value in {"", *COUNTRY_CODES.values()}
    assert clean_city(cell).state in {"", *UFS}
    assert re.fullmatch(r"(?:https?://[^\s@/]+\.[^\s@/]+(?:/.*|[?#].*)?)?", clean_website(cell).value)
    assert re.fullmatch(r"[a-z0-9_.]{0,30}", clean_instagram(cell).value)
    assert clean_choice(cell).value in ("", "yes", "no")
    for tag in clean_tags(cell).value.split(", "):
        assert "." not in tag and _is_safe(tag)
