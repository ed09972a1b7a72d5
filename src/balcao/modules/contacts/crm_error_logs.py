"""GoHighLevel's own import report, brought back: its lines find our rows, and stand among the import's issues."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from balcao.brazil.addresses import fold
from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_errors import ErrorLogUnreadableError
from balcao.modules.contacts.people_fields import INDEX

LOG_BYTES: Final = 20_000_000
LOG_LINES: Final = 200_000
_CODE: Final = re.compile(r"(?<!\d)(10(?:0[1-9]|1\d|2[0-4]))(?!\d)")
_EMAIL: Final = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
_NOT_DIGITS: Final = re.compile(r"\D")
_ORDER: Final = (INDEX["email"], INDEX["phone"], INDEX["first_name"], INDEX["last_name"])
_LEVELS: Final = {"GHL_1010": "warning", "GHL_1011": "warning", "GHL_1012": "warning"}
_ROW_LOST: Final = frozenset({"GHL_1001", "GHL_1004", "GHL_1006", "GHL_1008", "GHL_1009"})
_FIELD_OF: Final = {"GHL_1008": "email", "GHL_1013": "phone", "GHL_1014": "birthday", "GHL_1015": "owner"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the report: the code (GHL_1008), whose it is, and what else it says."""

    code: str
    email: str
    phone: str
    name: str
    said: str


@dataclass(slots=True)
class LogResult:
    """What came of a report: lines read, lines whose row was found, and how many of each code."""

    lines: int = 0
    matched: int = 0
    codes: dict[str, int] = field(default_factory=dict[str, int])


def read_log(data: bytes) -> list[LogLine]:
    """The lines of a report with a code in them. Raises ErrorLogUnreadableError when there is none.

    Its columns vary, so they are told by their names and, where those say nothing, by what is in them.
    """
    rows = [row for row in _rows(data) if any(cell.strip() for cell in row)]
    if len(rows) < 2 or len(rows) > LOG_LINES:
        raise ErrorLogUnreadableError
    columns = _columns(rows[0], rows[1:501])
    if "code" not in columns or not {"email", "phone", "name"} & columns.keys():
        raise ErrorLogUnreadableError
    lines = [line for row in rows[1:] if (line := _line(row, columns))]
    if not lines:
        raise ErrorLogUnreadableError
    return lines


def _rows(data: bytes) -> Iterator[list[str]]:
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = data.decode("cp1252", errors="replace")
    content = content.replace("\x00", "")
    head = content.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=head.count)
    try:
        yield from csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    except csv.Error:
        raise ErrorLogUnreadableError from None


