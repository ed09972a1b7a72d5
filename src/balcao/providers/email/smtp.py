"""E-mail through an SMTP server, over STARTTLS (587) or TLS (465)."""

import ipaddress
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

import aiosmtplib

from balcao.ports.email import OutgoingEmail, SentReceipt
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSender:
    """Hands each message to one server, in a connection of its own.

    `from_address` is the sender of all mail, `from_name` stands where a message brings no name. `security` "none" is
    only for a server on this machine: anything else raises ValueError.
    """

    host: str
    port: int
    from_address: str
    from_name: str
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 20.0
    tls_context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if self.security == "none" and not _is_loopback(self.host):
            raise ValueError("an SMTP server on another machine needs STARTTLS or TLS")

    @property
    def name(self) -> str:
        """The name it is chosen by in the settings."""
        return "smtp"

    async def send(self, email: OutgoingEmail) -> SentReceipt:
        """Hand the message over.

        Raises ProviderRejected("email_invalid" for a malformed address or header, "email_auth", "email_recipient",
        "email_refused" for other 5xx answers) or ProviderUnavailable (4xx, time-outs, broken or unsafe connections).
        """
        message = _message(email, self)
        try:
            _, response = await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.username or None,
                password=self.password or None,
                timeout=self.timeout_seconds,
                use_tls=self.security == "tls",
                start_tls=self.security == "starttls",
                tls_context=self.tls_context,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _by_code(error.recipients[0].code, "email_recipient") from error
        except aiosmtplib.SMTPAuthenticationError as error:
            raise _by_code(error.code, "email_auth") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _by_code(error.code, "email_refused") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            # The text may quote an address: the kind of the error is enough for the log.
            raise ProviderUnavailable(f"SMTP: {type(error).__name__}") from error
        return SentReceipt(self.name, email.message_id, response)


def _by_code(code: int, rejected_as: str) -> ProviderRejected | ProviderUnavailable:
    if 500 <= code <= 599:
        return ProviderRejected(rejected_as, f"SMTP {code}")
    return ProviderUnavailable(f"SMTP {code}")


def _message(email: OutgoingEmail, sender: SmtpSender) -> EmailMessage:
    try:
        return _built(email, sender)
    # The standard library refuses line breaks, broken addresses and lone surrogates, each with an error of its own.
    except (ValueError, IndexError, MessageError) as error:
        raise ProviderRejected("email_invalid", "a header, an address or the text is malformed") from error


def _built(email: OutgoingEmail, sender: SmtpSender) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(email.from_name or sender.from_name, addr_spec=sender.from_address)
    message["To"] = Address(addr_spec=_ascii_domain(email.to))
    if email.reply_to:
        message["Reply-To"] = Address(addr_spec=_ascii_domain(email.reply_to))
    message["Subject"] = email.subject
    message["Message-ID"] = email.message_id
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(email.text)
    if email.html is not None:
        message.add_alternative(email.html, subtype="html")
    # After the content, which throws away every Content- header before it.
    message["Content-Language"] = "pt-BR"
    return message


def _ascii_domain(address: str) -> str:
    """The address with an accented domain (legal under .br) as mail servers know it."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.encode('idna').decode('ascii')}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
