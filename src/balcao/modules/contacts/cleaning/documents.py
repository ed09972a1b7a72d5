"""CPF and CNPJ in a cell (contacts specification, 4.4).

The check digits are those of balcao.brazil.documents; computed here once more without exceptions, which millions of
cells would pay for, and held equal to them by a test.
"""

from __future__ import annotations

import re
from operator import mul
from typing import Final

from balcao.modules.contacts.cleaning.cells import cell_text, tidy
from balcao.modules.contacts.cleaning.findings import EMPTY, Cell, Cleaned, Finding
from balcao.modules.contacts.cleaning.texts import stands_for_nothing

_MASKED_CPF: Final = re.compile(r"([0-9]{3})\.?([0-9]{3})\.?([0-9]{3})-?([0-9]{2})")
_MASKED_CNPJ: Final = re.compile(r"([0-9]{2})\.?([0-9]{3})\.?([0-9]{3})/?([0-9]{4})-?([0-9]{2})")
_CPF: Final = re.compile(r"[0-9]{8,11}")
_CNPJ: Final = re.compile(r"[0-9A-Z]{12}[0-9]{2}|[0-9]{12,13}")
_LABEL: Final = re.compile(r"(?:CPF|CNPJ|MF|DOCUMENTO|DOC|NO|N)+(?=(?:[0-9]{8,14}|[0-9A-Z]{14})$)")
_MASK: Final = str.maketrans("", "", "./-\\_,:·–—‐‑‒− ")
_WHOLE_AS_FRACTION: Final = re.compile(r"([0-9]{8,14})[.,]0{1,2}")
_SCIENTIFIC: Final = re.compile(r"([0-9])(?:[.,]([0-9]+))?E\+?([0-9]{1,2})")
_EMPTY_MASK: Final = re.compile(r"[\s./_-]*")

_CPF_FIRST: Final = (10, 9, 8, 7, 6, 5, 4, 3, 2)
_CPF_SECOND: Final = (11, *_CPF_FIRST)
_CNPJ_FIRST: Final = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_CNPJ_SECOND: Final = (6, *_CNPJ_FIRST)
# What the codes of the characters add to a sum beyond their values: 48 for each weight.
_CPF_EXCESS: Final = (48 * sum(_CPF_FIRST), 48 * sum(_CPF_SECOND))
_CNPJ_EXCESS: Final = (48 * sum(_CNPJ_FIRST), 48 * sum(_CNPJ_SECOND))
_CODE_OF_DIGIT: Final = (48, 48, *range(57, 48, -1))
"""The ASCII code of the check digit by the remainder of eleven: 0 for 0 and 1, else eleven minus the remainder."""

_FORMATTED: Final = (Finding("DOCUMENT_FORMATTED"),)
_INVALID_CPF: Final = Cleaned("", (), (Finding("CPF_INVALID"),))
_INVALID_CNPJ: Final = Cleaned("", (), (Finding("CNPJ_INVALID"),))


def is_cpf(digits: str) -> bool:
    """Whether eleven ASCII digits are a CPF: modulo 11, and not one digit all over (Receita Federal)."""
    values = digits.encode()
    return (
        _CODE_OF_DIGIT[(sum(map(mul, values, _CPF_FIRST)) - _CPF_EXCESS[0]) % 11] == values[9]
        and _CODE_OF_DIGIT[(sum(map(mul, values, _CPF_SECOND)) - _CPF_EXCESS[1]) % 11] == values[10]
        and digits != digits[0] * 11
    )


def is_cnpj(characters: str) -> bool:
    """Whether fourteen ASCII digits or capitals are a CNPJ; a letter counts as its code minus 48 (Receita Federal)."""
    values = characters.encode()
    return (
        _CODE_OF_DIGIT[(sum(map(mul, values, _CNPJ_FIRST)) - _CNPJ_EXCESS[0]) % 11] == values[12]
        and _CODE_OF_DIGIT[(sum(map(mul, values, _CNPJ_SECOND)) - _CNPJ_EXCESS[1]) % 11] == values[13]
        and characters != characters[0] * 14
    )


def clean_cpf(cell: Cell) -> Cleaned:
    """The eleven digits of a CPF. Eight to ten digits get back the zeros that a spreadsheet took from their front.

    A CNPJ is refused here; use clean_cpf_cnpj where a column may hold both.
    """
    if isinstance(cell, str) and (masked := _MASKED_CPF.fullmatch(cell)):
        return _cpf(cell, "".join(masked.groups()))
    text = _bare(cell)
    return _cpf(cell, text) if text else EMPTY


def clean_cnpj(cell: Cell) -> Cleaned:
    """The fourteen characters of a CNPJ, letters as capitals. Twelve or thirteen digits get their leading zeros back."""
    if isinstance(cell, str) and (masked := _MASKED_CNPJ.fullmatch(cell)):
        return _cnpj(cell, "".join(masked.groups()))
    text = _bare(cell)
    return _cnpj(cell, text) if text else EMPTY


def clean_cpf_cnpj(cell: Cell) -> Cleaned:
    """A CPF (eleven digits) or a CNPJ (fourteen characters), told apart by their length."""
    if isinstance(cell, str) and (masked := _MASKED_CPF.fullmatch(cell) or _MASKED_CNPJ.fullmatch(cell)):
        text = "".join(masked.groups())
    else:
        text = _bare(cell)
    if not text:
        return EMPTY
    return _cpf(cell, text) if len(text) <= 11 else _cnpj(cell, text)


def _cpf(cell: Cell, text: str) -> Cleaned:
    digits = text.zfill(11)
    if not _CPF.fullmatch(text) or not is_cpf(digits):
        return _INVALID_CPF
    return Cleaned(digits) if digits == cell else Cleaned(digits, (), _FORMATTED)


def _cnpj(cell: Cell, text: str) -> Cleaned:
    characters = text.zfill(14)
    if not _CNPJ.fullmatch(text) or not is_cnpj(characters):
        return _INVALID_CNPJ
    return Cleaned(characters) if characters == cell else Cleaned(characters, (), _FORMATTED)


def _bare(cell: Cell) -> str:
    """The characters that count, in capitals; empty when the cell stands for nothing."""
    if cell is None:
        return ""
    text = tidy(cell_text(cell), "NFKC").strip("'\"")
    if stands_for_nothing(text) or _EMPTY_MASK.fullmatch(text):
        return ""
    # Only ASCII: upper() turns letters of other alphabets (such as a dotless i) into plain capitals.
    capitals = text.upper() if text.isascii() else text
    if scientific := _SCIENTIFIC.fullmatch(capitals):
        return _expanded(*scientific.groups(""))
    if whole := _WHOLE_AS_FRACTION.fullmatch(capitals):
        return whole[1]
    bare = capitals.translate(_MASK)
    label = _LABEL.match(bare)
    return (bare[label.end() :] if label else bare) or "?"


def _expanded(first: str, others: str, exponent: str) -> str:
    """The integer that 1.1222333000181E+13 stands for; no digits at all when its last ones are lost."""
    return first + others if int(exponent) == len(others) else "?"