def _columns(header: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, cell in enumerate(header):
        kind = _kind_of_header(cell)
        if kind:
            found.setdefault(kind, []).append(position)
    coded = Counter(
        position
        for row in sample
        for position, cell in enumerate(row)
        if _CODE.search(cell) and len(cell) < 400
    )
    if "code" in found:
        found["code"] = [at for at in found["code"] if coded[at]] or found["code"]
    elif coded:
        taken = {at for kind in ("phone", "email", "name") for at in found.get(kind, [])}
        best = [(count, at) for at, count in coded.items() if at not in taken]
        if best:
            found["code"] = [max(best)[1]]
    if "email" not in found:
        mails = Counter(at for row in sample for at, cell in enumerate(row) if _EMAIL.fullmatch(cell.strip()))
        if mails:
            found["email"] = [mails.most_common(1)[0][0]]
    return found


def _kind_of_header(cell: str) -> str:
    """email, phone, name, code or said; an empty text for anything else."""
    words = set(re.split(r"[^a-z]+", fold(cell)))
    joined = fold(cell).replace("-", "").replace("_", " ")
    if words & {"code", "codigo"} or "errorcode" in joined.replace(" ", ""):
        return "code"
    if words & {"error", "errors", "erro", "erros", "reason", "motivo", "message", "mensagem", "status"}:
        return "code" if words & {"error", "errors", "erro", "erros"} else "said"
    if "email" in joined:
        return "email"
    if words & {"phone", "telefone", "celular", "mobile", "fone"}:
        return "phone"
    if words & {"name", "nome", "sobrenome", "firstname", "lastname", "fullname"} and not words & {
        "business", "company", "empresa", "file", "arquivo",
    }:  # fmt: skip
        return "name"
    return ""


def _line(row: Sequence[str], columns: dict[str, list[int]]) -> LogLine | None:
    said = " ".join(_cells(row, [*columns["code"], *columns.get("said", [])])).strip()
    match = _CODE.search(said)
    if match is None:
        return None
    return LogLine(
        f"GHL_{match[1]}",
        next((cell.lower() for cell in _cells(row, columns.get("email", []))), ""),
        next((_phone_mark(cell) for cell in _cells(row, columns.get("phone", []))), ""),
        _name_mark(" ".join(_cells(row, columns.get("name", [])))),
        said[:300],
    )


def _cells(row: Sequence[str], positions: Sequence[int]) -> list[str]:
    return [row[at].strip() for at in positions if at < len(row) and row[at].strip()]


def _phone_mark(text_: str) -> str:
    """Area code and the last eight digits of a Brazilian number, however the report wrote it; else the digits."""
    digits = _NOT_DIGITS.sub("", text_)
    national = digits[2:] if digits.startswith("55") and len(digits) in {12, 13} else digits
    return national[:2] + national[-8:] if len(national) in {10, 11} else digits


def _name_mark(text_: str) -> str:
    return " ".join(fold(text_).split())


async def match_lines(
    lines: Sequence[LogLine], people: AsyncIterator[tuple[int, Sequence[str]]]
) -> dict[int, tuple[int, list[str]]]:
    """For each line's position the row of our person and its texts: by e-mail, then telephone, then a name that only one has.

    `people` gives (row, person in PERSON order); they pass by once, and only what the lines ask for is kept.
    """
    wanted = {mark for line in lines for mark in _marks(line.email, line.phone, line.name)}
    found: dict[tuple[str, str], tuple[int, list[str]]] = {}
    twice: set[tuple[str, str]] = set()
    async for row, person in people:
        email, phone, first, last = (person[at] for at in _ORDER)
        for mark in _marks(email.lower(), _phone_mark(phone), _name_mark(f"{first} {last}")):
            if mark in wanted:
                if mark in found and mark[0] == "name":
                    twice.add(mark)
                found.setdefault(mark, (row, list(person)))
    matched: dict[int, tuple[int, list[str]]] = {}
    for position, line in enumerate(lines):
        for mark in _marks(line.email, line.phone, line.name):
            if mark in found and mark not in twice:
                matched[position] = found[mark]
                break
    return matched


def _marks(email: str, phone: str, name: str) -> list[tuple[str, str]]:
    return [(kind, value) for kind, value in (("email", email), ("phone", phone), ("name", name)) if value]


_FORGET = text(
    "delete from job_issues where tenant_id = :tenant and import_id = :import and code like 'GHL\\_1%'"
)
_LAST = text(
    "select coalesce(max(position), -1) from job_issues where tenant_id = :tenant and import_id = :import"
)
_KEEP = text("""
insert into job_issues (tenant_id, id, import_id, position, "row", "column", field, code, level, original, value, note)
select :tenant, i.id, :import, i.position, i.row, -1, i.field, i.code, i.level, i.original, '', i.note
from unnest(cast(:ids as uuid[]), cast(:positions as bigint[]), cast(:rows as bigint[]), cast(:fields as text[]),
            cast(:codes as text[]), cast(:levels as text[]), cast(:originals as text[]), cast(:notes as text[]))
  as i (id, position, row, field, code, level, original, note)
""")


async def keep_log(
    uow: UnitOfWork, import_id: UUID, lines: Sequence[LogLine], matched: dict[int, tuple[int, list[str]]]
) -> LogResult:
    """Stores the lines as issues of the import, in place of those of an earlier report. Unmatched ones have row 0."""
    key: dict[str, Any] = {"tenant": uow.tenant_id, "import": import_id}
    await uow.session.execute(_FORGET, key)
    start = (await uow.session.execute(_LAST, key)).scalar_one() + 1
    issues = [_issue(line, matched.get(at)) for at, line in enumerate(lines)]
    issues.sort(key=lambda issue: issue[0])
    for first in range(0, len(issues), 2000):
        part = issues[first : first + 2000]
        rows, fields, codes, levels, originals, notes = (list(column) for column in zip(*part, strict=True))
        await uow.session.execute(
            _KEEP,
            {
                **key, "ids": [new_id() for _ in part],
                "positions": list(range(start + first, start + first + len(part))),
                "rows": rows, "fields": fields, "codes": codes, "levels": levels, "originals": originals, "notes": notes,
            },
        )  # fmt: skip
    uow.announce(f"import:{import_id}")
    counts = Counter(line.code for line in lines)
    return LogResult(len(lines), len(matched), dict(sorted(counts.items())))


def _issue(line: LogLine, ours: tuple[int, list[str]] | None) -> tuple[int, str, str, str, str, str]:
    name = _FIELD_OF.get(line.code, "")
    row, person = ours if ours is not None else (0, [])
    original = person[INDEX[name]] if person and name else line.email or line.phone or line.name
    level = "error" if line.code in _ROW_LOST else _LEVELS.get(line.code, "error")
    return row, name, line.code, level, original, line.said


_LIST = text("""
select row, field, code, level, original, note, count(*) over () as total from job_issues
where tenant_id = :tenant and import_id = :import and code like 'GHL\\_1%'
order by position limit :limit offset :offset
""")


async def list_log(uow: UnitOfWork, import_id: UUID, page: PageQuery) -> Page[dict[str, Any]]:
    """The stored lines of the last report, by our row (0: whose it is was not found)."""
    values = {
        "tenant": uow.tenant_id, "import": import_id, "limit": page.limit, "offset": page.offset,
    }  # fmt: skip
    rows = (await uow.session.execute(_LIST, values)).mappings().all()
    total = rows[0]["total"] if rows else 0
    items = [
        {name: row[name] for name in ("row", "field", "code", "level", "original", "note")} for row in rows
    ]
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)
