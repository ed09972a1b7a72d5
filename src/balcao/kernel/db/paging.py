"""The one shape of a list: items, total, limit, offset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Generic, Self, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")
USUAL_LIMIT: Final = 20


class Page(BaseModel, Generic[Item]):
    """A slice of a list with the count of the whole."""

    items: list[Item]
    total: int
    limit: int
    offset: int

    @classmethod
    def of(cls, items: Sequence[Item], query: ShortListQuery | None = None, **more: Any) -> Self:
        """The slice that was asked for of a short list that is at hand whole; `more` fills what the answer has besides."""
        start = query.offset if query else 0
        limit = (query.limit if query else None) or max(len(items), USUAL_LIMIT)
        return cls(
            items=list(items[start : start + limit]), total=len(items), limit=limit, offset=start, **more
        )


class ShortListQuery(BaseModel):
    """Which slice of a list that is short by its nature: all of it, unless a `limit` is named."""

    limit: Annotated[int, Field(ge=1, le=100)] | None = None
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class PageQuery(BaseModel):
    """Which slice: 1-100 items, 20 by default."""

    limit: Annotated[int, Field(ge=1, le=100)] = USUAL_LIMIT
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


LIKE_ESCAPES = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def like_prefix(text: str) -> str:
    """A LIKE pattern that matches `text` anywhere, with its wildcards taken literally."""
    return f"%{text.translate(LIKE_ESCAPES)}%"
