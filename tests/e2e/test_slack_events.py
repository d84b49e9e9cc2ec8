"""What Slack tells by events: Integrator channels that are gone or have another id, and the bot taken out of the workspace."""

import asyncio
from typing import Any

import httpx

from bot.app import open_bot
from bot.checkup import check
from bot.sandbox.world import Json
from connectors.outside import Reroute
from connectors.providers import all_providers
from store import alert_settings, moved_channels, outbox
from store.records import Surface, UserId
from store.watch_records import AlertChannel, ChannelState
from tests.e2e.house import TEAM, House
from tests.e2e.ways import BOTH_DATABASES, ON_SQLITE, TWO_WAYS

HERE = "C0INTEGRATIONS"


async def chosen(house: House, channel: str = HERE) -> None:
    """Maria has chosen a channel for the workspace's alerts, and the bot is in it."""
    house.sandbox.happenings.invites(channel)
    async with house.bot.context.store.transaction() as tx:
        await alert_settings.set_channel(
            tx,
            AlertChannel(
                workspace_id=TEAM,
                channel_id=channel,
                group_id=None,
                set_by=UserId("U0MARIA"),
                set_at=house.clock(),
            ),
        )


async def channels(house: House) -> list[tuple[str, ChannelState, str | None]]:
    """What the bot knows of the Integrator channels."""
    async with house.bot.context.store.reading() as tx:
        return [(one.channel_id, one.state, one.error) for one in await alert_settings.channels(tx, TEAM)]


@TWO_WAYS
async def test_a_channel_that_is_archived_takes_no_alerts_any_more(house: House) -> None:
    """It is lost at once, not at the next alert, and who chose it is told once, however often Slack repeats itself."""
    await house.set_up()
    await chosen(house)
    await house.sandbox.happenings.archives(HERE)
    await house.settle()
    assert await channels(house) == [(HERE, ChannelState.LOST, "is_archived")]
    (told,) = house.maria.dms
    assert "no longer reach" in told.text
    event = {"type": "channel_archive", "channel": HERE, "user": "U0ADA"}
    await asyncio.gather(*(house.sandbox.event(event) for _ in range(3)))
    await house.settle()
    assert len(house.maria.dms) == 1


@ON_SQLITE
async def test_each_way_to_lose_a_channel_is_noticed(house: House) -> None:
    """Removed, deleted, left; public and private alike."""
    happenings, world = house.sandbox.happenings, house.sandbox.world
    house.may_refuse |= {"channel_not_found"}  # a private channel the bot is not in any more
    for kind in ("public", "private"):
        world.channels[HERE].kind = kind
        await chosen(house)
        await happenings.removes(HERE)
        await house.settle()
        assert await channels(house) == [(HERE, ChannelState.LOST, "not_in_channel")]
        await chosen(house)
        await happenings.leaves(HERE, world.human("lexer"))
        await house.settle()
        assert await channels(house) == [(HERE, ChannelState.LOST, "not_in_channel")]
    await chosen(house)
    await happenings.deletes(HERE)
    await house.settle()
    assert await channels(house) == [(HERE, ChannelState.LOST, "channel_deleted")]


@ON_SQLITE
async def test_an_event_is_only_the_reason_to_look(house: House) -> None:
    """Late, untrue and foreign events change nothing, and other channels are nobody's business."""
    await chosen(house)
    happenings = house.sandbox.happenings
    late: list[Json] = [
        {"type": name, "channel": HERE}
        for name in ("channel_archive", "channel_deleted", "channel_left", "group_archive", "group_left")
    ]
    late += [
        {"type": "member_left_channel", "channel": HERE, "user": "U0LEXERBOT"},
        {"type": "tokens_revoked", "tokens": {"oauth": ["U0MARIA"], "bot": ["U0LEXERBOT"]}},
        {"type": "app_uninstalled"},
    ]
    for event in late:
        await house.sandbox.event(event)
    await happenings.leaves(HERE, house.tom.human)
    await happenings.archives("C0GENERAL")
    await house.settle()
    assert await channels(house) == [(HERE, ChannelState.OK, None)]
    assert (await _health(house))["slack"] == "http"


ODD: list[Any] = [None, 7, "", "x" * 3000, [HERE], {"id": HERE}, "c0integrations", "C\u0000", "<!here>", -1]


