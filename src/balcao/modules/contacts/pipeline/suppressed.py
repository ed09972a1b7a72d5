"""Who of a file must not be contacted: the business's list, and what the file itself says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from balcao.modules.contacts.cleaning.phones import phone_key
from balcao.modules.contacts.people_fields import INDEX
from balcao.modules.contacts.suppression_digests import digest_of, domains_of

_EMAIL, _EMAILS = INDEX["email"], INDEX["additional_emails"]
_PHONE, _PHONES = INDEX["phone"], INDEX["additional_phones"]
_CPF, _OUT, _IN = INDEX["cpf"], INDEX["opt_out"], INDEX["opt_in"]


class Suppressed:
    """The list as digests, in memory: 100,000 entries take about 15 MB."""

    def __init__(self, path: str, tenant_id: str) -> None:
        self._tenant_id = UUID(tenant_id)
        self._domains: dict[str, bool] = {}
        self._digests: dict[str, set[str]] = {}
        if path:
            for line in Path(path).read_text(encoding="ascii").splitlines():
                kind, digest = line.split(" ", 1)
                self._digests.setdefault(kind, set()).add(digest)

    def reason(self, person: Sequence[str]) -> str:
        """Why a person is left out ("opt_out", "email", "domain", "phone", "cpf"), or nothing."""
        if person[_OUT] == "yes" or person[_IN] == "no":
            return "opt_out"
        if not self._digests:
            return ""
        for email in (person[_EMAIL], *_listed(person[_EMAILS])):
            if email and self._has("email", email):
                return "email"
            if email and self._is_domain_listed(email):
                return "domain"
        for number in (person[_PHONE], *_listed(person[_PHONES])):
            if number and self._has("phone", phone_key(number)):
                return "phone"
        return "cpf" if person[_CPF] and self._has("cpf", person[_CPF]) else ""

    def _is_domain_listed(self, email: str) -> bool:
        if "domain" not in self._digests:
            return False
        domain = email.rpartition("@")[2]
        known = self._domains.get(domain)
        if known is None:
            known = self._domains[domain] = any(self._has("domain", part) for part in domains_of(email))
        return known

    def _has(self, kind: str, value: str) -> bool:
        known = self._digests.get(kind)
        return known is not None and digest_of(self._tenant_id, kind, value) in known


def _listed(text: str) -> list[str]:
    return text.split(", ") if text else []
