"""Pinning services: what is relayed, and that a key is seen by nobody but its service."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path
from typing import Any

import pytest

from ..pinning import PinningServices, ServiceError, checked_endpoint, checked_service
from .conftest import Ask, FakeUpstream, ok

KEY = "sk-PinningKey_7f3a.very-secret"
CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
LISTED = json.dumps({"count": 0, "results": []})


@pytest.fixture
def pinning_file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "pinning.json"


@pytest.fixture
def web3_settings(pinning_file: Path) -> dict[str, Any]:
    return {"pinning_file": str(pinning_file)}


@pytest.fixture
def registered(fake: FakeUpstream, pinning_file: Path) -> dict[str, str]:
    """A service that the fake upstream plays."""
    fake.answer = ok("Content-Type: application/json", body=LISTED)
    service = {
        "name": "mine",
        "endpoint": f"{fake.url}/psa",
        "upload": f"{fake.url}/cluster",
        "key": KEY,
    }
    PinningServices(str(pinning_file)).put(service)
    return service


def modes(path: Path) -> tuple[int, int, list[str]]:
    """Of a file and its folder, and what else is in there."""
    folder = path.parent
    return (
        stat.S_IMODE(path.stat().st_mode),
        stat.S_IMODE(folder.stat().st_mode),
        [entry.name for entry in folder.iterdir()],
    )


def written(path: Path, text: str, mode: int) -> None:
    """Replace a file's text and mode."""
    path.write_text(text)
    path.chmod(mode)


