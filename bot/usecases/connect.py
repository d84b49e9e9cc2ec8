"""Connecting: an attempt begins in Slack, and each step it takes is told by the outbox wherever it shows."""

import secrets

from bot import policy
from bot.errors import UserFacingError
from bot.usecases import people
from bot.usecases.context import Context
from bot.usecases.detail import provider_of
from bot.usecases.tickets import new_id
from connectors.provider import Provider
from store import accounts, attempts, outbox
from store.database import Tx
from store.records import (
    ENDED,
    Account,
    AccountId,
    AccountStatus,
    Attempt,
    AttemptId,
    Purpose,
    Stage,
    Surface,
    UserId,
    WorkspaceId,
)

ATTEMPT = "attempt"
LIVING = frozenset(Stage) - ENDED
BEFORE_SIGN_IN = frozenset({Stage.ADDRESS, Stage.LINK, Stage.SIGNING_IN})


def new_attempt_id() -> AttemptId:
    """Made in memory before anything else: it is the modal's external_id, and the modal opens first."""
    return AttemptId(new_id())


async def tell(ctx: Context, tx: Tx, attempt: Attempt) -> None:
    """Ask, in the transaction of a change, that the attempt's modal and DM be shown as it now stands."""
    for surface, recipient in ((Surface.VIEW, attempt.id), (Surface.DM, attempt.user_id)):
        await outbox.ask(
            tx,
            ws=attempt.workspace_id,
            kind=ATTEMPT,
            subject=attempt.id,
            surface=surface,
            recipient=recipient,
            now=ctx.clock(),
        )


async def tell_view(ctx: Context, tx: Tx, attempt: Attempt) -> None:
    """As `tell`, for the modal alone: there is no link yet that a DM could carry."""
    await outbox.ask(
        tx,
        ws=attempt.workspace_id,
        kind=ATTEMPT,
        subject=attempt.id,
        surface=Surface.VIEW,
        recipient=attempt.id,
        now=ctx.clock(),
    )


async def integrate(ctx: Context, ws: WorkspaceId, user_id: UserId, key: str, attempt_id: AttemptId) -> None:
    """Begin connecting a new account; the modal with this external id is already open.

    Raises:
        UserFacingError: unknown or not set up, or the person may not.

    """
    provider = _usable(ctx, key)
    await people.integrator(ctx, ws, user_id, action="integrate", subject=key)
    stage = Stage.ADDRESS if provider.address else Stage.LINK
    attempt = _attempt(ctx, ws, user_id, key, attempt_id, stage)
    await _begin(ctx, attempt, action="integrate", subject=key)


async def reconnect(
    ctx: Context, ws: WorkspaceId, user_id: UserId, account_id: AccountId, attempt_id: AttemptId
) -> None:
    """Begin repairing an account: never asks for the address again.

    Raises:
        UserFacingError: the account is gone, the integration not set up, or the person may not.

    """
    await people.integrator(ctx, ws, user_id, action="reconnect", subject=account_id)
    async with ctx.store.reading() as tx:
        found = await accounts.get(tx, ws, account_id)
    if found is None or found.account.status is AccountStatus.REMOVED:
        raise gone()
    provider = _usable(ctx, found.account.provider_key)
    attempt = _attempt(
        ctx,
        ws,
        user_id,
        provider.key,
        attempt_id,
        Stage.LINK,
        account=found.account,
        address=found.grant.address,
    )
    await _begin(ctx, attempt, action="reconnect", subject=account_id)


def gone() -> UserFacingError:
    """An account someone has disconnected meanwhile."""
    return UserFacingError(
        "That account is no longer connected: someone disconnected it.",
        "Type /lexer integrations for the present list.",
    )


def _usable(ctx: Context, key: str) -> Provider:
    provider = provider_of(ctx, key)
    missing = ctx.connectors.missing_settings(key)
    if missing:
        raise UserFacingError(
            f"{provider.name} is not set up on this bot yet.",
            "The person who runs this bot finds what is missing with lexer-bot check.",
        )
    return provider


