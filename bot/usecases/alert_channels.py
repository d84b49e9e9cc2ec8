"""Choosing the channels alerts go to: the one of a Group, and what every choice does. Test messages."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from blocks import alert_channels as screens
from blocks.alert_settings_views import ChannelRow, GroupChannelView
from blocks.parts import View
from blocks.views import GroupOption
from bot import policy
from bot.errors import UserFacingError
from bot.usecases import alert_settings, alerting, channel_loss, people
from bot.usecases.channel_proof import Unfit, prove
from bot.usecases.context import Context
from bot.usecases.groups import Rejected
from store import alert_settings as stored
from store import groups
from store.database import Tx
from store.records import Group, GroupId, Rights, UserId, WorkspaceId
from store.watch_records import AlertChannel, ChannelState

_TESTED_AT_ONCE = 20
"""Channels that one press on "Send a test message" writes to; conversations.info allows 50 a minute."""


class NotForMembers(UserFacingError):
    """Neither an Integrator nor an admin."""

    def __init__(self) -> None:
        super().__init__(
            "Only Integrators and workspace admins can change where alerts go.",
            "Ask one of them: they can do it with /lexer alerts.",
        )


class NoSuchGroup(UserFacingError):
    """The Group is not there any more."""

    def __init__(self) -> None:
        super().__init__("That Group does not exist.", "Type /lexer groups for the present ones.")


async def group_form(
    ctx: Context, ws: WorkspaceId, user_id: UserId, group_id: str | None, *, kept: str
) -> View:
    """The form for the channel of one Group; None: one of those that have none yet. `kept` is the form's below.

    Raises:
        UserFacingError: neither Integrator nor admin, or the Group does not exist.

    """
    await chooser(ctx, ws, user_id, subject=group_id or "new")
    now = await alert_settings.present(ctx, ws, user_id)
    channel = now.channel_of(GroupId(group_id)) if group_id else None
    taken = {one.group_id for one in now.channels}
    offered = [one for one in now.groups if (one.id == group_id if group_id else one.id not in taken)]
    if group_id and not offered:
        raise NoSuchGroup
    view = GroupChannelView(
        groups=tuple(GroupOption(id=one.id, name=one.name, people=one.people) for one in offered),
        group_id=group_id,
        channel_id=channel.channel_id if channel else None,
        kept=kept,
    )
    return screens.group_channel(view)


async def save_group(
    ctx: Context, ws: WorkspaceId, user_id: UserId, *, group_id: str, channel_id: str, may_remove: bool
) -> Rejected | str:
    """Choose the channel of a Group, or ("") have none any more; gives the Group's name.

    Raises:
        UserFacingError: neither Integrator nor admin, or the Group does not exist.

    """
    await chooser(ctx, ws, user_id, subject=group_id or "new")
    if not group_id:
        return Rejected(fields={screens.GROUP_BLOCK: screens.NO_GROUP})
    if not channel_id and not may_remove:
        return Rejected(fields={screens.CHANNEL_BLOCK: screens.NO_CHANNEL})
    async with ctx.store.reading() as tx:
        group, before = await _group_and_channel(tx, ws, GroupId(group_id))
    if channel_id and not _works(before, channel_id):
        unfit = await prove(ctx, ws, channel_id, by=user_id, group=group.name)
        if unfit is not None:
            return Rejected(fields={screens.CHANNEL_BLOCK: unfit.words})
    async with choosing(ctx, ws, user_id, subject=group_id) as (tx, _):
        group, now = await _group_and_channel(tx, ws, GroupId(group_id))
        await put_channel(ctx, tx, ws, user_id, now, group_id=group.id, channel_id=channel_id)
    ctx.kick("deliver")
    return group.name


async def _group_and_channel(tx: Tx, ws: WorkspaceId, group_id: GroupId) -> tuple[Group, AlertChannel | None]:
    group = await groups.get(tx, ws, group_id)
    if group is None:
        raise NoSuchGroup
    return group, next((one for one in await stored.channels(tx, ws) if one.group_id == group_id), None)


def _works(now: AlertChannel | None, channel_id: str) -> bool:
    return now is not None and now.channel_id == channel_id and now.state is ChannelState.OK


async def test(ctx: Context, ws: WorkspaceId, user_id: UserId) -> tuple[ChannelRow, ...]:
    """Send a test message to every chosen channel; what was lost and takes it is told of alerts again, and what does not is lost.

    Raises:
        UserFacingError: neither Integrator nor admin.

    """
    await chooser(ctx, ws, user_id, subject="test")
    now = await alert_settings.present(ctx, ws, user_id)
    channels = tuple({one.channel_id: one for one in now.channels}.values())[:_TESTED_AT_ONCE]
    unfit = await asyncio.gather(*(prove(ctx, ws, one.channel_id, by=user_id) for one in channels))
    found = dict(zip((one.channel_id for one in channels), unfit, strict=True))
    async with choosing(ctx, ws, user_id, subject="test") as (tx, _):
        await people.record(
            ctx, tx, ws, user_id, action="alert_channels_tested", subject="workspace", detail=" ".join(found)
        )
        await _learn(ctx, tx, ws, user_id, found)
    ctx.kick("deliver")
    return tuple(
        replace(alert_settings.row(one), problem=seen.problem if (seen := found[one.channel_id]) else None)
        for one in channels
    )


async def _learn(
    ctx: Context, tx: Tx, ws: WorkspaceId, user_id: UserId, found: Mapping[str, Unfit | None]
) -> None:
    for channel_id, unfit in found.items():
        if unfit is not None and unfit.for_good:
            await channel_loss.lost(ctx, tx, ws, channel_id, unfit.error)
    works = {channel_id for channel_id, unfit in found.items() if unfit is None}
    for one in await stored.channels(tx, ws):
        if one.state is ChannelState.LOST and one.channel_id in works:
            again = one.channel_id
            await put_channel(ctx, tx, ws, user_id, one, group_id=one.group_id, channel_id=again)


async def put_channel(
    ctx: Context,
    tx: Tx,
    ws: WorkspaceId,
    user_id: UserId,
    now: AlertChannel | None,
    *,
    group_id: GroupId | None,
    channel_id: str,
) -> None:
    """Have alerts go to a channel that was proved, or ("") to none; what is open is told there too."""
    is_there = now.channel_id if now is not None and now.state is ChannelState.OK else ""
    if (channel_id == is_there and channel_id) or (not channel_id and now is None):
        return
    subject = group_id or "workspace"
    if channel_id:
        chosen = AlertChannel(
            workspace_id=ws, channel_id=channel_id, group_id=group_id, set_by=user_id, set_at=ctx.clock()
        )
        await stored.set_channel(tx, chosen)
        await people.record(
            ctx, tx, ws, user_id, action="alert_channel_set", subject=subject, detail=channel_id
        )
    else:
        await stored.remove_channel(tx, ws, group_id)
        await people.record(ctx, tx, ws, user_id, action="alert_channel_removed", subject=subject)
    await alerting.tell_open(ctx, tx, ws)


async def chooser(ctx: Context, ws: WorkspaceId, user_id: UserId, *, subject: str) -> Rights:
    """The rights of someone about to change where alerts go.

    Raises:
        NotForMembers: neither Integrator nor admin.

    """
    rights = await people.rights_of(ctx, ws, user_id, live=True)
    if policy.may_set_alerts(rights):
        return rights
    await people.refuse(ctx, ws, user_id, action="set_alerts", subject=subject)
    raise NotForMembers if policy.welcome(rights.person) else people.NotWelcome


@asynccontextmanager
async def choosing(
    ctx: Context, ws: WorkspaceId, user_id: UserId, *, subject: str
) -> AsyncIterator[tuple[Tx, Rights]]:
    """The transaction of a change, which asks once more inside who they are.

    Raises:
        NotForMembers: somebody took the permission away; nothing is written but the audit row.

    """
    try:
        async with ctx.store.transaction() as tx:
            yield tx, await _insist_on_chooser(tx, ws, user_id)
    except NotForMembers:
        await people.refuse(ctx, ws, user_id, action="set_alerts", subject=subject)
        raise


async def _insist_on_chooser(tx: Tx, ws: WorkspaceId, user_id: UserId) -> Rights:
    rights = await groups.rights(tx, ws, user_id)
    if not policy.may_set_alerts(rights):
        raise NotForMembers
    return rights
