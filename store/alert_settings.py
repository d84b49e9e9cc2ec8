"""Named queries on where and when people are told: Integrator channels, a workspace's and a person's settings."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update

from store.database import Tx
from store.records import GroupId, UserId, WorkspaceId
from store.rows import chunks, columns_of, upsert, values_of
from store.watch_records import AlertChannel, ChannelState, PersonalSettings, WorkspaceSettings
from store.watch_tables import alert_channels, personal_settings, workspace_settings

_CHANNEL = columns_of(AlertChannel, alert_channels)
_WORKSPACE = columns_of(WorkspaceSettings, workspace_settings)
_PERSONAL = columns_of(PersonalSettings, personal_settings)
_WHOLE = ""
"""The whole workspace, in the column `group_id`."""


async def channels(tx: Tx, workspace_id: WorkspaceId) -> tuple[AlertChannel, ...]:
    """Every Integrator channel of a workspace, lost ones too: the workspace's own first, then by Group."""
    query = select(*_CHANNEL).where(alert_channels.c.workspace_id == workspace_id)
    rows = (await tx.conn.execute(query.order_by(alert_channels.c.group_id))).mappings()
    return tuple(_channel(row) for row in rows)


async def channels_for(
    tx: Tx, workspace_id: WorkspaceId, group_ids: Collection[GroupId]
) -> tuple[AlertChannel, ...]:
    """Where to tell what concerns these Groups: their channels, or the workspace's when none of them has one.

    Lost channels do not count, and a channel of two Groups is given once. Empty: there is nowhere to post.
    """
    return route(await channels(tx, workspace_id), group_ids)


def route(
    chosen: Sequence[AlertChannel], group_ids: Collection[GroupId], *, others: bool = False
) -> tuple[AlertChannel, ...]:
    """As `channels_for`, among channels that were read before. `others`: it concerns accounts of no Group with a channel, too."""
    working = [one for one in chosen if one.state is ChannelState.OK]
    theirs = {one.channel_id: one for one in reversed(working) if one.group_id in group_ids}
    whole = {one.channel_id: one for one in working if one.group_id is None and (others or not theirs)}
    return tuple((whole | dict(reversed(theirs.items()))).values())


async def set_channel(tx: Tx, channel: AlertChannel) -> None:
    """Choose the channel of a Group, or of the workspace; it takes the place of the one before."""
    values = values_of(channel) | {"group_id": channel.group_id or _WHOLE}
    await tx.conn.execute(upsert(alert_channels, values, keys=["workspace_id", "group_id"]))


async def remove_channel(tx: Tx, workspace_id: WorkspaceId, group_id: GroupId | None) -> bool:
    """Have no channel for a Group, or for the workspace, any more; False when there was none."""
    change = delete(alert_channels).where(
        alert_channels.c.workspace_id == workspace_id, alert_channels.c.group_id == (group_id or _WHOLE)
    )
    return bool((await tx.conn.execute(change)).rowcount)


async def lose_channel(
    tx: Tx, workspace_id: WorkspaceId, channel_id: str, *, error: str
) -> tuple[AlertChannel, ...]:
    """Note that posts to a channel fail for good; gives what was lost just now, empty when that was known."""
    change = (
        update(alert_channels)
        .where(
            alert_channels.c.workspace_id == workspace_id,
            alert_channels.c.channel_id == channel_id,
            alert_channels.c.state == ChannelState.OK,
        )
        .values(state=ChannelState.LOST, error=error)
    )
    rows = (await tx.conn.execute(change.returning(*_CHANNEL))).mappings()
    return tuple(_channel(row) for row in sorted(rows, key=lambda row: str(row["group_id"])))


async def workspace(tx: Tx, workspace_id: WorkspaceId) -> WorkspaceSettings:
    """A workspace's settings, or the defaults where nobody set any."""
    query = select(*_WORKSPACE).where(workspace_settings.c.workspace_id == workspace_id)
    row = (await tx.conn.execute(query)).mappings().one_or_none()
    return WorkspaceSettings(workspace_id=workspace_id) if row is None else WorkspaceSettings(**row)


async def save_workspace(tx: Tx, settings: WorkspaceSettings) -> None:
    """Insert or overwrite."""
    await tx.conn.execute(upsert(workspace_settings, values_of(settings), keys=["workspace_id"]))


async def personal(tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> PersonalSettings:
    """A person's settings, or the defaults where they set none."""
    return (await personal_of(tx, workspace_id, [user_id]))[user_id]


async def personal_of(
    tx: Tx, workspace_id: WorkspaceId, user_ids: Collection[UserId]
) -> Mapping[UserId, PersonalSettings]:
    """As `personal`, for many."""
    found = {user_id: PersonalSettings(workspace_id=workspace_id, user_id=user_id) for user_id in user_ids}
    for chunk in chunks(user_ids):
        query = select(*_PERSONAL).where(
            personal_settings.c.workspace_id == workspace_id, personal_settings.c.user_id.in_(chunk)
        )
        rows = (await tx.conn.execute(query)).mappings()
        found |= {row["user_id"]: PersonalSettings(**row) for row in rows}
    return found


async def save_personal(tx: Tx, settings: PersonalSettings) -> None:
    """Insert or overwrite."""
    await tx.conn.execute(upsert(personal_settings, values_of(settings), keys=["workspace_id", "user_id"]))


def _channel(row: Any) -> AlertChannel:
    return AlertChannel(**{**row, "group_id": row["group_id"] or None})
