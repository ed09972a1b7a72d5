"""What the rules say of a cell: the clean value, what else was in it, and a code for every change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, NamedTuple, TypeAlias

Level = Literal["info", "warning", "error"]
Cell: TypeAlias = str | int | float | bool | datetime | date | None
"""A cell as a reader hands it over. Text files give texts only; spreadsheets give numbers and moments too."""


class Finding(NamedTuple):
    """One thing a rule did or refused. `note` is what a person should see besides: a suggestion, or what was kept."""

    code: str
    note: str = ""


class Cleaned(NamedTuple):
    """A clean cell. `value` is empty when nothing usable was in it; `extra` holds further values of the same kind."""

    value: str
    extra: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


EMPTY: Final = Cleaned("")


@dataclass(frozen=True, slots=True)
class Code:
    """A code of the report: how grave it is, whether it is listed cell by cell or only counted, and its text (msgid)."""

    level: Level
    text: str
    is_listed: bool = True


def _cosmetic(text: str) -> Code:
    return Code("info", text, is_listed=False)


def _info(text: str) -> Code:
    return Code("info", text)


def _warning(text: str) -> Code:
    return Code("warning", text)


def _error(text: str) -> Code:
    return Code("error", text)


CODES: Final[Mapping[str, Code]] = {
    # telephones
    "PHONE_FORMATTED": _cosmetic("Number written in the international form."),
    "PHONE_EXTENSION_REMOVED": _info("Extension taken off the number and kept in the notes."),
    "PHONE_CARRIER_REMOVED": _info("Long-distance carrier code taken off."),
    "PHONE_NINTH_DIGIT_ADDED": _info("Old mobile number: ninth digit added."),
    "PHONE_NINTH_DIGIT_UNCERTAIN": _warning(
        "Ninth digit added, but the number may have been a radio line that is off."
    ),
    "PHONE_SUSPICIOUS_ZEROS": _warning(
        "The number ends in many zeros: the spreadsheet may have lost its last digits."
    ),
    "PHONE_SHORTHAND": _warning("Short ending completed from the number before it."),
    "PHONE_DDD_ASSUMED": _warning("Area code assumed."),
    "PHONE_LETTER_O": _warning("Letter O read as zero."),
    "PHONE_SUSPECT_REPEATED": _warning("All digits alike: check this number."),
    "PHONE_TOO_MANY": _warning("More than ten further numbers: the rest was left out."),
    "PHONE_SCIENTIFIC_LOSSY": _error("The spreadsheet rounded this number; its digits are lost."),
    "PHONE_MISSING_DDD": _error("Number without area code."),
    "PHONE_INVALID_DDD": _error("This area code does not exist."),
    "PHONE_TOO_SHORT": _error("Digits are missing."),
    "PHONE_TOO_LONG": _error("Too many digits."),
    "PHONE_PLACEHOLDER": _error("Made-up number."),
    "PHONE_SPECIAL_SERVICE": _error("Service number (0800, 4004 …): it cannot be a contact's telephone."),
    "PHONE_INVALID": _error("Not a telephone number."),
    # e-mail
    "EMAIL_FORMATTED": _cosmetic("E-mail in lower case, without what stood around it."),
    "EMAIL_SPACES_REMOVED": _warning("Blanks inside the e-mail removed."),
    "EMAIL_DOMAIN_FIXED": _warning("Typing mistake in the e-mail's domain corrected."),
    "EMAIL_DOMAIN_SUGGESTED": _warning("The e-mail's domain looks mistyped; it was left as it is."),
    "EMAIL_DISPOSABLE": _warning("Throw-away e-mail address."),
    "EMAIL_ROLE": _info("E-mail of a function (contact, sales …), not of a person."),
    "EMAIL_TOO_MANY": _warning("More than ten further e-mails: the rest was left out."),
    "EMAIL_NO_AT": _error("E-mail without @."),
    "EMAIL_MULTIPLE_AT": _error("E-mail with more than one @."),
    "EMAIL_NO_TLD": _error("E-mail without its ending (.com, .com.br)."),
    "EMAIL_NON_ASCII_LOCAL": _error("E-mail with an accent before the @."),
    "EMAIL_PLACEHOLDER": _error("Made-up e-mail."),
    "EMAIL_INVALID": _error("Not an e-mail."),
    # names
    "NAME_FORMATTED": _cosmetic("Name in ordinary spelling."),
    "NAME_SWAPPED": _info("“Surname, name” turned round."),
    "NAME_TITLE_REMOVED": _info("Form of address (Mr, Dr …) taken off."),
    "NAME_SYMBOLS_REMOVED": _info("Symbols taken out of the name."),
    "NAME_NOTE_MOVED": _info("Words in brackets or behind a dash taken off the name and kept as a note."),
    "NAME_IS_EMAIL": _warning("The name was an e-mail; it was moved there."),
    "NAME_IS_PHONE": _warning("The name was a telephone number; it was moved there."),
    "NAME_LOOKS_COMPANY": _warning("The name looks like a company's; it was filled in there too."),
    # places
    "CEP_FORMATTED": _cosmetic("CEP written as 00000-000."),
    "CEP_LEADING_ZERO": _warning("The CEP's lost leading zero was put back."),
    "CEP_INVALID": _error("Not a CEP."),
    "CEP_UF_MISMATCH": _warning("This CEP is not of that state."),
    "STATE_FORMATTED": _cosmetic("State written with its two letters."),
    "STATE_UNKNOWN": _warning("State not recognised; left as it is."),
    "CITY_STATE_SPLIT": _info("City and state were in one cell."),
    "CITY_FORMATTED": _cosmetic("City in ordinary spelling."),
    "COUNTRY_FORMATTED": _cosmetic("Country written with its two letters."),
    "COUNTRY_UNKNOWN": _warning("Country not recognised."),
    # dates, documents, the rest
    "DATE_FORMATTED": _cosmetic("Date written as year-month-day."),
    "DATE_INVALID": _error("Not a date."),
    "DATE_OUT_OF_RANGE": _error("This date cannot be a birthday."),
    "DATE_ORDER_ASSUMED": _warning("Day and month could be either way round; day first was assumed."),
    "DATE_ORDER_MIXED": _error("The column has days first and months first; this date could be either."),
    "CPF_INVALID": _error("Not a CPF: its check digits do not fit."),
    "CNPJ_INVALID": _error("Not a CNPJ: its check digits do not fit."),
    "DOCUMENT_FORMATTED": _cosmetic("Document without its punctuation."),
    "TAGS_FORMATTED": _cosmetic("Tags separated by commas, without repeats."),
    "WEBSITE_FORMATTED": _cosmetic("Address of the site completed."),
    "WEBSITE_INVALID": _error("Not the address of a site."),
    "INSTAGRAM_FORMATTED": _cosmetic("Instagram name without what stood around it."),
    "INSTAGRAM_INVALID": _error("Not an Instagram name."),
    "NOTES_TRUNCATED": _warning("Notes cut at 5,000 characters."),
    "CHOICE_UNKNOWN": _warning("Neither yes nor no; left out."),
    "CHOICE_FORMATTED": _cosmetic("Answer read as yes or no."),
    "TEXT_FORMATTED": _cosmetic("Blanks and invisible characters tidied."),
    "TEXT_ENCODING_FIXED": _warning("Broken accents repaired."),
    "TEXT_LETTERS_LOST": _warning("Letters were already lost in the file (Jo?o): check this one."),
    "TEXT_TOO_LONG": _warning("Text cut at the field's limit."),
    # cells
    "CELL_FORMULA_BLANKED": _error("The cell was a formula in disguise; it was emptied."),
    "CELL_FORMULA_NEUTRALIZED": _info("A sign at the beginning that starts a formula was made harmless."),
    "CELL_FORMULA_NO_VALUE": _warning(
        "Formula that was never calculated. Open the file in Excel, save it and send it again."
    ),
    "CELL_ERROR_VALUE": _info("The cell held an error of the spreadsheet (#N/D …); read as empty."),
    # rows
    "ROW_NO_IDENTIFIER": _error("Neither name, e-mail nor telephone: the row was left out."),
    "ROW_DUPLICATE": _info("The same person as an earlier row; joined with it."),
    "ROW_SUPPRESSED": _info("On the list of those who must not be contacted; left out."),
    "ROW_TOTAL": _info("A line of totals; left out."),
    "ROW_REPEATED_HEADER": _info("The header again; left out."),
    "ROW_FOOTER": _info("A page's footer; left out."),
    "ROW_BLANK": _cosmetic("Empty row."),
    "ROW_EXTRA_CELLS": _warning("More cells than columns; the surplus was left out."),
    # files
    "FILE_QUOTE_UNBALANCED": _warning("A quotation mark was never closed; the row was read without it."),
    "FILE_NUL_BYTES": _warning("Empty bytes inside the file were skipped."),
    "FILE_TYPE_DIFFERS": _info("The file's content is of another kind than its name says."),
    "FILE_ROW_LIMIT_OF_FORMAT": _info(
        "The old .xls format ends at row 65,536: check that nothing is missing."
    ),
    # what GoHighLevel's own importer reports
    "GHL_1001": _error("GoHighLevel: the contact was not imported, it does not say why."),
    "GHL_1002": _error("GoHighLevel: more than one person in charge."),
    "GHL_1003": _error("GoHighLevel: the file has more than one sheet."),
    "GHL_1004": _error("GoHighLevel: a required value is not valid."),
    "GHL_1005": _error("GoHighLevel: the option is not in the field's list; the field stayed empty."),
    "GHL_1006": _error("GoHighLevel: it knows no contact with this id."),
    "GHL_1007": _error("GoHighLevel: the file was not found, or a telephone lacks its country code."),
    "GHL_1008": _error("GoHighLevel: the e-mail is not valid, and the contact was not imported."),
    "GHL_1009": _error("GoHighLevel: the column that tells contacts apart is empty."),
    "GHL_1010": _warning("GoHighLevel: several contacts there are this one."),
    "GHL_1011": _warning("GoHighLevel: this contact is in the file more than once."),
    "GHL_1012": _warning("GoHighLevel: two rows mean the same contact."),
    "GHL_1013": _error("GoHighLevel: the telephone is not valid; the contact came without it."),
    "GHL_1014": _error("GoHighLevel: the date is not valid; the contact came without it."),
    "GHL_1015": _error("GoHighLevel: it knows no such person in charge."),
    "GHL_1016": _error("GoHighLevel: the option could be more than one of the list."),
    "GHL_1017": _error("GoHighLevel: the contact could not be made."),
    "GHL_1018": _error("GoHighLevel: the contact could not be changed."),
    "GHL_1019": _error("GoHighLevel: the contact could not be added to its workflow."),
    "GHL_1020": _error("GoHighLevel: making or changing the contact failed (1020)."),
    "GHL_1021": _error("GoHighLevel: making or changing the contact failed (1021)."),
    "GHL_1022": _error("GoHighLevel: making or changing the contact failed (1022)."),
    "GHL_1023": _error("GoHighLevel: making or changing the contact failed (1023)."),
    "GHL_1024": _error("GoHighLevel: making or changing the contact failed (1024)."),
}


def is_listed(code: str) -> bool:
    """Whether each occurrence of a code is listed with its cell; the others are counted by column."""
    return CODES[code].is_listed
