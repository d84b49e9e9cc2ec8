"""All pretend providers behind one door: finds which is meant and lets it answer, from its declaration alone."""

import base64
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.sandbox.consent import Consent, consent_page, consider, decide, refusal_page
from bot.sandbox.pretend_notices import ShopNotices
from bot.sandbox.pretend_provider import PretendAccount, PretendProvider, SignedIn, ends_sign_in
from bot.sandbox.provider_calls import Incoming, address_at, match_url, roles, wrong_headers
from bot.sandbox.provider_tokens import Reply, answer_revoke, answer_tokens, end_sign_in
from bot.sandbox.records import Begun, Hearing, Records
from bot.sandbox.world import Clock
from connectors.provider import Call, Provider


class Providers:
    """The providers of one sandbox."""

    def __init__(
        self, declared: Sequence[Provider], clock: Clock, records: Records, pages: Environment
    ) -> None:
        self.all = {provider.key: PretendProvider(provider, clock) for provider in declared}
        self.notices = {key: ShopNotices(self.all[key], records) for key in self.all if key == "shopify"}
        for key, told in self.notices.items():
            self.all[key].on_removed = told.uninstalled
        self._records = records
        self._consents: dict[str, tuple[PretendProvider, Consent]] = {}
        self._pages = pages

    def close(self) -> None:
        """Let everybody go who waits for a slow answer."""
        for pretend in self.all.values():
            pretend.closing.set()

    async def aclose(self) -> None:
        """Let everybody go, and tell nobody anything any more."""
        self.close()
        for told in self.notices.values():
            await told.aclose()

    async def answer(self, request: Request) -> Response:
        """Any request to /<host>/<path>."""
        incoming = await _incoming(request)
        host = request.path_params["host"]
        here = [(one, *address_at(one.provider, host)) for one in self.all.values()]
        living = [(one, address) for one, lives, address in here if lives]
        if not living:
            return refusal_page(self._pages, "No provider lives at this address.", status=404)
        for pretend, address in living:
            if match_url(pretend.provider.auth.authorize_url, incoming.url) is not None:
                return await self._authorize(request, [one for one, _ in living], address, incoming)
        begun, hearing = self._records.begins(), Hearing(self._records)
        status, body = await self._call([one for one, _ in living], incoming, hearing)
        self._noted(begun, incoming, status, hearing)
        headers = {"Retry-After": "30"} if status == 429 else {}
        return Response(status_code=204) if status == 204 else JSONResponse(body, status, headers)

    def _noted(self, begun: Begun, incoming: Incoming, status: int, hearing: Hearing) -> None:
        """The call, written down without what was said: bodies, queries and headers hold tokens and codes."""
        place = incoming.url.removeprefix("https://")
        self._records.exchanged(
            begun,
            way="to provider",
            name=f"{incoming.method} {place}",
            sent=f"{incoming.method} {place}",
            status=status,
            refusals=hearing.heard,
        )
        self._records.ring()

    async def _authorize(
        self, request: Request, living: list[PretendProvider], address: str | None, incoming: Incoming
    ) -> Response:
        if request.method == "POST":
            return self._decided(parse_qs((await request.body()).decode()))
        named = incoming.query.get("client_id")
        pretend = next((one for one in living if one.client_id == named), living[0])
        consent = consider(pretend, incoming.query, address)
        if isinstance(consent, str):
            hearing = Hearing(self._records)
            hearing.refuse(f"{pretend.key} authorize", consent)
            self._noted(self._records.begins(), incoming, 400, hearing)
            return refusal_page(self._pages, consent)
        self._consents[consent.id] = (pretend, consent)
        return consent_page(self._pages, pretend, consent, request.url.path)

    def _decided(self, form: dict[str, list[str]]) -> Response:
        found = self._consents.pop((form.get("consent") or [""])[0], None)
        if found is None:
            return refusal_page(self._pages, "This page was answered before.")
        try:
            return RedirectResponse(decide(*found, form), status_code=303)
        except LookupError:
            return refusal_page(self._pages, "Nobody of that name can sign in here.")

    async def _call(self, living: list[PretendProvider], incoming: Incoming, hearing: Hearing) -> Reply:
        """Token, revoke or API call."""
        for pretend in _named_first(living, incoming):
            auth = pretend.provider.auth
            if _is(auth.token_url, auth.token_method, incoming):
                return await _outage(pretend) or answer_tokens(pretend, incoming, hearing)
            revoke = auth.revoke
            if (
                revoke is not None
                and auth.revoke_form is not None
                and _is(revoke.url, revoke.method, incoming)
            ):
                return await _outage(pretend) or answer_revoke(pretend, incoming, hearing)
        return await self._api(living, incoming, hearing)

    async def _api(self, living: list[PretendProvider], incoming: Incoming, hearing: Hearing) -> Reply:
        for pretend in living:
            token = _token_of(pretend.provider, incoming)
            signed_in = pretend.by_access(token) if token else None
            if signed_in is not None and token is not None:
                return await _outage(pretend) or await self._asked(
                    pretend, signed_in, token, incoming, hearing
                )
        hearing.refuse(f"{living[0].key} api", "unknown_access_token")
        return _failure(living[0], "revoked")

    async def _asked(
        self,
        pretend: PretendProvider,
        signed_in: SignedIn,
        token: str,
        incoming: Incoming,
        hearing: Hearing,
    ) -> Reply:
        """An API call with a token that was given out once."""
        if signed_in.ended:
            pretend.tell(signed_in)
            return _failure(pretend, signed_in.ended_as)
        if not pretend.living(signed_in.access[token]):
            return _failure(pretend, "expired")
        revoke = pretend.provider.auth.revoke
        if revoke is not None and _is(revoke.url, revoke.method, incoming):
            end_sign_in(pretend, signed_in)
            pretend.on_removed(signed_in.login.address or "")
            return pretend.provider.example.revoked
        told = self.notices.get(pretend.key)
        if told is None or not told.is_meant(incoming):
            return await _played(pretend, signed_in, incoming, hearing)
        struck = await _struck(pretend, signed_in, "probe", None)
        if struck is not None:
            pretend.tell(signed_in)
        return struck or told.answer(signed_in, incoming, hearing)


