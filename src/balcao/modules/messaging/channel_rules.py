"""What the credentials of a channel look like, what is shown of a secret, and what a change means. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

Channel = Literal["whatsapp", "telegram"]
CHANNELS: Final[tuple[Channel, ...]] = ("whatsapp", "telegram")

DOTS: Final = "••••"
SHOWN_LENGTH: Final = 4
FULL_LENGTH: Final = 16
"""A secret shorter than this shows none of its characters: four of them would be too large a part."""
BOTH_SECRETS: Final = timedelta(hours=24)
"""How long the former app secret and verify token hold beside the new ones."""
# What pasting brings along: white space, also the kinds of word processors and chats, and a byte order mark.
_MARGIN: Final = " \t\r\n\v\f\u00a0\u2007\u2028\u2029\u202f\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field: what it must look like, what is said when it does not, and how it is kept."""

    pattern: re.Pattern[str]
    message: str
    is_secret: bool = False
    is_required: bool = False
    prefix: str = ""
    """A word that people copy together with the text; it is left out."""


_DIGITS: Final = re.compile(r"[0-9]{5,32}")
_VISIBLE: Final = re.compile(r"[\x21-\x7e]{8,256}")
# RFC 6750, 2.1, and the bar that tokens of Meta's apps have between id and secret.
_BEARER: Final = re.compile(r"[A-Za-z0-9._~+/|=-]{16,1024}")
_BOT_TOKEN: Final = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{20,100}")
_CHAT: Final = re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{4,31}")
_ID: Final = "This is the number that Meta shows beside the telephone: digits alone."

RULES: Final[Mapping[Channel, Mapping[str, FieldRule]]] = {
    "whatsapp": {
        "phone_number_id": FieldRule(_DIGITS, _ID, is_required=True),
        "waba_id": FieldRule(_DIGITS, "This is the number of the WhatsApp Business account: digits alone."),
        "access_token": FieldRule(
            _BEARER, "This is not an access token of Meta.", is_secret=True, is_required=True, prefix="Bearer "
        ),
        "app_secret": FieldRule(
            _VISIBLE, "An app secret has 8 to 256 letters, digits and signs, without spaces.", is_secret=True
        ),
        "verify_token": FieldRule(
            _VISIBLE, "A verify token has 8 to 256 letters, digits and signs, without spaces.", is_secret=True
        ),
    },
    "telegram": {
        "bot_token": FieldRule(
            _BOT_TOKEN, "This is not a bot token. It looks like 123456789:ABC…", is_secret=True, is_required=True
        ),
        "chat_id": FieldRule(_CHAT, "This is the number of a chat, or the @name of a channel."),
    },
}  # fmt: skip
# The fields that decide who answers at the provider: with another one, an earlier check says nothing any more.
CHECKED_FIELDS: Final = frozenset({"phone_number_id", "access_token", "bot_token"})
NEEDED: Final = "This is needed."
STRANGE: Final = "This channel has no such field."
OTHER_MASK: Final = "Only a shortened form came, and not of what is stored. Paste the whole text."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change: new texts, fields to empty, and what is wrong, as (field, English msgid) in the fields' order."""

    values: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    removed: frozenset[str] = frozenset()
    errors: tuple[tuple[str, str], ...] = ()


def ending(secret: str) -> str:
    """The part of a secret that may be shown: its last four characters, or nothing of a short one."""
    return secret[-SHOWN_LENGTH:] if len(secret) >= FULL_LENGTH else ""


def mask(shown: str) -> str:
    """A secret as it is shown: four dots and its ending, such as `••••1234`. Sent back, it means: keep it."""
    return DOTS + shown


def purpose(channel: Channel, name: str) -> str:
    """What a secret is sealed for: it does not open as another field's, or another channel's."""
    return f"channel.{channel}.{name}"


def wanted_change(channel: Channel, sent: Mapping[str, str | None], shown: Mapping[str, str]) -> Wanted:
    """What `sent` asks for, where `shown` is each stored field as it is shown: plain, or its mask.

    A field that is left out, or sent as its mask, stays. Null and white space alone empty it. Anything else is the new
    text, without white space around it.
    """
    values: dict[str, str] = {}
    removed: set[str] = set()
    errors: dict[str, str] = {}
    for name, raw in sent.items():
        text = (raw or "").strip(_MARGIN)
        rule = RULES[channel].get(name)
        if rule is None:
            if text:
                errors[name] = STRANGE
        elif not text:
            removed.add(name)
        elif not (rule.is_secret and text == shown.get(name)):
            text = text.removeprefix(rule.prefix).strip(_MARGIN)
            values[name] = text
            if problem := _problem(rule, text):
                errors[name] = problem
    for name, rule in RULES[channel].items():
        is_there = name in values or (name in shown and name not in removed)
        if rule.is_required and not is_there:
            errors[name] = NEEDED
    order = (*RULES[channel], *(name for name in errors if name not in RULES[channel]))
    return Wanted(values, frozenset(removed), tuple((name, errors[name]) for name in order if name in errors))


def _problem(rule: FieldRule, text: str) -> str:
    if rule.is_secret and text.startswith(DOTS):
        return OTHER_MASK
    return "" if rule.pattern.fullmatch(text) else rule.message
