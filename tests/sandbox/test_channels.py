"""Channels as Slack has them: what the bot may know and do there, threads, and what it is told when they change."""

from datetime import timedelta

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.pace import ChannelPace
from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import BOT_USER_ID, MovableClock
from tests.sandbox.fake_bot import FakeBot

HERE = "C0INTEGRATIONS"


async def test_a_channel_says_what_it_is(sandbox: Sandbox, bot: FakeBot) -> None:
    """Public, archived, shared: all is told; a private channel only from inside."""
    about = (await bot.call("conversations.info", channel=HERE))["channel"]
    assert (about["name"], about["is_private"], about["is_member"]) == ("integrations", False, False)
    sandbox.world.channels[HERE].is_ext_shared = True
    assert (await bot.call("conversations.info", channel=HERE))["channel"]["is_ext_shared"]
    assert (await bot.call("conversations.info", channel="C0OLD"))["channel"]["is_archived"]
    hidden = await bot.call("conversations.info", channel="C0PRIVATE")
    assert hidden["error"] == "channel_not_found"
    sandbox.happenings.invites("C0PRIVATE")
    about = (await bot.call("conversations.info", channel="C0PRIVATE"))["channel"]
    assert (about["is_private"], about["is_member"]) == (True, True)
    sandbox.slack.scopes -= {"groups:read"}
    answer = await bot.call("conversations.info", channel="C0PRIVATE")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")
    assert (await bot.call("conversations.info", channel="C404"))["error"] == "channel_not_found"


async def test_arguments_in_json_are_read_only_where_slack_reads_them(sandbox: Sandbox, bot: FakeBot) -> None:
    """conversations.info takes a form; a JSON body is as good as none."""
    bearer = {"Authorization": f"Bearer {sandbox.bot_token}"}
    url = f"{sandbox.api_url}conversations.info"
    answer = (await bot.client.post(url, json={"channel": HERE}, headers=bearer)).json()
    assert answer["error"] == "invalid_arguments"


async def test_public_channels_can_be_joined(sandbox: Sandbox, bot: FakeBot) -> None:
    """Twice does no harm; archived and private ones cannot be joined; it takes its own permission."""
    assert (await bot.call("chat.postMessage", channel=HERE, text="x"))["error"] == "not_in_channel"
    assert (await bot.call("conversations.join", channel=HERE))["ok"]
    assert (await bot.call("conversations.join", channel=HERE))["warning"] == "already_in_channel"
    assert (await bot.call("chat.postMessage", channel=HERE, text="hello"))["ok"]
    assert "hello" in sandbox.person("tom").screen
    for channel, error in (("C0OLD", "is_archived"), ("C0PRIVATE", "channel_not_found")):
        assert (await bot.call("conversations.join", channel=channel))["error"] == error
    sandbox.happenings.invites("C0PRIVATE")
    answer = await bot.call("conversations.join", channel="C0PRIVATE")
    assert answer["error"] == "method_not_supported_for_channel_type"
    sandbox.slack.scopes -= {"channels:join"}
    assert (await bot.call("conversations.join", channel=HERE))["needed"] == "channels:join"


async def test_an_admin_can_close_a_channel(sandbox: Sandbox, bot: FakeBot) -> None:
    """To posts altogether, to replies alone; an archived one takes no edits."""
    sandbox.happenings.invites(HERE)
    posted = await bot.call("chat.postMessage", channel=HERE, text="one")
    channel = sandbox.world.channels[HERE]
    channel.threads_closed = "restricted_action_thread_locked"
    reply = {"channel": HERE, "text": "two", "thread_ts": posted["ts"]}
    assert (await bot.call("chat.postMessage", **reply))["error"] == "restricted_action_thread_locked"
    channel.closed = "restricted_action_read_only_channel"
    answer = await bot.call("chat.postMessage", channel=HERE, text="x")
    assert answer["error"] == "restricted_action_read_only_channel"
    channel.is_archived = True
    edit = {"channel": HERE, "ts": posted["ts"], "text": "x"}
    assert (await bot.call("chat.update", **edit))["error"] == "is_inactive"


async def test_a_thread_hangs_on_a_message_that_is_no_reply(sandbox: Sandbox, bot: FakeBot) -> None:
    """A reply is read under its message; a message that is not there, or is a reply itself, has none."""
    sandbox.happenings.invites(HERE)
    maria = sandbox.person("maria")
    first = await bot.call("chat.postMessage", channel=HERE, text="the alert")
    there = {"channel": HERE, "text": "the answer"}
    reply = await bot.call("chat.postMessage", **there, thread_ts=first["ts"])
    assert reply["message"]["thread_ts"] == first["ts"]
    (posted,) = maria.in_channel(HERE)
    assert [one.text for one in maria.thread(posted)] == ["the answer"]
    answers = [await bot.call("chat.postMessage", **there, thread_ts=ts) for ts in ("1.1", reply["ts"])]
    assert [one["error"] for one in answers] == ["thread_not_found", "cannot_reply_to_message"]
    answer = await bot.call("chat.postMessage", **there, thread_ts=1.5)
    assert answer["error"] == "invalid_arguments"


