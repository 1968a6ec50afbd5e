"""The Python implementation of the sealed format: on its test vectors, and against the suite's."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import stat
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from .. import seal as sealing
from ..seal import CHUNK, HEADER, TAG, SealError, seal, seal_file, sealed_size, unseal, unseal_file

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "docs/sealed-format.vectors.json").read_text("utf-8"))
BY_NAME = {vector["name"]: vector for vector in VECTORS["vectors"]}
KEY = bytes(range(32))


def _plain(size: int) -> bytes:
    # 65,536 bytes, after which it comes again.
    period = bytes((i * 31 + (i >> 8) * 7) & 255 for i in range(1 << 16))
    return (period * (size // len(period) + 1))[:size]


def _parts(data: bytes, size: int = 70_001) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def _sealed(vector: dict[str, Any]) -> bytes:
    return b"".join(
        seal(
            _parts(_plain(vector["plaintextSize"])),
            bytes.fromhex(vector["key"]),
            vector["index"],
            prefix=bytes.fromhex(vector["noncePrefix"]),
        )
    )


def _changed(data: bytes, change: str) -> bytes:
    what, *numbers = change.split()
    args = [int(number) for number in numbers]
    if what == "cut":
        return data[: args[0]]
    if what == "append":
        return data + bytes(args[0])
    if what == "replace":
        return _sealed(BY_NAME["two files, 1"])
    out = bytearray(data)
    if what == "xor":
        out[args[0]] ^= args[1]
    else:
        assert what == "swap"
        one, other, length = args
        out[one : one + length], out[other : other + length] = (
            data[other : other + length],
            data[one : one + length],
        )
    return bytes(out)


def _refused(tmp_path: Path, data: bytes, key: bytes, index: int = 0) -> str:
    """The code of the refusal; nothing may be left of it."""
    source = tmp_path / "in"
    source.write_bytes(data)
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    with pytest.raises(SealError) as refusal:
        unseal_file(source, out / "file", key, index)
    assert list(out.iterdir()) == []
    return refusal.value.code


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_vectors_both_ways(vector: dict[str, Any]) -> None:
    data = _sealed(vector)
    assert len(data) == vector["ciphertextSize"] == sealed_size(vector["plaintextSize"])
    assert hashlib.sha256(data).hexdigest() == vector["ciphertextSha256"]
    assert data[:HEADER].hex() == vector["header"]
    assert data[:64].hex() == vector["ciphertextFirst64"]
    assert data[-16:].hex() == vector["ciphertextLast16"]
    plain = b"".join(unseal(_parts(data), bytes.fromhex(vector["key"]), vector["index"]))
    assert hashlib.sha256(plain).hexdigest() == vector["plaintextSha256"]


@pytest.mark.parametrize("case", VECTORS["negative"], ids=lambda case: case["name"])
def test_vectors_that_must_be_refused(case: dict[str, Any], tmp_path: Path) -> None:
    vector = BY_NAME[case["of"]]
    data = _sealed(vector)
    for change in case["change"]:
        data = _changed(data, change)
    key = bytes.fromhex(case.get("key", vector["key"]))
    index = case.get("index", vector["index"])
    assert _refused(tmp_path, data, key, index) == case["error"]


@pytest.mark.parametrize("case", VECTORS["forged"], ids=lambda case: case["name"])
def test_a_forged_file_with_good_tags(case: dict[str, Any], tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key, prefix = bytes.fromhex(case["key"]), bytes.fromhex(case["noncePrefix"])
    header = next(seal([], key, case["index"], prefix=prefix))
    aes = AESGCM(sealing._derive(key, header[:24], b"file", 32))
    # As it would be sealed if one more chunk followed.
    first = aes.encrypt(prefix + bytes(5), bytes(CHUNK), header)
    data = header + first + bytes.fromhex(case["appended"])
    assert hashlib.sha256(data).hexdigest() == case["sha256"]
    assert _refused(tmp_path, data, key, case["index"]) == case["error"]


def test_commitments_and_keys() -> None:
    for one in VECTORS["commitments"]:
        key = bytes.fromhex(one["key"])
        assert sealing.commitment(key, bytes.fromhex(one["cidBytes"])) == one["commitment"]
    url = VECTORS["keyUrl"]
    for text in (url["url"], url["body"], url["body"] + "\n", url["key"]):
        assert sealing.parse_key(text).hex() == url["key"]
    for text in ("", "?k=00", url["key"] + "0", "<html>"):
        with pytest.raises(SealError):
            sealing.parse_key(text)


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1]
)
def test_sizes_around_the_borders_of_chunks(size: int, tmp_path: Path) -> None:
    plain, sealed, back = (tmp_path / name for name in ("plain", "sealed", "back"))
    plain.write_bytes(_plain(size))
    seal_file(plain, sealed, KEY, 7)
    assert sealed.stat().st_size == sealed_size(size)
    unseal_file(sealed, back, KEY, 7)
    assert back.read_bytes() == plain.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["back", "plain", "sealed"]


def test_any_content_in_any_pieces_comes_back_and_no_change_of_it_does(tmp_path: Path) -> None:
    seed = 20261124
    for run in range(300 if os.environ.get("WEB3_LONG") else 12):
        chance = random.Random(f"{seed}/{run}")
        size = chance.choice([0, 1, 5000, CHUNK, CHUNK + 1, chance.randrange(3 * CHUNK)])
        plain, key = chance.randbytes(size), chance.randbytes(32)
        index = chance.randrange(1 << 32)
        cut = chance.randrange(1000, 3 * CHUNK)
        data = b"".join(seal(_parts(plain, cut), key, index))
        assert b"".join(unseal(_parts(data, cut), key, index)) == plain, (seed, run)
        at = chance.randrange(len(data))
        count = max(1, -(-size // CHUNK))
        changes = {
            "flipped": data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
            "truncated": data[:at],
            "appended": data + chance.randbytes(chance.randrange(1, 40)),
        }
        if count > 1:
            one, other = chance.sample(range(count), 2)
            full = CHUNK + TAG
            chunks = _parts(data[HEADER:], full)
            chunks[one], chunks[other] = chunks[other], chunks[one]
            changes["reordered"] = data[:HEADER] + b"".join(chunks)
        for name, changed in changes.items():
            with pytest.raises(SealError):
                assert list(unseal(_parts(changed, cut), key, index)) == [], (name, seed, run)
        assert _refused(tmp_path, data, chance.randbytes(32), index) == "wrong-key"
        assert _refused(tmp_path, data, key, index ^ 1) == "tampered"


def test_two_sealings_of_the_same_have_nothing_in_common() -> None:
    one, other = (b"".join(seal([bytes(5000)], KEY)) for _ in range(2))
    assert one[16:23] != other[16:23]
    assert one[HEADER:] != other[HEADER:]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(b"new")
    target.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        seal_file(source, target, KEY)
    assert target.read_bytes() == b"old"


def test_memory_is_constant(tmp_path: Path) -> None:
    plain, sealed, back = (tmp_path / name for name in ("plain", "sealed", "back"))
    with plain.open("wb") as file:
        file.truncate(96 * CHUNK)
    tracemalloc.start()
    try:
        seal_file(plain, sealed, KEY)
        unseal_file(sealed, back, KEY)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert back.stat().st_size == 96 * CHUNK
    assert peak < 12 * CHUNK


def test_the_command(tmp_path: Path) -> None:
    def run(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "jupyterlab_web3.seal", *args],
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    (tmp_path / "a.csv").write_bytes(b"a,b\n1,2\n")
    sealed = run("seal", "--key", "key.txt", "a.csv", "a.sealed")
    assert (sealed.returncode, sealed.stdout, sealed.stderr) == (0, "", "")
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "key.txt").stat().st_mode) == 0o600
    key = (tmp_path / "key.txt").read_text().strip()
    cid = VECTORS["keyUrl"]["cid"]
    opened = run("unseal", "--key", "-", "a.sealed", "b.csv", stdin=f"?k={key}&c={cid}")
    assert opened.returncode == 0
    assert (tmp_path / "b.csv").read_bytes() == b"a,b\n1,2\n"
    again = run("unseal", "--key", "key.txt", "a.sealed", "b.csv")
    assert again.returncode == 1
    assert "is there already" in again.stderr
    wrong = run("unseal", "--key", "-", "a.sealed", "c.csv", stdin="0" * 64)
    assert wrong.returncode == 1
    assert "The key is not the one of this file" in wrong.stderr
    assert not (tmp_path / "c.csv").exists()


#: The suite's own implementation, built from src/ocean/seal.ts.
LIB = ROOT / "lib/ocean/seal.js"
#: It imports as bundlers resolve it, without extensions; node is told how.
BRIDGE = """
import { createReadStream, createWriteStream } from 'node:fs';
import { register } from 'node:module';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
register('data:text/javascript,' + encodeURIComponent(`
  export const resolve = (name, context, next) =>
    next(name.startsWith('.') && !name.endsWith('.js') ? name + '.js' : name, context);
  export const load = (url, context, next) =>
    next(url, url.startsWith('file:') ? { ...context, format: 'module' } : context);
`));
const [lib, what, key, index, from, to] = process.argv.slice(1);
const seal = await import(lib);
const run = what === 'seal' ? seal.sealStream : seal.unsealStream;
const options = { key: Buffer.from(key, 'hex'), index: Number(index) };
async function* copies(stream) {
  for await (const part of stream) {
    yield Buffer.from(part);
  }
}
try {
  const out = copies(run(createReadStream(from), options));
  await pipeline(Readable.from(out), createWriteStream(to));
} catch (error) {
  console.log(error.code);
  process.exit(1);
}
"""


def _suite(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", "--input-type=module", "-e", BRIDGE, LIB.as_uri(), *args],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(
    not LIB.exists() or shutil.which("node") is None, reason="the extension is not built"
)
@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK - 1])
def test_the_suite_and_python_open_what_the_other_sealed(size: int, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(random.Random(size).randbytes(size))
    key = sealing.new_key()
    ours, theirs = tmp_path / "python.sealed", tmp_path / "suite.sealed"
    seal_file(plain, ours, key, 3)
    made = _suite("seal", key.hex(), "3", str(plain), str(theirs))
    assert made.returncode == 0, made.stdout + made.stderr
    unseal_file(theirs, tmp_path / "by-python", key, 3)
    opened = _suite("unseal", key.hex(), "3", str(ours), str(tmp_path / "by-suite"))
    assert opened.returncode == 0, opened.stdout + opened.stderr
    for name in ("by-python", "by-suite"):
        assert (tmp_path / name).read_bytes() == plain.read_bytes()
    # And neither opens what is not whole.
    ours.write_bytes(ours.read_bytes()[:-1])
    refused = _suite("unseal", key.hex(), "3", str(ours), str(tmp_path / "refused"))
    assert (refused.returncode, refused.stdout.strip()) == (1, "tampered")
