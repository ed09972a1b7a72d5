"""Why a CRM cannot be connected, or a sending not do what was asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from balcao.kernel.errors import DomainError
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

REFUSALS: Final[Mapping[str, str]] = {
    "crm_unauthorized": "GoHighLevel does not accept this token. Make a new one there and paste it here.",
    "crm_forbidden": "This token is not for that sub-account, or may not read contacts.",
    "crm_location": "GoHighLevel knows no sub-account with this id.",
    "crm_consent": "GoHighLevel did not accept the permission. Connect again.",
}
"""The refusals of a provider, as English msgids."""


class CrmRefusedError(DomainError):
    """The CRM does not take the token, the account or the consent; `reason` is a stable word."""

    status = 422
    code = "crm_refused"
    title = "Connection refused."
    detail = "GoHighLevel refused the connection."


class CrmUnavailableError(DomainError):
    """The CRM did not answer. Not 503: this installation is well, what it depends on is not (RFC 4918, 11.4)."""

    status = 424
    code = "crm_unavailable"
    title = "GoHighLevel not answering."
    detail = "GoHighLevel is not answering right now. Try again in a moment."


class CrmNotConnectedError(DomainError):
    """The connection has no working token."""

    code = "crm_not_connected"
    title = "Account not connected."
    detail = "This GoHighLevel account is not connected. Connect it again first."


class CrmConsentOffError(DomainError):
    """The installation has no app at the CRM, so connections are made with a token."""

    code = "crm_consent_off"
    title = "Connection by token only."
    detail = "This installation connects to GoHighLevel with a private token only."


class CrmConsentInvalidError(DomainError):
    """The way back from the CRM's consent page was not begun in this session, ran out, or was used already."""

    status = 410
    code = "crm_consent_invalid"
    title = "Connection link not valid."
    detail = "This way back from GoHighLevel does not work any more. Connect again."


class PushStateError(DomainError):
    """The state of the sending does not allow this; `status` names it."""

    code = "push_state"
    title = "Not possible for this sending now."
    detail = "That is not possible in the state this sending is in."


class PushRunningError(DomainError):
    """Another sending of the same import to the same account is not finished; `push_id` names it."""

    code = "push_running"
    title = "Sending under way."
    detail = "This import is already being sent to that account."


class NothingToSendError(DomainError):
    """No contact of the import is in the part that was chosen."""

    status = 422
    code = "nothing_to_send"
    title = "Nothing to send."
    detail = "There is no contact to send in this part of the import."


class ErrorLogUnreadableError(DomainError):
    """The file is not an error report of GoHighLevel: no column with its codes, or no way to tell whose line it is."""

    status = 422
    code = "error_log_unreadable"
    title = "Error report not readable."
    detail = "This file does not look like GoHighLevel's error report."


def refusal_of(error: ProviderRejected | ProviderUnavailable) -> DomainError:
    """The same as an error a person understands. What the CRM said stays out of it: it may quote what it was sent."""
    if isinstance(error, ProviderUnavailable):
        wait = {"Retry-After": str(max(1, round(error.retry_after)))} if error.retry_after else None
        return CrmUnavailableError(headers=wait)
    return CrmRefusedError(REFUSALS.get(error.code), reason=error.code)
