"""`/lexer alerts`: choosing where alerts go, and what one wants for oneself."""

import json
from dataclasses import replace
from typing import Any

import pytest

from blocks import alert_channels, alert_samples, alert_settings, zone_choice
from blocks.alert_settings_views import ChannelProblem, ChannelRow, GroupChannelView, PersonalView, ZoneChoice
from blocks.views import GroupOption
from tests.unit.blocks.test_alerts import labels, said

Json = dict[str, Any]


def fields(view: Any) -> dict[str, Json]:
    """The controls of all fields, by block id."""
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def test_the_form_starts_with_what_is_set() -> None:
    """Whoever opens the settings sees them as they are, and presses Save only to change them."""
    drawn = alert_settings.alert_settings(alert_samples.settings("Marketing", group_channels=2))
    found = fields(drawn)
    assert found[alert_channels.CHANNEL_BLOCK]["initial_conversation"] == "C0ALERTS"
    assert found[alert_settings.DIGEST_AT_BLOCK]["initial_time"] == "09:00"
    days = [day["value"] for day in found[alert_settings.DIGEST_DAYS_BLOCK]["initial_options"]]
    assert days == ["mon", "tue", "wed", "thu", "fri"]
    zone = found[alert_settings.ZONE_BLOCK]["initial_option"]
    assert (zone["text"]["text"], zone["value"]) == ("Berlin (Europe), GMT+1", "Europe/Berlin")
    assert [box["value"] for box in found[alert_settings.ME_BLOCK]["initial_options"]] == ["dm", "mail"]
    assert found[alert_settings.QUIET_FROM_BLOCK]["initial_time"] == "19:00"
    assert found[alert_settings.QUIET_TO_BLOCK]["initial_time"] == "08:00"


def test_the_first_time_no_channel_is_chosen() -> None:
    """Only channels of this company are offered, none is chosen by itself: who came for their quiet hours chooses none."""
    view = replace(alert_samples.settings("Marketing"), channel=None)
    drawn = alert_settings.alert_settings(view)
    select = fields(drawn)[alert_channels.CHANNEL_BLOCK]
    assert "default_to_current_conversation" not in select
    assert "initial_conversation" not in select
    assert select["filter"]["exclude_external_shared_channels"] is True
    assert select["filter"]["include"] == ["public", "private"]
    assert labels(drawn) == ["Choose a channel for a Group"]


def test_groups_have_their_own_channels() -> None:
    """Each Group's channel is listed with what is wrong with it, and can be changed."""
    drawn = alert_settings.alert_settings(alert_samples.settings("Marketing", group_channels=2))
    assert "*Marketing 0*: <#C0OTHER>\n" in said(drawn)
    assert "*Marketing 1*: <#C0OTHER>\n⚠️ This channel is archived. Choose another channel." in said(drawn)
    expected = ["Change channel", "Change channel", "Choose a channel for a Group", "Send a test message"]
    assert labels(drawn) == expected


def test_everybody_sees_only_what_they_may_change() -> None:
    """An admin who gets no alerts has no mutes to set; who may not choose channels sees only their own settings."""
    view = alert_samples.settings("Marketing")
    admin = fields(alert_settings.alert_settings(replace(view, personal=None)))
    assert alert_settings.ME_BLOCK not in admin
    own = fields(alert_settings.alert_settings(replace(view, may_choose=False)))
    assert set(own) == {
        alert_settings.ME_BLOCK,
        alert_settings.QUIET_FROM_BLOCK,
        alert_settings.QUIET_TO_BLOCK,
    }
    nothing = alert_settings.alert_settings(replace(view, may_choose=False, personal=None))
    assert "submit" not in nothing


def test_mail_is_offered_only_where_it_can_come() -> None:
    """Nobody ticks e-mails that this bot cannot send."""
    view = replace(alert_samples.settings("Marketing"), personal=PersonalView(can_mail=False))
    boxes = fields(alert_settings.alert_settings(view))[alert_settings.ME_BLOCK]["options"]
    assert [box["value"] for box in boxes] == ["dm"]


