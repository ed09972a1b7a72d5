"""From a refusal of the database to one a person understands."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from balcao.kernel.db.constraints import constraint_name, domain_error_of, is_retryable, sqlstate
from balcao.kernel.errors import AlreadyExistsError, DomainError, NotFoundError, RateLimitedError


@dataclass
class _Diagnostics:
    constraint_name: str | None


class _DriverError(Exception):
    def __init__(self, state: str | None, constraint: str | None = None) -> None:
        super().__init__(state)
        self.sqlstate = state
        self.diag = _Diagnostics(constraint)


def _refused(state: str | None, constraint: str | None = None) -> IntegrityError:
    return IntegrityError("insert", {}, _DriverError(state, constraint))


@pytest.mark.parametrize(
    ("state", "kind"),
    [("23505", AlreadyExistsError), ("23503", NotFoundError), ("23514", None), (None, None)],
)
def test_the_usual_refusals(state: str | None, kind: type[DomainError] | None) -> None:
    found = domain_error_of(_refused(state, "ck_orders_total"), {})
    assert (type(found) if found else None) is kind


def test_a_modules_own_words_come_first() -> None:
    own = {"uq_users_tenant_id_email": RateLimitedError}
    assert isinstance(domain_error_of(_refused("23505", "uq_users_tenant_id_email"), own), RateLimitedError)
    assert isinstance(domain_error_of(_refused("23505", "uq_else"), own), AlreadyExistsError)


@pytest.mark.parametrize(
    ("state", "again"), [("40001", True), ("40P01", True), ("23505", False), (None, False)]
)
def test_what_is_worth_another_try(state: str | None, again: bool) -> None:
    assert is_retryable(DBAPIError("select", {}, _DriverError(state))) is again
    assert is_retryable(_DriverError(state)) is False


def test_an_error_without_details() -> None:
    assert (sqlstate(ValueError("x")), constraint_name(ValueError("x"))) == ("", "")
    assert (sqlstate(_refused("23505", "uq")), constraint_name(_refused("23505", "uq"))) == ("23505", "uq")
