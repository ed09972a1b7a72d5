"""The least that reading takes: the csv module over the file, or inflating and tokenising the sheet and its texts.

Run as a script of its own: `python reading_floors.py list.xlsx`.
"""

from __future__ import annotations

import csv
import sys
import zipfile
from pathlib import Path
from xml.parsers import expat


def main(path: Path) -> None:
    """Reads and keeps nothing."""
    if path.suffix != ".xlsx":
        with path.open(encoding="cp1252", newline="") as file:
            for _ in csv.reader(file, delimiter=";"):
                pass
        return
    with zipfile.ZipFile(path) as book:
        for name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
            parser = expat.ParserCreate()
            with book.open(name) as part:
                while piece := part.read(1 << 18):
                    parser.Parse(piece, False)
            parser.Parse(b"", True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
