"""The sealed format ``web3-seal/1`` in Python, from docs/sealed-format.md alone.

For scripts that open what was bought, or seal what will be sold, outside of JupyterLab::

    pip install "jupyterlab_web3[seal]"
    python -m jupyterlab_web3.seal unseal --key key.txt bought.sealed bought.csv

Whatever the size, a few chunks of 1 MiB are in memory.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import os
import re
import secrets
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Literal

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError as missing:  # an extra, as the server part needs none of it
    raise ImportError(
        'Sealing needs the extra "seal": pip install "jupyterlab_web3[seal]"'
    ) from missing

FORMAT = "web3-seal/1"
#: Plaintext bytes of a chunk.
CHUNK = 1 << 20
#: Bytes before the first chunk.
HEADER = 40
#: Bytes that each chunk grows by.
TAG = 16

_MAGIC = b"web3seal" + bytes([1, 20, 0, 0])
_OPEN = 24
_KEY = 32
_PREFIX = 7
_MOST = 1 << 32

Code = Literal["not-sealed", "wrong-key", "tampered", "too-large"]


class SealError(Exception):
    """Why a file can not be sealed or opened; ``code`` is stable, as in docs/sealed-format.md."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


def new_key() -> bytes:
    """A random asset key of 32 bytes; one an asset, a new one for each sealing of it."""
    return secrets.token_bytes(_KEY)


