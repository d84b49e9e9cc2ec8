"""`/lexer alerts`: where alerts go, when the digest comes, and what a person wants for themselves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from blocks.alert_channels import CHANNEL_BLOCK, channel_problem, channel_select
from blocks.alert_settings_views import (
    AlertSettingsView,
    ChannelRow,
    PersonalView,
)
from blocks.parts import (
    Json,
    View,
    actions,
    button,
    context,
    divider,
    header,
    if_it_stays,
    input_block,
    modal,
    notice,
    option,
    section,
)
from blocks.text import channel, name, plain_name, shorten
from blocks.zone_choice import zone_select

ALERT_SETTINGS = "alerts"
ZONE_BLOCK = "alerts.zone"
ZONE_SEARCH = "alerts.zone.search"
DIGEST_AT_BLOCK = "alerts.digest_at"
DIGEST_AT_INPUT = "alerts.digest_at.input"
DIGEST_DAYS_BLOCK = "alerts.digest_days"
DIGEST_DAYS_INPUT = "alerts.digest_days.input"
ME_BLOCK = "alerts.me"
ME_INPUT = "alerts.me.input"
QUIET_FROM_BLOCK = "alerts.quiet_from"
QUIET_FROM_INPUT = "alerts.quiet_from.input"
QUIET_TO_BLOCK = "alerts.quiet_to"
QUIET_TO_INPUT = "alerts.quiet_to.input"
ADD_GROUP_CHANNEL = "alerts.group.add"
EDIT_GROUP_CHANNEL = "alerts.group.edit"
TEST = "alerts.test"
DM = "dm"
MAIL = "mail"
"""Values of the ticked boxes of ME_INPUT."""
DAYS: Mapping[str, str] = MappingProxyType(
    {
        "mon": "Monday",
        "tue": "Tuesday",
        "wed": "Wednesday",
        "thu": "Thursday",
        "fri": "Friday",
        "sat": "Saturday",
        "sun": "Sunday",
    }
)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_GROUP_CHANNELS_SHOWN = 20
_WHO_MAY = "Only Integrators and workspace admins can change where alerts go. Ask one of them."
QUIET_BOTH = "Choose both times, or none."
QUIET_SAME = "Choose two different times."
ZONE_UNKNOWN = "Choose a time zone from the list."
NO_TIME = "Choose a time."
SAVED = "saved"
"""private_metadata of `settings_saved`."""


def opening_settings() -> View:
    """Shown at once, while the settings are looked up."""
    return modal("Alerts", ALERT_SETTINGS, [section("Opening your alert settings …"), if_it_stays()])


def alert_settings(view: AlertSettingsView) -> View:
    """The form."""
    blocks: list[Json] = []
    if view.notice:
        level = view.notice_level if view.notice_level in {"info", "success", "warning", "error"} else "info"
        blocks.append(notice(name(view.notice, 300), level))
    blocks += _tested(view.tested)
    if view.may_choose:
        blocks += [*_channels(view), *_digest(view)]
    if view.personal is not None:
        blocks += _personal(view.personal, divided=view.may_choose)
    if not view.may_choose and view.personal is None:
        return modal("Alerts", ALERT_SETTINGS, [*blocks, section(_places(view)), section(_WHO_MAY)])
    return modal(
        "Alerts", ALERT_SETTINGS, blocks, submit="Save", close="Cancel", metadata=shorten(view.kept, 250)
    )


def _tested(rows: Sequence[ChannelRow]) -> Iterator[Json]:
    """What became of the test messages."""
    if sent := [channel(row.channel_id) for row in rows if row.problem is None]:
        yield notice(f"A test message is in {_listed(sent)}.", "success")
    for row in [row for row in rows if row.problem is not None][:_GROUP_CHANNELS_SHOWN]:
        why = name(channel_problem(row.problem), 300) if row.problem else ""
        yield section(f"⚠️ {channel(row.channel_id)} did not get the test message. {why}")


def _listed(places: Sequence[str]) -> str:
    more = f" and {len(places) - 5:,} more" if len(places) > 5 else ""
    return f"{', '.join(places[:5])}{more}"


def _places(view: AlertSettingsView) -> str:
    """Where alerts go, in one sentence."""
    rows = [row for row in (view.channel, *view.group_channels) if row is not None]
    working = list(dict.fromkeys(channel(row.channel_id) for row in rows if row.problem is None))
    if not working:
        return "No channel is chosen: only the Integrators are told of accounts that stop working, each by themselves."
    return f"When an account stops working, {_listed(working)} and the Integrators are told."


def _channels(view: AlertSettingsView) -> Iterator[Json]:
    yield header("For your team")
    chosen = view.channel.channel_id if view.channel else None
    hint = (
        "When an account stops working, this channel is told, and each Integrator by themselves. "
        "Leave it empty to tell only the Integrators."
    )
    yield input_block(CHANNEL_BLOCK, "Channel for alerts", channel_select(chosen), hint=hint, optional=True)
    if view.channel is not None and view.channel.problem is not None:
        yield notice(name(channel_problem(view.channel.problem), 300), "warning")
    yield from _group_channels(view)


def _group_channels(view: AlertSettingsView) -> Iterator[Json]:
    own = [row for row in view.group_channels if row.group_id]
    rows = own[:_GROUP_CHANNELS_SHOWN]
    for number, row in enumerate(rows):
        yield _group_row(row, number)
    more = len(own) - len(rows)
    if more > 0:
        yield context(f"and {more:,} more Groups with a channel of their own")
    buttons = []
    if view.has_groups:
        buttons.append(button("Choose a channel for a Group", ADD_GROUP_CHANNEL))
    if view.channel is not None or view.group_channels:
        buttons.append(button("Send a test message", TEST))
    if buttons:
        yield actions(*buttons)
    if view.has_groups:
        yield context("A Group with a channel of its own is told there about its accounts, instead of above.")


def _group_row(row: ChannelRow, number: int) -> Json:
    text = f"*{name(row.group)}*: {channel(row.channel_id)}"
    if row.problem is not None:
        text += f"\n⚠️ {name(channel_problem(row.problem), 300)}"
    spoken = f"Change the channel of {plain_name(row.group, 50)}"
    return section(
        text,
        button(
            "Change channel",
            f"{EDIT_GROUP_CHANNEL}:{number}",
            value=row.group_id,
            label=spoken,
        ),
    )


def _digest(view: AlertSettingsView) -> Iterator[Json]:
    yield input_block(
        DIGEST_AT_BLOCK,
        "Repeat what is still broken, once a day at",
        _time(DIGEST_AT_INPUT, view.digest_at),
        hint="One message to the channels, and only while something is disconnected.",
    )
    boxes = [option(words, day) for day, words in DAYS.items()]
    days: Json = {
        "type": "multi_static_select",
        "action_id": DIGEST_DAYS_INPUT,
        "placeholder": {"type": "plain_text", "text": "Choose days"},
        "options": boxes,
    }
    if chosen := [box for box in boxes if box["value"] in view.digest_days]:
        days["initial_options"] = chosen
    hint = "Choose no day for no daily message. New alerts come at once, on every day."
    yield input_block(DIGEST_DAYS_BLOCK, "On these days", days, hint=hint, optional=True)
    yield input_block(ZONE_BLOCK, "Time zone of your team", zone_select(ZONE_SEARCH, view.zone))


def _time(action: str, value: str | None) -> Json:
    drawn: Json = {
        "type": "timepicker",
        "action_id": action,
        "placeholder": {"type": "plain_text", "text": "Choose a time"},
    }
    if value is not None and _TIME.fullmatch(value):
        drawn["initial_time"] = value
    return drawn


def _personal(view: PersonalView, *, divided: bool) -> Iterator[Json]:
    if divided:
        yield divider()
    yield header("Only for you")
    boxes = [option("Direct messages in Slack", DM)]
    if view.can_mail:
        boxes.append(option("E-mails", MAIL))
    ticked = {DM: view.dm, MAIL: view.mail}
    control: Json = {"type": "checkboxes", "action_id": ME_INPUT, "options": boxes}
    if chosen := [box for box in boxes if ticked[box["value"]]]:
        control["initial_options"] = chosen
    hint = "Channels are told in any case."
    yield input_block(ME_BLOCK, "Tell me by", control, hint=hint, optional=True)
    quiet = "In your own time zone. Messages and e-mails to you wait until they are over. Leave both empty for none."
    yield input_block(
        QUIET_FROM_BLOCK, "My quiet hours, from", _time(QUIET_FROM_INPUT, view.quiet_from), optional=True
    )
    yield input_block(
        QUIET_TO_BLOCK,
        "My quiet hours, until",
        _time(QUIET_TO_INPUT, view.quiet_to),
        hint=quiet,
        optional=True,
    )


def settings_saved(view: AlertSettingsView) -> View:
    """After Save: where alerts go from now on, and a way to prove it."""
    text = _places(view) if view.may_choose else "From now on this is how you are told."
    blocks = [*_tested(view.tested)] if view.tested else [notice("Saved.", "success")]
    blocks.append(section(text))
    if view.may_choose:
        if not view.digest_days:
            blocks.append(context("No daily message repeats what is still broken."))
        if view.channel is not None or view.group_channels:
            blocks.append(actions(button("Send a test message", TEST)))
    return modal("Alerts", ALERT_SETTINGS, blocks, metadata=SAVED)
