"""Asking a provider whether a sign-in still lives, and recording what follows from the answer."""

from dataclasses import dataclass

from bot import policy
from bot.usecases import people
from bot.usecases.connect import gone
from bot.usecases.context import Context
from bot.usecases.detail import provider_of, refresh_open
from bot.usecases.renewal import can_renew, fresh_tokens
from connectors.engine import Tokens
from connectors.observation import Expired, Misconfigured, Observation, Reason, Rejected
from connectors.provider import Provider
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
    observation, whole_sign_in = await observe(ctx, provider, found)
    account = await _record(ctx, found, observation, whole_sign_in=whole_sign_in, view_id=view_id)
    return Checked(account=account, observation=observation)


async def observe(ctx: Context, provider: Provider, found: AccountDetail) -> tuple[Observation, bool]:
    """What the provider says of an account, and whether that holds for every account of its sign-in.

    A refusal counts only once a renewed sign-in is refused too, where it can be renewed.
    """
    if ctx.connectors.missing_settings(provider.key):
        return Misconfigured(), True
    tokens = await fresh_tokens(ctx, provider, found.grant)
    if not isinstance(tokens, Tokens):
        return tokens, True
    seen = await _probe(ctx, provider, found, tokens)
    if not isinstance(seen, Rejected) or not can_renew(provider, tokens):
        return seen, isinstance(seen, Expired)
    renewed = await fresh_tokens(ctx, provider, found.grant, refused=tokens)
    match renewed:
        case Tokens():
            return await _probe(ctx, provider, found, renewed), False
        case Rejected() | Expired():
            return _together(seen, renewed), True
        case _:
            return (seen if seen.permanent else renewed), False


def _together(seen: Rejected, renewed: Rejected | Expired) -> Rejected:
    """The account was refused and so was its renewal: the sign-in is dead. The reason that says more is kept."""
    why = renewed.reason if isinstance(renewed, Rejected) else Reason.TOKEN_EXPIRED
    return Rejected(
        reason=why if seen.reason is Reason.SIGN_IN_REFUSED else seen.reason,
        permanent=seen.permanent or renewed.permanent,
    )


async def _probe(ctx: Context, provider: Provider, found: AccountDetail, tokens: Tokens) -> Observation:
    return await ctx.connectors.probe(
        provider,
        tokens=tokens,
        account_id=found.account.external_id,
        identity_id=found.grant.identity_id,
        address=found.grant.address,
    )


async def _record(
    ctx: Context, found: AccountDetail, observation: Observation, *, whole_sign_in: bool, view_id: str | None
) -> Account:
    ws, now = found.account.workspace_id, ctx.clock()
    async with ctx.store.transaction() as tx:
        # Before reading what is written below: a Save in this very moment must not be undone (PostgreSQL).
        await integrations.lock(tx, ws, found.account.provider_key)
        carried = await accounts.of_grant(tx, ws, found.grant.id)
        touched = [a for a in carried if whole_sign_in or a.id == found.account.id]
        result = found.account
        for account in touched:
            concluded = policy.conclude(account, observation, now, missing_scopes=found.grant.missing_scopes)
            if not await accounts.record(tx, concluded.account, only_if_grant=found.grant.id):
                continue
            if concluded.event:
                await accounts.remember(
                    tx,
                    ws,
                    account.id,
                    at=now,
                    kind=concluded.event,
                    actor=None,
                    detail=concluded.account.reason or "",
                )
            result = concluded.account if account.id == found.account.id else result
        await refresh_open(ctx, tx, ws, "detail", found.account.provider_key, but=view_id)
    ctx.kick("deliver")
    return result