@ON_SQLITE
async def test_whatever_an_event_carries_breaks_nothing(house: House) -> None:
    """Fields that are missing, of another type or of another workspace: no error of ours, and everything as it was."""
    await chosen(house)
    names = ["channel_archive", "channel_deleted", "channel_left", "member_left_channel", "group_left"]
    for odd in ODD:
        events: list[Json] = [{"type": name, "channel": odd, "user": odd} for name in names]
        events += [
            {"type": "channel_id_changed", "old_channel_id": HERE, "new_channel_id": odd},
            {"type": "channel_id_changed", "old_channel_id": odd, "new_channel_id": "C0OTHER"},
            {"type": "tokens_revoked", "tokens": odd},
            {"type": "tokens_revoked", "tokens": {"bot": odd if odd != [HERE] else []}},
        ]
        for event in events:
            ack = await house.sandbox.event(event)
            assert ack.status in (200, 400), event
    for event in ({"type": "app_uninstalled"}, {"type": "channel_archive", "channel": HERE}):
        body = {"type": "event_callback", "team_id": "T0ELSEWHERE", "event": event, "authorizations": []}
        assert (await house.sandbox.delivery.event(body)).status == 200
    await house.settle()
    assert await channels(house) == [(HERE, ChannelState.OK, None)]
    assert not [line for line in house.log.lines if "something broke" in line or "Traceback" in line]


@BOTH_DATABASES
async def test_a_channel_with_another_id_goes_on(house: House) -> None:
    """Alerts go to the new id, what was said there can still be edited, and a post to the old id that came first is forgotten."""
    await chosen(house)
    store = house.bot.context.store
    async with store.transaction() as tx:
        for subject in ("one", "two"):
            await _ask(tx, house, subject, HERE)
        await _ask(tx, house, "two", "C0NEW")
        await alert_settings.lose_channel(tx, TEAM, HERE, error="channel_not_found")
    await house.sandbox.happenings.changes_id(HERE, "C0NEW", kind="private")
    await house.settle()
    assert await channels(house) == [("C0NEW", ChannelState.OK, None)]
    async with store.transaction() as tx:
        assert [one.recipient for one in await outbox.fates(tx, TEAM, "told", "one")] == ["C0NEW"]
        assert {one.recipient for one in await outbox.fates(tx, TEAM, "told", "two")} == {HERE, "C0NEW"}
        assert not await moved_channels.move(tx, TEAM, HERE, "C0NEW")


async def _ask(tx: Any, house: House, subject: str, recipient: str) -> None:
    much_later = house.clock().replace(year=2027)
    await outbox.ask(
        tx,
        ws=TEAM,
        kind="told",
        subject=subject,
        surface=Surface.CHANNEL,
        recipient=recipient,
        now=house.clock(),
        due_at=much_later,
    )


async def test_a_bot_taken_out_says_so_everywhere_but_in_slack(house: House) -> None:
    """Nothing is sent to Slack any more; the log, /healthz and `check` say it; a start with a valid token ends it."""
    await house.set_up()
    house.may_refuse |= {"account_inactive"}
    await house.sandbox.happenings.uninstalls()
    await house.settle()
    calls = len(house.sandbox.calls)
    async with house.bot.context.store.transaction() as tx:
        await outbox.ask(
            tx,
            ws=TEAM,
            kind="ask",
            subject="U0TOM/twitter/2026-11-24",
            surface=Surface.DM,
            recipient="U0MARIA",
            now=house.clock(),
        )
    await house.settle()
    await house.passes(minutes=5)
    assert len(house.sandbox.calls) == calls
    assert len([line for line in house.log.lines if "the bot was taken out" in line]) == 1
    health = await _health(house)
    assert (health["status"], health["slack"]) == ("unwell", "taken out")
    found = await _checkup(house)
    assert any("took the bot out" in problem for problem in found)
    house.sandbox.happenings.installs_again()
    async with _second(house) as second:
        await second.drain()
        assert await _checkup(house) == []
    assert (await _health(house))["slack"] != "taken out"


async def _health(house: House) -> dict[str, str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{house.url}/healthz")
    assert answer.status_code == 200
    return dict(answer.json())


def _environment(house: House) -> dict[str, str]:
    settings = house.bot.settings
    return {
        **house.sandbox.environment(),
        "LEXER_PUBLIC_URL": house.url,
        "LEXER_DATABASE_URL": house.database_url,
        "LEXER_SECRET_KEYS": settings.lexer_secret_keys.get_secret_value(),
    }


async def _checkup(house: House) -> list[str]:
    found = await check(_environment(house), all_providers())
    return [problem.what for problem in found.problems if problem.name == "SLACK_BOT_TOKEN"]


def _second(house: House) -> Any:
    """Another start of the bot on the same database."""
    return open_bot(
        house.bot.settings, reroute=Reroute(base=house.sandbox.base_url), clock=house.clock, ticking=False
    )