async def test_a_key_goes_in_and_never_out(
    ask: Ask,
    fake: FakeUpstream,
    registered: dict[str, str],
    pinning_file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    said = [
        await ask("PUT", "pinning/services", body=registered),
        await ask("GET", "pinning/services"),
        await ask("GET", "pinning/mine/pins?limit=1"),
        await ask("GET", "config"),
        await ask("PUT", "pinning/services", body={**registered, "endpoint": "ftp://x"}),
        await ask("PUT", "pinning/services", body={**registered, "auth": "digest"}),
    ]
    for status in ("401 Unauthorized", "500 Internal Server Error"):
        reason = {"error": {"reason": "NO", "details": "no such key"}}
        fake.answer = ok(status=status, body=json.dumps(reason))
        said.append(await ask("GET", "pinning/mine/pins"))
        assert "no such key" in said[-1].json["message"]
    for echo in (KEY, f"Bearer {KEY}"):
        fake.answer = ok(body=json.dumps({"count": 0, "results": [], "you": echo}))
        said.append(await ask("GET", "pinning/mine/pins"))
        assert said[-1].json["code"] == "key-echoed"
    fake.answer = ok(f"Set-Cookie: k={KEY}", f"X-Key: {KEY}", body=LISTED)
    said.append(await ask("GET", "pinning/mine/pins"))
    assert said[-1].status == 200
    assert fake.asked[-1].header("Authorization") == f"Bearer {KEY}"
    for reply in said:
        assert KEY not in reply.body.decode() + str(reply.headers)
    assert KEY not in caplog.text
    kept = PinningServices(str(pinning_file)).all()
    assert kept[0].key == KEY
    assert KEY not in repr(kept) + str(kept[0].public())


async def test_the_file_is_private(
    ask: Ask, registered: dict[str, str], pinning_file: Path
) -> None:
    # Written by the route itself, in a folder that it made.
    assert (await ask("PUT", "pinning/services", body=registered)).status == 200
    assert modes(pinning_file) == (0o600, 0o700, ["pinning.json"])
    broken = json.dumps({"services": [{"name": "x", "key": KEY}]})
    written(pinning_file, broken, 0o644)
    reply = await ask("GET", "pinning/services")
    assert (reply.status, reply.json["code"]) == (503, "secret-file-unsafe")
    written(pinning_file, broken, 0o600)
    reply = await ask("GET", "pinning/services")
    assert (reply.status, reply.json["code"]) == (503, "pinning-file")
    assert KEY.encode() not in reply.body


async def test_another_address_does_not_get_the_old_key(
    ask: Ask, fake: FakeUpstream, registered: dict[str, str]
) -> None:
    without = {k: v for k, v in registered.items() if k != "key"}
    assert (await ask("PUT", "pinning/services", body=without)).status == 200
    for change in (
        {"endpoint": "https://thief.example"},
        {"upload": "https://thief.example"},
        {"name": "other"},
    ):
        reply = await ask("PUT", "pinning/services", body={**without, **change})
        assert (reply.status, reply.json["code"]) == (400, "bad-key")
    listed = (await ask("GET", "pinning/services")).json["services"]
    assert listed == [{**without, "auth": "bearer"}]
    await ask("GET", "pinning/mine/pins")
    assert fake.asked[-1].header("Authorization") == f"Bearer {KEY}"


async def test_the_verbs_of_the_specification_and_no_others(
    ask: Ask, fake: FakeUpstream, registered: dict[str, str]
) -> None:
    await ask("GET", f"pinning/mine/pins?cid={CID},{CID}&status=pinned,failed&limit=10")
    asked = fake.asked[-1]
    assert (asked.method, asked.target) == (
        "GET",
        f"/psa/pins?cid={CID}%2C{CID}&status=pinned%2Cfailed&limit=10",
    )
    for name in ("Cookie", "Origin", "Referer", "X-Xsrftoken"):
        assert asked.header(name) is None
    pin = {"cid": CID, "name": "iris", "origins": ["/ip4/1.2.3.4/tcp/1"], "meta": {"a": "b"}}
    await ask("POST", "pinning/mine/pins", body=pin)
    assert json.loads(fake.asked[-1].body) == pin
    await ask("POST", "pinning/mine/pins/id-1", body=pin)
    assert fake.asked[-1].target == "/psa/pins/id-1"
    fake.answer = ok(status="202 Accepted")
    assert (await ask("DELETE", "pinning/mine/pins/id-1")).status == 202
    fake.answer = ok(status="404 Not Found", body='{"error": {"reason": "NOT_FOUND"}}')
    assert (await ask("DELETE", "pinning/mine/pins/id-1")).status == 404
    gone = await ask("DELETE", "pinning/mine/pins/id-1", {"X-Web3-Missing": "empty"})
    assert gone.status == 204
    count = len(fake.asked)
    for method, path, body in (
        ("PUT", "pinning/mine/pins/id-1", {}),
        ("PATCH", "pinning/mine/pins", {}),
        ("DELETE", "pinning/mine/pins", None),
        ("GET", "pinning/mine/token", None),
        ("POST", "pinning/mine/token", {}),
        ("GET", "pinning/mine/x", None),
        ("GET", "pinning/mine/pins?evil=1", None),
        ("GET", "pinning/mine/pins/id-1?limit=1", None),
        ("GET", "pinning/mine/pins/..", None),
        ("GET", "pinning/mine/pins/%2e%2e%2ftoken", None),
        ("GET", "pinning/mine/pins/a/b", None),
        ("GET", "pinning/other/pins", None),
        ("POST", "pinning/mine/pins", {"cid": ""}),
        ("POST", "pinning/mine/pins", {"cid": CID, "name": 1}),
        ("POST", "pinning/mine/pins", {"cid": CID, "delegates": []}),
        ("POST", "pinning/mine/pins", b"not json"),
        ("POST", "pinning/mine/pins", b"x" * 70_000),
    ):
        reply = await ask(method, path, body=body)
        assert reply.status in (400, 403, 404, 405, 413), (method, path)
    assert len(fake.asked) == count


async def test_a_redirect_is_not_followed_and_html_does_not_pass(
    ask: Ask, fake: FakeUpstream, registered: dict[str, str]
) -> None:
    fake.answer = ok(f"Location: {fake.url}/elsewhere", status="307 Temporary Redirect")
    for method, path, body in (
        ("GET", "pinning/mine/pins", None),
        ("POST", "pinning/mine/pins", {"cid": CID}),
    ):
        count = len(fake.asked)
        reply = await ask(method, path, body=body)
        assert (reply.status, reply.json["code"]) == (502, "upstream-redirect")
        assert len(fake.asked) == count + 1
    fake.answer = ok("Content-Type: text/html", body="<script>alert(1)</script>")
    reply = await ask("GET", "pinning/mine/pins")
    assert (reply.status, reply.json["code"]) == (502, "not-a-service")
    fake.answer = ok("Content-Type: text/html", body=LISTED)
    reply = await ask("GET", "pinning/mine/pins")
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"


async def test_patience_asked_for_is_passed_on(
    ask: Ask, fake: FakeUpstream, registered: dict[str, str]
) -> None:
    fake.answer = ok("Retry-After: 7", status="429 Too Many Requests", body="{}")
    reply = await ask("GET", "pinning/mine/pins")
    assert (reply.status, reply.headers["retry-after"]) == (429, "7")


async def test_an_archive_is_streamed_to_the_service(
    ask: Ask, fake: FakeUpstream, registered: dict[str, str]
) -> None:
    fake.answer = ok(body=json.dumps([{"cid": CID}]))
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    body = b"x" * 3_000_000
    reply = await ask("POST", "pinning/mine/add?name=iris%20data", form, body)
    assert reply.json == [{"cid": CID}]
    asked = fake.asked[-1]
    assert asked.target == "/cluster/add?format=car&stream-channels=false&name=iris+data"
    assert asked.header("Authorization") == f"Bearer {KEY}"
    assert asked.body == body
    fake.answer = ok(status="401 Unauthorized", body="{}")
    reply = await ask("POST", "pinning/mine/add", form, b"x")
    assert (reply.status, reply.json["code"]) == (502, "key-refused")
    fake.answer = ok(body=json.dumps({"key": KEY}))
    reply = await ask("POST", "pinning/mine/add", form, b"x")
    assert KEY.encode() not in reply.body
    await ask("PUT", "pinning/services", body={**registered, "upload": ""})
    count = len(fake.asked)
    reply = await ask("POST", "pinning/mine/add", form, b"x")
    assert (reply.status, reply.json["code"]) == (403, "verb-refused")
    assert len(fake.asked) == count


async def test_a_user_and_a_password(ask: Ask, fake: FakeUpstream) -> None:
    service = {"name": "cluster", "endpoint": fake.url, "auth": "basic", "key": "web3:pass word"}
    assert (await ask("PUT", "pinning/services", body=service)).status == 200
    fake.answer = ok(body=LISTED)
    assert (await ask("GET", "pinning/cluster/pins")).status == 200
    assert fake.asked[-1].header("Authorization") == "Basic d2ViMzpwYXNzIHdvcmQ="
    fake.answer = ok(body=json.dumps({"a": "d2ViMzpwYXNzIHdvcmQ="}))
    assert (await ask("GET", "pinning/cluster/pins")).json["code"] == "key-echoed"


async def test_a_removed_service_is_gone_with_its_key(
    ask: Ask, registered: dict[str, str], pinning_file: Path
) -> None:
    assert (await ask("DELETE", "pinning/services/mine")).status == 204
    assert (await ask("DELETE", "pinning/services/mine")).status == 204
    assert (await ask("GET", "pinning/mine/pins")).status == 404
    assert PinningServices(str(pinning_file)).all() == []


@pytest.mark.parametrize("web3_settings", [{"pinning": False}])
async def test_it_can_be_turned_off(ask: Ask, web3_settings: dict[str, Any]) -> None:
    for method, path in (("GET", "pinning/services"), ("GET", "pinning/mine/pins")):
        reply = await ask(method, path)
        assert (reply.status, reply.json["code"]) == (404, "not-configured")


@pytest.mark.parametrize(
    "url",
    [
        "http://pinning.example/psa",
        "http://10.0.0.1",
        "http://localhost.evil.example",
        "ftp://pinning.example",
        "file:///etc/passwd",
        "https://user:password@pinning.example",
        "https://pinning.example@evil.example",
        "https://pinning.example/psa?key=1",
        "https://pinning.example/?",
        "https://pinning.example/#x",
        "https://pinning.example/../admin",
        "https://pinning.example/a%2fb",
        "https://pinning.example/a b",
        "https://pinning.example\r\nX: y",
        "https://169.254.169.254/latest/meta-data",
        "http://169.254.169.254",
        "https://[fe80::1]",
        "https://[::ffff:169.254.169.254]",
        "https://0.0.0.0",
        "https://224.0.0.1",
        "https://",
        "",
        None,
        7,
    ],
)
def test_addresses_that_are_refused(url: object) -> None:
    with pytest.raises(ServiceError) as refused:
        checked_endpoint(url)
    assert refused.value.code in ("bad-endpoint", "insecure-endpoint")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.pinata.cloud/psa", "https://api.pinata.cloud/psa"),
        ("https://api.filebase.io/v1/ipfs/", "https://api.filebase.io/v1/ipfs"),
        ("http://127.0.0.1:9097", "http://127.0.0.1:9097"),
        ("http://localhost:3456/", "http://localhost:3456"),
        ("http://[::1]:9097", "http://[::1]:9097"),
    ],
)
def test_addresses_that_are_accepted(url: str, kept: str) -> None:
    assert checked_endpoint(url) == kept


@pytest.mark.parametrize(
    "key", ["", " ", "a b", "a\nb", "a\r\nX-Y: z", "schlüssel", "\x00", "x" * 5000, None, 5]
)
def test_keys_that_no_service_has_are_refused_unquoted(key: object) -> None:
    with pytest.raises(ServiceError) as refused:
        checked_service({"name": "a", "endpoint": "https://a.example", "key": key})
    assert refused.value.code == "bad-key"
    assert not (isinstance(key, str) and len(key) > 1 and key in str(refused.value))


@pytest.mark.parametrize(
    "name", ["", "services", "Services", "a/b", "..", ".a", "a b", "a" * 41, 1]
)
def test_names_that_would_not_fit_a_path_are_refused(name: object) -> None:
    with pytest.raises(ServiceError) as refused:
        checked_service({"name": name, "endpoint": "https://a.example", "key": "k"})
    assert refused.value.code == "bad-name"