def test_saved_says_where_alerts_go() -> None:
    """After Save one reads where alerts go from now on, and can prove it."""
    view = alert_samples.settings("Marketing", group_channels=1)
    drawn = alert_settings.settings_saved(view)
    assert "When an account stops working, <#C0ALERTS>, <#C0OTHER> and the Integrators are told." in said(
        drawn
    )
    assert labels(drawn) == ["Send a test message"]
    none = alert_settings.settings_saved(replace(view, channel=None, group_channels=()))
    assert "No channel is chosen" in said(none)
    assert labels(none) == []
    tested = (
        ChannelRow(channel_id="C0ALERTS"),
        ChannelRow(channel_id="C0OLD", problem=ChannelProblem.ARCHIVED),
    )
    words = said(alert_settings.settings_saved(replace(view, tested=tested)))
    assert "A test message is in <#C0ALERTS>." in words
    assert "<#C0OLD> did not get the test message. This channel is archived." in words
    assert "test, sent by <@U0MARIA>" in said(alert_channels.proof("U0MARIA"))


@pytest.mark.parametrize("problem", ChannelProblem)
def test_each_problem_of_a_channel_says_what_to_do(problem: ChannelProblem) -> None:
    """Beside the field stands what is wrong with the channel and the next step."""
    words = alert_channels.channel_problem(problem, "team & co")
    assert "#team & co" in words
    assert words.count(".") >= 2
    assert alert_channels.channel_problem(problem)[0].isupper()


def test_a_private_channel_says_how_to_invite() -> None:
    """The command to type stands there ready to copy, with the bot's own name."""
    words = alert_channels.channel_problem(ChannelProblem.NOT_INVITED, "integrations", "Acme Lexer")
    assert "Invite me: type /invite @Acme Lexer in #integrations, then press Save again." in words


def test_a_zone_is_named_by_its_city() -> None:
    """One reads the city first, then where it is and how far from Greenwich."""
    zones = [ZoneChoice(name="America/New_York", offset="GMT-5"), ZoneChoice(name="UTC")]
    words = [option["text"]["text"] for option in zone_choice.zone_options(zones)]
    assert words == ["New York (America), GMT-5", "UTC"]


def test_a_member_reads_where_alerts_go() -> None:
    """Who may change nothing sees where alerts go, and whom to ask."""
    view = replace(alert_samples.settings("Marketing"), may_choose=False, personal=None)
    words = said(alert_settings.alert_settings(view))
    assert "When an account stops working, <#C0ALERTS> and the Integrators are told." in words
    assert "Only Integrators and workspace admins can change" in words


def test_the_channel_of_one_group() -> None:
    """A new one asks which Group; changing one names it and says how to go back; with none left it says so."""
    groups = (GroupOption(id="g1", name="Marketing", people=3),)
    new = alert_channels.group_channel(GroupChannelView(groups=groups))
    assert [option["value"] for option in fields(new)[alert_channels.GROUP_BLOCK]["options"]] == ["g1"]
    change = alert_channels.group_channel(
        GroupChannelView(groups=groups, group_id="g1", channel_id="C0OTHER")
    )
    assert alert_channels.GROUP_BLOCK not in fields(change)
    assert json.loads(change["private_metadata"]) == {"g": "g1", "k": ""}
    assert "*Marketing*" in said(change)
    (block,) = [block for block in change["blocks"] if block["type"] == "input"]
    assert block["optional"] is True
    assert "Clear it to go back" in block["hint"]["text"]
    assert "submit" not in alert_channels.group_channel(GroupChannelView(groups=()))


def test_odd_rows_do_no_harm() -> None:
    """A time or channel nobody can have chosen leaves its field empty."""
    view = replace(
        alert_samples.settings("Marketing"),
        digest_at="25:00",
        channel=ChannelRow(channel_id="<!channel>"),
    )
    found = fields(alert_settings.alert_settings(view))
    assert "initial_time" not in found[alert_settings.DIGEST_AT_BLOCK]
    assert "initial_conversation" not in found[alert_channels.CHANNEL_BLOCK]
