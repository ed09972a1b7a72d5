"""Variables that are set and that nothing reads: of the systems this program replaces, of modules to come, or misspelt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from balcao.cli.config_check.findings import Finding, warn
from balcao.kernel.settings import Settings, variables_of

# What whoever sets them expects, this version does otherwise or not at all.
NOT_YET: Final = ("WHATSAPP_", "TELEGRAM_", "WEB_PUSH_", "MERCADOPAGO_", "SGP_", "GEMINI_")
INSTEAD: Final = {
    item.subject: item
    for item in (
        warn("ORDER_TRACKING_SECRET", "is not needed: each order's link carries a random token of its own, of which only a hash is kept."),
        warn("SECRET_KEY", "is not read. AUTH_SECRET signs."),
        warn("JWT_SECRET", "is not read. AUTH_SECRET signs."),
        warn("CELERY_BROKER_URL", "is not read. The queue lives in the database."),
    )
}  # fmt: skip
# Read by the launcher, or told by it to the program.
OF_OURS: Final = frozenset({"BALCAO_STARTED_IN", "BALCAO_VENV"})
# Other programs of the same machine begin theirs with these words too.
OF_OTHERS: Final = frozenset({"AWS", "AZURE", "VAULT", "OTEL", "SENTRY", "LOG", "REDIS", "APP", "DEFAULT"})
LIKENESS: Final = 0.86


def unread(variables: Collection[str]) -> list[Finding]:
    """What is to be said of names set outside that no setting has. Sorted by name."""
    known = {name for field, info in Settings.model_fields.items() for name in variables_of(field, info)}
    return [
        finding
        for name in sorted({variable.upper() for variable in variables} - known - OF_OURS)
        for finding in _of(name, known)
    ]


def _of(name: str, known: Collection[str]) -> Iterator[Finding]:
    if name in INSTEAD:
        yield INSTEAD[name]
    elif name.startswith(NOT_YET):
        yield warn(name, "is set, but this version does not read it.")
    elif close := _meant(name, known):
        yield warn(name, "is not read. Did you mean {other}?", other=close)
    elif name.partition("_")[0] in _own_words(known):
        yield warn(name, "is set, but this version does not read it.")


def _meant(name: str, known: Collection[str]) -> str:
    """The setting somebody may have misspelt. One more number or a shorter word is not a slip of the finger."""
    if not re.fullmatch(r"[A-Z0-9_]{6,60}", name):
        return ""
    return next(iter(get_close_matches(name, known, n=1, cutoff=LIKENESS)), "")


def _own_words(known: Collection[str]) -> set[str]:
    """First words that at least two settings share, and our own name: whoever begins a name so means this program."""
    counted = Counter(name.partition("_")[0] for name in known if "_" in name)
    return {word for word, times in counted.items() if times > 1} - OF_OTHERS | {"BALCAO"}
