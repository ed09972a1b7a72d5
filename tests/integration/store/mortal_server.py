"""The program in a process of its own, that dies when a test says so.

It is the whole application under its own server. A request with `X-Test-Die: answer` is served as any other; when its
answer is about to leave, after the commit, the process kills itself as the kernel would when memory runs out.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import uvicorn

from balcao.cli.instance import load_settings
from balcao.cli.serve import start_logging, uvicorn_options
from balcao.registry import build_runtime
from balcao.web_app import web_app


def mortal(app: Any) -> Any:
    """The application; it dies between the commit and the answer of a request that asks for it."""

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        dies = (b"x-test-die", b"answer") in scope.get("headers", ())

        async def send_or_die(message: Any) -> None:
            if dies:
                os.kill(os.getpid(), signal.SIGKILL)
            await send(message)

        await app(scope, receive, send_or_die)

    return serve


if __name__ == "__main__":
    settings = load_settings()
    start_logging(settings)
    runtime = build_runtime(settings, settings.database_url)
    uvicorn.run(mortal(web_app(runtime)), host="127.0.0.1", port=int(sys.argv[1]), **uvicorn_options())
