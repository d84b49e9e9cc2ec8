"""The answer of a sign-in: refused, put aside, or carried to the next step."""

import contextlib
from collections.abc import Mapping
from dataclasses import replace

from pydantic import SecretStr

from blocks.choosing import pick_value
from blocks.views import PickOption
from bot import policy
from bot.usecases import people, results, screens
from bot.usecases.connect import tell
from bot.usecases.context import Context
from bot.usecases.detail import permission_words, refresh_open
from bot.usecases.ending import discard, discard_tokens, grant_of
from bot.usecases.pages import ResultPage
from bot.usecases.parked import Parked
from bot.usecases.repair import in_vain, repair
from bot.usecases.tickets import new_id
from connectors.engine import SignIn, SignInFailed
from connectors.provider import AccountAtProvider, Provider
from store import accounts, attempts, grants, integrations
from store.database import Conflict, Tx
from store.records import Account, AccountId, AccountStatus, Attempt, Grant, Purpose, Stage


async def receive(
    ctx: Context, attempt: Attempt, provider: Provider, fields: Mapping[str, str], *, confirmed: bool
) -> ResultPage:
    """Turn a callback whose state was just taken into the attempt's next step. `confirmed`: the same browser came back."""
    async with ctx.store.reading() as tx:
        verifier = await attempts.verifier(tx, attempt.workspace_id, attempt.id)
    if verifier is None:
        await fail(ctx, attempt, "interrupted")
        return await results.again(ctx, attempt)
    outcome = await ctx.connectors.finish(
        provider,
        query=fields,
        verifier=SecretStr(verifier.decode()),
        address=attempt.address,
        now=ctx.clock(),
    )
    if isinstance(outcome, SignInFailed):
        await _refused(ctx, attempt, provider, outcome)
    elif not outcome.accounts:
        await _nothing_behind(ctx, attempt, outcome)
    else:
        await _bring(ctx, attempt, Parked.of(outcome), confirmed=confirmed)
    return await results.again(ctx, attempt)


async def fail(ctx: Context, attempt: Attempt, failure: str, details: tuple[str, ...] = ()) -> None:
    """End an attempt that is past its link with a reason, and tell it."""
    async with ctx.store.transaction() as tx:
        await _fail(ctx, tx, attempt, failure, details)
    ctx.kick("deliver")


async def _fail(ctx: Context, tx: Tx, attempt: Attempt, failure: str, details: tuple[str, ...] = ()) -> bool:
    ended = await attempts.fail(
        tx,
        attempt.workspace_id,
        attempt.id,
        from_={Stage.EXCHANGING, Stage.UNCONFIRMED, Stage.PICK},
        failure=failure,
        details=details,
    )
    if ended:
        await tell(ctx, tx, attempt)
    return ended


async def _refused(ctx: Context, attempt: Attempt, provider: Provider, outcome: SignInFailed) -> None:
    details = permission_words(provider, outcome.missing_scopes)
    async with ctx.store.transaction() as tx:
        await _fail(
            ctx,
            tx,
            attempt,
            outcome.problem.value if outcome.problem.value != "no_code" else "unreadable",
            details,
        )
        if outcome.tokens is not None:
            await discard_tokens(ctx, tx, attempt, outcome.tokens, outcome.identity)
    ctx.kick("deliver")
    ctx.kick("revoke")


async def _nothing_behind(ctx: Context, attempt: Attempt, sign_in: SignIn) -> None:
    async with ctx.store.transaction() as tx:
        if await _fail(ctx, tx, attempt, "no_accounts"):
            await discard(ctx, tx, attempt, Parked.of(sign_in))
    ctx.kick("deliver")
    ctx.kick("revoke")


async def _bring(ctx: Context, attempt: Attempt, parked: Parked, *, confirmed: bool) -> None:
    async with ctx.store.transaction() as tx:
        await _in_turn(tx, attempt)
        stage = Stage.PICK if confirmed else Stage.UNCONFIRMED
        kept = await attempts.park(
            tx,
            attempt.workspace_id,
            attempt.id,
            stage=stage,
            parked=parked.dump(),
            identity_id=parked.identity.external_id,
            expires_at=ctx.clock() + policy.ANSWER_LIFE,
        )
        if not kept:
            await discard(ctx, tx, attempt, parked)
        elif confirmed:
            await carry_on(ctx, tx, replace(attempt, stage=stage), parked)
        else:
            await tell(ctx, tx, attempt)
    ctx.kick("deliver")
    ctx.kick("revoke")
    ctx.kick("subscribe")


async def _in_turn(tx: Tx, attempt: Attempt) -> None:
    """First of all, before anything is read: every change to an integration takes its tile, then the attempt.

    So none can pass a disconnect, and no two wait for each other (PostgreSQL).
    """
    await integrations.lock(tx, attempt.workspace_id, attempt.provider_key)


