"""Local servers that speak as Vault, Secrets Manager and Key Vault do, and fail as they do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "canary-of-the-access-key"
TENANT, CLIENT, CLIENT_SECRET = "directory-1", "application-1", "canary-of-the-client-secret"
ROLE_ID, SECRET_ID = "role-1", "canary-of-the-secret-id"


@dataclass
class Question:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


Reply = tuple[int, Any] | tuple[int, Any, dict[str, str]]


@dataclass
class FakeServer:
    """Answers in threads. `fault` is what it does instead of answering; `questions` is all that was asked."""

    questions: list[Question] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    fault: str = ""
    logins: int = 0

    def __post_init__(self) -> None:
        fake = self
        self.closing = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                question = Question(
                    self.command, unquote(parts.path),
                    {name: values[0] for name, values in parse_qs(parts.query).items()},
                    {name.lower(): value for name, value in self.headers.items()}, self.rfile.read(size),
                )  # fmt: skip
                fake.questions.append(question)
                if not fake.misbehave(self):
                    self.give(*fake.reply(question))

            do_GET = do_POST = do_PUT = answer

            def give(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def misbehave(self, handler: Any) -> bool:
        """What every server may do wrong. `canary` stands where a careless client would quote it."""
        if self.fault == "silent":
            self.closing.wait(5)
            handler.close_connection = True
        elif self.fault == "cut":
            handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"value": "canary')
            handler.close_connection = True
        elif self.fault == "garbage":
            handler.give(200, b"<html>canary-in-an-answer</html>")
        elif self.fault == "list":
            handler.give(200, ["canary-in-an-answer"])
        elif self.fault == "empty":
            handler.give(200, {})
        elif self.fault == "huge":
            handler.give(200, b"[" * 400_000)
        elif self.fault == "500":
            handler.give(500, {"errors": ["canary-in-an-answer"]})
        elif self.fault == "redirect":
            handler.give(302, b"", {"Location": "http://127.0.0.1:1/canary"})
        elif self.fault == "throttled":
            handler.give(*self.throttled())
        else:
            return False
        return True

    def throttled(self) -> Reply:
        return 429, {"errors": ["canary-in-an-answer"]}, {"Retry-After": "7"}

    def reply(self, question: Question) -> Reply:
        raise NotImplementedError

    def put(self, name: str, value: str) -> None:
        """A new version."""
        self.values.setdefault(name, []).append(value)

    def delete(self, name: str) -> None:
        self.deleted.add(name)

    def forbid(self, name: str) -> None:
        self.forbidden.add(name)


@dataclass
class FakeVault(FakeServer):
    """KV version 2 at secret/, AppRole at auth/approle, tokens that can be renewed or revoked."""

    tokens: set[str] = field(default_factory=lambda: {"root-token"})
    renewable: bool = True
    sealed: bool = False
    lease: int = 600

    def reply(self, question: Question) -> Reply:
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if question.path == "/v1/auth/approle/login":
            return self._login(json.loads(question.body))
        if question.path == "/v1/auth/kubernetes/login":
            asked = json.loads(question.body)
            known = asked == {"role": "balcao", "jwt": "canary-of-the-jwt"}
            return self._token() if known else (403, {"errors": ["permission denied"]})
        token = question.headers.get("x-vault-token", "")
        if token not in self.tokens:
            return 403, {"errors": ["permission denied"]}
        if question.path == "/v1/auth/token/renew-self":
            if not self.renewable:
                return 403, {"errors": ["permission denied"]}
            return 200, {"auth": {"client_token": token, "lease_duration": self.lease}}
        return self._read(question)

    def _login(self, asked: dict[str, str]) -> Reply:
        if asked != {"role_id": ROLE_ID, "secret_id": SECRET_ID}:
            return 400, {"errors": ["invalid role or secret ID"]}
        return self._token()

    def _token(self) -> Reply:
        self.logins += 1
        token = f"canary-token-{self.logins}"
        self.tokens.add(token)
        return 200, {"auth": {"client_token": token, "lease_duration": self.lease, "renewable": True}}

    def _read(self, question: Question) -> Reply:
        name = question.path.removeprefix("/v1/secret/data/balcao/")
        if name in self.forbidden:
            return 403, {"errors": ["1 error occurred: permission denied"]}
        versions = self.values.get(name)
        if not versions:
            return 404, {"errors": []}
        number = int(question.query.get("version", len(versions)))
        metadata = {"version": number, "deletion_time": "", "destroyed": False}
        if name in self.deleted:
            return 404, {
                "data": {"data": None, "metadata": metadata | {"deletion_time": "2026-01-01T00:00:00Z"}}
            }
        return 200, {"data": {"data": {"value": versions[number - 1]}, "metadata": metadata}}


@dataclass
class FakeSecretsManager(FakeServer):
    """GetSecretValue, behind a signature that is worked out here a second time."""

    binary: bool = False
    decryption_fails: bool = False
    session: str = ""
    ended_sessions: set[str] = field(default_factory=set)
    sessions: dict[str, str] = field(default_factory=dict)

    def throttled(self) -> Reply:
        return 400, {"__type": "ThrottlingException", "message": "canary-in-an-answer"}

    def reply(self, question: Question) -> Reply:
        if question.path.startswith(("/credentials", "/latest", "/sts")):
            return self._credentials(question)
        refused = self._refused(question)
        if refused:
            return 400, {"__type": refused, "message": "canary-in-an-answer"}
        assert question.headers["x-amz-target"] == "secretsmanager.GetSecretValue"
        asked = json.loads(question.body)
        name = asked["SecretId"].removeprefix("balcao/")
        if name in self.forbidden:
            return 400, {"__type": "AccessDeniedException", "Message": "not authorized to perform"}
        if name in self.deleted:
            return 400, {"__type": "InvalidRequestException", "Message": "marked for deletion"}
        if self.decryption_fails:
            return 400, {"__type": "com.amazonaws.secretsmanager#DecryptionFailure"}
        versions = self.values.get(name, [])
        index = len(versions) - (1 if asked["VersionStage"] == "AWSCURRENT" else 2)
        if index < 0:
            return 400, {"__type": "ResourceNotFoundException", "Message": "can't find the specified secret"}
        value = versions[index]
        told = (
            {"SecretBinary": base64.b64encode(value.encode()).decode()}
            if self.binary
            else {"SecretString": value}
        )
        return 200, {"Name": asked["SecretId"], "VersionId": f"version-{index}", **told}

    def _refused(self, question: Question) -> str:
        token = question.headers.get("x-amz-security-token", "")
        if token in self.ended_sessions:
            return "ExpiredTokenException"
        key = self.sessions.get(token, SECRET_KEY)
        return (
            ""
            if question.headers.get("authorization") == self._signature(question, key)
            else "InvalidSignatureException"
        )

    def _signature(self, question: Question, key: str) -> str:
        given = question.headers["authorization"]
        names = given.partition("SignedHeaders=")[2].partition(",")[0]
        credential = given.partition("Credential=")[2].partition(",")[0]
        _, day, region, service, ending = credential.split("/")
        moment = question.headers["x-amz-date"]
        lines = "".join(f"{name}:{question.headers[name].strip()}\n" for name in names.split(";"))
        digest = hashlib.sha256(question.body).hexdigest()
        canonical = f"{question.method}\n{question.path}\n\n{lines}\n{names}\n{digest}"
        text = "\n".join(
            [
                "AWS4-HMAC-SHA256",
                moment,
                f"{day}/{region}/{service}/{ending}",
                hashlib.sha256(canonical.encode()).hexdigest(),
            ]
        )
        secret = ("AWS4" + key).encode()
        for part in (day, region, service, ending, text):
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        assert {"host", "x-amz-date", "x-amz-target"} <= set(names.split(";"))
        return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={secret.hex()}"

    def _credentials(self, question: Question) -> Reply:
        if question.path == "/latest/api/token":
            return 200, b"metadata-token"
        if (
            question.path.startswith("/latest/")
            and question.headers.get("x-aws-ec2-metadata-token") != "metadata-token"
        ):
            return 401, b""
        if question.path.endswith("/security-credentials/"):
            return 200, b"machine-role"
        if (
            question.path.startswith("/credentials")
            and question.headers.get("authorization") != "container-token"
        ):
            return 403, {}
        if question.path.startswith("/sts") and question.form.get("WebIdentityToken") != "web-token":
            return 403, {"Error": {"Code": "AccessDenied"}}
        self.logins += 1
        session, key = f"session-{self.logins}", f"canary-key-{self.logins}"
        self.sessions[session] = key
        told: dict[str, Any] = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": key}
        if question.path.startswith("/sts"):
            found = told | {"SessionToken": session, "Expiration": 1_900_000_000.0}
            return 200, {
                "AssumeRoleWithWebIdentityResponse": {
                    "AssumeRoleWithWebIdentityResult": {"Credentials": found}
                }
            }
        return 200, told | {"Token": session, "Expiration": "2030-03-17T17:46:40Z"}


@dataclass
class FakeKeyVault(FakeServer):
    """Key Vault and the place where Azure signs in, on one port."""

    tokens: set[str] = field(default_factory=set)
    page_size: int = 2
    foreign_pages: bool = False

    def reply(self, question: Question) -> Reply:
        if question.path == f"/{TENANT}/oauth2/v2.0/token":
            form = question.form
            good = (
                form.get("client_secret") == CLIENT_SECRET
                or form.get("client_assertion") == "federated-token"
            )
            known = (
                good and form["client_id"] == CLIENT and form["scope"] == "https://vault.azure.net/.default"
            )
            return (
                self._token() if known else (401, {"error": "invalid_client", "error_description": "canary"})
            )
        if question.path == "/identity":
            good = question.headers.get("metadata") == "true"
            return self._token() if good else (400, {})
        if question.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"error": {"code": "Unauthorized"}}
        assert question.query["api-version"] == "7.4"
        name, _, version = question.path.removeprefix("/secrets/balcao-").partition("/")
        return self._read(name.replace("-", "_"), version, int(question.query.get("skip", 0)))

    def _token(self) -> Reply:
        self.logins += 1
        token = f"canary-token-{self.logins}"
        self.tokens.add(token)
        return 200, {"access_token": token, "expires_in": "3599", "token_type": "Bearer"}

    def _read(self, name: str, version: str, skip: int) -> Reply:
        if name in self.forbidden:
            return 403, {"error": {"code": "Forbidden", "message": "canary-in-an-answer"}}
        versions = self.values.get(name, [])
        if not versions or name in self.deleted:
            return 404, {"error": {"code": "SecretNotFound"}}
        address = f"{self.url}/secrets/balcao-{name.replace('_', '-')}"
        if version == "versions":
            items = [
                {"id": f"{address}/v{i}", "attributes": {"enabled": i != 99, "created": 1_700_000_000 + i}}
                for i in range(len(versions))
            ]
            following = f"{address}/versions?api-version=7.4&skip={skip + self.page_size}"
            if self.foreign_pages:
                following = "http://127.0.0.1:1/secrets/elsewhere"
            more = skip + self.page_size < len(items)
            return 200, {
                "value": items[skip : skip + self.page_size],
                "nextLink": following if more else None,
            }
        index = int(version.removeprefix("v")) if version else len(versions) - 1
        return 200, {"value": versions[index], "id": f"{address}/v{index}", "attributes": {"enabled": True}}
