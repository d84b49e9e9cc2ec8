"""Asking a provider whether a sign-in still lives, and recording what follows from the answer."""

from dataclasses import dataclass

from bot import policy
from bot.usecases import people
from bot.usecases.connect import gone
from bot.usecases.context import Context
from bot.usecases.detail import provider_of, refresh_open
from bot.usecases.observing import Seen, observe
from bot.usecases.verdicts import write
from connectors.observation import Observation
from store import accounts, integrations
from store.records import Account, AccountDetail, AccountId, AccountStatus, GrantState, UserId, WorkspaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found."""

    account: Account
    observation: Observation | None
    """None: the account waits for its Groups and is not asked about."""


async def check_now(
    ctx: Context, ws: WorkspaceId, user_id: UserId, account_id: AccountId, *, view_id: str | None = None
) -> Checked:
    """A person's Check now, pressed in the view `view_id`.

    Raises:
        UserFacingError: the person may not, or the account is gone.

    """
    await people.integrator(ctx, ws, user_id, action="check", subject=account_id)
    async with ctx.store.transaction() as tx:
        await people.record(ctx, tx, ws, user_id, action="check", subject=account_id)
    return await check(ctx, ws, account_id, view_id=view_id)


async def check(
    ctx: Context, ws: WorkspaceId, account_id: AccountId, *, view_id: str | None = None
) -> Checked:
    """Probe one account and record the conclusion, unless its sign-in changed meanwhile."""
    async with ctx.store.reading() as tx:
        found = await accounts.get(tx, ws, account_id)
    if found is None or found.account.status is AccountStatus.REMOVED:
        raise gone()
    if found.account.status is AccountStatus.WAITING or found.grant.state is not GrantState.LIVE:
        return Checked(account=found.account, observation=None)
    provider = provider_of(ctx, found.account.provider_key)
    seen = (await observe(ctx, provider, found.grant, [found.account]))[account_id]
    account = await _record(ctx, found, seen, view_id=view_id)
    return Checked(account=account, observation=seen.observation)


async def _record(ctx: Context, found: AccountDetail, seen: Seen, *, view_id: str | None) -> Account:
    ws, now, grant = found.account.workspace_id, ctx.clock(), found.grant
    key = found.account.provider_key
    async with ctx.store.transaction() as tx:
        # Before reading what is written below: a Save in this very moment must not be undone (PostgreSQL).
        await integrations.lock(tx, ws, key)
        carried = await accounts.of_grant(tx, ws, grant.id)
        verdicts = [
            (one, policy.conclude(one, seen.observation, now, missing_scopes=grant.missing_scopes))
            for one in carried
            if seen.whole_sign_in or one.id == found.account.id
        ]
        written = await write(ctx, tx, key, verdicts)
        await refresh_open(ctx, tx, ws, "detail", key, but=view_id)
    ctx.kick("deliver")
    mine = [concluded.account for one, concluded in verdicts if one.id == found.account.id]
    return mine[0] if found.account.id in written else found.account
