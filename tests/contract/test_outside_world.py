"""The one client: where it will not go, what it will not read, and that it asks before it goes."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest

from connectors.hosts import OutsideRefused
from connectors.outside import FailureKind, OutsideFailed, PinnedResolver, Reroute, Resolver, open_outside
from connectors.provider import Answer
from tests.contract.pretend import Reply, Stage

HOSTS = ("api.provider.example", "northwind.myshopify.com")
SECRET = "token-nobody-may-see"


def names(*addresses: str) -> Resolver:
    """A resolver that always answers this."""

    async def resolve(_host: str) -> Sequence[str]:
        return addresses

    return resolve


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("8.8.8.8", "169.254.169.254"),
        ("2606:4700::1111", "::ffff:10.0.0.1"),
        ("64:ff9b::7f00:1",),
    ],
)
async def test_a_name_that_leads_inside_is_refused(addresses: tuple[str, ...]) -> None:
    """A declared name that resolves to one bad address is refused whole, before anything is dialled."""
    async with open_outside(resolve=names(*addresses)) as outside:
        with pytest.raises(OutsideRefused):
            await outside.send(
                method="GET", url=f"https://{HOSTS[0]}/", headers={}, allowed_hosts=HOSTS, timeout=5
            )


async def test_a_name_that_turns_inside_later_is_refused_then() -> None:
    """A name that was public first and private afterwards is looked at each time it is dialled."""
    answers = [["8.8.8.8"], ["10.0.0.1"]]

    async def resolve(_host: str) -> Sequence[str]:
        return answers.pop(0)

    resolver = PinnedResolver(resolve)
    assert [found["host"] for found in await resolver.resolve(HOSTS[0], 443)] == ["8.8.8.8"]
    with pytest.raises(OutsideRefused):
        await resolver.resolve(HOSTS[0], 443)


async def test_what_was_checked_is_what_is_dialled() -> None:
    """The connection gets numbers, not a name that could be looked up a second time."""
    found = await PinnedResolver(names("2606:4700::1111", "8.8.8.8", "8.8.8.8")).resolve(HOSTS[0], 443)
    assert [(one["host"], one["port"], one["family"]) for one in found] == [
        ("2606:4700::1111", 443, socket.AF_INET6),
        ("8.8.8.8", 443, socket.AF_INET),
    ]
    assert all(one["flags"] & socket.AI_NUMERICHOST for one in found)


async def test_a_name_without_address_is_no_connection() -> None:
    """A failing name look-up is the network's trouble, not a refusal."""

    async def fails(_host: str) -> Sequence[str]:
        raise OSError("no such name")

    for resolve in (fails, names()):
        async with open_outside(resolve=resolve) as outside:
            with pytest.raises(OutsideFailed) as failed:
                await outside.send(
                    method="GET", url=f"https://{HOSTS[0]}/", headers={}, allowed_hosts=HOSTS, timeout=5
                )
            assert failed.value.kind is FailureKind.NO_CONNECTION


@pytest.fixture(params=["GET", "POST"])
def method(request: pytest.FixtureRequest) -> str:
    """Both ways out: a GET goes to the pool directly, all else through httpx (docs/decisions/0003-httpx.md)."""
    return str(request.param)


async def send(
    stage: Stage,
    url: str = f"https://{HOSTS[0]}/a/b?c={SECRET}",
    limit: float = 5,
    *,
    method: str = "GET",
) -> Answer:
    """One request through a rerouted client."""
    async with open_outside(reroute=Reroute(base=stage.base)) as outside:
        return await outside.send(
            method=method,
            url=url,
            headers={"X-Token": SECRET},
            content=None if method == "GET" else b"a=b",
            allowed_hosts=HOSTS,
            timeout=limit,
        )


async def test_a_workspace_plays_the_host(stage: Stage, method: str) -> None:
    """With a reroute the same call reaches the local workspace, host first in the path."""
    stage.script = lambda _seen: Reply(json={"fine": True}, headers={"X-Odd-Case": "1"})
    answer = await send(stage, method=method)
    assert (answer.status, answer.json, answer.headers["x-odd-case"]) == (200, {"fine": True}, "1")
    assert [(seen.host, seen.path, seen.query) for seen in stage.seen] == [(HOSTS[0], "/a/b", {"c": SECRET})]


@pytest.mark.parametrize("url", ["https://evil.com/", "http://api.provider.example/", "https://127.0.0.1/"])
async def test_a_reroute_loosens_nothing(stage: Stage, url: str) -> None:
    """The local workspace is guarded like the real world."""
    with pytest.raises(OutsideRefused):
        await send(stage, url)
    assert stage.seen == []


