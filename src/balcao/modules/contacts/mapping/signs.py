"""What a single cell looks like: cheap signs, each a bit, from regular expressions and check digits.

They only choose the column; the rules of the cleaning decide on each cell later, and are stricter.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from balcao.brazil.addresses import fold, uf_of_cep
from balcao.brazil.documents import cnpj_check_digits, cpf_check_digits
from balcao.modules.contacts.cleaning.cells import cell_text, is_placeholder, tidy
from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.mapping.known_words import (
    CHOICES,
    CITIES,
    COUNTRIES,
    FIRST_NAMES,
    STATES,
    SURNAMES,
    UF_CODES,
)

(
    BLANK, TEXT, AT, EMAIL, HANDLE, PHONE, MOBILE, LOCAL, PHONE_SHAPE, CPF, CPF_SHAPE, CNPJ, CNPJ_SHAPE, CEP, CEP_MASKED,
    CEP_SHAPE, STATE, UF_CODE, TWO_LETTERS, DATE, DATE_SHAPE, BIRTH_YEAR, URL, NAME, ONE_NAME, FIRST_NAME, SURNAME, CITY,
    COUNTRY, STREET, COMPANY, CHOICE, SMALL_NUMBER, DDD, TWO_DIGITS, DDI, ODD,
) = (1 << bit for bit in range(37))  # fmt: skip

_LONGEST: Final = 200
_NOT_DIGIT: Final = re.compile(r"[^0-9]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_EMAIL: Final = re.compile(r"[^\s@<>;,]+@[^\s@<>;,]+\.[^\W\d_]{2,}")
_HANDLE: Final = re.compile(r"@[\w.]{2,30}")
_URL: Final = re.compile(
    r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|br|net|org|io|app|store|shop|site|online|me|info|biz|art|pt)(?:/\S*)?",
    re.IGNORECASE,
)
_NAME_WORD: Final = r"[^\W\d_]+(?:['’´`.\-][^\W\d_]*)*,?"
_NAME: Final = re.compile(rf"{_NAME_WORD}(?: {_NAME_WORD}){{0,5}}")
_CITY_AND_STATE: Final = re.compile(r"[a-z][a-z .'-]+? ?[-/,(] ?([a-z]{2})\)?")
_STREET: Final = re.compile(
    r"(?:rua|r\.|avenida|av\.?|alameda|al\.|travessa|tv\.?|trav\.?|rodovia|rod\.?|estrada|estr?\.|praca|pca\.?|largo|ladeira|"
    r"quadra|qd\.?|sq[ns]|servidao|beco|viela|street)[ .]"
)
_COMPANY: Final = re.compile(r"\b(?:ltda|eireli|epp|mei|s\.?/?a|cia|inc|llc)\.?$|- me$| me$")
_MONTHS: Final = r"(?:jan|fev|feb|mar|abr|apr|mai|may|jun|jul|ago|aug|set|sep|out|oct|nov|dez|dec)"
_DATE: Final = re.compile(
    r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?P<last>[0-9]{4}|[0-9]{2})(?:,?[ T][0-9]{1,2}:.*)?"
    r"|(?P<first>[0-9]{4})[/.-][0-9]{1,2}[/.-][0-9]{1,2}(?:[ T][0-9]{1,2}:.*)?"
    rf"|[0-9]{{1,2}}(?: de |[/ .-]){_MONTHS}[a-zç]*\.?(?: de |[/ .,-])(?P<named>[0-9]{{4}}|[0-9]{{2}})",
    re.IGNORECASE,
)
_DATE_SHAPE: Final = re.compile(
    rf"[0-9]{{1,2}}[/-][0-9]{{1,2}}|[0-9]{{1,2}}(?: de |[/ -]){_MONTHS}[a-zç]*|[0-9]{{8}}|[0-9]{{10}}|[0-9]{{13}}"
    rf"|{_MONTHS}[a-z]* [0-9]{{1,2}},? [0-9]{{4}}.*",
    re.IGNORECASE,
)
_CPF_MASKED: Final = re.compile(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}[-./ ]?[0-9]{2}|[0-9]{9}-[0-9]{2}")
_CPF_BARE: Final = re.compile(r"[0-9]{8,11}")
_CNPJ: Final = re.compile(
    r"[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?[0-9]{2}|[0-9]{12,13}", re.IGNORECASE | re.ASCII
)
_CEP_MASKED: Final = re.compile(r"[0-9]{5}-[0-9]{3}|[0-9]{2}\.[0-9]{3}-[0-9]{3}")
_CEP_SHAPE: Final = re.compile(r"(?:z:)?[0-9][0-9. -]{3,10}[0-9]")
_SMALL_NUMBER: Final = re.compile(r"(?:n[º°o]?\.? ?|km ?)?[0-9]{1,5}(?:[ ./-]?[A-Z]{1,2})?", re.IGNORECASE)
_DDD: Final = re.compile(r"\(?0?([0-9]{2})\)?")
_DDI: Final = re.compile(r"\+?[0-9]{1,3}")
_AREA_CODE: Final = re.compile(r"1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9]")
_LABEL: Final = r"(?:p:|(?:tel|cel|fone|telefone|celular|whats|whatsapp|wpp|zap|contato|ligar)[.: -]*)?"
_PHONE: Final = re.compile(rf"\W*?{_LABEL}\s*(\(?\+?[0-9(][0-9\s().xX–-]{{6,24}})(?=[^0-9]|$)", re.IGNORECASE)
_WHATSAPP_LINK: Final = re.compile(r"(?:wa\.me/|whatsapp\.com/\S*phone=)\+?([0-9]{8,15})", re.IGNORECASE)
_LEADING_NUMBER: Final = re.compile(r"\(?0?[1-9][0-9]\)?[ -]?9?[ .-]?[2-9][0-9]{3}[ .-]?[0-9]{4}(?![0-9])")
_LOCAL: Final = re.compile(r"9?[ .-]?[2-9][0-9]{3}[ .-]?[0-9]{4}")
_NEXT_NUMBER: Final = re.compile(r"[;|/&\n,]|\s(?:e|ou)\s|\s:::\s")
_NEW_LINE: Final = re.compile(r"\s*[\r\n]\s*")
_SCIENTIFIC: Final = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]{1,2}", re.IGNORECASE)
_FIRST_SERIAL, _LAST_SERIAL = 3_653, 60_000
"""Days of a spreadsheet: 1910 to 2064."""
_LAST_BIRTH_YEAR: Final = 2012
"""Newer dates are rather those of a registration."""


def signs_of(cell: Cell) -> int:
    """The signs of a cell: BLANK alone when it stands for nothing, ODD alone when it looks like nothing we know."""
    if isinstance(cell, date):
        return DATE | DATE_SHAPE | _birth(cell.year)
    if isinstance(cell, bool):
        return CHOICE
    text = tidy(_NEW_LINE.sub(" ; ", cell_text(cell)[:_LONGEST].strip()), "NFKC")
    if is_placeholder(text):
        return BLANK
    if "@" in text:
        return _at_signs(text)
    digits = _NOT_DIGIT.sub("", text)
    if not digits:
        return _word_signs(text) or ODD
    signs = _number_signs(text, digits)
    if isinstance(cell, int | float) and _FIRST_SERIAL <= cell <= _LAST_SERIAL:
        signs |= DATE_SHAPE
    return signs or ODD


def _folded(text: str) -> str:
    """Of a tidied text. Most are plain, and need no accents taken off."""
    return text.lower() if text.isascii() else fold(text)


def _at_signs(text: str) -> int:
    if _EMAIL.search(text):
        return AT | EMAIL
    return AT | HANDLE if _HANDLE.fullmatch(text) else AT


def _word_signs(text: str) -> int:
    folded = _folded(text)
    if folded in CHOICES:
        return CHOICE
    signs = TEXT | _text_signs(text, folded) if _LETTER.search(text) else 0
    if folded in UF_CODES:
        signs |= STATE | UF_CODE
    if folded in STATES:
        signs |= STATE
    if len(folded) == 2:
        signs |= TWO_LETTERS
    if folded in COUNTRIES:
        signs |= COUNTRY
    place = _CITY_AND_STATE.fullmatch(folded)
    if folded in CITIES or (place is not None and place[1] in UF_CODES):
        signs |= CITY
    if _NAME.fullmatch(text):
        signs |= _name_signs(folded)
    return signs


def _text_signs(text: str, folded: str) -> int:
    signs = 0
    if _STREET.match(folded):
        signs |= STREET
    if _COMPANY.search(folded):
        signs |= COMPANY
    if _URL.fullmatch(text):
        signs |= URL
    return signs


def _name_signs(folded: str) -> int:
    words = folded.split(" ")
    # "Silva, João": the first name stands behind the comma.
    first = words[-1] if len(words) > 1 and words[-2].endswith(",") else words[0]
    signs = NAME if len(words) > 1 else ONE_NAME
    if first.strip(".,") in FIRST_NAMES:
        signs |= FIRST_NAME
    if words[-1] in SURNAMES:
        signs |= SURNAME
    return signs


def _number_signs(text: str, digits: str) -> int:
    signs = _document_signs(text, digits) | _date_signs(text)
    if _CEP_MASKED.fullmatch(text):
        signs |= CEP | CEP_MASKED | CEP_SHAPE
    elif _CEP_SHAPE.fullmatch(text) and len(digits) <= 9:
        signs |= CEP_SHAPE
        if len(digits) in {7, 8} and uf_of_cep(digits.zfill(8)):
            signs |= CEP
    if _SMALL_NUMBER.fullmatch(text):
        signs |= SMALL_NUMBER
    area = _DDD.fullmatch(text)
    if area:
        signs |= TWO_DIGITS | (DDD if _AREA_CODE.fullmatch(area[1]) else 0)
    if _DDI.fullmatch(text):
        signs |= DDI
    if _LETTER.search(text):
        signs |= TEXT | _text_signs(text, _folded(text))
    if not signs & (DATE | CEP_MASKED) and not (signs & CNPJ_SHAPE and len(digits) == 14):
        signs |= _phone_signs(text, digits, signs)
    # Eleven digits without a valid check: by the third digit and the area code, a mobile and no mistyped CPF.
    return signs & ~CPF_SHAPE if signs & MOBILE and not signs & CPF else signs


def _document_signs(text: str, digits: str) -> int:
    signs = 0
    is_masked = _CPF_MASKED.fullmatch(text)
    if is_masked or _CPF_BARE.fullmatch(text):
        signs |= CPF_SHAPE
        whole = digits.zfill(11)
        if whole.endswith(cpf_check_digits(whole[:9])) and len(set(whole)) > 1:
            signs |= CPF
    elif _CNPJ.fullmatch(text):
        signs |= CNPJ_SHAPE
        whole = re.sub("[./-]", "", text).upper().zfill(14)
        if whole.endswith(cnpj_check_digits(whole[:12])) and len(set(whole)) > 1:
            signs |= CNPJ
    return signs


def _date_signs(text: str) -> int:
    found = _DATE.fullmatch(text)
    if found:
        year = int(found["last"] or found["first"] or found["named"])
        return DATE | DATE_SHAPE | _birth(year)
    return DATE_SHAPE if _DATE_SHAPE.fullmatch(text) else 0


def _birth(year: int) -> int:
    return BIRTH_YEAR if 1900 < year <= _LAST_BIRTH_YEAR else 0


def _phone_signs(text: str, digits: str, signs: int) -> int:
    if _SCIENTIFIC.fullmatch(text):
        return PHONE_SHAPE
    link = _WHATSAPP_LINK.search(text)
    piece = link[1] if link else _NEXT_NUMBER.split(text, maxsplit=1)[0]
    found = _PHONE.match(piece)
    # Masked documents are no telephones, whatever their digits are.
    if found is None or (signs & CPF_SHAPE and _CPF_MASKED.fullmatch(text)):
        return 0
    kind = PHONE_SHAPE | PHONE | MOBILE if link else _kind(found[1])
    if kind:
        return kind
    count = len(_NOT_DIGIT.sub("", found[1]))
    if count > 15 and _LEADING_NUMBER.match(found[1]):
        return PHONE_SHAPE | PHONE
    is_document = bool(signs & CPF) and len(digits) == 11
    return PHONE_SHAPE if 7 <= count <= 15 and not is_document else 0


def _kind(number: str) -> int:
    """Of a text of digits and punctuation: a whole Brazilian or foreign number, or one without its area code."""
    digits = _NOT_DIGIT.sub("", number)
    if number.lstrip("( ").startswith("+") and not digits.startswith("55"):
        return PHONE | PHONE_SHAPE if 8 <= len(digits) <= 15 else 0
    national = digits.lstrip("0")
    if len(national) in {12, 13, 14}:
        # Fifty-five is the country; behind a leading zero the first two are the carrier.
        if national.startswith("55"):
            national = national[2:].lstrip("0")
        elif digits.startswith("0"):
            national = national[2:]
    if len(national) in {10, 11} and _AREA_CODE.match(national):
        if len(national) == 11:
            return PHONE | PHONE_SHAPE | MOBILE if national[2] == "9" else 0
        if national[2] > "1":
            return PHONE | PHONE_SHAPE | (MOBILE if national[2] > "5" else 0)
    return LOCAL | PHONE_SHAPE if _LOCAL.fullmatch(number.strip(" ().-xX")) else 0
