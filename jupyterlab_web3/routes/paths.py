"""Paths of a request that go on to an upstream."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from .base import RouteError

_PLAIN = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")


def checked_path(raw: str) -> str:
    """``raw`` (still encoded) when each of its segments is what it looks like; 400 otherwise.

    No ``.`` or ``..``, no empty segment but a trailing one, and no encoded slash, backslash or
    control character: an upstream may decode once more and see other segments than we did.
    """
    if not _PLAIN.fullmatch(raw) or (raw and not raw.startswith("/")):
        raise _refused()
    segments = raw.split("/")[1:]
    for number, segment in enumerate(segments):
        plain = unquote_to_bytes(segment)
        if plain in (b".", b"..") or (not plain and number < len(segments) - 1):
            raise _refused()
        if any(byte in b"/\\" or byte < 0x20 or byte == 0x7F for byte in plain):
            raise _refused()
    return raw


def _refused() -> RouteError:
    return RouteError(400, "path-refused", "This path cannot be passed on")
