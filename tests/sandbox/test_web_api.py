"""The pretend Web API refuses what Slack refuses, in Slack's words."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.workspace import Sandbox, open_sandbox
from bot.sandbox.world import MovableClock
from tests.sandbox.fake_bot import FakeBot, button, field_block, modal, open_bot, row, section


def _trigger(sandbox: Sandbox, who: str = "U0MARIA", view: str | None = None) -> str:
    return sandbox.slack.passes.trigger(who, view)


async def _open(bot: FakeBot, **more: Any) -> dict[str, Any]:
    view = more.pop("view", modal(section("x")))
    return await bot.call("views.open", trigger_id=more.pop("trigger_id", _trigger(bot.sandbox)), view=view)


async def test_tokens_are_checked(sandbox: Sandbox, bot: FakeBot) -> None:
    """No token, a wrong one, one of the other kind, a revoked one: each has its own name."""
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{sandbox.api_url}auth.test")).json()["error"] == "not_authed"
    assert (await bot.call("auth.test", token="xoxb-other"))["error"] == "invalid_auth"
    assert (await bot.call("auth.test", token=sandbox.app_token))["error"] == "not_allowed_token_type"
    assert (await bot.call("apps.connections.open"))["error"] == "not_allowed_token_type"
    sandbox.slack.token_error = "token_revoked"
    assert (await bot.call("auth.test"))["error"] == "token_revoked"


async def test_methods_and_arguments_are_checked(sandbox: Sandbox, bot: FakeBot) -> None:
    """An unknown method, a missing argument, an argument nobody knows."""
    assert (await bot.call("views.close"))["error"] == "unknown_method"
    answer = await bot.call("chat.postMessage", text="x")
    assert answer["error"] == "invalid_arguments"
    assert "[json-pointer:/channel]" in answer["response_metadata"]["messages"][0]
    assert (await bot.call("chat.postMessage", channel="U0MARIA", txt="x"))["error"] == "invalid_arguments"


@pytest.mark.parametrize(
    ("content", "kind", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[" * 100_000, "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"x", "text/plain", "invalid_post_type"),
        (b"channel=U0MARIA&blocks=%5B&text=x", "application/x-www-form-urlencoded", "invalid_blocks_format"),
    ],
)
async def test_bodies_are_checked(sandbox: Sandbox, content: bytes, kind: str, error: str) -> None:
    """What cannot be read is named."""
    headers = {"Authorization": f"Bearer {sandbox.bot_token}", "Content-Type": kind}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{sandbox.api_url}chat.postMessage", content=content, headers=headers)
    assert answer.json()["error"] == error


async def test_forms_carry_json(sandbox: Sandbox) -> None:
    """Blocks may travel as text in a form, and arguments in a query."""
    form = {"channel": "U0MARIA", "text": "x", "blocks": '[{"type": "divider"}]', "token": sandbox.bot_token}
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{sandbox.api_url}chat.postMessage", data=form)).json()["ok"]
        query = {"user": "U0TOM", "token": sandbox.bot_token}
        answer = (await client.get(f"{sandbox.api_url}users.info", params=query)).json()
    assert answer["user"]["real_name"] == "Tom Baker"
    assert sandbox.bot_token not in str(sandbox.calls)


async def test_a_missing_scope_is_named(clock: MovableClock) -> None:
    """A method whose scope was not granted says which one it needs."""
    async with open_sandbox(clock=clock, scopes=frozenset({"commands"})) as poor, open_bot(poor) as bot:
        answer = await bot.call("chat.postMessage", channel="U0MARIA", text="x")
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "chat:write",
        "commands",
    )


async def test_a_trigger_lives_three_seconds_and_works_once(
    sandbox: Sandbox, bot: FakeBot, clock: MovableClock
) -> None:
    """Late or twice is too late."""
    trigger = _trigger(sandbox)
    assert (await _open(bot, trigger_id=trigger))["ok"]
    assert (await _open(bot, trigger_id=trigger))["error"] == "exchanged_trigger_id"
    trigger = _trigger(sandbox)
    clock.advance(timedelta(seconds=3.1))
    assert (await _open(bot, trigger_id=trigger))["error"] == "expired_trigger_id"
    assert (await _open(bot, trigger_id="made-up"))["error"] == "invalid_trigger_id"


async def test_three_modals_is_the_deepest(sandbox: Sandbox, bot: FakeBot) -> None:
    """A fourth is refused, and a trigger from outside a modal pushes nothing."""
    root = (await _open(bot))["view"]["id"]
    for depth in (2, 3):
        answer = await bot.call(
            "views.push", trigger_id=_trigger(sandbox, view=root), view=modal(section(f"{depth}"))
        )
        assert answer["ok"]
        assert answer["view"]["root_view_id"] == root
    answer = await bot.call("views.push", trigger_id=_trigger(sandbox, view=root), view=modal(section("4")))
    assert answer["error"] == "push_limit_reached"
    answer = await bot.call("views.push", trigger_id=_trigger(sandbox), view=modal(section("x")))
    assert answer["error"] == "not_found"


async def test_an_external_id_is_used_once(sandbox: Sandbox, bot: FakeBot) -> None:
    """Two open views cannot share a name; the view itself may keep it; a closed one frees it."""
    view = modal(section("x"), external_id="attempt-1")
    assert (await _open(bot, view=view))["ok"]
    answer = await _open(bot, view=view, trigger_id=_trigger(sandbox, "U0TOM"))
    assert answer["error"] == "duplicate_external_id"
    assert (await bot.call("views.update", external_id="attempt-1", view=view))["ok"]
    await sandbox.person("maria").closes()
    assert (await bot.call("views.update", external_id="attempt-1", view=view))["error"] == "not_found"
    assert (await _open(bot, view=view, trigger_id=_trigger(sandbox, "U0TOM")))["ok"]


async def test_an_old_hash_is_a_conflict(sandbox: Sandbox, bot: FakeBot) -> None:
    """An update meant for another state of the view is refused."""
    first = (await _open(bot))["view"]
    ids = {"view_id": first["id"], "view": modal(section("y"))}
    assert (await bot.call("views.update", hash=first["hash"], **ids))["ok"]
    assert (await bot.call("views.update", hash=first["hash"], **ids))["error"] == "hash_conflict"
    assert (await bot.call("views.update", view_id="V404", view=modal(section("y"))))["error"] == "not_found"
    assert (await bot.call("views.update", view=modal(section("y"))))["error"] == "invalid_arguments"


async def test_what_was_typed_stays_where_the_field_stays(sandbox: Sandbox, bot: FakeBot) -> None:
    """An update keeps a field's words when its ids stay, and loses them when they change."""
    maria = sandbox.person("maria")
    view_id = (await _open(bot, view=modal(field_block("Name"), submit="Save")))["view"]["id"]
    await maria.fills("Name", "kept")
    for block, expected in (("name", "kept"), ("other", None)):
        view = modal(section("More"), field_block("Name", block), submit="Save")
        answer = await bot.call("views.update", view_id=view_id, view=view)
        assert answer["view"]["state"]["values"][block]["typed"]["value"] == expected


