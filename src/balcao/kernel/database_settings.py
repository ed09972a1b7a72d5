"""The settings that say where the database is, and by how many ways requests come to it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from balcao.kernel.secrets.source_settings import SecretSourceSettings


class DatabaseSettings(SecretSourceSettings):
    """The server, a pooler before it, a replica beside it, and the connections of one process."""

    database_url: str = Field(
        "",
        repr=False,
        description="postgresql://… of an outside server (15 or newer). Empty: the embedded server is used.",
        json_schema_extra={
            "source": "Your database server; the role must own the database and need not be a superuser."
        },
    )
    database_pooler: Literal["none", "transaction"] = Field(
        "none",
        description="What DATABASE_URL leads to: the server, or a pooler in transaction mode (PgBouncer).",
    )
    database_direct_url: str = Field(
        "",
        repr=False,
        description="Address of the server itself, past the pooler: for what listens, works on jobs, migrates or backs up.",
        json_schema_extra={
            "source": "The server behind the pooler. Needed with DATABASE_POOLER=transaction."
        },
    )
    database_read_url: str = Field(
        "",
        repr=False,
        description="A read replica of DATABASE_URL. Pages that only read go there while it is fresh. Empty: none.",
        json_schema_extra={"source": "A hot standby (streaming replication), with the same account."},
    )
    database_read_max_lag_seconds: float = Field(
        5.0,
        gt=0,
        le=300,
        description="Oldest state a page may be made from, in seconds. A replica further behind is not asked.",
    )
    database_pool_size: int = Field(
        16, ge=1, le=200, description="Connections one process keeps open, made when first needed."
    )
    database_pool_overflow: int = Field(
        0,
        ge=0,
        le=200,
        description="Connections allowed above the pool. Each is made for one request and closed, which is slow.",
    )
    database_statement_timeout_ms: int = Field(
        15_000, ge=100, description="Longest a request's statement may run, in milliseconds."
    )
    slow_statement_ms: int = Field(
        500,
        ge=0,
        description="From how many milliseconds on a statement is written into the log as slow and counted. 0: none is.",
    )

    @model_validator(mode="after")
    def _past_the_pooler(self) -> Self:
        if self.database_pooler == "transaction" and not (self.database_url and self.database_direct_url):
            raise ValueError("DATABASE_POOLER=transaction needs DATABASE_URL and DATABASE_DIRECT_URL")
        return self
