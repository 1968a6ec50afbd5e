"""The chunked coding, however it is cut; and what is none."""

import random
from itertools import pairwise

import pytest

from ..chunks import ChunkedBody, ChunkError


def fed(wire: bytes, cuts: list[int]) -> tuple[ChunkedBody, bytes]:
    body = ChunkedBody()
    edges = [0, *sorted(cuts), len(wire)]
    got = b"".join(body.feed(wire[a:b]) for a, b in pairwise(edges))
    return body, got


@pytest.mark.parametrize("seed", range(60))
def test_any_chunks_however_they_are_cut(seed: int) -> None:
    dice = random.Random(seed)
    data = dice.randbytes(dice.choice([0, 1, 17, 4096, 70_000]))
    wire, at = b"", 0
    while at < len(data):
        size = dice.choice([1, 2, 15, 16, 4096, 65536])
        part = data[at : at + size]
        extension = dice.choice([b"", b";a=b", b' ; q="x"'])
        form = dice.choice(["%x", "%X", "000%x"])
        wire += (form % len(part)).encode() + extension + b"\r\n" + part + b"\r\n"
        at += size
    wire += b"0\r\nX-Stream-Error: no such: thing \r\nOther:\r\n\r\n"
    cuts = [dice.randrange(len(wire) + 1) for _ in range(dice.choice([0, 1, 9, 300]))]
    body, got = fed(wire, cuts)
    assert got == data
    assert body.ended
    assert body.trailers == {"x-stream-error": "no such: thing", "other": ""}


def test_every_cut_of_a_short_one() -> None:
    wire = b"5\r\nhello\r\n1\r\n \r\n3\r\n\r\n!\r\n0\r\nA: b\r\n\r\n"
    for first in range(len(wire)):
        for second in range(first, len(wire)):
            body, got = fed(wire, [first, second])
            assert (got, body.ended, body.trailers) == (b"hello \r\n!", True, {"a": "b"})


@pytest.mark.parametrize("length", range(len(b"3\r\nabc\r\n0\r\n\r\n")))
def test_what_is_cut_off_has_not_ended(length: int) -> None:
    body, got = fed(b"3\r\nabc\r\n0\r\n\r\n"[:length], [])
    assert not body.ended
    assert b"abc".startswith(got)


def test_nothing_is_read_behind_the_end() -> None:
    body, got = fed(b"1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", [])
    assert (got, body.ended) == (b"a", True)
    assert body.feed(b"1\r\nb\r\n") == b""


@pytest.mark.parametrize(
    "wire",
    [
        b"\r\n",
        b"x\r\n",
        b"-1\r\na",
        b"0x3\r\nabc\r\n",
        b"+3\r\nabc\r\n",
        b" 3\r\nabc\r\n",
        b"3_0\r\n",
        b"1111111111111111\r\n",
        b"3\r\nabcd\r\n",
        b"3\r\nabc0\r\n\r\n",
        b"0\r\nno field\r\n\r\n",
        b"0\r\nbad name: x\r\n\r\n",
        b"0\r\n: x\r\n\r\n",
        b"1" * 70_000,
        b"0\r\n" + b"A: b\r\n" * 20_000,
    ],
)
def test_what_is_no_chunked_body_is_refused(wire: bytes) -> None:
    with pytest.raises(ChunkError):
        fed(wire, [])
