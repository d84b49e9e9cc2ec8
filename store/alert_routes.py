"""Named query for where alerts are told: one that holds accounts of several Groups goes where each of them would."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, exists, select

from store import alert_details, alert_settings
from store.database import Tx
from store.records import GroupId, WorkspaceId
from store.rows import chunks
from store.tables import account_groups
from store.watch_records import AlertChannel, AlertId, ChannelState
from store.watch_tables import alert_accounts


async def routes(
    tx: Tx, ws: WorkspaceId, alert_ids: Collection[AlertId]
) -> Mapping[AlertId, tuple[AlertChannel, ...]]:
    """The channels of each alert: those of the Groups that use its accounts, and the workspace's for accounts none of whose Groups
    has one. Lost channels do not count. Empty: it is told by DM only.
    """
    chosen = await alert_settings.channels(tx, ws)
    used = await alert_details.group_ids(tx, ws, alert_ids)
    served = [one.group_id for one in chosen if one.group_id and one.state is ChannelState.OK]
    left = await _with_others(tx, ws, alert_ids, served) if served else frozenset()
    return {
        alert_id: alert_settings.route(chosen, used.get(alert_id, frozenset()), others=alert_id in left)
        for alert_id in alert_ids
    }


async def _with_others(
    tx: Tx, ws: WorkspaceId, alert_ids: Collection[AlertId], served: Sequence[GroupId]
) -> frozenset[AlertId]:
    """Alerts that hold an account, settled or not, which none of these Groups uses."""
    one_of_theirs = exists().where(
        account_groups.c.workspace_id == alert_accounts.c.workspace_id,
        account_groups.c.account_id == alert_accounts.c.account_id,
        account_groups.c.group_id.in_(served),
    )
    found: set[AlertId] = set()
    for chunk in chunks(alert_ids):
        here = and_(alert_accounts.c.workspace_id == ws, alert_accounts.c.alert_id.in_(chunk))
        query = select(alert_accounts.c.alert_id).distinct().where(here, ~one_of_theirs)
        found.update((await tx.conn.scalars(query)).all())
    return frozenset(found)
