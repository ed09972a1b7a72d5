"""Domains of e-mail addresses: typing mistakes that may be corrected, those that may only be pointed at, throw-away ones.

The table of corrections is closed (contacts specification, 4.2): a domain outside it is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

_LAST_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(("con", "cim", "cmo", "ocm", "vom", "xom", "cpm", "cok", "comm", "coml"), "com")
    | {"combr": "com.br"}
)
_LAST_TWO_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(("con.br", "cm.br", "comm.br", "com.vr", "com.b"), "com.br")
)
_WHOLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"{name}.com": right
        for right, names in {
            "gmail.com": ("gmial", "gamil", "gmai", "gmal", "gmil", "gnail", "gmaill", "gmaul"),
            "hotmail.com": (
                "hotmial",
                "hotmai",
                "hotmal",
                "hotmil",
                "homail",
                "hormail",
                "otmail",
                "hotmaill",
            ),
            "outlook.com": ("outlok", "outloo", "outllok"),
            "yahoo.com": ("yaho",),
            "icloud.com": ("iclould",),
        }.items()
        for name in names
    }
    | dict.fromkeys(("gmail.co", "gmail.cm", "gmail.om", "gmail.com.br"), "gmail.com")
    | {"hotmail.co": "hotmail.com", "outlook.co": "outlook.com", "icloud.co": "icloud.com"}
    | dict.fromkeys(("yaho.com.br", "yahho.com.br", "yhaoo.com.br"), "yahoo.com.br")
)

PROVIDERS: Final = (
    "gmail.com", "hotmail.com", "outlook.com", "yahoo.com.br", "yahoo.com", "icloud.com", "live.com", "msn.com",
    "uol.com.br", "bol.com.br", "terra.com.br", "ig.com.br", "globo.com", "r7.com", "oi.com.br", "hotmail.com.br",
    "outlook.com.br", "me.com", "protonmail.com", "globomail.com",
)  # fmt: skip
"""The twenty commonest in Brazilian lists, the commonest first."""
_BARE: Final[Mapping[str, str]] = MappingProxyType(
    {provider.partition(".")[0]: provider for provider in reversed(PROVIDERS)}
)
_LOOKED_AT: Final = tuple(provider for provider in PROVIDERS if len(provider.partition(".")[0]) >= 5)
"""A short name is one letter away from too many real companies."""
_REAL_NEIGHBOURS: Final = frozenset(
    {
        "mail.com", "ymail.com", "email.com", "fmail.com", "hmail.com", "zmail.com", "gmail.de", "terra.com", "global.com",
        "lobo.com", "glob.com", "outlook.com.ar", "outlook.com.tr", "outlook.com.gr", "yahoo.com.ar", "yahoo.com.tr",
        "yahoo.com.hr", "yahoo.com.bo", "hotmail.com.ar", "hotmail.com.tr", "hotmail.com.bo", "terra.com.ar",
    }
)  # fmt: skip

_DISPOSABLE: Final = frozenset(
    {
        "10minutemail.com", "10minutemail.net", "1secmail.com", "20minutemail.com", "33mail.com", "anonbox.net",
        "burnermail.io", "byom.de", "discard.email", "discardmail.com", "disposablemail.com", "dispostable.com",
        "dropmail.me", "emailondeck.com", "emailtemporario.com.br", "fakeinbox.com", "fakemail.net", "fakemailgenerator.com",
        "getairmail.com", "getnada.com", "grr.la", "guerrillamail.biz", "guerrillamail.com", "guerrillamail.de",
        "guerrillamail.info", "guerrillamail.net", "guerrillamail.org", "guerrillamailblock.com", "harakirimail.com",
        "inboxkitten.com", "incognitomail.org", "jetable.org", "mail-temp.com", "mail-temporaire.fr", "mail.tm", "mail7.io",
        "mailcatch.com", "maildrop.cc", "mailinator.com", "mailinator.net", "mailnesia.com", "mailnull.com", "mailpoof.com",
        "mailsac.com", "mailtemp.info", "minutemail.com", "mintemail.com", "moakt.com", "mohmal.com", "mt2015.com", "mvrht.net",
        "mytemp.email", "mytrashmail.com", "nada.email", "sharklasers.com", "spam4.me", "spambox.us", "spamgourmet.com",
        "temp-mail.io", "temp-mail.org", "tempail.com", "tempemail.com", "tempemail.net", "tempinbox.com", "tempmail.com",
        "tempmail.net", "tempmail.plus", "tempmailo.com", "tempr.email", "throwawaymail.com", "tmpmail.net", "tmpmail.org",
        "trash-mail.com", "trashmail.com", "trashmail.de", "trashmail.me", "trbvm.com", "uorak.com", "wegwerfmail.de",
        "yopmail.com", "yopmail.fr", "yopmail.net", "zzrgg.com",
    }
)  # fmt: skip
_RESERVED: Final = frozenset(
    {"test", "local", "localhost", "invalid", "example", "internal", "lan", "onion", "arpa", "alt"}
)
"""Last labels that no address on the internet has (RFC 2606, RFC 6761 and the like)."""
_DOMAIN: Final = re.compile(
    r"(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.|xn--[a-z0-9-]{0,58}[a-z0-9]\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])"
)


class DomainVerdict(NamedTuple):
    """What a domain in small ASCII letters is. `repaired` differs from it only by the closed table; `name` is its first
    label.
    """

    repaired: str
    name: str
    suggested: str
    is_possible: bool
    is_disposable: bool
    is_plain: bool
    """Possible, and nothing to say of it."""


@lru_cache(maxsize=4_096)
def ascii_domain(domain: str) -> str:
    """The form of a domain that every program takes: açúcar.com.br → xn--acar-0oa8i.com.br. Empty when there is none."""
    if domain.isascii():
        return domain
    import idna  # late: its tables are large, and such domains are few

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


@lru_cache(maxsize=65_536)
def judge_domain(domain: str) -> DomainVerdict:
    """The verdict over a domain; remembered, since lists repeat few domains very often."""
    repaired = _repair(domain)
    is_possible = (
        _DOMAIN.fullmatch(repaired) is not None
        and len(repaired) <= 253
        and repaired.rpartition(".")[2] not in _RESERVED
    )
    suggested = _nearest_provider(repaired)
    is_disposable = repaired in _DISPOSABLE
    is_plain = is_possible and repaired == domain and not suggested and not is_disposable
    return DomainVerdict(
        repaired, repaired.partition(".")[0], suggested, is_possible, is_disposable, is_plain
    )


def meant_by(name: str) -> str:
    """The provider that somebody may have meant who left the dot or the ending out: gmail, gmailcom, gmial."""
    return _BARE.get(name) or _WHOLE.get(f"{name}.com") or _BARE.get(name.removesuffix("com"), "")


def _repair(domain: str) -> str:
    """A repaired ending may show a known name: gmial.con, gmail.combr."""
    before, _, last = domain.rpartition(".")
    if before and last in _LAST_LABELS:
        domain = f"{before}.{_LAST_LABELS[last]}"
    before, _, ending = _last_two(domain)
    if before and ending in _LAST_TWO_LABELS:
        domain = f"{before}.{_LAST_TWO_LABELS[ending]}"
    return _WHOLE.get(domain, domain)


def _last_two(domain: str) -> tuple[str, str, str]:
    before, dot, last = domain.rpartition(".")
    first, second_dot, middle = before.rpartition(".")
    return first, second_dot, f"{middle}{dot}{last}"


def _nearest_provider(domain: str) -> str:
    """A well-known provider one typing mistake away, or an empty text."""
    if domain in PROVIDERS or domain in _REAL_NEIGHBOURS:
        return ""
    shorter = domain.removesuffix(".com") if domain.endswith(".com.com") else domain.removesuffix(".br")
    if shorter != domain and (shorter in _WHOLE or shorter in PROVIDERS):
        return _WHOLE.get(shorter, shorter)
    return next((provider for provider in _LOOKED_AT if is_one_edit_away(domain, provider)), "")


def is_one_edit_away(text: str, other: str) -> bool:
    """Whether one letter more, one less, another one, or two neighbours turned round make one text of the other."""
    shorter, longer = sorted((text, other), key=len)
    if len(longer) - len(shorter) > 1 or text == other:
        return False
    start = 0
    while start < len(shorter) and shorter[start] == longer[start]:
        start += 1
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    if shorter[start + 1 :] == longer[start + 1 :]:
        return True
    return (
        shorter[start : start + 2] == longer[start : start + 2][::-1]
        and shorter[start + 2 :] == longer[start + 2 :]
    )
