"""Ports for servers that tests start, several at a time."""

import socket

from benchmarks.client import HOST


def any_port() -> int:
    """A port that nobody else has, nor gets soon."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
