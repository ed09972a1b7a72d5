"""The page of errors."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

from balcao.cli.reference.markdown import code, codes, page, said, table
from balcao.cli.reference.source import module_name, trees, uses
from balcao.kernel.errors import DomainError
from balcao.kernel.i18n import Catalogues, Translator
from balcao.kernel.web import middleware_refusals
from balcao.kernel.web.middleware_refusals import Refusal
from balcao.registry import KERNEL_LOCALE, MODULES

INTRODUCTION = (
    "Every refusal is a problem document (RFC 9457, `application/problem+json`): `type`, `title`, `status`, `code`, "
    "`detail` in the caller's language, `request_id`, and the fields named here. Programs decide by `code`; "
    "it does not change. One code has one status and one title. `{name}` in a text is filled in."
)


def portuguese() -> Catalogues:
    """The texts of the whole installation."""
    return Catalogues([KERNEL_LOCALE, *(module.locale for module in MODULES)])


def error_classes() -> list[type[DomainError]]:
    """Every error class of the source, whether something imported it or not."""
    for name, tree in trees():
        if any(isinstance(node, ast.ClassDef) and node.name.endswith("Error") for node in tree.body):
            importlib.import_module(module_name(name))
    found = {error for error in _below(DomainError) if error.__module__.startswith("balcao.")}
    return sorted(found, key=lambda error: (error.code, error.__module__, error.__name__))


def _below(cls: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in cls.__subclasses__():
        yield child
        yield from _below(child)


def refusals() -> list[Refusal]:
    """What the edge refuses by itself, before any route."""
    found = [value for value in vars(middleware_refusals).values() if isinstance(value, Refusal)]
    return sorted(found, key=lambda refusal: (refusal.status, refusal.code))


def _both(refusal: Refusal, words: Translator) -> str:
    return f"**{words(refusal.title)}** {words(refusal.detail)}"


def _text(error: type[DomainError], words: Translator) -> str:
    return f"**{words(error.title)}** {words(error.detail)}"


def _row(error: type[DomainError], words: Catalogues) -> tuple[str, ...]:
    use = uses().get(error.__name__)
    files = sorted(use.files) if use else []
    home = error.__module__.removeprefix("balcao.").replace(".", "/") + ".py"
    fields = use.fields if use else set[str]()
    return (
        code(error.code),
        str(error.status),
        said(error),
        _text(error, words.translator("en")),
        _text(error, words.translator("pt_BR")),
        codes(sorted(fields)),
        codes(files or [home]),
    )


def errors_page() -> str:
    """`docs/reference/errors.md`."""
    words = portuguese()
    columns = ("code", "status", "when", "English", "Portuguese", "fields", "raised in")
    edge = table(
        ("code", "status", "English", "Portuguese"),
        [
            (
                code(item.code),
                str(item.status),
                _both(item, words.translator("en")),
                _both(item, words.translator("pt_BR")),
            )
            for item in refusals()
        ],
    )
    return page(
        "Errors",
        INTRODUCTION,
        table(columns, [_row(error, words) for error in error_classes()]),
        "## Refused at the edge\n\nBefore any route is asked: `kernel/web/middleware_refusals.py`.",
        edge,
    )
