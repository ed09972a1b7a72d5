"""The first step of routing: by the first word of the path, so that a request meets the routes of its section only.

Routers are tried one after the other, and the installation has hundreds of routes. What may match stays what it was:
a section holds every router with a route that begins with its word, in the order in which they were included.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRouter, iter_route_contexts
from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

_API: Final = ("api", "v1")


class Sections:
    """Stands where the application's router stood, and hands each request to the section of its path."""

    def __init__(self, app: FastAPI) -> None:
        self._whole = app.router
        self._known = _sections_of(app.router.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Routes one connection. A word without a section is for the whole router to refuse."""
        router = self._whole
        if scope["type"] == "http":
            scope["router"] = router  # addresses are made from all routes
            router = self._known.get(_word_of(scope["path"]), router)
        await router.app(scope, receive, send)


def divide(app: FastAPI) -> None:
    """Puts the sections in front of the routes that are there. To be called when all of them are."""
    app.router.middleware_stack = Sections(app)


def _word_of(path: str) -> str:
    parts = path.split("/", 4)
    if len(parts) > 3 and (parts[1], parts[2]) == _API:
        return "/api/" + parts[3]
    return parts[1] if len(parts) > 1 else ""


def _words_of(route: BaseRoute) -> set[str]:
    if isinstance(route, Mount):
        return {_word_of(route.path)}
    return {_word_of(context.path or "/") for context in iter_route_contexts([route])}


def _sections_of(routes: Sequence[BaseRoute]) -> dict[str, APIRouter]:
    words = [_words_of(route) for route in routes]
    sections: dict[str, APIRouter] = {}
    for word in sorted({word for own in words for word in own}):
        if "{" not in word:
            section = APIRouter(redirect_slashes=False)
            # A route that begins with a parameter may match any word.
            section.routes = [
                route
                for route, own in zip(routes, words, strict=True)
                if word in own or any("{" in one for one in own)
            ]
            sections[word] = section
    return sections
