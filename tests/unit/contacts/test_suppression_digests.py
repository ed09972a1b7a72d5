"""The list of those who must not be contacted recognises people without knowing them."""

from __future__ import annotations

import ast
import hashlib
import hmac
import sys
from pathlib import Path
from uuid import UUID

from balcao.modules.contacts import suppression_digests
from balcao.modules.contacts.suppression_digests import digest_of, digests_of_person, domains_of

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_the_digest_is_keyed_with_the_business() -> None:
    wanted = hmac.new(ONE.bytes, b"email:ana@x.com.br", hashlib.sha256).hexdigest()
    assert digest_of(ONE, "email", "ana@x.com.br") == wanted
    assert digest_of(OTHER, "email", "ana@x.com.br") != wanted
    assert digest_of(ONE, "domain", "ana@x.com.br") != wanted


def test_a_domain_covers_what_is_under_it() -> None:
    assert list(domains_of("Ana@Loja.Exemplo.com.br")) == [
        "loja.exemplo.com.br",
        "exemplo.com.br",
        "com.br",
        "br",
    ]
    assert list(domains_of("")) == []


def test_a_person_is_asked_for_under_everything_they_have() -> None:
    found = digests_of_person(
        ONE, emails=("Ana@X.com", ""), phone_keys=("551187654321", ""), cpf="52998224725"
    )
    assert found == {
        ("email", digest_of(ONE, "email", "ana@x.com")), ("domain", digest_of(ONE, "domain", "x.com")),
        ("domain", digest_of(ONE, "domain", "com")), ("phone", digest_of(ONE, "phone", "551187654321")),
        ("cpf", digest_of(ONE, "cpf", "52998224725")),
    }  # fmt: skip
    assert digests_of_person(ONE) == set()


def test_the_file_needs_nothing_but_python() -> None:
    tree = ast.parse(Path(suppression_digests.__file__).read_text(encoding="utf-8"))
    names = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {str(node.module).partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)
