"""Moving bytes from one socket to another without taking them out of the kernel.

An upload of a gigabyte costs the server a second of CPU time when each byte is read into
memory and written again, time that the node is waiting for on a machine of two cores;
``splice(2)`` hands the pages on in a tenth of that. Linux only: elsewhere, and for TLS, the
bytes go through memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

try:
    import fcntl
except ImportError:  # Windows, which has no splice either
    fcntl = None  # type: ignore[assignment]

#: Bytes that one pipe takes; what an unprivileged process may ask for (pipe(7)).
PIPE = 1024 * 1024
#: Bytes at a time that are worth being woken for: browsers send 16 KiB, and to be woken for
#: each costs more than to move it.
LOW_WATER = 256 * 1024
#: Seconds in which more of them come, after fewer.
PAUSE = 0.001


class Stopped(Exception):
    """``stop`` was called before all was moved."""


class SourceClosed(Exception):
    """The source ended before all was moved."""


def available() -> bool:
    """Whether this system can."""
    return fcntl is not None and hasattr(os, "splice") and hasattr(fcntl, "F_SETPIPE_SZ")


class Splice:
    """Moves ``length`` bytes from ``source`` to another socket, both TCP and non-blocking.

    Both stay their owner's, who neither reads the one nor writes the other meanwhile, and
    has no reader or writer of the event loop on them.
    """

    def __init__(self, source: socket.socket, length: int):
        #: Bytes still to be moved out of the source.
        self.left = length
        self._source = source
        self._waiter: asyncio.Future[None] | None = None
        self._stopped = False
        self._last = LOW_WATER

    def stop(self) -> None:
        """End ``run`` with ``Stopped``; safe to call again, and when it has ended."""
        self._stopped = True
        self._wake()

    async def run(self, target: socket.socket, patience: Callable[[bool], None]) -> None:
        """Move it all, once.

        ``patience`` is told when it begins (true) and ends (false) to wait for the target.
        Raises ``Stopped``, ``SourceClosed``, or ``OSError`` of the target.
        """
        loop = asyncio.get_running_loop()
        out, into = os.pipe()
        # A smaller pipe does, where a user's pipes have reached their limit.
        with contextlib.suppress(OSError):
            fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, PIPE)
        try:
            while self.left:
                inside = await self._fill(loop, into)
                while inside:
                    try:
                        inside -= os.splice(out, target.fileno(), inside)
                    except BlockingIOError:
                        patience(True)
                        try:
                            await self._ready(loop.add_writer, loop.remove_writer, target)
                        finally:
                            patience(False)
        finally:
            os.close(out)
            os.close(into)

    async def _fill(self, loop: asyncio.AbstractEventLoop, into: int) -> int:
        await self._ready(loop.add_reader, loop.remove_reader, self._source)
        if self._last < LOW_WATER:
            # Not SO_RCVLOWAT: it is no faster, and would have to be taken back afterwards.
            await asyncio.sleep(PAUSE)
        try:
            moved = os.splice(
                self._source.fileno(),
                into,
                min(self.left, PIPE),
                flags=os.SPLICE_F_NONBLOCK,
            )
        except BlockingIOError:
            return 0
        except OSError:
            raise SourceClosed from None
        if not moved:
            raise SourceClosed
        self.left -= moved
        self._last = moved
        return moved

    async def _ready(
        self,
        add: Callable[..., None],
        remove: Callable[[int], bool],
        one: socket.socket,
    ) -> None:
        if self._stopped:
            raise Stopped
        self._waiter = asyncio.get_running_loop().create_future()
        add(one.fileno(), self._wake)
        try:
            await self._waiter
        finally:
            remove(one.fileno())
            self._waiter = None
        if self._stopped:
            raise Stopped

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
