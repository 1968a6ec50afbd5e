"""Uploads that are larger than all buffers on the way, and a node that leaves in one."""

from __future__ import annotations

import asyncio

from ..routes import uploads
from .conftest import FakeUpstream

MIB = 1024 * 1024
#: More than all buffers on the way hold.
LARGE = uploads.LARGE + 24 * MIB + 17


def leave_in_the_middle(node: FakeUpstream) -> None:
    """Have a node take the start of a body, and break the connection."""
    node.read_body = False

    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(12 * MIB)
        writer.transport.abort()

    node.answer = leave
