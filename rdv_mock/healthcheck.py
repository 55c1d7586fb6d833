"""What the image's HEALTHCHECK runs: standard library only, done within 100 ms."""

import http.client
import os
import sys
from contextlib import closing

TIMEOUT_SECONDS = 2
LOCAL = "127.0.0.1"
ANY = {"", "0.0.0.0", "::"}  # noqa: S104 - where the server listens, not we
"""Hosts that stand for every address of the machine, the local one among them."""


def main() -> int:
    """0 when the server on this machine is ready, else 1."""
    host = os.environ.get("RDV_MOCK_HOST", LOCAL)
    port = os.environ.get("RDV_MOCK_PORT", "8080")
    try:
        return 0 if _is_ready(LOCAL if host in ANY else host, int(port)) else 1
    except (OSError, ValueError, OverflowError, http.client.HTTPException):
        return 1


def _is_ready(host: str, port: int) -> bool:
    with closing(http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)) as connection:
        connection.request("GET", "/_mock/ready")
        return connection.getresponse().status == http.client.OK


if __name__ == "__main__":
    sys.exit(main())
