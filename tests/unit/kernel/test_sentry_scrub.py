"""What of an error may leave for Sentry: its kind, its place, and a first line without anybody's data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.kernel.observability.redaction import redact, scrub
from balcao.kernel.observability.sentry import MESSAGE_LENGTH, scrub_event, short_message


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("division by zero", "division by zero"),
        ("duplicate key\nDETAIL:  Key (name)=(Maria da Silva) already exists.", "duplicate key"),
        (
            "(psycopg.errors.X) null value [SQL: insert into x values (1)]\n[parameters: {'a': 'b'}]",
            "(psycopg.errors.X) null value",
        ),
        ("bad row DETAIL: Failing row contains (1, Maria)", "bad row"),
        ("invalid literal for int() with base 10: 'Maria'", "invalid literal for int() with base 10: ***"),
        ('column "cpf" of maria@example.com', "column *** of ***"),
        ("call +5511987654321 or (11) 98765-4321", "call *** or ***"),
        (
            "Input should be 1 [type=x, input_value=Maria da Silva, input_type=str]",
            "Input should be 1 [type=x, ***, input_type=str]",
        ),
    ],
)
def test_an_errors_words_are_cut_and_masked(said: str, sent: str) -> None:
    assert short_message(said) == sent


@given(st.text())
def test_only_one_short_line_leaves(said: str) -> None:
    assert "\n" not in short_message(said)
    assert len(short_message(said)) <= MESSAGE_LENGTH


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzç ", min_size=4).filter(lambda text: "canary" not in text))
def test_what_is_quoted_never_leaves(around: str) -> None:
    assert "canary" not in short_message(f"{around} 'a canary here' {around}\n canary")


def test_an_event_is_stripped_of_what_nobody_asked_for() -> None:
    deep: dict[str, Any] = {"text": "canary@example.com"}
    for _ in range(20):
        deep = {"inner": deep}
    event: Any = {
        "event_id": "0" * 32,
        "request": {"url": "canary"},
        "user": {"id": "canary"},
        "breadcrumbs": {"values": ["canary"]},
        "server_name": "canary",
        "tags": {"request_id": "12345678901", "password": "canary"},
        "contexts": {"deep": deep, "token": {"of": "canary"}, "list": ["canary@example.com"], "number": 3},
        "exception": {
            "values": [{"type": "X", "value": None, "stacktrace": None}, {
                "type": "Y", "value": "say 'canary'", "stacktrace": {"frames": [{"function": "f", "vars": {"a": "canary"}}]},
            }],
        },
    }  # fmt: skip
    sent = scrub_event(event, {})
    assert "canary" not in str(sent)
    assert sent["event_id"] == "0" * 32
    assert sent["tags"] == {"request_id": "12345678901", "password": "***"}
    assert sent["contexts"]["number"] == 3
    assert sent["exception"]["values"][1]["stacktrace"]["frames"] == [{"function": "f"}]


def test_the_log_cuts_off_what_a_database_quotes_of_a_row() -> None:
    quoted = "null value\nDETAIL:  Failing row contains (Maria da Silva).\nCONTEXT: x"
    assert scrub(quoted) == "null value\nDETAIL:***\nCONTEXT: x"
    assert redact(None, "error", {"exception": quoted})["exception"] == scrub(quoted)
