"""The obvious pipeline, for comparison: pandas reads, phonenumbers and email-validator look at every cell, pandas writes.

Run as a script of its own: `python naive_contacts.py list.xlsx`. Says "missing" when its libraries are not installed.
"""

# pyright: basic, reportMissingImports=false

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any


def main(path: Path) -> None:
    """Cleans the list into a CSV in a folder that is thrown away."""
    try:
        import email_validator
        import pandas as pd
        import phonenumbers
    except ImportError:
        print("missing")  # noqa: T201 - a script
        return

    frame: Any = (
        pd.read_excel(path, dtype=str, engine="openpyxl")
        if path.suffix == ".xlsx"
        else pd.read_csv(path, sep=";", encoding="cp1252", dtype=str)
    ).fillna("")

    def phone(text: str) -> str:
        try:
            number = phonenumbers.parse(text, "BR")
        except phonenumbers.NumberParseException:
            return ""
        if not phonenumbers.is_valid_number(number):
            return ""
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def email(text: str) -> str:
        try:
            return email_validator.validate_email(text, check_deliverability=False).normalized
        except email_validator.EmailNotValidError:
            return ""

    frame["Celular"] = frame["Celular"].map(phone)
    frame["E-mail"] = frame["E-mail"].map(email)
    frame["Nome"] = frame["Nome"].str.strip().str.title()
    frame = frame.drop_duplicates(subset=["E-mail", "Celular"])
    with tempfile.TemporaryDirectory() as folder:
        frame.to_csv(Path(folder) / "out.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
