"""Ending sign-ins: what becomes of a grant nobody needs any more, and of tokens that came in vain."""

from bot import policy
from bot.usecases import expiry
from bot.usecases.context import Context
from bot.usecases.parked import Parked
from bot.usecases.tickets import new_id
from connectors.engine import Tokens
from connectors.provider import Identity
from store import accounts, attempts, grants
from store.database import Tx
from store.records import Attempt, Grant, GrantId, GrantState, WorkspaceId


async def leave(ctx: Context, tx: Tx, ws: WorkspaceId, grant_id: GrantId) -> bool:
    """After an account left a grant: end the grant if it carries none any more. True if it ended.

    It is revoked at the provider unless that would end somebody else's sign-in; the secrets are destroyed either way.
    """
    await expiry.draw_again(tx, ws, grant_id, now=ctx.clock())
    grant = await grants.get(tx, ws, grant_id)
    if grant is None or grant.state is not GrantState.LIVE or await accounts.of_grant(tx, ws, grant_id):
        return False
    await end(ctx, tx, grant)
    return True


async def end(ctx: Context, tx: Tx, grant: Grant) -> None:
    """Ask for a living grant's revoke, or destroy its secrets where revoking would reach too far."""
    if ctx.connectors.get(grant.provider_key) is not None and await may_revoke(ctx, tx, grant):
        await grants.ask_revoke(tx, grant.workspace_id, grant.id, at=ctx.clock())
    else:
        await grants.retire(tx, grant.workspace_id, grant.id, outcome="shared")


async def may_revoke(ctx: Context, tx: Tx, grant: Grant) -> bool:
    """Whether ending a grant at the provider ends nobody else's sign-in, also none that still waits for its person's answer."""
    provider = ctx.connectors.get(grant.provider_key)
    reaches = provider is not None and provider.auth.revoke_reaches_only_this_sign_in
    others = await grants.living_of_identity(tx, grant.provider_key, grant.identity_id, but=grant.id)
    parked = await attempts.parked_of_identity(tx, grant.provider_key, grant.identity_id)
    return policy.may_revoke(reaches_only_this_sign_in=reaches, other_living=others + parked)


def grant_of(ctx: Context, attempt: Attempt, parked: Parked) -> Grant:
    """A new grant for a parked sign-in, signed in by the attempt's person."""
    return Grant(
        id=GrantId(new_id()),
        workspace_id=attempt.workspace_id,
        provider_key=attempt.provider_key,
        address=attempt.address,
        identity_id=parked.identity.external_id,
        identity_name=parked.identity.name,
        scopes=parked.scopes,
        missing_scopes=parked.missing_scopes,
        signed_in_by=attempt.user_id,
        signed_in_at=ctx.clock(),
        expires_at=parked.tokens.expires_at,
        ends_at=parked.tokens.ends_at,
    )


async def discard(ctx: Context, tx: Tx, attempt: Attempt, parked: Parked) -> None:
    """A sign-in that came in vain: kept only as long as it takes to revoke it, if it may be revoked at all."""
    grant = grant_of(ctx, attempt, parked)
    await grants.insert(tx, grant, parked.tokens.dump())
    await end(ctx, tx, grant)


async def discard_tokens(
    ctx: Context, tx: Tx, attempt: Attempt, tokens: Tokens, identity: Identity | None
) -> None:
    """Tokens of a refused sign-in. Where nobody knows whose they are, they are revoked only if that reaches no further."""
    provider = ctx.connectors.get(attempt.provider_key)
    if provider is None or not (identity or provider.auth.revoke_reaches_only_this_sign_in):
        return
    whose = identity or Identity(external_id="", name="")
    parked = Parked(tokens=tokens, identity=whose, scopes=(), missing_scopes=(), accounts=())
    await discard(ctx, tx, attempt, parked)
