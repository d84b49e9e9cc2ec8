"""Where alert settings are opened, saved and read in stories."""

from bot.sandbox.people import PersonAtWork, Screen
from bot.sandbox.world import Channel, Posted
from store import alert_settings
from store.records import UserId
from store.watch_records import AlertChannel, PersonalSettings, WorkspaceSettings
from tests.e2e.house import TEAM, House

CHANNEL = "Channel for alerts"
AT = "Repeat what is still broken, once a day at"
DAYS = "On these days"
ZONE = "Time zone of your team"
TELL_BY = "Tell me by"
FROM = "My quiet hours, from"
UNTIL = "My quiet hours, until"


def channel(house: House, name: str, **more: object) -> Channel:
    """A channel Maria and Ada are in."""
    members = {"U0MARIA", "U0ADA"}
    made = Channel(id=f"C0{name.upper()}", name=name, members=members, **more)  # type: ignore[arg-type]
    house.sandbox.world.add_channel(made)
    return made


def posted_in(house: House, place: Channel) -> list[Posted]:
    """What stands in a channel."""
    return [one for one in house.sandbox.world.messages if one.channel == place.id]


async def opens_alerts(house: House, who: PersonAtWork) -> Screen:
    """The settings."""
    await who.types("/lexer alerts")
    await who.sees("Tell me by" if who is house.maria else CHANNEL)
    await house.settle()
    return who.screen


async def saves(house: House, who: PersonAtWork) -> Screen:
    """Save, and what comes of it."""
    await who.submits()
    await house.settle()
    return who.screen


async def set_channels(house: House) -> dict[str | None, str]:
    """Group id (None: the workspace) -> channel."""
    return {one.group_id: one.channel_id for one in await all_channels(house)}


async def all_channels(house: House) -> tuple[AlertChannel, ...]:
    """As the store has them."""
    async with house.bot.context.store.reading() as tx:
        return await alert_settings.channels(tx, TEAM)


async def times(house: House) -> WorkspaceSettings:
    """The team's."""
    async with house.bot.context.store.reading() as tx:
        return await alert_settings.workspace(tx, TEAM)


async def own(house: House, user_id: str) -> PersonalSettings:
    """One person's."""
    async with house.bot.context.store.reading() as tx:
        return await alert_settings.personal(tx, TEAM, UserId(user_id))