async def test_the_browser_link_goes_the_same_way(stage: Stage) -> None:
    """The person's browser lands at the workspace too, with everything the link carries."""
    async with open_outside(reroute=Reroute(base=f"{stage.base}/")) as outside:
        assert outside.browser_url("https://x.com/i/oauth2?a=b%20c") == f"{stage.base}/x.com/i/oauth2?a=b%20c"
    async with open_outside() as outside:
        assert outside.browser_url("https://x.com/i/oauth2?a=b") == "https://x.com/i/oauth2?a=b"


async def test_a_redirect_is_an_answer(stage: Stage, method: str) -> None:
    """A 3xx is handed back as it came, whatever it points at."""
    stage.script = lambda _seen: Reply(status=302, json={}, headers={"Location": "http://169.254.169.254/"})
    assert (await send(stage, method=method)).status == 302
    assert len(stage.seen) == 1


async def test_a_flood_is_not_read(stage: Stage, method: str) -> None:
    """More than a megabyte is given up."""
    stage.script = lambda _seen: Reply(raw=b" " * 2_000_000)
    with pytest.raises(OutsideFailed) as failed:
        await send(stage, method=method)
    assert failed.value.kind is FailureKind.TOO_BIG


async def test_a_slow_provider_is_given_up(stage: Stage, method: str) -> None:
    """Waiting ends."""
    stage.script = lambda _seen: Reply(hang=True)
    with pytest.raises(OutsideFailed) as failed:
        await send(stage, limit=0.1, method=method)
    assert failed.value.kind is FailureKind.SLOW


async def test_no_server_is_no_connection(stage: Stage) -> None:
    """A refused connection is told from a slow one."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with open_outside(
            reroute=Reroute(base=f"http://127.0.0.1:{taken.getsockname()[1]}")
        ) as outside:
            with pytest.raises(OutsideFailed) as failed:
                await outside.send(
                    method="GET", url=f"https://{HOSTS[0]}/", headers={}, allowed_hosts=HOSTS, timeout=5
                )
    assert failed.value.kind is FailureKind.NO_CONNECTION


async def test_an_answer_cut_in_the_middle_is_no_answer() -> None:
    """Half an answer is never read as a whole one."""

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"access_token": "a"}')
        writer.close()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server, open_outside(reroute=Reroute(base=f"http://{host}:{port}")) as outside:
        with pytest.raises(OutsideFailed) as failed:
            await outside.send(
                method="GET", url=f"https://{HOSTS[0]}/", headers={}, allowed_hosts=HOSTS, timeout=5
            )
    assert failed.value.kind is FailureKind.BROKEN


async def test_a_header_with_a_line_break_is_not_sent(stage: Stage, method: str) -> None:
    """Nothing can be smuggled into a request through a header."""
    async with open_outside(reroute=Reroute(base=stage.base)) as outside:
        with pytest.raises(OutsideFailed):
            await outside.send(
                method=method,
                url=f"https://{HOSTS[0]}/",
                headers={"X-Token": "a\r\nX-Evil: 1"},
                allowed_hosts=HOSTS,
                timeout=5,
            )
    assert stage.seen == []


async def test_nothing_is_sent_inside_a_transaction(stage: Stage) -> None:
    """The guard is asked before each request, and its refusal stands."""

    class TransactionOpenError(Exception):
        pass

    def refuse() -> None:
        raise TransactionOpenError

    async with open_outside(reroute=Reroute(base=stage.base), refuse=refuse) as outside:
        with pytest.raises(TransactionOpenError):
            await outside.send(
                method="GET", url=f"https://{HOSTS[0]}/", headers={}, allowed_hosts=HOSTS, timeout=5
            )
    assert stage.seen == []


async def test_cookies_are_not_kept(stage: Stage, method: str) -> None:
    """A cookie of one account's call is not sent with another's."""
    stage.script = lambda _seen: Reply(json={}, headers={"Set-Cookie": "who=account-one; Path=/"})
    async with open_outside(reroute=Reroute(base=stage.base)) as outside:
        for _ in range(2):
            await outside.send(
                method=method, url=f"https://{HOSTS[0]}/", headers={}, allowed_hosts=HOSTS, timeout=5
            )
    assert "cookie" not in stage.seen[1].headers


async def test_no_query_or_header_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Secrets in queries and headers stay out of every log, also with everything switched on."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")
    await send(stage)
    stage.script = lambda _seen: Reply(hang=True)
    with pytest.raises(OutsideFailed) as failed:
        await send(stage, limit=0.1)
    assert SECRET not in caplog.text + repr(failed.value)


def test_certificates_may_be_given_by_the_environment() -> None:
    """A company's own certificate authority counts, because the client uses Python's default context."""
    source = (Path(__file__).parents[2] / "connectors" / "outside.py").read_text()
    assert "ssl.create_default_context()" in source
    assert ssl.get_default_verify_paths().openssl_cafile_env == "SSL_CERT_FILE"
