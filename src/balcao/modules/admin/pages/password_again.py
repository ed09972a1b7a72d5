"""What the forms share that ask for the password, or a code, once more: the words and the status of a refusal."""

from __future__ import annotations

from typing import Any, Final

from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.identity.second_factor import OtpInvalidError, OtpRequiredError
from balcao.modules.admin.fresh_sign_in import FreshSignInRequiredError
from balcao.modules.admin.pages.forms import errors_of

_COMPARED: Final = frozenset({"current_password", "password"})


def told(words: Translator, error: DomainError | None) -> dict[str, Any]:
    """What a page says of a refusal: `errors` by field, `problem` of none, and `error_title` for what did not match."""
    errors: dict[str, str] = {}
    problem = ""
    if isinstance(error, FreshSignInRequiredError):
        errors = {"current_password": words(error.message)}
    elif isinstance(error, OtpInvalidError | OtpRequiredError):
        errors = {"code": words(error.message)}
    elif error is not None:
        errors, problem = errors_of(words, error)
    wrong_password = isinstance(error, ValidationFailedError) and errors.keys() <= _COMPARED
    title = words("That did not match") if wrong_password or isinstance(error, OtpInvalidError) else None
    return {"errors": errors, "problem": problem, "error_title": title}


def status_of(error: DomainError | None) -> int:
    """200 without a refusal, 429 for too many tries, else 422: the form comes back."""
    if error is None:
        return 200
    return 429 if error.status == 429 else 422
