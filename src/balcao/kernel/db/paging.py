"""The one shape of a list: items, total, limit, offset."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A slice of a list with the count of the whole."""

    items: list[Item]
    total: int
    limit: int
    offset: int


class PageQuery(BaseModel):
    """Which slice: 1-100 items, 20 by default."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


LIKE_ESCAPES = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def like_prefix(text: str) -> str:
    """A LIKE pattern that matches `text` anywhere, with its wildcards taken literally."""
    return f"%{text.translate(LIKE_ESCAPES)}%"