def sealed_size(size: int) -> int:
    """Bytes of the sealed file for ``size`` bytes of plaintext."""
    return HEADER + size + TAG * max(1, -(-size // CHUNK))


def commitment(key: bytes, cid: bytes) -> str:
    """What publishing promises of a plaintext, 64 hex digits.

    :param cid: binary CIDv1 of the plaintext, without a multibase prefix
    """
    return hashlib.sha256(_derive(key, b"", b"commitment", 32) + cid).hexdigest()


def parse_key(text: str) -> bytes:
    """The asset key of what an Ocean Node gives to a buyer (``?k=…&c=…``), or of 64 hex digits.

    :raises SealError: not-sealed, when there is no key in it
    """
    found = re.fullmatch(
        r"(?:(?:data:,)?\?k=)?([0-9a-fA-F]{64})(?:&c=[0-9A-Za-z]{46,128})?", text.strip()
    )
    if not found:
        raise SealError("not-sealed", "There is no key in it")
    return bytes.fromhex(found[1])


def seal(
    parts: Iterable[bytes], key: bytes, index: int = 0, *, prefix: bytes | None = None
) -> Iterator[bytes]:
    """Seal a stream of bytes.

    :param index: of the file in its asset, counted from 0
    :param prefix: 7 bytes, for test vectors only; random by default, and random it must be
    :raises SealError: too-large, beyond 2**32 chunks
    """
    header = _make_header(key, index, secrets.token_bytes(_PREFIX) if prefix is None else prefix)
    aes = AESGCM(_derive(key, header[:_OPEN], b"file", 32))
    yield header
    for number, (chunk, last) in enumerate(_cut(parts, CHUNK)):
        if number >= _MOST:
            raise SealError("too-large", "More chunks than the format counts")
        yield aes.encrypt(_nonce(header, number, last), bytes(chunk), header)


def unseal(parts: Iterable[bytes], key: bytes, index: int = 0) -> Iterator[bytes]:
    """Open a sealed stream.

    Chunks come as they are proven. Only the end proves that nothing is missing: use none of them
    before it is reached (``unseal_file`` sees to that).

    :raises SealError: not-sealed, wrong-key, tampered
    """
    source = iter(parts)
    start = bytearray()
    for part in source:
        start += part
        if len(start) >= HEADER:
            break
    header = bytes(start[:HEADER])
    _check_header(header, key, index)
    aes = AESGCM(_derive(key, header[:_OPEN], b"file", 32))

    def rest() -> Iterator[bytes]:
        yield bytes(start[HEADER:])
        yield from source

    for number, (chunk, last) in enumerate(_cut(rest(), CHUNK + TAG)):
        # The counter of a nonce has 32 bits: nothing that was sealed has more chunks.
        if number >= _MOST or len(chunk) < TAG:
            raise SealError("tampered", f"There is no chunk {number}")
        try:
            plain = aes.decrypt(_nonce(header, number, last), bytes(chunk), header)
        except InvalidTag:
            raise SealError("tampered", f"Chunk {number} is not what was sealed") from None
        # One plaintext has one form: an empty chunk is all of an empty file.
        if number > 0 and not plain:
            raise SealError("tampered", "An empty chunk follows a full one")
        yield plain


def seal_file(source: str | Path, target: str | Path, key: bytes, index: int = 0) -> None:
    """Seal a file; ``target`` must not be there yet.

    :raises FileExistsError: of ``target``
    """
    with open(source, "rb") as file:
        _write(Path(target), seal(_read(file), key, index))


def unseal_file(source: str | Path, target: str | Path, key: bytes, index: int = 0) -> None:
    """Open a sealed file; ``target`` must not be there yet, and comes only when all is proven.

    :raises SealError: not-sealed, wrong-key, tampered; nothing is written then
    :raises FileExistsError: of ``target``
    """
    with open(source, "rb") as file:
        _write(Path(target), unseal(_read(file), key, index))


def _derive(key: bytes, salt: bytes, what: bytes, length: int) -> bytes:
    if len(key) != _KEY:
        raise SealError("wrong-key", f"A key has {_KEY} bytes, not {len(key)}")
    info = FORMAT.encode() + b" " + what
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)


def _make_header(key: bytes, index: int, prefix: bytes) -> bytes:
    if not 0 <= index < 1 << 32:
        raise ValueError(f"No file index: {index}")
    if len(prefix) != _PREFIX:
        raise ValueError(f"A nonce prefix has {_PREFIX} bytes")
    start = _MAGIC + struct.pack(">I", index) + prefix + b"\0"
    return start + _derive(key, start, b"check", 16)


def _check_header(header: bytes, key: bytes, index: int) -> None:
    if len(header) < HEADER or header[:12] != _MAGIC or header[23] != 0:
        raise SealError("not-sealed", f"This is no {FORMAT} file")
    (found,) = struct.unpack(">I", header[12:16])
    if found != index:
        raise SealError("tampered", f"File {index} was asked for, this is file {found}")
    if not hmac.compare_digest(_derive(key, header[:_OPEN], b"check", 16), header[_OPEN:]):
        raise SealError("wrong-key", "The key is not the one of this file")


def _nonce(header: bytes, number: int, last: bool) -> bytes:
    return header[16:23] + struct.pack(">IB", number, last)


def _cut(parts: Iterable[bytes], size: int) -> Iterator[tuple[bytearray, bool]]:
    """Pieces of ``size`` bytes, and whether it is the last: one is held back to know that."""
    held = bytearray()
    for part in parts:
        for at in range(0, len(part), size):
            held += part[at : at + size]
            if len(held) > size:
                yield held[:size], False
                del held[:size]
    yield held, True


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(CHUNK):
        yield part


def _write(target: Path, parts: Iterator[bytes]) -> None:
    """A new file that is there whole or not at all."""
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with open(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        try:
            # Unlike a rename, it refuses a target that came meanwhile.
            os.link(name, target)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if target.exists():
                raise FileExistsError(f"{target} is there already") from None
            os.replace(name, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _key_of(path: str, make: bool) -> bytes:
    """The key in a file (``-``: standard input), never an argument: those are seen by others."""
    if path == "-":
        return parse_key(sys.stdin.read())
    if make and not Path(path).exists():
        key = new_key()
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key.hex() + "\n")
        return key
    return parse_key(Path(path).read_text("ascii"))


def main(arguments: list[str] | None = None) -> int:
    """The command ``python -m jupyterlab_web3.seal``; 0, or 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(
        prog="python -m jupyterlab_web3.seal", description=f"Seal and open files ({FORMAT})."
    )
    parser.add_argument("what", choices=["seal", "unseal"])
    parser.add_argument(
        "--key",
        required=True,
        metavar="FILE",
        help="file with the key as 64 hex digits, or with what the Ocean Node gave for the last "
        "file of the asset (?k=...&c=...); - for standard input. Sealing makes one if it is not "
        "there.",
    )
    parser.add_argument(
        "--index", type=int, default=0, help="of the file in its asset, from 0 (default: 0)"
    )
    parser.add_argument("source", help="file to read")
    parser.add_argument("target", help="file to write; must not be there yet")
    given = parser.parse_args(arguments)
    try:
        key = _key_of(given.key, given.what == "seal")
        run = seal_file if given.what == "seal" else unseal_file
        run(given.source, given.target, key, given.index)
    except (SealError, OSError, ValueError) as error:
        print(f"{given.source}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
