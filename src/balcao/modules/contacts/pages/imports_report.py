"""The report of an import as a page needs it: figures, bars, downloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from balcao.kernel.i18n import Translator
from balcao.modules.contacts.api.mapping_documents import mapping_document
from balcao.modules.contacts.cleaning.findings import CODES
from balcao.modules.contacts.import_words import CLASS_WORDS, LEVEL_WORDS, RANK_OF_LEVEL
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.pages.imports_frame import page_of
from balcao.modules.contacts.people_fields import FIELDS
from balcao.modules.contacts.pipeline.outputs import GHL_HEADER
from balcao.modules.contacts.result_views import balance_of

BARS: Final = 10
BALANCE_WORDS: Final[Mapping[str, str]] = {
    "rows_output": "Clean contacts",
    "duplicates": "Repeated, joined with another row",
    "suppressed": "Blocked: they asked not to be contacted",
    "no_identifier": "Without name, e-mail or telephone",
    "totals": "Lines of totals",
    "repeated_headers": "The header again",
    "footers": "Page footers",
    "blank": "Empty rows",
}


def result_context(job: ImportJob, words: Translator) -> dict[str, Any]:
    """What the page of a finished import shows."""
    report: dict[str, Any] = job.report or {}
    counts: dict[str, int] = dict(report.get("counts") or {})
    levels: dict[str, int] = dict(report.get("levels") or {})
    return {
        "report": report,
        "file": dict(report.get("file") or {}),
        "counts": counts,
        "stats": _stats(job, report, counts, levels, words),
        "looks": levels.get("warning", 0) + levels.get("error", 0),
        "levels_found": levels,
        "balance": [(words(BALANCE_WORDS[name]), count, name) for name, count in balance_of(counts)],
        "rows_read": counts.get("rows_read", 0),
        "code_groups": _code_groups(job, report, words),
        "uf_bars": _bars(report.get("ufs"), words),
        "ddd_bars": _bars(report.get("ddds"), words),
        "class_lines": _classes(report, words),
        "part_list": many if len(many := _parts(report)) > 1 else [],
        "mapping": mapping_document(job, list(FIELDS), masked=True),
        "notes": _notes(report, words),
        "api": f"/api/v1/jobs/{job.id}",
        "ghl_header": GHL_HEADER.strip(),
        "has_results": job.results_deleted_at is None and job.results_key is not None,
        "can_run_again": job.source_deleted_at is None and job.source_key is not None,
        "kept_contacts": _undone(report),
    }


def _stats(
    job: ImportJob,
    report: Mapping[str, Any],
    counts: Mapping[str, int],
    levels: Mapping[str, int],
    words: Translator,
) -> list[dict[str, Any]]:
    total = int(report.get("total_rows") or 0)
    looks = levels.get("warning", 0) + levels.get("error", 0)
    read = words.number(counts.get("rows_read", 0))
    return [
        {
            "label": words("Clean contacts"),
            "figure": words.number(total),
            "note": words("of {n} rows", n=read),
        },
        {"label": words("With e-mail"), "figure": percent(report.get("pct_with_email"), words)},
        {
            "label": words("With telephone"),
            "figure": percent(report.get("pct_with_phone"), words),
            "note": words("{share} mobile", share=percent(report.get("pct_mobile"), words)),
        },
        {
            "label": words("Repeated, joined"),
            "figure": words.number(counts.get("duplicates", 0)),
            "href": page_of(job, "repetidos") if counts.get("duplicates") else None,
        },
        {
            "label": words("To look at"),
            "figure": words.number(looks),
            "note": words("{n} left out", n=words.number(levels.get("error", 0))),
            "href": page_of(job, "avisos") if looks else None,
        },
    ]


def percent(share: Any, words: Translator) -> str:
    """A share of the report (a percentage with its fraction) as people write it."""
    tenths = round(float(share or 0.0) * 10)
    return f"{words.number(tenths, 1) if tenths % 10 else words.number(tenths // 10)} %"


def _code_groups(job: ImportJob, report: Mapping[str, Any], words: Translator) -> list[dict[str, Any]]:
    """Codes with how often they came, the gravest level first; cosmetic ones are counted, not linked."""
    found: dict[str, list[tuple[str, int]]] = {}
    for code, count in dict(report.get("codes") or {}).items():
        if code in CODES and count:
            found.setdefault(CODES[code].level, []).append((code, count))
    groups: list[dict[str, Any]] = []
    for level in sorted(found, key=lambda name: RANK_OF_LEVEL[name]):
        codes = sorted(found[level], key=lambda item: -item[1])
        rows = [
            {
                "label": words(CODES[code].text),
                "value": count,
                "shown": words.number(count),
                "href": page_of(job, "avisos", codigo=code) if CODES[code].is_listed else None,
            }
            for code, count in codes
        ]
        label, tone = LEVEL_WORDS[level]
        total = words.number(sum(count for _, count in codes))
        groups.append({"level": level, "label": words(label), "tone": tone, "rows": rows, "total": total})
    return groups


def _bars(values: Any, words: Translator) -> list[dict[str, Any]]:
    ranked = sorted(dict(values or {}).items(), key=lambda item: (-item[1], item[0]))
    bars = [
        {"label": name or words("Not told"), "value": count, "shown": words.number(count)}
        for name, count in ranked[:BARS]
    ]
    rest = sum(count for _, count in ranked[BARS:])
    if rest:
        bars.append({"label": words("Others"), "value": rest, "shown": words.number(rest)})
    return bars


def _classes(report: Mapping[str, Any], words: Translator) -> list[dict[str, Any]]:
    classes = dict(report.get("classes") or {})
    return [
        {
            "name": name,
            "count": int(classes.get(name) or 0),
            "said": words(label, n=words.number(int(classes.get(name) or 0))),
        }
        for name, label in CLASS_WORDS.items()
        if classes.get(name)
    ]


def _parts(report: Mapping[str, Any]) -> list[dict[str, int]]:
    return [
        {"number": number, "rows": int(part["rows"]), "bytes": int(part["bytes"])}
        for number, part in enumerate(report.get("parts") or (), 1)
    ]


def _notes(report: Mapping[str, Any], words: Translator) -> list[str]:
    """What was noticed in the file as a whole. A note is a code, or a code with words of its own."""
    notes: list[str] = []
    for note in dict(report.get("file") or {}).get("notes") or ():
        code, more = (
            (note, "") if isinstance(note, str) else (str(note[0]), str(note[1] if len(note) > 1 else ""))
        )
        if code in CODES:
            notes.append(words(CODES[code].text) + (f" ({more})" if more else ""))
    return notes


def _undone(report: Mapping[str, Any]) -> dict[str, Any] | None:
    undone = report.get("undo")
    return dict(undone) if undone else None
