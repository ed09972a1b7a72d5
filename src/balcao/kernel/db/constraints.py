"""One place where a refusal of the database becomes a refusal a person understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from psycopg import Error as DriverError
from sqlalchemy.exc import DBAPIError

from balcao.kernel.errors import AlreadyExistsError, DomainError, NotFoundError

ConstraintErrors = Mapping[str, Callable[[], DomainError]]

UNIQUE_VIOLATION = "23505"
FOREIGN_KEY_VIOLATION = "23503"
RETRYABLE = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected


def sqlstate(error: BaseException) -> str:
    """SQLSTATE of a database error, or an empty text."""
    original = getattr(error, "orig", None) or error
    return str(getattr(original, "sqlstate", "") or "")


def constraint_name(error: BaseException) -> str:
    """Name of the violated constraint, or an empty text."""
    diagnostics = getattr(getattr(error, "orig", None) or error, "diag", None)
    return str(getattr(diagnostics, "constraint_name", "") or "")


def is_retryable(error: BaseException) -> bool:
    """True when running the whole transaction again may succeed."""
    return isinstance(error, DBAPIError | DriverError) and sqlstate(error) in RETRYABLE


def domain_error_of(error: BaseException, known: ConstraintErrors) -> DomainError | None:
    """The domain error for a violated constraint: a module's own mapping first, then the general ones."""
    make = known.get(constraint_name(error))
    if make is not None:
        return make()
    state = sqlstate(error)
    if state == UNIQUE_VIOLATION:
        return AlreadyExistsError()
    if state == FOREIGN_KEY_VIOLATION:
        # A row of another tenant is as absent as one that never was.
        return NotFoundError()
    return None
