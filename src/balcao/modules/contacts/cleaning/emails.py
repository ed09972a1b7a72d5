"""A cell of e-mail addresses (contacts specification, 4.2). No name server is asked: slow, and it would leak the list."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from html import unescape
from math import isnan
from typing import Final

from balcao.brazil.addresses import fold
from balcao.modules.contacts.cleaning.cells import is_placeholder, tidy
from balcao.modules.contacts.cleaning.email_domains import (
    PROVIDERS,
    DomainVerdict,
    ascii_domain,
    judge_domain,
    meant_by,
)
from balcao.modules.contacts.cleaning.email_pieces import read_address, split_addresses
from balcao.modules.contacts.cleaning.findings import EMPTY, Cell, Cleaned, Finding

_PLAIN: Final = re.compile(r"((?=[a-z0-9_])([a-z]*+)[a-z0-9_+-]*+(?:\.[a-z0-9_+-]++)*+)@([a-z0-9.-]+)")
_LOCAL: Final = re.compile(r"[a-z0-9_][a-z0-9_+-]*(?:\.[a-z0-9_+-]+)*")
_GOOD_STARTS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
"""No spreadsheet takes these for the start of a formula."""
_JOINING: Final = str.maketrans("", "", "._-")
_LONGEST_LOCAL: Final = 64
_LONGEST: Final = 254
_LONGEST_CELL: Final = 2_000

_NO_AT: Final = Finding("EMAIL_NO_AT")
_MULTIPLE_AT: Final = Finding("EMAIL_MULTIPLE_AT")
_INVALID: Final = Finding("EMAIL_INVALID")
_PLACEHOLDER: Final = Finding("EMAIL_PLACEHOLDER")
_SPACES_REMOVED: Final = Finding("EMAIL_SPACES_REMOVED")
_DISPOSABLE: Final = Finding("EMAIL_DISPOSABLE")
_ROLE: Final = Finding("EMAIL_ROLE")
_FORMATTED: Final = Finding("EMAIL_FORMATTED")
_NEUTRALIZED: Final = Finding("CELL_FORMULA_NEUTRALIZED")
_NONE: Final[tuple[Finding, ...]] = ()
_ROLE_ONLY: Final = (_ROLE,)
_FLAGS: Final = frozenset({"EMAIL_ROLE", "EMAIL_DISPOSABLE", "EMAIL_DOMAIN_SUGGESTED"})
"""What is said of an address without changing it."""
_NOTHING_MEANT: Final = re.compile(r"[\W_]*|(?:nao|sem|nenhum|nada|nunca)\b.*|#[a-z]+(?:/0)?[!?]", re.DOTALL)

_ROLES: Final = frozenset(
    {
        "abuse", "adm", "admin", "administracao", "administrador", "administrativo", "agenda", "agendamento", "almoxarifado",
        "assistencia", "atendimento", "billing", "cadastro", "central", "clientes", "cobranca", "comercial", "compras",
        "comunicacao", "contabil", "contabilidade", "contact", "contas", "contato", "contatos", "contracts", "coordenacao",
        "curriculo", "curriculos", "departamento", "diretoria", "ecommerce", "email", "engenharia", "enquiries", "equipe",
        "escritorio", "estoque", "eventos", "expedicao", "fale", "faleconosco", "faturamento", "feedback", "filial",
        "financas", "finance", "financeiro", "fiscal", "gerencia", "hello", "help", "helpdesk", "hi", "hr", "imprensa", "info",
        "informacoes", "jobs", "juridico", "licitacao", "licitacoes", "logistica", "loja", "mail", "manutencao", "marketing",
        "matriz", "mkt", "naoresponda", "newsletter", "nfe", "nf", "noreply", "office", "oi", "ola", "operacional",
        "orcamento", "orcamentos", "ouvidoria", "parcerias", "pedido", "pedidos", "pos", "posvenda", "posvendas",
        "postmaster", "presidencia", "press", "privacy", "producao", "projetos", "qualidade", "recepcao", "recrutamento",
        "relacionamento", "reserva", "reservas", "rh", "root", "sac", "sales", "secretaria", "security", "site", "sistema",
        "suporte", "support", "team", "tecnico", "tesouraria", "ti", "vagas", "venda", "vendas", "webmaster",
    }
)  # fmt: skip
_ROLE_START: Final = re.compile(r"[a-z]*")
_SHORTEST_ROLE_START: Final = 3
_NO_REPLY_STARTS: Final = frozenset({"no", "nao", "do", "donot"})
_NO_REPLY: Final = re.compile(r"(?:no|nao|do[._-]?not)[._-]?(?:reply|responda|responder)")

_MADE_UP_LOCALS: Final = frozenset(
    {
        "naotem", "naopossui", "naoinformado", "naoinformou", "naotememail", "naopossuiemail", "naoexiste", "semail",
        "sememail", "semmail", "seuemail", "youremail", "emailteste", "testeemail",
    }
)  # fmt: skip
_MADE_UP_STARTS: Final = frozenset(word[0] for word in _MADE_UP_LOCALS)
_TEST_WORDS: Final = frozenset(
    {
        "teste", "test", "testes", "testing", "email", "mail", "exemplo", "example", "x", "xx", "xxx", "xxxx", "asd", "asdf",
        "qwe", "qwerty", "nome", "name", "usuario", "user", "cliente", "nao", "sem", "nada", "nenhum", "ninguem", "na", "n",
        "abc", "nt", "nd", "123", "1234", "12345", "123456", "fulano", "sicrano", "beltrano", "dominio", "domain", "provedor", "naosei", "null", "none",
    }
)  # fmt: skip
_MADE_UP_DOMAINS: Final = frozenset(
    {
        "naotem", "naopossui", "naoinformado", "naotememail", "semail", "sememail", "seudominio", "seuemail", "seuprovedor",
        "emailteste",
    }
)  # fmt: skip
_TESTS_AT_PROVIDERS: Final = frozenset(
    {"teste", "test", "email", "exemplo", "example", "asdf", "qwerty", "xxx", "xxxx"}
)


def clean_email(cell: Cell, *, fix_domains: bool = True) -> Cleaned:
    """The first good address of a cell in small letters; the others as extra. Never raises.

    With `fix_domains` off a mistyped domain is left alone and the right one is only suggested.
    """
    if isinstance(cell, str):
        plain = _PLAIN.fullmatch(cell) or _PLAIN.fullmatch(cell.strip().rstrip(".,;").lower())
        if plain is not None:
            local, start, domain = plain.groups()
            verdict = judge_domain(domain)
            if (
                verdict.is_plain
                and len(local) <= _LONGEST_LOCAL
                and len(plain[0]) <= _LONGEST
                and not _is_made_up(local, verdict)
            ):
                findings = _ROLE_ONLY if _is_role(local, start) else _NONE
                return Cleaned(plain[0], (), findings if plain[0] == cell else (*findings, _FORMATTED))
    return _clean_slowly(cell, fix_domains=fix_domains)


def _clean_slowly(cell: Cell, *, fix_domains: bool) -> Cleaned:
    if not isinstance(cell, str):
        return EMPTY if cell is None or _is_nothing(cell) else Cleaned("", (), (_NO_AT,))
    if len(cell) > _LONGEST_CELL:
        return Cleaned("", (), (_INVALID,))
    text = tidy(unescape(cell) if "&" in cell and ";" in cell else cell, "NFKC")
    if "@" not in text:
        text = text.replace("%40", "@")
    if is_placeholder(text):
        return EMPTY
    if "@" not in text:
        return EMPTY if _NOTHING_MEANT.fullmatch(fold(text)) else Cleaned("", (), (_NO_AT,))
    return _judge_all(split_addresses(text), cell, fix_domains=fix_domains)


def _is_nothing(cell: float | date) -> bool:
    """The number that a spreadsheet left for nothing: 0, or none at all."""
    return isinstance(cell, int | float) and not isinstance(cell, bool) and (cell == 0 or isnan(cell))


def _judge_all(parts: list[str], cell: str, *, fix_domains: bool) -> Cleaned:
    values: dict[str, None] = {}
    findings: list[Finding] = []
    for part in parts:
        value, found = _judge(part, fix_domains=fix_domains)
        if value:
            values[value] = None
        elif len(parts) > 1:
            found = [Finding(finding.code, finding.note or part[:_LONGEST]) for finding in found]
        findings += found
    if all(finding.code in _FLAGS for finding in findings) and [*values] != [cell]:
        findings.append(_FORMATTED)
    first, *others = values or [""]
    return Cleaned(first, tuple(others), tuple(dict.fromkeys(findings)))


def _judge(part: str, *, fix_domains: bool) -> tuple[str, list[Finding]]:
    """One address, or an empty text and the reason; the findings either way."""
    if part.count("@") > 1:
        return "", [_MULTIPLE_AT]
    address = read_address(part)
    local, domain = address.local, ascii_domain(address.domain)
    verdict = judge_domain(domain)
    right = f"{local}@{verdict.repaired}"
    reason = _reason_against(local, domain, verdict)
    if reason is None and address.is_repaired and not fix_domains:
        reason = Finding("EMAIL_INVALID", right)
    if reason is not None:
        return "", [reason]
    value = right
    findings = [_SPACES_REMOVED] * address.has_spaces + [_NEUTRALIZED] * address.is_neutralized
    if address.is_repaired or domain != verdict.repaired:
        value = right if fix_domains else f"{local}@{domain}"
        findings.append(Finding("EMAIL_DOMAIN_FIXED" if fix_domains else "EMAIL_DOMAIN_SUGGESTED", right))
    if not address.domain.isascii() and fold(address.domain) in PROVIDERS:
        findings.append(Finding("EMAIL_DOMAIN_SUGGESTED", f"{local}@{fold(address.domain)}"))
    return value, findings + _flags(local, verdict)


def _reason_against(local: str, domain: str, verdict: DomainVerdict) -> Finding | None:
    if not local or not domain:
        return _INVALID
    if "." not in domain:
        meant = meant_by(domain)
        return Finding("EMAIL_NO_TLD", f"{local}@{meant}" if meant else "")
    if _is_made_up(fold(local), verdict):
        return _PLACEHOLDER
    if not local.isascii():
        return Finding("EMAIL_NON_ASCII_LOCAL", f"{fold(local)}@{verdict.repaired}")
    length = len(local) + 1 + max(len(domain), len(verdict.repaired))
    if not verdict.is_possible or not _is_possible_local(local) or length > _LONGEST:
        return _INVALID
    return None


def _flags(local: str, verdict: DomainVerdict) -> list[Finding]:
    findings: list[Finding] = []
    if verdict.suggested:
        findings.append(Finding("EMAIL_DOMAIN_SUGGESTED", f"{local}@{verdict.suggested}"))
    return findings + [_DISPOSABLE] * verdict.is_disposable + [_ROLE] * is_role_email(local)


def _is_possible_local(local: str) -> bool:
    """Rare signs that the standard allows (o'brien, r&d) are left to the library."""
    if len(local) > _LONGEST_LOCAL:
        return False
    return _LOCAL.fullmatch(local) is not None or _is_good_for_library(local)


@lru_cache(maxsize=1024)
def _is_good_for_library(local: str) -> bool:
    from email_validator import EmailNotValidError, validate_email  # late: few lists need it

    try:
        validate_email(f"{local}@gmail.com", check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return local[0] in _GOOD_STARTS


def _is_made_up(local: str, verdict: DomainVerdict) -> bool:
    """teste@teste.com, x@x.com, naotem@gmail.com: what people type to get past a form."""
    name = verdict.name
    if local == name and (local in _TEST_WORDS or local == local[:1] * len(local)):
        return True
    if local in _TEST_WORDS and local + name in _MADE_UP_LOCALS:
        return True  # nao@tem.com
    if name in _MADE_UP_DOMAINS or (local in _TESTS_AT_PROVIDERS and verdict.repaired in PROVIDERS):
        return True
    return local[:1] in _MADE_UP_STARTS and local.translate(_JOINING) in _MADE_UP_LOCALS


def is_role_email(email: str) -> bool:
    """Whether an address belongs to a function (contato@, vendas.sp@, no-reply@) rather than to a person."""
    local = email.partition("@")[0]
    start = _ROLE_START.match(local)
    return _is_role(local, start[0] if start else "")


def _is_role(local: str, start: str) -> bool:
    if start in _ROLES:
        return start == local or len(start) >= _SHORTEST_ROLE_START
    return start in _NO_REPLY_STARTS and _NO_REPLY.match(local) is not None