async def test_bad_blocks_are_refused_with_a_pointer(sandbox: Sandbox, bot: FakeBot) -> None:
    """Nothing of a refused message is seen, and the refusal says where."""
    answer = await bot.call("chat.postMessage", channel="U0MARIA", text="x", blocks=[section("x")] * 51)
    assert answer["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks]" in answer["response_metadata"]["messages"][0]
    assert sandbox.person("maria").messages == []
    assert sandbox.refusals[-1].error == "invalid_blocks"
    view = modal(section("x"), title="x" * 25)
    assert (await _open(bot, view=view))["error"] == "invalid_arguments"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C404", "channel_not_found"),
        ("C0OLD", "is_archived"),
        ("C0PRIVATE", "channel_not_found"),
        ("U0BEEP", "cannot_dm_bot"),
        ("USLACKBOT", "cannot_dm_bot"),
        ("U0DAN", "user_disabled"),
        ("U0OTTO", "channel_not_found"),
    ],
)
async def test_some_places_cannot_be_written_to(
    sandbox: Sandbox, bot: FakeBot, channel: str, error: str
) -> None:
    """Each has Slack's own name for why."""
    assert (await bot.call("chat.postMessage", channel=channel, text="x"))["error"] == error


async def test_the_messages_tab_can_be_off(sandbox: Sandbox, bot: FakeBot) -> None:
    """An app set up without it cannot write to people."""
    sandbox.world.messages_tab = False
    answer = await bot.call("chat.postMessage", channel="U0MARIA", text="x")
    assert answer["error"] == "messages_tab_disabled"


