"""Documents as JSON, dumped once by orjson. Routes still declare their response model; tests compare the two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response


def json_answer(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The document as application/json."""
    return Response(orjson.dumps(document), status, dict(headers or {}), media_type="application/json")
