"""Where and when people are told."""

from dataclasses import replace

from store import alert_settings
from store.database import Store
from store.records import GroupId
from store.watch_records import AlertChannel, ChannelState, PersonalSettings, WorkspaceSettings
from tests.store.made import LATER, MARIA, NOW, OMAR, T1, T2, settle

G1, G2, G3 = GroupId("g1"), GroupId("g2"), GroupId("g3")


def channel(channel_id: str, group_id: GroupId | None = None) -> AlertChannel:
    """Chosen by Maria."""
    return AlertChannel(workspace_id=T1, channel_id=channel_id, group_id=group_id, set_by=MARIA, set_at=NOW)


async def choose(store: Store, *channels: AlertChannel) -> None:
    """Choose Integrator channels."""
    await settle(store)
    async with store.transaction() as tx:
        for one in channels:
            await alert_settings.set_channel(tx, one)


async def goes_to(store: Store, *group_ids: GroupId) -> list[str]:
    """The channels that are told."""
    async with store.reading() as tx:
        return [one.channel_id for one in await alert_settings.channels_for(tx, T1, group_ids)]


async def test_channels(store: Store) -> None:
    """A workspace has one channel for all and one for each Group; choosing another replaces it."""
    await choose(store, channel("C9", G1), channel("C1"), channel("C2"), channel("C3", G1))
    async with store.transaction() as tx:
        assert await alert_settings.channels(tx, T1) == (channel("C2"), channel("C3", G1))
        assert await alert_settings.channels(tx, T2) == ()
        assert await alert_settings.remove_channel(tx, T1, None)
        assert not await alert_settings.remove_channel(tx, T1, None)
        assert await alert_settings.channels(tx, T1) == (channel("C3", G1),)


async def test_who_is_told(store: Store) -> None:
    """What concerns a Group goes to its channel, what concerns Groups without one to the workspace's; each once."""
    await choose(store, channel("C0"), channel("C1", G1), channel("C1", G2))
    assert await goes_to(store, G1) == ["C1"]
    assert await goes_to(store, G1, G2, G3) == ["C1"]
    assert await goes_to(store, G3) == await goes_to(store) == ["C0"]


async def test_lost(store: Store) -> None:
    """A channel that is lost is told to whoever set it, once, and what it would have got goes to the next."""
    await choose(store, channel("C0"), channel("C1", G1), channel("C1", G2))
    lost = {"state": ChannelState.LOST, "error": "is_archived"}
    async with store.transaction() as tx:
        just_now = await alert_settings.lose_channel(tx, T1, "C1", error="is_archived")
        assert just_now == (replace(channel("C1", G1), **lost), replace(channel("C1", G2), **lost))
        assert await alert_settings.lose_channel(tx, T1, "C1", error="is_archived") == ()
        assert await alert_settings.channels(tx, T1) == (channel("C0"), *just_now)
    assert await goes_to(store, G1) == ["C0"]
    async with store.transaction() as tx:
        await alert_settings.lose_channel(tx, T1, "C0", error="channel_not_found")
    assert await goes_to(store, G1) == []
    again = replace(channel("C1", G1), set_at=LATER)
    await choose(store, again)
    async with store.reading() as tx:
        assert await alert_settings.channels_for(tx, T1, [G1]) == (again,)


async def test_workspace(store: Store) -> None:
    """A workspace is told at nine on working days until it chooses otherwise."""
    await settle(store)
    chosen = WorkspaceSettings(workspace_id=T1, tz="Asia/Tokyo", digest_at="18:30", digest_days=("sat",))
    async with store.transaction() as tx:
        default = await alert_settings.workspace(tx, T1)
        assert (default.tz, default.digest_at, default.digest_days[0]) == (None, "09:00", "mon")
        await alert_settings.save_workspace(tx, default)
        await alert_settings.save_workspace(tx, chosen)
        assert await alert_settings.workspace(tx, T1) == chosen


async def test_personal(store: Store) -> None:
    """Everybody is told by DM and mail at any hour until they choose otherwise, for themselves alone."""
    await settle(store)
    mine = PersonalSettings(
        workspace_id=T1, user_id=MARIA, dm=False, mail=False, quiet_from="22:00", quiet_to="07:00"
    )
    default = PersonalSettings(workspace_id=T1, user_id=OMAR, dm=True, mail=True)
    async with store.transaction() as tx:
        await alert_settings.save_personal(tx, replace(mine, dm=True))
        await alert_settings.save_personal(tx, mine)
        assert await alert_settings.personal(tx, T1, MARIA) == mine
        assert await alert_settings.personal_of(tx, T1, [MARIA, OMAR]) == {MARIA: mine, OMAR: default}
