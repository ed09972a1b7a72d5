"""The cell of a name, taken apart: what is the name, and what else people write beside it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from balcao.brazil.addresses import fold
from balcao.modules.contacts.cleaning.cells import is_placeholder_name, tidy
from balcao.modules.contacts.cleaning.documents import is_cnpj, is_cpf
from balcao.modules.contacts.cleaning.encoding_repair import repair_encoding
from balcao.modules.contacts.cleaning.findings import Finding
from balcao.modules.contacts.cleaning.name_words import (
    COMPANY_ENDINGS,
    HONORIFICS,
    HONORIFICS_WITH_PERIOD,
    LAST_CAPITALS_OF_COMPANIES,
    LAST_WORDS_OF_COMPANIES,
    NO_NAME,
    POST_NOMINALS,
    SUFFIXES,
)
from balcao.modules.contacts.cleaning.texts import (
    FORMULA_SIGNS,
    NEUTRALIZED,
    REPAIRED,
    TOO_LONG,
    without_controls,
    without_leading_signs,
)


@dataclass(slots=True)
class NamePieces:
    """The words of a name as they were spelled, and what was taken off. `company` is the whole text of a company."""

    words: list[str] = field(default_factory=list[str])
    company: str = ""
    email: str = ""
    phone: str = ""
    note: str = ""
    findings: list[Finding] = field(default_factory=list[Finding])

    def tell(self, code: str, note: str = "") -> None:
        """Note once what was done."""
        if all(finding.code != code for finding in self.findings):
            self.findings.append(Finding(code, note))

    def join(self, later: NamePieces) -> None:
        """Add what a second look at the remaining words found."""
        self.company = self.company or later.company
        self.email = self.email or later.email
        self.phone = self.phone or later.phone
        self.note = "; ".join(filter(None, (self.note, later.note)))
        for finding in later.findings:
            self.tell(*finding)


_MOST_CHARACTERS: Final = 1_000
_LONGEST_NO_NAME: Final = 40
_FANCY: Final = re.compile("[\uff01-\uff5e\u24b6-\u24e9\U0001d400-\U0001d7ff]+")
"""Letters that are ornaments: full width, circled, mathematical."""
_SIGNS: Final = re.compile(
    "[\u20d0-\u20ff\u2122\u2190-\u2bff\u3030\u303d\u3297\u3299\ue000-\uf8ff\ufe00-\ufe0f\U0001f000-\U0001fbff\U000e0000-\U000e0fff"
    r"©®™°¦¬§*#$%^~<>{}|;\\\"_=“”„«»‹›¨†‡]+"
)
_APOSTROPHES: Final = re.compile(r"(?<=[^\W\d_])[´`’‘ʼ＇](?=[^\W\d_])")
_PAYLOAD: Final = re.compile(rf"[{FORMULA_SIGNS}].*[|!(\"]", re.DOTALL)
_EMAIL: Final = re.compile(r"<?(?:mailto:)?([^\s<>()\[\],;:\"'|]+@[^\s<>()\[\],;:\"'|]+)>?", re.IGNORECASE)
_PHONE_ALONE: Final = re.compile(r"[\d\s+().,;/\-–]{8,60}")
_PHONE: Final = re.compile(r"(?<![\w.,/])(?<!\d )\+?\(?\d[\d ().\-–]{6,20}\d(?![\w/]| \d)")
_DATE: Final = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}")
_LABEL_LEFT: Final = re.compile(
    r"(?:^|\s)[-–(]*(?:tel|telefone|cel|celular|fone|fixo|contato|whats|whatsapp|zap|wpp|e-?mail)\s*[:.)-]*\s*$",
    re.IGNORECASE,
)
_DOCUMENT: Final = re.compile(
    r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b|\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\b|(?<![\w.+])\d{11}(?!\w)|(?<![\w.+])\d{14}(?!\w)|^\d{2}\.\d{3}\.\d{3}(?= [^\W\d_])"
)
_NUMBERING: Final = re.compile(r"^(?:n[º°o.]{1,2} ?)?\d{1,6} ?[-–—.):º°]+ *(?=[^\W\d_])", re.IGNORECASE)
_SR_OR_SRA: Final = re.compile(r"^((?:sr|dr|prof|exmo|ilmo)\.?) ?\([aª]\)\.?(?=\W|$)", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"\s*(?:\(([^()]*)\)?|\[([^\[\]]*)\]?)\s*")
_DASH: Final = re.compile(r" [-–—]+ ")
_TITLE_AND_NAME: Final = re.compile(
    r"^((?:sr|sra|srta|dr|dra|prof|profa|eng|enga)(?:[ªº]\.?|\.[ªº]?))(?=[^\W\d_ªº])", re.IGNORECASE
)
_ALPHABETIC: Final = re.compile(r"[^\W\d_]+(?:[ .'-]+[^\W\d_]+)*\.?")
_SEVERAL_PEOPLE: Final = re.compile(r"\s(?:e|&|ou|and)\s", re.IGNORECASE)
_COMPANY_WORDS: Final = re.compile(r"[^\s,;()\-–—]+")
_NOTHING_FOLLOWS: Final = re.compile(r"[.\s]*(?:$|[,;(\-–—])")
_EDGES: Final = ",;:!?…·•*\"'`´^~¨|\\/_-–—=+@#$%<>()[]{}“”‘’«»¡¿‹›„＝＋－＠﹦﹢﹣﹫⁼⁺₌₊﬩⩵"
_LOST: Final = re.compile(r"[^\W\d_]\?{1,2}[^\W\d_]|\ufffd")
_LETTERS_ONLY: Final = re.compile(r"[^a-z]+")


def take_apart(original: str, *, is_whole: bool, is_last: bool = False) -> NamePieces:
    """The pieces of a cell. `is_whole`: it holds first and last name, so that "Silva, João" is turned round.

    Last names keep what looks like a form of address.
    """
    pieces = NamePieces()
    text = _legible(original, pieces)
    if _stands_for_nothing(text):
        return pieces
    if _is_phone_alone(text):
        pieces.phone = text
        pieces.tell("NAME_IS_PHONE")
        return pieces
    if _PAYLOAD.match(text):
        pieces.findings = [Finding("CELL_FORMULA_BLANKED")]
        return pieces
    safe = without_leading_signs(text)
    if safe is not text:
        pieces.findings.append(NEUTRALIZED)
    text = _without_contacts(safe, pieces)
    if company := _company(text):
        pieces.company = company
        pieces.tell("NAME_LOOKS_COMPANY")
    else:
        text = _without_notes(text, pieces)
        text = _in_order(text, pieces) if is_whole else text
    pieces.words = _words(_without_signs(text, pieces), pieces, takes_titles=not is_last)
    if _LOST.search(text):
        pieces.tell("TEXT_LETTERS_LOST")
    return pieces


def _legible(original: str, pieces: NamePieces) -> str:
    if len(original) > _MOST_CHARACTERS:
        original = original[:_MOST_CHARACTERS]
        pieces.findings.append(TOO_LONG)
    text = repair_encoding(original)
    if text is not original:
        pieces.findings.append(REPAIRED)
        if original.isupper():
            # The letter inside JOSÃ© was written small by whoever broke the rest.
            text = text.upper()
    if not text.isascii():
        text = _FANCY.sub(lambda letters: unicodedata.normalize("NFKC", letters[0]), text)
    return tidy(without_controls(_APOSTROPHES.sub("'", text)))


def _plain(text: str) -> str:
    """Without accents, in lower case: as fold() has it, and quicker where nothing is to be taken off."""
    return text.lower() if text.isascii() else fold(text)


def _stands_for_nothing(text: str) -> bool:
    return len(text) <= _LONGEST_NO_NAME and (
        is_placeholder_name(text) or _plain(text).strip(" .-()!*") in NO_NAME
    )


def _is_phone_alone(text: str) -> bool:
    if (
        not _PHONE_ALONE.fullmatch(text)
        or _DATE.fullmatch(text)
        or (_DOCUMENT.fullmatch(text) and _is_document(text))
    ):
        return False
    return sum(map(str.isdigit, text)) >= 8


def _is_document(text: str) -> bool:
    """Whether digits are a CPF or a CNPJ: by their mask, or by their check digits."""
    if not text.isdigit():
        return True
    return text.isascii() and (is_cpf(text) if len(text) == 11 else is_cnpj(text))


def _without_contacts(text: str, pieces: NamePieces) -> str:
    """The text without the e-mail, the telephone, the document and the running number that stood in it."""
    if "@" in text and (email := _EMAIL.search(text)):
        pieces.email = email[1]
        pieces.tell("NAME_IS_EMAIL")
        text = _cut(text, email)
    if not any(map(str.isdigit, text)):
        return text
    while (document := _DOCUMENT.search(text)) and _is_document(document[0]):
        text = _cut(text, document)
        pieces.tell("NAME_SYMBOLS_REMOVED")
    phone = _PHONE.search(text)
    if phone and not _DATE.fullmatch(phone[0]) and 8 <= sum(map(str.isdigit, phone[0])) <= 15:
        pieces.phone = phone[0]
        pieces.tell("NAME_IS_PHONE")
        text = _cut(text, phone)
    if numbering := _NUMBERING.match(text):
        text = text[numbering.end() :]
        pieces.tell("NAME_SYMBOLS_REMOVED")
    return text


def _cut(text: str, found: re.Match[str]) -> str:
    """Without what was found, the label in front of it, and the dash between it and the name."""
    before = _LABEL_LEFT.sub("", text[: found.start()]).rstrip(" -–—/|:;,(")
    after = text[found.end() :].lstrip(" /|:;,)")
    bare = after.lstrip("-–— ")
    return f"{before}{' - ' if before and bare != after else ' '}{bare}".strip()


def _company(text: str) -> str:
    """The text of a company's name, or nothing when it is a person's."""
    for word in _COMPANY_WORDS.finditer(text):
        lower = word[0].lower().rstrip(".")
        if lower in COMPANY_ENDINGS:
            return text
        is_ending = lower in LAST_WORDS_OF_COMPANIES or word[0].rstrip(".") in LAST_CAPITALS_OF_COMPANIES
        if is_ending and word.start() and _NOTHING_FOLLOWS.match(text, word.end()):
            return text
    return ""


def _without_notes(text: str, pieces: NamePieces) -> str:
    """Without what stands in brackets or behind a dash between blanks, unless that is all there is."""
    text = _SR_OR_SRA.sub(r"\1", text)
    notes = ["".join(inside) for inside in _BRACKETS.findall(text)]
    bare = _BRACKETS.sub(" ", text).strip() if notes else text
    dash = _DASH.search(bare)
    if dash and _names_somebody(bare[: dash.start()]):
        notes.append(bare[dash.end() :])
        bare = bare[: dash.start()]
    if not any(map(str.isalnum, bare)):
        return " ".join(notes) if notes else text
    pieces.note = "; ".join(filter(None, (without_leading_signs(note).strip() for note in notes)))
    if pieces.note:
        pieces.tell("NAME_NOTE_MOVED", pieces.note)
    return bare


def _names_somebody(text: str) -> bool:
    words = (_LETTERS_ONLY.sub("", _plain(word)) for word in text.split() if any(map(str.isalpha, word)))
    return any(word not in HONORIFICS for word in words)


def _in_order(text: str, pieces: NamePieces) -> str:
    """ "Silva, João" turned round; a degree behind the comma off, and Jr. where it belongs."""
    before, comma, after = map(str.strip, text.partition(","))
    if not comma or not _ALPHABETIC.fullmatch(before) or not _ALPHABETIC.fullmatch(after):
        return text
    last = _LETTERS_ONLY.sub("", _plain(after))
    if last in POST_NOMINALS:
        pieces.tell("NAME_TITLE_REMOVED")
        return before
    if last in SUFFIXES:
        return f"{before} {after}"
    if _SEVERAL_PEOPLE.search(f" {after} "):
        return text
    pieces.tell("NAME_SWAPPED")
    return f"{after} {before}"


def _without_signs(text: str, pieces: NamePieces) -> str:
    bare = _SIGNS.sub(" ", text)
    if bare != text:
        pieces.tell("NAME_SYMBOLS_REMOVED")
    return bare


def _words(text: str, pieces: NamePieces, *, takes_titles: bool) -> list[str]:
    """The words without the punctuation around them; a period stays behind an abbreviation, but not at the end."""
    text = _TITLE_AND_NAME.sub(r"\1 ", text)
    words: list[str] = []
    is_joined = False
    for word in text.split():
        if bare := word.lstrip(_EDGES + ".").rstrip(_EDGES):
            words += ["e", bare] if is_joined else [bare]
        is_joined = bool(words) and word in ("/", "+")
    while takes_titles and words and _is_title(words, pieces):
        del words[0]
        pieces.tell("NAME_TITLE_REMOVED")
    if words:
        words[-1] = words[-1].rstrip("." + _EDGES)
    return words


def _is_title(words: list[str], pieces: NamePieces) -> bool:
    first = words[0]
    if first.lower() in HONORIFICS_WITH_PERIOD:
        return len(words) > 1
    if first.lower() in ("e", "&"):
        # Between two forms of address: Sr. e Sra. Silva.
        return (
            len(words) > 1 and bool(pieces.findings) and _LETTERS_ONLY.sub("", _plain(words[1])) in HONORIFICS
        )
    return _LETTERS_ONLY.sub("", _plain(first)) in HONORIFICS
