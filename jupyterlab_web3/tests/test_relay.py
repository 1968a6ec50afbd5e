"""What passes through a route, what does not, and how trouble upstream looks."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any

import pytest

from .conftest import NETWORK, SECRET, Ask, FakeUpstream, ok

RPC = {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
UPLOAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhi\r\n--b--\r\n'

PROXIED = [
    ("POST", "ipfs/cat?arg=bafy", None),
    ("POST", "ipfs/add", UPLOAD),
    ("GET", "gateway/ipfs/bafy/page.html", None),
    ("POST", "chain", RPC),
    ("GET", "ocean/api/services/download", None),
]


@pytest.mark.parametrize(("method", "path", "body"), PROXIED)
async def test_foreign_html_is_a_sandboxed_download(
    ask: Ask, fake: FakeUpstream, method: str, path: str, body: Any
) -> None:
    fake.answer = ok(
        "Content-Type: text/html",
        "Set-Cookie: stolen=1",
        "Access-Control-Allow-Origin: *",
        "Access-Control-Allow-Credentials: true",
        "Access-Control-Expose-Headers: X",
        "Content-Security-Policy: script-src *",
        "Content-Disposition: inline",
        "X-Content-Type-Options: sniff",
        "Clear-Site-Data: *",
        "Refresh: 0; url=https://evil.example",
        "Link: <https://evil.example>; rel=preload",
        "Keep-Alive: timeout=5",
        "Service-Worker-Allowed: /",
        "Strict-Transport-Security: max-age=1",
        body="<script>alert(1)</script>",
    )
    headers = MULTIPART if path == "ipfs/add" else {}
    reply = await ask(method, path, headers, body)
    assert reply.status == 200
    assert reply.body == b"<script>alert(1)</script>"
    assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-disposition"].startswith("attachment")
    assert reply.headers["content-type"] == "text/html"
    assert "stolen" not in reply.headers.get("set-cookie", "")
    for name in (
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-expose-headers",
        "clear-site-data",
        "refresh",
        "link",
        "keep-alive",
        "service-worker-allowed",
        "strict-transport-security",
    ):
        assert name not in reply.headers


@pytest.mark.parametrize(("method", "path", "body"), PROXIED)
async def test_nothing_of_the_client_reaches_upstream(
    ask: Ask, fake: FakeUpstream, jp_http_port: int, method: str, path: str, body: Any
) -> None:
    host = f"127.0.0.1:{jp_http_port}"
    reply = await ask(
        method,
        path,
        {
            **(MULTIPART if path == "ipfs/add" else {}),
            "Host": host,
            "Origin": f"http://{host}",
            "Referer": f"http://{host}/lab",
            "Cookie": "username=secret",
            "X-Forwarded-For": "1.2.3.4",
            "X-XSRFToken": "secret",
        },
        body,
    )
    assert reply.status == 200
    (asked,) = fake.asked
    names = {name.lower() for name, _ in asked.headers}
    assert not names & {"origin", "referer", "cookie", "x-forwarded-for", "x-xsrftoken"}
    assert asked.header("Host") == f"127.0.0.1:{fake.port}"
    assert asked.header("Authorization") == (SECRET if path.startswith("ipfs") else None)


async def test_the_query_reaches_kubo_without_jupyters_part(
    ask: Ask, fake: FakeUpstream, jp_serverapp: Any
) -> None:
    token = jp_serverapp.identity_provider.token
    query = "arg=%2Fa%20b%26c&arg=%2Fd%2Be&force=true"
    await ask("POST", f"ipfs/files/cp?{query}&token={token}&_xsrf=y", token=False)
    assert fake.asked[0].method == "POST"
    assert fake.asked[0].target == "/api/v0/files/cp?arg=%2Fa+b%26c&arg=%2Fd%2Be&force=true"


@pytest.mark.parametrize("chunked", [False, True])
async def test_an_upload_passes_as_it_is(ask: Ask, fake: FakeUpstream, chunked: bool) -> None:
    body = UPLOAD * 20_000
    pieces = (body[at : at + 100_000] for at in range(0, len(body), 100_000))
    reply = await ask("POST", "ipfs/add?pin=false", MULTIPART, pieces if chunked else body)
    assert reply.status == 200
    assert fake.asked[0].body == body
    assert fake.asked[0].header("Content-Type") == MULTIPART["Content-Type"]


def _streamed(*pieces: bytes, trailer: str = "", end: bool = True) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTrailer: X-Stream-Error\r\n"
    head += b"Transfer-Encoding: chunked\r\n\r\n"
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return head + body + (b"0\r\n" + trailer.encode() + b"\r\n" if end else b"")


ADDED = b'{"Name":"f","Hash":"bafy","Size":"2"}\n'


async def test_an_error_in_the_trailer_of_an_upload_is_an_error(
    ask: Ask, fake: FakeUpstream
) -> None:
    fake.answer = _streamed(ADDED, trailer="X-Stream-Error: no space left on device\r\n")
    reply = await ask("POST", "ipfs/add", MULTIPART, UPLOAD)
    assert reply.status == 502
    assert reply.json["code"] == "upstream-error"
    assert "no space left" in reply.json["message"]


@pytest.mark.parametrize(
    "answer",
    [
        _streamed(b"x" * 100, trailer="X-Stream-Error: block not found\r\n"),
        _streamed(b"x" * 100, end=False),
        b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + b"x" * 100,
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "ipfs/cat?arg=bafy"), ("GET", "gateway/ipfs/bafy")]
)
async def test_a_download_that_breaks_off_never_looks_complete(
    ask: Ask, fake: FakeUpstream, method: str, path: str, answer: bytes
) -> None:
    fake.answer = answer
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        await ask(method, path)


async def test_an_answer_that_is_malformed_at_its_beginning_is_an_error(
    ask: Ask, fake: FakeUpstream
) -> None:
    fake.answer = _streamed(b"x" * 100, end=False) + b"zz\r\n"
    reply = await ask("POST", "ipfs/cat?arg=bafy")
    assert reply.status == 502
    assert reply.json["code"] == "upstream-broken"


async def test_an_upload_that_breaks_off_upstream_is_an_error(ask: Ask, fake: FakeUpstream) -> None:
    fake.answer = _streamed(ADDED, end=False)
    reply = await ask("POST", "ipfs/add", MULTIPART, UPLOAD)
    assert reply.status == 502
    assert reply.json["code"] == "upstream-broken"


async def test_kubos_own_refusal_in_the_middle_of_an_upload_is_told(
    ask: Ask, fake: FakeUpstream
) -> None:
    refusal = b'{"Message":"invalid chunker","Code":0,"Type":"error"}'
    fake.read_body = False

    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ok("Content-Type: application/json", status="500 E", body=refusal))
        await writer.drain()
        # Nothing of the body is read: the client must not wait for that.
        await asyncio.sleep(0.3)

    fake.answer = refuse
    reply = await ask("POST", "ipfs/add?chunker=x", MULTIPART, b"x" * (32 * 1024 * 1024))
    assert reply.status == 502
    assert reply.json["Message"] == "invalid chunker"
    assert reply.json["code"] == "upstream-error"


async def test_an_upstream_that_answers_before_it_read_all_is_read(
    ask: Ask, fake: FakeUpstream
) -> None:
    """Kubo names files while more of them come; more than socket buffers hold."""
    fake.read_body = False
    lines = ADDED * 50_000

    async def both_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for at in range(0, len(lines), 32768):
            piece = lines[at : at + 32768]
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
        left = 8 * 1024 * 1024
        while left > 0:
            left -= len(await reader.read(65536))
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    fake.answer = both_at_once
    reply = await ask("POST", "ipfs/add", MULTIPART, b"x" * (8 * 1024 * 1024))
    assert reply.status == 200
    assert reply.body == lines


@pytest.mark.parametrize("status", [401, 403])
async def test_kubo_that_refuses_the_server_is_no_refusal_of_the_person(
    ask: Ask, fake: FakeUpstream, status: int
) -> None:
    fake.answer = ok(status=f"{status} No", body="403 - Forbidden")
    reply = await ask("POST", "ipfs/version")
    assert reply.status == 502
    assert reply.json["code"] == "upstream-forbidden"
    assert SECRET.split()[1] not in reply.body.decode()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"Message":"file does not exist","Code":0,"Type":"error"}', 404, "not-found"),
        ('{"Message":"path \'bafy\' is not pinned","Code":0,"Type":"error"}', 404, "not-pinned"),
        ('{"Message":"no space left on device","Code":0}', 502, "upstream-error"),
        ("[]", 502, "upstream-error"),
        ("a stack trace", 502, "upstream-error"),
        ("", 502, "upstream-error"),
    ],
)
async def test_a_refusal_by_kubo_gets_the_status_that_it_means(
    ask: Ask,
    fake: FakeUpstream,
    caplog: pytest.LogCaptureFixture,
    body: str,
    status: int,
    code: str,
) -> None:
    fake.answer = ok("Content-Type: application/json", status="500 E", body=body)
    reply = await ask("POST", "ipfs/files/stat?arg=/x")
    assert (reply.status, reply.json["code"]) == (status, code)
    assert str(reply.json["Message"]) in body
    assert "User-Agent" not in caplog.text  # no dump of the request's headers

    quiet = await ask("POST", "ipfs/files/stat?arg=/x", {"X-Web3-Missing": "empty"})
    assert quiet.status == (204 if status == 404 else 502)


async def test_a_refusal_without_end_is_not_kept(ask: Ask, fake: FakeUpstream) -> None:
    fake.answer = ok(status="500 E", body="x" * 200_000)
    reply = await ask("POST", "ipfs/version")
    assert (reply.status, reply.json["code"]) == (502, "upstream-answer")


async def test_the_gateway_serves_ranges_and_names(ask: Ask, fake: FakeUpstream) -> None:
    fake.answer = ok(
        "Content-Type: text/csv",
        "Content-Range: bytes 0-1/9",
        "Accept-Ranges: bytes",
        'ETag: "bafy"',
        "Cache-Control: public, max-age=29030400, immutable",
        status="206 Partial Content",
        body="ab",
    )
    reply = await ask(
        "GET",
        "gateway/ipfs/bafy/a%20%23%25.csv?filename=%C3%A9%22%0Ax.csv&download=true&_xsrf=x&evil=1",
        {"Range": "bytes=0-1", "If-None-Match": '"x"'},
    )
    (asked,) = fake.asked
    assert asked.target == ("/ipfs/bafy/a%20%23%25.csv?filename=%C3%A9%22%0Ax.csv&download=true")
    assert asked.header("Range") == "bytes=0-1"
    assert reply.status == 206
    assert reply.headers["content-range"] == "bytes 0-1/9"
    assert reply.headers["etag"] == '"bafy"'
    assert reply.headers["cache-control"] == "private, max-age=29030400, immutable"
    assert reply.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A9%22%0Ax.csv"


async def test_the_gateway_is_asked_for_a_head_alone(ask: Ask, fake: FakeUpstream) -> None:
    fake.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nContent-Type: text/csv\r\n\r\n"
    reply = await ask("HEAD", "gateway/ipfs/bafy")
    assert fake.asked[0].method == "HEAD"
    assert (reply.status, reply.headers["content-length"]) == (200, "12345")


async def test_the_gateways_slash_redirect_is_followed_on_itself(
    ask: Ask, fake: FakeUpstream
) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        last = fake.asked[-1].target
        if last.endswith("/"):
            writer.write(ok(body="listing"))
        else:
            writer.write(ok(f"Location: {last}/", status="302 Found"))
        await writer.drain()

    fake.answer = answer
    reply = await ask("GET", "gateway/ipfs/bafy/folder")
    assert (reply.status, reply.body) == (200, b"listing")
    assert [asked.target for asked in fake.asked] == ["/ipfs/bafy/folder", "/ipfs/bafy/folder/"]


async def test_the_chain_gets_calls_and_batches(ask: Ask, fake: FakeUpstream) -> None:
    send = {**RPC, "method": "eth_sendRawTransaction", "params": ["0x00"]}
    for body in (RPC, [RPC, send]):
        assert (await ask("POST", "chain", body=body)).status == 200
        asked = fake.asked[-1]
        assert (asked.method, asked.target) == ("POST", "/rpc")
        assert json.loads(asked.body) == body


async def test_the_node_gets_paths_queries_bodies_and_its_token(
    ask: Ask, fake: FakeUpstream
) -> None:
    await ask("GET", "ocean")
    await ask("GET", "ocean/api/aquarius/assets/ddo/did:op:00?a=1&a=%20&_xsrf=jupyter")
    await ask("POST", "ocean/api/services/encrypt?nonce=1", {"X-Web3-Authorization": "jwt"}, b"{}")
    assert [(asked.method, asked.target, asked.body) for asked in fake.asked] == [
        ("GET", "/node/", b""),
        ("GET", "/node/api/aquarius/assets/ddo/did:op:00?a=1&a=+", b""),
        ("POST", "/node/api/services/encrypt?nonce=1", b"{}"),
    ]
    assert [asked.header("Authorization") for asked in fake.asked] == [None, None, "jwt"]


async def test_the_page_is_told_what_there_is_and_no_secret(ask: Ask, fake: FakeUpstream) -> None:
    reply = await ask("GET", "config")
    info = reply.json
    assert info["ipfs"] == {"api": f"127.0.0.1:{fake.port}", "managed": False, "gateway": True}
    assert info["chain"] == {
        **{k: v for k, v in NETWORK.items() if k != "deployerKey"},
        "rpc": f"{fake.url}/rpc",
    }
    assert info["oceanNodes"] == [f"{fake.url}/node"]
    assert info["siwe"] is True
    assert info["developmentWallet"] is False
    assert "kubo-secret" not in reply.body.decode()
    assert not fake.asked


class TestSecretsInUrls:
    """People put keys into URLs."""

    @pytest.fixture
    def network_settings(self) -> dict[str, Any]:
        return {"oceanNode": "https://user:hush@node.example/x?apikey=hush"}

    @pytest.fixture
    def web3_settings(self, fake: FakeUpstream) -> dict[str, Any]:
        return {
            "ipfs_api": f"http://user:hush@127.0.0.1:{fake.port}",
            "ipfs_secret_file": "",
            "chain_rpc": f"http://127.0.0.1:{fake.port}/v3/hush?key=hush",
            "ocean_node": "",
        }

    async def test_stay_on_the_server(self, ask: Ask, fake: FakeUpstream) -> None:
        reply = await ask("GET", "config")
        assert "hush" not in reply.body.decode()
        assert reply.json["oceanNodes"] == ["https://node.example/x"]
        await ask("POST", "ipfs/version")
        assert fake.asked[0].header("Authorization") == "Basic dXNlcjpodXNo"
        await ask("POST", "chain", body=RPC)
        assert fake.asked[1].target == "/v3/hush?key=hush"
