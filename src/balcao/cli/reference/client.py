"""The generated part of the Python client in `client/`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from balcao.cli.reference.client_areas import Operation, area_file, areas_file, operations
from balcao.cli.reference.client_text import HEADER
from balcao.cli.reference.client_types import Types, models_file
from balcao.cli.reference.contract import openapi_document

CLIENT: Final = "client/balcao_client"
AREAS: Final = f"{CLIENT}/api"


def client_files(document: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Every generated file of the client by its path in the repository."""
    document = openapi_document() if document is None else document
    types = Types(document["components"]["schemas"], prefix="models.")
    areas: dict[str, list[Operation]] = {}
    for operation in operations(document, types):
        areas.setdefault(operation.area, []).append(operation)
    names = sorted(areas)
    return {
        f"{AREAS}/__init__.py": f'{HEADER}\n"""The areas of the API, a file for each."""\n',
        **{f"{AREAS}/{area}.py": area_file(area, areas[area]) for area in names},
        f"{CLIENT}/areas.py": areas_file(names),
        f"{CLIENT}/models.py": models_file(document["components"]["schemas"], types.met),
    }
