"""What the image's HEALTHCHECK runs: standard library only, done within 100 ms."""

import os
import socket
import sys

TIMEOUT_SECONDS = 2
LOCAL = "127.0.0.1"
ANY = {"", "0.0.0.0", "::"}  # noqa: S104 - where the server listens, not we
"""Hosts that mean every address of the machine, the local one among them."""

# By hand: importing http.client would take longer than all the rest, every two seconds.
QUESTION = b"GET /_mock/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
READY = b"HTTP/1.1 200 "


def main() -> int:
    """0 when the server on this machine is ready, else 1."""
    host = os.environ.get("RDV_MOCK_HOST", LOCAL)
    port = os.environ.get("RDV_MOCK_PORT", "8080")
    try:
        return 0 if _is_ready(LOCAL if host in ANY else host, int(port)) else 1
    except (OSError, ValueError, OverflowError):
        return 1


def _is_ready(host: str, port: int) -> bool:
    with socket.create_connection((host, port), TIMEOUT_SECONDS) as connection:
        connection.sendall(QUESTION)
        with connection.makefile("rb") as answer:
            return answer.read(len(READY)) == READY


if __name__ == "__main__":
    sys.exit(main())
