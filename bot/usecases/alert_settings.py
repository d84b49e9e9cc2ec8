"""`/lexer alerts` as it stands: where alerts go, when the digest comes, and what a person wants for themselves."""

from dataclasses import replace
from typing import NamedTuple

from blocks import alert_settings as screens
from blocks.alert_settings_views import AlertSettingsView, ChannelRow, PersonalView, ZoneChoice
from blocks.parts import View, metadata
from bot import policy
from bot.usecases import people, zones
from bot.usecases.channel_proof import problem_of
from bot.usecases.context import Context
from store import alert_settings, groups
from store.database import Tx
from store.records import Group, GroupId, Rights, UserId, WorkspaceId
from store.watch_records import AlertChannel, ChannelState, PersonalSettings, WorkspaceSettings

_UTC = "UTC"


class Present(NamedTuple):
    """What is set, as one person may see it."""

    rights: Rights
    channels: tuple[AlertChannel, ...]
    settings: WorkspaceSettings
    personal: PersonalSettings
    groups: tuple[Group, ...]

    def channel_of(self, group_id: GroupId | None) -> AlertChannel | None:
        """The channel of a Group, or (None) of the workspace."""
        return next((one for one in self.channels if one.group_id == group_id), None)


async def form(
    ctx: Context,
    ws: WorkspaceId,
    user_id: UserId,
    *,
    notice: str | None = None,
    tested: tuple[ChannelRow, ...] = (),
    kept: str = "",
) -> View:
    """The form; who may change nothing sees where alerts go. `kept` is that of the form this one takes the place of.

    Raises:
        UserFacingError: the person may not use the bot.

    """
    view = shown(ctx, await present(ctx, ws, user_id))
    return screens.alert_settings(
        replace(view, notice=notice, notice_level="success", tested=tested, kept=kept or view.kept)
    )


async def saved(
    ctx: Context, ws: WorkspaceId, user_id: UserId, *, tested: tuple[ChannelRow, ...] = ()
) -> View:
    """What stands there after Save."""
    return screens.settings_saved(replace(shown(ctx, await present(ctx, ws, user_id)), tested=tested))


async def present(ctx: Context, ws: WorkspaceId, user_id: UserId) -> Present:
    """What is set.

    Raises:
        UserFacingError: the person may not use the bot.

    """
    rights = await people.rights_of(ctx, ws, user_id)
    if not policy.welcome(rights.person):
        raise people.NotWelcome
    async with ctx.store.reading() as tx:
        return await _present(tx, ws, user_id)


async def _present(tx: Tx, ws: WorkspaceId, user_id: UserId) -> Present:
    return Present(
        rights=await groups.rights(tx, ws, user_id),
        channels=await alert_settings.channels(tx, ws),
        settings=await alert_settings.workspace(tx, ws),
        personal=await alert_settings.personal(tx, ws, user_id),
        groups=await groups.all(tx, ws),
    )


def shown(ctx: Context, now: Present) -> AlertSettingsView:
    """What is set, to be drawn."""
    person, settings, channel = now.rights.person, now.settings, now.channel_of(None)
    zone = settings.tz or (person.tz if person and person.tz and zones.is_zone(person.tz) else _UTC)
    can_mail = ctx.mailer is not None and person is not None and person.email is not None
    own = now.personal
    return AlertSettingsView(
        channel=None if channel is None else row(channel),
        group_channels=_group_rows(now),
        zone=ZoneChoice(name=zone, offset=zones.offset(zone, ctx.clock())),
        digest_at=settings.digest_at,
        digest_days=frozenset(settings.digest_days),
        may_choose=policy.may_set_alerts(now.rights),
        personal=PersonalView(
            dm=own.dm,
            mail=own.mail,
            quiet_from=own.quiet_from,
            quiet_to=own.quiet_to,
            can_mail=can_mail,
        )
        if policy.may_manage(now.rights)
        else None,
        has_groups=bool(now.groups),
        kept=metadata(
            c=channel.channel_id if channel else "",
            z=settings.tz or "",
            a=settings.digest_at,
            d=" ".join(settings.digest_days),
            m=can_mail,
            o=own.mail,
        ),
    )


def row(channel: AlertChannel, group: str = "") -> ChannelRow:
    """A channel, to be drawn."""
    lost = channel.state is ChannelState.LOST
    return ChannelRow(
        channel_id=channel.channel_id,
        group_id=channel.group_id,
        group=group,
        problem=problem_of(channel.error) if lost else None,
    )


def _group_rows(now: Present) -> tuple[ChannelRow, ...]:
    named = {group.id: group.name for group in now.groups}
    own = [one for one in now.channels if one.group_id in named]
    rows = [row(one, named[one.group_id]) for one in own if one.group_id is not None]
    return tuple(sorted(rows, key=lambda one: one.group.casefold()))
