"""A cell of telephones cut into the texts of its numbers (contacts specification, 4.1, rules 1 to 5)."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import Final, NamedTuple

from balcao.modules.contacts.cleaning.cells import tidy
from balcao.modules.contacts.cleaning.phone_numbers import AREA, digits_of

_LETTER: Final = r"[^\W\d_]"
_STRONG: Final = re.compile(r"[;|\r\n\t\v\f&•·\u2028\u2029]|:::|\b(?:e|ou|and|or)\b", re.IGNORECASE)
_WEAK: Final = re.compile(r"[/,\\]|(?=\+[^\w+]*[0-9])")
_LETTERS: Final = re.compile(rf"{_LETTER}+|\n")
ONE: Final = re.compile(r"(?:\+?55 ?)?(?:\(?0?[0-9]{2}\)?[ .-]?)?9?[ .-]?[0-9]{4}[ .-]?[0-9]{4}")
"""One number and nothing else, with or without area code, possible or not."""
_ANY_DIGIT: Final = re.compile(r"[0-9]")
_ORDINAL: Final = re.compile(r"(?<![0-9])[0-9][ºª°]|[ºª°]")
_CARRIER_BLANK: Final = re.compile(r"(?<![^\W\d_])[xX*]{2,3}(?=[^\w]*[0-9])")
"""The xx of 0xx11: where the caller puts a carrier."""
_LETTER_O: Final = re.compile(rf"(?<=[0-9])[oO]+(?!{_LETTER})|(?<!{_LETTER})[oO]+(?=[0-9])")
_NOISE: Final = re.compile(
    r"(?<![0-9])(?:"
    r"(?:0?[1-9]|[12][0-9]|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9-])"  # date
    r"|(?:19|20)[0-9]{2}([/-])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12][0-9]|3[01])(?![0-9-])"
    r"|(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?![0-9])"  # time of day
    r"|(?:[01]?[0-9]|2[0-4]) ?h(?:s|rs?|oras?)?(?:[0-5][0-9])?(?![^\W_])"
    r"|(?<![^\s])[1-9](?:\)|\. )"  # the 1 of a list
    rf"|(?:(?<={_LETTER})|(?<={_LETTER}[ .]))[0-9] ?[:)=]"  # the 2 of “Tel 2:”
    r")"
    r"|\b(?:cpf|cnpj|rg|cep)\b\W*[0-9][0-9./-]*"  # documents that say what they are
    r"|\( ?[0-9] ?\)$",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(rf"[^\s;,|/<>]*{_LETTER}[^\s;,|/<>]*@[^\s;,|/<>]+")
_SCIENTIFIC: Final = re.compile(r"([0-9]+)(?:[.,]([0-9]*))?\s*[eE]\s*\+?\s*([0-9]{1,3})")
_WHOLE: Final = re.compile(r"(\+?[0-9]+)[.,]0+")
_THOUSANDS: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3}){2,})(?:[.,]0{1,2})?")
_EXTENSION: Final = re.compile(
    rf"(?<!{_LETTER})(?:ramal|ramais|ram|rml|extens[aã]o|extension|ext|r|x|#)[\s.:=#-]*([0-9]{{1,6}})"
    rf"(?=[^0-9]*$|[\s.)-]*{_LETTER}|\s*\()",
    re.IGNORECASE,
)
_ONLY_EXTENSION: Final = re.compile(
    rf"[^\w]*(?:{_LETTER}*\W+)??(?:ramal|ramais|ram|rml|extens[aã]o|extension|ext|r|x|#)[\s.:=#-]*([0-9]{{1,6}})[^0-9]*",
    re.IGNORECASE,
)
_SHORTHAND: Final = re.compile(r"[^0-9(]*([0-9]{1,4})[^0-9)]*")
_ONLY_AREA: Final = re.compile(rf"\W*0?{AREA}\W*")
_AREA_BEFORE: Final = re.compile(rf"[^0-9]*(?:55)?[^0-9]*0?{AREA}[^0-9]*9?[^0-9]*")
_AREA_AFTER: Final = re.compile(
    rf"[^0-9(+]*((?:9[\s.-]?)?[0-9]{{4}}[\s.-]?[0-9]{{4}})\W*(?:\(\s*0?({AREA})\s*\)|ddd\W*0?({AREA}))[^0-9]*",
    re.IGNORECASE,
)
_ONE_OF_SERIES: Final = re.compile(
    rf"[^0-9(+]*((?:\+?55[\s.-]*)?(?:\(\s*0?{AREA}\s*\)|0?{AREA})[\s.-]*(?:9[\s.-]?[0-9]{{4}}|[2-9][0-9]{{3}})[\s.-]?[0-9]{{4}}"
    r"|(?:9[\s.]?)?[0-9]{4}-[0-9]{4})(?=[^0-9]|$)"
)


class Piece(NamedTuple):
    """The text of one number, without letters. `shorthand` holds the last digits that differ from the number before."""

    text: str = ""
    shorthand: str = ""
    extension: str = ""
    has_letter_o: bool = False
    is_lossy: bool = False


_NO_PIECE: Final = Piece()


def plain(text: str) -> str:
    """The text with digits of every script and width as 0-9, and without the ordinals that NFKC would turn to letters."""
    if "&" in text and ";" in text:
        text = unescape(text)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", _ORDINAL.sub(" ", text))
    if text.isascii():
        return text
    return "".join([character if character < "\x80" else _ascii_digit(character) for character in text])


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def split_cell(text: str) -> list[Piece]:
    """The pieces of a cell that hold digits, in the order in which they stand. `text` is the outcome of `plain`."""
    pieces: list[Piece] = []
    for part in _STRONG.split(text):
        _add_part(tidy(part, "NFKC"), pieces)
    for position, piece in enumerate(pieces[1:], 1):
        area = pieces[position - 1].text
        if _ONLY_AREA.fullmatch(area) and len(digits_of(piece.text)) in {8, 9}:
            pieces[position - 1] = Piece()
            pieces[position] = piece._replace(text=f"{area} {piece.text}")
    return [piece for piece in pieces if piece != _NO_PIECE]


def _add_part(part: str, pieces: list[Piece]) -> None:
    number = written_as_number(part)
    if number is not None:
        pieces.append(number)
        return
    texts = _WEAK.split(part)
    if all(ONE.fullmatch(text.strip()) for text in texts):
        pieces += [Piece(text) for text in texts]
        return
    if "@" in part:
        part = _EMAIL.sub("\n", part)
    for text in _joined(_WEAK.split(_NOISE.sub("\n", _CARRIER_BLANK.sub("", part)))):
        _add_text(text, pieces)


def written_as_number(text: str) -> Piece | None:
    """What a spreadsheet made of the digits: 5.51E+12, 11987654321.0, 11.987.654.321,00. None when it is none of these."""
    if whole := _WHOLE.fullmatch(text):
        return Piece(whole[1])
    if grouped := _THOUSANDS.fullmatch(text):
        return Piece(digits_of(grouped[1]))
    power = _SCIENTIFIC.fullmatch(text)
    if power is None:
        return None
    fraction, exponent = power[2] or "", int(power[3])
    if len(fraction) < exponent:
        return Piece(is_lossy=True)
    return Piece(power[1] + fraction[:exponent])


def _joined(parts: list[str]) -> list[str]:
    """Parts around / and , put together again while they hold less than a number: 11/98765-4321, (11) 98765,4321.

    Short parts behind a whole number stay apart, for each is another ending of it: 3456-7890/7891/7892.
    """
    joined = [parts[0]]
    for part in parts[1:]:
        before, here = len(digits_of(joined[-1])), len(digits_of(part))
        is_ending = len(joined) > 1 and max(before, here) <= 4 and len(digits_of(joined[0])) >= 8
        is_one = not is_ending and (before + here >= 8 or len(joined) == 1)
        if 0 < before < 8 and here and before + here <= 13 and is_one:
            joined[-1] += " " + part
        else:
            joined.append(part)
    return joined


def _add_text(text: str, pieces: list[Piece]) -> None:
    if not _ANY_DIGIT.search(text):
        return
    if pieces and (short := _short_piece(text, pieces[-1])):
        pieces.append(short)
        return
    extension = ""
    for found in _EXTENSION.finditer(text):
        if len(digits_of(text[: found.start()])) >= 8:
            extension = found[1]
            text = f"{text[: found.start()]}\n{text[found.end() :]}"
            break
    zeroed = _LETTER_O.sub(lambda run: "0" * len(run[0]), text)
    after = _AREA_AFTER.fullmatch(zeroed)
    chunks = [f"{after[2] or after[3]} {after[1]}"] if after else _chunks(zeroed)
    pieces += [Piece(number, has_letter_o=zeroed != text) for chunk in chunks for number in _series(chunk)]
    if extension:
        pieces.append(Piece(extension=extension))


def _short_piece(text: str, before: Piece) -> Piece | None:
    """Digits that only mean something after the number before them: another ending, or an extension."""
    if only := _ONLY_EXTENSION.fullmatch(text):
        return Piece(extension=only[1])
    short = _SHORTHAND.fullmatch(text)
    if short is None:
        return None
    return Piece(extension=short[1]) if before.extension else Piece(shorthand=short[1])


def _chunks(text: str) -> list[str]:
    """The runs between the words. Short runs beside a whole number say something else, or are its area code."""
    chunks = [chunk for chunk in _LETTERS.split(text) if _ANY_DIGIT.search(chunk)]
    lengths = [len(digits_of(chunk)) for chunk in chunks]
    if len(chunks) == 1:
        return chunks
    if not any(length >= 8 for length in lengths):
        return [" ".join(chunks)] if chunks else []
    whole: list[str] = []
    area = ""
    for chunk, length in zip(chunks, lengths, strict=True):
        if length < 8:
            area = chunk if _AREA_BEFORE.fullmatch(chunk) else ""
            continue
        whole.append(f"{area} {chunk}" if area and length <= 9 else chunk)
        area = ""
    return whole


def _series(text: str) -> list[str]:
    """Two or more numbers with nothing but blanks and dashes between them, when that leaves no digit over."""
    if len(digits_of(text)) < 16:
        return [text]
    numbers: list[str] = []
    position, last = 0, len(text.rstrip(" -.,:()"))
    while position < last:
        found = _ONE_OF_SERIES.match(text, position)
        if found is None:
            return [text]
        numbers.append(found[1])
        position = found.end()
    return numbers
