"""Which columns of the channels' credentials hold sealed texts, and what each is sealed for."""

from __future__ import annotations

from typing import Final

from balcao.kernel.tenant_secrets import SealedColumn
from balcao.modules.messaging.channel_rules import purpose

_FIELDS: Final = {
    "access_token": "access_token",
    "app_secret": "app_secret",
    "former_app_secret": "app_secret",
    "verify_token": "verify_token",
    "former_verify_token": "verify_token",
    "bot_token": "bot_token",
}


def _column(column: str, field: str) -> SealedColumn:
    return SealedColumn(
        "channel_credentials", column, lambda row: purpose(row["channel"], field), needs=("channel",)
    )


SEALED: Final = tuple(_column(column, field) for column, field in _FIELDS.items())
