"""What a person reads when a field does not fit: pydantic's error types in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from balcao.kernel.i18n import Translator

MESSAGES: Mapping[str, str] = {
    "missing": "This field is missing.",
    "extra_forbidden": "This field is not accepted here.",
    "string_too_short": "Write at least {min_length} characters.",
    "string_too_long": "Write at most {max_length} characters.",
    "string_pattern_mismatch": "This does not have the expected form.",
    "string_type": "This must be text.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "greater_than_equal": "This must be {ge} or more.",
    "greater_than": "This must be more than {gt}.",
    "less_than_equal": "This must be {le} or less.",
    "less_than": "This must be less than {lt}.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "uuid_parsing": "This is not a valid identifier.",
    "uuid_type": "This is not a valid identifier.",
    "literal_error": "Choose one of: {expected}.",
    "enum": "Choose one of: {expected}.",
    "bool_parsing": "This must be yes or no.",
    "bool_type": "This must be yes or no.",
    "datetime_from_date_parsing": "This must be a date and time with a time zone.",
    "datetime_parsing": "This must be a date and time with a time zone.",
    "datetime_type": "This must be a date and time with a time zone.",
    "timezone_aware": "This must be a date and time with a time zone.",
    "date_from_datetime_parsing": "This must be a date.",
    "date_parsing": "This must be a date.",
    "time_parsing": "This must be a time of day.",
    "json_invalid": "This is not valid JSON.",
    "list_type": "This must be a list.",
    "dict_type": "This must be an object.",
    "model_type": "This must be an object.",
    "model_attributes_type": "This must be an object.",
}
FALLBACK = "This value is not accepted."


def message_of(words: Translator, error: Mapping[str, Any]) -> str:
    """The text for one pydantic error. Our own validators raise ValueError with an English msgid."""
    if error["type"] == "value_error":
        return words(str(error.get("ctx", {}).get("error", FALLBACK)))
    message = MESSAGES.get(error["type"], FALLBACK)
    return words(message, **dict(error.get("ctx") or {}))
