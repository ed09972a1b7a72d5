"""Putting the routes of the modules into the application, under their prefixes and behind their module's door.

`include_router` works every route out anew for each place it is included at: signatures, dependencies, validators and
serialisers of hundreds of routes, twice and three times over, at every start and in the memory of every process. A route
is worked out once here, when its module is read; its places share what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace

from fastapi import APIRouter, FastAPI
from fastapi._compat import ModelField
from fastapi.dependencies.utils import get_parameterless_sub_dependant
from fastapi.params import Depends
from fastapi.routing import APIRoute, request_response
from starlette.routing import compile_path


def operation_id(route: APIRoute) -> str:
    """The name of an operation in the API's document: the subject and the function, `orders_confirm`.

    A router that takes files is given it as `generate_unique_id_function`, because the form's name is made of it at once.
    """
    return f"{route.tags[0] if route.tags else 'balcao'}_{route.name}".replace(" ", "_")


def place(
    app: FastAPI,
    routers: Iterable[APIRouter],
    *,
    prefixes: Sequence[str] = ("",),
    documented: str | None = None,
    door: Depends | None = None,
) -> None:
    """Adds the routes under each of the prefixes. The document shows those under `documented`, as far as they want it.

    `door` is asked before anything else that a route asks. Raises TypeError for what is no plain route.
    """
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                raise TypeError(f"{route} cannot be placed")
            opened = _opened(app, route, door)
            app.router.routes.extend(
                _moved(opened, prefix, in_schema=prefix == documented) for prefix in prefixes
            )


def _opened(app: FastAPI, route: APIRoute, door: Depends | None) -> APIRoute:
    """The route as a part of the application, behind the door."""
    opened = copy(route)
    opened.dependency_overrides_provider = app
    opened.unique_id = operation_id(route)
    if route.response_field is not None:
        opened.response_field = _named(route.response_field, f"Response_{opened.unique_id}")
    if door is not None:
        opened.dependencies = [door, *route.dependencies]
        asked = get_parameterless_sub_dependant(depends=door, path=route.path_format)
        opened.dependant = replace(route.dependant, dependencies=[asked, *route.dependant.dependencies])
    opened.app = request_response(opened.get_route_handler())
    return opened


def _named(field: ModelField, name: str) -> ModelField:
    renamed = copy(field)
    renamed.name = name
    return renamed


def _moved(route: APIRoute, prefix: str, *, in_schema: bool) -> APIRoute:
    moved = copy(route)
    moved.path = prefix + route.path
    moved.path_regex, moved.path_format, moved.param_convertors = compile_path(moved.path)
    moved.include_in_schema = in_schema and route.include_in_schema
    return moved
