"""A local server in the providers' place, and a provider played on it from its declaration alone."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

from connectors.provider import AccountAtProvider, Call, Json, Provider

CLIENT_ID = "client-id-of-ours"
CLIENT_SECRET = "client-secret-of-ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request that reached the server: where it was meant to go, and what it carried."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server answers; `hang` keeps the caller waiting."""

    status: int = 200
    json: Json = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False


class Stage:
    """The server: answers by `script`, remembers what came."""

    def __init__(self) -> None:
        self.base = ""
        self.seen: list[Seen] = []
        self.script: Callable[[Seen], Reply] = lambda _seen: Reply(status=404, json={})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Remember the request and answer as the script says."""
        _, host, rest = request.path.split("/", 2)
        seen = Seen(
            method=request.method,
            host=host,
            path=f"/{rest}",
            query=dict(request.query),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
        )
        self.seen.append(seen)
        reply = self.script(seen)
        if reply.hang:
            await asyncio.sleep(3_600)
        body = json.dumps(reply.json).encode() if reply.raw is None else reply.raw
        headers = {"Content-Type": "application/json", **reply.headers}
        return web.Response(status=reply.status, body=body, headers=headers)


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """A server on a free port."""
    stage = Stage()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", stage.handle)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    stage.base = f"http://{host}:{port}"
    try:
        yield stage
    finally:
        await runner.cleanup()


class Pretend:
    """One provider as its `example` describes it, with a switch for the sign-in and one for each account."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.example = provider.example
        self.state: str | None = None
        self.account_states: dict[str, str] = {}
        self.granted = tuple(scope.name for scope in provider.scopes)
        self.accounts = self.example.accounts
        self.refresh_dead = False
        self.token_overrides: dict[str, Json] = {}
        self.issued: list[str] = []

    def __call__(self, seen: Seen) -> Reply:
        """Answer as the provider would."""
        auth = self.provider.auth
        if self._is(Call(method=auth.token_method, url=auth.token_url), seen):
            return self._token(seen)
        if auth.revoke and self._is(auth.revoke, seen):
            return self._failure() or Reply(status=self.example.revoked[0], json=self.example.revoked[1])
        return self._failure() or self._api(seen)

    def _is(self, call: Call, seen: Seen) -> re.Match[str] | None:
        pattern = re.escape(call.url.removeprefix("https://")).replace(r"\{", "{").replace(r"\}", "}")
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", pattern)
        found = re.fullmatch(pattern, seen.host + seen.path)
        return found if call.method == seen.method else None

    def _failure(self) -> Reply | None:
        if self.state is None:
            return None
        if self.state == "throttled":
            status, body = self.example.throttled
            return Reply(status=status, json=body, headers={"Retry-After": "30"})
        if self.state in FAULTS:
            return FAULTS[self.state]
        status, body = self.example.failures[self.state]
        return Reply(status=status, json=body)

    def _token(self, seen: Seen) -> Reply:
        asked = dict(seen.query) if seen.method == "GET" else seen.form
        if self.state in {"throttled", *FAULTS}:
            return self._failure() or Reply()
        if not self._proven(seen, asked):
            return Reply(status=self.example.refused_client[0], json=self.example.refused_client[1])
        if asked["grant_type"] == "authorization_code":
            if asked["code"] != "good-code":
                return Reply(status=self.example.refused_code[0], json=self.example.refused_code[1])
            return Reply(json=self._filled(self.example.token))
        if self.refresh_dead:
            return Reply(status=self.example.refused_refresh[0], json=self.example.refused_refresh[1])
        return Reply(json=self._filled(self.example.refreshed))

    def _proven(self, seen: Seen, asked: Mapping[str, str]) -> bool:
        basic = "Basic Y2xpZW50LWlkLW9mLW91cnM6Y2xpZW50LXNlY3JldC1vZi1vdXJz"
        return seen.headers.get("authorization") == basic or (
            asked.get("client_id") == CLIENT_ID and asked.get("client_secret") == CLIENT_SECRET
        )

    def _filled(self, template: Mapping[str, Json]) -> dict[str, Json]:
        number = len(self.issued)
        values = {
            "{access_token}": f"access-token-{number}-secret",
            "{refresh_token}": f"refresh-token-{number}-secret",
            "{scope}": self.provider.auth.scope_separator.join(self.granted),
        }
        self.issued += [values["{access_token}"], values["{refresh_token}"]]
        filled = {
            name: values.get(value, value) if isinstance(value, str) else value
            for name, value in template.items()
        }
        return {**filled, **self.token_overrides}

    def _api(self, seen: Seen) -> Reply:
        whole = self.example.answers(self.example.identity, self.accounts)
        found = self._is(self.provider.probe, seen)
        if found is not None:
            return self._probe(found.groupdict().get("account"))
        if self._is(self.provider.identity, seen) is not None:
            return Reply(json=whole["identity"])
        if self.provider.permissions and self._is(self.provider.permissions, seen) is not None:
            assert self.example.granted
            return Reply(json=self.example.granted(self.granted))
        assert self.provider.accounts
        assert self._is(self.provider.accounts, seen) is not None
        return Reply(json=whole["accounts"])

    def _probe(self, account_id: str | None) -> Reply:
        account = next((one for one in self.accounts if account_id in {None, one.external_id}), None)
        state = self.account_states.get(account_id or "") if account else "account_gone"
        if state:
            status, body = self.example.failures[state]
            return Reply(status=status, json=body)
        accounts: tuple[AccountAtProvider, ...] = (account,) if account else ()
        return Reply(json=self.example.answers(self.example.identity, accounts)["probe"])


FAULTS = {
    "down": Reply(status=503, raw=b"<html>maintenance</html>", headers={"Content-Type": "text/html"}),
    "slow": Reply(hang=True),
    "nonsense": Reply(raw=b"<html><body>Please sign in</body></html>", headers={"Content-Type": "text/html"}),
    "redirect": Reply(status=307, json={}, headers={"Location": "https://evil.example/token"}),
    "huge": Reply(raw=b"[" + b" " * 10_000_000 + b"]"),
    "empty": Reply(json={}),
}
