"""Is the process of this container alive? `health.py PORT`: exit code 0 for yes. The standard library alone."""

from __future__ import annotations

import http.client
import os
import sys

WITHIN_SECONDS = 4


def host_of(trusted: str) -> str:
    """A name the program answers to: the first of TRUSTED_HOSTS that is one."""
    names = [name.strip() for name in trusted.split(",")]
    return next((name for name in names if name and not name.startswith("*")), "localhost")


def is_alive(port: int, host: str) -> bool:
    """Whether /health/live answers 200."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_SECONDS)
    try:
        line.request("GET", "/health/live", headers={"Host": host})
        return line.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive(int(sys.argv[1]), host_of(os.environ.get("TRUSTED_HOSTS", ""))) else 1)
