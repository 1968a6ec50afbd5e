"""Who is refused, and that nothing of it reaches an upstream."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .conftest import Ask, FakeUpstream, ok

RPC = {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}

#: Every route that changes or relays something, as (method, path, body).
ROUTES = [
    ("GET", "config", None),
    ("POST", "ipfs/version", None),
    ("POST", "ipfs/add", b"x"),
    ("GET", "gateway/ipfs/bafy", None),
    ("HEAD", "gateway/ipfs/bafy", None),
    ("POST", "chain", RPC),
    ("GET", "ocean/", None),
    ("POST", "ocean/api/services/fileInfo", {}),
    ("POST", "siwe/message", {}),
    ("POST", "siwe/verify", {}),
    ("GET", "siwe/session", None),
    ("DELETE", "siwe/session", None),
    ("GET", "development-wallet", None),
    ("GET", "pinning/services", None),
    ("PUT", "pinning/services", {}),
    ("DELETE", "pinning/services/kept", None),
    ("GET", "pinning/kept/pins", None),
    ("POST", "pinning/kept/pins", {}),
    ("DELETE", "pinning/kept/pins/1", None),
    ("POST", "pinning/kept/add", b"x"),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nothing_without_a_token(
    ask: Ask, fake: FakeUpstream, method: str, path: str, body: Any
) -> None:
    reply = await ask(method, path, body=body, token=False)
    assert reply.status == 403
    assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert not fake.asked


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_no_foreign_origin_even_with_a_token(
    ask: Ask, fake: FakeUpstream, method: str, path: str, body: Any, origin: str
) -> None:
    reply = await ask(method, path, {"Origin": origin}, body)
    assert reply.status == 403
    assert method == "HEAD" or reply.json["code"] == "foreign-origin"
    assert "access-control-allow-origin" not in reply.headers
    assert not fake.asked


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_no_embedding_by_another_site_but_links_may_be_opened(
    ask: Ask, fake: FakeUpstream, site: str
) -> None:
    embedded = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
    assert (await ask("GET", "gateway/ipfs/bafy", embedded)).status == 403
    opened = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    assert (await ask("GET", "gateway/ipfs/bafy", opened)).status == 200
    assert len(fake.asked) == 1


async def _log_in(ask: Ask, token: str) -> dict[str, str]:
    """Cookies as a page has them that was opened with ?token=."""
    page = await ask("GET", f"/a%40b/api/contents?token={token}", token=False, absolute=True)
    form = await ask("GET", "/a%40b/login", token=False, absolute=True)
    cookies = f"{page.headers['set-cookie']}, {form.headers['set-cookie']}"
    user = re.search(r"(username-[^=]+=[^;]+)", cookies)
    xsrf = re.search(r"_xsrf=([^;]+)", cookies)
    assert user and xsrf
    return {"Cookie": f"{user[1]}; _xsrf={xsrf[1]}", "xsrf": xsrf[1]}


@pytest.mark.parametrize(
    ("method", "path", "body"), [route for route in ROUTES if route[0] not in ("GET", "HEAD")]
)
async def test_cookies_need_the_xsrf_token(
    ask: Ask, jp_serverapp: Any, fake: FakeUpstream, method: str, path: str, body: Any
) -> None:
    cookies = await _log_in(ask, jp_serverapp.identity_provider.token)
    without = {"Cookie": cookies["Cookie"]}
    wrong = {**without, "X-XSRFToken": "2|aaaaaaaa|bbbb|1"}
    right = {**without, "X-XSRFToken": cookies["xsrf"]}
    assert (await ask(method, path, without, body, token=False)).status == 403
    assert (await ask(method, path, wrong, body, token=False)).status == 403
    assert not fake.asked
    assert (await ask(method, path, right, body, token=False)).status != 403


@pytest.mark.parametrize(
    "verb",
    [
        "config",
        "config/show",
        "key/export",
        "key/import",
        "key/rm",
        "shutdown",
        "files/write",
        "repo/gc",
        "repo/verify",
        "pin/remote/service/add",
        "p2p/listen",
        "swarm/connect",
        "log/level",
        "routing/put",
        "filestore/ls",
        "urlstore/add",
        "mount",
        "update",
        "add/",
        "/add",
        "../version",
        "version/../config",
        "version%2f..%2fconfig",
        "VERSION",
        "",
    ],
)
async def test_verbs_outside_the_table(ask: Ask, fake: FakeUpstream, verb: str) -> None:
    reply = await ask("POST", f"ipfs/{verb}")
    assert reply.status == 403, reply.body
    assert reply.json["code"] == "verb-refused"
    assert not fake.asked


@pytest.mark.parametrize(
    "query", ["nocopy=true", "fscache=true", "to-files=/x", "api=/ip4/1.2.3.4", "wild=1"]
)
async def test_arguments_outside_the_table(ask: Ask, fake: FakeUpstream, query: str) -> None:
    reply = await ask("POST", f"ipfs/add?{query}", {"Content-Type": "multipart/form-data"}, b"x")
    assert reply.status == 403
    assert reply.json["code"] == "argument-refused"
    assert not fake.asked


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_verbs_are_only_posted(ask: Ask, fake: FakeUpstream, method: str) -> None:
    assert (await ask(method, "ipfs/version")).status == 405
    assert not fake.asked


async def test_an_upload_is_multipart(ask: Ask, fake: FakeUpstream) -> None:
    reply = await ask("POST", "ipfs/add", {"Content-Type": "text/plain"}, b"x")
    assert reply.status == 415
    assert not fake.asked


@pytest.mark.parametrize(
    "method",
    [
        "eth_sendTransaction",
        "eth_sign",
        "eth_accounts",
        "personal_unlockAccount",
        "anvil_setBalance",
        "hardhat_impersonateAccount",
        "evm_mine",
        "debug_traceTransaction",
        "admin_addPeer",
        "eth_newFilter",
    ],
)
async def test_chain_methods_outside_the_list(ask: Ask, fake: FakeUpstream, method: str) -> None:
    bad = {**RPC, "method": method, "id": 7}
    for body in (bad, [RPC, bad]):
        reply = await ask("POST", "chain", body=body)
        assert reply.status == 403
        assert reply.json["code"] == "method-refused"
        assert reply.json["error"]["code"] == -32601
        assert reply.json["id"] == 7
    assert not fake.asked


async def test_a_repeated_key_cannot_smuggle_a_method(ask: Ask, fake: FakeUpstream) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction","method":"eth_chainId"}'
    await ask("POST", "chain", body=body)
    assert [b"eth_sendTransaction" in asked.body for asked in fake.asked] == [False]


@pytest.mark.parametrize(
    "body",
    [b"", b"no", b"[]", b'"eth_chainId"', b"[1]", b'{"method": 1}', b"[" * 5000],
)
async def test_what_is_not_json_rpc(ask: Ask, fake: FakeUpstream, body: bytes) -> None:
    assert (await ask("POST", "chain", body=body)).status == 400
    assert not fake.asked


async def test_too_many_calls_in_a_batch(ask: Ask, fake: FakeUpstream) -> None:
    assert (await ask("POST", "chain", body=[RPC] * 101)).status == 400
    assert not fake.asked


@pytest.mark.parametrize("chunked", [False, True])
async def test_oversized_json_rpc(ask: Ask, fake: FakeUpstream, chunked: bool) -> None:
    big = b'{"method": "eth_call", "x": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    pieces = (big[at : at + 65536] for at in range(0, len(big), 65536))
    reply = await ask("POST", "chain", body=pieces if chunked else big)
    assert reply.status == 413
    assert reply.json["code"] == "body-too-large"
    assert not fake.asked


@pytest.mark.parametrize(
    "path",
    [
        "gateway/",
        "gateway/api/v0/config",
        "gateway//evil.example/ipfs/bafy",
        "gateway/ipfs",
        "gateway/ipfs/",
        "gateway/ipfs//evil.example/x",
        "gateway/ipfs/../api/v0/id",
        "gateway/ipfs/bafy/../../api/v0/id",
        "gateway/ipfs/bafy/%2e%2e/%2e%2e/api",
        "gateway/ipfs/bafy/.%2E/x",
        "gateway/ipfs/bafy%2f..%2f..%2fapi",
        "gateway/ipfs/bafy/a%5c..%5cb",
        "gateway/ipfs/bafy/a\\b",
        "gateway/ipfs/bafy/a%00b",
        "gateway/ipfs/bafy/a%0d%0aHost:evil",
        "gateway/ipfs/user@evil.example/x",
        "gateway/ipfs/bafy:80/x",
        "gateway/http://evil.example/ipfs/bafy",
        "gateway/ipfs/http://evil.example",
        "gateway/@evil.example/ipfs/bafy",
        "gateway/ipfs/bafy/x%zz",
        "gatewayx/ipfs/bafy",
    ],
)
async def test_paths_that_lead_elsewhere_from_the_gateway(
    ask: Ask, fake: FakeUpstream, path: str
) -> None:
    reply = await ask("GET", path)
    assert reply.status in (400, 404), reply.body
    assert not fake.asked


@pytest.mark.parametrize(
    "path",
    [
        "ocean//evil.example/",
        "ocean/@evil.example",
        "ocean/../api/v0/config",
        "ocean/api/services/../../admin",
        "ocean/api/services/%2e%2e/%2e%2e/admin",
        "ocean/api/services%2f..%2fadmin",
        "ocean/api/admin/stop",
        "ocean/directCommand",
        "ocean/http://evil.example/api/services/nonce",
        "ocean/api/services",
        "ocean/api",
    ],
)
async def test_paths_that_lead_elsewhere_from_the_node(
    ask: Ask, fake: FakeUpstream, path: str
) -> None:
    for method in ("GET", "POST"):
        reply = await ask(method, path)
        assert reply.status in (400, 403), reply.body
    assert not fake.asked


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_methods_that_nobody_needs_at_the_node(
    ask: Ask, fake: FakeUpstream, method: str
) -> None:
    assert (await ask(method, "ocean/api/services/compute")).status == 405
    assert not fake.asked


async def test_an_absolute_target_is_no_proxy_request(ask: Ask, fake: FakeUpstream) -> None:
    reply = await ask("GET", "http://evil.example/a%40b/web3/config", absolute=True)
    assert reply.status in (400, 403, 404)
    reply = await ask("GET", "//evil.example/a%40b/web3/config", absolute=True)
    assert reply.status in (400, 403, 404)
    assert not fake.asked


REDIRECTS = [
    "http://169.254.169.254/latest/meta-data",
    "//evil.example/ipfs/bafy/",
    "https://evil.example/ipfs/bafy/",
    "/api/v0/config/show",
    "/ipfs/bafy/../../api/v0/id",
    "ftp://127.0.0.1/ipfs/bafy/",
    "",
]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 T", "308 P"])
@pytest.mark.parametrize("location", REDIRECTS)
async def test_redirects_elsewhere_are_not_followed(
    ask: Ask, fake: FakeUpstream, location: str, status: str
) -> None:
    fake.answer = ok(f"Location: {location}", status=status)
    for method, path, body in (
        ("GET", "gateway/ipfs/bafy", None),
        ("POST", "ipfs/version", None),
        ("POST", "chain", RPC),
        ("GET", "ocean/api/services/nonce", None),
    ):
        before = len(fake.asked)
        reply = await ask(method, path, body=body)
        assert reply.status in (400, 502), (path, reply.body)
        assert "location" not in reply.headers
        if location:  # an empty one means the same page: asked again a few times
            assert len(fake.asked) == before + 1
