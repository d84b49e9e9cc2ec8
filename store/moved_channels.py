"""The named query for a channel that has another id in Slack from now on: everywhere we tell things there."""

from sqlalchemy import and_, select, update

from store.database import Tx
from store.records import Surface, WorkspaceId
from store.tables import outbox
from store.watch_records import ChannelState
from store.watch_tables import alert_channels

_KEY = ("workspace_id", "kind", "subject", "surface")
_NAMELESS = "channel_not_found"
"""What a post to the old id is told before we hear of the new one."""


async def move(tx: Tx, ws: WorkspaceId, old: str, new: str) -> bool:
    """Let a channel be found by its new id; whether it was an Integrator channel. Doing it again changes nothing.

    A channel that was lost only because its old id led nowhere is found again.
    """
    chosen = and_(alert_channels.c.workspace_id == ws, alert_channels.c.channel_id == old)
    moved = await tx.conn.execute(update(alert_channels).where(chosen).values(channel_id=new))
    if not moved.rowcount:
        return False
    found = and_(
        alert_channels.c.workspace_id == ws,
        alert_channels.c.channel_id == new,
        alert_channels.c.error == _NAMELESS,
    )
    await tx.conn.execute(update(alert_channels).where(found).values(state=ChannelState.OK, error=None))
    await _messages(tx, ws, old, new)
    return True


async def _messages(tx: Tx, ws: WorkspaceId, old: str, new: str) -> None:
    """What was said or is to be said there."""
    there = and_(outbox.c.workspace_id == ws, outbox.c.channel == old)
    await tx.conn.execute(update(outbox).where(there).values(channel=new))
    twin = outbox.alias()
    same = [twin.c[name] == outbox.c[name] for name in _KEY]
    taken = select(twin.c.id).where(*same, twin.c.recipient == new).exists()
    asked = and_(
        outbox.c.workspace_id == ws,
        outbox.c.surface == Surface.CHANNEL,
        outbox.c.recipient == old,
        ~taken,
    )
    await tx.conn.execute(update(outbox).where(asked).values(recipient=new))