async def test_a_channel_takes_about_one_message_a_second(
    sandbox: Sandbox, bot: FakeBot, clock: MovableClock
) -> None:
    """A few at once, then one a second in each channel; the limit says how long to wait, and is no mistake."""
    sandbox.slack.pace = ChannelPace(clock=clock, burst=2)
    said = {"channel": "U0MARIA", "text": "x"}
    assert [(await bot.call("chat.postMessage", **said))["ok"] for _ in range(3)] == [True, True, False]
    bearer = {"Authorization": f"Bearer {sandbox.bot_token}"}
    answer = await bot.client.post(f"{sandbox.api_url}chat.postMessage", json=said, headers=bearer)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert (await bot.call("chat.postMessage", channel="U0TOM", text="x"))["ok"]
    clock.advance(timedelta(seconds=1))
    assert (await bot.call("chat.postMessage", **said))["ok"]
    assert sandbox.refusals == []


@pytest.mark.parametrize("fault", [Fault(status=500, worked=True), Fault(error="fatal_error", worked=True)])
async def test_an_error_can_hide_a_message_that_is_there(
    sandbox: Sandbox, bot: FakeBot, fault: Fault
) -> None:
    """Slack in trouble may have done what it says it has not."""
    sandbox.faults.add(fault)
    answer = await bot.call("chat.postMessage", channel="U0MARIA", text="here I am")
    assert not answer["ok"]
    assert "here I am" in sandbox.person("maria").screen


async def test_addresses_are_seen_with_their_permission(sandbox: Sandbox, bot: FakeBot) -> None:
    """The e-mail in a profile, in an answer and in an event alike."""
    user = (await bot.call("users.info", user="U0MARIA"))["user"]
    assert user["profile"]["email"] == "maria@acme.example"
    sandbox.slack.scopes -= {"users:read.email"}
    for found in (
        (await bot.call("users.info", user="U0MARIA"))["user"],
        *_members(await bot.call("users.list")),
    ):
        assert "email" not in found["profile"]
    await sandbox.changes("maria", tz="UTC")
    assert "email" not in bot.got[-1]["event"]["user"]["profile"]


def _members(answer: dict[str, list[dict[str, dict[str, str]]]]) -> list[dict[str, dict[str, str]]]:
    return answer["members"]


async def test_what_happens_to_channels_is_told(sandbox: Sandbox, bot: FakeBot) -> None:
    """Archived, deleted, left, with another id: each is an event of Slack's own shape, for private channels by its own name."""
    happenings = sandbox.happenings
    for channel in (HERE, "C0PRIVATE"):
        happenings.invites(channel)
    await happenings.leaves(HERE, sandbox.world.human("tom"))
    await happenings.removes(HERE)
    await happenings.changes_id(HERE, "C0OTHER")
    await happenings.archives("C0OTHER")
    await happenings.removes("C0PRIVATE")
    await happenings.deletes("C0PRIVATE")
    events = [payload["event"] for payload in bot.got]
    assert [event["type"] for event in events] == [
        "member_left_channel",
        "channel_left",
        "channel_id_changed",
        "channel_archive",
        "group_left",
        "group_deleted",
    ]
    assert (events[0]["user"], events[2]["new_channel_id"]) == ("U0TOM", "C0OTHER")
    answer = await bot.call("chat.postMessage", channel=HERE, text="x")
    assert answer["error"] == "channel_not_found"


async def test_only_what_was_asked_for_and_allowed_is_told(sandbox: Sandbox, bot: FakeBot) -> None:
    """Without subscription or permission nothing comes, and of a channel the bot is not in nobody's leaving."""
    sandbox.slack.scopes -= {"channels:read"}
    assert await sandbox.happenings.archives(HERE) is None
    sandbox.slack.subscribed -= {"user_change"}
    assert await sandbox.changes("tom") is None
    assert await sandbox.happenings.leaves("C0GENERAL", sandbox.world.human(BOT_USER_ID)) is None
    assert await sandbox.happenings.removes("C0PRIVATE") is None
    assert bot.got == []


async def test_the_app_can_be_taken_out(sandbox: Sandbox, bot: FakeBot) -> None:
    """Slack tells of the revoked token and of the end, and takes the token no more until the app is installed again."""
    await sandbox.happenings.uninstalls()
    assert [payload["event"]["type"] for payload in bot.got] == ["tokens_revoked", "app_uninstalled"]
    assert (await bot.call("auth.test"))["error"] == "account_inactive"
    await sandbox.happenings.revokes()
    assert (await bot.call("auth.test"))["error"] == "token_revoked"
    sandbox.happenings.installs_again()
    assert (await bot.call("auth.test"))["ok"]