async def test_messages_are_posted_and_updated(sandbox: Sandbox, bot: FakeBot) -> None:
    """A DM to a person gets its channel's id, by which alone it can be updated."""
    posted = await bot.call("chat.postMessage", channel="U0MARIA", text="one", blocks=[row(button("x"))])
    assert posted["channel"].startswith("D")
    there = {"channel": posted["channel"], "ts": posted["ts"]}
    assert (await bot.call("chat.update", **there, text="two", blocks=[section("two")]))["ok"]
    assert "two" in sandbox.person("maria").screen
    assert (await bot.call("chat.update", **there, text="x" * 4001))["error"] == "msg_too_long"
    assert (await bot.call("chat.update", **there))["error"] == "no_text"
    assert (await bot.call("chat.update", channel="U0MARIA", ts=posted["ts"], text="x"))[
        "error"
    ] == "channel_not_found"
    gone = await bot.call("chat.update", channel=posted["channel"], ts="1.1", text="x")
    assert gone["error"] == "message_not_found"


async def test_ephemerals_are_for_one_and_cannot_be_updated(sandbox: Sandbox, bot: FakeBot) -> None:
    """They are seen by one person in a channel both are in."""
    said = {"channel": "C0GENERAL", "text": "psst"}
    posted = await bot.call("chat.postEphemeral", user="U0MARIA", **said)
    assert posted["ok"]
    assert "psst" in sandbox.person("maria").screen
    assert "psst" not in sandbox.person("tom").screen
    answer = await bot.call("chat.update", channel="C0GENERAL", ts=posted["message_ts"], text="x")
    assert answer["error"] == "message_not_found"
    assert (await bot.call("chat.postEphemeral", user="U0OTTO", **said))["error"] == "user_not_in_channel"


async def test_people_are_listed_in_pages(sandbox: Sandbox, bot: FakeBot) -> None:
    """With a cursor until there are no more; an odd cursor is refused."""
    found, cursor = [], ""
    while True:
        answer = await bot.call("users.list", limit=4, cursor=cursor)
        found += [member["id"] for member in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == list(sandbox.world.humans)
    assert (await bot.call("users.list", cursor="odd"))["error"] == "invalid_cursor"
    assert (await bot.call("users.list", limit=0))["ok"] is True
    assert (await bot.call("users.info", user="U404"))["error"] == "user_not_found"


async def test_direct_messages_are_opened(sandbox: Sandbox, bot: FakeBot) -> None:
    """With one person, or resumed by id; only where im:write was granted."""
    assert (await bot.call("conversations.open", users="U0TOM"))["error"] == "missing_scope"
    sandbox.slack.scopes |= {"im:write"}
    opened = await bot.call("conversations.open", users="U0TOM")
    again = await bot.call("conversations.open", channel=opened["channel"]["id"])
    assert again["already_open"]
    assert (await bot.call("conversations.open", users="U404"))["error"] == "user_not_found"
    assert (await bot.call("conversations.open"))["error"] == "invalid_arguments"
    nine = ",".join(f"U{number}" for number in range(9))
    assert (await bot.call("conversations.open", users=nine))["error"] == "too_many_users"
    assert (await bot.call("conversations.open", channel="C404"))["error"] == "channel_not_found"
    answer = await bot.call("conversations.open", channel="C0GENERAL")
    assert answer["error"] == "method_not_supported_for_channel_type"


async def test_slack_can_be_made_to_fail(sandbox: Sandbox, bot: FakeBot) -> None:
    """Rate limits, errors by name, server errors, cut connections before and after the work."""
    said = {"channel": "U0MARIA", "text": "x"}
    sandbox.faults.add(Fault(method="chat.postMessage", status=429, retry_after=7))
    bearer = {"Authorization": f"Bearer {sandbox.bot_token}"}
    answer = await bot.client.post(f"{sandbox.api_url}chat.postMessage", json=said, headers=bearer)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    sandbox.faults.add(Fault(error="fatal_error"))
    assert (await bot.call("chat.postMessage", **said))["error"] == "fatal_error"
    assert sandbox.person("maria").messages == []
    for cut, seen in (("before", 0), ("after", 1)):
        sandbox.faults.add(Fault(cut=cut))
        with pytest.raises(httpx.HTTPError):
            await bot.call("chat.postMessage", **said)
        assert len(sandbox.person("maria").messages) == seen
    sandbox.faults.add(Fault(status=500))
    sandbox.faults.clear()
    assert (await bot.call("chat.postMessage", **said))["ok"]


async def test_only_its_own_address_is_answered(sandbox: Sandbox) -> None:
    """A page of another site, or another name for this computer, gets nothing."""
    async with httpx.AsyncClient(trust_env=False) as client:
        for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            assert (await client.post(f"{sandbox.api_url}auth.test", headers=headers)).status_code == 403