async def carry_on(ctx: Context, tx: Tx, attempt: Attempt, parked: Parked) -> None:
    """A parked sign-in known to be the person's own: repair, ask which accounts, or take the only one."""
    if not await people.still_integrator(tx, attempt.workspace_id, attempt.user_id):
        await in_vain(ctx, tx, attempt, parked, "no_longer_allowed")
    elif attempt.purpose is Purpose.RECONNECT:
        await repair(ctx, tx, attempt, parked)
    elif len(parked.accounts) == 1:
        await settle(ctx, tx, attempt, parked, parked.accounts)
    elif attempt.stage is not Stage.PICK:
        await attempts.move(tx, attempt.workspace_id, attempt.id, from_={attempt.stage}, to=Stage.PICK)
    await tell(ctx, tx, attempt)


async def confirm(ctx: Context, attempt: Attempt, *, mine: bool) -> None:
    """The answer to "Did you just sign in as …?": the person goes on, or the sign-in is thrown away."""
    await people.rights_of(ctx, attempt.workspace_id, attempt.user_id, live=True)
    async with ctx.store.transaction() as tx:
        await _in_turn(tx, attempt)
        fresh = await attempts.get(tx, attempt.id)
        raw = await attempts.parked(tx, attempt.workspace_id, attempt.id)
        if fresh is None or raw is None or fresh.stage is not Stage.UNCONFIRMED:
            return
        if mine:
            await carry_on(ctx, tx, fresh, Parked.load(raw))
        elif await _fail(ctx, tx, fresh, "declined"):
            await discard(ctx, tx, fresh, Parked.load(raw))
    ctx.kick("deliver")
    ctx.kick("revoke")
    ctx.kick("subscribe")


async def take(ctx: Context, attempt: Attempt, values: tuple[str, ...]) -> bool:
    """The accounts picked in Slack, by their options' values: new ones wait for their Groups from now on.

    False if none of them lies behind this sign-in.
    """
    await people.rights_of(ctx, attempt.workspace_id, attempt.user_id, live=True)
    async with ctx.store.transaction() as tx:
        await _in_turn(tx, attempt)
        fresh = await attempts.get(tx, attempt.id)
        raw = await attempts.parked(tx, attempt.workspace_id, attempt.id)
        if fresh is None or raw is None or fresh.stage is not Stage.PICK:
            return True
        parked = Parked.load(raw)
        chosen = tuple(a for a in parked.accounts if pick_value(a.external_id) in values)
        if not await people.still_integrator(tx, attempt.workspace_id, attempt.user_id):
            await in_vain(ctx, tx, fresh, parked, "no_longer_allowed")
        elif not chosen:
            return False
        else:
            await settle(ctx, tx, fresh, parked, chosen)
        await tell(ctx, tx, fresh)
    ctx.kick("deliver")
    ctx.kick("revoke")
    return True


async def settle(
    ctx: Context, tx: Tx, attempt: Attempt, parked: Parked, chosen: tuple[AccountAtProvider, ...]
) -> None:
    """The sign-in becomes a grant; accounts not connected yet are inserted as waiting; connected ones stay as they are until Save."""
    grant = grant_of(ctx, attempt, parked)
    ids = tuple(a.external_id for a in chosen)
    # First of all the attempt itself: of two answers in one moment the second stops here.
    if not await attempts.move(
        tx,
        attempt.workspace_id,
        attempt.id,
        from_={Stage.PICK, Stage.UNCONFIRMED},
        to=Stage.GROUPS,
        picked=ids,
        grant_id=grant.id,
        drop_parked=True,
    ):
        return
    await grants.insert(tx, grant, parked.tokens.dump())
    present = await accounts.by_external_ids(tx, attempt.workspace_id, attempt.provider_key, ids)
    for account in chosen:
        if account.external_id not in present:
            # Somebody else may have brought the same account in this very moment: then theirs stands until Save.
            with contextlib.suppress(Conflict):
                await accounts.insert(tx, _waiting(ctx, attempt, grant, account))
    await refresh_open(ctx, tx, attempt.workspace_id, "detail", attempt.provider_key)


def _waiting(ctx: Context, attempt: Attempt, grant: Grant, account: AccountAtProvider) -> Account:
    return Account(
        id=AccountId(new_id()),
        workspace_id=attempt.workspace_id,
        provider_key=attempt.provider_key,
        grant_id=grant.id,
        external_id=account.external_id,
        name=account.name,
        status=AccountStatus.WAITING,
        connected_by=attempt.user_id,
        connected_at=ctx.clock(),
    )


async def offered(ctx: Context, attempt: Attempt) -> tuple[PickOption, ...]:
    """The accounts behind a parked sign-in that waits for its Pick."""
    provider = ctx.connectors.get(attempt.provider_key)
    if provider is None or attempt.stage is not Stage.PICK:
        return ()
    async with ctx.store.reading() as tx:
        facts = await screens.read(tx, attempt, provider)
    return screens.pick_view(facts, facts.parked).options if facts.parked else ()
