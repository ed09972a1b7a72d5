"""How the list of those who must not be contacted recognises somebody without having to know them.

Pure, and standard library only: the process that reads hostile files imports it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Final, Literal
from uuid import UUID

SuppressionKind = Literal["email", "phone", "domain", "cpf"]
KINDS: Final[tuple[SuppressionKind, ...]] = ("email", "phone", "domain", "cpf")


def digest_of(tenant_id: UUID, kind: str, value: str) -> str:
    """HMAC-SHA256 (hex) of a value under its tenant: the same person gives another digest in another business.

    `value` is in its one form: an e-mail or domain in lower case, a `phone_key`, the eleven digits of a CPF.
    """
    return hmac.digest(tenant_id.bytes, f"{kind}:{value}".encode(), "sha256").hex()


def domains_of(email: str) -> Iterator[str]:
    """The domain of an e-mail and every domain above it: a.loja.com.br, loja.com.br, com.br, br.

    A suppressed domain covers its subdomains, so each of these is asked for.
    """
    domain = email.rpartition("@")[2].lower()
    while domain:
        yield domain
        domain = domain.partition(".")[2]


def digests_of_person(
    tenant_id: UUID, *, emails: tuple[str, ...] = (), phone_keys: tuple[str, ...] = (), cpf: str = ""
) -> set[tuple[str, str]]:
    """Every (kind, digest) under which a person may stand on the list."""
    found = {("phone", digest_of(tenant_id, "phone", key)) for key in phone_keys if key}
    for email in emails:
        if email:
            lower = email.lower()
            found.add(("email", digest_of(tenant_id, "email", lower)))
            found |= {("domain", digest_of(tenant_id, "domain", domain)) for domain in domains_of(lower)}
    if cpf:
        found.add(("cpf", digest_of(tenant_id, "cpf", cpf)))
    return found
