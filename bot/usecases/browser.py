"""The browser's three steps: the Connect page, off to the provider, back with an answer."""

import secrets
from collections.abc import Mapping, Sequence

from bot import policy
from bot.usecases import people, results, tickets
from bot.usecases.connect import BEFORE_SIGN_IN, tell
from bot.usecases.context import Context
from bot.usecases.pages import ConnectPage, Departure, ResultPage
from bot.usecases.sign_in import fail, receive
from connectors.provider import Provider, Scope
from store import accounts, attempts, workspaces
from store import people as persons
from store.database import Tx
from store.records import Attempt, Stage

_LONGEST_STATE = 200
_OPEN = frozenset({Stage.LINK, Stage.SIGNING_IN})


async def look(ctx: Context, ticket: str) -> ConnectPage | ResultPage:
    """`GET /connect/<ticket>`: changes nothing, so scanners that open links do no harm."""
    attempt = await _of_ticket(ctx, ticket)
    if attempt is None:
        return results.unknown_link()
    provider = ctx.connectors.get(attempt.provider_key)
    if provider is None or not _works(ctx, attempt):
        return await results.of_attempt(ctx, attempt)
    if ctx.connectors.missing_settings(provider.key):
        return results.not_set_up(provider.name)
    async with ctx.store.reading() as tx:
        return await _connect_page(ctx, tx, attempt, provider)


async def _of_ticket(ctx: Context, ticket: str) -> Attempt | None:
    attempt_id = tickets.read(ctx, ticket)
    if attempt_id is None:
        return None
    async with ctx.store.reading() as tx:
        return await attempts.get(tx, attempt_id)


def _works(ctx: Context, attempt: Attempt) -> bool:
    return attempt.stage in _OPEN and attempt.expires_at > ctx.clock()


async def _connect_page(ctx: Context, tx: Tx, attempt: Attempt, provider: Provider) -> ConnectPage:
    workspace = await workspaces.get(tx, attempt.workspace_id)
    person = await persons.get(tx, attempt.workspace_id, attempt.user_id)
    needed = await accounts.get(tx, attempt.workspace_id, attempt.account_id) if attempt.account_id else None
    return ConnectPage(
        provider=provider.name,
        account_noun=provider.account_noun,
        workspace=workspace.name if workspace else "your workspace",
        person=person.name if person else "the person who asked for it",
        number=f"{attempt.number:02d}",
        permissions=tuple(_asked(scope) for scope in provider.scopes),
        role_needed=provider.role_needed,
        address=attempt.address,
        reconnect=needed.account.name if needed else None,
        switch_hint=provider.switch_account_hint if needed else "",
        cookie=tickets.new_cookie(ctx, attempt.id),
    )


def _asked(scope: Scope) -> str:
    return scope.reason if scope.required else f"{scope.reason.rstrip('.')} (you may leave this out)."


async def go(ctx: Context, ticket: str, cookies: Mapping[str, str]) -> Departure | ResultPage:
    """`POST /connect/<ticket>`: a fresh state, voiding the one before, and off to the provider."""
    attempt = await _of_ticket(ctx, ticket)
    if attempt is None:
        return results.unknown_link()
    provider = ctx.connectors.get(attempt.provider_key)
    if provider is None or not _works(ctx, attempt):
        return await results.of_attempt(ctx, attempt)
    if ctx.connectors.missing_settings(provider.key):
        return results.not_set_up(provider.name)
    cookie = cookies.get(tickets.cookie_name(attempt.id))
    if cookie is None or not tickets.is_ours(ctx, attempt.id, cookie):
        return results.no_cookie()
    if not await _allowed(ctx, attempt):
        return await _not_allowed(ctx, attempt)
    return await _depart(ctx, attempt, provider, cookie)


async def _allowed(ctx: Context, attempt: Attempt) -> bool:
    rights = await people.rights_of(ctx, attempt.workspace_id, attempt.user_id, live=True)
    return policy.may_manage(rights)


async def _not_allowed(ctx: Context, attempt: Attempt) -> ResultPage:
    async with ctx.store.transaction() as tx:
        await attempts.fail(
            tx,
            attempt.workspace_id,
            attempt.id,
            from_=BEFORE_SIGN_IN | {Stage.EXCHANGING},
            failure="no_longer_allowed",
        )
        await people.record(
            ctx,
            tx,
            attempt.workspace_id,
            attempt.user_id,
            action="sign_in",
            subject=attempt.provider_key,
            granted=False,
        )
        await tell(ctx, tx, attempt)
    ctx.kick("deliver")
    return await results.again(ctx, attempt)


async def _depart(ctx: Context, attempt: Attempt, provider: Provider, cookie: str) -> Departure | ResultPage:
    state, verifier = secrets.token_urlsafe(32), ctx.connectors.new_verifier()
    now = ctx.clock()
    async with ctx.store.transaction() as tx:
        begun = await attempts.begin_sign_in(
            tx,
            attempt.workspace_id,
            attempt.id,
            state_hash=tickets.hash_of(state),
            state_expires_at=now + policy.STATE_LIFE,
            cookie_hash=tickets.hash_of(cookie),
            verifier=verifier.get_secret_value().encode(),
            now=now,
        )
    if not begun:
        return await results.again(ctx, attempt)
    return Departure(
        url=ctx.connectors.authorization_url(
            provider, state=state, verifier=verifier, address=attempt.address
        )
    )


async def finish(
    ctx: Context, provider_key: str, query: Sequence[tuple[str, str]], cookies: Mapping[str, str]
) -> ResultPage:
    """`GET /oauth/callback/<key>`: the state is taken once, whatever follows; then the answer is received.

    A callback that is not plainly readable leaves the state untouched, so the genuine one still counts.
    """
    provider = ctx.connectors.get(provider_key)
    fields = dict(query)
    state = fields.get("state", "")
    if (
        provider is None
        or len(fields) != len(query)
        or not 0 < len(state) <= _LONGEST_STATE
        or "\x00" in state
    ):
        return results.unreadable_callback()
    async with ctx.store.transaction() as tx:
        attempt = await attempts.take_state(
            tx, state_hash=tickets.hash_of(state), provider_key=provider_key, now=ctx.clock()
        )
    if attempt is None:
        return await _stale(ctx, provider_key, state)
    if not await _allowed(ctx, attempt):
        return await _not_allowed(ctx, attempt)
    if ctx.connectors.missing_settings(provider_key):
        await fail(ctx, attempt, "misconfigured")
        return await results.again(ctx, attempt)
    return await receive(ctx, attempt, provider, fields, confirmed=_same_browser(attempt, cookies))


def _same_browser(attempt: Attempt, cookies: Mapping[str, str]) -> bool:
    cookie = cookies.get(tickets.cookie_name(attempt.id))
    if cookie is None or attempt.cookie_hash is None:
        return False
    return secrets.compare_digest(tickets.hash_of(cookie), attempt.cookie_hash)


async def _stale(ctx: Context, provider_key: str, state: str) -> ResultPage:
    async with ctx.store.reading() as tx:
        attempt = await attempts.by_state(tx, tickets.hash_of(state))
    if attempt is None or attempt.provider_key != provider_key:
        return results.unknown_state()
    return await results.of_attempt(ctx, attempt)
