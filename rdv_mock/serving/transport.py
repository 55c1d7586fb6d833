"""How answers leave: what belongs together is sent at once."""

import asyncio

from typing_extensions import override

Bytes = bytes | bytearray | memoryview


class Gathering(asyncio.Transport):
    """A transport that sends at once what belongs together: the head and the body of an answer.

    Each by itself would cost a system call and wake the client. What nobody sends explicitly goes
    with the next turn of the loop.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._call_soon = loop.call_soon
        self._written: list[Bytes] = []

    @override
    def write(self, data: Bytes) -> None:
        """Send this with what is written next."""
        if not self._written:
            self._call_soon(self.send)
        self._written.append(data)

    def send(self) -> None:
        """Send what was written, unless the connection is lost."""
        if self._written and not self._transport.is_closing():
            self._transport.write(b"".join(self._written))
        self._written.clear()

    @override
    def close(self) -> None:
        """Close the connection once all has been sent."""
        self.send()
        self._transport.close()

    @override
    def abort(self) -> None:
        """Close the connection without a byte."""
        self._written.clear()
        self._transport.abort()

    @override
    def is_closing(self) -> bool:
        """Whether nothing more can be sent."""
        return self._transport.is_closing()

    @override
    def get_extra_info(self, name: str, default: object = None) -> object:
        """What is known of the connection."""
        return self._transport.get_extra_info(name, default)

    @override
    def pause_reading(self) -> None:
        """Let the client wait."""
        self._transport.pause_reading()

    @override
    def resume_reading(self) -> None:
        """Go on reading."""
        self._transport.resume_reading()

    @override
    def can_write_eof(self) -> bool:
        """Whether one half can be closed."""
        return self._transport.can_write_eof()

    @override
    def write_eof(self) -> None:
        """Close our half once all has been sent."""
        self.send()
        self._transport.write_eof()

    @override
    def get_write_buffer_size(self) -> int:
        """How many bytes the client has not taken yet."""
        return self._transport.get_write_buffer_size()
