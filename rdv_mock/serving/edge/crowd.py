"""All connections together: who has had his time, and who makes room for others."""

from __future__ import annotations

import asyncio
import errno
import logging
import math
from typing import TYPE_CHECKING, Any

from uvicorn.server import ServerState

from rdv_mock.serving.edge.limits import MOST_CONNECTIONS, highest_descriptor, most_descriptors

if TYPE_CHECKING:
    from rdv_mock.serving.edge.protocol import Protocol

log = logging.getLogger("rdv_mock")

SECONDS_BETWEEN_LINES = 60
"""How often the same shortage is told."""
SHARE_THAT_GOES = 16
"""Idle connections for one that is closed: to look for one costs as much as to look for all."""


class Crowd(ServerState):
    """uvicorn's state of a server, which also keeps the connections within their limits."""

    def __init__(self) -> None:
        super().__init__()
        self._descriptors = most_descriptors()
        self._ceiling = (
            math.inf if self._descriptors is None else highest_descriptor(self._descriptors)
        )
        self._told_at = -math.inf

    def look_after(self, now: float) -> None:
        """End what has taken too long."""
        for connection in list(self.connections):
            connection.look_after(now)  # type: ignore[union-attr] # ours throughout

    def make_room(self, newcomer: Protocol, descriptor: int) -> None:
        """Close the longest idle connections when too many are open.

        A process takes the lowest free descriptor: a high one means that few are left, whatever
        holds the rest.
        """
        if descriptor < self._ceiling and len(self.connections) <= MOST_CONNECTIONS:
            return
        self.tell_shortage(newcomer.loop.time())
        others: set[Any] = self.connections - {newcomer}
        idle = [(rank, one.since, one) for one in others if (rank := one.idleness()) is not None]
        idle.sort(key=lambda known: known[:2])
        for _, _, one in idle[: 1 + len(idle) // SHARE_THAT_GOES]:
            one.transport.abort()
            self.connections.discard(one)

    def tell_shortage(self, now: float) -> None:
        """One line, and not again for a while."""
        if now - self._told_at < SECONDS_BETWEEN_LINES:
            return
        self._told_at = now
        limit = "" if self._descriptors is None else f" of {self._descriptors} (ulimit -n)"
        log.warning(
            "rdv-mock: few file descriptors%s are left for connections (%d are open);"
            " the longest idle ones are closed",
            limit,
            len(self.connections),
        )

    def heed_faults_of(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let a connection that finds no descriptor be one line, and no trace."""

        def told(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            problem = context.get("exception")
            if isinstance(problem, OSError) and problem.errno in {errno.EMFILE, errno.ENFILE}:
                self.tell_shortage(loop.time())
            else:
                loop.default_exception_handler(context)

        loop.set_exception_handler(told)
