"""Steps the stories of alerts share: an Integrator channel, an account that breaks, and the messages that tell of it."""

from collections.abc import Sequence
from datetime import timedelta

from bot.sandbox.finding import find_field
from bot.sandbox.people import PersonAtWork
from bot.sandbox.world import BOT_USER_ID, Posted
from store import alert_details, alert_settings
from store.records import UserId
from store.watch_records import AlertChannel, AlertDetail, PersonalSettings
from tests.e2e.checking import checks, connected
from tests.e2e.house import TEAM, House

CHANNEL = "C0INTEGRATIONS"


async def channel_chosen(house: House, channel: str = CHANNEL) -> None:
    """Ada has chosen the workspace's Integrator channel, and the bot is in it."""
    house.sandbox.world.channels[channel].members.add(BOT_USER_ID)
    async with house.bot.context.store.transaction() as tx:
        chosen = AlertChannel(
            workspace_id=TEAM,
            channel_id=channel,
            group_id=None,
            set_by=UserId("U0ADA"),
            set_at=house.clock(),
        )
        await alert_settings.set_channel(tx, chosen)


async def told(house: House) -> None:
    """What broke is told, once it is gathered."""
    house.clock.advance(timedelta(seconds=31))
    await house.settle()
    await house.settle()


async def alerted(house: House, name: str = "Twitter (X)", *, muted: Sequence[UserId] = ()) -> None:
    """Connected by Maria, broken at the provider, found out, and told in the channel and by DM to Maria and Ada, but those muted."""
    await connected(house, name)
    await channel_chosen(house)
    async with house.bot.context.store.transaction() as tx:
        for user_id in muted:
            silent = PersonalSettings(workspace_id=TEAM, user_id=user_id, dm=False)
            await alert_settings.save_personal(tx, silent)
    key = "twitter" if name == "Twitter (X)" else "facebook_ads"
    pretend = house.sandbox.provider(key)
    account = pretend.provider.example.accounts[0].name
    pretend.account(account).state = "revoked"
    await checks(house, near=account)
    await house.maria.closes(everything=True)
    await told(house)


def in_dm(who: PersonAtWork) -> Posted:
    """The newest alert in their DM, whatever has become of it."""
    words = ("disconnected*", " again*")
    first = [(posted.text.partition("\n")[0], posted) for posted in who.dms if not posted.is_reply]
    return [posted for line, posted in first if line.endswith(words)][-1]


def in_channel(house: House, channel: str = CHANNEL) -> Posted:
    """The newest message of the Integrator channel."""
    return house.maria.in_channel(channel)[-1]


async def snoozes(who: PersonAtWork, posted: Posted, words: str) -> None:
    """A choice of Snooze in one particular message."""
    found = find_field({"blocks": posted.blocks}, "Snooze", who.name_of)
    assert found is not None, who.read(posted)
    await who.takes(found, posted, words)


async def alert_of(house: House) -> AlertDetail:
    """The newest alert as the store holds it."""
    async with house.bot.context.store.reading() as tx:
        (found,) = await alert_details.newest(tx, TEAM, limit=1)
    return found


def only_for(who: PersonAtWork) -> list[str]:
    """What only they read, oldest first."""
    return [who.read(posted) for posted in who.messages if posted.only_for == who.human.id]
