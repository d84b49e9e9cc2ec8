"""Who someone is and what they may do, checked again at every click."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from bot import policy
from bot.errors import UserFacingError
from bot.messenger import DeliveryFailure, FailureKind, person_from_slack
from bot.usecases.context import Context
from store import audit, groups, people
from store.database import Tx
from store.records import Person, Rights, UserId, WorkspaceId

_AT_ONCE = 1000


class NotAllowed(UserFacingError):
    """The person lacks the Integrators permission."""

    def __init__(self) -> None:
        super().__init__(
            "Only people in a Group with the Integrators permission can do this.",
            "Ask an Integrator to do it, or ask a workspace admin to add you with /lexer groups.",
        )


class NotAdmin(UserFacingError):
    """The person is no workspace admin."""

    def __init__(self) -> None:
        super().__init__(
            "Only workspace admins and owners can change Groups.",
            "Ask one of them to do it with /lexer groups.",
        )


class NotWelcome(UserFacingError):
    """A guest, a bot, someone deactivated or of another organisation."""

    def __init__(self) -> None:
        super().__init__(
            "Lexer integrations are only open to full members of this workspace.",
            "Someone on the team can look things up for you.",
        )


async def rights_of(ctx: Context, ws: WorkspaceId, user_id: UserId, *, live: bool = False) -> Rights:
    """What a person may do, by what the store knows; `live` asks Slack first (used where something is written).

    Someone the store has never seen is looked up in any case.

    Raises:
        UserFacingError: Slack cannot say who an unknown person is.

    """
    async with ctx.store.reading() as tx:
        known = await groups.rights(tx, ws, user_id)
    if known.person is not None and not live:
        return known
    found = await ctx.messenger.person(ws, user_id)
    if isinstance(found, DeliveryFailure):
        return _without_slack(known, found)
    async with ctx.store.transaction() as tx:
        await people.save(tx, found)
        return await groups.rights(tx, ws, user_id)


def _without_slack(known: Rights, failure: DeliveryFailure) -> Rights:
    if failure.kind in (FailureKind.GONE, FailureKind.REFUSED):
        return replace(known, person=None, is_integrator=False, group_ids=frozenset())
    if known.person is None:
        raise UserFacingError("Slack did not say who you are just now.", "Try again in a moment.")
    return known


async def integrator(ctx: Context, ws: WorkspaceId, user_id: UserId, *, action: str, subject: str) -> Rights:
    """The rights of someone about to change a connection; a refusal leaves its audit row here, a granted one in the change's own transaction.

    Raises:
        NotAllowed: not an Integrator.

    """
    rights = await rights_of(ctx, ws, user_id, live=True)
    if policy.may_manage(rights):
        return rights
    await refuse(ctx, ws, user_id, action=action, subject=subject)
    raise NotAllowed if policy.welcome(rights.person) else NotWelcome


async def admin(ctx: Context, ws: WorkspaceId, user_id: UserId, *, action: str, subject: str) -> Rights:
    """The rights of someone about to change Groups.

    Raises:
        NotAdmin: no workspace admin or owner.

    """
    rights = await rights_of(ctx, ws, user_id, live=True)
    if policy.may_administer(rights):
        return rights
    await refuse(ctx, ws, user_id, action=action, subject=subject)
    raise NotAdmin if policy.welcome(rights.person) else NotWelcome


async def refuse(ctx: Context, ws: WorkspaceId, user_id: UserId, *, action: str, subject: str) -> None:
    """Write the audit row of a refused attempt."""
    async with ctx.store.transaction() as tx:
        await record(ctx, tx, ws, user_id, action=action, subject=subject, granted=False)


async def record(
    ctx: Context,
    tx: Tx,
    ws: WorkspaceId,
    user_id: UserId | None,
    *,
    action: str,
    subject: str,
    granted: bool = True,
    detail: str = "",
) -> None:
    """Write an audit row in the transaction of what it tells of."""
    await audit.record(
        tx,
        ws=ws,
        at=ctx.clock(),
        actor=user_id,
        action=action,
        subject=subject,
        granted=granted,
        detail=detail,
    )


@asynccontextmanager
async def rechecked(
    ctx: Context, ws: WorkspaceId, user_id: UserId, *, action: str, subject: str
) -> AsyncIterator[Tx]:
    """The transaction of a change to a connection, which asks once more inside: nobody took the permission away since.

    Raises:
        NotAllowed: somebody did; nothing is written but the audit row.

    """
    try:
        async with ctx.store.transaction() as tx:
            await _insist_on_integrator(tx, ws, user_id)
            yield tx
    except NotAllowed:
        await refuse(ctx, ws, user_id, action=action, subject=subject)
        raise


async def _insist_on_integrator(tx: Tx, ws: WorkspaceId, user_id: UserId) -> None:
    if not await still_integrator(tx, ws, user_id):
        raise NotAllowed


async def still_integrator(tx: Tx, ws: WorkspaceId, user_id: UserId) -> bool:
    """The last word inside the transaction that writes: nobody took the permission away since it was checked."""
    return policy.may_manage(await groups.rights(tx, ws, user_id))


async def changed(ctx: Context, ws: WorkspaceId, user: Mapping[str, Any]) -> None:
    """Slack's `user_change`: keep what we know of a person fresh."""
    person = person_from_slack(ws, user, ctx.clock())
    if person is None:
        return
    async with ctx.store.transaction() as tx:
        await people.save(tx, person)
    ctx.members.forget(ws, person.id)


async def admins(ctx: Context, ws: WorkspaceId) -> tuple[UserId, ...]:
    """Active workspace admins and owners, asked of Slack where the store knows none."""
    async with ctx.store.reading() as tx:
        known = await people.admins(tx, ws)
    if not known:
        await learn_everyone(ctx, ws)
        async with ctx.store.reading() as tx:
            known = await people.admins(tx, ws)
    return tuple(person.id for person in known)


async def learn_everyone(ctx: Context, ws: WorkspaceId) -> None:
    """Ask Slack for the member list and remember it; without an answer nothing changes."""
    found = await ctx.messenger.people(ws)
    if isinstance(found, DeliveryFailure):
        return
    for start in range(0, len(found), _AT_ONCE):
        # Not all in one transaction: others write too.
        async with ctx.store.transaction() as tx:
            await people.save_all(tx, ws, found[start : start + _AT_ONCE])


async def look_up(ctx: Context, ws: WorkspaceId, user_ids: tuple[UserId, ...]) -> Mapping[UserId, Person]:
    """Persons by id, asking Slack for those the store does not know (many at once: the member list)."""
    async with ctx.store.reading() as tx:
        known = dict(await people.names(tx, ws, user_ids))
    unknown = [u for u in user_ids if u not in known]
    if len(unknown) > 20:
        await learn_everyone(ctx, ws)
        async with ctx.store.reading() as tx:
            return await people.names(tx, ws, user_ids)
    for user_id in unknown:
        rights = await rights_of(ctx, ws, user_id)
        if rights.person is not None:
            known[user_id] = rights.person
    return known