async def _played(
    pretend: PretendProvider, signed_in: SignedIn, incoming: Incoming, hearing: Hearing
) -> Reply:
    for role, named in roles(pretend.provider, incoming):
        return await _role(pretend, signed_in, role, named, incoming, hearing)
    hearing.refuse(f"{pretend.key} api", f"undeclared call {incoming.method} {incoming.url}")
    return 404, {"error": "not_found"}


async def _role(
    pretend: PretendProvider,
    signed_in: SignedIn,
    role: str,
    named: dict[str, str],
    incoming: Incoming,
    hearing: Hearing,
) -> Reply:
    call: Call = getattr(pretend.provider, role)
    wrong = wrong_headers(call, incoming, pretend.settings)
    if wrong:
        hearing.refuse(f"{pretend.key} api", f"wrong header {', '.join(wrong)}")
        return 403, {"error": "missing_header"}
    struck = await _struck(pretend, signed_in, role, named.get("account"))
    if struck is not None:
        pretend.tell(signed_in)
    return struck or (200, _body(pretend, signed_in, role, named.get("account")))


def _body(pretend: PretendProvider, signed_in: SignedIn, role: str, account: str | None) -> Any:
    example, identity = pretend.provider.example, signed_in.login.identity
    if role == "permissions":
        return example.granted(signed_in.scopes) if example.granted else {}
    meant = tuple(one for one in signed_in.accounts if account in (None, one.external_id))
    accounts = meant[:1] if role == "probe" else signed_in.accounts
    return example.answers(identity, accounts)[role]


async def _struck(
    pretend: PretendProvider, signed_in: SignedIn, role: str, account: str | None
) -> Reply | None:
    """What a switch makes of this call, if anything."""
    for trouble in pretend.troubles(signed_in):
        if ends_sign_in(trouble.state):
            return _failure(pretend, trouble.state)
        if role == "probe" and account not in (None, trouble.account.external_id):
            continue
        if role == "probe" or trouble.state in {"throttled", "down", "slow"}:
            reply = await _trouble(pretend, trouble)
            if reply is not None:
                return reply
    known = {one.external_id for one in signed_in.accounts}
    if role == "probe" and account is not None and account not in known:
        return _failure(pretend, "account_gone")
    return None


async def _trouble(pretend: PretendProvider, trouble: PretendAccount) -> Reply | None:
    match trouble.state:
        case "throttled":
            return pretend.provider.example.throttled
        case "down":
            return 503, {"error": "unavailable"}
        case "slow":
            await pretend.linger(trouble.slow_seconds)
            return None
        case state:
            return _failure(pretend, state)


async def _outage(pretend: PretendProvider) -> Reply | None:
    """What everybody gets while the whole provider is in trouble."""
    pretend.outage_met = pretend.outage is not None
    if pretend.outage == "slow":
        await pretend.linger(15)
    if pretend.outage == "throttled":
        return pretend.provider.example.throttled
    return (503, {"error": "unavailable"}) if pretend.outage == "down" else None


def _failure(pretend: PretendProvider, state: str) -> Reply:
    known = pretend.provider.example.failures
    return known.get(state) or known.get("revoked") or (401, {"error": "unauthorized"})


def _named_first(living: list[PretendProvider], incoming: Incoming) -> list[PretendProvider]:
    """Providers that share a host are told apart by the client they know."""
    client = incoming.form.get("client_id") or incoming.query.get("client_id") or _basic_user(incoming)
    return sorted(living, key=lambda one: one.client_id != client)


def _basic_user(incoming: Incoming) -> str | None:
    kind, _, told = incoming.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(told).decode().partition(":")[0] if kind == "Basic" else None
    except ValueError:
        return None


def _is(template: str, method: str, incoming: Incoming) -> bool:
    return method == incoming.method and match_url(template, incoming.url) is not None


def _token_of(provider: Provider, incoming: Incoming) -> str | None:
    header = provider.auth.token_header
    if header is not None:
        return incoming.headers.get(header.lower())
    told = incoming.headers.get("authorization", "")
    return told.removeprefix("Bearer ") if told.startswith("Bearer ") else None


async def _incoming(request: Request) -> Incoming:
    raw = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    form = (
        parse_qs(raw.decode(errors="replace"), keep_blank_values=True) if kind.endswith("urlencoded") else {}
    )
    try:
        decoded = json.loads(raw) if raw and not form else None
    except ValueError:
        decoded = None
    # A field given twice is refused by RFC 6749 3.2; leaving it out makes every check of it fail.
    single = {name: values[0] for name, values in form.items() if len(values) == 1}
    return Incoming(
        method=request.method,
        url=f"https://{request.path_params['host']}/{request.path_params['path']}",
        query=dict(request.query_params),
        headers={name.lower(): value for name, value in request.headers.items()},
        form=single,
        json=decoded,
    )
