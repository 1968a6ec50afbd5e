"""The chunked transfer coding, read fast (RFC 9112, section 7.1).

Kubo sends what it reads in chunks of 4 KiB, a quarter of a million for a gigabyte. h11 makes an
event of each, which takes longer than Kubo needs to read them.
"""

from __future__ import annotations

import re

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\Z")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*\Z")
#: Bytes of a size line, or of all trailer fields.
_LONGEST = 64 * 1024


class ChunkError(ValueError):
    """What came is no chunked body."""


class ChunkedBody:
    """Takes what comes from the wire, gives what it carries."""

    def __init__(self) -> None:
        #: Whether the last chunk and the trailer section have come.
        self.ended = False
        #: The fields after the last chunk (names in lower case).
        self.trailers: dict[str, str] = {}
        self._left = b""
        # Bytes to come of a chunk and of the CRLF behind it.
        self._open = 0
        self._last = False
        self._fields = 0

    def feed(self, data: bytes) -> bytes:
        """What ``data`` carries. Raises ``ChunkError``; what comes after the end is not read."""
        wire = self._left + data if self._left else data
        view = memoryview(wire)
        pieces: list[memoryview] = []
        at, end = 0, len(wire)
        while not self.ended:
            if self._open > 2:
                take = min(self._open - 2, end - at)
                pieces.append(view[at : at + take])
                at += take
                self._open -= take
            if self._open:
                if self._open > 2 or end - at < 2:
                    break
                if wire[at : at + 2] != b"\r\n":
                    raise ChunkError("a chunk is longer than it says")
                at += 2
                self._open = 0
            stop = wire.find(b"\r\n", at, at + _LONGEST)
            if stop < 0:
                if end - at >= _LONGEST:
                    raise ChunkError("a line does not end")
                break
            self._line(wire[at:stop])
            at = stop + 2
        self._left = b"" if self.ended else wire[at:]
        return b"".join(pieces)

    def _line(self, line: bytes) -> None:
        if self._last:
            self._fields += len(line)
            if not line:
                self.ended = True
                return
            field = _FIELD.match(line)
            if not field or self._fields > _LONGEST:
                raise ChunkError("a trailer field is malformed")
            self.trailers[field[1].decode("ascii").lower()] = field[2].decode("utf-8", "replace")
            return
        size = _SIZE.match(line)
        if not size:
            raise ChunkError("the size of a chunk is malformed")
        length = int(size[1], 16)
        self._last = length == 0
        self._open = length + 2 if length else 0
