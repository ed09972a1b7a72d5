"""What credentials must look like, what is shown of them, and what a change means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.modules.messaging.channel_rules import (
    CHANNELS,
    DOTS,
    NEEDED,
    OTHER_MASK,
    RULES,
    STRANGE,
    Channel,
    ending,
    mask,
    purpose,
    wanted_change,
)

META = "EAAG0123456789abcdef"
BOT = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
GOOD: dict[Channel, dict[str, str]] = {
    "whatsapp": {
        "phone_number_id": "106540352242922",
        "waba_id": "102290129340398",
        "access_token": META,
        "app_secret": "test-app-secret",
        "verify_token": "palavra-1",
    },
    "telegram": {"bot_token": BOT, "chat_id": "-1001234567890"},
}


@pytest.mark.parametrize("channel", CHANNELS)
def test_good_ones_are_taken_trimmed_and_without_bearer(channel: Channel) -> None:
    pasted: dict[str, str | None] = {
        name: f"\ufeff \n{text}\u200b\t\r\n" for name, text in GOOD[channel].items()
    }
    if channel == "whatsapp":
        pasted["access_token"] = f" Bearer {META} "
    wanted = wanted_change(channel, pasted, {})
    assert (wanted.values, wanted.removed, wanted.errors) == (GOOD[channel], frozenset(), ())


@pytest.mark.parametrize(
    ("channel", "name", "text"),
    [
        ("whatsapp", "phone_number_id", "+55 11 98765-4321"), ("whatsapp", "phone_number_id", "1234"),
        ("whatsapp", "phone_number_id", "1" * 33), ("whatsapp", "phone_number_id", "١٢٣٤٥٦"),
        ("whatsapp", "waba_id", "12345a"), ("whatsapp", "access_token", "curto"), ("whatsapp", "access_token", "a" * 15),
        ("whatsapp", "access_token", "a" * 1025), ("whatsapp", "access_token", META + "\x00"),
        ("whatsapp", "access_token", "\x00" + META), ("whatsapp", "access_token", META + "\x1c"),
        ("whatsapp", "access_token", META[:9] + " " + META[9:]), ("whatsapp", "access_token", META + "é"),
        ("whatsapp", "app_secret", "1234567"), ("whatsapp", "app_secret", "com espaço dentro"),
        ("whatsapp", "app_secret", "a" * 257), ("whatsapp", "verify_token", "senhã-boa"),
        ("telegram", "bot_token", "110201543"), ("telegram", "bot_token", ":" + BOT), ("telegram", "bot_token", BOT[:-20]),
        ("telegram", "bot_token", BOT.replace(":", "/")), ("telegram", "bot_token", BOT + "/x"),
        ("telegram", "chat_id", "--1"), ("telegram", "chat_id", "@ab"), ("telegram", "chat_id", "1" * 21),
    ],
)  # fmt: skip
def test_other_shapes_are_refused_at_their_field(channel: Channel, name: str, text: str) -> None:
    wanted = wanted_change(channel, {**GOOD[channel], name: text}, {})
    assert wanted.errors == ((name, RULES[channel][name].message),)


@pytest.mark.parametrize(
    ("channel", "name", "text"),
    [
        ("telegram", "chat_id", "@padaria_da_vila"), ("telegram", "chat_id", "7"), ("whatsapp", "phone_number_id", "12345"),
        ("whatsapp", "access_token", "123456789|aB-c_d.E~f+g/h="), ("whatsapp", "app_secret", "a" * 256),
    ],
)  # fmt: skip
def test_the_edges_of_what_is_taken(channel: Channel, name: str, text: str) -> None:
    assert wanted_change(channel, {**GOOD[channel], name: text}, {}).errors == ()


def test_what_is_shown_of_a_secret() -> None:
    assert (mask(ending("a" * 12 + "1234")), mask(ending("a" * 11 + "1234"))) == ("••••1234", "••••")
    assert mask(ending("")) == DOTS


def test_required_fields_are_named() -> None:
    assert wanted_change("whatsapp", {}, {}).errors == (("phone_number_id", NEEDED), ("access_token", NEEDED))
    assert wanted_change("telegram", {"chat_id": "1", "bot_token": " \u200b"}, {}).errors == (
        ("bot_token", NEEDED),
    )
    shown = {"phone_number_id": "12345", "access_token": "••••cdef"}
    for nothing in (None, "", "  "):
        assert wanted_change("whatsapp", {"access_token": nothing}, shown).errors == (
            ("access_token", NEEDED),
        )
    assert wanted_change("whatsapp", {}, shown).errors == ()


def test_fields_of_the_other_channel_are_refused_unless_empty() -> None:
    wanted = wanted_change("telegram", {**GOOD["telegram"], "waba_id": None, "access_token": "x"}, {})
    assert wanted.errors == (("access_token", STRANGE),)


def test_a_mask_keeps_only_what_it_stands_for() -> None:
    shown = {"phone_number_id": "12345", "access_token": "••••cdef", "app_secret": "••••"}
    kept = wanted_change("whatsapp", {**shown, "verify_token": None}, shown)
    assert (kept.values, kept.removed, kept.errors) == (
        {"phone_number_id": "12345"}, frozenset({"verify_token"}), (),
    )  # fmt: skip
    for name, text in (("access_token", "••••cdee"), ("app_secret", "••••cdef"), ("verify_token", "••••")):
        assert wanted_change("whatsapp", {name: text}, shown).errors == ((name, OTHER_MASK),)


def test_secrets_are_sealed_each_for_its_own_field() -> None:
    purposes = {purpose(channel, name) for channel in CHANNELS for name in RULES[channel]}
    assert len(purposes) == sum(len(rules) for rules in RULES.values())


def test_a_change_shows_nothing_of_itself() -> None:
    assert META not in repr(wanted_change("whatsapp", {**GOOD["whatsapp"]}, {}))


_TEXTS: Any = st.one_of(
    st.none(), st.text(max_size=40), st.sampled_from([META, BOT, "••••cdef", "12345", " "])
)


@settings(deadline=None)
@given(
    channel=st.sampled_from(CHANNELS),
    sent=st.dictionaries(st.sampled_from([*RULES["whatsapp"], *RULES["telegram"]]), _TEXTS),
    stored=st.sets(st.sampled_from([*RULES["whatsapp"], *RULES["telegram"]])),
)
def test_a_change_without_an_error_leaves_the_channel_whole(
    channel: Channel, sent: dict[str, str | None], stored: set[str]
) -> None:
    shown = {
        name: "••••cdef" if rule.is_secret else "12345"
        for name, rule in RULES[channel].items()
        if name in stored
    }
    wanted = wanted_change(channel, sent, shown)
    after = {*shown, *wanted.values} - wanted.removed
    required = {name for name, rule in RULES[channel].items() if rule.is_required}
    assert (wanted.errors != ()) == (
        not required <= after
        or any(not RULES[channel][name].pattern.fullmatch(text) for name, text in wanted.values.items())
        or any(name not in RULES[channel] and (sent[name] or "").strip(" \t\r\n\v\f\u00a0\u2007\u2028\u2029\u202f\u200b\u200c\u200d\u2060\ufeff") for name in sent)
    )  # fmt: skip
    assert wanted.removed <= RULES[channel].keys() and wanted.removed.isdisjoint(wanted.values)
    assert not any(DOTS in text for text in wanted.values.values()) or wanted.errors
