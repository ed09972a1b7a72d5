"""What every e-mail sender promises, and SMTP against a local server that fails as servers do."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from balcao.kernel.secrets.cache import SecretCache
from balcao.kernel.secrets.local import LocalSecrets
from balcao.ports.email import EmailSender, OutgoingEmail
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.providers.email.mailbox import Mailbox
from balcao.providers.email.smtp import SmtpSender
from balcao.providers.email.smtp_fresh_password import FreshPasswordSmtp

CERTIFICATES = Path(__file__).parent / "certificates"
EMAIL = OutgoingEmail(
    message_id="<0190a0de@padaria.exemplo.com.br>",
    to="ana@cliente.exemplo.com.br",
    subject="Seu pedido está pronto: pão de queijo",
    text="Olá, Ana!\n.\nSeu pedido saiu do forno.\n",
    html="<p>Olá, <b>Ana</b>!</p>",
    from_name="Padaria do Zé, a da esquina",
    reply_to="contato@padaria.exemplo.com.br",
)


@dataclass
class Handler:
    """Takes mail, or answers a step as a test prepared."""

    faults: dict[str, str] = field(default_factory=dict[str, str])
    received: list[Envelope] = field(default_factory=list[Envelope])
    logins: list[str] = field(default_factory=list[str])

    async def handle_MAIL(
        self, _s: SMTP, _se: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.faults.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, _s: SMTP, _se: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.faults.get("RCPT", "250 OK")

    async def handle_DATA(self, _s: SMTP, _se: Session, envelope: Envelope) -> str:
        self.received.append(envelope)
        return self.faults.get("DATA", "250 queued as 42")

    def authenticate(self, _s: SMTP, _se: Session, _e: Envelope, _mechanism: str, data: Any) -> AuthResult:
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"segredo", handled=False)


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "localhost.crt", CERTIFICATES / "localhost.key")
    return context


def trusting_tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATES / "localhost.crt"))


def local_sender(**changes: Any) -> SmtpSender:
    fields: dict[str, Any] = {"host": "127.0.0.1", "port": 25, "security": "none", "timeout_seconds": 2.0}
    return SmtpSender(from_address="loja@balcao.exemplo.com.br", from_name="Balcão", **(fields | changes))


@asynccontextmanager
async def listening(
    protocol: Callable[[], Any], tls: ssl.SSLContext | None = None
) -> AsyncIterator[SmtpSender]:
    """A server on this machine, and how to reach it in the clear."""
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield local_sender(port=port)
    finally:
        server.close()
        await server.wait_closed()


def plain(handler: Handler, **options: Any) -> Callable[[], SMTP]:
    loop = asyncio.get_running_loop()
    return lambda: SMTP(handler, loop=loop, hostname="mx.exemplo", **options)


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
async def server(handler: Handler) -> AsyncIterator[SmtpSender]:
    async with listening(plain(handler)) as reachable:
        yield reachable


@pytest.fixture(params=["mailbox", "smtp"])
def sender(request: pytest.FixtureRequest, server: SmtpSender) -> EmailSender:
    return server if request.param == "smtp" else Mailbox()


async def test_a_message_is_taken_and_acknowledged(sender: EmailSender) -> None:
    receipt = await sender.send(EMAIL)
    assert receipt.provider == sender.name
    assert receipt.message_id == EMAIL.message_id
    assert receipt.response


async def test_sending_again_keeps_the_message_id(sender: EmailSender) -> None:
    assert (await sender.send(EMAIL)).message_id == (await sender.send(EMAIL)).message_id


def parsed(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


async def test_smtp_carries_the_whole_message(server: SmtpSender, handler: Handler) -> None:
    receipt = await server.send(EMAIL)
    assert "queued as 42" in receipt.response
    (envelope,) = handler.received
    assert envelope.mail_from == "loja@balcao.exemplo.com.br"
    assert envelope.rcpt_tos == ["ana@cliente.exemplo.com.br"]
    message = parsed(envelope)
    assert message["From"].addresses[0].display_name == "Padaria do Zé, a da esquina"
    assert message["From"].addresses[0].addr_spec == "loja@balcao.exemplo.com.br"
    assert message["Reply-To"] == "contato@padaria.exemplo.com.br"
    assert message["Subject"] == EMAIL.subject
    assert message["Message-ID"] == EMAIL.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "pt-BR"
    assert message["Date"].datetime.tzinfo is not None
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == EMAIL.text
    assert html.get_content().strip() == EMAIL.html


async def test_text_only_and_the_default_sender_name(server: SmtpSender, handler: Handler) -> None:
    await server.send(replace(EMAIL, html=None, from_name=None, reply_to=None))
    message = parsed(handler.received[0])
    assert message.get_content_type() == "text/plain"
    assert message["From"].addresses[0].display_name == "Balcão"
    assert message["Reply-To"] is None


async def test_accented_domains_travel_in_their_plain_form(server: SmtpSender, handler: Handler) -> None:
    await server.send(replace(EMAIL, to="ana@açaí.com.br", reply_to="oi@pão.com.br"))
    assert handler.received[0].rcpt_tos == ["ana@xn--aa-4iaz.com.br"]
    assert parsed(handler.received[0])["Reply-To"] == "oi@xn--po-sia.com.br"


@pytest.mark.parametrize(
    ("step", "answer", "code"),
    [
        ("MAIL", "550 sender refused", "email_refused"),
        ("RCPT", "550 5.1.1 no such user ana@cliente.exemplo.com.br", "email_recipient"),
        ("RCPT", "553 mailbox name not allowed", "email_recipient"),
        ("DATA", "552 message too large", "email_refused"),
        ("DATA", "554 looks like spam", "email_refused"),
    ],
)
async def test_5xx_is_final(server: SmtpSender, handler: Handler, step: str, answer: str, code: str) -> None:
    handler.faults[step] = answer
    with pytest.raises(ProviderRejected) as rejection:
        await server.send(EMAIL)
    assert rejection.value.code == code
    assert rejection.value.detail == f"SMTP {answer[:3]}"
    assert "ana@" not in str(rejection.value)


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("MAIL", "451 try again later"),
        ("RCPT", "450 mailbox busy"),
        ("RCPT", "421 closing"),
        ("DATA", "452 no space"),
    ],
)
async def test_4xx_means_later(server: SmtpSender, handler: Handler, step: str, answer: str) -> None:
    handler.faults[step] = answer
    with pytest.raises(ProviderUnavailable, match=answer[:3]):
        await server.send(EMAIL)


@pytest.mark.parametrize(
    "change",
    [
        {"to": ""},
        {"to": "ana"},
        {"to": "ana@"},
        {"to": "ana souza@cliente.exemplo.com.br"},
        {"to": "ana@cliente.exemplo.com.br\r\nBcc: todos@exemplo.com.br"},
        {"to": "ana@cliente.exemplo.com.br, bia@cliente.exemplo.com.br"},
        {"to": "joão@cliente.exemplo.com.br"},
        {"to": f"ana@{'a' * 64}.com.br"},
        {"subject": "Oi\r\nBcc: todos@exemplo.com.br"},
        {"subject": "Oi\nBcc: todos@exemplo.com.br"},
        {"from_name": "Loja\r\nBcc: todos@exemplo.com.br"},
        {"reply_to": "nobody\r\n@x"},
        {"message_id": "<1@x>\r\nBcc: todos@exemplo.com.br"},
        {"text": "\ud800"},
        {"html": "\ud800"},
    ],
)
async def test_malformed_messages_never_leave(
    server: SmtpSender, handler: Handler, change: dict[str, str]
) -> None:
    with pytest.raises(ProviderRejected) as rejection:
        await server.send(replace(EMAIL, **change))
    assert rejection.value.code == "email_invalid"
    assert handler.received == []


async def test_starttls_with_login(handler: Handler) -> None:
    options = {"tls_context": server_tls(), "require_starttls": True, "authenticator": handler.authenticate}
    async with listening(plain(handler, auth_required=True, **options)) as clear:
        safe = replace(
            clear, security="starttls", username="loja", password="segredo", tls_context=trusting_tls()
        )
        await safe.send(EMAIL)
        assert len(handler.received) == 1
        assert handler.logins == ["loja"]
        with pytest.raises(ProviderRejected) as rejection:
            await replace(safe, password="errado").send(EMAIL)
        assert rejection.value.code == "email_auth"
        assert len(handler.received) == 1


async def test_tls_from_the_first_byte(handler: Handler) -> None:
    async with listening(plain(handler), tls=server_tls()) as clear:
        await replace(clear, security="tls", tls_context=trusting_tls()).send(EMAIL)
        assert len(handler.received) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_nobody_trusts_is_not_accepted(handler: Handler, security: Any) -> None:
    tls = server_tls()
    protocol = plain(handler, tls_context=tls) if security == "starttls" else plain(handler)
    async with listening(protocol, tls=tls if security == "tls" else None) as clear:
        with pytest.raises(ProviderUnavailable):
            await replace(clear, security=security).send(EMAIL)
    assert handler.received == []


async def test_a_server_without_starttls_gets_nothing(server: SmtpSender, handler: Handler) -> None:
    with pytest.raises(ProviderUnavailable):
        await replace(server, security="starttls", username="loja", password="segredo").send(EMAIL)
    assert handler.received == []
    assert handler.logins == []


class Broken(asyncio.Protocol):
    """Greets with the given bytes, then hangs up or stays silent."""

    def __init__(self, greeting: bytes, *, hang_up: bool) -> None:
        self._greeting, self._hang_up = greeting, hang_up

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._greeting)
        if self._hang_up:
            transport.close()


@pytest.mark.parametrize(
    ("greeting", "hang_up"),
    [(b"", True), (b"", False), (b"220 hi\r\n", True), (b"220 hi\r\n", False), (b"hello?\r\n", False)],
)
async def test_broken_servers_mean_later(greeting: bytes, hang_up: bool) -> None:
    async with listening(lambda: Broken(greeting, hang_up=hang_up)) as server:
        with pytest.raises(ProviderUnavailable):
            await replace(server, timeout_seconds=0.3).send(EMAIL)


async def test_greetings_that_refuse() -> None:
    async with listening(lambda: Broken(b"554 go away\r\n", hang_up=False)) as server:
        with pytest.raises(ProviderRejected):
            await server.send(EMAIL)
    async with listening(lambda: Broken(b"421 too busy\r\n", hang_up=False)) as server:
        with pytest.raises(ProviderUnavailable):
            await server.send(EMAIL)


async def test_nobody_listening_means_later(handler: Handler) -> None:
    async with listening(plain(handler)) as server:
        pass
    with pytest.raises(ProviderUnavailable):
        await server.send(EMAIL)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("mail.exemplo.com.br", False),
        ("10.0.0.5", False),
    ],
)
def test_only_this_machine_may_be_spoken_to_in_the_clear(host: str, allowed: bool) -> None:
    if allowed:
        assert local_sender(host=host).host == host
    else:
        with pytest.raises(ValueError):
            local_sender(host=host)


def test_a_printed_sender_keeps_its_password() -> None:
    assert "segredo" not in repr(local_sender(username="loja", password="segredo"))


async def test_a_password_that_was_turned_over_is_read_anew_and_tried_once(
    handler: Handler, tmp_path: Path
) -> None:
    kept = tmp_path / "SMTP_PASSWORD"
    kept.touch(0o600)
    secrets = SecretCache(LocalSecrets(tmp_path, environment={}))
    options = {"tls_context": server_tls(), "require_starttls": True, "authenticator": handler.authenticate}
    async with listening(plain(handler, auth_required=True, **options)) as clear:
        safe = replace(
            clear, security="starttls", username="loja", password="antigo", tls_context=trusting_tls()
        )
        sender = FreshPasswordSmtp(safe, secrets)
        # A refused password costs two logins: the client goes through both mechanisms of the server.
        for wrong, logins in (("", 2), ("antigo", 2), ("errado", 4)):
            kept.write_text(wrong)
            handler.logins.clear()
            with pytest.raises(ProviderRejected) as rejection:
                await sender.send(EMAIL)
            assert (rejection.value.code, len(handler.logins)) == ("email_auth", logins)
        kept.write_text("segredo\n")
        await sender.send(EMAIL)
        handler.logins.clear()
        await sender.send(EMAIL)
        assert (len(handler.received), len(handler.logins)) == (2, 1)
    assert sender.name == "smtp"
