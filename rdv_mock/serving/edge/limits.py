"""What a connection may take: bytes, seconds, and how many of them there may be."""

import sys

LARGEST_HEAD = 64 * 1024
"""Bytes of a request line and its headers at most; of trailers and chunk extensions as well."""
HEAD_SECONDS = 10
"""How long a head may take, from its first byte or from the connection on."""
BODY_SECONDS = 10
"""How long a body may stand still, or go on once its call has been answered."""
KEEP_ALIVE_SECONDS = 75
"""How long a connection may be idle: who pauses should not find it closed under his next call."""
LINGER_SECONDS = 2
"""How long is read on after a refusal: closed at once, a client that still sends never sees it."""
MOST_CONNECTIONS = 4_096
"""How many connections there may be, however many descriptors the system gives."""
SPARE_DESCRIPTORS = 32
"""What is left for files, and for who comes while every connection is being served."""


def most_descriptors() -> int | None:
    """How many file descriptors this process may have (`ulimit -n`); None when nobody counts."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - Windows has no such module

    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if most == resource.RLIM_INFINITY else most


def highest_descriptor(most: int) -> int:
    """The descriptor from which on connections make room for others; the lowest is always taken."""
    return most - min(SPARE_DESCRIPTORS, most // 4)