def _attempt(
    ctx: Context,
    ws: WorkspaceId,
    user_id: UserId,
    key: str,
    attempt_id: AttemptId,
    stage: Stage,
    *,
    account: Account | None = None,
    address: str | None = None,
) -> Attempt:
    now = ctx.clock()
    return Attempt(
        id=attempt_id,
        workspace_id=ws,
        user_id=user_id,
        provider_key=key,
        purpose=Purpose.RECONNECT if account else Purpose.INTEGRATE,
        account_id=account.id if account else None,
        address=address,
        number=10 + secrets.randbelow(90),
        stage=stage,
        created_at=now,
        expires_at=now + policy.LINK_LIFE,
    )


async def _begin(
    ctx: Context, attempt: Attempt, *, action: str, subject: str, replacing: Attempt | None = None
) -> None:
    ws, user_id = attempt.workspace_id, attempt.user_id
    async with people.rechecked(ctx, ws, user_id, action=action, subject=subject) as tx:
        if not await attempts.insert(tx, attempt):
            return
        if replacing is not None:
            # Together with the new one, or a crash between would leave nobody a link that works.
            from_ = BEFORE_SIGN_IN | {Stage.FAILED}
            await attempts.fail(tx, ws, replacing.id, from_=from_, failure="replaced")
            await tell(ctx, tx, replacing)
        await people.record(ctx, tx, ws, user_id, action=action, subject=subject)
        await (tell_view if attempt.stage is Stage.ADDRESS else tell)(ctx, tx, attempt)
    ctx.kick("deliver")


async def own(ctx: Context, ws: WorkspaceId, user_id: UserId, attempt_id: AttemptId) -> Attempt:
    """The attempt of an id that came from outside, if it is this person's in this workspace.

    Raises:
        UserFacingError: it is not.

    """
    async with ctx.store.reading() as tx:
        attempt = await attempts.get(tx, attempt_id)
    if attempt is None or attempt.workspace_id != ws or attempt.user_id != user_id:
        raise not_yours()
    return attempt


def not_yours() -> UserFacingError:
    """An attempt of somebody else's, or none at all."""
    return UserFacingError(
        "That link is not yours, or it is long gone.", "Type /lexer integrations to start anew."
    )


async def set_address(ctx: Context, attempt: Attempt, address: str) -> Attempt:
    """The address was typed: the link exists from now on.

    Raises:
        UserFacingError: the person may no longer connect.

    """
    await people.integrator(
        ctx, attempt.workspace_id, attempt.user_id, action="address", subject=attempt.provider_key
    )
    async with ctx.store.transaction() as tx:
        await attempts.set_address(tx, attempt.workspace_id, attempt.id, address=address, now=ctx.clock())
        await tell(ctx, tx, attempt)
        fresh = await attempts.get(tx, attempt.id)
    ctx.kick("deliver")
    return fresh or attempt


async def new_link(ctx: Context, old: Attempt, attempt_id: AttemptId) -> Attempt:
    """A new attempt in place of one that ended or ran out; the old link dies.

    Raises:
        UserFacingError: the person may no longer connect, or the account to repair is gone.

    """
    await people.integrator(ctx, old.workspace_id, old.user_id, action="new_link", subject=old.provider_key)
    provider = _usable(ctx, old.provider_key)
    async with ctx.store.reading() as tx:
        found = await accounts.get(tx, old.workspace_id, old.account_id) if old.account_id else None
    if old.account_id and (found is None or found.account.status is AccountStatus.REMOVED):
        raise gone()
    stage = Stage.LINK if old.address or not provider.address else Stage.ADDRESS
    attempt = _attempt(
        ctx,
        old.workspace_id,
        old.user_id,
        old.provider_key,
        attempt_id,
        stage,
        account=found.account if found else None,
        address=old.address,
    )
    await _begin(ctx, attempt, action="new_link", subject=old.provider_key, replacing=old)
    return attempt


async def show_again(ctx: Context, attempt: Attempt) -> None:
    """The attempt's modal was opened anew: fill it."""
    async with ctx.store.transaction() as tx:
        await tell_view(ctx, tx, attempt)
    ctx.kick("deliver")
