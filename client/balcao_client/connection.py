"""Where the API is and who calls: checked once, sent with every request, shown to nobody."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from balcao_client.calls import Call

API: Final = "/api/v1"
USER_AGENT: Final = "balcao-client/0.1.0"
MOST_REDIRECTS: Final = 3
_PLAIN: Final = re.compile(r"[\x21-\x7e]+")


@dataclass(slots=True, repr=False)
class Connection:
    """The settings of a client. `retry_seconds` bounds a request with all its tries; 0 tries once."""

    base_url: str
    api_key: str | None
    token: str | None
    tenant: str | None
    language: str
    timeout: float
    retry_seconds: float
    allow_http: bool

    def __post_init__(self) -> None:
        self.base_url = _checked_address(self.base_url, allow_http=self.allow_http)
        for name, value in (("api_key", self.api_key), ("token", self.token), ("tenant", self.tenant)):
            if value is not None and not _PLAIN.fullmatch(value):
                raise ValueError(f"{name} has characters that cannot be sent")  # the value is not told

    def headers(self) -> dict[str, str]:
        """What every request carries."""
        found = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        found |= {"Accept-Language": self.language, "User-Agent": USER_AGENT}
        if self.api_key:
            found["X-Api-Key"] = self.api_key
        if self.token:
            found["Authorization"] = f"Bearer {self.token}"
        if self.tenant:
            found["X-Tenant-Id" if _is_uuid(self.tenant) else "X-Tenant"] = self.tenant
        return found

    def request(self, call: Call, *, read_timeout: float | None = None) -> httpx.Request:
        """The request of a call; `read_timeout` in seconds for answers that take their time."""
        timeout = httpx.Timeout(self.timeout, read=read_timeout or self.timeout)
        is_form = call.form is not None
        return httpx.Request(
            call.method,
            f"{self.base_url}{API}{call.path}",
            params=httpx.QueryParams(call.params()) if call.query else None,
            headers={**self.headers(), **call.sent_headers()},
            content=None if is_form else call.content(),
            data=call.fields() if is_form else None,
            files=call.files() if is_form else None,
            extensions={"timeout": timeout.as_dict()},
        )

    def __repr__(self) -> str:
        known = "api_key=…" if self.api_key else "token=…" if self.token else "anonymous"
        return f"{self.base_url!r}, tenant={self.tenant!r}, {known}"


def no_cookies() -> CookieJar:
    """A jar that takes nothing: who calls is said by the key or the token alone."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def next_request(response: httpx.Response, number: int) -> httpx.Request | None:
    """The request that a redirect asks for: of a read, to the same server. None for every other answer."""
    target = response.next_request if response.is_redirect else None
    here = response.request.url
    if target is None or response.request.method != "GET" or number >= MOST_REDIRECTS:
        return None
    is_same = (target.url.scheme, target.url.host, target.url.port) == (here.scheme, here.host, here.port)
    return target if is_same else None


def _checked_address(base_url: str, *, allow_http: bool) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("base_url must be an address such as https://shop.example")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("base_url takes no name, password or query")
    if parts.scheme == "http" and not allow_http and not _is_here(parts.hostname):
        raise ValueError("http:// would send the key in the clear; use https://, or say allow_http=True")
    return base_url.rstrip("/").removesuffix(API)


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
